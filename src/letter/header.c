/* SPDX-License-Identifier: MIT */
/* header.c: the fields of a header, one by one, without allocating.
 *
 * A line that is no field ends the header: the same rule wherever a header is read, so that the store,
 * IMAP and the bounce agree on where a body begins.
 *
 * Who calls it: the walk in anatomy.c, and whoever wants one field of a letter. */
#include "letter/anatomy.h"
#include "letter/line-ending.h"
#include <string.h>

static gboolean
is_mbox_line (const char *line, gsize length)
{
  if (length && *line == '>')
    {
      line++;
      length--;
    }
  return length >= 5 && memcmp (line, "From ", 5) == 0;
}

/* field = 1*ftext *WSP ":" unstructured CRLF, ftext = %d33-57 / %d59-126 (RFC 5322 §2.2, §4.5); the
 * value goes on over lines that begin with white space. */
static gboolean
read_field (const char *bytes, gsize end, gsize at, GpoHeaderField *out)
{
  gsize p = at;
  while (p < end && bytes[p] > 32 && bytes[p] < 127 && bytes[p] != ':')
    p++;
  out->name = (GpoSpan){ at, p - at };
  while (p < end && (bytes[p] == ' ' || bytes[p] == '\t'))
    p++;
  if (out->name.length == 0 || p == end || bytes[p] != ':')
    return FALSE;
  gsize value = ++p;
  do
    p = gpo_line_end (bytes, end, p);
  while (p < end && (bytes[p] == ' ' || bytes[p] == '\t'));
  out->whole = (GpoSpan){ at, p - at };
  out->value = (GpoSpan){ value, p - value - gpo_ending_length (bytes, value, p) };
  return TRUE;
}

gboolean
gpo_header_next (const char *bytes, gsize end, gsize *at, GpoHeaderField *out)
{
  while (*at < end)
    {
      if (read_field (bytes, end, *at, out))
        {
          *at = GPO_SPAN_END (out->whole);
          return TRUE;
        }
      if (!is_mbox_line (bytes + *at, end - *at))
        return FALSE;
      *at = gpo_line_end (bytes, end, *at);
    }
  return FALSE;
}

gboolean
gpo_header_find (const char *bytes, GpoSpan header, const char *name, GpoHeaderField *out)
{
  gsize at = header.start, length = strlen (name);
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, out))
    if (gpo_span_is (bytes, out->name, name, length))
      return TRUE;
  return FALSE;
}

GpoSpan
gpo_header_span (const char *bytes, gsize length)
{
  gsize at = 0;
  GpoHeaderField field;
  while (gpo_header_next (bytes, length, &at, &field))
    ;
  return (GpoSpan){ 0, gpo_skip_empty_line (bytes, length, at) };
}

GpoSpan
gpo_span_trim (const char *bytes, GpoSpan span)
{
  while (span.length && g_ascii_isspace (bytes[span.start]))
    {
      span.start++;
      span.length--;
    }
  while (span.length && g_ascii_isspace (bytes[GPO_SPAN_END (span) - 1]))
    span.length--;
  return span;
}

gsize
gpo_count_bare_lf (const char *bytes, GpoSpan span)
{
  gsize bare = 0, end = GPO_SPAN_END (span);
  for (gsize at = span.start; at < end; at = gpo_line_end (bytes, end, at))
    bare += gpo_ending_length (bytes, at, gpo_line_end (bytes, end, at)) == 1;
  return bare;
}
