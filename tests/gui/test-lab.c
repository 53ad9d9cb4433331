/* SPDX-License-Identifier: MIT */
/* test-lab.c: the lab pane: over recorded traces, where everything is known, and live, where a student's words become
 * events of the trace and turn a check. Driven by actions and by what rows emit. */
#include "window-fixture.h"
#include "lab-pane.h"
#include <glib/gstdio.h>

static char *
in_labs (const char *lab, const char *file)
{
  return g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "labs", lab, file, NULL);
}

static GpoLabPane *
pane (void)
{
  return gpo_lab_pane_of (window);
}

static void
begin (const char *lab, const char *trace)
{
  g_autofree char *folder = in_labs (lab, NULL), *path = in_labs (lab, trace);
  if (trace)
    open_path (path);
  else
    open_office ();
  ck_assert (gpo_lab_pane_begin (pane (), folder));
}

static gboolean
enabled (const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), name);
}

static GpoLabVerdict
verdict (const char *item)
{
  GpoLabRow *row = gpo_lab_pane_get_row (pane (), item);
  ck_assert_msg (row != NULL, "%s is not shown", item);
  return gpo_lab_row_get_verdict (row);
}

START_TEST (first_comes_what_it_is_about_then_the_steps)
{
  begin ("03-envelope-is-not-header", "solution.trace");
  g_autofree char *intro = gpo_lab_pane_get_text (pane ());
  ck_assert_ptr_nonnull (strstr (intro, "The postman reads only the envelope"));
  ck_assert_ptr_null (gpo_lab_pane_get_row (pane (), "mail"));
  ck_assert (!enabled ("lab-back"));
  ck_assert (act ("win.lab-next"));
  ck_assert_uint_eq (gpo_lab_pane_get_step (pane ()), 1);
  ck_assert_int_eq (verdict ("mail"), GPO_LAB_PASSED);
  ck_assert_ptr_null (gpo_lab_pane_get_row (pane (), "rcpt-carol"));
  ck_assert (act ("win.lab-next"));
  ck_assert_int_eq (verdict ("rcpt-carol"), GPO_LAB_PASSED);
  g_autofree char *text = gpo_lab_pane_get_text (pane ());
  ck_assert_ptr_nonnull (strstr (text, "Give it to Carol"));
  ck_assert_msg (!strchr (text, '`'), "code is shown as code");
  ck_assert (act ("win.lab-back"));
  ck_assert_uint_eq (gpo_lab_pane_get_step (pane ()), 1);
  close_window ();
}
END_TEST

START_TEST (free_mode_shows_all_steps)
{
  begin ("03-envelope-is-not-header", "solution.trace");
  ck_assert (act ("win.lab-free"));
  ck_assert_int_eq (verdict ("mail"), GPO_LAB_PASSED);
  ck_assert_int_eq (verdict ("why"), GPO_LAB_PASSED);
  ck_assert (!enabled ("lab-next"));
  close_window ();
}
END_TEST

START_TEST (a_step_opens_when_the_one_before_is_done)
{
  begin ("01-first-letter", "mistake-no-brackets.trace");
  ck_assert (act ("win.lab-next"));
  ck_assert_int_eq (verdict ("hello"), GPO_LAB_PASSED);
  ck_assert (act ("win.lab-next"));
  ck_assert_int_eq (verdict ("sender"), GPO_LAB_FAILED);
  ck_assert (!enabled ("lab-next"));
  close_window ();
}
END_TEST

START_TEST (the_first_failure_is_jumped_to_and_explained)
{
  begin ("03-envelope-is-not-header", "mistake-carol-in-to.trace");
  ck_assert (act ("win.lab-failure"));
  ck_assert_uint_eq (gpo_lab_pane_get_step (pane ()), 3);
  ck_assert_int_eq (verdict ("nowhere-carol"), GPO_LAB_FAILED);
  const char *details = gpo_lab_row_get_details (gpo_lab_pane_get_row (pane (), "nowhere-carol"));
  ck_assert_ptr_nonnull (strstr (details, "every reader sees it"));
  GpoCursor *cursor = gpo_window_get_cursor (window);
  const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), gpo_cursor_get_n (cursor));
  ck_assert_int_eq (event->kind, GPO_KIND_LETTER);
  close_window ();
}
END_TEST

START_TEST (a_question_is_answered_without_an_office)
{
  begin ("03-envelope-is-not-header", "mistake-carol-in-to.trace");
  ck_assert (act ("win.lab-free"));
  g_signal_emit_by_name (gpo_lab_pane_get_row (pane (), "why"), "answer", "header");
  ck_assert_int_eq (verdict ("why"), GPO_LAB_FAILED);
  ck_assert_ptr_nonnull (
      strstr (gpo_lab_row_get_details (gpo_lab_pane_get_row (pane (), "why")), "never looked at the header"));
  g_signal_emit_by_name (gpo_lab_pane_get_row (pane (), "why"), "answer", "envelope");
  ck_assert_int_eq (verdict ("why"), GPO_LAB_PASSED);
  close_window ();
}
END_TEST

static gboolean
has_passed (gpointer item)
{
  return verdict (item) == GPO_LAB_PASSED;
}

static gboolean
hint_is_recorded (gpointer data)
{
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  for (guint64 n = 0; n < gpo_log_length (log); n++)
    {
      const GpoEvent *event = gpo_log_get (log, n);
      if (event->kind == GPO_KIND_LAB && g_strcmp0 (gpo_event_text (event, GPO_FIELD_ACTION, NULL), "hint") == 0)
        return g_strcmp0 (gpo_event_text (event, GPO_FIELD_CHECK, NULL), "hello") == 0;
    }
  return FALSE;
}

START_TEST (live_words_of_the_student_are_in_the_trace_and_turn_checks)
{
  begin ("01-first-letter", NULL);
  ck_assert (act ("win.lab-free"));
  ck_assert_int_eq (verdict ("hello"), GPO_LAB_NOT_REACHED);
  ck_assert (act ("win.lab-hint"));
  ck_assert (turn_until (hint_is_recorded, NULL));
  g_signal_emit_by_name (gpo_lab_pane_get_row (pane (), "promise"), "answer", "the 250 to the lone dot");
  ck_assert (turn_until (has_passed, (gpointer) "promise"));
  close_window ();
}
END_TEST

static void
setup (void)
{
  setup_app ();
}

static Suite *
suite (void)
{
  g_autofree char *data = g_dir_make_tmp ("lab-pane-XXXXXX", NULL), *labs = in_labs (NULL, NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("GPO_LABS", labs, TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);
  Suite *s = suite_create ("lab");
  TCase *t = tcase_create ("pane");
  tcase_add_checked_fixture (t, setup, teardown_app);
  tcase_set_timeout (t, 60);
  tcase_add_test (t, first_comes_what_it_is_about_then_the_steps);
  tcase_add_test (t, free_mode_shows_all_steps);
  tcase_add_test (t, a_step_opens_when_the_one_before_is_done);
  tcase_add_test (t, the_first_failure_is_jumped_to_and_explained);
  tcase_add_test (t, a_question_is_answered_without_an_office);
  tcase_add_test (t, live_words_of_the_student_are_in_the_trace_and_turn_checks);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
