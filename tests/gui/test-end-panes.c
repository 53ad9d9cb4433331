/* SPDX-License-Identifier: MIT */
/* test-end-panes.c: the two panes that are about the end of the trace, whatever n is: the hold strip, at whose other end
 * somebody waits, and the lab pane, which judges what was done. Of a trace that ends after k events each shows what the
 * fold of those k events says, for fifty and more k; and moving the cursor changes neither. The other panes: test-cursors.c.
 */
#include "hold-fixture.h"
#include "lab-pane.h"
#include "trace/trace-read.h"
#include <glib/gstdio.h>

#define CURSORS 50

/* --- labs: recorded traces, cut --- */

#define LAB "03-envelope-is-not-header"
#define TRACE "mistake-carol-in-to.trace"

static char *
in_labs (const char *lab, const char *file)
{
  return g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "labs", lab, file, NULL);
}

/* The first `length` events as a file of its own. The caller frees and unlinks. */
static char *
cut (const char *path, guint64 length)
{
  g_autofree char *text = NULL;
  char *to = g_build_filename (g_get_tmp_dir (), "end-panes-XXXXXX", NULL);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  char *end = text;
  for (guint64 lines = 0; lines < length + 1; lines++) /* the head first */
    end = strchr (end, '\n') + 1;
  int fd = g_mkstemp (to);
  ck_assert_int_ge (fd, 0);
  g_close (fd, NULL);
  ck_assert (g_file_set_contents (to, text, end - text, NULL));
  return to;
}

static void
tell_row (GString *out, const GpoLab *lab, guint item, GpoLabRow *row)
{
  g_string_append_printf (out, "%s: %d; %s\n", gpo_lab_item (lab, item)->name, (int) gpo_lab_row_get_verdict (row),
                          gpo_lab_row_get_details (row));
}

/* Every row of the lab as the window shows it. */
static char *
tell_shown (const GpoLab *lab)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < lab->items->len; i++)
    {
      GpoLabRow *row = gpo_lab_pane_get_row (gpo_lab_pane_of (window), gpo_lab_item (lab, i)->name);
      ck_assert ((row == NULL) == (gpo_lab_item (lab, i)->type == GPO_LAB_MISTAKE));
      if (row)
        tell_row (out, lab, i, row);
    }
  return g_string_free (out, FALSE);
}

/* The same of a judge who has seen the first `length` events of a log that goes on. */
static char *
tell_fold (const GpoLab *lab, GpoLog *log, guint64 length)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
  for (guint64 n = 0; n < length; n++)
    gpo_lab_judge_take (judge, log, n, gpo_log_get (log, n));
  for (guint i = 0; i < lab->items->len; i++)
    {
      GpoLabResult result;
      if (gpo_lab_item (lab, i)->type == GPO_LAB_MISTAKE)
        continue;
      GtkWidget *row = g_object_ref_sink (gpo_lab_row_new (lab, i, NULL));
      gpo_lab_judge_result (judge, log, i, &result);
      gpo_lab_row_show (GPO_LAB_ROW (row), &result);
      tell_row (out, lab, i, GPO_LAB_ROW (row));
      gpo_lab_result_clear (&result);
      g_object_unref (row);
    }
  return g_string_free (out, FALSE);
}

START_TEST (lab_pane_is_what_the_fold_says)
{
  g_autofree char *folder = in_labs (LAB, NULL), *whole = in_labs (LAB, TRACE);
  g_autoptr (GpoLog) log = gpo_log_new ();
  ck_assert (gpo_trace_load (log, whole, NULL, NULL));
  guint64 length = gpo_log_length (log) * (guint) (_i + 1) / CURSORS;
  g_autofree char *path = cut (whole, length);
  open_path (path);
  ck_assert (gpo_lab_pane_begin (gpo_lab_pane_of (window), folder));
  ck_assert (act ("win.lab-free"));
  const GpoLab *lab = gpo_lab_pane_get_lab (gpo_lab_pane_of (window));
  g_autofree char *shown = tell_shown (lab), *folded = tell_fold (lab, log, length);
  ck_assert_msg (strcmp (shown, folded) == 0, "after %lu events\n%s\n--- the fold says\n%s", (gulong) length, shown, folded);
  gpo_cursor_set_n (gpo_window_get_cursor (window), length / 2);
  g_autofree char *back = tell_shown (lab);
  ck_assert_str_eq (back, shown);
  close_window ();
  g_unlink (path);
}
END_TEST

/* --- holding: live, and the fold afterwards --- */

/* The strip after so many events. */
typedef struct
{
  guint64 length;
  char *told;
} Moment;

static GArray *moments;

static char *
tell_held (GpoHoldModel *held)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "%s\n", gpo_hold_model_get_all (held) ? "everything is held" : "");
  for (guint i = 0; i < gpo_hold_model_n_held (held); i++)
    {
      const GpoHeldLine *line = gpo_hold_model_held (held, i);
      g_autofree char *words = gpo_held_words (held, line);
      g_string_append_printf (out, "session %u, event %lu, %s, breakpoint %u: %s\n", line->session, (gulong) line->event,
                              line->reply ? "reply" : "line", line->breakpoint, words);
    }
  for (guint i = 0; i < gpo_hold_model_n_breaks (held); i++)
    {
      const GpoBreak *point = gpo_hold_model_break (held, i);
      g_string_append_printf (out, "breakpoint %u, %d: %s\n", point->number, point->enabled, point->filter);
    }
  return g_string_free (out, FALSE);
}

/* The strip has its rows by now: it listens since before. */
static void
on_strip_changed (GpoHoldModel *held)
{
  Moment moment = { gpo_cursor_get_length (gpo_window_get_cursor (window)), tell_held (held) };
  guint n = gpo_hold_model_n_held (held);
  for (guint i = 0; i < n; i++)
    {
      GpoHoldRow *row = gpo_hold_bar_get_row (gpo_hold_bar_of (window), i);
      ck_assert (row && gpo_hold_row_get_event (row) == gpo_hold_model_held (held, i)->event);
    }
  ck_assert_ptr_null (gpo_hold_bar_get_row (gpo_hold_bar_of (window), n));
  g_array_append_val (moments, moment);
}

static void
moment_clear (gpointer data)
{
  g_free (((Moment *) data)->told);
}

/* Steps a letter through, line by line. */
static void
step_through (const char *to)
{
  Curl curl;
  Next next = { &curl, G_MAXUINT64 };
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u/curl.example", sparta_port (GPO_ROLE_SMTP));
  const char *const argv[] = { "curl",        "-sv", "--max-time",    "30", "--mail-from", "alice@athens.example",
                               "--mail-rcpt", to,    "--upload-file", "-",  url,           NULL };
  curl_spawn (&curl, argv, "Subject: held\r\n\r\nHello.\r\n");
  while (turn_until (next_is_held, &next) && !curl.over)
    {
      next.event = gpo_hold_model_held (model (), 0)->event;
      ck_assert (act ("win.step"));
    }
  curl_end (&curl);
  curl_clear (&curl);
}

START_TEST (hold_strip_is_what_the_fold_says)
{
  moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  g_array_set_clear_func (moments, moment_clear);
  gulong watching = g_signal_connect (model (), "changed", G_CALLBACK (on_strip_changed), NULL);
  add_break ("verb = DATA");
  hold (TRUE);
  step_through ("bob@sparta.example");
  step_through ("nobody@sparta.example");
  ck_assert (act ("win.break-enabled((uint32 1, false))"));
  while (moments->len < CURSORS)
    step_through ("carol@sparta.example");
  hold (FALSE);
  ck_assert (turn_until (n_held_is, NULL));
  g_signal_handler_disconnect (model (), watching);
  for (guint i = 0; i < moments->len; i++)
    {
      const Moment *moment = &g_array_index (moments, Moment, i);
      g_autoptr (GpoCursor) cursor = gpo_cursor_new (gpo_cursor_get_log (gpo_window_get_cursor (window)));
      gpo_cursor_update (cursor, moment->length);
      ck_assert_uint_eq (gpo_cursor_get_length (cursor), moment->length);
      g_autoptr (GpoHoldModel) fold = gpo_hold_model_new (cursor);
      g_autofree char *folded = tell_held (fold);
      ck_assert_msg (strcmp (folded, moment->told) == 0, "after %lu events\n%s\n--- the fold says\n%s",
                     (gulong) moment->length, moment->told, folded);
    }
  g_autofree char *now = tell_held (model ());
  gpo_cursor_set_n (gpo_window_get_cursor (window), 10);
  g_autofree char *back = tell_held (model ());
  ck_assert_str_eq (now, back);
  g_array_unref (moments);
}
END_TEST

static Suite *
suite (void)
{
  g_autofree char *data = g_dir_make_tmp ("end-panes-XXXXXX", NULL), *shelf = in_labs (NULL, NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("GPO_LABS", shelf, TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);
  Suite *s = suite_create ("end-panes");
  TCase *recorded = tcase_create ("labs"), *live = tcase_create ("hold");
  tcase_add_checked_fixture (recorded, setup_app, teardown_app);
  tcase_set_timeout (recorded, 60);
  tcase_add_loop_test (recorded, lab_pane_is_what_the_fold_says, 0, CURSORS);
  suite_add_tcase (s, recorded);
  tcase_add_checked_fixture (live, setup, teardown);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, hold_strip_is_what_the_fold_says);
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
