/* SPDX-License-Identifier: MIT */
/* test-subject.c: what is chosen, in all views: several sessions together, the marked row and the caption of one
 * event, stepping within what is chosen and through everything, the speeds of playing and the keys as in players. */
#include "window-fixture.h"
#include "window-time.h"

static void
reset (void)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_choose (cursor, GPO_SUBJECT_EVERYTHING, 0);
  gpo_transcript_view_set_filter (gpo_window_get_transcript (window), "");
  gpo_cursor_set_n (cursor, gpo_cursor_get_length (cursor) - 1);
}

/* --- several sessions --- */

START_TEST (events_of_several_sessions_are_theirs_in_order)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoLog *log = gpo_cursor_get_log (cursor);
  const GpoTrack *track;
  guint at = 0;
  ck_assert (act ("win.sessions([uint32 5, 1, 4, 1])"));
  track = gpo_cursor_get_track (cursor);
  for (guint64 n = 0; n < gpo_cursor_get_length (cursor); n++)
    {
      guint32 session = gpo_log_get (log, n)->session;
      if (session == 1 || session == 4 || session == 5)
        ck_assert_uint_eq (track->events[at++], n);
    }
  ck_assert_uint_eq (at, track->n);
  ck_assert_uint_eq (
      g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (gpo_window_get_transcript (window)))),
      track->n);
}
END_TEST

/* Which sessions are chosen, as "1 4 5". */
static char *
chosen (void)
{
  guint n;
  GString *out = g_string_new (NULL);
  const guint32 *numbers = gpo_cursor_get_sessions (gpo_window_get_cursor (window), &n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%u", i ? " " : "", numbers[i]);
  return g_string_free (out, FALSE);
}

START_TEST (list_chooses_several_and_shows_them)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GtkSelectionModel *list = gpo_subject_list_get_selection (gpo_window_get_sessions (window));
  guint32 number;
  gtk_selection_model_select_item (list, 0, TRUE);
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_SESSION);
  ck_assert_uint_eq (number, 1);
  gtk_selection_model_select_item (list, 3, FALSE); /* as with Ctrl */
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, NULL), GPO_SUBJECT_SESSIONS);
  g_autofree char *both = chosen ();
  ck_assert_str_eq (both, "1 4");
  ck_assert (act ("win.sessions([uint32 2, 3, 5])"));
  g_autoptr (GtkBitset) rows = gtk_selection_model_get_selection (list);
  ck_assert_uint_eq (gtk_bitset_get_size (rows), 3);
  ck_assert (gtk_bitset_contains (rows, 1) && gtk_bitset_contains (rows, 2) && gtk_bitset_contains (rows, 4));
  gtk_selection_model_unselect_item (list, 1);
  gtk_selection_model_unselect_item (list, 2);
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_SESSION);
  ck_assert_uint_eq (number, 5);
  ck_assert (act ("win.undo") && act ("win.undo"));
  g_autofree char *again = chosen ();
  ck_assert_str_eq (again, "2 3 5");
  ck_assert (act ("win.everything"));
}
END_TEST

START_TEST (ladder_of_several_gives_each_stranger_a_lane)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  static const char *const names[] = { "alice 1", "client 4", "bob 5", "athens", "sparta" };
  ck_assert (act ("win.sessions([uint32 1, 4, 5])"));
  GpoLadderModel *model = gpo_ladder_view_get_model (gpo_window_get_ladder (window));
  ck_assert (gpo_ladder_model_is_mixed (model));
  ck_assert_uint_eq (gpo_ladder_model_n_lanes (model), G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    ck_assert_str_eq (gpo_ladder_model_lane (model, i)->name, names[i]);
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (model, i);
      const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), rung->n);
      const GpoLane *from = gpo_ladder_model_lane (model, rung->from), *to = gpo_ladder_model_lane (model, rung->to);
      if (rung->kind != GPO_RUNG_GAP)
        ck_assert_uint_eq (from->session | to->session, rung->from == rung->to ? 0 : event->session);
    }
}
END_TEST

/* --- one event for all --- */

static const char *const subjects[] = { "win.session(uint32 4)", "win.session(uint32 1)", "win.letter(uint32 3)",
                                        "win.host::gateway", "win.sessions([uint32 2, 5])" };

/* The marked row, the marked rung, the details and the caption are about one event. */
START_TEST (row_and_caption_are_of_the_same_event)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  ck_assert (act (subjects[_i % G_N_ELEMENTS (subjects)]));
  gpo_cursor_set_n (cursor, gpo_cursor_get_length (cursor) * (guint64) _i / 50);
  guint row = gpo_transcript_view_get_row (view);
  const char *caption = gpo_window_get_caption (window);
  if (row == G_MAXUINT)
    {
      ck_assert_ptr_nonnull (strstr (caption, "not begun"));
      return;
    }
  guint64 n = gpo_trace_model_event (gpo_transcript_view_get_model (view), row);
  g_autofree char *start = g_strdup_printf ("Event %lu", (gulong) n),
                  *now = g_strdup_printf ("[Event %lu", (gulong) gpo_cursor_get_n (cursor));
  ck_assert_msg (g_str_has_prefix (caption, start), "%s: row %s", caption, start);
  ck_assert_int_eq (strstr (caption, now) != NULL, n != gpo_cursor_get_n (cursor));
  gpo_transcript_view_show_details (view, TRUE);
  g_autofree char *details = g_strdup_printf (" %lu, ", (gulong) n);
  ck_assert_msg (strstr (gpo_transcript_view_get_details (view), details), "%s", gpo_transcript_view_get_details (view));
  gpo_transcript_view_show_details (view, FALSE);
}
END_TEST

START_TEST (choosing_says_at_once_whose_event_it_is)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_set_n (cursor, 330); /* session 6 */
  ck_assert_ptr_nonnull (strstr (gpo_window_get_caption (window), "Event 330, session 6 at gateway"));
  ck_assert (act ("win.session(uint32 4)"));
  ck_assert (g_str_has_prefix (gpo_window_get_caption (window), "Event 270, session 4 at sparta"));
}
END_TEST

START_TEST (steps_stay_within_what_is_chosen_and_others_go_through_all)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  ck_assert (act (subjects[_i]));
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  gpo_cursor_set_n (cursor, track->events[track->n / 2]);
  ck_assert (gpo_window_press (window, GDK_KEY_period));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[track->n / 2 + 1]);
  ck_assert (gpo_window_press (window, GDK_KEY_comma));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[track->n / 2]);
  ck_assert (gpo_window_press (window, GDK_KEY_greater));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[track->n / 2] + 1);
  ck_assert (gpo_window_press (window, GDK_KEY_less));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[track->n / 2]);
}
END_TEST

START_TEST (transcript_has_heads_and_drops_those_of_one_session)
{
  g_autofree char *mixed = gpo_transcript_view_dup_heads (gpo_window_get_transcript (window));
  ck_assert_str_eq (mixed, "event, time, no., host, way and words, RFC section or ID");
  ck_assert (act ("win.session(uint32 4)"));
  g_autofree char *one = gpo_transcript_view_dup_heads (gpo_window_get_transcript (window));
  ck_assert_str_eq (one, "event, time, way and words, RFC section or ID");
}
END_TEST

/* --- playing --- */

static double
speed (void)
{
  return gpo_player_get_speed (gpo_window_get_player (window));
}

START_TEST (keys_go_through_all_speeds)
{
  static const double all[] = { 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100 };
  g_autoptr (GVariant) state = NULL;
  for (guint i = 0; i < 12; i++)
    gpo_window_press (window, GDK_KEY_minus);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      ck_assert_double_eq (speed (), all[i]);
      gpo_window_press (window, GDK_KEY_plus);
    }
  ck_assert_double_eq (speed (), 100);
  state = g_action_group_get_action_state (G_ACTION_GROUP (window), "speed");
  ck_assert_double_eq (g_variant_get_double (state), 100);
  gpo_window_press (window, GDK_KEY_BackSpace);
  ck_assert_double_eq (speed (), 1);
  ck_assert (act ("win.speed(0.25)"));
  ck_assert_double_eq (speed (), 0.25);
  ck_assert (act ("win.speed-by::usual"));
}
END_TEST

/* At every speed an event takes its time through the speed, a long pause at most a second of it. */
START_TEST (speed_is_kept_and_long_pauses_are_cut)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPlayer *player = gpo_window_get_player (window);
  double factor = gpo_player_speeds[_i];
  ck_assert (act ("win.session(uint32 4)"));
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  GpoLog *log = gpo_cursor_get_log (cursor);
  guint last = track->n - 1; /* closed two seconds after what was said before */
  ck_assert_int_gt (gpo_log_get (log, track->events[last])->time - gpo_log_get (log, track->events[last - 1])->time,
                    G_USEC_PER_SEC);
  gpo_cursor_set_n (cursor, track->events[last - 1]);
  gpo_player_set_speed (player, factor);
  gpo_player_set_playing (player, TRUE);
  gpo_player_pass (player, (gint64) (G_USEC_PER_SEC / factor * 0.98));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[last - 1]);
  gpo_player_pass (player, (gint64) (G_USEC_PER_SEC / factor * 0.04));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[last]);
  ck_assert (!gpo_player_get_playing (player));
  gpo_player_set_speed (player, 1);
}
END_TEST

START_TEST (keys_as_in_players)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  guint64 length = gpo_cursor_get_length (cursor);
  gpo_window_press (window, GDK_KEY_Home);
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), 0);
  for (guint i = 0; i < 10; i++)
    {
      gpo_window_press (window, GDK_KEY_0 + i);
      ck_assert_uint_eq (gpo_cursor_get_n (cursor), length * i / 10);
    }
  gpo_window_press (window, GDK_KEY_space);
  ck_assert (gpo_player_get_playing (gpo_window_get_player (window)));
  gpo_window_press (window, GDK_KEY_space);
  ck_assert (!gpo_player_get_playing (gpo_window_get_player (window)));
  gpo_window_press (window, GDK_KEY_End);
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), length - 1);
  ck_assert (gpo_cursor_get_following (cursor));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("subject");
  TCase *file = tcase_create ("file");
  tcase_add_unchecked_fixture (file, setup_recorded, teardown_window);
  tcase_add_checked_fixture (file, reset, NULL);
  tcase_set_timeout (file, 60);
  tcase_add_test (file, events_of_several_sessions_are_theirs_in_order);
  tcase_add_test (file, list_chooses_several_and_shows_them);
  tcase_add_test (file, ladder_of_several_gives_each_stranger_a_lane);
  tcase_add_loop_test (file, row_and_caption_are_of_the_same_event, 0, 50);
  tcase_add_test (file, choosing_says_at_once_whose_event_it_is);
  tcase_add_loop_test (file, steps_stay_within_what_is_chosen_and_others_go_through_all, 0, G_N_ELEMENTS (subjects));
  tcase_add_test (file, transcript_has_heads_and_drops_those_of_one_session);
  tcase_add_test (file, keys_go_through_all_speeds);
  tcase_add_loop_test (file, speed_is_kept_and_long_pauses_are_cut, 0, 10);
  tcase_add_test (file, keys_as_in_players);
  suite_add_tcase (s, file);
  return s;
}

#include "check-main.h"
