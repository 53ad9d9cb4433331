/* SPDX-License-Identifier: MIT */
/* test-hold-mail.c: holding in the window with people who read: curl by IMAP and by POP3, as test-hold.c has it by SMTP.
 * Each case is played with both. */
#include "hold-fixture.h"

/* curl logs in as Bob and asks what there is; `verb` is that question. */
static const struct
{
  const char *scheme;
  GpoRole role;
  const char *verb, *refusal; /* the refusal has the command's tag in front where there are tags */
  gboolean tagged;
  guint least_steps, patience;
  const char *spec;
  const char *letter, *fetch; /* the first letter: where it is, and what asks for it */
} ways[] = {
  { "imap", GPO_ROLE_IMAP, "LIST", "NO not now", TRUE, 6, 30 * 60, "RFC 9051 §5.4", "INBOX;MAILINDEX=1", "FETCH" },
  { "pop3", GPO_ROLE_POP3, "LIST", "-ERR not now", FALSE, 6, 10 * 60, "RFC 1939 §3", "1", "RETR" },
};

static void
read_path (Curl *curl, int way, const char *path)
{
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u/%s", ways[way].scheme, sparta_port (ways[way].role), path);
  const char *const argv[] = { "curl", "-sv", "--max-time", "30", "--user", "bob:glass", url, NULL };
  curl_spawn (curl, argv, NULL);
}

static void
read_mail (Curl *curl, int way)
{
  read_path (curl, way, "");
}

/* Holds curl at its question, before it is read or before it is answered. */
static const GpoHeldLine *
hold_question (Curl *curl, int way, const char *from)
{
  g_autofree char *filter = g_strdup_printf ("from = %s and verb = %s", from, ways[way].verb);
  add_break (filter);
  read_mail (curl, way);
  ck_assert_msg (turn_until (n_held_is, GUINT_TO_POINTER (1)), "%s is not held", ways[way].verb);
  return gpo_hold_model_held (model (), 0);
}

/* The line it is about, as the client sent it. */
static const char *
line (const GpoHeldLine *held)
{
  return gpo_event_text (gpo_log_get (gpo_cursor_get_log (gpo_window_get_cursor (window)), held->line), GPO_FIELD_TEXT,
                         NULL);
}

START_TEST (stepping_lets_one_line_through_at_a_time)
{
  Curl curl;
  Next next = { &curl, G_MAXUINT64 };
  guint commands = 0, replies = 0;
  hold (TRUE);
  read_mail (&curl, _i);
  while (turn_until (next_is_held, &next) && !curl.over)
    {
      const GpoHeldLine *held = gpo_hold_model_held (model (), 0);
      ck_assert_uint_eq (gpo_hold_model_n_held (model ()), 1);
      ck_assert_uint_eq (gpo_hold_row_get_event (gpo_hold_bar_get_row (gpo_hold_bar_of (window), 0)), held->event);
      next.event = held->event;
      commands += !held->reply;
      replies += held->reply;
      ck_assert (act ("win.step"));
    }
  int status = curl_end (&curl);
  ck_assert_msg (status == 0, "curl ended with %d: %s", status, curl.heard);
  ck_assert_uint_ge (commands, 3); /* capabilities, login, the question */
  ck_assert_uint_ge (commands + replies, ways[_i].least_steps);
  curl_clear (&curl);
  hold (FALSE);
}
END_TEST

START_TEST (held_command_is_not_answered_until_it_may_go)
{
  Curl curl;
  const GpoHeldLine *held = hold_question (&curl, _i, "client");
  ck_assert (!held->reply);
  ck_assert_ptr_nonnull (strstr (line (held), ways[_i].verb));
  ck_assert (!curl.over);
  ck_assert (act ("win.let-go"));
  ck_assert_int_eq (curl_end (&curl), 0);
  ck_assert (turn_until (n_held_is, NULL));
  curl_clear (&curl);
}
END_TEST

START_TEST (edited_reply_is_what_the_client_gets)
{
  Curl curl;
  const GpoHeldLine *held = hold_question (&curl, _i, "server");
  GpoHoldEditor *editor = gpo_hold_bar_get_editor (gpo_hold_bar_of (window));
  ck_assert (held->reply);
  const char *said = line (held);
  g_autofree char *tag = g_strndup (said, strcspn (said, " ") + 1),
                  *reply = g_strconcat (ways[_i].tagged ? tag : "", ways[_i].refusal, NULL),
                  *heard = g_strconcat ("< ", reply, NULL);
  ck_assert (act ("win.edit-reply"));
  gpo_hold_editor_set_text (editor, reply);
  gpo_hold_editor_send (editor);
  ck_assert_int_ne (curl_end (&curl), 0);
  ck_assert_msg (strstr (curl.heard, heard), "%s", curl.heard);
  ck_assert (turn_until (n_held_is, NULL));
  curl_clear (&curl);
}
END_TEST

static gboolean
has_come (gpointer data)
{
  GpoPicture *picture = gpo_cursor_get_picture (gpo_window_get_cursor (window));
  return gpo_picture_n_mailboxes (picture)
         && gpo_picture_mailbox_length (gpo_picture_mailbox (picture, 0),
                                        gpo_cursor_get_length (gpo_window_get_cursor (window)));
}

/* The answer that brings a letter is held: the letter comes whole behind it, or not at all if it became a refusal. */
START_TEST (letter_comes_whole_behind_its_answer)
{
  static const char text[] = "From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\n\r\nHello.\r\n";
  Curl curl;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  const char *const to[] = { "bob@sparta.example", NULL };
  gpo_office_send (gpo_source_get_office (gpo_window_get_source (window)), "sparta", "alice@athens.example", to, bytes,
                   &error);
  ck_assert_msg (!error && turn_until (has_come, NULL), "%s", error ? error->message : "the letter does not come");
  int way = _i / 2;
  g_autofree char *filter = g_strdup_printf ("from = server and verb = %s", ways[way].fetch);
  add_break (filter);
  read_path (&curl, way, ways[way].letter);
  ck_assert (turn_until (n_held_is, GUINT_TO_POINTER (1)));
  ck_assert (!curl.over);
  if (_i % 2)
    {
      GpoHoldEditor *editor = gpo_hold_bar_get_editor (gpo_hold_bar_of (window));
      const char *said = line (gpo_hold_model_held (model (), 0));
      g_autofree char *tag = g_strndup (said, strcspn (said, " ") + 1),
                      *reply = g_strconcat (ways[way].tagged ? tag : "", ways[way].refusal, NULL);
      ck_assert (act ("win.edit-reply"));
      gpo_hold_editor_set_text (editor, reply);
      gpo_hold_editor_send (editor);
    }
  else
    ck_assert (act ("win.step"));
  int status = curl_end (&curl);
  ck_assert_msg ((status == 0) == !(_i % 2), "curl ended with %d: %s", status, curl.heard);
  curl_clear (&curl);
}
END_TEST

START_TEST (client_is_told_how_long_it_waits)
{
  Curl curl;
  gboolean ours;
  const GpoHeldLine *held = hold_question (&curl, _i, "client");
  GpoPatience patience = gpo_held_patience (model (), held, &ours);
  ck_assert (!ours);
  ck_assert_uint_eq (patience.seconds, ways[_i].patience);
  ck_assert_str_eq (patience.spec, ways[_i].spec);
  ck_assert_ptr_nonnull (
      strstr (gpo_hold_row_get_patience (gpo_hold_bar_get_row (gpo_hold_bar_of (window), 0)), "client waits"));
  ck_assert (act ("win.step"));
  ck_assert_int_eq (curl_end (&curl), 0);
  curl_clear (&curl);
}
END_TEST

START_TEST (breakpoint_stops_only_what_passes_its_filter)
{
  Curl curl;
  g_autofree char *other = g_strdup_printf ("protocol = %s and verb = %s", ways[!_i].scheme, ways[!_i].verb);
  add_break (other);
  read_mail (&curl, _i);
  ck_assert_int_eq (curl_end (&curl), 0); /* it goes through by itself */
  curl_clear (&curl);
}
END_TEST

START_TEST (dropped_client_hears_nothing_more)
{
  Curl curl;
  hold_question (&curl, _i, "client");
  ck_assert (act ("win.drop-chosen"));
  ck_assert_int_ne (curl_end (&curl), 0);
  ck_assert (turn_until (n_held_is, NULL));
  curl_clear (&curl);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("hold-mail");
  TCase *live = tcase_create ("live");
  tcase_add_checked_fixture (live, setup, teardown);
  tcase_set_timeout (live, 60);
  tcase_add_loop_test (live, stepping_lets_one_line_through_at_a_time, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, held_command_is_not_answered_until_it_may_go, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, edited_reply_is_what_the_client_gets, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, letter_comes_whole_behind_its_answer, 0, 2 * G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, client_is_told_how_long_it_waits, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, breakpoint_stops_only_what_passes_its_filter, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (live, dropped_client_hears_nothing_more, 0, G_N_ELEMENTS (ways));
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
