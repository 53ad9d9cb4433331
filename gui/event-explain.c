/* SPDX-License-Identifier: MIT */
/* event-explain.c: events in plain words, for the caption under the views. */
#include "event-words.h"
#include "i18n.h"
#include <string.h>

/* What the commands of SMTP are for (RFC 5321 §4.1.1). */
static const struct
{
  const char *verb, *meaning;
} commands[] = {
  { "EHLO", N_ ("the client says who it is and asks which extensions there are") },
  { "HELO", N_ ("the client says who it is, in the old way") },
  { "MAIL", N_ ("a letter begins: to whom reports about it go (the reverse-path)") },
  { "RCPT", N_ ("one recipient more for the envelope (a forward-path)") },
  { "DATA", N_ ("the client wants to send the letter itself") },
  { "BDAT", N_ ("a counted piece of the letter follows; no dot is needed") },
  { "end-of-data", N_ ("a line with a dot alone: the letter is complete") },
  { "RSET", N_ ("the envelope so far is forgotten") },
  { "NOOP", N_ ("nothing is to be done; is anybody there?") },
  { "QUIT", N_ ("the client takes its leave") },
  { "VRFY", N_ ("is there such a person?") },
  { "EXPN", N_ ("who is on that list?") },
  { "HELP", N_ ("the client asks for help") },
  { "STARTTLS", N_ ("from here on everything is to be encrypted") },
  { "AUTH", N_ ("the client logs in") },
  { "connect", N_ ("the server greets whoever has connected") },
};

static const char *
meaning_of (const char *verb)
{
  for (gsize i = 0; verb && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].verb, verb) == 0)
      return _ (commands[i].meaning);
  return NULL;
}

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

static void
explain_line (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL), *meaning = meaning_of (verb);
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") != 0)
    g_string_append_printf (out, _ ("The client says %s: %s."), verb ? verb : "?",
                            meaning ? meaning : _ ("one line"));
  else if (code)
    g_string_append_printf (out, _ ("The server answers %s with %d: %s."), verb ? verb : "?", (int) code,
                            meaning_of_code (code));
  else
    g_string_append (out, _ ("The server says a line."));
}

static void
explain_edge (GString *out, const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL),
             *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL);
  const char *verdict = gpo_event_text (event, GPO_FIELD_VERDICT, NULL);
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  if (g_strcmp0 (from, to) == 0)
    g_string_append_printf (out, _ ("%s: on %s the verdict is %s; the state stays %s."),
                            machine ? machine : "?", verb ? verb : "?", verdict ? verdict : "?",
                            from ? from : "?");
  else
    g_string_append_printf (out, _ ("%s: on %s the verdict is %s, and the state goes from %s to %s."),
                            machine ? machine : "?", verb ? verb : "?", verdict ? verdict : "?",
                            from ? from : "?", to ? to : "?");
  if (spec)
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
      return _ ("A mailbox changed");
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
