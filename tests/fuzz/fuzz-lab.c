/* SPDX-License-Identifier: MIT */
/* fuzz-lab.c: a lab and what a student hands in. The input is checks.ini, lab.md and a trace or a hand-in,
 * with a line ===== between them. A lab is read whole or refused with one error that names its file; whatever
 * the trace is, the judge comes to a verdict on every item, the same each time, and the grader to the same. */
#include "fuzz-target.h"
#include "lab/hand-in.h"
#include "trace/trace-read.h"
#include <string.h>

static const char *
next_part (const char *text, gsize *length, gsize *part)
{
  const char *mark = g_strstr_len (text, (gssize) *length, "\n=====\n");
  *part = mark ? (gsize) (mark + 1 - text) : *length;
  gsize skip = mark ? *part + 6 : *length;
  *length -= skip;
  return text + skip;
}

static guint
judge_trace (const GpoLab *lab, const char *trace, gsize length)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "fuzz.trace");
  g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
  if (gpo_trace_reader_feed (reader, trace, length, NULL))
    gpo_trace_reader_end (reader, NULL);
  gpo_lab_judge_update (judge, log);
  for (guint i = 0; i < lab->items->len; i++)
    {
      GpoLabResult result;
      gpo_lab_judge_result (judge, log, i, &result);
      g_assert_true (result.verdict == GPO_LAB_PASSED || result.expected || result.seen || result.says
                     || gpo_lab_item (lab, i)->type == GPO_LAB_QUESTION);
      g_assert_true (!result.bytes || g_utf8_validate (result.bytes, -1, NULL));
      gpo_lab_result_clear (&result);
    }
  g_assert_true ((gpo_lab_judge_first_failure (judge) < 0) == (gpo_lab_judge_passed (judge) == gpo_lab_n_to_pass (lab)));
  return gpo_lab_judge_passed (judge);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *checks = (const char *) data;
  gsize left = size, checks_length, text_length;
  const char *text = next_part (checks, &left, &checks_length);
  const char *trace = next_part (text, &left, &text_length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLab) lab = gpo_lab_read ("fuzz", checks, checks_length, text, text_length, &error);
  g_assert_true ((lab == NULL) == (error != NULL));
  if (!lab)
    {
      g_assert_true (strstr (error->message, "checks.ini") || strstr (error->message, "lab.md"));
      return 0;
    }
  g_assert_cmpuint (judge_trace (lab, "", 0), ==, 0);
  g_assert_cmpuint (judge_trace (lab, trace, left), ==, judge_trace (lab, trace, left));
  g_autoptr (GPtrArray) labs = g_ptr_array_new ();
  g_ptr_array_add (labs, lab);
  g_autoptr (GpoGrader) grader = gpo_grader_new (labs);
  g_autoptr (GString) csv = g_string_new (NULL);
  if (gpo_hand_in_is (trace, left))
    gpo_hand_in_grade (grader, "fuzz.hand-in", "fuzz", trace, left);
  else
    gpo_grader_take_bytes (grader, "fuzz.trace", "fuzz", NULL, trace, left);
  GPtrArray *grades = gpo_grader_grades (grader);
  for (guint i = 0; i < grades->len; i++)
    gpo_grade_csv (csv, grades->pdata[i]);
  g_assert_true (g_utf8_validate (csv->str, (gssize) csv->len, NULL));
  return 0;
}
