/* SPDX-License-Identifier: MIT */
/* picture-places.c: who waits in a host's queue and what lies in a mailbox at n. */
#include "replay/picture-private.h"
#include <string.h>

/* --- hosts and queues --- */

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

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return x < y ? -1 : x > y;
}

GArray *
gpo_picture_queue_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n)
{
  g_autoptr (GHashTable) newest = g_hash_table_new (NULL, NULL);
  guint end = gpo_track_until (&host->queue, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, host->queue.events[i]);
      if (!event)
        continue;
      gpointer key = GUINT_TO_POINTER (event->letter);
      if (gpo_queue_state_is_gone (gpo_event_text (event, GPO_FIELD_STATE, NULL)))
        g_hash_table_remove (newest, key);
      else
        g_hash_table_insert (newest, key, GUINT_TO_POINTER (host->queue.events[i]));
    }
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (guint64), g_hash_table_size (newest));
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      guint64 number = GPOINTER_TO_UINT (value);
      g_array_append_val (out, number);
    }
  g_array_sort (out, by_number);
  return out;
}

/* --- mailboxes --- */

guint
gpo_picture_n_mailboxes (GpoPicture *picture)
{
  return picture->mailboxes->len;
}

const GpoMailboxTrack *
gpo_picture_mailbox (GpoPicture *picture, guint i)
{
  return i < picture->mailboxes->len ? picture->mailboxes->pdata[i] : NULL;
}

guint
gpo_picture_mailbox_length (const GpoMailboxTrack *mailbox, guint64 n)
{
  return gpo_tally_after (&mailbox->lying, gpo_track_until (&mailbox->events, n));
}

/* The message an event speaks of: by UID, or a delivered one that has none yet, by its letter. */
static int
find_message (GArray *messages, gint64 uid, guint32 letter)
{
  for (guint i = 0; uid && i < messages->len; i++)
    if (g_array_index (messages, GpoMessageAt, i).uid == uid)
      return (int) i;
  for (guint i = 0; letter && i < messages->len; i++)
    {
      const GpoMessageAt *message = &g_array_index (messages, GpoMessageAt, i);
      if (message->letter == letter && message->uid == 0)
        return (int) i;
    }
  return -1;
}

static void
fold_message (GArray *messages, const GpoEvent *event, guint64 n)
{
  GpoFieldIter action;
  if (!gpo_event_find (event, GPO_FIELD_ACTION, &action))
    return;
  gint64 uid = gpo_event_number (event, GPO_FIELD_UID, 0);
  const char *word = action.text ? action.text : "";
  if (strcmp (word, "deliver") == 0)
    {
      GpoMessageAt message = { .letter = event->letter, .event = n };
      g_array_append_val (messages, message);
      return;
    }
  int at = find_message (messages, uid, event->letter);
  if (strcmp (word, "expunge") == 0)
    {
      if (at >= 0)
        g_array_remove_index (messages, (guint) at);
    }
  else if (strcmp (word, "add") == 0 || strcmp (word, "flags") == 0)
    {
      GpoMessageAt message = { event->letter, uid, gpo_event_text (event, GPO_FIELD_FLAGS, NULL), n };
      if (at >= 0)
        g_array_index (messages, GpoMessageAt, at) = message;
      else
        g_array_append_val (messages, message);
    }
}

GArray *
gpo_picture_mailbox_at (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n)
{
  GArray *messages = g_array_new (FALSE, FALSE, sizeof (GpoMessageAt));
  guint end = gpo_track_until (&mailbox->events, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, mailbox->events.events[i]);
      if (event)
        fold_message (messages, event, mailbox->events.events[i]);
    }
  return messages;
}
