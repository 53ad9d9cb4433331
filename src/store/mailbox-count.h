/* SPDX-License-Identifier: MIT */
/* mailbox-count.h: how many letters lie in a person's mailboxes, without opening any. */
#pragma once
#include "store/store.h"

G_BEGIN_DECLS

/* `name` is "Lists/Work"; called once for each mailbox that is not empty, sorted by name, on the owner's
 * context. */
typedef void (*GpoMailboxCountFunc) (const char *name, guint count, gpointer data);

/* Counts under the Maildir at `path`, on the committer's thread between two batches: what was delivered and
 * told before `each` is called is counted, what is told later is not. `gone` (may be NULL) frees `data`. What
 * cannot be read is left out. */
void gpo_mailbox_count (GpoStore *store, const char *path, GpoMailboxCountFunc each, gpointer data,
                        GDestroyNotify gone);

G_END_DECLS
