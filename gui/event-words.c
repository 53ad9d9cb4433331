/* SPDX-License-Identifier: MIT */
/* event-words.c: what each kind of event says in a row. */
#include "event-words.h"
#include "i18n.h"
#include <string.h>

/* --- small words --- */

char *
gpo_time_words (gint64 us)
{
  gint64 minutes = us / G_USEC_PER_SEC / 60, hours = minutes / 60;
  double seconds = (double) (us % (60 * G_USEC_PER_SEC)) / G_USEC_PER_SEC;
  if (hours)
    return g_strdup_printf ("%d:%02d:%04.1f", (int) hours, (int) (minutes % 60), seconds);
  if (minutes)
    return g_strdup_printf ("%d:%05.2f", (int) minutes, seconds);
  return g_strdup_printf ("%.3f", seconds);
}

/* "1.5 s", "5 min", "4 h". */
static char *
span_words (gint64 us)
{
  double seconds = (double) us / G_USEC_PER_SEC;
  if (seconds >= 24 * 3600)
    return g_strdup_printf (_ ("%.3g d"), seconds / (24 * 3600));
  if (seconds >= 3600)
    return g_strdup_printf (_ ("%.3g h"), seconds / 3600);
  if (seconds >= 60)
    return g_strdup_printf (_ ("%.3g min"), seconds / 60);
  return g_strdup_printf (_ ("%.2g s"), seconds);
}

char *
gpo_gap_words (gint64 us)
{
  g_autofree char *span = span_words (us);
  return g_strdup_printf (_ ("%s later"), span);
}

char *
gpo_clock_words (const GpoEvent *event, gint64 us)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL),
             *speed = gpo_event_text (event, GPO_FIELD_SPEED, NULL);
  g_autofree char *span = span_words (us);
  if (g_strcmp0 (action, "skip") == 0 && us <= 0)
    return g_strdup (_ ("the office’s clock was moved on"));
  if (g_strcmp0 (action, "skip") == 0)
    return g_strdup_printf (_ ("the office’s clock was moved on by %s"), span);
  if (g_strcmp0 (speed, "0") == 0)
    return g_strdup (_ ("⏸ the office’s clock stands still"));
  return g_strdup_printf (_ ("⏱ the office’s clock runs at %s× real time"), speed ? speed : "?");
}

GpoTone
gpo_session_tone (guint32 session)
{
  static const GpoTone hues[]
      = { GPO_TONE_CLIENT, GPO_TONE_DEFERRED, GPO_TONE_OK, GPO_TONE_ENVELOPE, GPO_TONE_MORE };
  return hues[session % G_N_ELEMENTS (hues)];
}

char *
gpo_size_words (gint64 bytes)
{
  if (bytes < 10000)
    return g_strdup_printf (ngettext ("%d byte", "%d bytes", (gulong) bytes), (int) bytes);
  return g_format_size ((guint64) bytes);
}

static gboolean
is_invisible (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0x61c;
}

char *
gpo_shown_text (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);
  while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  for (const char *p = text, *end = text + length; p < end;)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (out, "\\x%02x", (guchar) *p++);
          continue;
        }
      if (c == '\t' || c == '\r' || c == '\n')
        g_string_append (out, c == '\t' ? "\\t" : c == '\r' ? "\\r" : "\\n");
      else if (is_invisible (c))
        g_string_append_printf (out, "\\u{%x}", c);
      else
        g_string_append_unichar (out, c);
      p = g_utf8_next_char (p);
    }
  return g_string_free (out, FALSE);
}

/* A field's text made harmless, or NULL. The caller frees. */
static char *
shown (const GpoEvent *event, GpoField field)
{
  gsize length;
  const char *text = gpo_event_text (event, field, &length);
  return text ? gpo_shown_text (text, length) : NULL;
}

/* --- tones --- */

static GpoTone
status_tone (const char *status)
{
  if (!status)
    return GPO_TONE_OK;
  if (g_str_has_prefix (status, "NO") || g_str_has_prefix (status, "BAD")
      || g_str_has_prefix (status, "-ERR"))
    return GPO_TONE_REFUSED;
  return g_str_equal (status, "+") ? GPO_TONE_MORE : GPO_TONE_OK;
}

static GpoTone
reply_tone (const GpoEvent *event)
{
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  if (code >= 500)
    return GPO_TONE_REFUSED;
  if (code >= 400)
    return GPO_TONE_DEFERRED;
  if (code >= 300)
    return GPO_TONE_MORE;
  return code ? GPO_TONE_OK : status_tone (gpo_event_text (event, GPO_FIELD_STATUS, NULL));
}

static GpoTone
result_tone (const GpoEvent *event, GpoTone good)
{
  const char *result = gpo_event_text (event, GPO_FIELD_RESULT, NULL);
  return result && strcmp (result, "ok") != 0 ? GPO_TONE_REFUSED : good;
}

static GpoTone
queue_tone (const GpoEvent *event)
{
  const char *state = gpo_event_text (event, GPO_FIELD_STATE, NULL);
  if (state && strcmp (state, "deferred") == 0)
    return GPO_TONE_DEFERRED;
  return state && strcmp (state, "bounced") == 0 ? GPO_TONE_REFUSED : GPO_TONE_LETTER;
}

GpoTone
gpo_event_tone (const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  switch (event->kind)
    {
    case GPO_KIND_LINE:
      return g_strcmp0 (from, "server") == 0 ? reply_tone (event) : GPO_TONE_CLIENT;
    case GPO_KIND_EDGE:
      return reply_tone (event) == GPO_TONE_REFUSED ? GPO_TONE_REFUSED : GPO_TONE_STATE;
    case GPO_KIND_ENVELOPE:
      return GPO_TONE_ENVELOPE;
    case GPO_KIND_DATA:
    case GPO_KIND_LETTER:
    case GPO_KIND_MAILBOX:
      return GPO_TONE_LETTER;
    case GPO_KIND_QUEUE:
      return queue_tone (event);
    case GPO_KIND_AUTH:
    case GPO_KIND_TLS:
    case GPO_KIND_LAB:
      return result_tone (event, GPO_TONE_OK);
    case GPO_KIND_LOOKUP:
      return result_tone (event, GPO_TONE_PLAIN);
    case GPO_KIND_FAULT:
      return GPO_TONE_REFUSED;
    case GPO_KIND_HOLD:
      return GPO_TONE_DEFERRED;
    default:
      return GPO_TONE_PLAIN;
    }
}

const char *
gpo_tone_sign (GpoTone tone)
{
  static const char *const signs[GPO_N_TONES] = { "·", "→", "✓", "…", "!", "✗", "●", "✉", "▤" };
  return signs[tone];
}

/* --- rows --- */

static void
append_part (GString *out, const char *separator, char *text)
{
  if (text && *text)
    g_string_append_printf (out, "%s%s", out->len ? separator : "", text);
  g_free (text);
}

static void
line_words (GpoEventWords *words, const GpoEvent *event)
{
  gsize length;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  const char *ending = gpo_event_text (event, GPO_FIELD_ENDING, NULL);
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  words->wire = TRUE;
  words->from_server = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
  words->sign = words->from_server ? "←" : "→";
  if (!text)
    text = "", length = 0;
  if (words->from_server && code && length >= 3)
    {
      words->lead = g_strndup (text, MIN (length, 4));
      text += MIN (length, 4);
      length -= MIN (length, 4);
      g_strchomp (words->lead);
    }
  words->text = gpo_shown_text (text, length);
  if (ending && strcmp (ending, "lf") == 0)
    words->aside = g_strdup (_ ("ends in a bare LF"));
  else if (ending && strcmp (ending, "none") == 0)
    words->aside = g_strdup (_ ("cut: no line ending"));
}

static void
edge_words (GpoEventWords *words, const GpoEvent *event)
{
  const char *verdict = gpo_event_text (event, GPO_FIELD_VERDICT, NULL);
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  words->from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  words->to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  if (machine && g_str_has_suffix (machine, "-client"))
    words->lead = g_strdup (_ ("client"));
  else if (machine && strcmp (machine, "queue") == 0)
    words->lead = g_strdup (_ ("queue"));
  append_part (text, " ", shown (event, GPO_FIELD_VERB));
  if (verdict && strcmp (verdict, "ok") != 0)
    append_part (text, ": ", g_strdup (verdict));
  words->text = g_string_free (g_steal_pointer (&text), FALSE);
  words->aside = shown (event, GPO_FIELD_SPEC);
}

static void
envelope_words (GpoEventWords *words, const GpoEvent *event)
{
  g_autofree char *sender = shown (event, GPO_FIELD_SENDER), *recipient = shown (event, GPO_FIELD_RECIPIENT);
  g_autofree char *action = shown (event, GPO_FIELD_ACTION);
  words->lead = g_strdup (_ ("envelope"));
  if (recipient)
    words->text = g_strdup_printf (_ ("to <%s>"), recipient);
  else if (sender)
    words->text = g_strdup_printf (_ ("from <%s>"), sender);
  else
    words->text = g_strdup (action && strcmp (action, "clear") == 0 ? _ ("empty again")
                            : action                                ? action
                                                                    : "");
}

static void
data_words (GpoEventWords *words, const GpoEvent *event)
{
  gint64 length = gpo_event_number (event, GPO_FIELD_LENGTH, 0);
  gboolean again = !gpo_event_has (event, GPO_FIELD_TEXT) && !gpo_event_has (event, GPO_FIELD_HIDDEN);
  words->wire = TRUE;
  words->from_server = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
  words->sign = words->from_server ? "⇐" : "⇒";
  g_autofree char *size = gpo_size_words (length);
  words->text = g_strdup_printf (again ? _ ("%s of letter %u, as recorded before") : _ ("%s of letter %u"),
                                 size, event->letter);
}

/* "word: a b c" from fields, for the kinds that need no more. */
static void
field_words (GpoEventWords *words, const GpoEvent *event, const char *lead, const GpoField *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);
  words->lead = g_strdup (lead);
  for (; *fields != GPO_N_FIELDS; fields++)
    {
      GpoFieldIter iter;
      if (!gpo_event_find (event, *fields, &iter))
        continue;
      if (iter.type == GPO_VALUE_NUMBER)
        append_part (text, ", ",
                     g_strdup_printf ("%s %" G_GINT64_FORMAT, gpo_field_name (*fields), iter.number));
      else
        append_part (text, ", ", shown (event, *fields));
    }
  words->text = g_string_free (g_steal_pointer (&text), FALSE);
}

/* What the gate did to a line (it has a session), or what it is set to. */
static const struct
{
  const char *action;
  gboolean session;
  const char *lead, *format; /* format of the text (or filter) */
} holds[] = {
  { "hold", TRUE, N_ ("held"), NULL },
  { "release", TRUE, N_ ("let go"), "" },
  { "drop", TRUE, N_ ("cut on purpose"), "" },
  { "edit", TRUE, N_ ("edited"), N_ ("sent is “%s”") },
  { "on", FALSE, N_ ("gate"), N_ ("everything is held from now on") },
  { "off", FALSE, N_ ("gate"), N_ ("nothing is held any more, but for breakpoints") },
  { "break", FALSE, N_ ("breakpoint"), N_ ("holds what passes: %s") },
  { "unbreak", FALSE, N_ ("breakpoint"), N_ ("taken away: %s") },
  { "enable", FALSE, N_ ("breakpoint"), N_ ("switched on: %s") },
  { "disable", FALSE, N_ ("breakpoint"), N_ ("switched off: %s") },
};

/* A copy of `format` with its %s, if it has one, replaced. */
static char *
with_text (const char *format, const char *text)
{
  const char *mark = strstr (format, "%s");
  if (!mark)
    return g_strdup (format);
  g_autofree char *before = g_strndup (format, (gsize) (mark - format));
  return g_strconcat (before, text ? text : "", mark + 2, NULL);
}

static void
hold_words (GpoEventWords *words, const GpoEvent *event)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  gboolean reply = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
  g_autofree char *text = shown (event, GPO_FIELD_TEXT), *filter = shown (event, GPO_FIELD_FILTER);
  g_autofree char *was = shown (event, GPO_FIELD_WAS);
  for (gsize i = 0; action && i < G_N_ELEMENTS (holds); i++)
    {
      if (strcmp (holds[i].action, action) != 0 || holds[i].session != (event->session != 0))
        continue;
      words->lead = g_strdup (_ (holds[i].lead));
      if (holds[i].format)
        words->text
            = *holds[i].format ? with_text (_ (holds[i].format), text ? text : filter) : g_strdup ("");
      else if (reply && text)
        words->text = g_strdup_printf (_ ("before it is sent: %s"), text);
      else
        words->text = g_strdup (reply ? _ ("before it is sent") : _ ("before it is read"));
      if (was)
        words->aside = g_strdup_printf (_ ("true reply: %s"), was);
      else if (event->session && filter)
        words->aside = g_strdup_printf (_ ("breakpoint %s"), filter);
      return;
    }
  words->lead = g_strdup (_ ("hold"));
  words->text = g_strdup (action ? action : "");
}

#define FIELDS(...) ((const GpoField[]){ __VA_ARGS__, GPO_N_FIELDS })

static void
other_words (GpoEventWords *words, const GpoEvent *event)
{
  switch (event->kind)
    {
    case GPO_KIND_OFFICE:
      field_words (words, event, _ ("office"),
                   FIELDS (GPO_FIELD_ACTION, GPO_FIELD_TITLE, GPO_FIELD_NAME, GPO_FIELD_PERSON,
                           GPO_FIELD_DOMAIN, GPO_FIELD_ROLES, GPO_FIELD_ANSWER, GPO_FIELD_NEXT_HOP));
      break;
    case GPO_KIND_CONNECT:
      field_words (words, event, _ ("connected"),
                   FIELDS (GPO_FIELD_NAME, GPO_FIELD_ROLE, GPO_FIELD_FROM, GPO_FIELD_TO));
      break;
    case GPO_KIND_CLOSE:
      field_words (words, event, _ ("closed"), FIELDS (GPO_FIELD_RESULT, GPO_FIELD_REASON));
      break;
    case GPO_KIND_LETTER:
      words->lead = g_strdup (_ ("letter is whole"));
      words->text = gpo_size_words (gpo_event_number (event, GPO_FIELD_SIZE, 0));
      words->aside = shown (event, GPO_FIELD_NAME);
      break;
    case GPO_KIND_QUEUE:
      field_words (words, event, _ ("queue"),
                   FIELDS (GPO_FIELD_STATE, GPO_FIELD_RECIPIENT, GPO_FIELD_NEXT_HOP, GPO_FIELD_REASON));
      break;
    case GPO_KIND_MAILBOX:
      field_words (
          words, event, _ ("mailbox"),
          FIELDS (GPO_FIELD_MAILBOX, GPO_FIELD_ACTION, GPO_FIELD_COUNT, GPO_FIELD_UID, GPO_FIELD_FLAGS));
      break;
    case GPO_KIND_LOOKUP:
      field_words (words, event, _ ("lookup"),
                   FIELDS (GPO_FIELD_TYPE, GPO_FIELD_DOMAIN, GPO_FIELD_ANSWER, GPO_FIELD_REASON));
      break;
    case GPO_KIND_TLS:
      field_words (words, event, _ ("TLS"), FIELDS (GPO_FIELD_RESULT, GPO_FIELD_MECHANISM, GPO_FIELD_REASON));
      break;
    case GPO_KIND_AUTH:
      field_words (
          words, event, _ ("login"),
          FIELDS (GPO_FIELD_RESULT, GPO_FIELD_PERSON, GPO_FIELD_MECHANISM, GPO_FIELD_TEXT, GPO_FIELD_REASON));
      break;
    case GPO_KIND_HOLD:
      hold_words (words, event);
      break;
    case GPO_KIND_CLOCK:
      words->lead = g_strdup (_ ("clock"));
      words->text
          = gpo_clock_words (event, gpo_event_number (event, GPO_FIELD_DUE, event->time) - event->time);
      break;
    case GPO_KIND_NOTE:
      field_words (words, event, _ ("note"), FIELDS (GPO_FIELD_TEXT));
      break;
    default:
      field_words (words, event, event->kind < GPO_N_KINDS ? gpo_kind_name ((GpoKind) event->kind) : "?",
                   FIELDS (GPO_FIELD_KIND, GPO_FIELD_ACTION, GPO_FIELD_NAME, GPO_FIELD_TEXT, GPO_FIELD_FILTER,
                           GPO_FIELD_SPEED, GPO_FIELD_RESULT, GPO_FIELD_REASON));
      break;
    }
}

void
gpo_event_words_init (GpoEventWords *words, GpoLog *log, const GpoEvent *event)
{
  *words = (GpoEventWords){ .tone = gpo_event_tone (event) };
  words->sign = gpo_tone_sign (words->tone);
  if (event->kind == GPO_KIND_LINE)
    line_words (words, event);
  else if (event->kind == GPO_KIND_EDGE)
    edge_words (words, event);
  else if (event->kind == GPO_KIND_ENVELOPE)
    envelope_words (words, event);
  else if (event->kind == GPO_KIND_DATA)
    data_words (words, event);
  else
    other_words (words, event);
}

void
gpo_event_words_clear (GpoEventWords *words)
{
  g_clear_pointer (&words->lead, g_free);
  g_clear_pointer (&words->text, g_free);
  g_clear_pointer (&words->aside, g_free);
}

char *
gpo_event_line (GpoLog *log, guint64 n, const GpoEvent *event)
{
  g_auto (GpoEventWords) words;
  gpo_event_words_init (&words, log, event);
  g_autofree char *time = gpo_time_words (event->time);
  g_autoptr (GString) out = g_string_new (NULL);
  g_string_append_printf (out, _ ("%s s, event %lu"), time, (gulong) n);
  if (event->host)
    g_string_append_printf (out, ", %s", gpo_symbol_name (event->host));
  if (event->session)
    g_string_append_printf (out, _ (", session %u"), event->session);
  if (words.wire)
    g_string_append_printf (out, ", %s", words.from_server ? _ ("server") : _ ("client"));
  g_string_append (out, ":");
  if (words.lead)
    g_string_append_printf (out, " %s", words.lead);
  if (words.from && words.to)
    g_string_append_printf (out, _ (" from state %s to %s by"), words.from, words.to);
  g_string_append_printf (out, " %s", words.text);
  if (words.aside)
    g_string_append_printf (out, " (%s)", words.aside);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
