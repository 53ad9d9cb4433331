/* SPDX-License-Identifier: MIT */
/* test-judge.c: what a judge makes of a few events, a row a rule. A trace is written in shorthand, an event a
 * letter: its session and letter are given, its verb and recipient are what the filters ask for. */
#include <check.h>
#include "lab/judge.h"
#include "trace/trace-read.h"
#include <string.h>
#include <stdlib.h>

#define HEAD "[lab]\ntitle=X\nminutes=5\n"
#define A "[check a]\nstep=1\nsays=a\nsee=edge and verb = A\n"
#define B "[check b]\nstep=1\nsays=b\nsee=edge and verb = B\n"
#define C "[check c]\nstep=1\nsays=c\nsee=edge and verb = C\n"
#define NEVER "[check never]\nstep=1\nsays=never\nnever=edge and verb = N\nafter=a\n"

/* "A1.2" is an edge A in session 1 with letter 2; "?x=y" is the answer y to question x. */
static const struct
{
  const char *rule, *checks, *events;
  const char *item;
  GpoLabVerdict verdict;
  gint64 event; /* that proves it or was seen; -1: any */
} cases[] = {
  { "nothing_passes_on_nothing", A, "", "a", GPO_LAB_NOT_REACHED, -1 },
  { "a_fact_that_is_seen_passes", A, "B1 A1", "a", GPO_LAB_PASSED, 1 },
  { "after_is_later_in_the_same_session", A B "after=a\n", "A1 B1", "b", GPO_LAB_PASSED, 1 },
  { "before_is_not_after", A B "after=a\n", "B1 A1", "b", GPO_LAB_NOT_REACHED, -1 },
  { "another_session_is_not_the_same", A B "after=a\n", "A1 B2", "b", GPO_LAB_NOT_REACHED, -1 },
  { "the_same_letter_in_another_session_is_the_same", A B "after=a\n", "A1.7 B2.7", "b", GPO_LAB_PASSED, 1 },
  { "another_letter_in_the_same_session_is_not", A B "after=a\n", "A1.7 B1.8", "b", GPO_LAB_NOT_REACHED, -1 },
  { "an_event_without_a_letter_belongs_by_its_session", A B "after=a\n", "A1 B1.8", "b", GPO_LAB_PASSED, 1 },
  { "same_session_takes_another_letter", A B "after=a\nsame=session\n", "A1.7 B1.8", "b", GPO_LAB_PASSED, 1 },
  { "same_trace_takes_all", A B "after=a\nsame=trace\n", "A1.7 B2.8", "b", GPO_LAB_PASSED, 1 },
  { "differs_wants_another", A B "after=a\nsame=trace\ndiffers=session\n", "A1 B1", "b", GPO_LAB_NOT_REACHED, -1 },
  { "differs_finds_another", A B "after=a\nsame=trace\ndiffers=session\n", "A1 B1 B2", "b", GPO_LAB_PASSED, 2 },
  { "with_takes_any_order", A B "with=a\n", "B1 A1", "b", GPO_LAB_PASSED, 0 },
  { "with_wants_the_same_session", A B "with=a\n", "B1 A2", "b", GPO_LAB_NOT_REACHED, -1 },
  { "a_chain_is_one_letter", A B "after=a\n" C "after=b\n", "A1.1 B1.1 A2.2 C2.2", "c", GPO_LAB_NOT_REACHED, -1 },
  { "a_second_try_passes_a_chain", A B "after=a\n" C "after=b\n", "A1.1 B1.1 A2.2 C2.2 B2.2 C2.2", "c", GPO_LAB_PASSED, 5 },
  { "never_waits_for_what_leads", NEVER A, "N1", "never", GPO_LAB_NOT_REACHED, -1 },
  { "never_passes_without", NEVER A, "N1 A1", "never", GPO_LAB_PASSED, 1 },
  { "never_fails_with", NEVER A, "A1 N1", "never", GPO_LAB_FAILED, 1 },
  { "never_passes_in_a_second_try", NEVER A, "A1 N1 A2", "never", GPO_LAB_PASSED, 2 },
  { "until_is_awaited", NEVER "until=b\n" A B "after=a\n", "A1", "never", GPO_LAB_NOT_REACHED, -1 },
  { "until_ends_it", NEVER "until=b\n" A B "after=a\n", "A1 B1 N1", "never", GPO_LAB_PASSED, 0 },
  { "until_does_not_excuse", NEVER "until=b\n" A B "after=a\n", "A1 N1 B1", "never", GPO_LAB_FAILED, 1 },
  { "count_wants_exactly", A B "with=a\ncount=2\n", "A1 B1", "b", GPO_LAB_NOT_REACHED, -1 },
  { "count_passes_on_exactly", A B "with=a\ncount=2\n", "A1 B1 B1", "b", GPO_LAB_PASSED, -1 },
  { "count_fails_on_more", A B "with=a\ncount=2\n", "A1 B1 B1 B1", "b", GPO_LAB_FAILED, 3 },
  { "at_least_counts_in_one_session", A "at-least=2\n", "A1 A2 A1", "a", GPO_LAB_PASSED, 2 },
  { "at_least_does_not_count_across", A "at-least=2\n", "A1 A2", "a", GPO_LAB_NOT_REACHED, -1 },
  { "each_counts_values", A "at-least=2\nsame=trace\neach=session\n", "A1 A1 A2", "a", GPO_LAB_PASSED, 2 },
  { "each_does_not_count_again", A "at-least=2\nsame=trace\neach=session\n", "A1 A1", "a", GPO_LAB_NOT_REACHED, -1 },
  { "a_try_is_said_to_have_failed", "[check a]\nstep=1\nsays=a\nsee=edge and verb = A and session = 2\n", "A1", "a",
    GPO_LAB_FAILED, 0 },
  { "another_verb_is_no_try", "[check a]\nstep=1\nsays=a\nsee=edge and session = 1 and verb = A\n", "B1", "a",
    GPO_LAB_NOT_REACHED, -1 },
  { "a_try_elsewhere_is_not_seen", A "[check b]\nstep=1\nsays=b\nsee=edge and verb = B and host = x\nafter=a\n", "A1 B2",
    "b", GPO_LAB_NOT_REACHED, -1 },
  { "a_mistake_explains", A "[mistake m]\ncheck=a\nwhen=edge and verb = M\nsays=m\n", "M1", "a", GPO_LAB_FAILED, 0 },
  { "a_mistake_is_forgotten_when_it_passes", A "[mistake m]\ncheck=a\nwhen=edge and verb = M\nsays=m\n", "M1 A1", "a",
    GPO_LAB_PASSED, 1 },
  { "no_answer_is_not_reached", "[question q]\nstep=1\nask=?\nanswer=x\n", "A1", "q", GPO_LAB_NOT_REACHED, -1 },
  { "a_wrong_answer_fails", "[question q]\nstep=1\nask=?\nanswer=x\n", "?q=y", "q", GPO_LAB_FAILED, 0 },
  { "a_right_answer_passes", "[question q]\nstep=1\nask=?\nanswer=x; z\n", "?q=y ?q=Z", "q", GPO_LAB_PASSED, -1 },
  { "articles_and_case_do_not_count", "[question q]\nstep=1\nask=?\nanswer=envelope\n", "?q=The_Envelope.", "q",
    GPO_LAB_PASSED, 0 },
  { "a_range_takes_what_lies_in_it", "[question q]\nstep=1\nask=?\nanswer=1.3..1.4\n", "?q=1.33", "q", GPO_LAB_PASSED, 0 },
  { "a_range_takes_nothing_else", "[question q]\nstep=1\nask=?\nanswer=1.3..1.4\n", "?q=1.5", "q", GPO_LAB_FAILED, 0 },
  { "the_trace_knows_the_answer", "[question q]\nstep=1\nask=?\nsee=edge and verb = A\nfield=letter\n", "A1.7 ?q=7", "q",
    GPO_LAB_PASSED, 1 },
  { "what_a_trace_says_of_results_is_not_believed", A, "!a", "a", GPO_LAB_NOT_REACHED, -1 },
};

static char *
trace_of (const char *events)
{
  GString *out = g_string_new ("{\"glasspost-trace\":1,\"started\":\"2026-01-01T00:00:00.000000Z\",\"version\":\"0\"}\n");
  g_auto (GStrv) words = g_strsplit (events, " ", -1);
  for (guint i = 0; words[i]; i++)
    {
      char *word = g_strdelimit (words[i], "_", ' ');
      char *dot = strchr (word, '.'), *equals = strchr (word, '=');
      if (!*word)
        continue;
      g_string_append_printf (out, "{\"n\":%u,\"t\":%u,", i, i);
      if (*word == '!')
        g_string_append_printf (
            out, "\"kind\":\"lab\",\"name\":\"x\",\"action\":\"check\",\"check\":\"%s\",\"result\":\"passed\"}\n", word + 1);
      else if (*word == '?')
        g_string_append_printf (
            out, "\"kind\":\"lab\",\"name\":\"x\",\"action\":\"answer\",\"check\":\"%.*s\",\"answer\":\"%s\"}\n",
            (int) (equals - word - 1), word + 1, equals + 1);
      else
        {
          g_string_append_printf (out, "\"kind\":\"edge\",\"session\":%d", atoi (word + 1));
          if (dot)
            g_string_append_printf (out, ",\"letter\":%d", atoi (dot + 1));
          g_string_append_printf (out, ",\"verb\":\"%c\"}\n", *word);
        }
    }
  return g_string_free (out, FALSE);
}

START_TEST (judge_rule)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *checks = g_strconcat (HEAD, cases[_i].checks, NULL);
  g_autoptr (GpoLab) lab = gpo_lab_read ("x", checks, strlen (checks), "# X\n## One\n", 11, &error);
  ck_assert_msg (lab != NULL, "%s: %s", cases[_i].rule, error ? error->message : "");
  g_autofree char *trace = trace_of (cases[_i].events);
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "x");
  g_autoptr (GpoLabJudge) whole = gpo_lab_judge_new (lab), live = gpo_lab_judge_new (lab);
  int item = gpo_lab_item_named (lab, cases[_i].item);
  ck_assert_int_ge (item, 0);
  /* Live: asked behind every byte; offline: once. */
  for (gsize i = 0; trace[i]; i++)
    {
      ck_assert (gpo_trace_reader_feed (reader, trace + i, 1, NULL));
      gpo_lab_judge_update (live, log);
      gpo_lab_judge_verdict (live, (guint) item);
    }
  gpo_lab_judge_update (whole, log);
  for (guint k = 0; k < 2; k++)
    {
      GpoLabResult result;
      gpo_lab_judge_result (k ? live : whole, log, (guint) item, &result);
      ck_assert_msg (result.verdict == cases[_i].verdict, "%s: verdict %d", cases[_i].rule, result.verdict);
      if (cases[_i].event >= 0)
        ck_assert_msg (result.event == (guint64) cases[_i].event, "%s: event %" G_GUINT64_FORMAT, cases[_i].rule,
                       result.event);
      gpo_lab_result_clear (&result);
    }
}
END_TEST

/* A fact that is seen without end costs bounded memory, and the latest still counts. */
START_TEST (many_hits_are_bounded_and_the_latest_counts)
{
  const char *checks = HEAD A B "after=a\n";
  g_autoptr (GpoLab) lab = gpo_lab_read ("x", checks, strlen (checks), "# X\n## One\n", 11, NULL);
  g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
  GpoEventBuilder b;
  for (guint i = 0; i < 50000; i++)
    {
      gpo_event_begin (&b, GPO_KIND_EDGE);
      b.event.session = i + 1;
      gpo_event_add_text (&b, GPO_FIELD_VERB, "A", 1);
      gpo_lab_judge_take (judge, NULL, i, gpo_event_peek (&b));
      gpo_event_clear (&b);
    }
  gpo_event_begin (&b, GPO_KIND_EDGE);
  b.event.session = 50000;
  gpo_event_add_text (&b, GPO_FIELD_VERB, "B", 1);
  gpo_lab_judge_take (judge, NULL, 50000, gpo_event_peek (&b));
  gpo_event_clear (&b);
  ck_assert_uint_eq (gpo_lab_judge_passed (judge), 2);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("judge");
  TCase *t = tcase_create ("rules");
  tcase_add_loop_test (t, judge_rule, 0, G_N_ELEMENTS (cases));
  tcase_add_test (t, many_hits_are_bounded_and_the_latest_counts);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
