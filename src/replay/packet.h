/* SPDX-License-Identifier: MIT */
/* packet.h: a captured frame, opened down to TCP: Ethernet (with VLAN tags), Linux cooked (both versions),
 * loopback and raw frames; IPv4 and IPv6 with extension headers; TCP (RFC 9293 §3.1). Pure; checksums are not
 * looked at, because a card or a loopback interface fills them in later than a capture sees. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 address[16]; /* IPv4: the first four bytes */
  guint16 port;
  gboolean v6;
} GpoEndpoint;

enum
{
  GPO_TCP_FIN = 1,
  GPO_TCP_SYN = 2,
  GPO_TCP_RST = 4,
  GPO_TCP_PSH = 8,
  GPO_TCP_ACK = 16
};

typedef struct
{
  GpoEndpoint from, to;
  guint32 seq, ack;
  guint8 flags;
  const guint8 *bytes; /* in the frame */
  gsize captured;      /* how many are there … */
  gsize length;        /* … of how many that were sent */
} GpoSegment;

typedef enum
{
  GPO_PACKET_TCP,
  GPO_PACKET_OTHER,    /* not TCP over IP */
  GPO_PACKET_FRAGMENT, /* a part of an IP packet: not put together here */
  GPO_PACKET_BROKEN    /* shorter than it says */
} GpoPacket;

/* Whether frames of this link type (libpcap's DLT_…) can be opened. */
gboolean gpo_packet_link_known (int link);
GpoPacket gpo_packet_open (int link, const guint8 *frame, gsize n, GpoSegment *out);
/* Of a segment over IPv4 made below: so many bytes stand before its own. */
#define GPO_PACKET_HEADS 40
/* The other way: a raw frame (IPv4: RFC 791 §3.1, TCP: RFC 9293 §3.1) with its checksums. `frame` has room
 * for GPO_PACKET_HEADS and the segment's bytes, 65,535 at most. Returns its length. */
gsize gpo_packet_make (guint8 *frame, const GpoSegment *segment);
/* "127.0.0.1:25", "[::1]:25"; at least 64 bytes. */
void gpo_endpoint_text (const GpoEndpoint *endpoint, char *out, gsize size);

G_END_DECLS
