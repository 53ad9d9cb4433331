/* SPDX-License-Identifier: MIT */
/* committer.c: the queue of jobs, the workers and their batches; the way back to the owner's context.
 *
 * The workers take turns: who has the turn touches files, the others wait for the disk or for jobs. A worker
 * gives the turn away while its batch is being written into the journal, so that the next batch can be
 * written meanwhile, and takes it again when all batches before its own have ended:
 *
 *     worker 1   write 1 │~~~~~~ journal 1 ~~~~~~│ publish 1 │ write 4 │~~~~~~ journal 4 ~~~~~~│ …
 *     worker 2           │ write 2 │~~~~~~ journal 2 ~~~~~~│           │ publish 2 │ …
 *     worker 3                     │ write 3 │~~~~~~ journal 3 ~~~~~~│             │ publish 3 │ …
 *
 * So jobs take each step in order, and need no locks of their own; and a disk that takes long for one write
 * is given the next meanwhile. Batches overlap only while all their jobs are plain; any other batch begins
 * when all before it have ended, and ends before the next begins.
 *
 * On a quick disk they do not overlap at all: the letters that wait for the write make the next batch larger,
 * and a larger batch costs less a letter. Letters a second of 10 kept sessions, one worker and three:
 *
 *     a write of the journal takes 0.3 ms        5,830 / 5,640     at an eighth more CPU
 *     two milliseconds more                      1,600 / 2,390 */
#include "store/committer-internal.h"

#define WORKERS 3
#define SLOW_JOURNAL G_TIME_SPAN_MILLISECOND /* batches overlap where a write takes longer */

struct GpoCommitter
{
  GMutex lock;
  GCond work;    /* a batch may begin, or the end */
  GCond turn;    /* the turn is free, or a batch ended */
  GCond settled; /* results came */
  GpoJobList waiting, results;
  guint outstanding;    /* added or announced, `done` not yet called */
  guint flushing;       /* somebody waits for `settled` */
  guint idle, queued;   /* workers that wait for `work`, and for `turn` */
  gboolean taken;       /* a worker has the turn */
  guint64 begun, ended; /* batches */
  guint64 barrier;      /* no batch begins before so many have ended */
  gboolean ending;
  GThread *workers[WORKERS];
  GSource *source;     /* runs `done` of all results */
  gint64 journal_us;   /* what a write of the journal takes, of the last ones */
  gint64 avoid_until;  /* whose turn it is: no syncfs() before this monotonic time */
  GpoJournal *journal; /* or NULL */
};

static void
list_clear (GpoJobList *list)
{
  list->head = NULL;
  list->tail = &list->head;
}

static void
list_append (GpoJobList *list, GpoJob *job)
{
  job->next = NULL;
  *list->tail = job;
  list->tail = &job->next;
}

/* --- turns --- */

/* Called with the lock held, as all of these. */
static gboolean
may_begin (GpoCommitter *committer)
{
  gboolean alone = committer->begun == committer->ended;
  return committer->waiting.head && !committer->taken && committer->ended >= committer->barrier
         && (alone || committer->journal_us > SLOW_JOURNAL);
}

static void
wake_idle (GpoCommitter *committer)
{
  if (committer->idle && may_begin (committer))
    g_cond_signal (&committer->work);
}

static void
give_turn (GpoCommitter *committer)
{
  committer->taken = FALSE;
  if (committer->queued)
    g_cond_broadcast (&committer->turn);
  wake_idle (committer);
}

/* Waits until all batches before this one have ended. */
static void
take_turn (GpoCommitter *committer, const GpoBatch *batch)
{
  committer->queued++;
  while (committer->taken || committer->ended < batch->number)
    g_cond_wait (&committer->turn, &committer->lock);
  committer->queued--;
  committer->taken = TRUE;
}

/* The same for a batch that has the turn, without the lock. */
static void
await_others (GpoCommitter *committer, const GpoBatch *batch)
{
  g_mutex_lock (&committer->lock);
  if (committer->ended < batch->number)
    {
      committer->barrier = batch->number + 1; /* nobody may overtake it */
      give_turn (committer);
      take_turn (committer, batch);
    }
  g_mutex_unlock (&committer->lock);
}

/* --- the workers --- */

static void
fill_batch (GpoCommitter *committer, GpoBatch *batch)
{
  list_clear (&batch->jobs);
  batch->plain = TRUE;
  for (guint n = 0; committer->waiting.head && n < GPO_BATCH_JOBS; n++)
    {
      GpoJob *job = committer->waiting.head;
      committer->waiting.head = job->next;
      list_append (&batch->jobs, job);
      batch->plain &= job->klass->plain;
    }
  if (committer->waiting.head == NULL)
    list_clear (&committer->waiting);
}

/* Waits for jobs and the turn, and begins a batch. FALSE: the end. */
static gboolean
begin_batch (GpoCommitter *committer, GpoBatch *batch)
{
  g_mutex_lock (&committer->lock);
  committer->idle++;
  while (!may_begin (committer) && !(committer->ending && !committer->waiting.head))
    g_cond_wait (&committer->work, &committer->lock);
  committer->idle--;
  gboolean begins = committer->waiting.head != NULL;
  if (begins)
    {
      fill_batch (committer, batch);
      batch->number = committer->begun++;
      committer->taken = TRUE;
      if (!batch->plain)
        committer->barrier = committer->begun;
    }
  g_mutex_unlock (&committer->lock);
  return begins;
}

/* Writes the batch into the journal. Others go on meanwhile, if they may. */
static void
write_journal (GpoCommitter *committer, GpoBatch *batch)
{
  if (!gpo_journal_fits (batch->journal, batch->record))
    await_others (committer, batch);
  if (!gpo_journal_seal (batch->journal, batch->record))
    return;
  g_mutex_lock (&committer->lock);
  give_turn (committer);
  g_mutex_unlock (&committer->lock);
  gint64 began = g_get_monotonic_time ();
  gpo_journal_write (batch->journal, batch->record);
  g_mutex_lock (&committer->lock);
  committer->journal_us += (g_get_monotonic_time () - began - committer->journal_us) / 8;
  take_turn (committer, batch);
  g_mutex_unlock (&committer->lock);
  batch->journaled = gpo_journal_end (batch->journal, batch->record);
}

/* Called with the lock held. */
static void
give_results (GpoCommitter *committer, GpoJobList *jobs)
{
  if (committer->results.head == NULL)
    g_source_set_ready_time (committer->source, 0);
  *committer->results.tail = jobs->head;
  committer->results.tail = jobs->tail;
  if (committer->flushing)
    g_cond_broadcast (&committer->settled);
}

/* Nobody idle is woken: the worker itself looks for the next batch now. */
static void
end_batch (GpoCommitter *committer, GpoBatch *batch)
{
  g_mutex_lock (&committer->lock);
  give_results (committer, &batch->jobs);
  committer->ended++;
  committer->taken = FALSE;
  if (committer->queued)
    g_cond_broadcast (&committer->turn);
  g_mutex_unlock (&committer->lock);
  gpo_batch_clear (batch);
}

static gpointer
work (gpointer data)
{
  GpoCommitter *committer = data;
  GpoBatch batch;
  gpo_batch_init (&batch);
  while (begin_batch (committer, &batch))
    {
      if (!batch.plain)
        await_others (committer, &batch);
      gpo_batch_write (&batch, committer->journal);
      if (gpo_batch_suits_journal (&batch))
        write_journal (committer, &batch);
      await_others (committer, &batch);
      gpo_batch_order (&batch);
      gpo_batch_publish (&batch);
      gboolean synced = gpo_batch_sync (&batch, &committer->avoid_until);
      gpo_batch_settle (&batch, synced);
      end_batch (committer, &batch);
    }
  gpo_batch_finish (&batch);
  return NULL;
}

/* --- the owner's side --- */

/* Calls `done` for all results there are, in the order of their jobs. */
static void
call_done (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  GpoJob *job = committer->results.head;
  list_clear (&committer->results);
  g_source_set_ready_time (committer->source, -1);
  g_mutex_unlock (&committer->lock);
  while (job)
    {
      GpoJob *next = job->next;
      g_autoptr (GError) error = g_steal_pointer (&job->error);
      job->klass->done (job, error);
      g_mutex_lock (&committer->lock);
      committer->outstanding--;
      g_mutex_unlock (&committer->lock);
      job = next;
    }
}

typedef struct
{
  GSource source;
  GpoCommitter *committer;
} ResultSource;

static gboolean
result_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  call_done (((ResultSource *) source)->committer);
  return G_SOURCE_CONTINUE;
}

/* Its ready time is the wake-up: 0 when results wait. */
static GSourceFuncs result_funcs = { .dispatch = result_dispatch };

GpoCommitter *
gpo_committer_new (GMainContext *context)
{
  GpoCommitter *committer = g_new0 (GpoCommitter, 1);
  g_mutex_init (&committer->lock);
  g_cond_init (&committer->work);
  g_cond_init (&committer->turn);
  g_cond_init (&committer->settled);
  committer->journal_us = G_USEC_PER_SEC; /* slow until it is known */
  list_clear (&committer->waiting);
  list_clear (&committer->results);
  committer->source = g_source_new (&result_funcs, sizeof (ResultSource));
  ((ResultSource *) committer->source)->committer = committer;
  g_source_set_static_name (committer->source, "store results");
  g_source_attach (committer->source, context);
  for (guint i = 0; i < WORKERS; i++)
    committer->workers[i] = g_thread_new ("committer", work, committer);
  return committer;
}

void
gpo_committer_set_journal (GpoCommitter *committer, GpoJournal *journal)
{
  committer->journal = journal;
}

void
gpo_committer_free (GpoCommitter *committer)
{
  gpo_committer_flush (committer);
  g_mutex_lock (&committer->lock);
  committer->ending = TRUE;
  g_cond_broadcast (&committer->work);
  g_mutex_unlock (&committer->lock);
  for (guint i = 0; i < WORKERS; i++)
    g_thread_join (committer->workers[i]);
  g_source_destroy (committer->source);
  g_source_unref (committer->source);
  g_mutex_clear (&committer->lock);
  g_cond_clear (&committer->work);
  g_cond_clear (&committer->turn);
  g_cond_clear (&committer->settled);
  g_free (committer);
}

void
gpo_committer_add (GpoCommitter *committer, GpoJob *job)
{
  g_mutex_lock (&committer->lock);
  committer->outstanding += job->announced ? 0 : 1;
  list_append (&committer->waiting, job);
  wake_idle (committer);
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_announce (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  committer->outstanding++;
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_post (GpoCommitter *committer, GpoJob *job)
{
  GpoJobList one;
  list_clear (&one);
  g_mutex_lock (&committer->lock);
  committer->outstanding += job->announced ? 0 : 1;
  list_append (&one, job);
  give_results (committer, &one);
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_flush (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  while (committer->outstanding > 0)
    {
      committer->flushing++;
      while (committer->results.head == NULL)
        g_cond_wait (&committer->settled, &committer->lock);
      committer->flushing--;
      g_mutex_unlock (&committer->lock);
      call_done (committer);
      g_mutex_lock (&committer->lock);
    }
  g_mutex_unlock (&committer->lock);
}
