/* SPDX-License-Identifier: MIT */
/* test-gate.c: lines and replies are held, let go and edited, and faults act, seen from a client that
 * talks to a real SMTP server's session without sockets. */
#include "office/gate.h"
#include "office/scenario.h"
#include "roles/smtp-server.h"
#include <check.h>
#include <string.h>

static GpoScenario *scenario;
static GpoLog *log_;
static GpoClock *clock_;
static GpoGate *gate;
static GpoSession *session;
static GpoSymbol went_down;

static GpoPlace
place (GpoLetterSink *sink, const char *path, GpoPerson **person)
{
  return GPO_PLACE_ELSEWHERE;
}

static gboolean
may_relay (GpoLetterSink *sink, const char *path)
{
  return TRUE;
}

static guint32
letter (GpoLetterSink *sink, GpoSmtpServer *server, gboolean *inner)
{
  *inner = FALSE;
  return 1;
}

static GpoLetterSink sink = { .place = place, .may_relay = may_relay, .letter = letter };

static gint64
now (gpointer data)
{
  return gpo_clock_now (data);
}

static void
on_down (GpoSymbol host, gpointer data)
{
  went_down = host;
}

static void
setup (void)
{
  scenario = gpo_scenario_load (NULL, -1, NULL);
  log_ = gpo_log_new ();
  clock_ = gpo_clock_new (NULL);
  gpo_clock_set_speed (clock_, 0);
  gpo_log_set_clock (log_, now, clock_);
  gate = gpo_gate_new (log_, clock_);
  gpo_gate_set_down (gate, on_down, NULL);
  GpoHost *host = gpo_world_host (scenario->world, "gateway");
  session = gpo_smtp_server_new (log_, host, GPO_ROLE_SMTP, &sink, "127.0.0.1", 7);
  session->gate = gate;
  gpo_smtp_server_greet (session, GPO_OK);
  g_string_truncate (session->out, 0);
}

static void
teardown (void)
{
  g_clear_pointer (&session, gpo_session_free);
  gpo_gate_free (gate);
  gpo_clock_free (clock_);
  gpo_log_free (log_);
  gpo_scenario_free (scenario);
}

/* Says lines and gives what comes back now. */
static char *
say (const char *text)
{
  gpo_session_receive (session, text, strlen (text));
  char *out = g_strdup (session->out->str);
  g_string_truncate (session->out, 0);
  return out;
}

/* What came since. */
static char *
heard (void)
{
  return say ("");
}

#define expect(given, begins)                                                                                \
  do                                                                                                         \
    {                                                                                                        \
      g_autofree char *got = given;                                                                          \
      ck_assert_msg (*(begins) ? g_str_has_prefix (got, begins) : !*got, "wanted \"%s\", got \"%s\"",        \
                     begins, got);                                                                           \
    }                                                                                                        \
  while (0)

static void
add_fault (const char *when, const char *action, guint times)
{
  g_autoptr (GError) error = NULL;
  GpoFault *fault = gpo_fault_new ("f", when, action, times, &error);
  ck_assert_msg (fault != NULL, "%s", error ? error->message : "?");
  gpo_gate_add_fault (gate, fault);
}

static guint
count_events (GpoKind kind, const char *action)
{
  guint n = 0;
  for (guint64 i = 0; i < gpo_log_length (log_); i++)
    {
      const GpoEvent *event = gpo_log_get (log_, i);
      const char *text = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
      n += event->kind == kind && g_strcmp0 (text, action) == 0;
    }
  return n;
}

/* --- holding --- */

START_TEST (nothing_is_held_by_itself)
{
  expect (say ("NOOP\r\n"), "250");
  ck_assert (!gate->holding);
  ck_assert (!gpo_gate_step (gate));
}
END_TEST

START_TEST (step_lets_the_command_and_then_the_reply_through)
{
  gpo_gate_hold_all (gate, TRUE);
  expect (say ("NOOP\r\n"), "");
  ck_assert (gate->holding);
  ck_assert (gpo_clock_is_held (clock_));
  ck_assert (gpo_gate_step (gate));
  expect (heard (), ""); /* now the reply is held */
  ck_assert (gate->holding);
  ck_assert (gpo_gate_step (gate));
  expect (heard (), "250");
  ck_assert (!gate->holding);
  ck_assert (!gpo_clock_is_held (clock_));
  ck_assert_uint_eq (count_events (GPO_KIND_HOLD, "hold"), 2);
  ck_assert_uint_eq (count_events (GPO_KIND_HOLD, "release"), 2);
}
END_TEST

START_TEST (pipelined_commands_wait_behind_a_held_one)
{
  gpo_gate_hold_all (gate, TRUE);
  expect (say ("EHLO a.example\r\nNOOP\r\nQUIT\r\n"), "");
  gpo_gate_step (gate);
  gpo_gate_step (gate);
  expect (heard (), "250-gateway.example");
  expect (heard (), "");
  gpo_gate_hold_all (gate, FALSE);
  expect (heard (), "250 2.0.0");
  ck_assert (session->closing);
}
END_TEST

START_TEST (a_breakpoint_holds_only_what_it_matches)
{
  gpo_gate_break (gate, gpo_filter_parse ("from = client and verb = MAIL", NULL, NULL));
  expect (say ("EHLO a.example\r\n"), "250");
  expect (say ("MAIL FROM:<a@a.example>\r\n"), "");
  ck_assert_uint_eq (gpo_gate_release (gate, 8, NULL), 0);
  ck_assert_uint_eq (gpo_gate_release (gate, 7, NULL), 1);
  expect (heard (), "250");
  ck_assert_uint_eq (gpo_gate_unbreak (gate, 0), 1);
  expect (say ("RSET\r\nMAIL FROM:<a@a.example>\r\n"), "250");
}
END_TEST

START_TEST (a_held_reply_can_be_edited)
{
  gpo_gate_break (gate, gpo_filter_parse ("from = server and code = 250", NULL, NULL));
  expect (say ("NOOP\r\n"), "");
  ck_assert_uint_eq (gpo_gate_release (gate, 7, "451 4.3.0 Not now"), 1);
  expect (heard (), "451 4.3.0 Not now\r\n");
  ck_assert_uint_eq (count_events (GPO_KIND_HOLD, "edit"), 1);
}
END_TEST

START_TEST (a_held_command_has_no_reply_to_edit)
{
  gpo_gate_hold_all (gate, TRUE);
  expect (say ("NOOP\r\n"), "");
  ck_assert_uint_eq (gpo_gate_release (gate, 7, "451 no"), 0);
  gpo_gate_hold_all (gate, FALSE);
  expect (heard (), "250");
}
END_TEST

START_TEST (a_held_reply_keeps_the_verb_it_answers)
{
  gpo_gate_break (gate, gpo_filter_parse ("from = server and verb = NOOP", NULL, NULL));
  expect (say ("NOOP\r\n"), "");
  ck_assert (gpo_gate_step (gate));
  expect (heard (), "250");
  g_autoptr (GpoFilter) filter = gpo_filter_parse ("line and from = server and verb = NOOP", NULL, NULL);
  guint n = 0;
  for (guint64 i = 0; i < gpo_log_length (log_); i++)
    n += gpo_filter_match_at (filter, log_, i);
  ck_assert_uint_eq (n, 1);
}
END_TEST

START_TEST (a_breakpoint_that_is_not_enabled_holds_nothing)
{
  guint id = gpo_gate_break (gate, gpo_filter_parse ("verb = NOOP and from = client", NULL, NULL));
  ck_assert (gpo_gate_enable (gate, id, FALSE));
  ck_assert (!gpo_gate_enable (gate, id + 1, FALSE));
  expect (say ("NOOP\r\n"), "250");
  ck_assert (gpo_gate_enable (gate, id, TRUE));
  expect (say ("NOOP\r\n"), "");
  ck_assert (gpo_gate_step (gate));
  expect (heard (), "250");
}
END_TEST

/* _i: 0 the command is held, 1 its reply. */
START_TEST (a_held_session_can_be_dropped)
{
  gpo_gate_hold_all (gate, TRUE);
  expect (say ("NOOP\r\n"), "");
  if (_i)
    ck_assert (gpo_gate_step (gate));
  ck_assert_uint_eq (gpo_gate_drop (gate, 8), 0);
  ck_assert_uint_eq (gpo_gate_drop (gate, 7), 1);
  expect (heard (), "");
  ck_assert (session->closing);
  ck_assert (session->pending == GPO_PENDING_NONE);
  ck_assert (!gate->holding);
  ck_assert_uint_eq (count_events (GPO_KIND_HOLD, "drop"), 1);
}
END_TEST

START_TEST (what_the_gate_is_set_to_is_told)
{
  gpo_gate_hold_all (gate, TRUE);
  gpo_gate_hold_all (gate, TRUE);
  gpo_gate_hold_all (gate, FALSE);
  guint id = gpo_gate_break (gate, gpo_filter_parse ("verb = DATA", NULL, NULL));
  gpo_gate_enable (gate, id, FALSE);
  gpo_gate_enable (gate, id, FALSE);
  gpo_gate_enable (gate, id, TRUE);
  gpo_gate_unbreak (gate, id);
  static const char *const told[] = { "on", "off", "break", "disable", "enable", "unbreak" };
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    ck_assert_uint_eq (count_events (GPO_KIND_HOLD, told[i]), 1);
}
END_TEST

START_TEST (a_session_that_goes_is_held_no_more)
{
  gpo_gate_hold_all (gate, TRUE);
  expect (say ("NOOP\r\n"), "");
  g_clear_pointer (&session, gpo_session_free);
  ck_assert (!gate->holding);
  ck_assert (!gpo_clock_is_held (clock_));
  ck_assert (!gpo_gate_step (gate));
}
END_TEST

/* --- faults --- */

START_TEST (a_reply_fault_answers_in_the_place_of_the_command)
{
  add_fault ("verb = MAIL and from = client", "reply 451 4.3.0 Not now", 1);
  expect (say ("EHLO a.example\r\n"), "250");
  expect (say ("MAIL FROM:<a@a.example>\r\n"), "451 4.3.0 Not now\r\n");
  expect (say ("RCPT TO:<b@b.example>\r\n"), "503");
  expect (say ("MAIL FROM:<a@a.example>\r\n"), "250"); /* it was to act once */
  ck_assert_uint_eq (count_events (GPO_KIND_FAULT, "reply 451 4.3.0 Not now"), 1);
}
END_TEST

START_TEST (the_bytes_of_a_refused_chunk_are_no_commands)
{
  add_fault ("verb = BDAT and from = client", "reply 451 4.3.0 Not now", 1);
  expect (say ("EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n"), "250");
  expect (say ("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"), "451 4.3.0 Not now\r\n250 2.0.0 still here\r\n");
}
END_TEST

START_TEST (a_reply_fault_replaces_a_reply)
{
  add_fault ("verb = NOOP and code = 250", "reply 421 4.3.2 Gone", 0);
  expect (say ("NOOP\r\n"), "421 4.3.2 Gone\r\n");
}
END_TEST

START_TEST (a_delayed_command_is_read_when_its_time_has_come)
{
  add_fault ("verb = NOOP and from = client", "delay 2s", 1);
  expect (say ("NOOP\r\n"), "");
  ck_assert_msg (!gate->holding, "a delay is not somebody who holds");
  gpo_clock_jump (clock_, gpo_clock_now (clock_) + 1900000);
  expect (heard (), "");
  gpo_clock_jump (clock_, gpo_clock_now (clock_) + 100000);
  expect (heard (), "250");
}
END_TEST

START_TEST (a_delayed_reply_is_sent_when_its_time_has_come)
{
  add_fault ("verb = NOOP and from = server", "delay 5m", 0);
  expect (say ("NOOP\r\n"), "");
  gpo_clock_jump (clock_, gpo_clock_next (clock_));
  expect (heard (), "250");
}
END_TEST

START_TEST (delays_add_up_with_what_follows)
{
  g_autoptr (GError) error = NULL;
  gpo_gate_add_fault (gate, gpo_fault_new ("a", "from = client", "delay 1s", 1, &error));
  gpo_gate_add_fault (gate, gpo_fault_new ("b", "from = client", "delay 1s", 1, &error));
  gpo_gate_add_fault (gate, gpo_fault_new ("c", "from = client", "reply 550 no", 1, &error));
  expect (say ("NOOP\r\n"), "");
  gpo_clock_jump (clock_, gpo_clock_now (clock_) + 1500000);
  expect (heard (), "");
  gpo_clock_jump (clock_, gpo_clock_now (clock_) + 500000);
  expect (heard (), "550 no\r\n");
}
END_TEST

static const struct
{
  const char *action;
  gboolean down;
} cutting[] = { { "drop", FALSE }, { "down", TRUE } };

START_TEST (the_connection_is_cut)
{
  went_down = 0;
  add_fault ("verb = NOOP", cutting[_i].action, 0);
  expect (say ("NOOP\r\n"), "");
  ck_assert (session->closing);
  ck_assert_int_eq (went_down == session->host, cutting[_i].down);
}
END_TEST

START_TEST (greylisting_lets_the_same_command_through_the_second_time)
{
  add_fault ("verb = MAIL", "greylist", 0);
  expect (say ("EHLO a.example\r\n"), "250");
  expect (say ("MAIL FROM:<a@a.example>\r\n"), "451 4.7.1");
  expect (say ("MAIL FROM:<b@a.example>\r\n"), "451 4.7.1");
  expect (say ("MAIL FROM:<a@a.example>\r\n"), "250");
}
END_TEST

START_TEST (a_corrupted_command_is_not_understood)
{
  add_fault ("verb = NOOP and from = client", "corrupt", 1);
  expect (say ("NOOP\r\n"), "500 5.5.2");
  expect (say ("NOOP\r\n"), "250");
}
END_TEST

START_TEST (a_corrupted_reply_keeps_its_code)
{
  g_autofree char *good = say ("NOOP\r\n");
  add_fault ("verb = NOOP and from = server", "corrupt", 1);
  g_autofree char *bad = say ("NOOP\r\n");
  ck_assert (g_str_has_prefix (bad, "250 "));
  ck_assert_uint_eq (strlen (bad), strlen (good));
  ck_assert_str_ne (bad, good);
}
END_TEST

START_TEST (a_fault_that_is_removed_acts_no_more)
{
  add_fault ("verb = NOOP", "drop", 0);
  ck_assert (gpo_gate_remove_fault (gate, "f"));
  ck_assert (!gpo_gate_remove_fault (gate, "f"));
  expect (say ("NOOP\r\n"), "250");
}
END_TEST

/* --- rules that are wrong --- */

static const struct
{
  const char *when, *action, *words;
  int code;
} wrong[] = {
  { "verb =", "drop", "", GPO_FAULT_ERROR_WHEN },
  { "verb = DATA", "dorp", "did you mean \"drop\"?", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "explode", "there is: delay, reply", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "", "there is: delay", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "delay", "delay 2s", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "delay long", "delay 2s", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "reply", "reply 451", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "reply 99 x", "reply 451", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "reply 250", "reply 451", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "reply 250 a\r\nb", "reply 451", GPO_FAULT_ERROR_DO },
  { "verb = DATA", "drop now", "nothing stands", GPO_FAULT_ERROR_DO },
};

START_TEST (a_wrong_rule_is_refused_with_its_part)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_fault_new ("f", wrong[_i].when, wrong[_i].action, 0, &error));
  ck_assert (g_error_matches (error, GPO_FAULT_ERROR, wrong[_i].code));
  ck_assert_msg (strstr (error->message, wrong[_i].words) != NULL, "%s", error->message);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("gate");
  TCase *c = tcase_create ("gate");
  tcase_add_checked_fixture (c, setup, teardown);
  tcase_add_test (c, nothing_is_held_by_itself);
  tcase_add_test (c, step_lets_the_command_and_then_the_reply_through);
  tcase_add_test (c, pipelined_commands_wait_behind_a_held_one);
  tcase_add_test (c, a_breakpoint_holds_only_what_it_matches);
  tcase_add_test (c, a_held_reply_can_be_edited);
  tcase_add_test (c, a_held_command_has_no_reply_to_edit);
  tcase_add_test (c, a_session_that_goes_is_held_no_more);
  tcase_add_test (c, a_held_reply_keeps_the_verb_it_answers);
  tcase_add_test (c, a_breakpoint_that_is_not_enabled_holds_nothing);
  tcase_add_loop_test (c, a_held_session_can_be_dropped, 0, 2);
  tcase_add_test (c, what_the_gate_is_set_to_is_told);
  tcase_add_test (c, a_reply_fault_answers_in_the_place_of_the_command);
  tcase_add_test (c, the_bytes_of_a_refused_chunk_are_no_commands);
  tcase_add_test (c, a_reply_fault_replaces_a_reply);
  tcase_add_test (c, a_delayed_command_is_read_when_its_time_has_come);
  tcase_add_test (c, a_delayed_reply_is_sent_when_its_time_has_come);
  tcase_add_test (c, delays_add_up_with_what_follows);
  tcase_add_loop_test (c, the_connection_is_cut, 0, G_N_ELEMENTS (cutting));
  tcase_add_test (c, greylisting_lets_the_same_command_through_the_second_time);
  tcase_add_test (c, a_corrupted_command_is_not_understood);
  tcase_add_test (c, a_corrupted_reply_keeps_its_code);
  tcase_add_test (c, a_fault_that_is_removed_acts_no_more);
  tcase_add_loop_test (c, a_wrong_rule_is_refused_with_its_part, 0, G_N_ELEMENTS (wrong));
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
