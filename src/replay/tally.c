/* SPDX-License-Identifier: MIT */
/* tally.c: counting as events come. */
#include "replay/tally.h"
#include <string.h>

gboolean
gpo_queue_state_is_gone (const char *state)
{
  return !state || strcmp (state, "delivered") == 0 || strcmp (state, "bounced") == 0
         || strcmp (state, "removed") == 0;
}

static void
put (GpoTally *tally)
{
  if (tally->n == tally->size)
    {
      tally->size = tally->size ? tally->size * 2 : 4;
      tally->counts = g_renew (guint32, tally->counts, tally->size);
    }
  tally->counts[tally->n++] = tally->now;
}

void
gpo_tally_queue (GpoTally *tally, const GpoEvent *event)
{
  if (!tally->there)
    tally->there = g_hash_table_new (NULL, NULL);
  gpointer letter = GUINT_TO_POINTER (event->letter);
  if (gpo_queue_state_is_gone (gpo_event_text (event, GPO_FIELD_STATE, NULL)))
    g_hash_table_remove (tally->there, letter);
  else
    g_hash_table_add (tally->there, letter);
  tally->now = g_hash_table_size (tally->there);
  put (tally);
}

/* Takes one message of the letter that has no UID yet; FALSE if there is none. */
static gboolean
take_unnumbered (GpoTally *tally, guint32 letter)
{
  gpointer key = GUINT_TO_POINTER (letter);
  guint n = letter ? GPOINTER_TO_UINT (g_hash_table_lookup (tally->unnumbered, key)) : 0;
  if (n > 1)
    g_hash_table_insert (tally->unnumbered, key, GUINT_TO_POINTER (n - 1));
  else if (n)
    g_hash_table_remove (tally->unnumbered, key);
  return n > 0;
}

/* So many in all: those that this trace has told of, and others. */
static void
hold (GpoTally *tally, gint64 count)
{
  guint told = tally->now - tally->others;
  guint all = MAX (told, (guint) CLAMP (count, 0, G_MAXINT32));
  tally->others = all - told;
  tally->now = all;
}

/* Takes one of those that lay there before the trace began; FALSE if there is none. */
static gboolean
take_other (GpoTally *tally)
{
  if (tally->others == 0)
    return FALSE;
  tally->others--;
  return TRUE;
}

static void
mailbox_change (GpoTally *tally, const GpoEvent *event, const char *action)
{
  gpointer uid = GUINT_TO_POINTER ((guint) gpo_event_number (event, GPO_FIELD_UID, 0));
  gpointer letter = GUINT_TO_POINTER (event->letter);
  if (strcmp (action, "holds") == 0)
    hold (tally, gpo_event_number (event, GPO_FIELD_COUNT, 0));
  else if (strcmp (action, "deliver") == 0)
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (tally->unnumbered, letter));
      g_hash_table_insert (tally->unnumbered, letter, GUINT_TO_POINTER (n + 1));
      tally->now++;
    }
  else if (strcmp (action, "expunge") == 0)
    {
      if ((uid && g_hash_table_remove (tally->there, uid)) || take_unnumbered (tally, event->letter)
          || take_other (tally))
        tally->now--;
    }
  else if (strcmp (action, "add") == 0 || strcmp (action, "flags") == 0)
    {
      if (uid && g_hash_table_contains (tally->there, uid))
        return;
      if (!take_unnumbered (tally, event->letter) && !(*action == 'f' && take_other (tally)))
        tally->now++;
      if (uid)
        g_hash_table_add (tally->there, uid);
      else
        g_hash_table_insert (
            tally->unnumbered, letter,
            GUINT_TO_POINTER (1 + GPOINTER_TO_UINT (g_hash_table_lookup (tally->unnumbered, letter))));
    }
}

void
gpo_tally_mailbox (GpoTally *tally, const GpoEvent *event)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  if (!tally->there)
    {
      tally->there = g_hash_table_new (NULL, NULL);
      tally->unnumbered = g_hash_table_new (NULL, NULL);
    }
  if (action)
    mailbox_change (tally, event, action);
  put (tally);
}

guint
gpo_tally_after (const GpoTally *tally, guint events)
{
  return events ? tally->counts[MIN (events, tally->n) - 1] : 0;
}

void
gpo_tally_clear (GpoTally *tally)
{
  g_clear_pointer (&tally->counts, g_free);
  g_clear_pointer (&tally->there, g_hash_table_unref);
  g_clear_pointer (&tally->unnumbered, g_hash_table_unref);
}
