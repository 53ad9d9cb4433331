/* SPDX-License-Identifier: MIT */
/* test-window.c: the window shows what the picture says, at every n, from a file and live.
 *
 * Read through models and accessible names, never by pixels. Needs a display; run-under-xvfb gives one. */
#include "frames-fixture.h"

static void
reset (void)
{
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_EVERYTHING, 0);
  gpo_cursor_set_following (gpo_window_get_cursor (window), TRUE);
  gpo_transcript_view_set_filter (gpo_window_get_transcript (window), "");
}

/* A hundred places, spread over the trace. */
#define N_PLACES 100

static guint64
place (GpoCursor *cursor, int i)
{
  return gpo_cursor_get_length (cursor) * (guint64) i / N_PLACES;
}

/* --- a recorded trace --- */

START_TEST (file_opens_at_its_end_without_problems)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  ck_assert_uint_gt (gpo_cursor_get_length (cursor), 400);
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), gpo_cursor_get_length (cursor) - 1);
  ck_assert_ptr_null (gpo_source_get_problem (gpo_window_get_source (window)));
}
END_TEST

START_TEST (session_list_is_that_of_the_picture_at_n)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  GListModel *model = G_LIST_MODEL (gpo_subject_list_get_model (gpo_window_get_sessions (window)));
  gpo_cursor_set_n (cursor, place (cursor, _i));
  guint n = g_list_model_get_n_items (model);
  ck_assert_uint_eq (n, gpo_picture_sessions_until (picture, gpo_cursor_get_n (cursor)));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GpoSubjectItem) item = g_list_model_get_item (model, i);
      const GpoSessionTrack *session = gpo_picture_session (picture, i);
      ck_assert_uint_eq (gpo_subject_item_get_number (item), session->number);
      GpoSessionAt at;
      g_auto (GpoSubjectWords) words;
      gpo_picture_session_at (picture, session, gpo_cursor_get_n (cursor), &at);
      gpo_subject_words_init (&words, cursor, GPO_SUBJECT_SESSION, session->number);
      ck_assert_str_eq (words.status, at.open ? "open" : "closed");
      if (at.state)
        ck_assert_ptr_nonnull (strstr (words.detail, at.state));
    }
}
END_TEST

START_TEST (letter_list_is_that_of_the_picture_at_n)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GListModel *model = G_LIST_MODEL (gpo_subject_list_get_model (gpo_window_get_letters (window)));
  gpo_cursor_set_n (cursor, place (cursor, _i));
  ck_assert_uint_eq (g_list_model_get_n_items (model),
                     gpo_picture_letters_until (gpo_cursor_get_picture (cursor), gpo_cursor_get_n (cursor)));
}
END_TEST

START_TEST (transcript_row_is_the_cursor)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  gpo_cursor_choose (cursor, _i % 2 ? GPO_SUBJECT_SESSION : GPO_SUBJECT_EVERYTHING, 2);
  gpo_cursor_set_n (cursor, place (cursor, _i));
  guint row = gpo_transcript_view_get_row (view);
  guint64 n = gpo_cursor_get_n (cursor);
  GpoTraceModel *model = gpo_transcript_view_get_model (view);
  if (row == G_MAXUINT)
    {
      ck_assert_uint_eq (_i % 2, 1); /* the session has not begun */
      ck_assert_uint_gt (gpo_trace_model_event (model, 0), n);
      return;
    }
  ck_assert_uint_le (gpo_trace_model_event (model, row), n);
  if (row + 1 < g_list_model_get_n_items (G_LIST_MODEL (model)))
    ck_assert_uint_gt (gpo_trace_model_event (model, row + 1), n);
}
END_TEST

START_TEST (letter_is_what_the_facts_say_at_n)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  gpo_cursor_set_n (cursor, place (cursor, _i));
  const GpoLetterFacts *shown = gpo_letter_view_get_facts (gpo_window_get_letter (window));
  guint32 number = gpo_cursor_get_letter (cursor);
  if (!number)
    {
      ck_assert_ptr_null (shown);
      return;
    }
  g_autoptr (GpoLetterFacts) facts
      = gpo_letter_facts_new (picture, gpo_picture_letter_numbered (picture, number), gpo_cursor_get_n (cursor));
  ck_assert_ptr_nonnull (shown);
  ck_assert_uint_eq (shown->number, number);
  ck_assert_uint_eq (shown->hops->len, facts->hops->len);
  ck_assert_uint_eq (shown->fields->len, facts->fields->len);
  ck_assert_str_eq (shown->place ? shown->place : "", facts->place ? facts->place : "");
}
END_TEST

START_TEST (step_back_then_on_is_the_identity)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, 2);
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  guint at = 1 + (guint) _i % (track->n - 1);
  gpo_cursor_set_n (cursor, track->events[at]);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "s", "back");
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[at - 1]);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "s", "forward");
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[at]);
}
END_TEST

START_TEST (playing_goes_through_every_event_of_the_subject_and_stops)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPlayer *player = gpo_window_get_player (window);
  gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, 1);
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  gpo_cursor_set_n (cursor, track->events[0]);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.play", NULL);
  ck_assert (gpo_player_get_playing (player));
  for (guint i = 1; i < track->n; i++)
    {
      gpo_player_pass (player, 1); /* too short for the next one */
      ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[i - 1]);
      const GpoEvent *a = gpo_log_get (gpo_cursor_get_log (cursor), track->events[i - 1]);
      const GpoEvent *b = gpo_log_get (gpo_cursor_get_log (cursor), track->events[i]);
      gpo_player_pass (player, CLAMP (b->time - a->time, G_USEC_PER_SEC / 10, G_USEC_PER_SEC) - 1);
      ck_assert_uint_eq (gpo_cursor_get_n (cursor), track->events[i]);
    }
  ck_assert (!gpo_player_get_playing (player));
}
END_TEST

/* Every line, and all that a ladder shows, is on a rung; what a reply's further lines are is counted. */
START_TEST (ladder_has_each_line_once_between_the_right_parties)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  const GpoSessionTrack *session = gpo_picture_session (picture, (guint) _i);
  gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, session->number);
  GpoLadderModel *model = gpo_ladder_view_get_model (gpo_window_get_ladder (window));
  ck_assert_uint_eq (gpo_ladder_model_n_lanes (model), 2);
  guint lines = 0;
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (model, i);
      const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), rung->n);
      if ((event->kind != GPO_KIND_LINE && event->kind != GPO_KIND_DATA) || rung->kind == GPO_RUNG_GAP)
        continue;
      lines += 1 + rung->folded;
      gboolean from_server = strcmp (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
      ck_assert_uint_eq (gpo_ladder_model_lane (model, from_server ? rung->from : rung->to)->host, session->host);
      ck_assert_uint_eq (gpo_ladder_model_lane (model, from_server ? rung->to : rung->from)->host, session->caller);
    }
  ck_assert_uint_eq (lines, session->lines.n);
}
END_TEST

START_TEST (ladder_of_a_letter_begins_outside_and_passes_each_host)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_choose (cursor, GPO_SUBJECT_LETTER, 1);
  GpoLadderModel *model = gpo_ladder_view_get_model (gpo_window_get_ladder (window));
  const char *const names[] = { "", "athens", "gateway", "sparta" };
  ck_assert_uint_eq (gpo_ladder_model_n_lanes (model), G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    ck_assert_str_eq (gpo_symbol_name (gpo_ladder_model_lane (model, i)->host), names[i]);
}
END_TEST

START_TEST (lit_state_is_that_of_the_picture_at_n)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, 1 + (guint32) _i % 4);
  gpo_cursor_set_n (cursor, place (cursor, _i));
  GpoSessionAt at;
  g_auto (GpoStatePlace) lit;
  gpo_state_place_init (&lit, cursor);
  const GpoSessionTrack *session = gpo_picture_session_numbered (picture, 1 + (guint32) _i % 4);
  gpo_picture_session_at (picture, session, gpo_cursor_get_n (cursor), &at);
  if (!at.state)
    {
      ck_assert_ptr_null (lit.machine);
      return;
    }
  ck_assert_str_eq (lit.machine->states[lit.current], at.state);
  ck_assert_int_eq (lit.last_to, lit.current);
  ck_assert (lit.walked[lit.last_from][lit.last_to]);
}
END_TEST

START_TEST (every_state_tells_what_each_command_would_earn)
{
  const GpoMachine *machine = gpo_machines[_i];
  for (guint8 state = 0; state < machine->n_states; state++)
    {
      g_autofree char *words = gpo_state_words (machine, state);
      ck_assert_msg (pango_parse_markup (words, -1, 0, NULL, NULL, NULL, NULL), "%s", words);
      for (guint8 input = 0; input < machine->n_inputs; input++)
        {
          gboolean command = !g_str_has_suffix (machine->name, "-server") || g_ascii_isupper (machine->inputs[input][0]);
          if (!gpo_machine_accepts (machine, state, input)
              && (!command || gpo_machine_find (machine, state, input, GPO_SEQUENCE) == GPO_NO_EDGE))
            continue;
          g_autofree char *name = g_markup_escape_text (machine->inputs[input], -1);
          ck_assert_msg (strstr (words, name), "%s: nothing about %s in %s", machine->name, name, machine->states[state]);
        }
    }
}
END_TEST

static gboolean
states_are_shown (gpointer data)
{
  return gtk_widget_get_mapped (GTK_WIDGET (gpo_window_get_states (window)));
}

START_TEST (keys_go_from_state_to_state)
{
  GpoStateView *states = gpo_window_get_states (window);
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_SESSION, 4);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "states");
  ck_assert (turn_until (states_are_shown, NULL));
  int current = gpo_state_view_get_place (states)->current;
  ck_assert_int_ge (current, 0);
  guint reached = 0;
  static const guint keys[] = { GDK_KEY_Left, GDK_KEY_Right, GDK_KEY_Up, GDK_KEY_Down };
  for (guint i = 0; i < 4; i++)
    {
      ck_assert (gpo_state_view_press (states, keys[i]));
      int chosen = gpo_state_view_get_chosen (states);
      reached += chosen != current;
      ck_assert_ptr_nonnull (
          strstr (gpo_state_view_get_words (states), gpo_state_view_get_place (states)->machine->states[chosen]));
      ck_assert (gpo_state_view_press (states, GDK_KEY_Escape));
      ck_assert_int_eq (gpo_state_view_get_chosen (states), -1);
    }
  ck_assert_uint_ge (reached, 1);
  ck_assert (!gpo_state_view_press (states, GDK_KEY_x));
}
END_TEST

START_TEST (diagram_has_every_state_and_an_arrow_for_each_way)
{
  const GpoMachine *machine = gpo_machines[_i];
  g_autoptr (GpoStateGraph) graph = gpo_state_graph_new (machine);
  if (!graph)
    return; /* built without Graphviz */
  ck_assert_uint_eq (graph->boxes->len, machine->n_states);
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const GpoEdge *edge = &machine->edges[i];
      gboolean found = edge->from == GPO_ANY || edge->to == GPO_SAME || edge->from == edge->to || edge->input == GPO_ANY;
      for (guint j = 0; j < graph->arrows->len && !found; j++)
        {
          const GpoStateArrow *arrow = &g_array_index (graph->arrows, GpoStateArrow, j);
          found = arrow->from == edge->from && arrow->to == edge->to && arrow->n_points >= 4;
        }
      ck_assert_msg (found, "%s: row %u has no arrow", machine->name, i);
    }
}
END_TEST

START_TEST (every_view_can_be_reached_and_drawn)
{
  static const char *const views[] = { "transcript", "ladder", "states" };
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", views[_i]);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.session", "u", 2);
  GtkWidget *view[] = { GTK_WIDGET (gpo_window_get_transcript (window)), GTK_WIDGET (gpo_window_get_ladder (window)),
                        GTK_WIDGET (gpo_window_get_states (window)) };
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq (gtk_widget_get_mapped (view[i]), i == _i);
  ck_assert_msg (turn_until (is_drawn, view[_i]), "the %s is not drawn", views[_i]);
  if (_i == 2)
    ck_assert_str_eq (gpo_state_view_get_place (gpo_window_get_states (window))->machine->name, "smtp-server");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "transcript");
}
END_TEST

START_TEST (caption_explains_the_event_at_the_cursor)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_set_n (cursor, place (cursor, _i));
  const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), gpo_cursor_get_n (cursor));
  const char *caption = gpo_window_get_caption (window);
  const char *to = event->kind == GPO_KIND_EDGE ? gpo_event_text (event, GPO_FIELD_TO, NULL) : NULL;
  gint64 code = event->kind == GPO_KIND_LINE ? gpo_event_number (event, GPO_FIELD_CODE, 0) : 0;
  g_autofree char *number = g_strdup_printf ("%d", (int) code);
  ck_assert_uint_gt (strlen (caption), 10);
  if (to)
    ck_assert_ptr_nonnull (strstr (caption, to));
  if (code)
    ck_assert_ptr_nonnull (strstr (caption, number));
}
END_TEST

START_TEST (filter_lists_what_passes)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  ck_assert (gpo_transcript_view_set_filter (view, "line and code >= 500"));
  GpoTraceModel *model = gpo_transcript_view_get_model (view);
  guint rows = g_list_model_get_n_items (G_LIST_MODEL (model));
  ck_assert_uint_gt (rows, 3);
  for (guint row = 0; row < rows; row++)
    {
      const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), gpo_trace_model_event (model, row));
      ck_assert_int_eq (event->kind, GPO_KIND_LINE);
      ck_assert_int_ge (gpo_event_number (event, GPO_FIELD_CODE, 0), 500);
    }
}
END_TEST

START_TEST (filter_error_is_shown_in_place_and_the_list_stays)
{
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view)));
  ck_assert (!gpo_transcript_view_set_filter (view, "verb = RCPT and kode >= 500"));
  ck_assert_ptr_nonnull (strstr (gpo_transcript_view_get_problem (view), "code"));
  ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view))), before);
  ck_assert (gpo_transcript_view_set_filter (view, ""));
  ck_assert_ptr_null (gpo_transcript_view_get_problem (view));
}
END_TEST

/* --- the letter of the recorded trace --- */

START_TEST (blind_copy_is_told)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_choose (cursor, GPO_SUBJECT_LETTER, 1);
  const GpoLetterFacts *facts = gpo_letter_view_get_facts (gpo_window_get_letter (window));
  ck_assert_uint_eq (facts->hops->len, 3); /* Athens, the gateway, Sparta */
  const GpoHop *hop = facts->hops->pdata[0];
  const GpoSaid *bob = hop->said->pdata[1], *carol = hop->said->pdata[2];
  ck_assert_str_eq (bob->path, "bob@sparta.example");
  ck_assert (bob->in_header);
  ck_assert_str_eq (carol->path, "carol@sparta.example");
  ck_assert (!carol->in_header);
  ck_assert_str_eq (gpo_letter_facts_field (facts, "subject"), "Grüße aus Athen");
  ck_assert_str_eq (facts->place, "mailbox");
  ck_assert_str_eq (facts->host, "sparta");
  ck_assert_ptr_nonnull (strstr (facts->body, "the café is open"));
  ck_assert_ptr_nonnull (strstr (facts->body, "\n.a line that began with one dot"));
}
END_TEST

/* --- live --- */

static gboolean
has_arrived (gpointer data)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (picture, GPOINTER_TO_UINT (data));
  if (!letter)
    return FALSE;
  GpoLetterAt at;
  gpo_picture_letter_at (picture, letter, gpo_cursor_get_n (cursor), &at);
  g_array_unref (at.recipients);
  return g_strcmp0 (at.place, "mailbox") == 0;
}

START_TEST (live_letter_is_followed_into_the_mailbox)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = "From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: "
                             "live\r\n\r\nHello.\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  const char *const to[] = { "bob@sparta.example", NULL };
  guint32 number = gpo_office_send (gpo_source_get_office (gpo_window_get_source (window)), "athens", "alice@athens.example",
                                    to, bytes, &error);
  ck_assert_msg (number != 0, "%s", error ? error->message : "");
  ck_assert_msg (turn_until (has_arrived, GUINT_TO_POINTER (number)), "the letter does not arrive in the window");
  GpoCursor *cursor = gpo_window_get_cursor (window);
  ck_assert (gpo_cursor_get_following (cursor));
  GpoTranscriptView *transcript = gpo_window_get_transcript (window);
  ck_assert_uint_eq (
      gpo_trace_model_event (gpo_transcript_view_get_model (transcript), gpo_transcript_view_get_row (transcript)),
      gpo_cursor_get_n (cursor));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.letter", "u", number);
  const GpoLetterFacts *facts = gpo_letter_view_get_facts (gpo_window_get_letter (window));
  ck_assert_str_eq (gpo_letter_facts_field (facts, "Subject"), "live");
  ck_assert_str_eq (facts->mailbox, "bob/INBOX");
  ck_assert_uint_ge (facts->hops->len, 2);
  /* looking back does not follow, going to the end does */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "s", "start");
  ck_assert (!gpo_cursor_get_following (cursor));
  ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (gpo_subject_list_get_model (gpo_window_get_letters (window)))),
                     0);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "s", "end");
  ck_assert (gpo_cursor_get_following (cursor));
  gtk_window_destroy (GTK_WINDOW (window));
  window = NULL;
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("window");
  TCase *file = tcase_create ("file"), *live = tcase_create ("live");
  /* one window for all: opening one takes longer than looking at it */
  tcase_add_unchecked_fixture (file, setup_recorded, teardown_window);
  tcase_add_checked_fixture (file, reset, NULL);
  tcase_set_timeout (file, 60);
  tcase_add_test (file, file_opens_at_its_end_without_problems);
  tcase_add_loop_test (file, session_list_is_that_of_the_picture_at_n, 0, N_PLACES);
  tcase_add_loop_test (file, letter_list_is_that_of_the_picture_at_n, 0, N_PLACES);
  tcase_add_loop_test (file, transcript_row_is_the_cursor, 0, N_PLACES);
  tcase_add_loop_test (file, letter_is_what_the_facts_say_at_n, 0, N_PLACES);
  tcase_add_loop_test (file, step_back_then_on_is_the_identity, 0, 20);
  tcase_add_test (file, playing_goes_through_every_event_of_the_subject_and_stops);
  tcase_add_loop_test (file, ladder_has_each_line_once_between_the_right_parties, 0, 4);
  tcase_add_test (file, ladder_of_a_letter_begins_outside_and_passes_each_host);
  tcase_add_loop_test (file, lit_state_is_that_of_the_picture_at_n, 0, N_PLACES);
  tcase_add_loop_test (file, every_state_tells_what_each_command_would_earn, 0, 4);
  tcase_add_test (file, keys_go_from_state_to_state);
  tcase_add_loop_test (file, diagram_has_every_state_and_an_arrow_for_each_way, 0, 4);
  tcase_add_loop_test (file, every_view_can_be_reached_and_drawn, 0, 3);
  tcase_add_loop_test (file, caption_explains_the_event_at_the_cursor, 0, N_PLACES);
  tcase_add_test (file, filter_lists_what_passes);
  tcase_add_test (file, filter_error_is_shown_in_place_and_the_list_stays);
  tcase_add_test (file, blind_copy_is_told);
  suite_add_tcase (s, file);
  tcase_add_checked_fixture (live, setup_office, teardown_window);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, live_letter_is_followed_into_the_mailbox);
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
