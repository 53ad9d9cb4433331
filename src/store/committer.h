/* SPDX-License-Identifier: MIT */
/* committer.h: makes many small files durable together (group commit).
 *
 * To promise that a file survives a power cut one must wait for the disk. Alone, that costs a letter
 * some hundred µs; but whoever arrives while others are written can share the next wait. A worker takes
 * all jobs that wait as one batch and leads them through
 *
 *     write      each job writes its files under temporary names         (fails alone)
 *     order      all their bytes have reached the disk; or bytes and names, in the journal
 *     publish    each job renames its files into place                   (fails alone)
 *     sync       bytes, sizes, names and directories are durable, if the journal did not make them so
 *     settle     each job is done; a failed one removes what it did
 *     done       on the owner's context, one wake-up for the whole batch
 *
 * so the cost of waiting is divided by the size of the batch, which grows by itself with the load.
 * Jobs take each step in the order in which they were added, and one job at a time takes one. A batch ends
 * before the next begins, save that plain ones are written while those before are on their way into the
 * journal. */
#pragma once
#include "store/journal.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoCommitter GpoCommitter;
typedef struct GpoBatch GpoBatch;
typedef struct GpoJob GpoJob;

/* Jobs in one batch at most: more share no better, and wait longer. */
#define GPO_BATCH_JOBS 64

/* What a kind of job does. All but `done` run on a worker; all but `done` may be NULL. */
typedef struct
{
  /* `write` may come before the batch before this one is published, and the other way round: all it does is
   * to make new files, and all that `publish` does is to give them their names. */
  gboolean plain;
  gboolean (*write) (GpoJob *job, GpoBatch *batch, GError **error);
  gboolean (*publish) (GpoJob *job, GpoBatch *batch, GError **error);
  /* Called whatever happened before. !ok: undo what was done. `synced`: the directories are, so that what
   * was renamed away is gone for good. */
  void (*settle) (GpoJob *job, gboolean ok, gboolean synced);
  /* On the owner's context; frees the job. */
  void (*done) (GpoJob *job, const GError *error);
} GpoJobClass;

/* The first member of a job. */
struct GpoJob
{
  const GpoJobClass *klass;
  gboolean durable;   /* needs the sync; a batch in which no job does goes without */
  gboolean announced; /* gpo_committer_announce() was called for it */
  /*< private >*/
  GError *error;
  GpoJob *next;
};

/* A committer whose `done` calls come on `context`, and the thread that works for it. */
GpoCommitter *gpo_committer_new (GMainContext *context);
/* Has letters go through the journal, which outlives the committer. Before any job. */
void gpo_committer_set_journal (GpoCommitter *committer, GpoJournal *journal);
/* Flushes, then ends the worker. */
void gpo_committer_free (GpoCommitter *committer);
/* Adds a job and takes it. Any thread. */
void gpo_committer_add (GpoCommitter *committer, GpoJob *job);
/* Says that a job will be added later, so that a flush waits for it too. On the owner's thread. */
void gpo_committer_announce (GpoCommitter *committer);
/* Calls the job's `done` on the owner's context without doing any of it. Any thread. */
void gpo_committer_post (GpoCommitter *committer, GpoJob *job);
/* Waits until no job is left and every `done` was called. On the owner's thread, outside of `done`. */
void gpo_committer_flush (GpoCommitter *committer);

/* --- for jobs, during write and publish --- */

/* The bytes of this open file must be durable. The batch closes it when it ends. */
void gpo_batch_sync_file (GpoBatch *batch, GpoJob *job, int fd);
/* A small file with these parts, open as fd (-1: a link to one of this job) and later renamed to `path`, must
 * be durable, and its folder's entry too: by the journal if it takes all of the batch. Copies the parts. */
void gpo_batch_sync_letter (GpoBatch *batch, GpoJob *job, GpoJournalKind kind, int fd, const char *path,
                            const struct iovec *parts, int n_parts);
/* Lines written at `offset` of a growing file, open as fd, must be durable: by the journal if it takes all of
 * the batch, and if they have a `path` (NULL: they must not be in it). gpo_journal_add_lines() tells the
 * rest. The batch closes fd. */
void gpo_batch_sync_lines (GpoBatch *batch, GpoJob *job, int fd, const char *path, goffset offset,
                           const char *first_line, const struct iovec *lines);
/* The entries of this directory must be durable. */
void gpo_batch_sync_folder (GpoBatch *batch, GpoJob *job, const char *path);
/* Before folders get other names or go, during write: what earlier batches have in the journal is made
 * durable where it is, since the journal would bring it back where it was; and this batch does without. */
void gpo_batch_leave_journal (GpoBatch *batch);

G_END_DECLS
