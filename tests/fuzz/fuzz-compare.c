/* SPDX-License-Identifier: MIT */
/* fuzz-compare.c: any two traces compared: what stands before and behind a line of "==". Nothing crashes; each line of both
 * comes once and in order; a trace differs in nothing from itself; the world at any event can be told. */
#include "fuzz-target.h"
#include "replay/compare.h"
#include "replay/world.h"
#include "trace/trace-read.h"
#include <string.h>

static GpoLog *
load (const char *bytes, size_t size)
{
  GpoLog *log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "fuzz");
  g_autoptr (GError) error = NULL;
  if (gpo_trace_reader_feed (reader, bytes, size, &error))
    gpo_trace_reader_end (reader, NULL);
  return log;
}

static void
check_session (const GpoSessionPair *session)
{
  guint i = 0, j = 0;
  g_assert_nonnull (session->summary);
  for (guint k = 0; session->a && session->b && k < session->lines->len; k++)
    {
      const GpoLinePair *line = session->lines->pdata[k];
      g_assert_true (line->a || line->b);
      g_assert_true (!line->a || line->a == session->a->steps->pdata[i++]);
      g_assert_true (!line->b || line->b == session->b->steps->pdata[j++]);
      g_autofree char *text = gpo_step_to_text (line->a ? line->a : line->b);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

static void
check_pair (GpoPicture *a, GpoPicture *b, gboolean same)
{
  g_autoptr (GpoComparison) comparison = gpo_compare (a, b);
  for (guint i = 0; i < comparison->sessions->len; i++)
    check_session (comparison->sessions->pdata[i]);
  g_assert_true (!same || (!comparison->n_differences && !comparison->n_remarks));
}

static void
check_world (GpoPicture *picture)
{
  guint64 length = gpo_picture_length (picture), first = gpo_log_first (gpo_picture_log (picture));
  if (length <= first)
    return;
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_world_to_text (out, picture, first + (length - first) / 2, GPO_TRANSCRIPT_PLAIN);
  g_assert_true (g_utf8_validate (out->str, (gssize) out->len, NULL));
  g_free (gpo_world_to_json (picture, length - 1));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  const char *middle = g_strstr_len (bytes, (gssize) size, "\n==\n");
  size_t half = middle ? (size_t) (middle + 1 - bytes) : size;
  g_autoptr (GpoLog) first = load (bytes, half);
  g_autoptr (GpoLog) second = middle ? load (middle + 4, size - half - 3) : gpo_log_new ();
  g_autoptr (GpoPicture) a = gpo_picture_new (first), b = gpo_picture_new (second);
  gpo_picture_update (a, 0);
  gpo_picture_update (b, 0);
  check_pair (a, b, FALSE);
  check_pair (a, a, TRUE);
  check_world (a);
  check_world (b);
  return 0;
}
