/* SPDX-License-Identifier: MIT */
/* gate-intents.c: a table of words; each is one function that gets the rest of the line. */
#include "office/gate-intents.h"
#include <gio/gio.h>
#include <string.h>

/* --- holding --- */

static gboolean
do_hold (GpoGateAsked *g, const char *rest, GError **error)
{
  gboolean on = strcmp (rest, "on") == 0;
  if (!on && strcmp (rest, "off") != 0)
    return gpo_intent_wrong (error, "say: hold on, or: hold off");
  gpo_gate_hold_all (g->gate, on);
  return TRUE;
}

static gboolean
do_step (GpoGateAsked *g, const char *rest, GError **error)
{
  return gpo_answer_count (g->lines, gpo_gate_step (g->gate));
}

static gboolean
do_release (GpoGateAsked *g, const char *rest, GError **error)
{
  guint64 session = 0;
  if (*rest && !g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &session, NULL))
    return gpo_intent_wrong (error, "\"%s\" is no number of a session", rest);
  return gpo_answer_count (g->lines, gpo_gate_release (g->gate, (guint32) session, NULL));
}

static gboolean
do_edit (GpoGateAsked *g, const char *rest, GError **error)
{
  guint64 session;
  const char *text;
  g_autofree char *number = gpo_intent_word (rest, &text);
  if (!g_ascii_string_to_unsigned (number, 10, 1, G_MAXUINT32, &session, NULL) || !*text)
    return gpo_intent_wrong (error, "say: edit SESSION REPLY, for example: edit 3 451 4.3.0 Not now");
  if (!gpo_gate_release (g->gate, (guint32) session, text))
    return gpo_intent_wrong (error, "no reply is held in session %s", number);
  return gpo_answer_count (g->lines, 1);
}

static gboolean
do_break (GpoGateAsked *g, const char *rest, GError **error)
{
  GpoFilter *filter = *rest ? gpo_filter_parse (rest, NULL, error) : NULL;
  if (!*rest)
    return gpo_intent_wrong (error, "say where to hold: break verb = DATA");
  if (!filter)
    return FALSE;
  gpo_answer_begin (g->lines);
  gpo_answer_number (g->lines, "breakpoint", gpo_gate_break (g->gate, filter));
  gpo_answer_end (g->lines);
  return TRUE;
}

static gboolean
do_unbreak (GpoGateAsked *g, const char *rest, GError **error)
{
  guint64 id = 0;
  if (*rest && !g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &id, NULL))
    return gpo_intent_wrong (error, "\"%s\" is no number of a breakpoint", rest);
  return gpo_answer_count (g->lines, gpo_gate_unbreak (g->gate, (guint) id));
}

/* "enable 2", "disable 2". */
static gboolean
set_enabled (GpoGateAsked *g, const char *rest, gboolean enabled, GError **error)
{
  guint64 id;
  if (!g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &id, NULL))
    return gpo_intent_wrong (error, "say which breakpoint: %s 1", enabled ? "enable" : "disable");
  if (!gpo_gate_enable (g->gate, (guint) id, enabled))
    return gpo_intent_wrong (error, "there is no breakpoint %u", (guint) id);
  return TRUE;
}

static gboolean
do_enable (GpoGateAsked *g, const char *rest, GError **error)
{
  return set_enabled (g, rest, TRUE, error);
}

static gboolean
do_disable (GpoGateAsked *g, const char *rest, GError **error)
{
  return set_enabled (g, rest, FALSE, error);
}

static gboolean
do_drop (GpoGateAsked *g, const char *rest, GError **error)
{
  guint64 session;
  if (!g_ascii_string_to_unsigned (rest, 10, 1, G_MAXUINT32, &session, NULL))
    return gpo_intent_wrong (error, "say which session: drop 3");
  if (!gpo_gate_drop (g->gate, (guint32) session))
    return gpo_intent_wrong (error, "nothing is held in session %u", (guint) session);
  return gpo_answer_count (g->lines, 1);
}

static void
tell_held (const GpoHeld *held, gpointer data)
{
  GpoAnswerLines *a = data;
  gpo_answer_begin (a);
  gpo_answer_number (a, "session", held->session);
  gpo_answer_number (a, "event", (gint64) held->event);
  gpo_answer_text (a, "holds", held->reply ? "reply" : "command");
  gpo_answer_text (a, "text", held->text);
  gpo_answer_end (a);
}

static void
tell_break (guint id, const char *filter, gboolean enabled, gpointer data)
{
  GpoAnswerLines *a = data;
  gpo_answer_begin (a);
  gpo_answer_number (a, "breakpoint", id);
  gpo_answer_text (a, "filter", filter);
  gpo_answer_boolean (a, "enabled", enabled);
  gpo_answer_end (a);
}

static gboolean
do_held (GpoGateAsked *g, const char *rest, GError **error)
{
  gpo_gate_each_break (g->gate, tell_break, g->lines);
  gpo_gate_each_held (g->gate, tell_held, g->lines);
  return TRUE;
}

/* --- faults --- */

static void
tell_fault (const GpoFault *fault, gpointer data)
{
  GpoAnswerLines *a = data;
  gpo_answer_begin (a);
  gpo_answer_text (a, "fault", fault->name);
  gpo_answer_text (a, "host", fault->host ? gpo_symbol_name (fault->host) : NULL);
  gpo_answer_text (a, "when", gpo_filter_text (fault->when));
  gpo_answer_text (a, "do", fault->action);
  gpo_answer_number (a, "times", fault->times);
  gpo_answer_number (a, "acted", fault->acted);
  gpo_answer_end (a);
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

static const GpoHost *
host_named (GpoGateAsked *g, const char *name)
{
  return g->host ? g->host (name, g->data) : NULL;
}

/* NAME [at HOST] when FILTER do ACTION [times N]: the last " do " parts them, since a filter may hold such a
 * word in quotes. */
static gboolean
add_fault (GpoGateAsked *g, const char *rest, GError **error)
{
  const char *text, *after;
  g_autofree char *name = gpo_intent_word (rest, &text), *at = NULL;
  guint64 times = 0;
  if (g_str_has_prefix (text, "at "))
    {
      at = gpo_intent_word (text + 3, &after);
      text = after;
    }
  const char *split = g_strrstr (text, " do ");
  const GpoHost *host = at ? host_named (g, at) : NULL;
  if (!*name || !g_str_has_prefix (text, "when ") || !split || split < text + 4)
    return gpo_intent_wrong (error, "say: fault add NAME [at HOST] when FILTER do ACTION [times N]");
  if (at && !host)
    return gpo_intent_wrong (error, "there is no host \"%s\"", at);
  g_autofree char *when = g_strndup (text + 5, (gsize) (split - text - 4));
  g_autofree char *action = g_strdup (split + 4);
  char *n = g_strrstr (action, " times ");
  if (n && g_ascii_string_to_unsigned (n + 7, 10, 0, 1000000, &times, NULL))
    *n = 0;
  GpoFault *fault = make_fault (name, host, g_strstrip (when), action, (guint) times, error);
  if (!fault)
    return FALSE;
  gpo_gate_add_fault (g->gate, fault);
  gpo_gate_tell_fault (g->gate, fault, TRUE);
  return TRUE;
}

static gboolean
remove_fault (GpoGateAsked *g, const char *name, GError **error)
{
  const GpoFault *fault = gpo_gate_fault (g->gate, name);
  if (!fault)
    return gpo_intent_wrong (error, "there is no fault \"%s\"", name);
  gpo_gate_tell_fault (g->gate, fault, FALSE);
  gpo_gate_remove_fault (g->gate, name);
  return TRUE;
}

static gboolean
clear_faults (GpoGateAsked *g, const char *host, GError **error)
{
  const GpoHost *named = *host ? host_named (g, host) : NULL;
  if (*host && !named)
    return gpo_intent_wrong (error, "there is no host \"%s\"", host);
  return gpo_answer_count (g->lines, gpo_gate_clear_faults (g->gate, named ? named->symbol : 0));
}

static gboolean
do_fault (GpoGateAsked *g, const char *rest, GError **error)
{
  const char *text;
  g_autofree char *word = gpo_intent_word (rest, &text);
  if (strcmp (word, "add") == 0)
    return add_fault (g, text, error);
  if (strcmp (word, "remove") == 0)
    return remove_fault (g, text, error);
  if (strcmp (word, "clear") == 0)
    return clear_faults (g, text, error);
  if (strcmp (word, "list") != 0)
    return gpo_intent_wrong (error, "say: fault add, fault remove NAME, fault clear [HOST] or fault list");
  gpo_gate_each_fault (g->gate, tell_fault, g->lines);
  return TRUE;
}

/* --- the table --- */

static const struct
{
  gboolean (*run) (GpoGateAsked *g, const char *rest, GError **error);
} runs[] = { { do_hold },   { do_step },    { do_release }, { do_edit }, { do_break }, { do_unbreak },
             { do_enable }, { do_disable }, { do_held },    { do_drop }, { do_fault } };

const char *const *
gpo_gate_words (void)
{
  static const char *const words[] = { "hold",   "step",    "release", "edit", "break", "unbreak",
                                       "enable", "disable", "held",    "drop", "fault", NULL };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == G_N_ELEMENTS (runs) + 1);
  return words;
}

gboolean
gpo_gate_carry_out (GpoGateAsked *asked, const char *word, const char *rest, GError **error)
{
  const char *const *words = gpo_gate_words ();
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    if (strcmp (words[i], word) == 0)
      return runs[i].run (asked, rest, error);
  return gpo_intent_unknown (word, words, error);
}
