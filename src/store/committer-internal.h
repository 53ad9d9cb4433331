/* SPDX-License-Identifier: MIT */
/* committer-internal.h: a batch of jobs: the workers (committer.c) lead it through its steps
 * (committer-batch.c). */
#pragma once
#include "store/committer.h"

G_BEGIN_DECLS

typedef struct
{
  GpoJob *head, **tail;
} GpoJobList;

typedef enum
{
  GPO_BATCH_UNTRIED, /* nothing was offered to the journal yet */
  GPO_BATCH_FILLING, /* the journal has all of it so far */
  GPO_BATCH_SYNCED   /* something of it cannot be in the journal */
} GpoBatchJournal;

struct GpoBatch
{
  GpoJobList jobs;
  guint64 number;      /* from 0 on, one more than the batch before */
  gboolean plain;      /* all jobs are: it may be written while the one before is being synced */
  gboolean durable;    /* some job must be */
  gboolean refused;    /* some job failed */
  gboolean journaled;  /* the journal made it durable */
  GpoJournal *journal; /* or NULL */
  GpoJournalRecord *record;
  GpoBatchJournal use;
  GArray *files, *folders, *devices; /* what must be durable, and where it is */
};

/* A batch that can be led again and again. */
void gpo_batch_init (GpoBatch *batch);
void gpo_batch_finish (GpoBatch *batch);

/* The steps of committer.h, in order. `journal` may be NULL. */
void gpo_batch_write (GpoBatch *batch, GpoJournal *journal);
/* TRUE if the journal can make the batch durable: it has all of it, and no job failed, which it would bring
 * back. */
gboolean gpo_batch_suits_journal (const GpoBatch *batch);
void gpo_batch_order (GpoBatch *batch);
void gpo_batch_publish (GpoBatch *batch);
/* Makes durable what the journal did not; TRUE if there was such. No syncfs() before the monotonic time
 * `avoid_until`, which this moves. */
gboolean gpo_batch_sync (GpoBatch *batch, gint64 *avoid_until);
void gpo_batch_settle (GpoBatch *batch, gboolean synced);
/* Closes its files. The jobs may be gone. */
void gpo_batch_clear (GpoBatch *batch);

G_END_DECLS
