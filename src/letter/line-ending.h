/* SPDX-License-Identifier: MIT */
/* line-ending.h: where lines end, for the parsers of this folder: CRLF or a bare LF. */
#pragma once
#include "letter/span.h"
#include <string.h>

G_BEGIN_DECLS

/* The byte behind the line that begins at `at`. */
static inline gsize
gpo_line_end (const char *bytes, gsize end, gsize at)
{
  const char *lf = memchr (bytes + at, '\n', end - at);
  return lf ? (gsize) (lf - bytes) + 1 : end;
}

/* How long the line ending before `end` is: 2, 1 or 0. */
static inline gsize
gpo_ending_length (const char *bytes, gsize start, gsize end)
{
  if (end == start || bytes[end - 1] != '\n')
    return 0;
  return end - start >= 2 && bytes[end - 2] == '\r' ? 2 : 1;
}

/* The byte behind the empty line at `at`, or `at` if there is none. */
static inline gsize
gpo_skip_empty_line (const char *bytes, gsize end, gsize at)
{
  if (at < end && bytes[at] == '\n')
    return at + 1;
  if (end - at >= 2 && bytes[at] == '\r' && bytes[at + 1] == '\n')
    return at + 2;
  return at;
}

/* Whether a span's text is this word, ASCII case ignored. */
static inline gboolean
gpo_span_is (const char *bytes, GpoSpan span, const char *word, gsize length)
{
  return span.length == length && g_ascii_strncasecmp (bytes + span.start, word, length) == 0;
}

G_END_DECLS
