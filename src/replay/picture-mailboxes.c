/* SPDX-License-Identifier: MIT */
/* picture-mailboxes.c: what lies in a mailbox at n.
 *
 * A mailbox is a sum: `deliver` lays a letter in, `add` gives it a UID, `flags` changes it, `expunge` takes
 * it out. Letters are found by UID, or, while they have none, by their number. */
#include "replay/picture-private.h"
#include <string.h>

typedef struct
{
  guint32 letter;
  guint32 event; /* its newest */
  gint64 uid;    /* 0: none yet; GONE: expunged */
} Message;

#define GONE (-1)

/* The sum itself. */
typedef struct
{
  GArray *messages; /* of Message, oldest first, with gaps where some are gone */
  guint n_gone;
  GHashTable *of_uid; /* UID → index + 1 */
  GHashTable
      *of_letter; /* letter without UID → index + 1 of the oldest; others of that letter are searched for */
  gboolean twice; /* some letter came twice before it had a UID */
} Sum;

struct GpoMailboxFold
{
  Sum sum;
  guint until;    /* of the last checkpoint */
  GArray *points; /* their parts are Message, none gone */
};

static void
sum_append (Sum *sum, const Message *message)
{
  g_array_append_val (sum->messages, *message);
  gpointer index = GUINT_TO_POINTER (sum->messages->len), letter = GUINT_TO_POINTER (message->letter);
  if (message->uid)
    g_hash_table_insert (sum->of_uid, GSIZE_TO_POINTER (message->uid), index);
  else if (message->letter && g_hash_table_contains (sum->of_letter, letter))
    sum->twice = TRUE;
  else if (message->letter)
    g_hash_table_insert (sum->of_letter, letter, index);
}

static void
sum_init (Sum *sum)
{
  *sum = (Sum){ .messages = g_array_new (FALSE, FALSE, sizeof (Message)),
                .of_uid = g_hash_table_new (NULL, NULL),
                .of_letter = g_hash_table_new (NULL, NULL) };
}

static void
sum_clear (Sum *sum)
{
  g_array_unref (sum->messages);
  g_hash_table_unref (sum->of_uid);
  g_hash_table_unref (sum->of_letter);
}

/* Closes the gaps. */
static void
sum_compact (Sum *sum)
{
  Sum fresh;
  sum_init (&fresh);
  for (guint i = 0; i < sum->messages->len; i++)
    if (g_array_index (sum->messages, Message, i).uid != GONE)
      sum_append (&fresh, &g_array_index (sum->messages, Message, i));
  sum_clear (sum);
  *sum = fresh;
}

/* The message an event speaks of: by UID, or a delivered one that has none yet, by its letter. */
static int
sum_find (const Sum *sum, gint64 uid, guint32 letter)
{
  guint index = uid ? GPOINTER_TO_UINT (g_hash_table_lookup (sum->of_uid, GSIZE_TO_POINTER (uid))) : 0;
  if (!index && letter)
    index = GPOINTER_TO_UINT (g_hash_table_lookup (sum->of_letter, GUINT_TO_POINTER (letter)));
  for (guint i = 0; !index && letter && sum->twice && i < sum->messages->len; i++)
    {
      const Message *message = &g_array_index (sum->messages, Message, i);
      if (message->letter == letter && message->uid == 0)
        index = i + 1;
    }
  return (int) index - 1;
}

static void
sum_forget (Sum *sum, const Message *message)
{
  if (message->uid)
    g_hash_table_remove (sum->of_uid, GSIZE_TO_POINTER (message->uid));
  else
    g_hash_table_remove (sum->of_letter, GUINT_TO_POINTER (message->letter));
}

static void
sum_add (Sum *sum, const GpoEvent *event, guint64 n)
{
  GpoFieldIter action;
  if (!gpo_event_find (event, GPO_FIELD_ACTION, &action))
    return;
  const char *word = action.text ? action.text : "";
  Message message = { event->letter, (guint32) n, MAX (gpo_event_number (event, GPO_FIELD_UID, 0), 0) };
  if (strcmp (word, "deliver") == 0)
    {
      message.uid = 0;
      sum_append (sum, &message);
      return;
    }
  gboolean expunge = strcmp (word, "expunge") == 0;
  if (!expunge && strcmp (word, "add") != 0 && strcmp (word, "flags") != 0)
    return;
  int at = sum_find (sum, message.uid, event->letter);
  if (at < 0 && !expunge)
    sum_append (sum, &message);
  if (at < 0)
    return;
  Message *old = &g_array_index (sum->messages, Message, at);
  sum_forget (sum, old);
  *old = message;
  if (message.uid)
    g_hash_table_insert (sum->of_uid, GSIZE_TO_POINTER (message.uid), GUINT_TO_POINTER ((guint) at + 1));
  else
    g_hash_table_insert (sum->of_letter, GUINT_TO_POINTER (message.letter),
                         GUINT_TO_POINTER ((guint) at + 1));
  if (!expunge)
    return;
  sum_forget (sum, old);
  old->uid = GONE;
  if (++sum->n_gone > 64 && sum->n_gone > sum->messages->len / 2)
    sum_compact (sum);
}

/* --- checkpoints --- */

void
gpo_mailbox_fold_free (GpoMailboxFold *fold)
{
  if (!fold)
    return;
  sum_clear (&fold->sum);
  g_array_unref (fold->points);
  g_free (fold);
}

void
gpo_mailbox_fold_add (GpoMailboxTrack *mailbox, const GpoEvent *event, guint64 n)
{
  if (!mailbox->fold)
    {
      mailbox->fold = g_new0 (GpoMailboxFold, 1);
      sum_init (&mailbox->fold->sum);
      mailbox->fold->points = gpo_checkpoints_new ();
    }
  GpoMailboxFold *fold = mailbox->fold;
  sum_add (&fold->sum, event, n);
  if (mailbox->events.n - fold->until < MAX (GPO_PICTURE_CHECKPOINT, fold->sum.messages->len))
    return;
  sum_compact (&fold->sum);
  GArray *messages = fold->sum.messages;
  GpoCheckpoint point
      = { mailbox->events.n, messages->len, g_memdup2 (messages->data, messages->len * sizeof (Message)) };
  g_array_append_val (fold->points, point);
  fold->until = mailbox->events.n;
}

/* --- looking --- */

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

GArray *
gpo_picture_mailbox_at (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (GpoMessageAt));
  guint end = gpo_track_until (&mailbox->events, n);
  const GpoCheckpoint *point = gpo_checkpoint_before (mailbox->fold ? mailbox->fold->points : NULL, end);
  Sum sum;
  sum_init (&sum);
  for (guint i = 0; point && i < point->n; i++)
    sum_append (&sum, (const Message *) point->parts + i);
  for (guint i = point ? point->until : 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, mailbox->events.events[i]);
      if (event)
        sum_add (&sum, event, mailbox->events.events[i]);
    }
  for (guint i = 0; i < sum.messages->len; i++)
    {
      const Message *one = &g_array_index (sum.messages, Message, i);
      const GpoEvent *event = gpo_log_get (picture->log, one->event);
      GpoMessageAt message = { one->letter, one->uid, NULL, one->event };
      if (event && gpo_event_number (event, GPO_FIELD_UID, 0) > 0)
        message.flags = gpo_event_text (event, GPO_FIELD_FLAGS, NULL);
      if (one->uid != GONE)
        g_array_append_val (out, message);
    }
  sum_clear (&sum);
  return out;
}
