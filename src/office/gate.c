/* SPDX-License-Identifier: MIT */
/* gate.c: holding lines and replies, and acting on faults.
 *
 * The way of a command:  held? → (let go) → faults → delayed? → (over) → its answer
 * The way of a reply:    faults → delayed? → (over) → held? → (let go) → sent
 *
 * so that a person who holds a command can still take a fault away, and sees a reply as it would be
 * sent. Where neither somebody holds nor a rule exists, a line costs one comparison. */
#include "office/gate-private.h"
#include <string.h>

#define GREYLIST_MAX 10000

/* What the faults make of a line. */
typedef struct
{
  GpoGateAnswer answer;
  gint64 delay;
  char *text;
} Doom;

/* --- what is held --- */

GpoGateHeld *
gpo_gate_find (GpoGateKeeper *k, const GpoSession *session)
{
  for (guint i = 0; i < k->held->len; i++)
    if (((GpoGateHeld *) k->held->pdata[i])->session == session)
      return k->held->pdata[i];
  return NULL;
}

static void
held_free (gpointer data)
{
  GpoGateHeld *h = data;
  if (h->timer)
    gpo_timer_cancel (h->timer);
  g_free (h->text);
  g_free (h);
}

/* The office's time stands while somebody holds something. */
void
gpo_gate_update_holding (GpoGateKeeper *k)
{
  gboolean holding = FALSE;
  for (guint i = 0; i < k->held->len && !holding; i++)
    holding = ((GpoGateHeld *) k->held->pdata[i])->stage == GPO_STAGE_HELD;
  if (holding != k->gate.holding)
    gpo_clock_hold (k->clock, holding);
  k->gate.holding = holding;
}

static GpoGateHeld *
keep (GpoGateKeeper *k, GpoSession *session, guint64 event, gboolean reply, GpoGateStage stage)
{
  GpoGateHeld *h = g_new0 (GpoGateHeld, 1);
  h->keeper = k;
  h->session = session;
  h->event = event;
  h->reply = reply;
  h->stage = stage;
  g_ptr_array_add (k->held, h);
  gpo_gate_update_holding (k);
  return h;
}

static void
drop_held (GpoGateKeeper *k, GpoGateHeld *h)
{
  if (h)
    g_ptr_array_remove (k->held, h);
  gpo_gate_update_holding (k);
}

void
gpo_gate_record (GpoGateKeeper *k, GpoGateHeld *h, const char *action, const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (h->session, &b, GPO_KIND_HOLD);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_symbol (&b, GPO_FIELD_FROM,
                        gpo_symbol (h->reply != h->session->client ? "server" : "client"));
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  for (guint i = 0; i < k->breaks->len; i++)
    {
      GpoBreakpoint *point = k->breaks->pdata[i];
      if (point->id != h->breakpoint)
        continue;
      gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (point->filter), -1);
      gpo_event_add_number (&b, GPO_FIELD_NUMBER, point->id);
    }
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) h->event);
  gpo_log_append (k->log, &b);
}

/* Whether somebody wants to hold this; *id is the breakpoint's number. */
static gboolean
wants_hold (GpoGateKeeper *k, guint64 n, const GpoEvent *event, guint *id)
{
  *id = 0;
  if (k->all)
    return TRUE;
  for (guint i = 0; event && i < k->breaks->len && !*id; i++)
    {
      GpoBreakpoint *point = k->breaks->pdata[i];
      if (point->enabled && gpo_filter_match (point->filter, n, event))
        *id = point->id;
    }
  return *id != 0;
}

/* --- faults --- */

static const char *
damaged_command (GpoProtocol protocol)
{
  return protocol == GPO_PROTOCOL_SMTP   ? "500 5.5.2 The line arrived damaged"
         : protocol == GPO_PROTOCOL_IMAP ? "BAD The line arrived damaged"
                                         : "-ERR The line arrived damaged";
}

/* A bit of every third letter behind the code turns over; line ends and the code stay, or the client
 * would see no reply at all. */
static char *
damage (const char *text)
{
  char *copy = g_strdup (text);
  gsize length = strlen (copy);
  for (gsize i = 4; i < length; i += 3)
    if (g_ascii_isalnum (copy[i]))
      copy[i] ^= 1;
  return copy;
}

/* TRUE the first time for this command on this host. */
static gboolean
first_time (GpoFault *fault, GpoSession *session, const GpoEvent *event)
{
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  g_autofree char *key = g_strdup_printf ("%u %s", session->host, text ? text : "");
  if (g_hash_table_contains (fault->seen, key))
    return FALSE;
  if (g_hash_table_size (fault->seen) >= GREYLIST_MAX)
    g_hash_table_remove_all (fault->seen);
  g_hash_table_add (fault->seen, g_steal_pointer (&key));
  return TRUE;
}

static void
fault_event (GpoGateKeeper *k, GpoFault *fault, GpoSession *session)
{
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_FAULT);
  gpo_event_add_text (&b, GPO_FIELD_NAME, fault->name, -1);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, fault->action, -1);
  gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (fault->when), -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, fault->acted);
  if (gpo_fault_is_spent (fault))
    gpo_event_add_text (&b, GPO_FIELD_STATE, "spent", -1);
  if (session->cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) session->cause);
  gpo_log_append (k->log, &b);
}

static void
set_reply (Doom *doom, const char *text)
{
  doom->answer = GPO_GATE_REPLY;
  g_free (doom->text);
  doom->text = g_strdup (text);
}

/* Lets one fault act. `reply` is the text of a reply, NULL for a command. */
static void
act (GpoGateKeeper *k, GpoFault *fault, GpoSession *session, const char *reply, Doom *doom)
{
  fault->acted++;
  fault_event (k, fault, session);
  switch (fault->kind)
    {
    case GPO_FAULT_DELAY:
      doom->delay += fault->delay;
      return;
    case GPO_FAULT_REPLY:
      set_reply (doom, fault->reply);
      return;
    case GPO_FAULT_GREYLIST:
      set_reply (doom, "451 4.7.1 Greylisted, try again later");
      return;
    case GPO_FAULT_CORRUPT:
      {
        g_autofree char *damaged = reply ? damage (reply) : NULL;
        set_reply (doom, reply ? damaged : damaged_command (session->protocol));
        return;
      }
    case GPO_FAULT_DOWN:
      if (k->down)
        k->down (session->host, k->down_data);
      doom->answer = GPO_GATE_DROP;
      return;
    case GPO_FAULT_DROP:
      doom->answer = GPO_GATE_DROP;
      return;
    }
}

/* All delays add up; the first fault that answers is the last to act. */
static Doom
ask_faults (GpoGateKeeper *k, GpoSession *session, guint64 n, const GpoEvent *event, const char *reply)
{
  Doom doom = { GPO_GATE_PASS, 0, NULL };
  g_autoptr (GPtrArray) matched = g_ptr_array_new ();
  for (guint i = 0; event && i < k->faults->len; i++)
    {
      GpoFault *fault = k->faults->pdata[i];
      gboolean applies
          = fault->kind != GPO_FAULT_GREYLIST || (!reply && session->protocol == GPO_PROTOCOL_SMTP);
      if (applies && !gpo_fault_is_spent (fault) && gpo_filter_match (fault->when, n, event)
          && (fault->kind != GPO_FAULT_GREYLIST || first_time (fault, session, event)))
        g_ptr_array_add (matched, fault);
    }
  for (guint i = 0; i < matched->len && doom.answer == GPO_GATE_PASS; i++)
    act (k, matched->pdata[i], session, reply, &doom); /* appends: `event` may be gone now */
  return doom;
}

/* --- commands --- */

static gboolean
idle (const GpoGateKeeper *k, const GpoSession *session)
{
  if (!k->all && k->breaks->len == 0 && k->faults->len == 0 && k->held->len == 0)
    return TRUE;
  return session->client && !session->witness;
}

static void
command_delay_over (gpointer data)
{
  GpoGateHeld *h = data;
  h->timer = NULL;
  h->stage = GPO_STAGE_OVER;
  gpo_session_resume (h->session);
}

static GpoGateAnswer
answer_command (GpoGateKeeper *k, GpoSession *session, guint64 n, GpoGateHeld *h, char **reply)
{
  Doom doom = ask_faults (k, session, n, gpo_log_get (k->log, n), NULL);
  if (doom.delay == 0)
    {
      drop_held (k, h);
      *reply = doom.text;
      return doom.answer;
    }
  if (!h)
    h = keep (k, session, n, FALSE, GPO_STAGE_DELAYED);
  h->stage = GPO_STAGE_DELAYED;
  h->then = doom.answer;
  h->text = doom.text;
  h->timer = gpo_clock_at (k->clock, gpo_clock_now (k->clock) + doom.delay, command_delay_over, h);
  gpo_gate_update_holding (k);
  return GPO_GATE_HOLD;
}

static GpoGateAnswer
gate_command (GpoGate *gate, GpoSession *session, guint64 n, char **reply)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  if (idle (k, session))
    return GPO_GATE_PASS;
  GpoGateHeld *h = gpo_gate_find (k, session);
  guint id;
  if (!h && wants_hold (k, n, gpo_log_get (k->log, n), &id))
    {
      h = keep (k, session, n, FALSE, GPO_STAGE_HELD);
      h->breakpoint = id;
      gpo_gate_record (k, h, "hold", NULL);
      return GPO_GATE_HOLD;
    }
  if (h && (h->stage == GPO_STAGE_HELD || h->stage == GPO_STAGE_DELAYED))
    return GPO_GATE_HOLD;
  if (!h || h->stage == GPO_STAGE_RELEASED)
    return answer_command (k, session, n, h, reply);
  GpoGateAnswer then = h->then;
  *reply = g_steal_pointer (&h->text);
  drop_held (k, h);
  return then;
}

/* --- replies --- */

/* The reply's way is over: it goes out, changed or not, or the connection does. */
void
gpo_gate_finish_reply (GpoGateHeld *h, const char *edited)
{
  GpoSession *session = h->session;
  GpoGateAnswer then = h->then;
  g_autofree char *text = edited ? g_strdup (edited) : then == GPO_GATE_REPLY ? g_strdup (h->text) : NULL;
  drop_held (h->keeper, h);
  if (then == GPO_GATE_DROP)
    {
      session->closing = TRUE;
      gpo_session_resume (session);
    }
  else
    gpo_session_release_reply (session, text);
}

static void
reply_delay_over (gpointer data)
{
  GpoGateHeld *h = data;
  h->timer = NULL;
  if (!h->wants_hold)
    {
      gpo_gate_finish_reply (h, NULL);
      return;
    }
  h->stage = GPO_STAGE_HELD;
  gpo_gate_update_holding (h->keeper);
  gpo_gate_record (h->keeper, h, "hold", h->text);
}

static GpoGateAnswer
gate_reply (GpoGate *gate, GpoSession *session, const char *text, int code, char **other)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  if (idle (k, session) || session->client)
    return GPO_GATE_PASS;
  if (gpo_gate_find (k, session))
    return GPO_GATE_HOLD; /* follows one that is held */
  /* The reply as the event that it will be. */
  GpoEventBuilder b;
  const GpoEvent *asked = session->cause ? gpo_log_get (k->log, session->cause) : NULL;
  gpo_session_event (session, &b, GPO_KIND_LINE);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, gpo_symbol ("server"));
  if (asked)
    gpo_event_add_text (&b, GPO_FIELD_VERB, gpo_event_text (asked, GPO_FIELD_VERB, NULL), -1);
  if (code)
    gpo_event_add_number (&b, GPO_FIELD_CODE, code);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  b.event.time = gpo_clock_now (k->clock);
  const GpoEvent *event = gpo_event_peek (&b);
  guint64 n = gpo_log_length (k->log);
  guint id;
  gboolean hold = wants_hold (k, n, event, &id);
  Doom doom = ask_faults (k, session, n, event, text);
  gpo_event_clear (&b);
  if (doom.delay == 0 && (!hold || doom.answer == GPO_GATE_DROP))
    {
      *other = doom.text;
      return doom.answer;
    }
  GpoGateHeld *h = keep (k, session, session->cause, TRUE, doom.delay ? GPO_STAGE_DELAYED : GPO_STAGE_HELD);
  h->then = doom.answer;
  h->text = doom.text ? doom.text : g_strdup (text);
  h->breakpoint = id;
  h->wants_hold = hold;
  if (doom.delay)
    h->timer = gpo_clock_at (k->clock, gpo_clock_now (k->clock) + doom.delay, reply_delay_over, h);
  else
    gpo_gate_record (k, h, "hold", h->text);
  return GPO_GATE_HOLD;
}

static void
gate_gone (GpoGate *gate, GpoSession *session)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  GpoGateHeld *h = k->held->len ? gpo_gate_find (k, session) : NULL;
  if (h)
    drop_held (k, h);
}

/* --- making --- */

void
gpo_gate_set_down (GpoGate *gate, void (*down) (GpoSymbol, gpointer), gpointer data)
{
  ((GpoGateKeeper *) gate)->down = down;
  ((GpoGateKeeper *) gate)->down_data = data;
}

GpoGate *
gpo_gate_new (GpoLog *log, GpoClock *clock)
{
  GpoGateKeeper *k = g_new0 (GpoGateKeeper, 1);
  k->gate.command = gate_command;
  k->gate.reply = gate_reply;
  k->gate.gone = gate_gone;
  k->log = log;
  k->clock = clock;
  k->breaks = g_ptr_array_new_with_free_func (gpo_breakpoint_free);
  k->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_fault_free);
  k->held = g_ptr_array_new_with_free_func (held_free);
  return &k->gate;
}

void
gpo_gate_free (GpoGate *gate)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  if (k->held->len)
    g_critical ("the gate goes, and %u sessions are still held", k->held->len);
  g_ptr_array_unref (k->held);
  g_ptr_array_unref (k->breaks);
  g_ptr_array_unref (k->faults);
  g_free (k);
}
