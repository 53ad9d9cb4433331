/* SPDX-License-Identifier: MIT */
/* fuzz-trace.c: any bytes as a trace file. Nothing crashes; what the fast reader takes the slow one
 * takes too, as the same event; and what was read and written is read and written as the same line. */
#include "fuzz-target.h"
#include <string.h>
#include "trace/trace-read.h"
#include "trace/trace-line.h"
#include "trace/trace-write.h"
#include "trace/transcript.h"

/* Values of newer versions may be spelled in several ways; numbers and their like are compared so. */
static gboolean
has_json (const GpoEvent *event)
{
  GpoFieldIter iter;
  gpo_field_iter_init (&iter, event);
  while (gpo_field_iter_next (&iter))
    if (iter.type == GPO_VALUE_JSON)
      return TRUE;
  return FALSE;
}

static void
same_line (GpoEventBuilder *a, GpoEventBuilder *b)
{
  g_autoptr (GString) one = g_string_new (NULL), other = g_string_new (NULL);
  gpo_trace_write_event (one, NULL, 0, gpo_event_peek (a));
  gpo_trace_write_event (other, NULL, 0, gpo_event_peek (b));
  g_assert_cmpstr (one->str, ==, other->str);
}

static void
compare_readers (const char *line, gsize length)
{
  GpoEventBuilder fast, slow;
  guint64 fast_n, slow_n;
  g_autoptr (GError) error = NULL;
  if (!gpo_trace_line_fast (line, length, &fast, &fast_n))
    return;
  g_autofree char *copy = g_strndup (line, length);
  /* json-glib cannot hold a NUL; the slow reader says so. */
  if (!strstr (copy, "\\u0000") && !has_json (gpo_event_peek (&fast)))
    {
      g_assert_true (gpo_trace_line_slow (line, length, &slow, &slow_n, &error));
      g_assert_cmpuint (fast_n, ==, slow_n);
      same_line (&fast, &slow);
      gpo_event_clear (&slow);
    }
  gpo_event_clear (&fast);
}

static void
check_event (GpoLog *log, guint64 n, GpoTranscript *transcript)
{
  const GpoEvent *event = gpo_log_get (log, n);
  g_autoptr (GString) line = g_string_new (NULL), again = g_string_new (NULL), shown = g_string_new (NULL);
  gpo_trace_write_event (line, log, n, event);
  g_assert_true (g_utf8_validate (line->str, (gssize) line->len, NULL));
  for (gsize i = 0; i + 1 < line->len; i++)
    g_assert_true ((guchar) line->str[i] >= 0x20 && line->str[i] != 0x7f);
  GpoEventBuilder b;
  guint64 number;
  g_assert_true (gpo_trace_line_fast (line->str, line->len - 1, &b, &number));
  g_assert_cmpuint (number, ==, n);
  gpo_trace_write_event (again, NULL, n, gpo_event_peek (&b));
  g_assert_cmpstr (line->str, ==, again->str);
  gpo_event_clear (&b);
  gpo_transcript_add (transcript, log, n, event, shown);
  g_assert_true (g_utf8_validate (shown->str, (gssize) shown->len, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "fuzz");
  g_autoptr (GpoTranscript) transcript = gpo_transcript_new (GPO_TRANSCRIPT_DATA);
  for (const char *p = bytes, *end = bytes + size; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      compare_readers (p, (gsize) ((lf ? lf : end) - p));
      p = lf ? lf + 1 : end;
    }
  gsize half = size / 2;
  if (!gpo_trace_reader_feed (reader, bytes, half, &error)
      || !gpo_trace_reader_feed (reader, bytes + half, size - half, &error) || !gpo_trace_reader_end (reader, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    check_event (log, n, transcript);
  return 0;
}
