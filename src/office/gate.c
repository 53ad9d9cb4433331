/* SPDX-License-Identifier: MIT */
/* gate.c: holding lines and replies, and acting on faults.
 *
 * The way of a command:  held? → (let go) → faults → delayed? → (over) → its answer
 * The way of a reply:    faults → delayed? → (over) → held? → (let go) → sent
 *
 * so that a person who holds a command can still take a fault away, and sees a reply as it would be
 * sent. Where neither somebody holds nor a rule exists, a line costs one comparison. */
#include "office/gate.h"
#include <string.h>

#define GREYLIST_MAX 10000

typedef struct
{
  guint id;
  GpoFilter *filter;
} Breakpoint;

typedef enum
{
  STAGE_HELD,     /* somebody must let it go */
  STAGE_RELEASED, /* a command that was let go; its faults come next */
  STAGE_DELAYED,  /* a fault lets it wait */
  STAGE_OVER      /* a command whose delay is over */
} Stage;

typedef struct
{
  struct Keeper *keeper;
  GpoSession *session;
  guint64 event;
  gboolean reply;
  Stage stage;
  guint breakpoint; /* why it is held after a delay; 0: nobody holds it */
  gboolean wants_hold;
  GpoTimer *timer;
  GpoGateAnswer then; /* what follows the delay */
  char *text;         /* a reply: as it would be sent. A command: what is replied in its place */
} Held;

typedef struct Keeper
{
  GpoGate gate;
  GpoLog *log;
  GpoClock *clock;
  gboolean all;
  guint last_break;
  GPtrArray *breaks; /* of Breakpoint */
  GPtrArray *faults; /* of GpoFault */
  GPtrArray *held;   /* of Held, oldest first */
  void (*down) (GpoSymbol, gpointer);
  gpointer down_data;
} Keeper;

/* What the faults make of a line. */
typedef struct
{
  GpoGateAnswer answer;
  gint64 delay;
  char *text;
} Doom;

/* --- what is held --- */

static Held *
find (Keeper *k, const GpoSession *session)
{
  for (guint i = 0; i < k->held->len; i++)
    if (((Held *) k->held->pdata[i])->session == session)
      return k->held->pdata[i];
  return NULL;
}

static void
held_free (gpointer data)
{
  Held *h = data;
  if (h->timer)
    gpo_timer_cancel (h->timer);
  g_free (h->text);
  g_free (h);
}

/* The office's time stands while somebody holds something. */
static void
update_holding (Keeper *k)
{
  gboolean holding = FALSE;
  for (guint i = 0; i < k->held->len && !holding; i++)
    holding = ((Held *) k->held->pdata[i])->stage == STAGE_HELD;
  if (holding != k->gate.holding)
    gpo_clock_hold (k->clock, holding);
  k->gate.holding = holding;
}

static Held *
keep (Keeper *k, GpoSession *session, guint64 event, gboolean reply, Stage stage)
{
  Held *h = g_new0 (Held, 1);
  h->keeper = k;
  h->session = session;
  h->event = event;
  h->reply = reply;
  h->stage = stage;
  g_ptr_array_add (k->held, h);
  update_holding (k);
  return h;
}

static void
drop_held (Keeper *k, Held *h)
{
  if (h)
    g_ptr_array_remove (k->held, h);
  update_holding (k);
}

static void
hold_event (Keeper *k, Held *h, const char *action, const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (h->session, &b, GPO_KIND_HOLD);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_symbol (&b, GPO_FIELD_FROM,
                        gpo_symbol (h->reply != h->session->client ? "server" : "client"));
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  for (guint i = 0; i < k->breaks->len; i++)
    {
      Breakpoint *point = k->breaks->pdata[i];
      if (point->id == h->breakpoint)
        gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (point->filter), -1);
    }
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) h->event);
  gpo_log_append (k->log, &b);
}

/* Whether somebody wants to hold this; *id is the breakpoint's number. */
static gboolean
wants_hold (Keeper *k, guint64 n, const GpoEvent *event, guint *id)
{
  *id = 0;
  if (k->all)
    return TRUE;
  for (guint i = 0; event && i < k->breaks->len && !*id; i++)
    {
      Breakpoint *point = k->breaks->pdata[i];
      if (gpo_filter_match (point->filter, n, event))
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
fault_event (Keeper *k, GpoFault *fault, GpoSession *session)
{
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_FAULT);
  gpo_event_add_text (&b, GPO_FIELD_NAME, fault->name, -1);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, fault->action, -1);
  gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (fault->when), -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, fault->acted);
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
act (Keeper *k, GpoFault *fault, GpoSession *session, const char *reply, Doom *doom)
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
ask_faults (Keeper *k, GpoSession *session, guint64 n, const GpoEvent *event, const char *reply)
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
idle (const Keeper *k, const GpoSession *session)
{
  if (!k->all && k->breaks->len == 0 && k->faults->len == 0 && k->held->len == 0)
    return TRUE;
  return session->client && !session->witness;
}

static void
command_delay_over (gpointer data)
{
  Held *h = data;
  h->timer = NULL;
  h->stage = STAGE_OVER;
  gpo_session_resume (h->session);
}

static GpoGateAnswer
answer_command (Keeper *k, GpoSession *session, guint64 n, Held *h, char **reply)
{
  Doom doom = ask_faults (k, session, n, gpo_log_get (k->log, n), NULL);
  if (doom.delay == 0)
    {
      drop_held (k, h);
      *reply = doom.text;
      return doom.answer;
    }
  if (!h)
    h = keep (k, session, n, FALSE, STAGE_DELAYED);
  h->stage = STAGE_DELAYED;
  h->then = doom.answer;
  h->text = doom.text;
  h->timer = gpo_clock_at (k->clock, gpo_clock_now (k->clock) + doom.delay, command_delay_over, h);
  update_holding (k);
  return GPO_GATE_HOLD;
}

static GpoGateAnswer
gate_command (GpoGate *gate, GpoSession *session, guint64 n, char **reply)
{
  Keeper *k = (Keeper *) gate;
  if (idle (k, session))
    return GPO_GATE_PASS;
  Held *h = find (k, session);
  guint id;
  if (!h && wants_hold (k, n, gpo_log_get (k->log, n), &id))
    {
      h = keep (k, session, n, FALSE, STAGE_HELD);
      h->breakpoint = id;
      hold_event (k, h, "hold", NULL);
      return GPO_GATE_HOLD;
    }
  if (h && (h->stage == STAGE_HELD || h->stage == STAGE_DELAYED))
    return GPO_GATE_HOLD;
  if (!h || h->stage == STAGE_RELEASED)
    return answer_command (k, session, n, h, reply);
  GpoGateAnswer then = h->then;
  *reply = g_steal_pointer (&h->text);
  drop_held (k, h);
  return then;
}

/* --- replies --- */

/* The reply's way is over: it goes out, changed or not, or the connection does. */
static void
finish_reply (Held *h, const char *edited)
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
  Held *h = data;
  h->timer = NULL;
  if (!h->wants_hold)
    {
      finish_reply (h, NULL);
      return;
    }
  h->stage = STAGE_HELD;
  update_holding (h->keeper);
  hold_event (h->keeper, h, "hold", h->text);
}

static GpoGateAnswer
gate_reply (GpoGate *gate, GpoSession *session, const char *text, int code, char **other)
{
  Keeper *k = (Keeper *) gate;
  if (idle (k, session) || session->client)
    return GPO_GATE_PASS;
  if (find (k, session))
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
  Held *h = keep (k, session, session->cause, TRUE, doom.delay ? STAGE_DELAYED : STAGE_HELD);
  h->then = doom.answer;
  h->text = doom.text ? doom.text : g_strdup (text);
  h->breakpoint = id;
  h->wants_hold = hold;
  if (doom.delay)
    h->timer = gpo_clock_at (k->clock, gpo_clock_now (k->clock) + doom.delay, reply_delay_over, h);
  else
    hold_event (k, h, "hold", h->text);
  return GPO_GATE_HOLD;
}

static void
gate_gone (GpoGate *gate, GpoSession *session)
{
  Keeper *k = (Keeper *) gate;
  Held *h = k->held->len ? find (k, session) : NULL;
  if (h)
    drop_held (k, h);
}

/* --- what people do --- */

static void
let_go (Keeper *k, Held *h, const char *edited)
{
  hold_event (k, h, "release", NULL);
  if (h->reply)
    {
      finish_reply (h, edited);
      return;
    }
  h->stage = STAGE_RELEASED;
  update_holding (k);
  gpo_session_resume (h->session);
}

gboolean
gpo_gate_step (GpoGate *gate)
{
  Keeper *k = (Keeper *) gate;
  for (guint i = 0; i < k->held->len; i++)
    if (((Held *) k->held->pdata[i])->stage == STAGE_HELD)
      {
        let_go (k, k->held->pdata[i], NULL);
        return TRUE;
      }
  return FALSE;
}

guint
gpo_gate_release (GpoGate *gate, guint32 session, const char *edited)
{
  Keeper *k = (Keeper *) gate;
  guint n = 0;
  /* Letting go may hold the next line of the same session, or end sessions: only what is held now. */
  g_autoptr (GPtrArray) now = g_ptr_array_new ();
  for (guint i = 0; i < k->held->len; i++)
    if (session == 0 || ((Held *) k->held->pdata[i])->session->number == session)
      g_ptr_array_add (now, ((Held *) k->held->pdata[i])->session);
  for (guint i = 0; i < now->len; i++)
    {
      Held *h = find (k, now->pdata[i]);
      if (h && h->stage == STAGE_HELD && (!edited || h->reply))
        {
          let_go (k, h, edited);
          n++;
        }
    }
  return n;
}

void
gpo_gate_hold_all (GpoGate *gate, gboolean hold)
{
  ((Keeper *) gate)->all = hold;
  if (!hold)
    gpo_gate_release (gate, 0, NULL);
}

gboolean
gpo_gate_holds_all (GpoGate *gate)
{
  return ((Keeper *) gate)->all;
}

static void
breakpoint_free (gpointer data)
{
  Breakpoint *point = data;
  gpo_filter_free (point->filter);
  g_free (point);
}

guint
gpo_gate_break (GpoGate *gate, GpoFilter *filter)
{
  Keeper *k = (Keeper *) gate;
  Breakpoint *point = g_new (Breakpoint, 1);
  point->id = ++k->last_break;
  point->filter = filter;
  g_ptr_array_add (k->breaks, point);
  return point->id;
}

guint
gpo_gate_unbreak (GpoGate *gate, guint id)
{
  Keeper *k = (Keeper *) gate;
  guint before = k->breaks->len;
  for (guint i = k->breaks->len; i-- > 0;)
    if (id == 0 || ((Breakpoint *) k->breaks->pdata[i])->id == id)
      g_ptr_array_remove_index (k->breaks, i);
  return before - k->breaks->len;
}

void
gpo_gate_add_fault (GpoGate *gate, GpoFault *fault)
{
  gpo_gate_remove_fault (gate, fault->name);
  g_ptr_array_add (((Keeper *) gate)->faults, fault);
}

gboolean
gpo_gate_remove_fault (GpoGate *gate, const char *name)
{
  Keeper *k = (Keeper *) gate;
  for (guint i = 0; i < k->faults->len; i++)
    if (strcmp (((GpoFault *) k->faults->pdata[i])->name, name) == 0)
      return g_ptr_array_remove_index (k->faults, i) != NULL;
  return FALSE;
}

/* --- making, asking --- */

void
gpo_gate_each_held (GpoGate *gate, void (*each) (const GpoHeld *, gpointer), gpointer data)
{
  Keeper *k = (Keeper *) gate;
  for (guint i = 0; i < k->held->len; i++)
    {
      const Held *h = k->held->pdata[i];
      GpoHeld held = { h->session->number, h->event, h->reply, h->reply ? h->text : NULL };
      if (h->stage == STAGE_HELD)
        each (&held, data);
    }
}

void
gpo_gate_each_fault (GpoGate *gate, void (*each) (const GpoFault *, gpointer), gpointer data)
{
  g_ptr_array_foreach (((Keeper *) gate)->faults, (GFunc) (void *) each, data);
}

void
gpo_gate_each_break (GpoGate *gate, void (*each) (guint, const char *, gpointer), gpointer data)
{
  Keeper *k = (Keeper *) gate;
  for (guint i = 0; i < k->breaks->len; i++)
    {
      const Breakpoint *point = k->breaks->pdata[i];
      each (point->id, gpo_filter_text (point->filter), data);
    }
}

void
gpo_gate_set_down (GpoGate *gate, void (*down) (GpoSymbol, gpointer), gpointer data)
{
  ((Keeper *) gate)->down = down;
  ((Keeper *) gate)->down_data = data;
}

GpoGate *
gpo_gate_new (GpoLog *log, GpoClock *clock)
{
  Keeper *k = g_new0 (Keeper, 1);
  k->gate.command = gate_command;
  k->gate.reply = gate_reply;
  k->gate.gone = gate_gone;
  k->log = log;
  k->clock = clock;
  k->breaks = g_ptr_array_new_with_free_func (breakpoint_free);
  k->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_fault_free);
  k->held = g_ptr_array_new_with_free_func (held_free);
  return &k->gate;
}

void
gpo_gate_free (GpoGate *gate)
{
  Keeper *k = (Keeper *) gate;
  if (k->held->len)
    g_critical ("the gate goes, and %u sessions are still held", k->held->len);
  g_ptr_array_unref (k->held);
  g_ptr_array_unref (k->breaks);
  g_ptr_array_unref (k->faults);
  g_free (k);
}
