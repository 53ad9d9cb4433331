/* SPDX-License-Identifier: MIT */
/* letters.h: for tests: the letters of tests/letters, and what must be true of any anatomy. */
#pragma once
#include "letter/anatomy.h"
#include <check.h>
#include <string.h>

/* The bytes of tests/letters/NAME.eml. */
static inline char *
read_letter (const char *name, gsize *length)
{
  char *bytes = NULL;
  const char *root = g_getenv ("GPO_SOURCE_ROOT");
  g_autofree char *file = g_strdup_printf ("%s/tests/letters/%s.eml", root ? root : ".", name);
  if (!g_file_get_contents (file, &bytes, length, NULL))
    g_error ("cannot read %s", file);
  return bytes;
}

static inline gsize
count_lines (const char *bytes, GpoSpan span)
{
  gsize lines = 0;
  for (gsize i = span.start; i < GPO_SPAN_END (span); i++)
    lines += bytes[i] == '\n';
  return lines;
}

/* What stays true of any letter, whole or broken (anatomy.h). NULL, or what is false. */
static inline const char *
anatomy_fault (const GpoAnatomy *a)
{
  guint reached = 1;
  if (a->parts[0].whole.start != 0 || a->parts[0].whole.length != a->length)
    return "the letter is not the whole";
  for (guint i = 0; i < a->n_parts; i++)
    {
      const GpoPart *p = &a->parts[i];
      if (p->header.start != p->whole.start || GPO_SPAN_END (p->header) != p->body.start
          || GPO_SPAN_END (p->body) != GPO_SPAN_END (p->whole))
        return "header and body are not the part";
      if (GPO_SPAN_END (p->whole) > a->length)
        return "a part passes the end";
      if (p->header_lf != gpo_count_bare_lf (a->bytes, p->header) || p->body_lf != gpo_count_bare_lf (a->bytes, p->body))
        return "bare LFs are miscounted";
      if (p->header_lines != count_lines (a->bytes, p->header) || p->body_lines != count_lines (a->bytes, p->body))
        return "lines are miscounted";
      gsize at = p->body.start;
      guint n = 0;
      for (gint c = p->first_child; c != GPO_NO_PART; c = a->parts[c].next, n++)
        {
          const GpoPart *child = &a->parts[c];
          if (child->parent != (gint) i || child->depth != p->depth + 1)
            return "a child has another parent";
          if (child->whole.start < at || GPO_SPAN_END (child->whole) > GPO_SPAN_END (p->body))
            return "a child overlaps or leaves its parent";
          at = GPO_SPAN_END (child->whole);
        }
      reached += n;
      if (n != p->n_children || (p->kind == GPO_PART_LEAF && n) || (p->kind == GPO_PART_MESSAGE && n != 1))
        return "the number of children is wrong";
      if (p->kind == GPO_PART_MESSAGE
          && (a->parts[p->first_child].whole.start != p->body.start
              || a->parts[p->first_child].whole.length != p->body.length))
        return "an embedded letter does not fill its body";
      if (p->kind == GPO_PART_MULTIPART
          && (p->preamble.start != p->body.start || GPO_SPAN_END (p->epilogue) != GPO_SPAN_END (p->body)))
        return "preamble or epilogue is astray";
    }
  return reached == a->n_parts ? NULL : "a part hangs nowhere";
}
