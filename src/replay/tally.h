/* SPDX-License-Identifier: MIT */
/* tally.h: how many there were at n: letters in a queue, messages in a mailbox.
 *
 * Beside each event of a track stands the count after it, so that a map of a million events asks for one
 * number instead of folding thousands of events. What stays true: the count is that of the fold
 * (gpo_picture_queue_at(), gpo_picture_mailbox_at()), and of a mailbox those that lay there before the trace
 * began (`holds`); the tests hold one against the other. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 *counts; /* after each event of the track */
  guint n, size, now;
  guint others;           /* of them, those that no event has told of by name: they lay there before */
  GHashTable *there;      /* letters, or UIDs */
  GHashTable *unnumbered; /* mailbox: letter → how many messages of it have no UID yet */
} GpoTally;

/* Takes the next event of the track into account. */
void gpo_tally_queue (GpoTally *tally, const GpoEvent *event);
void gpo_tally_mailbox (GpoTally *tally, const GpoEvent *event);
/* The count after the first `events` events of the track. */
guint gpo_tally_after (const GpoTally *tally, guint events);
void gpo_tally_clear (GpoTally *tally);

/* Whether a letter in this state (field `state` of a `queue` event) is no longer in the queue. */
gboolean gpo_queue_state_is_gone (const char *state);

G_END_DECLS
