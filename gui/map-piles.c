/* SPDX-License-Identifier: MIT */
/* map-piles.c: the newest letters of queues and mailboxes.
 *
 * How many there are is known at once (replay/tally.h); which are the newest is found by walking back over a
 * bounded number of events, so that the map of a large trace costs no more than that of a small one. */
#include "map-piles.h"
#include <string.h>

#define WALK 256 /* events that are looked at, at most */

static void
pile_prepend (GpoMapPile *pile, guint32 letter, gboolean pale, gboolean late)
{
  guint n = pile->n_shown++;
  memmove (pile->shown + 1, pile->shown, n * sizeof pile->shown[0]);
  memmove (pile->pale + 1, pile->pale, n * sizeof pile->pale[0]);
  memmove (pile->late + 1, pile->late, n * sizeof pile->late[0]);
  pile->shown[0] = letter;
  pile->pale[0] = pale;
  pile->late[0] = late;
}

static gboolean
contains (const guint32 *numbers, guint n, guint32 number)
{
  for (guint i = 0; i < n; i++)
    if (numbers[i] == number)
      return TRUE;
  return FALSE;
}

/* Whether the letter became whole at another host after event `since` and not later than n. */
static gboolean
is_handed_over (GpoPicture *picture, guint32 letter, GpoSymbol host, guint64 since, guint64 n)
{
  const GpoLetterTrack *track = gpo_picture_letter_numbered (picture, letter);
  for (guint i = track ? gpo_track_until (&track->letters, n) : 0; i > 0; i--)
    {
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), track->letters.events[i - 1]);
      if (track->letters.events[i - 1] < since)
        break;
      if (event && event->host != host)
        return TRUE;
    }
  return FALSE;
}

void
gpo_map_pile_queue (GpoPicture *picture, const GpoHostTrack *host, guint64 n, GHashTable *away,
                    GpoMapPile *out)
{
  guint32 seen[WALK];
  guint n_seen = 0, end = gpo_track_until (&host->queue, n);
  out->count = gpo_picture_queue_length (host, n);
  for (guint i = end; i > 0 && end - i < WALK && out->n_shown < MIN (GPO_MAP_SHOWN, out->count); i--)
    {
      guint64 at = host->queue.events[i - 1];
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), at);
      if (!event || contains (seen, n_seen, event->letter))
        continue;
      seen[n_seen++] = event->letter;
      const char *state = gpo_event_text (event, GPO_FIELD_STATE, NULL);
      if (gpo_queue_state_is_gone (state) || g_hash_table_contains (away, GUINT_TO_POINTER (event->letter)))
        continue;
      gboolean sending = strcmp (state, "sending") == 0;
      pile_prepend (out, event->letter,
                    sending && is_handed_over (picture, event->letter, host->symbol, at, n),
                    strcmp (state, "deferred") == 0);
    }
}

GpoMapBox *
gpo_map_box (GArray *boxes, const char *owner, gsize length)
{
  for (guint i = 0; i < boxes->len; i++)
    {
      GpoMapBox *box = &g_array_index (boxes, GpoMapBox, i);
      if (strlen (box->owner) == length && strncmp (box->owner, owner, length) == 0)
        return box;
    }
  GpoMapBox box = { .owner = g_strndup (owner, length) };
  g_array_append_val (boxes, box);
  return &g_array_index (boxes, GpoMapBox, boxes->len - 1);
}

void
gpo_map_pile_mailbox (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n, GArray *boxes)
{
  guint count = gpo_picture_mailbox_length (mailbox, n);
  guint end = gpo_track_until (&mailbox->events, n), n_gone = 0;
  guint32 gone[WALK];
  if (end == 0)
    return;
  GpoMapPile *pile = &gpo_map_box (boxes, mailbox->name, strcspn (mailbox->name, "/"))->letters;
  guint most = MIN (GPO_MAP_SHOWN, pile->n_shown + count);
  pile->count += count;
  for (guint i = end; i > 0 && end - i < WALK && pile->n_shown < most; i--)
    {
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), mailbox->events.events[i - 1]);
      const char *action = event ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
      if (!action || !event->letter || contains (pile->shown, pile->n_shown, event->letter))
        continue;
      if (strcmp (action, "expunge") == 0)
        gone[n_gone++] = event->letter;
      else if (!contains (gone, n_gone, event->letter))
        pile_prepend (pile, event->letter, FALSE, FALSE);
    }
}
