/* SPDX-License-Identifier: MIT */
/* test-hold.c: hold, step, edit and breakpoints in the window, with curl at the other end of the wire.
 *
 * The window is driven by its actions; what the client got is what curl says it received. */
#include "hold-fixture.h"

/* Sends a small letter to Bob at Sparta. Its output tells what was said ("> ") and heard ("< "). */
static void
curl_start (Curl *curl, const char *to)
{
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u/curl.example", sparta_port (GPO_ROLE_SMTP));
  const char *const argv[] = { "curl",        "-sv", "--max-time",    "30", "--mail-from", "alice@athens.example",
                               "--mail-rcpt", to,    "--upload-file", "-",  url,           NULL };
  curl_spawn (curl, argv, "Subject: held\r\n\r\nHello.\r\n");
}

static gboolean
break_enabled_is (gpointer data)
{
  return gpo_hold_model_break (model (), 0)->enabled == GPOINTER_TO_INT (data);
}

/* The number of `hold` events with this action. */
static guint
count_holds (const char *action, const char *was)
{
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  guint n = 0;
  for (guint64 i = 0; i < gpo_log_length (log); i++)
    {
      const GpoEvent *event = gpo_log_get (log, i);
      if (event->kind != GPO_KIND_HOLD || g_strcmp0 (gpo_event_text (event, GPO_FIELD_ACTION, NULL), action) != 0)
        continue;
      n += !was || g_str_has_prefix (gpo_event_text (event, GPO_FIELD_WAS, NULL), was);
    }
  return n;
}

START_TEST (stepping_lets_one_line_through_at_a_time)
{
  Curl curl;
  Next next = { &curl, G_MAXUINT64 };
  guint steps = 0, replies = 0;
  hold (TRUE);
  curl_start (&curl, "bob@sparta.example");
  while (turn_until (next_is_held, &next) && !curl.over)
    {
      const GpoHeldLine *held = gpo_hold_model_held (model (), 0);
      GpoHoldRow *row = gpo_hold_bar_get_row (gpo_hold_bar_of (window), 0);
      ck_assert_uint_eq (gpo_hold_row_get_event (row), held->event);
      ck_assert_uint_eq (gpo_hold_model_n_held (model ()), 1);
      next.event = held->event;
      replies += held->reply;
      steps++;
      ck_assert (act ("win.step"));
    }
  ck_assert_int_eq (curl_end (&curl), 0);
  /* greeting, EHLO, MAIL, RCPT, DATA, the dot: each answered, all but the greeting asked for; curl may wait
   * for the answer to QUIT or not */
  ck_assert_uint_ge (replies, 6);
  ck_assert_uint_ge (steps, 11);
  ck_assert_uint_ge (count_holds ("release", NULL), 11);
  ck_assert_msg (strstr (curl.heard, "< 250 2.0.0 taken") != NULL, "%s", curl.heard);
  curl_clear (&curl);
  hold (FALSE);
}
END_TEST

START_TEST (edited_reply_is_what_the_client_gets_and_the_truth_stays)
{
  Curl curl;
  add_break ("from = server and verb = RCPT");
  curl_start (&curl, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  const GpoHeldLine *held = gpo_hold_model_held (model (), 0);
  ck_assert (held->reply);
  ck_assert_uint_eq (held->breakpoint, 1);
  ck_assert (g_str_has_prefix (held->text, "250 "));
  GpoHoldEditor *editor = gpo_hold_bar_get_editor (gpo_hold_bar_of (window));
  ck_assert (act ("win.edit-reply"));
  ck_assert_uint_eq (gpo_hold_editor_get_session (editor), held->session);
  gpo_hold_editor_set_text (editor, "451 4.3.0 Try again later");
  ck_assert (press_send_key (GTK_WIDGET (editor)));
  ck_assert_int_ne (curl_end (&curl), 0);
  ck_assert_ptr_nonnull (strstr (curl.heard, "< 451 4.3.0 Try again later"));
  ck_assert_ptr_null (strstr (curl.heard, "> DATA"));
  ck_assert (turn_until (n_held_is, NULL));
  ck_assert_uint_eq (count_holds ("edit", "250 "), 1);
  curl_clear (&curl);
}
END_TEST

START_TEST (held_command_has_no_reply_to_edit)
{
  Curl curl;
  add_break ("from = client and verb = MAIL");
  curl_start (&curl, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  ck_assert (act ("win.edit-reply"));
  ck_assert_ptr_nonnull (strstr (gpo_hold_bar_get_words (gpo_hold_bar_of (window)), "step once"));
  ck_assert (act ("win.let-go"));
  ck_assert_int_eq (curl_end (&curl), 0);
  curl_clear (&curl);
}
END_TEST

START_TEST (client_that_is_held_is_told_how_long_it_waits)
{
  Curl curl;
  gboolean ours;
  add_break ("from = client and verb = DATA");
  curl_start (&curl, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  const GpoHeldLine *held = gpo_hold_model_held (model (), 0);
  GpoPatience patience = gpo_held_patience (model (), held, &ours);
  ck_assert (!ours);
  ck_assert_uint_eq (patience.seconds, 120);
  ck_assert_str_eq (patience.spec, "RFC 5321 §4.5.3.2.4");
  gint64 since = held->since;
  GpoHoldRow *row = gpo_hold_bar_get_row (gpo_hold_bar_of (window), 0);
  ck_assert_ptr_nonnull (strstr (gpo_hold_row_get_patience (row), "client waits"));
  /* its reply is held too: the client has waited all the while */
  hold (TRUE);
  Next next = { &curl, held->event };
  ck_assert (act ("win.step"));
  ck_assert (turn_until (next_is_held, &next));
  ck_assert (gpo_hold_model_held (model (), 0)->reply);
  ck_assert_int_eq (gpo_hold_model_held (model (), 0)->since, since);
  hold (FALSE);
  ck_assert_int_eq (curl_end (&curl), 0);
  curl_clear (&curl);
}
END_TEST

/* The default world and Corinth, which waits a second for a command. */
static void
setup_impatient (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (gpo_scenario_default (), "[host corinth]\nlimit-command-timeout = 1s\n", NULL);
  GpoOfficeConfig config
      = { .scenario = gpo_scenario_read (text, strlen (text), "test", ".", 0, &error), .no_control = TRUE };
  setup_app ();
  g_autoptr (GpoSource) source = gpo_source_new_office (&config, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  window = gpo_app_show (app, source);
}

/* The client of the held line has waited three seconds more, as the strip counts them. */
static gboolean
patience_has_run_down (gpointer data)
{
  const char *shown = gpo_hold_row_get_patience (gpo_hold_bar_get_row (gpo_hold_bar_of (window), 0));
  guint minutes = 0, seconds = 0;
  ck_assert_msg (sscanf (shown, "client waits %u:%u more", &minutes, &seconds) == 2, "%s", shown);
  return minutes * 60 + seconds + 3 <= GPOINTER_TO_UINT (data);
}

/* The newest event of this kind with this action. */
static const GpoEvent *
newest (GpoKind kind, const char *action)
{
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  for (guint64 i = gpo_cursor_get_length (gpo_window_get_cursor (window)); i-- > 0;)
    {
      const GpoEvent *event = gpo_log_get (log, i);
      if (event->kind == kind && g_strcmp0 (gpo_event_text (event, GPO_FIELD_ACTION, NULL), action) == 0)
        return event;
    }
  return NULL;
}

/* The window hears of it a moment after the client. */
static gboolean
is_released (gpointer data)
{
  return newest (GPO_KIND_HOLD, "release") != NULL;
}

/* The last thing that Corinth said has this code. Other hosts may have said something since. */
static gboolean
corinth_said (gpointer code)
{
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  for (guint64 i = gpo_cursor_get_length (gpo_window_get_cursor (window)); i-- > 0;)
    {
      const GpoEvent *line = gpo_log_get (log, i);
      if (line->kind == GPO_KIND_LINE && line->host == gpo_symbol ("corinth"))
        return gpo_event_number (line, GPO_FIELD_CODE, 0) == GPOINTER_TO_INT (code);
    }
  return FALSE;
}

START_TEST (own_time_outs_stand_while_the_clients_patience_runs_down)
{
  Curl held, silent;
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  guint port = gpo_office_port (office, gpo_world_host ((GpoWorld *) gpo_office_world (office), "corinth"), GPO_ROLE_SMTP);
  add_break ("from = client and verb = MAIL");
  curl_start (&held, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  /* somebody who says nothing, in a session that is not held: his second would be over soon */
  g_autofree char *url = g_strdup_printf ("telnet://127.0.0.1:%u", port);
  const char *const argv[] = { "curl", "-sv", "--max-time", "30", url, NULL };
  silent = (Curl){
    .process = g_subprocess_newv (
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL)
  };
  ck_assert (turn_until (corinth_said, GINT_TO_POINTER (220)));
  ck_assert (turn_until (patience_has_run_down, GUINT_TO_POINTER (300)));
  ck_assert_msg (corinth_said (GINT_TO_POINTER (220)), "a session timed out while a line is held");
  gint64 since = newest (GPO_KIND_HOLD, "hold")->time;
  ck_assert (act ("win.let-go"));
  ck_assert_int_eq (curl_end (&held), 0);
  ck_assert (turn_until (is_released, NULL));
  ck_assert_msg (newest (GPO_KIND_HOLD, "release")->time - since < G_USEC_PER_SEC, "the office’s clock went on");
  ck_assert (turn_until (corinth_said, GINT_TO_POINTER (421)));
  g_subprocess_force_exit (silent.process);
  g_subprocess_wait (silent.process, NULL, NULL);
  curl_clear (&silent);
  curl_clear (&held);
}
END_TEST

START_TEST (chosen_session_goes_on_and_the_other_stays)
{
  Curl first, second;
  add_break ("from = client and verb = RCPT");
  curl_start (&first, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  curl_start (&second, "carol@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (2)));
  guint32 stays = gpo_hold_model_held (model (), 0)->session;
  g_autofree char *step = g_strdup_printf ("win.step-session(uint32 %u)", gpo_hold_model_held (model (), 1)->session);
  ck_assert (act (step));
  ck_assert_int_eq (curl_end (&second), 0);
  ck_assert (!first.over);
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  ck_assert_uint_eq (gpo_hold_model_held (model (), 0)->session, stays);
  ck_assert (act ("win.step"));
  ck_assert_int_eq (curl_end (&first), 0);
  curl_clear (&first);
  curl_clear (&second);
}
END_TEST

START_TEST (dropped_client_hears_nothing_more)
{
  Curl curl;
  add_break ("from = client and verb = DATA");
  curl_start (&curl, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  ck_assert (act ("win.drop-chosen"));
  ck_assert_int_ne (curl_end (&curl), 0);
  ck_assert_ptr_null (strstr (curl.heard, "< 354"));
  ck_assert (turn_until (n_held_is, NULL));
  ck_assert_uint_eq (count_holds ("drop", NULL), 1);
  curl_clear (&curl);
}
END_TEST

START_TEST (client_that_goes_away_is_held_no_more)
{
  Curl curl;
  hold (TRUE);
  curl_start (&curl, "bob@sparta.example");
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  g_subprocess_force_exit (curl.process);
  ck_assert_msg (turn_until (n_held_is, NULL), "the session is still shown as held");
  turn_until (is_over, &curl);
  curl_clear (&curl);
  hold (FALSE);
}
END_TEST

START_TEST (breakpoint_that_is_not_understood_is_not_added)
{
  GpoBreakList *list = gpo_hold_bar_get_breaks (gpo_hold_bar_of (window));
  GpoFilterEntry *entry = gpo_break_list_get_entry (list);
  gpo_filter_entry_set_text (entry, "verb = RCPT and kode = 250");
  ck_assert (!gpo_break_list_add (list));
  ck_assert_ptr_nonnull (strstr (gpo_filter_entry_get_problem (entry), "At character 17"));
  ck_assert_ptr_null (strstr (gpo_filter_entry_get_problem (entry), "column")); /* it is said once */
  ck_assert_ptr_nonnull (strstr (gpo_filter_entry_get_problem (entry), "code"));
  ck_assert_str_eq (gpo_filter_entry_get_text (entry), "verb = RCPT and kode = 250");
  ck_assert_uint_eq (gpo_hold_model_n_breaks (model ()), 0);
}
END_TEST

START_TEST (breakpoints_are_switched_removed_and_brought_back)
{
  GpoHistory *history = gpo_history_of (gpo_window_get_cursor (window));
  add_break ("verb = DATA");
  ck_assert (act ("win.break-enabled((uint32 1, false))"));
  ck_assert (turn_until (break_enabled_is, GINT_TO_POINTER (FALSE)));
  ck_assert (act ("win.unbreak(uint32 1)"));
  ck_assert (turn_until (n_breaks_is, NULL));
  ck_assert_str_eq (gpo_history_undo_label (history), "removed breakpoint");
  ck_assert (gpo_history_undo (history));
  ck_assert (turn_until (n_breaks_is, GUINT_TO_POINTER (1)));
  ck_assert_str_eq (gpo_hold_model_break (model (), 0)->filter, "verb = DATA");
  ck_assert (turn_until (break_enabled_is, GINT_TO_POINTER (FALSE)));
  ck_assert (gpo_history_undo (history));
  ck_assert (turn_until (break_enabled_is, GINT_TO_POINTER (TRUE)));
  ck_assert (gpo_history_undo (history));
  ck_assert (turn_until (n_breaks_is, NULL));
  ck_assert (!gpo_history_undo (history));
  ck_assert (gpo_history_redo (history));
  ck_assert (turn_until (n_breaks_is, GUINT_TO_POINTER (1)));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("hold");
  TCase *live = tcase_create ("live");
  tcase_add_checked_fixture (live, setup, teardown);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, stepping_lets_one_line_through_at_a_time);
  tcase_add_test (live, edited_reply_is_what_the_client_gets_and_the_truth_stays);
  tcase_add_test (live, held_command_has_no_reply_to_edit);
  tcase_add_test (live, client_that_is_held_is_told_how_long_it_waits);
  tcase_add_test (live, chosen_session_goes_on_and_the_other_stays);
  tcase_add_test (live, dropped_client_hears_nothing_more);
  tcase_add_test (live, client_that_goes_away_is_held_no_more);
  tcase_add_test (live, breakpoint_that_is_not_understood_is_not_added);
  tcase_add_test (live, breakpoints_are_switched_removed_and_brought_back);
  suite_add_tcase (s, live);
  TCase *impatient = tcase_create ("impatient");
  tcase_add_checked_fixture (impatient, setup_impatient, teardown);
  tcase_set_timeout (impatient, 60);
  tcase_add_test (impatient, own_time_outs_stand_while_the_clients_patience_runs_down);
  suite_add_tcase (s, impatient);
  return s;
}

#include "check-main.h"
