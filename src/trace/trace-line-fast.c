/* SPDX-License-Identifier: MIT */
/* trace-line-fast.c: one line of a trace file, if it is strict JSON (RFC 8259): the reader for a million
 * lines. It gives up, without a word, on anything it would have to think about: names that come twice, lone
 * surrogates, leniencies. */
#include "trace/trace-line.h"
#include <json-glib/json-glib.h>
#include <string.h>

/* json-glib, which is asked about nested values, reads them by calling itself. */
#define MAX_DEPTH 64
#define STACK_TEXT 4096

/* --- strings --- */

enum
{
  PLAIN,
  QUOTE,
  BACKSLASH,
  CONTROL,
  HIGH
};
static const guint8 string_class[256] = {
  [0 ... 0x1f] = CONTROL,
  ['"'] = QUOTE,
  ['\\'] = BACKSLASH,
  [0x80 ... 0xff] = HIGH,
};

static inline void
skip_space (GpoTraceLine *line)
{
  while (line->p < line->end && (*line->p == ' ' || *line->p == '\t' || *line->p == '\r' || *line->p == '\n'))
    line->p++;
}

static inline gboolean
skip_char (GpoTraceLine *line, char c)
{
  skip_space (line);
  if (line->p >= line->end || *line->p != c)
    return FALSE;
  line->p++;
  return TRUE;
}

/* Steps over a string behind its opening quote. *length gets the bytes up to the closing one, *escaped
 * whether there are escapes. FALSE if it is not strict or not UTF-8. */
static gboolean
skip_string (GpoTraceLine *line, gsize *length, gboolean *escaped)
{
  const char *start = line->p, *p = start, *end = line->end;
  gboolean high = FALSE;
  *escaped = FALSE;
  for (;;)
    {
      while (p < end && string_class[(guint8) *p] == PLAIN)
        p++;
      if (p >= end)
        return FALSE;
      guint8 class = string_class[(guint8) *p];
      if (class == QUOTE)
        break;
      if (class == CONTROL)
        return FALSE;
      if (class == BACKSLASH)
        {
          *escaped = TRUE;
          p++;
        }
      else
        high = TRUE;
      if (++p > end)
        return FALSE;
    }
  *length = (gsize) (p - start);
  line->p = p + 1;
  return !high || g_utf8_validate_len (start, *length, NULL);
}

/* Four hex digits; -1 if they are none. */
static int
hex4 (const char *s, const char *end)
{
  int code = 0;
  if (end - s < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (s[i]);
      if (digit < 0)
        return -1;
      code = code << 4 | digit;
    }
  return code;
}

/* The bytes that \uXXXX at s (behind the u) stands for. Returns the end of what it read, or NULL. */
static const char *
unescape_unicode (const char *s, const char *end, char **out)
{
  int code = hex4 (s, end);
  s += 4;
  if (code < 0 || (code >= 0xdc00 && code < 0xe000))
    return NULL;
  if (code >= 0xd800 && code < 0xdc00)
    {
      int low = end - s >= 6 && s[0] == '\\' && s[1] == 'u' ? hex4 (s + 2, end) : -1;
      if (low < 0xdc00 || low >= 0xe000)
        return NULL;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      s += 6;
    }
  *out += g_unichar_to_utf8 ((gunichar) code, *out);
  return s;
}

/* Writes the string without its escapes, which is never longer. Returns the end, or NULL. */
static char *
unescape (const char *s, gsize length, char *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *end = s + length;
  while (s < end)
    {
      const char *stop = memchr (s, '\\', (gsize) (end - s));
      if (!stop)
        stop = end;
      memcpy (out, s, (gsize) (stop - s));
      out += stop - s;
      if (stop == end)
        break;
      s = stop + 2;
      const char *at = strchr (from, stop[1]);
      if (at && *at)
        *out++ = to[at - from];
      else if (stop[1] != 'u' || !(s = unescape_unicode (s, end, &out)))
        return NULL;
    }
  return out;
}

static gboolean
read_string (GpoTraceLine *line, gint32 key, gboolean star)
{
  const char *text = ++line->p;
  gsize length;
  gboolean escaped;
  char stack[STACK_TEXT];
  g_autofree char *heap = NULL;
  if (!skip_string (line, &length, &escaped))
    return FALSE;
  if (escaped)
    {
      char *out = length <= sizeof stack ? stack : (heap = g_malloc (length));
      char *end = unescape (text, length, out);
      if (!end)
        return FALSE;
      text = out;
      length = (gsize) (end - out);
    }
  return star ? gpo_trace_line_star (line, key, text, length) : gpo_trace_line_text (line, key, text, length);
}

static gboolean
skip_digits (GpoTraceLine *line)
{
  const char *start = line->p;
  while (line->p < line->end && g_ascii_isdigit (*line->p))
    line->p++;
  return line->p > start;
}

/* number = [ minus ] int [ frac ] [ exp ]   RFC 8259 §6. What is no 64-bit integer is kept as it is. */
static gboolean
read_number (GpoTraceLine *line, gint32 key)
{
  const char *start = line->p;
  gboolean negative = *line->p == '-', integer = TRUE;
  line->p += negative;
  const char *digits = line->p;
  if (!skip_digits (line) || (*digits == '0' && line->p - digits > 1))
    return FALSE;
  gsize n_digits = (gsize) (line->p - digits);
  if (line->p < line->end && *line->p == '.')
    {
      integer = FALSE;
      line->p++;
      if (!skip_digits (line))
        return FALSE;
    }
  if (line->p < line->end && (*line->p == 'e' || *line->p == 'E'))
    {
      integer = FALSE;
      line->p++;
      if (line->p < line->end && (*line->p == '+' || *line->p == '-'))
        line->p++;
      if (!skip_digits (line))
        return FALSE;
    }
  if (!integer || n_digits > 18)
    return gpo_trace_line_json (line, key, start, (gsize) (line->p - start));
  gint64 number = 0;
  for (gsize i = 0; i < n_digits; i++)
    number = number * 10 + (digits[i] - '0');
  return gpo_trace_line_number (line, key, negative ? -number : number);
}

static gboolean
is_json (const char *json, gsize length)
{
  g_autofree char *copy = g_strndup (json, length);
  g_autoptr (JsonNode) node = json_from_string (copy, NULL);
  return node && strlen (copy) == length;
}

/* An object, an array: its end is found here, json-glib says whether it is JSON, and it is kept as it is. */
static gboolean
read_nested (GpoTraceLine *line, gint32 key)
{
  const char *start = line->p;
  guint depth = 0;
  do
    {
      if (line->p >= line->end)
        return FALSE;
      char c = *line->p++;
      gsize length;
      gboolean escaped;
      if (c == '{' || c == '[')
        depth++;
      else if (c == '}' || c == ']')
        depth--;
      else if ((c == '"' && !skip_string (line, &length, &escaped)) || c == '/' || c & 0x80)
        return FALSE;
      if (depth > MAX_DEPTH)
        return FALSE;
    }
  while (depth > 0);
  gsize length = (gsize) (line->p - start);
  return is_json (start, length) && gpo_trace_line_json (line, key, start, length);
}

static gboolean
read_word (GpoTraceLine *line, const char *word)
{
  gsize length = strlen (word);
  if ((gsize) (line->end - line->p) < length || memcmp (line->p, word, length) != 0)
    return FALSE;
  line->p += length;
  return TRUE;
}

static gboolean
read_value (GpoTraceLine *line, gint32 key, gboolean star)
{
  skip_space (line);
  if (line->p >= line->end)
    return FALSE;
  char c = *line->p;
  if (c == '"')
    return read_string (line, key, star);
  if (star)
    return FALSE;
  if (c == '-' || g_ascii_isdigit (c))
    return read_number (line, key);
  if (c == '{' || c == '[')
    return read_nested (line, key);
  if (c == 't')
    return read_word (line, "true") && gpo_trace_line_boolean (line, key, TRUE);
  if (c == 'f')
    return read_word (line, "false") && gpo_trace_line_boolean (line, key, FALSE);
  return read_word (line, "null") && gpo_trace_line_json (line, key, "null", 4);
}

static gboolean
read_member (GpoTraceLine *line)
{
  if (!skip_char (line, '"'))
    return FALSE;
  const char *name = line->p;
  gsize length;
  gboolean escaped;
  if (!skip_string (line, &length, &escaped) || escaped)
    return FALSE;
  gboolean star = length > 1 && name[length - 1] == '*';
  gint32 key = gpo_trace_line_name (name, length - star);
  return key >= 0 && gpo_trace_line_first_time (line, key) && skip_char (line, ':')
         && read_value (line, key, star);
}

gboolean
gpo_trace_line_fast (const char *text, gsize length, GpoEventBuilder *b, guint64 *n)
{
  GpoTraceLine line;
  gpo_trace_line_begin (&line, text, length, b, n);
  gboolean good = skip_char (&line, '{');
  while (good)
    {
      good = read_member (&line);
      skip_space (&line);
      if (!good || line.p >= line.end || *line.p != ',')
        break;
      line.p++;
    }
  good = good && skip_char (&line, '}') && gpo_trace_line_whole (&line);
  skip_space (&line);
  if (good && line.p == line.end)
    return TRUE;
  gpo_event_clear (b);
  return FALSE;
}
