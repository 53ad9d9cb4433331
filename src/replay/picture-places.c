/* SPDX-License-Identifier: MIT */
/* picture-places.c: the hosts, and who waits in a host's queue at n.
 *
 * A queue is a sum: each `queue` event puts a letter in, replaces what is known of it, or takes it out. */
#include "replay/picture-private.h"
#include <string.h>

/* --- checkpoints --- */

static void
clear_checkpoint (gpointer data)
{
  g_free (((GpoCheckpoint *) data)->parts);
}

GArray *
gpo_checkpoints_new (void)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (GpoCheckpoint));
  g_array_set_clear_func (points, clear_checkpoint);
  return points;
}

const GpoCheckpoint *
gpo_checkpoint_before (const GArray *points, guint until)
{
  guint low = 0, high = points ? points->len : 0;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (points, GpoCheckpoint, middle).until <= until)
        low = middle + 1;
      else
        high = middle;
    }
  return low ? &g_array_index (points, GpoCheckpoint, low - 1) : NULL;
}

/* --- hosts --- */

guint
gpo_picture_n_hosts (GpoPicture *picture)
{
  return picture->hosts->len;
}

const GpoHostTrack *
gpo_picture_host (GpoPicture *picture, guint i)
{
  return i < picture->hosts->len ? picture->hosts->pdata[i] : NULL;
}

const GpoHostTrack *
gpo_picture_host_of (GpoPicture *picture, GpoSymbol symbol)
{
  for (guint i = 0; i < picture->hosts->len; i++)
    if (gpo_picture_host (picture, i)->symbol == symbol)
      return gpo_picture_host (picture, i);
  return NULL;
}

const GpoWorldFacts *
gpo_picture_world (GpoPicture *picture)
{
  return &picture->world;
}

gboolean
gpo_picture_host_is_down (GpoPicture *picture, const GpoHostTrack *host, guint64 n)
{
  guint i = gpo_track_until (&host->power, n);
  const GpoEvent *event = i ? gpo_log_get (picture->log, host->power.events[i - 1]) : NULL;
  const char *action = event ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
  if (g_strcmp0 (action, "host") == 0) /* as it was when the office opened */
    return g_strcmp0 (gpo_event_text (event, GPO_FIELD_STATE, NULL), "down") == 0;
  return g_strcmp0 (action, "down") == 0;
}

GPtrArray *
gpo_picture_rules_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n)
{
  GPtrArray *rules = g_ptr_array_new ();
  guint end = gpo_track_until (&host->rules, n);
  for (guint i = end > GPO_PICTURE_LOOK_BACK ? end - GPO_PICTURE_LOOK_BACK : 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, host->rules.events[i]);
      const char *name = event ? gpo_event_text (event, GPO_FIELD_NAME, NULL) : NULL;
      guint at;
      if (!name)
        continue;
      if (g_ptr_array_find_with_equal_func (rules, name, g_str_equal, &at))
        g_ptr_array_remove_index (rules, at);
      if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_STATE, NULL), "set") == 0)
        g_ptr_array_add (rules, (gpointer) name);
    }
  return rules;
}

guint
gpo_picture_queue_length (const GpoHostTrack *host, guint64 n)
{
  return gpo_tally_after (&host->waiting, gpo_track_until (&host->queue, n));
}

/* --- queues --- */

typedef struct
{
  guint32 letter, event;
} Waiting;

struct GpoQueueFold
{
  GHashTable *newest; /* letter → number of its newest `queue` event, of those that wait */
  guint until;        /* of the last checkpoint */
  GArray *points;     /* their parts are Waiting */
};

static void
fold_letter (GHashTable *newest, const GpoEvent *event, guint64 n)
{
  gpointer key = GUINT_TO_POINTER (event->letter);
  if (gpo_queue_state_is_gone (gpo_event_text (event, GPO_FIELD_STATE, NULL)))
    g_hash_table_remove (newest, key);
  else
    g_hash_table_insert (newest, key, GUINT_TO_POINTER ((guint) n));
}

void
gpo_queue_fold_free (GpoQueueFold *fold)
{
  if (!fold)
    return;
  g_hash_table_unref (fold->newest);
  g_array_unref (fold->points);
  g_free (fold);
}

static void
keep_queue (GpoQueueFold *fold, guint until)
{
  guint n = g_hash_table_size (fold->newest), i = 0;
  Waiting *parts = g_new (Waiting, MAX (n, 1));
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, fold->newest);
  while (g_hash_table_iter_next (&iter, &key, &value))
    parts[i++] = (Waiting){ GPOINTER_TO_UINT (key), GPOINTER_TO_UINT (value) };
  GpoCheckpoint point = { until, n, parts };
  g_array_append_val (fold->points, point);
  fold->until = until;
}

void
gpo_queue_fold_add (GpoHostTrack *host, const GpoEvent *event, guint64 n)
{
  if (!host->fold)
    {
      host->fold = g_new0 (GpoQueueFold, 1);
      host->fold->newest = g_hash_table_new (NULL, NULL);
      host->fold->points = gpo_checkpoints_new ();
    }
  GpoQueueFold *fold = host->fold;
  fold_letter (fold->newest, event, n);
  if (host->queue.n - fold->until >= MAX (GPO_PICTURE_CHECKPOINT, g_hash_table_size (fold->newest)))
    keep_queue (fold, host->queue.n);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return x < y ? -1 : x > y;
}

/* What was known and is gone from the log is left out. */
static GArray *
sorted_numbers (GpoPicture *picture, GHashTable *newest)
{
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (guint64), g_hash_table_size (newest));
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      guint64 number = GPOINTER_TO_UINT (value);
      if (gpo_log_get (picture->log, number))
        g_array_append_val (out, number);
    }
  g_array_sort (out, by_number);
  return out;
}

GArray *
gpo_picture_queue_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n)
{
  g_autoptr (GHashTable) newest = g_hash_table_new (NULL, NULL);
  guint end = gpo_track_until (&host->queue, n);
  const GpoCheckpoint *point = gpo_checkpoint_before (host->fold ? host->fold->points : NULL, end);
  for (guint i = 0; point && i < point->n; i++)
    {
      const Waiting *one = (const Waiting *) point->parts + i;
      g_hash_table_insert (newest, GUINT_TO_POINTER (one->letter), GUINT_TO_POINTER (one->event));
    }
  for (guint i = point ? point->until : 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, host->queue.events[i]);
      if (event)
        fold_letter (newest, event, host->queue.events[i]);
    }
  return sorted_numbers (picture, newest);
}
