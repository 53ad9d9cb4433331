/* SPDX-License-Identifier: MIT */
/* map-piles.h: which letters lie in a queue and in the mailboxes at n. Part of map-model.h. */
#pragma once
#include "map-model.h"

G_BEGIN_DECLS

/* The letters that wait at the host. `away` are those that are seen on a connection (letter numbers). */
void gpo_map_pile_queue (GpoPicture *picture, const GpoHostTrack *host, guint64 n, GHashTable *away,
                         GpoMapPile *out);
/* Adds what lies in a mailbox to its owner's box in `boxes` (of GpoMapBox), which is made if it is new. */
void gpo_map_pile_mailbox (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n, GArray *boxes);
/* The box of this owner, made if it is new. */
GpoMapBox *gpo_map_box (GArray *boxes, const char *owner, gsize length);

G_END_DECLS
