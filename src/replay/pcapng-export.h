/* SPDX-License-Identifier: MIT */
/* pcapng-export.h: a trace as a capture that Wireshark and tshark decode (pcapng: draft-ietf-opsawg-pcapng).
 *
 * The wire is made anew from what was said: each session is a TCP connection with its handshake and its end,
 * each line and each piece of data a segment. Hosts get addresses of their own (10.0.0.1 …, with their names
 * beside them), and servers the well-known ports, 25, 143 and 110, so that the decoders of those protocols
 * take them. A comment at a packet says the event's number, the letter's, and the states that the packet led
 * through.
 *
 * What was said inside TLS is in a trace as it was before encryption: it becomes a connection of its own,
 * whose first comment says so. Bytes that the trace does not hold are exported as "?" and say so. */
#pragma once
#include "replay/picture.h"
#include "trace/filter.h"

G_BEGIN_DECLS

typedef struct
{
  guint sessions;
  guint64 packets, missing; /* missing: bytes that the trace does not hold */
} GpoPcapngCount;

/* Appends the capture to `out`: all events of the picture's log that pass the filter (NULL: all) and were on
 * a wire. `flush` (may be NULL) is called now and then to take what is in `out` (and to empty it); FALSE from
 * it ends the export. */
gboolean gpo_pcapng_export (GpoPicture *picture, GpoFilter *filter, GString *out,
                            gboolean (*flush) (GString *out, gpointer data), gpointer data,
                            GpoPcapngCount *count);

G_END_DECLS
