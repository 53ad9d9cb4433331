/* SPDX-License-Identifier: MIT */
/* intents.c: what people ask of a running office, one line each: from the window, from `glasspost queue`,
 * over the control socket. office.h lists them. Answers are JSON, an object a line.
 *
 * A table of words; each word is one function that gets the rest of the line. */
#include "office/office-private.h"
#include "roles/gateway.h"
#include "wire/nearest.h"
#include "wire/tls.h"
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  GpoOffice *office;
  JsonBuilder *json;
  GString *out;
  const char *host; /* queue: only this one */
} Answer;

static gboolean wrong (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
wrong (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

/* Cuts the first word off; *rest is what follows it. */
static char *
first_word (const char *line, const char **rest)
{
  line += strspn (line, " \t");
  gsize n = strcspn (line, " \t");
  *rest = line + n + strspn (line + n, " \t");
  return g_strndup (line, n);
}

/* --- JSON --- */

static void
begin (Answer *a)
{
  json_builder_reset (a->json);
  json_builder_begin_object (a->json);
}

static void
add_text (Answer *a, const char *name, const char *value)
{
  g_autofree char *valid = value ? g_utf8_make_valid (value, -1) : NULL;
  if (!valid)
    return;
  json_builder_set_member_name (a->json, name);
  json_builder_add_string_value (a->json, valid);
}

static void
add_number (Answer *a, const char *name, gint64 value)
{
  json_builder_set_member_name (a->json, name);
  json_builder_add_int_value (a->json, value);
}

static void
add_boolean (Answer *a, const char *name, gboolean value)
{
  json_builder_set_member_name (a->json, name);
  json_builder_add_boolean_value (a->json, value);
}

static void
end (Answer *a)
{
  json_builder_end_object (a->json);
  g_autoptr (JsonNode) root = json_builder_get_root (a->json);
  g_autofree char *line = json_to_string (root, FALSE);
  g_string_append_printf (a->out, "%s\n", line);
}

static gboolean
say_count (Answer *a, guint n)
{
  begin (a);
  add_number (a, "count", n);
  end (a);
  return TRUE;
}

/* --- the gate --- */

static gboolean
do_hold (Answer *a, const char *rest, GError **error)
{
  gboolean on = strcmp (rest, "on") == 0;
  if (!on && strcmp (rest, "off") != 0)
    return wrong (error, "say: hold on, or: hold off");
  gpo_gate_hold_all (a->office->parts.gate, on);
  return TRUE;
}

static gboolean
do_step (Answer *a, const char *rest, GError **error)
{
  return say_count (a, gpo_gate_step (a->office->parts.gate));
}

static gboolean
do_release (Answer *a, const char *rest, GError **error)
{
  guint64 session = 0;
  if (*rest && !g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &session, NULL))
    return wrong (error, "\"%s\" is no number of a session", rest);
  return say_count (a, gpo_gate_release (a->office->parts.gate, (guint32) session, NULL));
}

static gboolean
do_edit (Answer *a, const char *rest, GError **error)
{
  guint64 session;
  const char *text;
  g_autofree char *number = first_word (rest, &text);
  if (!g_ascii_string_to_unsigned (number, 10, 1, G_MAXUINT32, &session, NULL) || !*text)
    return wrong (error, "say: edit SESSION REPLY, for example: edit 3 451 4.3.0 Not now");
  if (!gpo_gate_release (a->office->parts.gate, (guint32) session, text))
    return wrong (error, "no reply is held in session %s", number);
  return say_count (a, 1);
}

static gboolean
do_break (Answer *a, const char *rest, GError **error)
{
  GpoFilter *filter = *rest ? gpo_filter_parse (rest, NULL, error) : NULL;
  if (!*rest)
    return wrong (error, "say where to hold: break verb = DATA");
  if (!filter)
    return FALSE;
  begin (a);
  add_number (a, "breakpoint", gpo_gate_break (a->office->parts.gate, filter));
  end (a);
  return TRUE;
}

static gboolean
do_unbreak (Answer *a, const char *rest, GError **error)
{
  guint64 id = 0;
  if (*rest && !g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &id, NULL))
    return wrong (error, "\"%s\" is no number of a breakpoint", rest);
  return say_count (a, gpo_gate_unbreak (a->office->parts.gate, (guint) id));
}

/* "enable 2", "disable 2". */
static gboolean
set_enabled (Answer *a, const char *rest, gboolean enabled, GError **error)
{
  guint64 id;
  if (!g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &id, NULL))
    return wrong (error, "say which breakpoint: %s 1", enabled ? "enable" : "disable");
  if (!gpo_gate_enable (a->office->parts.gate, (guint) id, enabled))
    return wrong (error, "there is no breakpoint %u", (guint) id);
  return TRUE;
}

static gboolean
do_enable (Answer *a, const char *rest, GError **error)
{
  return set_enabled (a, rest, TRUE, error);
}

static gboolean
do_disable (Answer *a, const char *rest, GError **error)
{
  return set_enabled (a, rest, FALSE, error);
}

static gboolean
do_drop (Answer *a, const char *rest, GError **error)
{
  guint64 session;
  if (!g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &session, NULL))
    return wrong (error, "say which session: drop 3");
  if (!gpo_gate_drop (a->office->parts.gate, (guint32) session))
    return wrong (error, "nothing is held in session %u", (guint) session);
  return say_count (a, 1);
}

static void
tell_held (const GpoHeld *held, gpointer data)
{
  Answer *a = data;
  begin (a);
  add_number (a, "session", held->session);
  add_number (a, "event", (gint64) held->event);
  add_text (a, "holds", held->reply ? "reply" : "command");
  add_text (a, "text", held->text);
  end (a);
}

static void
tell_break (guint id, const char *filter, gboolean enabled, gpointer data)
{
  Answer *a = data;
  begin (a);
  add_number (a, "breakpoint", id);
  add_text (a, "filter", filter);
  add_boolean (a, "enabled", enabled);
  end (a);
}

static gboolean
do_held (Answer *a, const char *rest, GError **error)
{
  gpo_gate_each_break (a->office->parts.gate, tell_break, a);
  gpo_gate_each_held (a->office->parts.gate, tell_held, a);
  return TRUE;
}

/* --- notes --- */

/* NUMBER TEXT: words about event NUMBER; without text the note is taken back. They stand in the trace as
 * an event of the same session and letter, so that a reader of these finds them. */
static gboolean
do_note (Answer *a, const char *rest, GError **error)
{
  guint64 n;
  const char *text;
  GpoLog *log = a->office->parts.log;
  g_autofree char *number = first_word (rest, &text);
  if (!g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT64, &n, NULL))
    return wrong (error, "say about which event: note 17 The envelope begins here");
  const GpoEvent *about = n < gpo_log_length (log) ? gpo_log_get (log, n) : NULL;
  if (!about)
    return wrong (error, "there is no event %s", number);
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_NOTE);
  b.event.host = about->host;
  b.event.session = about->session;
  b.event.letter = about->letter;
  b.event.protocol = about->protocol;
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (*text ? "set" : "remove"));
  if (*text)
    gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) n);
  n = gpo_log_append (log, &b);
  begin (a);
  add_number (a, "event", (gint64) n);
  end (a);
  return TRUE;
}

/* --- faults --- */

static void
tell_fault (const GpoFault *fault, gpointer data)
{
  Answer *a = data;
  begin (a);
  add_text (a, "fault", fault->name);
  add_text (a, "host", fault->host ? gpo_symbol_name (fault->host) : NULL);
  add_text (a, "when", gpo_filter_text (fault->when));
  add_text (a, "do", fault->action);
  add_number (a, "times", fault->times);
  add_number (a, "acted", fault->acted);
  end (a);
}

/* Compiles the rule; one that is set for a host looks at that host's lines only. */
static GpoFault *
make_fault (const char *name, const GpoHost *host, const char *when, const char *action, guint times,
            GError **error)
{
  g_autofree char *there
      = host ? g_strdup_printf ("host = \"%s\" and (%s)", host->name, when) : g_strdup (when);
  GpoFault *fault = gpo_fault_new (name, when, action, times, error);
  if (!fault || !host)
    return fault;
  gpo_fault_free (fault); /* it was made to see whether FILTER stands by itself */
  fault = gpo_fault_new (name, there, action, times, error);
  if (fault)
    fault->host = host->symbol;
  return fault;
}

/* NAME [at HOST] when FILTER do ACTION [times N]: the last " do " parts them, since a filter may hold such a
 * word in quotes. */
static gboolean
add_fault (Answer *a, const char *rest, GError **error)
{
  const char *text, *after;
  g_autofree char *name = first_word (rest, &text), *at = NULL;
  guint64 times = 0;
  if (g_str_has_prefix (text, "at "))
    {
      at = first_word (text + 3, &after);
      text = after;
    }
  const char *split = g_strrstr (text, " do ");
  GpoPost *post = at ? gpo_office_post (a->office, at) : NULL;
  if (!*name || !g_str_has_prefix (text, "when ") || !split || split < text + 4)
    return wrong (error, "say: fault add NAME [at HOST] when FILTER do ACTION [times N]");
  if (at && !post)
    return wrong (error, "there is no host \"%s\"", at);
  g_autofree char *when = g_strndup (text + 5, (gsize) (split - text - 4));
  g_autofree char *action = g_strdup (split + 4);
  char *n = g_strrstr (action, " times ");
  if (n && g_ascii_string_to_unsigned (n + 7, 10, 0, 1000000, &times, NULL))
    *n = 0;
  GpoFault *fault
      = make_fault (name, post ? post->host : NULL, g_strstrip (when), action, (guint) times, error);
  if (!fault)
    return FALSE;
  gpo_gate_add_fault (a->office->parts.gate, fault);
  gpo_gate_tell_fault (a->office->parts.gate, fault, TRUE);
  return TRUE;
}

static gboolean
remove_fault (Answer *a, const char *name, GError **error)
{
  const GpoFault *fault = gpo_gate_fault (a->office->parts.gate, name);
  if (!fault)
    return wrong (error, "there is no fault \"%s\"", name);
  gpo_gate_tell_fault (a->office->parts.gate, fault, FALSE);
  gpo_gate_remove_fault (a->office->parts.gate, name);
  return TRUE;
}

static gboolean
clear_faults (Answer *a, const char *host, GError **error)
{
  GpoPost *post = *host ? gpo_office_post (a->office, host) : NULL;
  if (*host && !post)
    return wrong (error, "there is no host \"%s\"", host);
  return say_count (a, gpo_gate_clear_faults (a->office->parts.gate, post ? post->host->symbol : 0));
}

static gboolean
do_fault (Answer *a, const char *rest, GError **error)
{
  const char *text;
  g_autofree char *word = first_word (rest, &text);
  if (strcmp (word, "add") == 0)
    return add_fault (a, text, error);
  if (strcmp (word, "remove") == 0)
    return remove_fault (a, text, error);
  if (strcmp (word, "clear") == 0)
    return clear_faults (a, text, error);
  if (strcmp (word, "list") != 0)
    return wrong (error, "say: fault add, fault remove NAME, fault clear [HOST] or fault list");
  gpo_gate_each_fault (a->office->parts.gate, tell_fault, a);
  return TRUE;
}

/* --- hosts and the clock --- */

static gboolean
do_host (Answer *a, const char *rest, GError **error)
{
  const char *name;
  g_autofree char *word = first_word (rest, &name);
  gboolean down = strcmp (word, "down") == 0;
  if ((!down && strcmp (word, "up") != 0) || !*name)
    return wrong (error, "say: host down NAME, or: host up NAME");
  GpoPost *post = gpo_office_post (a->office, name);
  if (!post)
    return wrong (error, "there is no host \"%s\"", name);
  return gpo_office_set_down (a->office, post, down, error);
}

static gboolean
do_hosts (Answer *a, const char *rest, GError **error)
{
  g_autofree char *folder = gpo_store_tls_path (a->office->parts.store);
  g_autofree char *ca = gpo_tls_ca_path (folder);
  for (guint i = 0; i < a->office->parts.posts->len; i++)
    {
      GpoPost *post = a->office->parts.posts->pdata[i];
      begin (a);
      add_text (a, "host", post->host->name);
      add_text (a, "domain", post->host->domain);
      add_text (a, "address", post->host->address);
      add_boolean (a, "down", post->host->down);
      for (int role = 0; role < GPO_N_ROLES; role++)
        if (post->port[role])
          add_number (a, gpo_role_name ((GpoRole) role), post->port[role]);
      add_text (a, "ca", ca);
      add_number (a, "connections", g_hash_table_size (post->desks));
      add_number (a, "queue", gpo_gateway_length (post->gateway));
      end (a);
    }
  return TRUE;
}

/* `due`: the time it is moved on to; -1: it is not. */
static void
clock_event (GpoOffice *office, const char *action, gint64 due)
{
  GpoEventBuilder b;
  GpoClock *clock = office->parts.clock;
  char speed[G_ASCII_DTOSTR_BUF_SIZE];
  gpo_office_event (office, &b, GPO_KIND_CLOCK, action);
  gpo_event_add_text (&b, GPO_FIELD_SPEED,
                      g_ascii_formatd (speed, sizeof speed, "%g", gpo_clock_speed (clock)), -1);
  if (due >= 0)
    gpo_event_add_number (&b, GPO_FIELD_DUE, due);
  gpo_log_append (office->parts.log, &b);
}

/* To the next thing that waits (a retry, as a rule), or on by a time. */
static gboolean
skip (GpoOffice *office, const char *text, GError **error)
{
  GpoClock *clock = office->parts.clock;
  gint64 by, to = gpo_clock_next (clock);
  if (*text && !gpo_duration_parse (text, &by))
    return wrong (error, "\"%s\" is no time; say: clock skip 30m", text);
  if (*text)
    to = gpo_clock_now (clock) + by;
  if (to < 0)
    return wrong (error, "nothing waits for a later time; say how far: clock skip 30m");
  clock_event (office, "skip", to); /* before what is due on the way happens */
  gpo_clock_jump (clock, to);
  return TRUE;
}

static gboolean
do_clock (Answer *a, const char *rest, GError **error)
{
  const char *text;
  GpoClock *clock = a->office->parts.clock;
  g_autofree char *word = first_word (rest, &text);
  if (strcmp (word, "speed") == 0)
    {
      char *after;
      double x = g_ascii_strtod (text, &after);
      if (after == text || *after || !isfinite (x) || x < 0 || x > 1e6)
        return wrong (error, "say a speed from 0 (the clock stands) to 1000000");
      gpo_clock_set_speed (clock, x);
      clock_event (a->office, "speed", -1);
    }
  else if (strcmp (word, "skip") == 0)
    {
      if (!skip (a->office, text, error))
        return FALSE;
    }
  else if (*word)
    return wrong (error, "say: clock, clock speed X, or clock skip [TIME]");
  begin (a);
  add_number (a, "now", gpo_clock_now (clock));
  add_number (a, "wall", gpo_clock_wall (clock));
  add_number (a, "next", gpo_clock_next (clock));
  json_builder_set_member_name (a->json, "speed");
  json_builder_add_double_value (a->json, gpo_clock_speed (clock));
  add_boolean (a, "held", gpo_clock_is_held (clock));
  end (a);
  return TRUE;
}

/* --- the queues --- */

static void
tell_item (const GpoQueueItem *item, gpointer data)
{
  Answer *a = data;
  const GpoEnvelope *envelope = item->envelope;
  begin (a);
  add_text (a, "host", a->host);
  add_text (a, "id", envelope->id);
  add_number (a, "letter", envelope->letter);
  add_number (a, "size", (gint64) item->size);
  add_number (a, "arrived", envelope->arrived);
  add_text (a, "sender", envelope->reverse_path);
  json_builder_set_member_name (a->json, "recipients");
  json_builder_begin_array (a->json);
  for (guint i = 0; i < envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (envelope, i);
      g_autofree char *valid = g_utf8_make_valid (recipient->path, -1);
      if (recipient->state == GPO_RCPT_WAITING)
        json_builder_add_string_value (a->json, valid);
    }
  json_builder_end_array (a->json);
  add_text (a, "state", item->state);
  add_number (a, "attempts", item->attempts);
  if (item->due >= 0)
    add_number (a, "due-in", MAX (item->due - gpo_clock_now (a->office->parts.clock), 0));
  add_text (a, "reason", item->reason);
  add_text (a, "next-hop", item->next_hop);
  end (a);
}

static gboolean
do_queue (Answer *a, const char *rest, GError **error)
{
  static const char *const actions[] = { "hold", "release", "retry", "remove", NULL };
  const char *text;
  g_autofree char *word = first_word (rest, &text);
  guint count = 0;
  int action = -1;
  for (int i = 0; actions[i]; i++)
    if (strcmp (actions[i], word) == 0)
      action = i;
  if (action < 0 && strcmp (word, "list") != 0)
    return wrong (error, "say: queue list, or queue hold|release|retry|remove [ID]");
  if (action < 0 && *text && !gpo_office_post (a->office, text))
    return wrong (error, "there is no host \"%s\"", text);
  if (action == GPO_QUEUE_REMOVE && !*text)
    return wrong (error, "say which letter: queue remove ID, or: queue remove all");
  for (guint i = 0; i < a->office->parts.posts->len; i++)
    {
      GpoPost *post = a->office->parts.posts->pdata[i];
      const char *id = *text && strcmp (text, "all") != 0 ? text : NULL;
      a->host = post->host->name;
      if (action >= 0)
        count += gpo_gateway_act (post->gateway, id, (GpoQueueAction) action);
      else if (!*text || gpo_office_post (a->office, text) == post)
        gpo_gateway_list (post->gateway, tell_item, a);
    }
  if (action >= 0 && count == 0 && *text && strcmp (text, "all") != 0)
    return wrong (error, "no letter \"%s\" is in any queue", text);
  return action < 0 || say_count (a, count);
}

static gboolean
do_lab (Answer *a, const char *rest, GError **error)
{
  return gpo_office_note_lab (a->office, rest, error);
}

static gboolean
do_stop (Answer *a, const char *rest, GError **error)
{
  if (!a->office->stop_asked)
    return wrong (error, "this office is ended where it was started");
  a->office->stop_asked (a->office->stop_asked_data);
  return TRUE;
}

/* --- the table --- */

static const struct
{
  const char *word;
  gboolean (*run) (Answer *a, const char *rest, GError **error);
} intents[] = {
  { "hold", do_hold },   { "step", do_step },   { "release", do_release }, { "edit", do_edit },
  { "break", do_break }, { "held", do_held },   { "unbreak", do_unbreak }, { "fault", do_fault },
  { "host", do_host },   { "hosts", do_hosts }, { "clock", do_clock },     { "queue", do_queue },
  { "stop", do_stop },   { "drop", do_drop },   { "enable", do_enable },   { "disable", do_disable },
  { "note", do_note },   { "lab", do_lab },
};

static gboolean
unknown (const char *word, GError **error)
{
  const char *words[G_N_ELEMENTS (intents) + 1] = { NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (intents); i++)
    words[i] = intents[i].word;
  const char *meant = gpo_nearest_word (word, words);
  g_autofree char *all = g_strjoinv (", ", (char **) words);
  if (meant)
    return wrong (error, "there is no \"%s\"; did you mean \"%s\"?", word, meant);
  return wrong (error, "there is no \"%s\"; there is: %s", word, all);
}

char *
gpo_office_carry_out (GpoOffice *office, const char *intent, GError **error)
{
  const char *rest;
  g_autofree char *line = g_strstrip (g_utf8_make_valid (intent, -1));
  g_autofree char *word = first_word (line, &rest);
  if (office->closing)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the office is closing");
      return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (intents); i++)
    if (strcmp (intents[i].word, word) == 0)
      {
        g_autoptr (JsonBuilder) json = json_builder_new ();
        g_autoptr (GString) out = g_string_new (NULL);
        Answer answer = { office, json, out, NULL };
        return intents[i].run (&answer, rest, error) ? g_strdup (out->str) : NULL;
      }
  unknown (word, error);
  return NULL;
}

/* --- from other threads --- */

typedef struct
{
  GpoOffice *office;
  char *intent, *answer;
  GError *error;
  GMutex lock;
  GCond cond;
  gboolean finished;
  GMainContext *home;
  void (*done) (char *, const GError *, gpointer);
  gpointer data;
} Asking;

static gboolean
ask_here (gpointer data)
{
  Asking *asking = data;
  char *answer = gpo_office_carry_out (asking->office, asking->intent, &asking->error);
  g_mutex_lock (&asking->lock);
  asking->answer = answer;
  asking->finished = TRUE;
  g_cond_signal (&asking->cond);
  g_mutex_unlock (&asking->lock);
  return G_SOURCE_REMOVE;
}

char *
gpo_office_ask (GpoOffice *office, const char *intent, GError **error)
{
  Asking asking = { .office = office, .intent = g_strdup (intent) };
  g_mutex_init (&asking.lock);
  g_cond_init (&asking.cond);
  g_main_context_invoke (office->context, ask_here, &asking);
  g_mutex_lock (&asking.lock);
  while (!asking.finished)
    g_cond_wait (&asking.cond, &asking.lock);
  g_mutex_unlock (&asking.lock);
  g_mutex_clear (&asking.lock);
  g_cond_clear (&asking.cond);
  g_free (asking.intent);
  if (asking.error)
    g_propagate_error (error, asking.error);
  return asking.answer;
}

static gboolean
told (gpointer data)
{
  Asking *asking = data;
  if (asking->done)
    asking->done (asking->answer, asking->error, asking->data);
  g_clear_error (&asking->error);
  g_free (asking->answer);
  g_free (asking->intent);
  g_main_context_unref (asking->home);
  g_free (asking);
  return G_SOURCE_REMOVE;
}

static gboolean
tell_here (gpointer data)
{
  Asking *asking = data;
  asking->answer = gpo_office_carry_out (asking->office, asking->intent, &asking->error);
  /* Not by invoke: it would run here if the caller's context happens to have no owner now. */
  GSource *source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, told, asking, NULL);
  g_source_attach (source, asking->home);
  g_source_unref (source);
  return G_SOURCE_REMOVE;
}

void
gpo_office_tell (GpoOffice *office, const char *intent, void (*done) (char *, const GError *, gpointer),
                 gpointer data)
{
  Asking *asking = g_new0 (Asking, 1);
  asking->office = office;
  asking->intent = g_strdup (intent);
  asking->home = g_main_context_ref_thread_default ();
  asking->done = done;
  asking->data = data;
  g_main_context_invoke (office->context, tell_here, asking);
}
