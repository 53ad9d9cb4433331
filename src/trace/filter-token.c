/* SPDX-License-Identifier: MIT */
/* filter-token.c: the tokens of a filter's text: words, quoted texts, regular expressions, operators; and
 * what a word says as a number, a quoted text as bytes. The grammar stands in filter-parse.c. */
#include "trace/filter-internal.h"
#include <string.h>

static gboolean
is_word (char c)
{
  return (guchar) c > ' ' && c != 0x7f && !strchr ("()\"=<>!~", c);
}

/* The end behind the closing `quote`, or 0 if it is not closed. A backslash hides what follows. */
static gsize
quoted_end (const char *text, gsize position, char quote)
{
  for (gsize i = position + 1; text[i]; i++)
    if (text[i] == '\\' && text[i + 1])
      i++;
    else if (text[i] == quote)
      return i + 1;
  return 0;
}

GpoToken
gpo_filter_token (const char *text, gsize position, gboolean value)
{
  while (g_ascii_isspace (text[position]))
    position++;
  GpoToken token = { GPO_TOKEN_BAD, position, position + 1 };
  char c = text[position], next = c ? text[position + 1] : 0;
  if (!c)
    return (GpoToken){ GPO_TOKEN_END, position, position };
  if (c == '(' || c == ')')
    token.type = c == '(' ? GPO_TOKEN_OPEN : GPO_TOKEN_CLOSE;
  else if (c == '"' || (c == '/' && value))
    {
      gsize end = quoted_end (text, position, c);
      token.end = end ? end : position + strlen (text + position);
      if (end)
        token.type = c == '"' ? GPO_TOKEN_QUOTED : GPO_TOKEN_REGEX;
      if (end && c == '/' && text[end] == 'i')
        token.end++;
    }
  else if (strchr ("=<>~", c) || (c == '!' && (next == '=' || next == '~')))
    {
      token.type = GPO_TOKEN_OP;
      token.end += c == '!' || (strchr ("<>=", c) && next == '=');
    }
  else if (is_word (c))
    {
      token.type = GPO_TOKEN_WORD;
      while (is_word (text[token.end]))
        token.end++;
    }
  return token;
}

gboolean
gpo_token_is (const char *text, GpoToken token, const char *word)
{
  gsize length = strlen (word);
  return token.type == GPO_TOKEN_WORD && token.end - token.start == length
         && g_ascii_strncasecmp (text + token.start, word, length) == 0;
}

gboolean
gpo_token_number (const char *word, gint64 *number)
{
  static const struct
  {
    const char *word;
    double factor;
  } units[] = { { "", 1 },       { "us", 1 },      { "ms", 1e3 }, { "s", 1e6 }, { "min", 60e6 },
                { "h", 3600e6 }, { "d", 86400e6 }, { "k", 1000 }, { "M", 1e6 } };
  const char *digits = word + (*word == '-'), *rest = digits;
  while (g_ascii_isdigit (*rest))
    rest++;
  if (rest == digits || rest - digits > 18)
    return FALSE;
  gboolean decimal = *rest == '.' && g_ascii_isdigit (rest[1]);
  if (decimal)
    for (rest++; g_ascii_isdigit (*rest);)
      rest++;
  for (guint i = decimal ? 2 : 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (rest, units[i].word) == 0)
      {
        double value = g_ascii_strtod (word, NULL) * units[i].factor;
        if (value > 9e18 || value < -9e18)
          return FALSE;
        *number = units[i].factor == 1 ? g_ascii_strtoll (word, NULL, 10)
                                       : (gint64) (value + (value < 0 ? -0.5 : 0.5));
        return TRUE;
      }
  return FALSE;
}

GString *
gpo_token_unquote (const char *text, gsize start, gsize end)
{
  static const char from[] = "rnt0\"\\", to[] = "\r\n\t\0\"\\";
  GString *out = g_string_new (NULL);
  for (gsize i = start + 1; i + 1 < end; i++)
    {
      const char *at = text[i] == '\\' && text[i + 1] ? strchr (from, text[i + 1]) : NULL;
      if (at)
        g_string_append_c (out, to[at - from]);
      else if (text[i] == '\\' && text[i + 1] == 'x' && g_ascii_isxdigit (text[i + 2])
               && g_ascii_isxdigit (text[i + 3]))
        {
          g_string_append_c (
              out, (char) (g_ascii_xdigit_value (text[i + 2]) << 4 | g_ascii_xdigit_value (text[i + 3])));
          i += 2;
        }
      else
        {
          g_string_append_c (out, text[i]);
          continue;
        }
      i++;
    }
  return out;
}
