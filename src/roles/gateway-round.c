/* SPDX-License-Identifier: MIT */
/* gateway-round.c: one round of a letter: every recipient that waits is looked up, each gets its outcome, and
 * the outcomes together are the verdict on the letter: RFC 5321 §4.5.4, §6.1.
 *
 * What stays true: a 4xx keeps only its own recipients waiting, a 5xx ends only its own. */
#include "letter/address.h"
#include "roles/gateway-private.h"
#include <string.h>

/* --- looking up --- */

static GpoRecipient *
recipient_at (GpoQueued *letter, const GArray *indices, guint i)
{
  return gpo_envelope_recipient (letter->envelope, g_array_index (indices, guint, i));
}

static void
set_outcome (GpoQueued *letter, GpoRecipient *recipient, GpoRecipientState state, const char *status,
             const char *reply, const char *remote)
{
  recipient->state = state;
  recipient->attempts = letter->attempts + 1;
  g_free (recipient->status);
  recipient->status = g_strdup (status);
  g_free (recipient->reply);
  recipient->reply = g_strdup (reply);
  g_free (recipient->remote);
  recipient->remote = g_strdup (remote);
  if (state != GPO_RCPT_RELAYED || !letter->reason)
    gpo_queued_set_reason (letter, reply);
}

static gboolean
same_domain (const char *a, const char *b)
{
  return a && b ? g_ascii_strcasecmp (a, b) == 0 : a == b;
}

static void ask_next (GpoQueued *letter);

/* Sorts every recipient of the domain that was asked for by what the answer says. */
static void
answered (GpoRoute *route, gpointer data)
{
  GpoQueued *letter = data;
  GpoRound *round = letter->round;
  const char *domain = gpo_path_domain (recipient_at (letter, round->todo, 0)->path);
  gboolean ours
      = route->result == GPO_ROUTE_FOUND && (!round->route || strcmp (round->route->key, route->key) == 0);
  GArray *left = g_array_new (FALSE, FALSE, sizeof (guint));
  letter->asking = FALSE;
  for (guint i = 0; i < round->todo->len; i++)
    {
      guint index = g_array_index (round->todo, guint, i);
      GpoRecipient *recipient = gpo_envelope_recipient (letter->envelope, index);
      if (!same_domain (gpo_path_domain (recipient->path), domain))
        g_array_append_val (left, index);
      else if (route->result == GPO_ROUTE_NONE)
        set_outcome (letter, recipient, GPO_RCPT_FAILED, route->status, route->reason, NULL);
      else if (route->result == GPO_ROUTE_LATER)
        set_outcome (letter, recipient, GPO_RCPT_WAITING, route->status, route->reason, NULL);
      else
        g_array_append_val (ours && round->batch->len < GPO_GATEWAY_RECIPIENTS ? round->batch : round->later,
                            index);
    }
  letter->unsaved |= route->result != GPO_ROUTE_FOUND;
  g_array_unref (round->todo);
  round->todo = left;
  if (ours && !round->route)
    round->route = route;
  else
    gpo_route_free (route);
  ask_next (letter);
}

static void
ask_next (GpoQueued *letter)
{
  GpoRound *round = letter->round;
  if (round->todo->len)
    {
      letter->asking = TRUE;
      gpo_route_find (letter->gateway->post, gpo_path_domain (recipient_at (letter, round->todo, 0)->path),
                      letter->envelope->letter, letter->gateway->cancellable, answered, letter);
    }
  else if (round->batch->len)
    gpo_hop_add (letter, g_steal_pointer (&round->route));
  else
    gpo_queued_settle (letter, GPO_QUEUE_IN_ROUTE, 0, 0);
}

static void
begin_round (GpoQueued *letter)
{
  GpoRound *round = letter->round = g_new0 (GpoRound, 1);
  round->todo = g_array_new (FALSE, FALSE, sizeof (guint));
  round->batch = g_array_new (FALSE, FALSE, sizeof (guint));
  round->later = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < letter->envelope->recipients->len; i++)
    if (gpo_envelope_recipient (letter->envelope, i)->state == GPO_RCPT_WAITING)
      g_array_append_val (round->todo, i);
}

void
gpo_queued_try (GpoQueued *letter)
{
  if (letter->gateway->stopping)
    return;
  letter->due = -1;
  if (!letter->round)
    begin_round (letter);
  if (letter->gateway->post->host->down)
    {
      gpo_queued_set_reason (letter, "this host is down");
      g_array_set_size (letter->round->todo, 0);
      gpo_queued_settle (letter, GPO_QUEUE_IN_ROUTE, 0, 0);
      return;
    }
  ask_next (letter);
}

/* --- what it brought --- */

void
gpo_queued_outcome (GpoQueued *letter, guint i, const GpoOutcome *outcome, const char *remote, gboolean dsn)
{
  guint index = g_array_index (letter->round->batch, guint, i);
  GpoRecipient *recipient = gpo_envelope_recipient (letter->envelope, index);
  set_outcome (letter, recipient, outcome->state, outcome->status, outcome->reply, remote);
  if (outcome->state == GPO_RCPT_RELAYED && dsn)
    recipient->reported = TRUE; /* the next hop will report (RFC 3461 §5.2.1) */
  if (outcome->code)
    letter->unsaved = TRUE;
}

static GpoVerdict
verdict_of (const GpoQueued *letter)
{
  if (letter->round->later->len)
    return GPO_PARTIAL;
  if (gpo_envelope_count (letter->envelope, GPO_RCPT_WAITING))
    return GPO_DEFERRED;
  return gpo_envelope_count (letter->envelope, GPO_RCPT_FAILED) ? GPO_REFUSED : GPO_OK;
}

void
gpo_queued_settle (GpoQueued *letter, GpoQueueInput input, guint32 session, guint64 cause)
{
  GpoRound *round = letter->round;
  GpoVerdict verdict = verdict_of (letter);
  if (verdict == GPO_PARTIAL)
    {
      gpo_queued_take (letter, input, verdict, session, cause);
      gpo_hop_remove (letter);
      g_array_unref (round->todo);
      round->todo = round->later;
      round->later = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_set_size (round->batch, 0);
      gpo_queued_try (letter);
      return;
    }
  if (input == GPO_QUEUE_IN_ROUTE && verdict == GPO_OK)
    verdict = GPO_EMPTY; /* found at start with nobody left: it was about to be removed */
  letter->attempts++;
  if (verdict == GPO_DEFERRED)
    letter->due = gpo_queued_next_try (letter);
  gpo_queued_take (letter, input, verdict, session, cause);
  gpo_hop_remove (letter);
  g_clear_pointer (&letter->round, gpo_round_free);
  gpo_queued_report (letter);
}

void
gpo_round_free (GpoRound *round)
{
  g_array_unref (round->todo);
  g_array_unref (round->batch);
  g_array_unref (round->later);
  g_clear_pointer (&round->route, gpo_route_free);
  g_free (round);
}
