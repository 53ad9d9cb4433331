/* SPDX-License-Identifier: MIT */
/* test-diff-view.c: another trace beside the window's, and a file that another process writes. */
#include "diff-view.h"
#include <glib/gstdio.h>
#include "window-fixture.h"

static char *
trace_path (const char *name)
{
  return g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "traces", "conformance", "smtp", name, NULL);
}

static void
open_window (const char *path, gboolean follow)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  setup_app ();
  g_autoptr (GpoSource) source = gpo_source_new_file (file, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  if (follow)
    gpo_source_follow (source, file);
  window = gpo_app_show (app, source);
  ck_assert (turn_until (is_loaded, NULL));
}

static void
close_all (void)
{
  close_window ();
  teardown_app ();
}

START_TEST (lines_stand_side_by_side_and_lead_to_their_events)
{
  g_autofree char *here = trace_path ("one-letter.trace"), *there = trace_path ("one-recipient-refused.trace");
  g_autoptr (GFile) file = g_file_new_for_path (there);
  g_autoptr (GError) error = NULL;
  open_window (here, FALSE);
  GpoDiffView *view = GPO_DIFF_VIEW (gpo_window_get_pane (window, "compare"));
  ck_assert_msg (gpo_diff_view_compare (view, file, &error), "%s", error ? error->message : "");
  GListModel *model = G_LIST_MODEL (gpo_diff_view_get_model (view));
  guint all = g_list_model_get_n_items (model), only_there = 0;
  g_autoptr (GpoDiffRow) heading = g_list_model_get_item (model, 0);
  ck_assert_ptr_nonnull (strstr (gpo_diff_row_get_left (heading), "same transaction, RCPT only in B"));
  for (guint i = 0; i < all; i++)
    {
      g_autoptr (GpoDiffRow) row = g_list_model_get_item (model, i);
      only_there += g_str_equal (gpo_diff_row_get_sign (row), "+");
      ck_assert (*gpo_diff_row_get_left (row) || *gpo_diff_row_get_right (row));
    }
  ck_assert_uint_eq (only_there, 2); /* the refused RCPT and its answer */
  gpo_diff_model_set_brief (gpo_diff_view_get_model (view), TRUE);
  ck_assert_uint_eq (g_list_model_get_n_items (model), 3);
  close_all ();
}
END_TEST

START_TEST (what_is_no_trace_is_refused_and_nothing_changes)
{
  g_autofree char *here = trace_path ("one-letter.trace");
  g_autoptr (GFile) good = g_file_new_for_path (here), bad = g_file_new_for_path ("/dev/null");
  g_autoptr (GError) error = NULL;
  open_window (here, FALSE);
  GpoDiffView *view = GPO_DIFF_VIEW (gpo_window_get_pane (window, "compare"));
  ck_assert (gpo_diff_view_compare (view, good, NULL));
  GpoDiffModel *model = gpo_diff_view_get_model (view);
  ck_assert_uint_eq (gpo_diff_model_get_comparison (model)->n_differences, 0);
  ck_assert (!gpo_diff_view_compare (view, bad, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert_ptr_eq (gpo_diff_view_get_model (view), model);
  close_all ();
}
END_TEST

static gboolean
has_grown (gpointer data)
{
  return gpo_cursor_get_length (gpo_window_get_cursor (window)) >= GPOINTER_TO_UINT (data);
}

START_TEST (a_file_that_is_followed_grows_in_the_window)
{
  g_autofree char *from = trace_path ("one-letter.trace"), *text = NULL,
                  *path = g_build_filename (g_get_tmp_dir (), "follow-XXXXXX", NULL);
  gsize length;
  ck_assert (g_file_get_contents (from, &text, &length, NULL));
  int fd = g_mkstemp (path);
  gsize half = (gsize) (strchr (text + length / 2, '\n') + 1 - text) - 20; /* within a line */
  ck_assert_int_eq (write (fd, text, half), (gssize) half);
  open_window (path, TRUE);
  guint before = (guint) gpo_cursor_get_length (gpo_window_get_cursor (window));
  ck_assert_uint_gt (before, 5);
  ck_assert_int_eq (write (fd, text + half, length - half), (gssize) (length - half));
  ck_assert (turn_until (has_grown, GUINT_TO_POINTER (before * 2 - 5)));
  ck_assert_ptr_null (gpo_source_get_problem (gpo_window_get_source (window)));
  close_all ();
  close (fd);
  g_unlink (path);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("diff-view");
  TCase *c = tcase_create ("compare");
  tcase_set_timeout (c, 60);
  tcase_add_test (c, lines_stand_side_by_side_and_lead_to_their_events);
  tcase_add_test (c, what_is_no_trace_is_refused_and_nothing_changes);
  tcase_add_test (c, a_file_that_is_followed_grows_in_the_window);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
