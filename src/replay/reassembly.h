/* SPDX-License-Identifier: MIT */
/* reassembly.h: segments of TCP become the bytes of connections, in the order in which they were sent.
 *
 * Segments may come out of order, twice, overlapping, or not at all; a connection may have begun before the
 * capture; its ports may be used again. What stays true:
 *  - every byte is told once, in order, when all before it are there (the first copy counts: RFC 9293 §3.4);
 *  - what the receiver has acknowledged and the capture does not have is a gap, and said so;
 *  - memory is bounded: bytes that wait for those before them are at most GPO_REASSEMBLY_WAITING a side.
 *
 * Pure; one thread. */
#pragma once
#include "replay/packet.h"

G_BEGIN_DECLS

#define GPO_REASSEMBLY_WAITING (4 * 1024 * 1024)

typedef struct GpoReassembly GpoReassembly;

typedef struct
{
  /* A connection: made now, or (`late`) under way already. Returns the caller's own for it, or NULL to ignore
   * it. */
  gpointer (*opened) (const GpoEndpoint *client, const GpoEndpoint *server, gboolean late, gpointer data);
  void (*bytes) (gpointer connection, gboolean from_client, const guint8 *bytes, gsize n, gpointer data);
  void (*gap) (gpointer connection, gboolean from_client, guint64 n, gpointer data);
  /* It is over; `how`: "client" or "server" (who said so first), "reset", "end" (of the capture). Frees the
   * caller's own. */
  void (*ended) (gpointer connection, const char *how, gpointer data);
} GpoReassemblyUser;

/* `user` outlives it. */
GpoReassembly *gpo_reassembly_new (const GpoReassemblyUser *user, gpointer data);
/* Ends what is open. */
void gpo_reassembly_free (GpoReassembly *reassembly);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoReassembly, gpo_reassembly_free)
void gpo_reassembly_take (GpoReassembly *reassembly, const GpoSegment *segment);

G_END_DECLS
