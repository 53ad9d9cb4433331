/* SPDX-License-Identifier: MIT */
/* spool.h: the queue of one host on disk.
 *
 *     queue/ID.letter      the bytes of a letter
 *     queue/ID.envelope    its envelope (gpo_envelope_to_text()), and before it the letter's size
 *     free/                finished files, to be used again
 *     damaged/             what could not be read at start, each with ID.note saying why
 *     tmp/                 envelopes being rewritten where no free file is used
 *
 * What stays true:
 *  - a letter is in the queue from the moment its envelope is renamed into place, and out of it from
 *    the moment the envelope is renamed away. Letter first, envelope second; on removal envelope first;
 *  - when the envelope is in place, it and the letter are whole: both were synced before the rename
 *    (RFC 5321 §6.1: having said 250, we may not lose it);
 *  - nothing unreadable is ever deleted.
 *
 * Why finished files are used again: ext4 remembers inodes freed in the last seconds and will not hand
 * them out; a queue that creates and deletes a file a letter makes each creation search past thousands
 * of them, and slows down tenfold by its own doing. So a finished file is renamed into free/ and later
 * overwritten and cut to length. Such a file must not be overwritten before its removal from queue/
 * is durable: after a power cut the old name would hold another letter's bytes. */
#pragma once
#include "letter/envelope.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct GpoSpool GpoSpool;
typedef struct GpoSpoolReader GpoSpoolReader;

/* At most so many files wait in free/, which is what 10,000 letters leave. Those beyond are deleted, and that
 * may cost some milliseconds each, on a file system that discards their blocks at once. */
#define GPO_SPOOL_FREE_FILES (20 * 1024)
#define GPO_SPOOL_FREE_BYTES (64 * 1024) /* a longer one is cut to nothing first */

/* One whole letter found in the queue at start. */
typedef struct
{
  GpoEnvelope *envelope; /* its `id` is the name in the queue */
  guint64 size;          /* bytes of the letter */
} GpoSpoolEntry;

/* What recovery found. */
typedef struct
{
  GPtrArray *entries; /* of GpoSpoolEntry, oldest first */
  guint orphans;      /* letters without envelope: never answered with 250; recycled */
  GPtrArray *damaged; /* of char *: "ID: reason", now in damaged/ */
} GpoSpoolRecovery;

/* Opens the queue in folder `dir` (made where missing) and recovers it. `recovery` may be NULL; the
 * caller frees it with gpo_spool_recovery_free(). Reads the disk at once: call it at start. */
GpoSpool *gpo_spool_open (GpoStore *store, const char *dir, GpoSpoolRecovery **recovery, GError **error);
/* Lets go; what was begun still ends well. */
void gpo_spool_close (GpoSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoSpool, gpo_spool_close)
void gpo_spool_recovery_free (GpoSpoolRecovery *recovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoSpoolRecovery, gpo_spool_recovery_free)

/* A new ID for a letter, "L17-h4x2": unique over restarts. The caller frees. */
char *gpo_spool_make_id (guint32 letter);
/* The letter number in an ID; 0 if it is none. */
guint32 gpo_spool_id_letter (const char *id);

/* How such an operation ended; `error` is NULL if well. */
typedef void (*GpoSpoolFunc) (const GError *error, gpointer user_data);

/* Rewrites the envelope of the letter `envelope->id`: old or new, never a mixture, whatever happens.
 * With `durable` the callback waits for the directory too; without, a power cut may bring the old one
 * back. Updates and removals of a letter take effect in the order they were called. callback: or NULL. */
void gpo_spool_update (GpoSpool *spool, const GpoEnvelope *envelope, gboolean durable, GpoSpoolFunc callback,
                       gpointer user_data);
/* Takes a letter out of the queue. Not durable by itself: a power cut may bring the letter back,
 * whole, and it is sent twice (RFC 5321 §6.1 prefers that to a loss). callback: or NULL. */
void gpo_spool_remove (GpoSpool *spool, const char *id, GpoSpoolFunc callback, gpointer user_data);

/* Opens a letter for reading in blocks. Stays readable, and its bytes the letter's, even when the
 * letter is removed meanwhile. NULL and `error` if it is not there. */
GpoSpoolReader *gpo_spool_open_letter (GpoSpool *spool, const char *id, GError **error);
guint64 gpo_spool_reader_size (GpoSpoolReader *reader);
/* Reads up to n bytes from `offset` on. 0 at the end, -1 and `error`. */
gssize gpo_spool_reader_read (GpoSpoolReader *reader, guint64 offset, char *buffer, gsize n, GError **error);
void gpo_spool_reader_free (GpoSpoolReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoSpoolReader, gpo_spool_reader_free)

/* Files waiting in free/ now, for tests and benches. */
guint gpo_spool_free_files (GpoSpool *spool);

G_END_DECLS
