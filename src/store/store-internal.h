/* SPDX-License-Identifier: MIT */
/* store-internal.h: what the files of this folder know of each other and nobody else needs. */
#pragma once
#include "store/committer.h"
#include "store/recycler.h"
#include "store/spool.h"
#include "store/store.h"
#include <sys/uio.h>

G_BEGIN_DECLS

GpoCommitter *gpo_store_committer (GpoStore *store);
GpoJournal *gpo_store_journal (GpoStore *store);
/* Where callbacks come; NULL: the default one. */
GMainContext *gpo_store_context (GpoStore *store);
/* Threads that write large letters while they come in. */
GThreadPool *gpo_store_streams (GpoStore *store);
/* ROOT/tmp */
const char *gpo_store_tmp (GpoStore *store);

/* A spool is shared by its user and by the jobs under way. */
GpoSpool *gpo_spool_ref (GpoSpool *spool);
void gpo_spool_unref (GpoSpool *spool);
GpoRecycler *gpo_spool_recycler (GpoSpool *spool);
/* DIR/queue, DIR/tmp */
const char *gpo_spool_queue (GpoSpool *spool);
const char *gpo_spool_tmp (GpoSpool *spool);
/* The text of an envelope file for a letter of this many bytes; the caller frees. */
char *gpo_spool_envelope_text (const GpoEnvelope *envelope, guint64 letter_size);
/* Reads such a text. NULL and `error` if it is torn. */
GpoEnvelope *gpo_spool_read_envelope (const char *text, gsize length, guint64 *letter_size, GError **error);
/* What gpo_spool_open() found in DIR/queue; bad letters are in DIR/damaged after this. NULL and `error`
 * if the folders cannot be read. */
GpoSpoolRecovery *gpo_spool_recover (const char *dir, GpoRecycler *recycler, GError **error);
/* Writes a whole file into a recycled one and asks the batch to sync it, as a letter if its `place` is known
 * already, which may be NULL. Returns its path, which the
 * caller frees; NULL and `error`. Worker. */
char *gpo_spool_write_file (GpoSpool *spool, GpoJob *job, GpoBatch *batch, struct iovec *parts, int n_parts,
                            const char *place, GError **error);

G_END_DECLS
