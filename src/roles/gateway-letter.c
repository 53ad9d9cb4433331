/* SPDX-License-Identifier: MIT */
/* gateway-letter.c: one letter's life in the queue: RFC 5321 §4.5.4, §6.1; RFC 3461 §5.2.
 *
 * What stays true:
 *  - state is written by gpo_queued_take() alone, which records an `edge` of machine "queue" and a
 *    `queue` event with the letter's place;
 *  - a letter leaves the disk only when every recipient's end is durable elsewhere: taken by a next hop, or
 *    told to the sender in a report that is stored;
 *  - a 4xx keeps only its own recipients waiting, a 5xx ends only its own. */
#include "letter/address.h"
#include "letter/bounce.h"
#include "roles/gateway-private.h"
#include <string.h>

/* A report returns the whole letter up to this size, and only its header beyond (RFC 3461 §6.2). */
#define REPORT_WHOLE (256 * 1024)
/* After the disk refused a report. */
#define REPORT_AGAIN (60 * G_USEC_PER_SEC)
#define EVENT_RECIPIENTS 100
#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

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

/* --- the one writer of state --- */

typedef struct
{
  GpoSymbol machine, states[GPO_QUEUE_N_STATES], inputs[GPO_QUEUE_N_INPUTS], verdicts[GPO_N_VERDICTS],
      specs[64];
} Words;

static const Words *
words (void)
{
  static Words w;
  if (w.machine)
    return &w;
  const GpoMachine *m = &gpo_queue_machine;
  g_assert (m->n_edges <= G_N_ELEMENTS (w.specs));
  w.machine = gpo_symbol (m->name);
  for (guint i = 0; i < m->n_states; i++)
    w.states[i] = gpo_symbol (m->states[i]);
  for (guint i = 0; i < m->n_inputs; i++)
    w.inputs[i] = gpo_symbol (m->inputs[i]);
  for (guint i = 0; i < GPO_N_VERDICTS; i++)
    w.verdicts[i] = gpo_symbol (gpo_verdict_name ((GpoVerdict) i));
  for (guint i = 0; i < m->n_edges; i++)
    w.specs[i] = gpo_symbol (m->edges[i].spec);
  return &w;
}

/* Those who still wait, separated by ", ". */
static void
add_waiting (GpoEventBuilder *b, const GpoEnvelope *envelope)
{
  g_autoptr (GString) paths = g_string_new (NULL);
  guint shown = 0;
  for (guint i = 0; i < envelope->recipients->len && shown < EVENT_RECIPIENTS; i++)
    if (gpo_envelope_recipient (envelope, i)->state == GPO_RCPT_WAITING)
      g_string_append_printf (paths, "%s%s", shown++ ? ", " : "", gpo_envelope_recipient (envelope, i)->path);
  if (shown)
    gpo_event_add_text (b, GPO_FIELD_RECIPIENT, paths->str, (gssize) paths->len);
}

static void
record_place (GpoQueued *letter, guint32 session, guint64 cause)
{
  GpoEventBuilder b;
  const GpoEnvelope *envelope = letter->envelope;
  gpo_post_event (letter->gateway->post, &b, GPO_KIND_QUEUE, envelope->letter);
  b.event.session = session;
  gpo_event_add_symbol (&b, GPO_FIELD_STATE, words ()->states[letter->state]);
  gpo_event_add_text (&b, GPO_FIELD_NAME, envelope->id, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, envelope->reverse_path, -1);
  add_waiting (&b, envelope);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, gpo_envelope_count (envelope, GPO_RCPT_WAITING));
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) letter->size);
  gpo_event_add_number (&b, GPO_FIELD_ATTEMPT, letter->attempts);
  if (letter->hop)
    gpo_event_add_text (&b, GPO_FIELD_NEXT_HOP, letter->hop->route->key, -1);
  if (letter->due >= 0)
    gpo_event_add_number (&b, GPO_FIELD_DUE, letter->due);
  gpo_event_add_text (&b, GPO_FIELD_REASON, letter->reason, -1);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  gpo_log_append (letter->gateway->post->office->log, &b);
}

void
gpo_queued_take (GpoQueued *letter, GpoQueueInput input, GpoVerdict verdict, guint32 session, guint64 cause)
{
  const Words *w = words ();
  guint8 from = letter->state;
  const GpoEdge *edge = gpo_machine_take (&gpo_queue_machine, &letter->state, (guint8) input, verdict);
  GpoEventBuilder b;
  gpo_post_event (letter->gateway->post, &b, GPO_KIND_EDGE, letter->envelope->letter);
  b.event.session = session;
  gpo_event_add_symbol (&b, GPO_FIELD_MACHINE, w->machine);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, w->states[from]);
  gpo_event_add_symbol (&b, GPO_FIELD_VERB, w->inputs[input]);
  gpo_event_add_symbol (&b, GPO_FIELD_VERDICT, w->verdicts[verdict]);
  gpo_event_add_symbol (&b, GPO_FIELD_TO, w->states[letter->state]);
  gpo_event_add_symbol (&b, GPO_FIELD_SPEC, w->specs[edge - gpo_queue_machine.edges]);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  guint64 number = gpo_log_append (letter->gateway->post->office->log, &b);
  record_place (letter, session, number);
}

void
gpo_queued_set_reason (GpoQueued *letter, const char *reason)
{
  if (reason == letter->reason)
    return;
  g_free (letter->reason);
  letter->reason = g_strdup (reason);
}

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

static void
round_free (GpoRound *round)
{
  g_array_unref (round->todo);
  g_array_unref (round->batch);
  g_array_unref (round->later);
  g_clear_pointer (&round->route, gpo_route_free);
  g_free (round);
}

void
gpo_queued_withdraw (GpoQueued *letter)
{
  g_clear_pointer (&letter->timer, gpo_timer_cancel);
  letter->due = -1;
  gpo_hop_remove (letter);
  g_clear_pointer (&letter->round, round_free);
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

/* --- a round: looking up --- */

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

/* --- a round: what it brought --- */

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

static void report_everything (GpoQueued *letter);

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
    letter->due = now_of (letter) + interval (letter);
  gpo_queued_take (letter, input, verdict, session, cause);
  gpo_hop_remove (letter);
  g_clear_pointer (&letter->round, round_free);
  report_everything (letter);
}

/* --- reports --- */

typedef struct
{
  GpoQueued *letter;  /* NULL: its gateway is gone */
  GArray *recipients; /* indices, whose marks are taken back if the report cannot be stored */
  GpoBounceKind kind;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;
  g_array_unref (report->recipients);
  g_free (report);
}

void
gpo_queued_forget_reports (GpoGateway *gateway)
{
  for (guint i = 0; i < gateway->reports->len; i++)
    ((Report *) gateway->reports->pdata[i])->letter = NULL;
}

/* The bytes a report returns. The caller frees. */
static char *
read_for_report (GpoQueued *letter, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoSpoolReader) reader
      = gpo_spool_open_letter (letter->gateway->post->spool, letter->envelope->id, &error);
  char *bytes = g_malloc (REPORT_WHOLE + 1);
  *length = 0;
  for (gssize n = 1; reader && n > 0 && *length<REPORT_WHOLE; *length += n> 0 ? (gsize) n : 0)
    n = gpo_spool_reader_read (reader, *length, bytes + *length, REPORT_WHOLE - *length, &error);
  bytes[*length] = '\0';
  if (letter->size > REPORT_WHOLE)
    {
      const char *end = g_strstr_len (bytes, (gssize) *length, "\r\n\r\n");
      *length = end ? (gsize) (end + 4 - bytes) : *length;
    }
  return bytes;
}

static void settled (GpoQueued *letter);

static void
report_again (gpointer data)
{
  GpoQueued *letter = data;
  letter->timer = NULL;
  report_everything (letter);
}

static void
report_stored (const GError *error, gpointer data)
{
  Report *report = data;
  GpoQueued *letter = report->letter;
  if (letter)
    {
      for (guint i = 0; error && i < report->recipients->len; i++)
        {
          GpoRecipient *recipient = recipient_at (letter, report->recipients, i);
          if (report->kind == GPO_BOUNCE_DELAYED)
            recipient->warned = FALSE;
          else
            recipient->reported = FALSE;
        }
      g_ptr_array_remove_fast (letter->gateway->reports, report);
      letter->reporting--;
      if (error && !letter->timer)
        letter->timer = gpo_clock_at (letter->gateway->post->office->clock, now_of (letter) + REPORT_AGAIN,
                                      report_again, letter);
      else if (!error)
        settled (letter);
    }
  report_free (report);
}

/* Writes the report of this kind, if one is due. */
static void
report (GpoQueued *letter, GpoBounceKind kind)
{
  GArray *wanted = gpo_bounce_wanted (letter->envelope, kind);
  if (!wanted->len)
    {
      g_array_unref (wanted);
      return;
    }
  Report *report = g_new (Report, 1);
  *report = (Report){ letter, wanted, kind };
  g_ptr_array_add (letter->gateway->reports, report);
  letter->reporting++;
  letter->unsaved = TRUE;
  gsize length;
  g_autofree char *bytes = read_for_report (letter, &length);
  gpo_post_report_then (letter->gateway->post, letter->envelope, kind, bytes, length, report_stored, report);
}

static void
report_everything (GpoQueued *letter)
{
  letter->reporting++; /* until both are begun */
  if (gpo_envelope_count (letter->envelope, GPO_RCPT_FAILED))
    report (letter, GPO_BOUNCE_FAILED);
  if (gpo_envelope_count (letter->envelope, GPO_RCPT_RELAYED))
    report (letter, GPO_BOUNCE_RELAYED);
  letter->reporting--;
  settled (letter);
}

/* --- after a round --- */

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
  report_everything (letter);
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
      report (letter, GPO_BOUNCE_DELAYED); /* settled() follows when it is stored */
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

/* Nothing of this round is left to do: the letter goes, or waits. */
static void
settled (GpoQueued *letter)
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
