/* SPDX-License-Identifier: MIT */
/* delivery.h: one whole letter on its way to its targets: the job that incoming.h hands to the
 * committer. All targets succeed or none. */
#pragma once
#include "store/incoming.h"
#include "store/stream.h"

G_BEGIN_DECLS

/* Delivers the `size` bytes in `bytes` (taken over) or, if that is NULL, in `stream` (taken over).
 * The rest as gpo_incoming_commit(). */
void gpo_delivery_start (GpoStore *store, guint32 letter, GBytes *bytes, GpoStream *stream, guint64 size,
                         const GpoTarget *targets, guint n_targets, GpoIncomingFunc callback,
                         gpointer user_data);

G_END_DECLS
