/* SPDX-License-Identifier: MIT */
/* event-explain.c: events in plain words, for the caption under the views. */
#include "event-words.h"
#include "i18n.h"
#include "verb-words.h"
#include <string.h>

static const char *
meaning_of_code (gint64 code)
{
  if (code >= 500)
    return _ ("no, and trying again will not help");
  if (code >= 400)
    return _ ("not now; try again later");
  if (code >= 300)
    return _ ("go on, more is needed");
  return _ ("done");
}

/* "The client says UID FETCH: …": a command of letters by their UIDs means what it means without. */
static const char *
command_meaning (const GpoEvent *event, const char *verb)
{
  if (verb && g_ascii_strncasecmp (verb, "UID ", 4) == 0)
    verb += 4;
  const char *meaning = gpo_command_meaning ((GpoProtocol) event->protocol, verb);
  return meaning ? meaning : gpo_input_meaning (verb); /* a line of a login is said, too */
}

static void
explain_command (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL), *meaning = command_meaning (event, verb);
  if (meaning)
    g_string_append_printf (out, _ ("The client says %s: %s."), verb, meaning);
  else if (verb)
    g_string_append_printf (out, _ ("The client says %s."), verb);
  else
    g_string_append (out, _ ("The client says a line."));
}

/* The word that tells what a response of IMAP is: "* 2 EXISTS", "a3 NO wrong password", "+ go on". The caller
 * frees. */
static char *
response_word (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \r\n", 4);
  guint n = g_strv_length (words);
  if (n > 0 && strcmp (words[0], "+") == 0)
    return g_strdup ("+");
  if (n > 2 && g_ascii_isdigit (*words[1]))
    return g_ascii_strup (words[2], -1);
  return n > 1 ? g_ascii_strup (words[1], -1) : g_strdup ("");
}

/* An answer has a tag and ends its command; without (`*`) the server tells something (RFC 3501 §2.2.2). */
static void
explain_imap_response (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  g_autofree char *word = response_word (text ? text : "");
  const char *meaning = gpo_response_meaning (word);
  if (strcmp (word, "+") == 0)
    g_string_append (out, _ ("The server says +: go on, more is needed."));
  else if (!meaning)
    g_string_append (out, _ ("The server says a line."));
  else if (verb && text[0] != '*')
    g_string_append_printf (out, _ ("The server answers %s with %s: %s."), verb, word, meaning);
  else
    g_string_append_printf (out, _ ("The server tells, without a tag, %s: %s."), word, meaning);
}

static void
explain_pop3_response (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  if (text && g_str_has_prefix (text, "+OK"))
    g_string_append_printf (out, _ ("The server answers %s with %s: %s."), verb ? verb : "?", "+OK",
                            _ ("it is done"));
  else if (text && g_str_has_prefix (text, "-ERR"))
    g_string_append_printf (out, _ ("The server answers %s with %s: %s."), verb ? verb : "?", "-ERR",
                            _ ("no; the words behind it say why"));
  else
    g_string_append (out, _ ("The server says a line."));
}

static void
explain_line (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") != 0)
    explain_command (out, event);
  else if (event->protocol == GPO_PROTOCOL_IMAP)
    explain_imap_response (out, event);
  else if (event->protocol == GPO_PROTOCOL_POP3)
    explain_pop3_response (out, event);
  else if (code)
    g_string_append_printf (out, _ ("The server answers %s with %d: %s."), verb ? verb : "?", (int) code,
                            meaning_of_code (code));
  else
    g_string_append (out, _ ("The server says a line."));
}

/* What came, and what was made of it. What a command means its line has told. */
static void
explain_input (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL), *input = gpo_input_meaning (verb);
  const char *verdict = gpo_event_text (event, GPO_FIELD_VERDICT, NULL),
             *made = gpo_verdict_meaning (verdict);
  if (input)
    g_string_append_printf (out, _ ("%s – %s: %s"), verb, input, made ? made : verdict);
  else
    g_string_append_printf (out, _ ("%s: %s"), verb ? verb : "?", made ? made : verdict);
}

static void
explain_edge (GString *out, const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  const char *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL);
  explain_input (out, event);
  if (g_strcmp0 (from, to) == 0)
    g_string_append_printf (out, _ ("; the state stays “%s”."), from ? from : "?");
  else
    g_string_append_printf (out, _ ("; the state goes from “%s” to “%s”."), from ? from : "?", to ? to : "?");
  if (spec && strcmp (spec, "design") != 0)
    g_string_append_printf (out, _ (" See %s."), spec);
}

static const char *
fault_words (const GpoEvent *event)
{
  const char *state = gpo_event_text (event, GPO_FIELD_STATE, NULL);
  if (g_strcmp0 (state, "set") == 0)
    return _ ("A fault rule stands from now on");
  if (g_strcmp0 (state, "cleared") == 0)
    return _ ("A fault rule was taken away");
  return _ ("A fault was made on purpose");
}

static const char *
explain_kind (const GpoEvent *event)
{
  switch (event->kind)
    {
    case GPO_KIND_CONNECT:
      return _ ("A connection was made; a session begins");
    case GPO_KIND_CLOSE:
      return _ ("The connection ended, and the session with it");
    case GPO_KIND_DATA:
      return _ ("Bytes of a letter pass on the wire");
    case GPO_KIND_ENVELOPE:
      return _ ("The envelope changed");
    case GPO_KIND_LETTER:
      return _ ("The letter is whole at this host, and what the host has put on top is known");
    case GPO_KIND_LOOKUP:
      return _ ("A question to the office’s own DNS zone, and its answer");
    case GPO_KIND_QUEUE:
      return _ ("The letter’s place in this host’s queue changed");
    case GPO_KIND_MAILBOX:
      return g_strcmp0 (gpo_event_text (event, GPO_FIELD_ACTION, NULL), "holds") == 0
                 ? _ ("Letters from before lie in a mailbox as the office opens again")
                 : _ ("A mailbox changed");
    case GPO_KIND_TLS:
      return _ ("The connection was to be encrypted");
    case GPO_KIND_AUTH:
      return _ ("Somebody logged in, or tried to");
    case GPO_KIND_HOLD:
      return _ ("The gate held a line, or let it go");
    case GPO_KIND_FAULT:
      return fault_words (event);
    case GPO_KIND_CLOCK:
      return _ ("The office’s clock changed its pace or jumped");
    case GPO_KIND_OFFICE:
      return _ ("The office tells about itself");
    default:
      return NULL;
    }
}

char *
gpo_event_explain (GpoLog *log, const GpoEvent *event)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *kind = explain_kind (event);
  if (event->kind == GPO_KIND_LINE)
    explain_line (out, event);
  else if (event->kind == GPO_KIND_EDGE)
    explain_edge (out, event);
  else
    {
      g_auto (GpoEventWords) words;
      gpo_event_words_init (&words, log, event);
      if (kind)
        g_string_append_printf (out, "%s: %s.", kind, words.text);
      else
        g_string_append_printf (out, "%s: %s", words.lead ? words.lead : "?", words.text);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
