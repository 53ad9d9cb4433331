/* SPDX-License-Identifier: MIT */
/* dialogue.c: following what is typed and heard, and making bytes of it.
 *
 * RFC 5321 §4.5.2 doubles the dot at the beginning of a letter's line, and the line that is a dot alone ends
 * the letter; so a dot alone that is typed is that end. RFC 5321 §2.3.8 ends lines with CRLF and nothing
 * else; a bare LF is for the lesson. */
#include "replay/dialogue-private.h"
#include <stdlib.h>
#include <string.h>

GpoDialogue *
gpo_dialogue_new (GpoProtocol protocol)
{
  GpoDialogue *d = g_new0 (GpoDialogue, 1);
  d->protocol = protocol;
  d->log = gpo_log_new ();
  gpo_log_set_limits (d->log, 1000, GPO_LOG_MAX_BYTES);
  d->observer = gpo_observer_new (d->log);
  d->observed = gpo_observed_new (d->observer, protocol, 0, 1);
  d->line = g_string_new (NULL);
  return d;
}

void
gpo_dialogue_free (GpoDialogue *d)
{
  gpo_observed_free (d->observed);
  gpo_observer_free (d->observer);
  gpo_log_free (d->log);
  g_string_free (d->line, TRUE);
  g_free (d->last);
  g_clear_pointer (&d->sasl, gpo_sasl_free);
  g_free (d);
}

/* --- following --- */

void
gpo_dialogue_heard (GpoDialogue *d, const char *bytes, gsize n)
{
  gpo_observed_receive (d->observed, FALSE, bytes, n);
  for (gsize i = 0; i < n; i++)
    {
      if (bytes[i] != '\n')
        {
          if (bytes[i] != '\r' && d->line->len < 65536)
            g_string_append_c (d->line, bytes[i]);
          continue;
        }
      g_free (d->last);
      d->last = g_strdup (d->line->str);
      g_string_truncate (d->line, 0);
    }
}

/* "a12 …": the next tag is a13. */
static void
note_tag (GpoDialogue *d, const char *bytes, gsize n)
{
  if (d->protocol != GPO_PROTOCOL_IMAP || n < 3 || bytes[0] != 'a' || !g_ascii_isdigit (bytes[1]))
    return;
  guint number = (guint) strtoul (bytes + 1, NULL, 10);
  d->n_tags = MAX (d->n_tags, number);
}

void
gpo_dialogue_said (GpoDialogue *d, const char *bytes, gsize n)
{
  g_autofree char *text = g_strndup (bytes, MIN (n, 64));
  if (gpo_dialogue_expects (d) == GPO_TYPED_COMMAND)
    note_tag (d, text, strlen (text));
  gpo_observed_receive (d->observed, TRUE, bytes, n);
}

void
gpo_dialogue_secured (GpoDialogue *d, gboolean good)
{
  gpo_observed_secured (d->observed, good);
}

/* --- where it stands --- */

const char *
gpo_dialogue_state (const GpoDialogue *d)
{
  return gpo_observed_state (d->observed);
}

guint
gpo_dialogue_n_awaited (const GpoDialogue *d)
{
  return gpo_observed_n_asked (d->observed);
}

gboolean
gpo_dialogue_wants_tls (const GpoDialogue *d)
{
  return strcmp (gpo_dialogue_state (d), "tls") == 0;
}

GpoTyped
gpo_dialogue_expects (const GpoDialogue *d)
{
  const char *state = gpo_dialogue_state (d);
  switch (d->observed->client.frame)
    {
    case GPO_FRAME_DOTS:
      return GPO_TYPED_LETTER;
    case GPO_FRAME_OCTETS:
      return GPO_TYPED_LITERAL;
    case GPO_FRAME_WAIT:
      return GPO_TYPED_TOO_EARLY;
    default:
      break;
    }
  if (strcmp (state, "auth") == 0 || strcmp (state, "authenticate") == 0)
    return GPO_TYPED_ANSWER;
  return GPO_TYPED_COMMAND;
}

guint64
gpo_dialogue_left (const GpoDialogue *d)
{
  return d->observed->client.frame == GPO_FRAME_OCTETS ? d->observed->client.octets : 0;
}

gboolean
gpo_dialogue_is_ready (const GpoDialogue *d)
{
  GpoTyped expects = gpo_dialogue_expects (d);
  if (expects == GPO_TYPED_TOO_EARLY || gpo_dialogue_wants_tls (d)
      || strcmp (gpo_dialogue_state (d), "connected") == 0)
    return FALSE;
  return expects != GPO_TYPED_COMMAND || gpo_dialogue_n_awaited (d) == 0 || d->observed->client_goes_on;
}

/* --- bytes --- */

static void
append_line (GString *out, const char *text, gsize length, gboolean letter, GpoTyping how, gboolean *stuffed)
{
  gboolean stuff = letter && !how.unstuffed && length > 1 && text[0] == '.';
  if (stuff)
    g_string_append_c (out, '.');
  if (stuffed)
    *stuffed = stuff;
  g_string_append_len (out, text, (gssize) length);
  g_string_append (out, how.bare_lf ? "\n" : "\r\n");
}

GString *
gpo_dialogue_wire (const GpoDialogue *d, const char *typed, GpoTyping how, gboolean *stuffed)
{
  GString *out = g_string_new (NULL);
  append_line (out, typed, strlen (typed), gpo_dialogue_expects (d) == GPO_TYPED_LETTER, how, stuffed);
  return out;
}

GString *
gpo_dialogue_wire_all (const GpoDialogue *d, const char *text, GpoTyping how)
{
  GString *out = g_string_new (NULL);
  gboolean letter = gpo_dialogue_expects (d) == GPO_TYPED_LETTER;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line; line++)
    {
      g_strchomp (*line);
      if (!**line && !line[1])
        break; /* behind the last line's end */
      append_line (out, *line, strlen (*line), letter, how, NULL);
      if (letter)
        letter = strcmp (*line, ".") != 0;
      else
        letter = d->protocol == GPO_PROTOCOL_SMTP && g_ascii_strcasecmp (*line, "DATA") == 0;
    }
  return out;
}

char *
gpo_dialogue_show (const char *bytes, gsize n)
{
  g_autofree char *text = g_utf8_make_valid (bytes, (gssize) n);
  GString *out = g_string_new (NULL);
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == '\r' || c == '\n')
        g_string_append (out, c == '\r' ? "\\r" : "\\n");
      else if (c < 32 || c == 127)
        g_string_append_printf (out, "\\x%02x", c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}
