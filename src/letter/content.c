/* SPDX-License-Identifier: MIT */
/* content.c: Content-Type and Content-Disposition taken apart as they stand.
 *
 *   content     := type "/" subtype *(";" parameter)                       RFC 2045 §5.1
 *   disposition := disposition-type *(";" disposition-parm)                RFC 2183 §2
 *   parameter   := attribute "=" value ; value := token / quoted-string
 *
 * with comments and white space anywhere between (RFC 822's habit). Nothing is decoded, so IMAP can
 * show what was sent; mime.c decodes. A value without quotes may hold anything up to white space or
 * ";", since senders forget the quotes. */
#include "letter/mime.h"
#include <string.h>

/* Passes white space and comments, which nest. */
static gsize
skip_cfws (const char *bytes, gsize end, gsize at)
{
  guint depth = 0;
  for (; at < end; at++)
    {
      char c = bytes[at];
      if (c == '(')
        depth++;
      else if (c == ')' && depth)
        depth--;
      else if (c == '\\' && depth && at + 1 < end)
        at++;
      else if (!depth && !g_ascii_isspace (c))
        break;
    }
  return at;
}

/* Takes bytes up to white space or one of `stops`. */
static GpoSpan
take_word (const char *bytes, gsize end, gsize *at, const char *stops)
{
  gsize start = *at;
  while (*at < end && !g_ascii_isspace (bytes[*at]) && !(bytes[*at] && strchr (stops, bytes[*at])))
    (*at)++;
  return (GpoSpan){ start, *at - start };
}

gsize
gpo_content_words (const char *bytes, GpoSpan value, GpoSpan *word, GpoSpan *sub)
{
  gsize end = GPO_SPAN_END (value), at = skip_cfws (bytes, end, value.start);
  *word = take_word (bytes, end, &at, ";/(");
  *sub = (GpoSpan){ at, 0 };
  gsize slash = skip_cfws (bytes, end, at);
  if (slash < end && bytes[slash] == '/')
    {
      at = skip_cfws (bytes, end, slash + 1);
      *sub = take_word (bytes, end, &at, ";/(");
    }
  return at;
}

/* Takes what stands between quotes; the cursor is at the first. */
static GpoSpan
take_quoted (const char *bytes, gsize end, gsize *at)
{
  gsize start = ++*at;
  while (*at < end && bytes[*at] != '"')
    *at += bytes[*at] == '\\' && *at + 1 < end ? 2 : 1;
  GpoSpan span = { start, *at - start };
  if (*at < end)
    (*at)++;
  return span;
}

static gsize
skip_to_semicolon (const char *bytes, gsize end, gsize at)
{
  while (at < end && bytes[at] != ';')
    if (bytes[at] == '"')
      take_quoted (bytes, end, &at);
    else if (bytes[at] == '(')
      at = MAX (skip_cfws (bytes, end, at), at + 1);
    else
      at++;
  return at;
}

gboolean
gpo_parameter_next (const char *bytes, gsize end, gsize *at, GpoParameter *out)
{
  while ((*at = skip_to_semicolon (bytes, end, *at)) < end)
    {
      *at = skip_cfws (bytes, end, *at + 1);
      out->name = take_word (bytes, end, at, "=;(\"");
      *at = skip_cfws (bytes, end, *at);
      if (out->name.length == 0 || *at == end || bytes[*at] != '=')
        continue;
      *at = skip_cfws (bytes, end, *at + 1);
      out->quoted = *at < end && bytes[*at] == '"';
      out->value = out->quoted ? take_quoted (bytes, end, at) : take_word (bytes, end, at, ";");
      return TRUE;
    }
  return FALSE;
}

char *
gpo_parameter_dup (const char *bytes, const GpoParameter *parameter)
{
  char *value = g_strndup (bytes + parameter->value.start, parameter->value.length);
  if (parameter->quoted)
    {
      char *to = value;
      for (const char *from = value; *from; from++)
        {
          if (*from == '\r' || *from == '\n')
            continue; /* folded: RFC 5322 §2.2.3 */
          if (*from == '\\' && from[1])
            from++;
          *to++ = *from;
        }
      *to = 0;
    }
  return value;
}

static gboolean
span_is (const char *bytes, GpoSpan span, const char *word)
{
  return span.length == strlen (word) && g_ascii_strncasecmp (bytes + span.start, word, span.length) == 0;
}

gboolean
gpo_part_is (const GpoAnatomy *anatomy, const GpoPart *part, const char *type, const char *sub)
{
  GpoSpan word, subword;
  gpo_content_words (anatomy->bytes, part->type, &word, &subword);
  if (word.length && subword.length)
    return span_is (anatomy->bytes, word, type) && (!sub || span_is (anatomy->bytes, subword, sub));
  gboolean message = part->digest && !part->type.length;
  return g_ascii_strcasecmp (type, message ? "message" : "text") == 0
         && (!sub || g_ascii_strcasecmp (sub, message ? "rfc822" : "plain") == 0);
}
