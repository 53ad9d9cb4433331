/* SPDX-License-Identifier: MIT */
/* log-reader.c: readers on other threads, seen from both sides.
 *
 * A reader pins what it may still touch, and sleeps until there is more. A paced reader (the file writer)
 * that falls behind holds the writer up: `total` counts every byte that was ever appended, each chunk knows
 * what it was when the chunk began, and the difference to the chunk a reader has pinned is how far it is
 * behind. */
#include "trace/log-private.h"

/* --- the writer's side --- */

gboolean
gpo_log_is_pinned (GpoLog *log, guint64 n)
{
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      if (__atomic_load_n (&reader->pinned, __ATOMIC_ACQUIRE) < n)
        return TRUE;
    }
  return FALSE;
}

void
gpo_log_wake_readers (GpoLog *log)
{
  g_mutex_lock (&log->lock);
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      if (reader->asleep)
        {
          reader->asleep = FALSE;
          g_atomic_int_add (&log->n_asleep, -1);
          reader->wake (reader->data);
        }
    }
  g_mutex_unlock (&log->lock);
}

/* Whether some paced reader is more than the backlog behind. Under the lock. */
static gboolean
reader_behind (GpoLog *log)
{
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      guint64 pinned = __atomic_load_n (&reader->pinned, __ATOMIC_SEQ_CST);
      if (reader->paced && pinned < log->length
          && log->total - gpo_log_chunk (log, pinned)->total > log->backlog)
        return TRUE;
    }
  return FALSE;
}

void
gpo_log_await_readers (GpoLog *log)
{
  log->paced_at = log->total;
  g_mutex_lock (&log->lock);
  g_atomic_int_set (&log->waiting, TRUE);
  while (reader_behind (log))
    g_cond_wait (&log->released, &log->lock);
  g_atomic_int_set (&log->waiting, FALSE);
  g_mutex_unlock (&log->lock);
}

/* --- the reader's side --- */

GpoLogReader *
gpo_log_reader_new (GpoLog *log, guint64 from, void (*wake) (gpointer), gpointer data)
{
  GpoLogReader *reader = g_new0 (GpoLogReader, 1);
  reader->log = log;
  reader->wake = wake;
  reader->data = data;
  g_mutex_lock (&log->lock);
  reader->pinned = MAX (from, log->first);
  g_ptr_array_add (log->readers, reader);
  g_mutex_unlock (&log->lock);
  return reader;
}

void
gpo_log_reader_free (GpoLogReader *reader)
{
  g_mutex_lock (&reader->log->lock);
  g_ptr_array_remove_fast (reader->log->readers, reader);
  if (reader->asleep)
    g_atomic_int_add (&reader->log->n_asleep, -1);
  g_cond_signal (&reader->log->released);
  g_mutex_unlock (&reader->log->lock);
  g_free (reader);
}

void
gpo_log_reader_release (GpoLogReader *reader, guint64 n)
{
  GpoLog *log = reader->log;
  if (n <= reader->pinned)
    return;
  /* Ordered against `waiting`: either the writer sees the release or we see that it waits. */
  __atomic_store_n (&reader->pinned, n, __ATOMIC_SEQ_CST);
  if (!g_atomic_int_get (&log->waiting))
    return;
  g_mutex_lock (&log->lock);
  g_cond_signal (&log->released);
  g_mutex_unlock (&log->lock);
}

void
gpo_log_reader_set_paced (GpoLogReader *reader, gboolean paced)
{
  g_mutex_lock (&reader->log->lock);
  reader->paced = paced;
  g_cond_signal (&reader->log->released);
  g_mutex_unlock (&reader->log->lock);
}

gboolean
gpo_log_reader_sleep (GpoLogReader *reader, guint64 n)
{
  GpoLog *log = reader->log;
  gboolean sleeps = FALSE;
  g_return_val_if_fail (reader->wake, FALSE);
  g_mutex_lock (&log->lock);
  if (!reader->asleep)
    {
      reader->asleep = TRUE;
      g_atomic_int_inc (&log->n_asleep);
    }
  if (__atomic_load_n (&log->length, __ATOMIC_SEQ_CST) > n)
    {
      reader->asleep = FALSE;
      g_atomic_int_add (&log->n_asleep, -1);
    }
  else
    sleeps = TRUE;
  g_mutex_unlock (&log->lock);
  return sleeps;
}

void
gpo_log_reader_prepare (GpoLogReader *reader)
{
  gpo_blocks_prepare (reader->log->blocks);
}
