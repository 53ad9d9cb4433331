/* SPDX-License-Identifier: MIT */
/* pcapng.h: the blocks of a capture file (pcapng: draft-ietf-opsawg-pcapng), appended to a string. Frames are
 * raw: they begin with the IP header. Numbers are in this machine's byte order, as the head says. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* What comes first: who made it, a comment, and the one interface. */
void gpo_pcapng_head (GString *out, const char *program, const char *comment);
/* The names that Wireshark shows for addresses: a block of any number of them. Returns where it begins. */
gsize gpo_pcapng_begin_names (GString *out);
void gpo_pcapng_name (GString *out, guint32 address, const char *name);
void gpo_pcapng_end_names (GString *out, gsize at);
/* A frame, at `when` µs since 1970. The comment may be NULL; beyond 4,000 bytes it is cut. */
void gpo_pcapng_packet (GString *out, gint64 when, const guint8 *frame, gsize n, const char *comment);

G_END_DECLS
