/* SPDX-License-Identifier: MIT */
/* committer.h: makes many small files durable together (group commit).
 *
 * To promise that a file survives a power cut takes two waits for the disk: one for its bytes before
 * it gets its name, one for the directory after. Alone, that is some 250 µs a letter. But whoever
 * arrives while the disk is busy can share the next wait: a worker takes all jobs that wait as one
 * batch and leads them through
 *
 *     write      each job writes its files under temporary names        (fails alone)
 *     sync       all their bytes, at once
 *     publish    each job renames its files into place                  (fails alone)
 *     sync       all directories touched
 *     settle     each job is done; failed ones clean up
 *     done       on the owner's context, one wake-up for the whole batch
 *
 * so the cost of waiting is divided by the size of the batch, which grows by itself with the load.
 * Jobs of the same `lane` begin their steps in the order they were added. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoCommitter GpoCommitter;
typedef struct GpoBatch GpoBatch;
typedef struct GpoJob GpoJob;

#define GPO_BATCH_JOBS 64

/* What a kind of job does. All but `done` run on a worker; any may be NULL except `done`. */
typedef struct {
  gboolean (*write) (GpoJob *job, GpoBatch *batch, GError **error);
  gboolean (*publish) (GpoJob *job, GpoBatch *batch, GError **error);
  /* Directories are durable if `ok`; else undo all that was done. */
  void (*settle) (GpoJob *job, gboolean ok);
  /* On the owner's context; frees the job. */
  void (*done) (GpoJob *job, const GError *error);
} GpoJobClass;

/* To be the first member of a job. */
struct GpoJob {
  const GpoJobClass *klass;
  gboolean durable;  /* FALSE: `done` need not wait for directories */
  /*< private >*/
  GError *error;
  GpoJob *next;
};

/* A committer whose `done` calls come on `context`. */
GpoCommitter *gpo_committer_new (GMainContext *context);
/* Waits for all jobs, calls their `done`, ends the worker. */
void gpo_committer_free (GpoCommitter *committer);
/* Adds a job, on the owner's thread or from a worker. Takes it. */
void gpo_committer_add (GpoCommitter *committer, GpoJob *job);
/* Waits until no job is left and all `done` calls were made; on the owner's thread. */
void gpo_committer_flush (GpoCommitter *committer);

/* --- for jobs, during write and publish --- */

/* The bytes of this open file must be durable before publish. The batch closes it after the sync. */
void gpo_batch_sync_file (GpoBatch *batch, GpoJob *job, int fd);
/* Entries of this directory must be durable before settle. */
void gpo_batch_sync_folder (GpoBatch *batch, GpoJob *job, const char *path);

/* Sets `error` from errno: "cannot DO 'PATH': reason". Always FALSE. */
gboolean gpo_disk_error (GError **error, const char *what, const char *path);

G_END_DECLS
