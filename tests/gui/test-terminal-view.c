/* SPDX-License-Identifier: MIT */
/* test-terminal-view.c: conversations typed by hand in the window of a running office: what is typed,
 * completed, hinted, heard and recorded. */
#include "window-fixture.h"
#include "panes.h"
#include "terminal-view.h"
#include "trace/filter.h"

static GpoTerminalView *
view (void)
{
  return GPO_TERMINAL_VIEW (gpo_window_get_pane (window, "terminal"));
}

static GpoTerminalModel *
model (void)
{
  return gpo_terminal_view_get_model (view ());
}

static void
setup (void)
{
  setup_office ();
  act ("win.view::terminal");
}

static gboolean
state_is (gpointer data)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (model ());
  return dialogue && strcmp (gpo_dialogue_state (dialogue), data) == 0 && gpo_dialogue_n_awaited (dialogue) == 0;
}

static void
wait_for_state (const char *state)
{
  ck_assert_msg (turn_until (state_is, (gpointer) state), "not in %s but in %s", state,
                 gpo_dialogue_state (gpo_terminal_model_get_dialogue (model ())));
}

static void
call (const char *target)
{
  for (guint i = 0; i < gpo_terminal_world_n_targets (gpo_terminal_model_get_world (model ())); i++)
    if (g_str_has_prefix (gpo_terminal_world_target (gpo_terminal_model_get_world (model ()), i), target))
      {
        gpo_terminal_model_call (model (), i, "terminal");
        return;
      }
  ck_abort_msg ("there is no %s", target);
}

/* Types it into the entry and presses Enter. */
static void
type (const char *line)
{
  gtk_editable_set_text (gpo_terminal_view_get_entry (view ()), line);
  g_signal_emit_by_name (gpo_terminal_view_get_entry (view ()), "activate");
}

static gboolean
text_has (gpointer data)
{
  g_autofree char *text = gpo_terminal_view_dup_text (view ());
  return strstr (text, data) != NULL;
}

static void
expect (const char *text)
{
  ck_assert_msg (turn_until (text_has, (gpointer) text), "\"%s\" is not shown", text);
}

START_TEST (smtp_from_ehlo_to_quit)
{
  call ("athens SMTP");
  wait_for_state ("greeted");
  gtk_editable_set_text (gpo_terminal_view_get_entry (view ()), "RCPT TO:<bob@sparta.example>");
  ck_assert_ptr_nonnull (strstr (gpo_terminal_view_get_hint (view ()), "not legal now"));
  type ("RCPT TO:<bob@sparta.example>");
  expect ("S: 503");
  type ("EHLO client.example");
  wait_for_state ("ready");
  type ("MAIL FROM:<bob@sparta.example>");
  wait_for_state ("mail");
  type ("RCPT TO:<alice@athens.example>");
  wait_for_state ("rcpt");
  type ("DATA");
  wait_for_state ("data");
  gtk_editable_set_text (gpo_terminal_view_get_entry (view ()), ".hidden");
  ck_assert_ptr_nonnull (strstr (gpo_terminal_view_get_hint (view ()), "sent with two"));
  type ("Subject: by hand");
  type ("");
  type (".hidden");
  expect ("C: ..hidden\\r\\n");
  type (".");
  wait_for_state ("ready");
  type ("QUIT");
  wait_for_state ("closed");
  expect ("connection is closed");
}
END_TEST

START_TEST (a_bare_lf_is_really_sent_and_refused)
{
  call ("athens SMTP");
  wait_for_state ("greeted");
  act ("win.term-bare-lf");
  type ("EHLO client.example");
  expect ("C: EHLO client.example\\n");
  ck_assert (!text_has ((gpointer) "C: EHLO client.example\\r"));
}
END_TEST

static gboolean
is_encrypted (gpointer data)
{
  return gpo_terminal_model_get_tls (model ()) != NULL;
}

START_TEST (starttls_and_auth_by_hand)
{
  call ("athens submission");
  wait_for_state ("greeted");
  type ("EHLO client.example");
  wait_for_state ("ready");
  act ("win.term-starttls");
  ck_assert_str_eq (gtk_editable_get_text (gpo_terminal_view_get_entry (view ())), "STARTTLS");
  type ("STARTTLS");
  ck_assert (turn_until (is_encrypted, NULL));
  wait_for_state ("greeted");
  type ("EHLO client.example");
  wait_for_state ("ready");
  type ("AUTH PLAIN");
  wait_for_state ("auth");
  type ("AGFsaWNlAGdsYXNz");
  wait_for_state ("ready");
  expect ("S: 235");
}
END_TEST

START_TEST (imap_through_its_states)
{
  call ("sparta IMAP,");
  wait_for_state ("not-authenticated");
  type ("a1 LOGIN bob glass");
  wait_for_state ("authenticated");
  type ("a2 SELECT INBOX");
  wait_for_state ("selected");
  type ("a3 APPEND INBOX {16}");
  expect ("S: + ");
  type ("Subject: x");
  type ("");
  type ("x");
  wait_for_state ("selected");
  type ("a4 IDLE");
  expect ("S: + idling");
  type ("DONE");
  wait_for_state ("selected");
  type ("a5 LOGOUT");
  expect ("connection is closed");
}
END_TEST

/* Line by line (0) and all at once (1). */
START_TEST (a_dialogue_is_pasted)
{
  call ("sparta POP3");
  wait_for_state ("authorization");
  gpo_terminal_model_paste (model (), "USER bob\nPASS glass\nSTAT\nQUIT\n", _i == 1, (GpoTyping){ 0 });
  expect ("connection is closed");
  expect ("C: STAT\\r\\n");
  expect ("S: +OK goodbye");
  ck_assert_uint_eq (gpo_terminal_model_n_pasted (model ()), 0);
}
END_TEST

START_TEST (completion_goes_through_what_may_be_said)
{
  GtkEditable *entry = gpo_terminal_view_get_entry (view ());
  call ("athens SMTP");
  wait_for_state ("greeted");
  gtk_editable_set_text (entry, "h");
  act ("win.term-complete");
  ck_assert_str_eq (gtk_editable_get_text (entry), "HELO client.example");
  act ("win.term-complete");
  ck_assert_str_eq (gtk_editable_get_text (entry), "HELP");
  act ("win.term-complete");
  ck_assert_str_eq (gtk_editable_get_text (entry), "HELO client.example");
  gtk_editable_set_text (entry, "MAIL FROM:<al");
  act ("win.term-complete");
  ck_assert_str_eq (gtk_editable_get_text (entry), "MAIL FROM:<alice@athens.example>");
}
END_TEST

START_TEST (nobody_answers_is_said)
{
  g_autoptr (GError) error = NULL;
  ck_assert (gpo_terminal_model_call_address (model (), "127.0.0.1:1", GPO_PROTOCOL_SMTP, "terminal", &error));
  expect ("connection is closed: cannot connect");
  ck_assert (!gpo_terminal_model_is_open (model ()));
  ck_assert (!gpo_terminal_model_call_address (model (), "127.0.0.1:x", GPO_PROTOCOL_SMTP, "terminal", &error));
}
END_TEST

static guint
count_events (GpoOffice *office, const char *text)
{
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, NULL, NULL);
  GpoLog *log = gpo_office_log (office);
  guint n = 0;
  for (guint64 i = gpo_log_first (log); i < gpo_log_length (log); i++)
    n += gpo_filter_match_at (filter, log, i);
  return n;
}

/* A second office is a stranger's server: the call to it is recorded here, and so is who typed. */
START_TEST (a_call_outside_the_world_is_in_the_trace)
{
  g_autoptr (GError) error = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .no_control = TRUE };
  g_autoptr (GpoOffice) theirs = gpo_office_start (&config, &error);
  ck_assert_ptr_nonnull (theirs);
  guint port = gpo_office_port (theirs, gpo_world_host (gpo_office_world (theirs), "sparta"), GPO_ROLE_POP3);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  ck_assert (gpo_terminal_model_call_address (model (), address, GPO_PROTOCOL_POP3, "carol", &error));
  wait_for_state ("authorization");
  type ("USER bob");
  expect ("S: +OK");
  type ("QUIT");
  expect ("connection is closed");
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  ck_assert_uint_eq (count_events (office, "kind = connect and name = carol and protocol = pop3"), 1);
  ck_assert_uint_eq (count_events (office, "kind = edge and machine = pop3-server"), 3);
  ck_assert_uint_eq (count_events (office, "kind = line and verb = USER and from = client"), 1);
}
END_TEST

START_TEST (what_was_typed_is_in_the_trace)
{
  call ("athens SMTP");
  wait_for_state ("greeted");
  type ("NOOP by hand");
  expect ("S: 250");
  GpoLog *log = gpo_office_log (gpo_source_get_office (gpo_window_get_source (window)));
  gboolean found = FALSE;
  for (guint64 i = gpo_log_first (log); i < gpo_log_length (log); i++)
    {
      gsize length;
      const GpoEvent *event = gpo_log_get (log, i);
      const char *text = event->kind == GPO_KIND_LINE ? gpo_event_text (event, GPO_FIELD_TEXT, &length) : NULL;
      found |= text && length == 14 && strncmp (text, "NOOP by hand\r\n", 14) == 0;
    }
  ck_assert (found);
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  ck_assert_uint_eq (count_events (office, "kind = connect and name = terminal and host = athens"), 1);
  act ("win.term-call");
  expect ("hung up");
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("terminal-view");
  TCase *t = tcase_create ("terminal-view");
  tcase_add_checked_fixture (t, setup, teardown_window);
  tcase_set_timeout (t, 60);
  tcase_add_test (t, smtp_from_ehlo_to_quit);
  tcase_add_test (t, a_bare_lf_is_really_sent_and_refused);
  tcase_add_test (t, starttls_and_auth_by_hand);
  tcase_add_test (t, imap_through_its_states);
  tcase_add_loop_test (t, a_dialogue_is_pasted, 0, 2);
  tcase_add_test (t, completion_goes_through_what_may_be_said);
  tcase_add_test (t, nobody_answers_is_said);
  tcase_add_test (t, what_was_typed_is_in_the_trace);
  tcase_add_test (t, a_call_outside_the_world_is_in_the_trace);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
