/* SPDX-License-Identifier: MIT */
/* imap-parser.c: the small clauses of IMAP's grammar: RFC 3501 §9, RFC 7888, RFC 7162.
 *
 *     astring       = 1*ASTRING-CHAR / string
 *     string        = quoted / literal
 *     quoted        = DQUOTE *QUOTED-CHAR DQUOTE
 *     literal       = "{" number ["+"] "}" CRLF *CHAR8
 *     atom          = 1*ATOM-CHAR
 *     ATOM-CHAR     = <any CHAR except "(" ")" "{" SP CTL "%" "*" DQUOTE "\" "]">
 *     ASTRING-CHAR  = ATOM-CHAR / "]"
 *     nstring       = string / nil
 *     flag-list     = "(" [flag *(SP flag)] ")"
 *     date-time     = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 *
 * More is accepted than is written there only where old clients need it: bytes beyond ASCII in quoted strings
 * and atoms (UTF-8 names). */
#include "protocol/imap.h"
#include "protocol/utf7.h"
#include <string.h>

gboolean
gpo_imap_is_atom_char (guchar byte)
{
  return byte > 0x20 && byte != 0x7f && !strchr ("(){%*\"\\]", byte);
}

char
gpo_imap_peek (const GpoImapParser *parser)
{
  return parser->at < parser->length ? parser->text[parser->at] : '\0';
}

gboolean
gpo_imap_skip (GpoImapParser *parser, char byte)
{
  if (parser->at >= parser->length || parser->text[parser->at] != byte)
    return FALSE;
  parser->at++;
  return TRUE;
}

gboolean
gpo_imap_must (GpoImapParser *parser, char byte, const char *what)
{
  return gpo_imap_skip (parser, byte) || gpo_imap_fail (parser, what);
}

gboolean
gpo_imap_space (GpoImapParser *parser)
{
  return gpo_imap_must (parser, ' ', "a space");
}

gboolean
gpo_imap_at_end (GpoImapParser *parser)
{
  return parser->at == parser->length || gpo_imap_fail (parser, "the end of the line");
}

gboolean
gpo_imap_word (GpoImapParser *parser, const char *word)
{
  gsize n = strlen (word), end = parser->at + n;
  if (end > parser->length || g_ascii_strncasecmp (parser->text + parser->at, word, n) != 0)
    return FALSE;
  if (end < parser->length && gpo_imap_is_atom_char (parser->text[end])
      && gpo_imap_is_atom_char (word[n - 1]))
    return FALSE;
  parser->at = end;
  return TRUE;
}

gboolean
gpo_imap_atom (GpoImapParser *parser, const char **text, gsize *length, const char *what)
{
  gsize start = parser->at;
  while (parser->at < parser->length && gpo_imap_is_atom_char (parser->text[parser->at]))
    parser->at++;
  *text = parser->text + start;
  *length = parser->at - start;
  return *length > 0 || gpo_imap_fail (parser, what);
}

/* --- strings --- */

static gboolean
quoted (GpoImapParser *parser, char **text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (parser->at++; parser->at < parser->length; parser->at++)
    {
      char c = parser->text[parser->at];
      if (c == '"')
        {
          parser->at++;
          *text = g_string_free (g_steal_pointer (&out), FALSE);
          return TRUE;
        }
      if (c == '\\')
        {
          parser->at++;
          c = gpo_imap_peek (parser);
          if (c != '"' && c != '\\')
            return gpo_imap_fail (parser, "\" or \\ behind a backslash");
        }
      if (c == '\0' || c == '\r' || c == '\n')
        return gpo_imap_fail (parser, "no NUL, CR or LF in a quoted string");
      g_string_append_c (out, c);
    }
  return gpo_imap_fail (parser, "a closing \"");
}

static gboolean
literal (GpoImapParser *parser, char **text)
{
  guint64 size = 0;
  parser->at++;
  if (!g_ascii_isdigit (gpo_imap_peek (parser)))
    return gpo_imap_fail (parser, "the literal's size");
  for (; g_ascii_isdigit (gpo_imap_peek (parser)) && size <= G_MAXUINT32; parser->at++)
    size = size * 10 + (parser->text[parser->at] - '0');
  gpo_imap_skip (parser, '+');
  if (!gpo_imap_skip (parser, '}') || !gpo_imap_skip (parser, '\r') || !gpo_imap_skip (parser, '\n'))
    return gpo_imap_fail (parser, "} and a line end");
  if (size > parser->length - parser->at)
    return gpo_imap_fail (parser, "the literal's bytes");
  if (memchr (parser->text + parser->at, '\0', size))
    return gpo_imap_fail (parser, "no NUL in a literal");
  *text = g_strndup (parser->text + parser->at, size);
  parser->at += size;
  return TRUE;
}

gboolean
gpo_imap_string (GpoImapParser *parser, char **text, const char *what)
{
  char c = gpo_imap_peek (parser);
  if (c == '"')
    return quoted (parser, text);
  if (c == '{')
    return literal (parser, text);
  return gpo_imap_fail (parser, what);
}

/* An atom with the bytes of `also` in it, or a string. */
static gboolean
string_or_atom (GpoImapParser *parser, char **text, const char *also, const char *what)
{
  char c = gpo_imap_peek (parser);
  if (c == '"' || c == '{')
    return gpo_imap_string (parser, text, what);
  gsize start = parser->at;
  while (parser->at < parser->length
         && (gpo_imap_is_atom_char (parser->text[parser->at])
             || (parser->text[parser->at] && strchr (also, parser->text[parser->at]))))
    parser->at++;
  if (parser->at == start)
    return gpo_imap_fail (parser, what);
  *text = g_strndup (parser->text + start, parser->at - start);
  return TRUE;
}

gboolean
gpo_imap_astring (GpoImapParser *parser, char **text, const char *what)
{
  return string_or_atom (parser, text, "]", what);
}

gboolean
gpo_imap_nstring (GpoImapParser *parser, char **text, const char *what)
{
  *text = NULL;
  return gpo_imap_word (parser, "NIL") || gpo_imap_string (parser, text, what);
}

/* What is no modified UTF-7 is taken as it is, if it is UTF-8: so many clients send names. */
static gboolean
decode_name (GpoImapParser *parser, gsize start, char *raw, char **name)
{
  *name = gpo_utf7_decode (raw, strlen (raw));
  if (!*name && g_utf8_validate (raw, -1, NULL))
    {
      *name = raw;
      return TRUE;
    }
  g_free (raw);
  if (*name)
    return TRUE;
  parser->at = start;
  return gpo_imap_fail (parser, "a mailbox name in modified UTF-7 or UTF-8");
}

gboolean
gpo_imap_mailbox (GpoImapParser *parser, char **name)
{
  char *raw = NULL;
  gsize start = parser->at;
  return gpo_imap_astring (parser, &raw, "a mailbox name") && decode_name (parser, start, raw, name);
}

gboolean
gpo_imap_list_mailbox (GpoImapParser *parser, char **pattern)
{
  char *raw = NULL;
  gsize start = parser->at;
  return string_or_atom (parser, &raw, "]%*", "a mailbox pattern")
         && decode_name (parser, start, raw, pattern);
}

/* --- numbers --- */

gboolean
gpo_imap_number64 (GpoImapParser *parser, guint64 *number, const char *what)
{
  guint64 n = 0;
  if (!g_ascii_isdigit (gpo_imap_peek (parser)))
    return gpo_imap_fail (parser, what);
  for (; g_ascii_isdigit (gpo_imap_peek (parser)); parser->at++)
    {
      guint digit = parser->text[parser->at] - '0';
      if (n > ((guint64) G_MAXINT64 - digit) / 10)
        return gpo_imap_fail (parser, "a number of at most 63 bits");
      n = n * 10 + digit;
    }
  *number = n;
  return TRUE;
}

gboolean
gpo_imap_number (GpoImapParser *parser, guint32 *number, const char *what)
{
  guint64 n;
  gsize start = parser->at;
  if (!gpo_imap_number64 (parser, &n, what))
    return FALSE;
  if (n > G_MAXUINT32)
    {
      parser->at = start;
      return gpo_imap_fail (parser, "a number of at most 32 bits");
    }
  *number = n;
  return TRUE;
}

/* --- dates --- */

static gboolean
digits (GpoImapParser *parser, guint least, guint most, int *number)
{
  guint n = 0;
  *number = 0;
  for (; n < most && g_ascii_isdigit (gpo_imap_peek (parser)); n++)
    *number = *number * 10 + (parser->text[parser->at++] - '0');
  return n >= least;
}

static gboolean
month (GpoImapParser *parser, int *number)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (parser->length - parser->at < 3)
    return FALSE;
  for (*number = 1; *number <= 12; (*number)++)
    if (g_ascii_strncasecmp (parser->text + parser->at, names + 3 * (*number - 1), 3) == 0)
      {
        parser->at += 3;
        return TRUE;
      }
  return FALSE;
}

/* date-text = date-day "-" date-month "-" date-year */
static gboolean
day (GpoImapParser *parser, gint64 *out)
{
  int d, m, y;
  if (!digits (parser, 1, 2, &d) || !gpo_imap_skip (parser, '-') || !month (parser, &m)
      || !gpo_imap_skip (parser, '-') || !digits (parser, 4, 4, &y) || !g_date_valid_dmy (d, m, y))
    return FALSE;
  GDate date, epoch;
  g_date_clear (&date, 1);
  g_date_clear (&epoch, 1);
  g_date_set_dmy (&date, d, m, y);
  g_date_set_dmy (&epoch, 1, 1, 1970);
  *out = g_date_days_between (&epoch, &date);
  return TRUE;
}

gboolean
gpo_imap_date (GpoImapParser *parser, gint64 *out)
{
  gsize start = parser->at;
  gboolean in_quotes = gpo_imap_skip (parser, '"');
  if (day (parser, out) && (!in_quotes || gpo_imap_skip (parser, '"')))
    return TRUE;
  parser->at = start;
  return gpo_imap_fail (parser, "a date like 1-Feb-1994");
}

gboolean
gpo_imap_parse_day (const char *text, gsize length, gint64 *out)
{
  GpoImapParser parser = { .text = text, .length = length };
  return day (&parser, out);
}

static gboolean
time_and_zone (GpoImapParser *parser, gint64 *seconds)
{
  int h, m, s, zone;
  if (!digits (parser, 2, 2, &h) || !gpo_imap_skip (parser, ':') || !digits (parser, 2, 2, &m)
      || !gpo_imap_skip (parser, ':') || !digits (parser, 2, 2, &s) || !gpo_imap_skip (parser, ' '))
    return FALSE;
  gboolean west = gpo_imap_peek (parser) == '-';
  if ((!gpo_imap_skip (parser, '-') && !gpo_imap_skip (parser, '+')) || !digits (parser, 4, 4, &zone)
      || h > 23 || m > 59 || s > 60 || zone % 100 > 59)
    return FALSE;
  int offset = (zone / 100 * 60 + zone % 100) * 60;
  *seconds = h * 3600 + m * 60 + s + (west ? offset : -offset);
  return TRUE;
}

gboolean
gpo_imap_date_time (GpoImapParser *parser, gint64 *seconds)
{
  gsize start = parser->at;
  gint64 days, rest;
  if (gpo_imap_skip (parser, '"') && (gpo_imap_skip (parser, ' ') || TRUE) && day (parser, &days)
      && gpo_imap_skip (parser, ' ') && time_and_zone (parser, &rest) && gpo_imap_skip (parser, '"'))
    {
      *seconds = days * 86400 + rest;
      return TRUE;
    }
  parser->at = start;
  return gpo_imap_fail (parser, "a date like \"17-Jul-1996 02:44:25 -0700\"");
}

/* --- flags --- */

static const char *const system_flags[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft" };

static gboolean
system_flag (GpoImapParser *parser, guint32 *flags)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    if (gpo_imap_word (parser, system_flags[i]))
      {
        *flags |= 1u << i;
        return TRUE;
      }
  return gpo_imap_fail (parser, "\\Seen, \\Answered, \\Flagged, \\Deleted, \\Draft or a keyword");
}

static gboolean
one_flag (GpoImapParser *parser, guint32 *flags, GPtrArray *keywords)
{
  const char *text;
  gsize length;
  if (gpo_imap_peek (parser) == '\\')
    return system_flag (parser, flags);
  if (!gpo_imap_atom (parser, &text, &length, "a flag"))
    return FALSE;
  g_ptr_array_add (keywords, g_strndup (text, length));
  return TRUE;
}

gboolean
gpo_imap_flags (GpoImapParser *parser, gboolean parentheses, guint32 *flags, GPtrArray *keywords)
{
  gboolean list = gpo_imap_skip (parser, '(');
  *flags = 0;
  if (!list && parentheses)
    return gpo_imap_fail (parser, "a list of flags in parentheses");
  if (list && gpo_imap_skip (parser, ')'))
    return TRUE;
  do
    if (!one_flag (parser, flags, keywords))
      return FALSE;
  while (gpo_imap_skip (parser, ' '));
  return !list || gpo_imap_must (parser, ')', "a space or \")\"");
}

/* --- literals at the end of a line --- */

gboolean
gpo_imap_literal_at_end (const char *line, gsize length, guint64 *size, gboolean *sync)
{
  gsize i = length;
  guint64 scale = 1;
  if (i < 3 || line[--i] != '}')
    return FALSE;
  *sync = line[i - 1] != '+';
  if (!*sync)
    i--;
  gsize end = i;
  for (*size = 0; i > 0 && g_ascii_isdigit (line[i - 1]) && end - i < 19; i--, scale *= 10)
    *size += (guint64) (line[i - 1] - '0') * scale;
  return i < end && i > 0 && line[i - 1] == '{';
}
