/* SPDX-License-Identifier: MIT */
/* intents.c: what people ask of a running office, one line each: from the window, from `glasspost queue`,
 * over the control socket. office.h lists them. Answers are JSON, an object a line.
 *
 * A table of words; each word is one function that gets the rest of the line. */
#include "office/asking.h"
#include "office/gate-intents.h"
#include "office/office-private.h"
#include "roles/gateway.h"
#include "wire/tls.h"
#include <math.h>
#include <string.h>

typedef struct
{
  GpoOffice *office;
  GpoAnswerLines lines;
  const char *host; /* queue: only this one */
} Answer;

/* --- notes --- */

/* NUMBER TEXT: words about event NUMBER; without text the note is taken back. They stand in the trace as
 * an event of the same session and letter, so that a reader of these finds them. */
static gboolean
do_note (Answer *a, const char *rest, GError **error)
{
  guint64 n;
  const char *text;
  GpoLog *log = a->office->parts.log;
  g_autofree char *number = gpo_intent_word (rest, &text);
  if (!g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT64, &n, NULL))
    return gpo_intent_wrong (error, "say about which event: note 17 The envelope begins here");
  const GpoEvent *about = n < gpo_log_length (log) ? gpo_log_get (log, n) : NULL;
  if (!about)
    return gpo_intent_wrong (error, "there is no event %s", number);
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
  gpo_answer_begin (&a->lines);
  gpo_answer_number (&a->lines, "event", (gint64) n);
  gpo_answer_end (&a->lines);
  return TRUE;
}

/* --- hosts and the clock --- */

static gboolean
do_host (Answer *a, const char *rest, GError **error)
{
  const char *name;
  g_autofree char *word = gpo_intent_word (rest, &name);
  gboolean down = strcmp (word, "down") == 0;
  if ((!down && strcmp (word, "up") != 0) || !*name)
    return gpo_intent_wrong (error, "say: host down NAME, or: host up NAME");
  GpoPost *post = gpo_office_post (a->office, name);
  if (!post)
    return gpo_intent_wrong (error, "there is no host \"%s\"", name);
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
      gpo_answer_begin (&a->lines);
      gpo_answer_text (&a->lines, "host", post->host->name);
      gpo_answer_text (&a->lines, "domain", post->host->domain);
      gpo_answer_text (&a->lines, "address", post->host->address);
      gpo_answer_boolean (&a->lines, "down", post->host->down);
      for (int role = 0; role < GPO_N_ROLES; role++)
        if (post->port[role])
          gpo_answer_number (&a->lines, gpo_role_name ((GpoRole) role), post->port[role]);
      gpo_answer_text (&a->lines, "ca", ca);
      gpo_answer_number (&a->lines, "connections", g_hash_table_size (post->desks));
      gpo_answer_number (&a->lines, "queue", gpo_gateway_length (post->gateway));
      gpo_answer_end (&a->lines);
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
    return gpo_intent_wrong (error, "\"%s\" is no time; say: clock skip 30m", text);
  if (*text)
    to = gpo_clock_now (clock) + by;
  if (to < 0)
    return gpo_intent_wrong (error, "nothing waits for a later time; say how far: clock skip 30m");
  clock_event (office, "skip", to); /* before what is due on the way happens */
  gpo_clock_jump (clock, to);
  return TRUE;
}

static gboolean
do_clock (Answer *a, const char *rest, GError **error)
{
  const char *text;
  GpoClock *clock = a->office->parts.clock;
  g_autofree char *word = gpo_intent_word (rest, &text);
  if (strcmp (word, "speed") == 0)
    {
      char *after;
      double x = g_ascii_strtod (text, &after);
      if (after == text || *after || !isfinite (x) || x < 0 || x > 1e6)
        return gpo_intent_wrong (error, "say a speed from 0 (the clock stands) to 1000000");
      gpo_clock_set_speed (clock, x);
      clock_event (a->office, "speed", -1);
    }
  else if (strcmp (word, "skip") == 0)
    {
      if (!skip (a->office, text, error))
        return FALSE;
    }
  else if (*word)
    return gpo_intent_wrong (error, "say: clock, clock speed X, or clock skip [TIME]");
  gpo_answer_begin (&a->lines);
  gpo_answer_number (&a->lines, "now", gpo_clock_now (clock));
  gpo_answer_number (&a->lines, "wall", gpo_clock_wall (clock));
  gpo_answer_number (&a->lines, "next", gpo_clock_next (clock));
  json_builder_set_member_name (a->lines.json, "speed");
  json_builder_add_double_value (a->lines.json, gpo_clock_speed (clock));
  gpo_answer_boolean (&a->lines, "held", gpo_clock_is_held (clock));
  gpo_answer_end (&a->lines);
  return TRUE;
}

/* --- the queues --- */

static void
tell_item (const GpoQueueItem *item, gpointer data)
{
  Answer *a = data;
  const GpoEnvelope *envelope = item->envelope;
  gpo_answer_begin (&a->lines);
  gpo_answer_text (&a->lines, "host", a->host);
  gpo_answer_text (&a->lines, "id", envelope->id);
  gpo_answer_number (&a->lines, "letter", envelope->letter);
  gpo_answer_number (&a->lines, "size", (gint64) item->size);
  gpo_answer_number (&a->lines, "arrived", envelope->arrived);
  gpo_answer_text (&a->lines, "sender", envelope->reverse_path);
  json_builder_set_member_name (a->lines.json, "recipients");
  json_builder_begin_array (a->lines.json);
  for (guint i = 0; i < envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (envelope, i);
      g_autofree char *valid = g_utf8_make_valid (recipient->path, -1);
      if (recipient->state == GPO_RCPT_WAITING)
        json_builder_add_string_value (a->lines.json, valid);
    }
  json_builder_end_array (a->lines.json);
  gpo_answer_text (&a->lines, "state", item->state);
  gpo_answer_number (&a->lines, "attempts", item->attempts);
  if (item->due >= 0)
    gpo_answer_number (&a->lines, "due-in", MAX (item->due - gpo_clock_now (a->office->parts.clock), 0));
  gpo_answer_text (&a->lines, "reason", item->reason);
  gpo_answer_text (&a->lines, "next-hop", item->next_hop);
  gpo_answer_end (&a->lines);
}

static gboolean
do_queue (Answer *a, const char *rest, GError **error)
{
  static const char *const actions[] = { "hold", "release", "retry", "remove", NULL };
  const char *text;
  g_autofree char *word = gpo_intent_word (rest, &text);
  guint count = 0;
  int action = -1;
  for (int i = 0; actions[i]; i++)
    if (strcmp (actions[i], word) == 0)
      action = i;
  if (action < 0 && strcmp (word, "list") != 0)
    return gpo_intent_wrong (error, "say: queue list, or queue hold|release|retry|remove [ID]");
  if (action < 0 && *text && !gpo_office_post (a->office, text))
    return gpo_intent_wrong (error, "there is no host \"%s\"", text);
  if (action == GPO_QUEUE_REMOVE && !*text)
    return gpo_intent_wrong (error, "say which letter: queue remove ID, or: queue remove all");
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
    return gpo_intent_wrong (error, "no letter \"%s\" is in any queue", text);
  return action < 0 || gpo_answer_count (&a->lines, count);
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
    return gpo_intent_wrong (error, "this office is ended where it was started");
  a->office->stop_asked (a->office->stop_asked_data);
  return TRUE;
}

/* --- the table --- */

static const GpoHost *
host_named (const char *name, gpointer office)
{
  GpoPost *post = gpo_office_post (office, name);
  return post ? post->host : NULL;
}

static const struct
{
  const char *word;
  gboolean (*run) (Answer *a, const char *rest, GError **error);
} intents[] = {
  { "host", do_host }, { "hosts", do_hosts }, { "clock", do_clock }, { "queue", do_queue },
  { "stop", do_stop }, { "note", do_note },   { "lab", do_lab },
};

static gboolean
run (Answer *a, const char *word, const char *rest, GError **error)
{
  const char *const *of_gate = gpo_gate_words ();
  GpoGateAsked gate = { a->office->parts.gate, &a->lines, host_named, a->office };
  if (g_strv_contains (of_gate, word))
    return gpo_gate_carry_out (&gate, word, rest, error);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (; *of_gate; of_gate++)
    g_ptr_array_add (words, (gpointer) *of_gate);
  for (gsize i = 0; i < G_N_ELEMENTS (intents); i++)
    if (strcmp (intents[i].word, word) == 0)
      return intents[i].run (a, rest, error);
    else
      g_ptr_array_add (words, (gpointer) intents[i].word);
  g_ptr_array_add (words, NULL);
  return gpo_intent_unknown (word, (const char *const *) words->pdata, error);
}

char *
gpo_office_carry_out (GpoOffice *office, const char *intent, GError **error)
{
  const char *rest;
  g_autofree char *line = g_strstrip (g_utf8_make_valid (intent, -1));
  g_autofree char *word = gpo_intent_word (line, &rest);
  Answer answer = { .office = office };
  if (office->closing)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the office is closing");
      return NULL;
    }
  gpo_answer_init (&answer.lines);
  char *text = run (&answer, word, rest, error) ? g_strdup (answer.lines.out->str) : NULL;
  gpo_answer_clear (&answer.lines);
  return text;
}

/* --- from other threads --- */

static char *
carry_out (gpointer office, const char *intent, GError **error)
{
  return gpo_office_carry_out (office, intent, error);
}

char *
gpo_office_ask (GpoOffice *office, const char *intent, GError **error)
{
  return gpo_ask_on (office->context, carry_out, office, intent, error);
}

void
gpo_office_tell (GpoOffice *office, const char *intent, void (*done) (char *, const GError *, gpointer),
                 gpointer data)
{
  gpo_tell_on (office->context, carry_out, office, intent, done, data);
}
