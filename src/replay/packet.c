/* SPDX-License-Identifier: MIT */
/* packet.c: headers, from the outside in. Each reader takes its header off the front. */
#include "replay/packet.h"
#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <string.h>

typedef struct
{
  const guint8 *p;
  gsize n;
} Bytes;

static guint
be16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static guint32
be32 (const guint8 *p)
{
  return (guint32) be16 (p) << 16 | be16 (p + 2);
}

static gboolean
skip (Bytes *b, gsize n)
{
  if (b->n < n)
    return FALSE;
  b->p += n;
  b->n -= n;
  return TRUE;
}

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd

/* Ethernet: two addresses, tags of four bytes each (IEEE 802.1Q), the type. 0: broken. */
static guint
ethernet (Bytes *b)
{
  if (!skip (b, 12))
    return 0;
  while (b->n >= 6 && (be16 (b->p) == 0x8100 || be16 (b->p) == 0x88a8 || be16 (b->p) == 0x9100))
    skip (b, 4);
  guint type = b->n >= 2 ? be16 (b->p) : 0;
  return skip (b, 2) ? type : 0;
}

/* What lies in the frame: TYPE_…; 0: something else, or broken. */
static guint
link_header (int link, Bytes *b)
{
  guint type;
  switch (link)
    {
    case DLT_EN10MB:
      return ethernet (b);
    case DLT_LINUX_SLL:
      type = b->n >= 16 ? be16 (b->p + 14) : 0;
      return skip (b, 16) ? type : 0;
    case DLT_LINUX_SLL2:
      type = b->n >= 20 ? be16 (b->p) : 0;
      return skip (b, 20) ? type : 0;
    case DLT_NULL:
    case DLT_LOOP:
      /* The family, in the byte order of whoever captured; its numbers differ between systems, the IP version
       * does not. */
      if (!skip (b, 4))
        return 0;
      break;
    default:
      break;
    }
  return b->n == 0 ? 0 : b->p[0] >> 4 == 4 ? TYPE_IPV4 : b->p[0] >> 4 == 6 ? TYPE_IPV6 : 0;
}

gboolean
gpo_packet_link_known (int link)
{
  static const int known[]
      = { DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_LOOP, DLT_RAW, DLT_IPV4, DLT_IPV6 };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i] == link)
      return TRUE;
  return link == 12 || link == 14 || link == 101; /* raw IP, as other systems number it */
}

/* RFC 791 §3.1. *total: bytes behind the header, as it says. */
static GpoPacket
ipv4 (Bytes *b, GpoSegment *out, gsize *total)
{
  gsize header = b->n >= 20 ? (gsize) (b->p[0] & 15) * 4 : 0;
  if (header < 20 || b->n < header || b->p[0] >> 4 != 4)
    return GPO_PACKET_BROKEN;
  guint length = be16 (b->p + 2);
  if (b->p[9] != 6)
    return GPO_PACKET_OTHER;
  if (be16 (b->p + 6) & 0x3fff)
    return GPO_PACKET_FRAGMENT;
  if (length && length < header)
    return GPO_PACKET_BROKEN;
  memcpy (out->from.address, b->p + 12, 4);
  memcpy (out->to.address, b->p + 16, 4);
  /* Segments that the card will cut (TSO) may say 0: then it is what was captured. */
  *total = length ? length - header : b->n - header;
  skip (b, header);
  return GPO_PACKET_TCP;
}

/* RFC 8200 §3 and §4. */
static GpoPacket
ipv6 (Bytes *b, GpoSegment *out, gsize *total)
{
  if (b->n < 40 || b->p[0] >> 4 != 6)
    return GPO_PACKET_BROKEN;
  guint next = b->p[6];
  *total = be16 (b->p + 4);
  memcpy (out->from.address, b->p + 8, 16);
  memcpy (out->to.address, b->p + 24, 16);
  out->from.v6 = out->to.v6 = TRUE;
  skip (b, 40);
  if (*total == 0)
    *total = b->n;
  while (next == 0 || next == 43 || next == 60 || next == 51)
    {
      gsize length
          = b->n >= 2 ? next == 51 ? ((gsize) b->p[1] + 2) * 4 : ((gsize) b->p[1] + 1) * 8 : G_MAXSIZE;
      if (length > b->n || length > *total)
        return GPO_PACKET_BROKEN;
      next = b->p[0];
      *total -= length;
      skip (b, length);
    }
  return next == 6 ? GPO_PACKET_TCP : next == 44 ? GPO_PACKET_FRAGMENT : GPO_PACKET_OTHER;
}

GpoPacket
gpo_packet_open (int link, const guint8 *frame, gsize n, GpoSegment *out)
{
  Bytes b = { frame, n };
  gsize total = 0;
  memset (out, 0, sizeof *out);
  guint type = link_header (link, &b);
  GpoPacket result = type == TYPE_IPV4   ? ipv4 (&b, out, &total)
                     : type == TYPE_IPV6 ? ipv6 (&b, out, &total)
                                         : GPO_PACKET_OTHER;
  if (result != GPO_PACKET_TCP)
    return result;
  gsize header = b.n >= 20 ? (gsize) (b.p[12] >> 4) * 4 : 0;
  if (header < 20 || header > b.n || header > total)
    return GPO_PACKET_BROKEN;
  out->from.port = (guint16) be16 (b.p);
  out->to.port = (guint16) be16 (b.p + 2);
  out->seq = be32 (b.p + 4);
  out->ack = be32 (b.p + 8);
  out->flags = b.p[13];
  out->bytes = b.p + header;
  out->length = total - header;
  out->captured = MIN (b.n - header, out->length); /* a short frame is padded */
  return GPO_PACKET_TCP;
}

/* --- the other way --- */

static guint32
sum_words (const guint8 *p, gsize n, guint32 sum)
{
  for (gsize i = 0; i + 1 < n; i += 2)
    sum += (guint32) p[i] << 8 | p[i + 1];
  return n & 1 ? sum + ((guint32) p[n - 1] << 8) : sum;
}

static void
set16 (guint8 *p, guint32 value)
{
  p[0] = (guint8) (value >> 8);
  p[1] = (guint8) value;
}

static void
set32 (guint8 *p, guint32 value)
{
  set16 (p, value >> 16);
  set16 (p + 2, value);
}

static guint32
folded (guint32 sum)
{
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

gsize
gpo_packet_make (guint8 *frame, const GpoSegment *segment)
{
  guint8 *tcp = frame + 20, pseudo[12] = { 0 };
  gsize n = segment->length;
  memset (frame, 0, GPO_PACKET_HEADS);
  frame[0] = 0x45; /* version 4, five words */
  set16 (frame + 2, (guint32) (GPO_PACKET_HEADS + n));
  frame[6] = 0x40; /* do not fragment */
  frame[8] = 64;   /* hops */
  frame[9] = IPPROTO_TCP;
  memcpy (frame + 12, segment->from.address, 4);
  memcpy (frame + 16, segment->to.address, 4);
  set16 (frame + 10, folded (sum_words (frame, 20, 0)));
  set16 (tcp, segment->from.port);
  set16 (tcp + 2, segment->to.port);
  set32 (tcp + 4, segment->seq);
  set32 (tcp + 8, segment->ack);
  tcp[12] = 0x50; /* five words */
  tcp[13] = segment->flags;
  set16 (tcp + 14, 65535); /* window */
  memcpy (tcp + 20, segment->bytes, n);
  memcpy (pseudo, frame + 12, 8);
  pseudo[9] = IPPROTO_TCP;
  set16 (pseudo + 10, (guint32) (20 + n));
  set16 (tcp + 16, folded (sum_words (tcp, 20 + n, sum_words (pseudo, 12, 0))));
  return GPO_PACKET_HEADS + n;
}

void
gpo_endpoint_text (const GpoEndpoint *endpoint, char *out, gsize size)
{
  char address[INET6_ADDRSTRLEN] = "";
  inet_ntop (endpoint->v6 ? AF_INET6 : AF_INET, endpoint->address, address, sizeof address);
  g_snprintf (out, size, endpoint->v6 ? "[%s]:%u" : "%s:%u", address, endpoint->port);
}
