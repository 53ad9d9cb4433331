/* SPDX-License-Identifier: MIT */
/* pcap-import.h: a capture (pcap or pcapng, read by libpcap) becomes a trace: packet.h, reassembly.h,
 * observer.h.
 *
 * A connection is followed when its port or its first bytes say SMTP, IMAP or POP3; all others are counted
 * and left out. Sessions are numbered as they are recognised. A host is its address, with its port if that is
 * not a well-known one. Time 0 is that of the first packet.
 *
 * Reads a file; the log it writes to may be bounded, and a GpoTraceFile may follow it. */
#pragma once
#include "trace/log.h"
#include <stdio.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 packets, tcp, fragments, broken;
  guint connections, smtp, imap, pop3; /* connections in all, and those followed */
} GpoPcapCount;

typedef struct GpoPcap GpoPcap;

/* Takes over `file`. `name`: for errors. NULL and *error (G_IO_ERROR) if libpcap cannot read it, or its link
 * type is none of those that can be opened. */
GpoPcap *gpo_pcap_open (FILE *file, const char *name, GError **error);
void gpo_pcap_close (GpoPcap *pcap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoPcap, gpo_pcap_close)
/* When the first packet was captured: µs since 1970; 0 if there is none. */
gint64 gpo_pcap_started (GpoPcap *pcap);
/* Reads it to its end, once. Only connections with this port (0: any) and of this protocol (NONE: any) are
 * followed. A capture that breaks off is FALSE with an error that says behind which packet; what came before
 * it is in the log. Sets the log's start and clock. */
gboolean gpo_pcap_import (GpoPcap *pcap, GpoLog *log, guint16 port, GpoProtocol protocol, GpoPcapCount *count,
                          GError **error);

G_END_DECLS
