/* SPDX-License-Identifier: MIT */
/* gateway-letter.c: a letter's stay in the queue: it comes, waits for its next try, is warned of, expires,
 * goes: RFC 5321 §4.5.4.
 *
 * What stays true: a letter leaves the disk only when every recipient's end is durable elsewhere: taken by a
 * next hop, or told to the sender in a report that is stored. */
#include "roles/gateway-private.h"

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

/* --- making and ending --- */

GpoQueued *
gpo_queued_new (GpoGateway *gateway, GpoEnvelope *envelope, guint64 size)
{
  GpoQueued *letter = g_new0 (GpoQueued, 1);
  letter->gateway = gateway;
  letter->envelope = envelope;
  letter->size = size;
  letter->state = gpo_queue_machine.initial;
  letter->due = -1;
  for (guint i = 0; i < envelope->recipients->len; i++)
    letter->attempts = MAX (letter->attempts, gpo_envelope_recipient (envelope, i)->attempts);
  g_queue_push_tail (&gateway->letters, letter);
  letter->link = gateway->letters.tail;
  g_hash_table_insert (gateway->by_id, envelope->id, letter);
  return letter;
}

void
gpo_queued_withdraw (GpoQueued *letter)
{
  g_clear_pointer (&letter->timer, gpo_timer_cancel);
  letter->due = -1;
  gpo_hop_remove (letter);
  g_clear_pointer (&letter->round, gpo_round_free);
}

void
gpo_queued_free (GpoQueued *letter)
{
  gpo_queued_withdraw (letter);
  g_hash_table_remove (letter->gateway->by_id, letter->envelope->id);
  g_queue_delete_link (&letter->gateway->letters, letter->link);
  gpo_envelope_free (letter->envelope);
  g_free (letter->reason);
  g_free (letter);
}

/* --- the clock --- */

static gint64
now_of (const GpoQueued *letter)
{
  return gpo_clock_now (letter->gateway->post->office->clock);
}

static const GpoRetry *
retry_of (const GpoQueued *letter)
{
  return &letter->gateway->post->office->world->retry;
}

/* µs to wait after this many tries (RFC 5321 §4.5.4.1: at least 30 minutes in the long run). */
static gint64
interval (const GpoQueued *letter)
{
  static const gint64 usual[] = { 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 60 * MINUTE };
  const GpoRetry *retry = retry_of (letter);
  const gint64 *intervals = retry->n_intervals ? retry->intervals : usual;
  guint n = retry->n_intervals ? retry->n_intervals : G_N_ELEMENTS (usual);
  guint tries = MAX (letter->attempts, 1);
  return intervals[MIN (tries, n) - 1];
}

/* When the letter has been in the queue for so long, on the office's clock. */
static gint64
after_arrival (const GpoQueued *letter, gint64 age)
{
  gint64 wall = gpo_clock_wall (letter->gateway->post->office->clock);
  return now_of (letter) + (letter->envelope->arrived + age - wall);
}

static gint64
expires (const GpoQueued *letter)
{
  gint64 give_up = retry_of (letter)->give_up;
  return after_arrival (letter, give_up ? give_up : 4 * 24 * 60 * MINUTE);
}

gint64
gpo_queued_next_try (const GpoQueued *letter)
{
  return now_of (letter) + interval (letter);
}

/* --- between rounds --- */

static void wait_for_next (GpoQueued *letter);

static void
try_again (GpoQueued *letter)
{
  gpo_queued_take (letter, GPO_QUEUE_IN_RETRY, GPO_OK, 0, 0);
  gpo_queued_try (letter);
}

static void
expire (GpoQueued *letter)
{
  for (guint i = 0; i < letter->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (letter->envelope, i);
      if (recipient->state != GPO_RCPT_WAITING)
        continue;
      recipient->state = GPO_RCPT_FAILED;
      g_free (recipient->status);
      recipient->status = g_strdup ("4.4.7");
      if (!recipient->reply)
        recipient->reply = g_strdup ("the time for delivery is over");
    }
  letter->due = -1;
  gpo_queued_take (letter, GPO_QUEUE_IN_EXPIRE, GPO_REFUSED, 0, 0);
  gpo_queued_report (letter);
}

static gint64
warn_time (const GpoQueued *letter)
{
  gint64 after = retry_of (letter)->warn_after;
  if (!after)
    return G_MAXINT64;
  g_autoptr (GArray) wanted = gpo_bounce_wanted (letter->envelope, GPO_BOUNCE_DELAYED);
  return wanted->len ? after_arrival (letter, after) : G_MAXINT64;
}

static void
time_came (gpointer data)
{
  GpoQueued *letter = data;
  gint64 now = now_of (letter);
  letter->timer = NULL;
  if (now >= expires (letter))
    expire (letter);
  else if (now >= letter->due)
    try_again (letter);
  else if (now >= warn_time (letter))
    {
      gpo_queued_take (letter, GPO_QUEUE_IN_WARN, GPO_OK, 0, 0);
      gpo_queued_report_kind (letter,
                              GPO_BOUNCE_DELAYED); /* gpo_queued_reported() follows when it is stored */
    }
  else
    wait_for_next (letter);
}

static void
wait_for_next (GpoQueued *letter)
{
  gint64 next = MIN (MIN (letter->due, warn_time (letter)), expires (letter));
  g_clear_pointer (&letter->timer, gpo_timer_cancel);
  letter->timer = gpo_clock_at (letter->gateway->post->office->clock, next, time_came, letter);
}

void
gpo_queued_reported (GpoQueued *letter)
{
  GpoSpool *spool = letter->gateway->post->spool;
  if (letter->reporting)
    return;
  if (letter->state == GPO_QUEUE_DEFERRED)
    {
      if (letter->unsaved)
        gpo_spool_update (spool, letter->envelope, FALSE, NULL, NULL);
      letter->unsaved = FALSE;
      wait_for_next (letter);
      return;
    }
  gpo_spool_remove (spool, letter->envelope->id, NULL, NULL);
  gpo_queued_free (letter);
}
