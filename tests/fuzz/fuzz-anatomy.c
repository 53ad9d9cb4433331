/* SPDX-License-Identifier: MIT */
/* fuzz-anatomy.c: any bytes are a letter. Its parts tile it (the rules of anatomy.h), and everything that can
 * be asked of them has an answer. */
#include "fuzz-target.h"
#include "letter/anatomy.h"
#include "letter/date.h"
#include "letter/mime.h"
#include "letter/received.h"
#include <string.h>

/* The rules of anatomy.h for one part. */
static void
check_part (const GpoAnatomy *a, gint index)
{
  const GpoPart *p = &a->parts[index];
  gsize at = p->body.start;
  guint n = 0;
  g_assert_cmpuint (p->header.start, ==, p->whole.start);
  g_assert_cmpuint (GPO_SPAN_END (p->header), ==, p->body.start);
  g_assert_cmpuint (GPO_SPAN_END (p->body), ==, GPO_SPAN_END (p->whole));
  g_assert_cmpuint (GPO_SPAN_END (p->whole), <=, a->length);
  g_assert_cmpuint (p->header_lf, ==, gpo_count_bare_lf (a->bytes, p->header));
  g_assert_cmpuint (p->body_lf, ==, gpo_count_bare_lf (a->bytes, p->body));
  g_assert_cmpuint (p->depth, <, GPO_PART_DEPTH_MAX);
  for (gint c = p->first_child; c != GPO_NO_PART; c = a->parts[c].next, n++)
    {
      g_assert_cmpint (a->parts[c].parent, ==, index);
      g_assert_cmpuint (a->parts[c].whole.start, >=, at);
      at = GPO_SPAN_END (a->parts[c].whole);
    }
  g_assert_cmpuint (at, <=, GPO_SPAN_END (p->body));
  g_assert_cmpuint (n, ==, p->n_children);
  if (p->kind == GPO_PART_MESSAGE)
    g_assert_cmpuint (a->parts[p->first_child].whole.length, ==, p->body.length);
  if (p->kind == GPO_PART_MULTIPART)
    g_assert_cmpuint (GPO_SPAN_END (p->epilogue), ==, GPO_SPAN_END (p->body));
}

/* Everything that decodes. */
static void
ask_part (const GpoAnatomy *a, const GpoPart *p)
{
  gsize length;
  g_autofree char *text = gpo_part_text (a, p, &length);
  g_assert_true (g_utf8_validate (text, (gssize) length, NULL));
  g_autofree char *filename = gpo_part_filename (a, p);
  g_assert_true (!filename || g_utf8_validate (filename, -1, NULL));
  gpo_part_is (a, p, "text", NULL);
}

static void
ask_fields (const char *bytes, gsize length)
{
  gsize at = 0;
  gint64 when;
  GpoHeaderField field;
  while (gpo_header_next (bytes, length, &at, &field))
    {
      GpoParameter parameter;
      GpoSpan word, sub;
      g_autofree char *text = gpo_header_decode (bytes + field.value.start, field.value.length);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      gpo_date_parse (bytes + field.value.start, field.value.length, &when, NULL);
      gsize p = gpo_content_words (bytes, field.value, &word, &sub), before = p;
      for (; gpo_parameter_next (bytes, GPO_SPAN_END (field.value), &p, &parameter); before = p)
        {
          g_autofree char *value = gpo_parameter_dup (bytes, &parameter);
          g_assert_cmpuint (p, >, before);
          g_assert_cmpuint (GPO_SPAN_END (parameter.value), <=, GPO_SPAN_END (field.value));
          g_assert_cmpuint (strlen (value), <=, parameter.value.length);
        }
    }
  gpo_received_count (bytes, length);
}

static void
ask_uuencoded (const GpoAnatomy *a)
{
  GpoUuencoded file;
  GpoSpan body = a->parts[0].body;
  for (gsize from = 0; gpo_uu_find (a->bytes, body, from, &file); from = GPO_SPAN_END (file.whole))
    {
      g_autoptr (GBytes) data = gpo_uu_decode (a->bytes, &file);
      g_assert_cmpuint (g_bytes_get_size (data), <=, file.data.length);
      g_assert_cmpuint (GPO_SPAN_END (file.whole), <=, GPO_SPAN_END (body));
      g_assert_cmpuint (GPO_SPAN_END (file.whole), >, from);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, size);
  g_assert_cmpuint (a.parts[0].whole.length, ==, size);
  g_assert_cmpuint (a.parts[0].whole.start, ==, 0);
  for (guint i = 0; i < a.n_parts; i++)
    check_part (&a, (gint) i);
  for (guint i = 0; i < MIN (a.n_parts, 16); i++)
    ask_part (&a, &a.parts[i]);
  for (guint32 n = 0; n < 4; n++)
    g_assert_cmpint (gpo_anatomy_section (&a, (guint32[]){ n, 1, n }, 3), <, (gint) a.n_parts);
  ask_fields (bytes, size);
  ask_uuencoded (&a);
  return 0;
}
