/* SPDX-License-Identifier: MIT */
/* test-typed-call.c: calls whose lines a person types: who called is in the trace, and what is said to servers
 * outside the world is recorded by this end. Outside is a second office, on ports of its own. */
#include "office/typed-call.h"
#include "trace/filter.h"
#include <check.h>
#include <string.h>

static GpoOffice *ours, *theirs;

static GpoOffice *
start (void)
{
  g_autoptr (GError) error = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .no_control = TRUE };
  GpoOffice *office = gpo_office_start (&config, &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
  return office;
}

static void
setup (void)
{
  ours = start ();
  theirs = start ();
}

static void
teardown (void)
{
  g_clear_pointer (&ours, gpo_office_stop);
  g_clear_pointer (&theirs, gpo_office_stop);
}

/* --- a call, and what came back --- */

typedef struct
{
  GpoTypedCall *call;
  GString *heard;
  char *closed, *tls;
} Talk;

static void
on_connected (const char *address, guint16 port, gpointer data)
{
  ck_assert_str_eq (address, "127.0.0.1");
}

static void
on_received (const char *bytes, gsize n, gpointer data)
{
  g_string_append_len (((Talk *) data)->heard, bytes, (gssize) n);
}

static void
on_secured (const char *problem, const char *description, const char *doubt, gpointer data)
{
  ck_assert_msg (problem == NULL, "%s", problem);
  ((Talk *) data)->tls = g_strdup (description);
}

static void
on_closed (const char *why, gpointer data)
{
  ((Talk *) data)->closed = g_strdup (why);
}

static const GpoTypedCallUser user = { on_connected, on_received, on_secured, on_closed };

static guint
port_of (GpoOffice *office, const char *host, GpoRole role)
{
  return gpo_office_port (office, gpo_world_host (gpo_office_world (office), host), role);
}

static void
call (Talk *talk, GpoOffice *from, guint port, GpoProtocol protocol)
{
  GpoTypedCallOptions options = {
    .who = "bob", .address = "127.0.0.1", .port = (guint16) port, .protocol = protocol, .server_name = "athens.example"
  };
  *talk = (Talk){ .heard = g_string_new (NULL) };
  talk->call = gpo_typed_call_new (from, &options, &user, talk);
}

static void
end (Talk *talk)
{
  gpo_typed_call_free (talk->call);
  g_string_free (talk->heard, TRUE);
  g_free (talk->closed);
  g_free (talk->tls);
}

#define UNTIL(condition)                                                                                                    \
  do                                                                                                                        \
    {                                                                                                                       \
      gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                                                      \
      while (!(condition) && g_get_monotonic_time () < deadline)                                                            \
        g_main_context_iteration (NULL, FALSE);                                                                             \
      ck_assert_msg (condition, #condition);                                                                                \
    }                                                                                                                       \
  while (0)

static void
say (Talk *talk, const char *line, const char *answer)
{
  g_string_truncate (talk->heard, 0);
  gpo_typed_call_send (talk->call, line, strlen (line));
  UNTIL (strstr (talk->heard->str, answer));
}

/* --- what the trace has --- */

static guint
count (GpoOffice *office, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, NULL, &error);
  ck_assert_msg (filter != NULL, "%s", error ? error->message : "?");
  GpoLog *log = gpo_office_log (office);
  guint n = 0;
  for (guint64 i = gpo_log_first (log); i < gpo_log_length (log); i++)
    n += gpo_filter_match_at (filter, log, i);
  return n;
}

START_TEST (a_call_within_the_world_is_named_and_recorded_once)
{
  Talk talk;
  call (&talk, ours, port_of (ours, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (talk.heard->str, "220 "));
  say (&talk, "EHLO client.example\r\n", "250 ");
  say (&talk, "QUIT\r\n", "221 ");
  UNTIL (talk.closed);
  ck_assert_uint_eq (count (ours, "kind = connect"), 1);
  ck_assert_uint_eq (count (ours, "kind = connect and name = bob and host = athens"), 1);
  ck_assert_uint_eq (count (ours, "kind = line and verb = EHLO and from = client"), 1);
  ck_assert_uint_eq (count (theirs, "kind = connect"), 0);
  end (&talk);
}
END_TEST

START_TEST (a_call_outside_is_recorded_by_this_end)
{
  Talk talk;
  guint port = port_of (theirs, "athens", GPO_ROLE_SMTP);
  g_autofree char *of_host = g_strdup_printf ("host = \"127.0.0.1:%u\"", port);
  g_autofree char *greeted = g_strconcat ("kind = connect and name = bob and ", of_host, NULL);
  call (&talk, ours, port, GPO_PROTOCOL_SMTP);
  UNTIL (strstr (talk.heard->str, "220 "));
  say (&talk, "EHLO client.example\r\n", "250 ");
  say (&talk, "MAIL FROM:<alice@athens.example>\r\n", "250 ");
  say (&talk, "RCPT TO:<alice@athens.example>\r\n", "250 ");
  say (&talk, "DATA\r\n", "354 ");
  say (&talk, "Subject: out\r\n\r\nx\r\n.\r\n", "250 ");
  say (&talk, "QUIT\r\n", "221 ");
  UNTIL (talk.closed);
  ck_assert_uint_eq (count (ours, greeted), 1);
  ck_assert_uint_eq (count (ours, "kind = edge and verb = EHLO and verdict = ok"), 1);
  ck_assert_uint_eq (count (ours, "kind = letter"), 1);
  ck_assert_uint_eq (count (ours, "kind = edge and to = closed"), 1);
  ck_assert_uint_eq (count (ours, "kind = close"), 1);
  ck_assert_uint_eq (count (theirs, "kind = connect and name = bob"), 0);
  end (&talk);
}
END_TEST

START_TEST (what_is_said_inside_tls_is_recorded_in_the_clear)
{
  Talk talk;
  call (&talk, ours, port_of (theirs, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (talk.heard->str, "220 "));
  say (&talk, "EHLO client.example\r\n", "250 ");
  say (&talk, "STARTTLS\r\n", "220 ");
  gpo_typed_call_secure (talk.call);
  UNTIL (talk.tls);
  say (&talk, "EHLO again.example\r\n", "250 ");
  ck_assert_uint_eq (count (ours, "kind = tls and result = ok"), 1);
  ck_assert_uint_eq (count (ours, "kind = edge and from = tls and to = greeted"), 1);
  ck_assert_uint_eq (count (ours, "kind = line and verb = EHLO and from = client"), 2);
  end (&talk);
}
END_TEST

START_TEST (letters_keep_one_count_in_the_world)
{
  Talk in, out;
  call (&out, ours, port_of (theirs, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (out.heard->str, "220 "));
  say (&out, "EHLO client.example\r\n", "250 ");
  say (&out, "MAIL FROM:<>\r\n", "250 ");
  call (&in, ours, port_of (ours, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (in.heard->str, "220 "));
  say (&in, "EHLO client.example\r\n", "250 ");
  say (&in, "MAIL FROM:<>\r\n", "250 ");
  ck_assert_uint_eq (count (ours, "kind = envelope"), 2);
  GpoLog *log = gpo_office_log (ours);
  guint32 numbers[2] = { 0 };
  for (guint64 i = gpo_log_first (log), n = 0; i < gpo_log_length (log); i++)
    if (gpo_log_get (log, i)->kind == GPO_KIND_ENVELOPE)
      numbers[n++] = gpo_log_get (log, i)->letter;
  ck_assert_uint_ne (numbers[0], numbers[1]);
  end (&in);
  end (&out);
}
END_TEST

START_TEST (nobody_answers_is_a_note)
{
  Talk talk;
  call (&talk, ours, 1, GPO_PROTOCOL_POP3);
  UNTIL (talk.closed);
  UNTIL (count (ours, "kind = note and text ~ \"bob calls\"") == 1);
  ck_assert_uint_eq (count (ours, "kind = close"), 0);
  end (&talk);
}
END_TEST

START_TEST (who_hangs_up_is_recorded_as_lost)
{
  Talk talk;
  call (&talk, ours, port_of (theirs, "sparta", GPO_ROLE_POP3), GPO_PROTOCOL_POP3);
  UNTIL (strstr (talk.heard->str, "+OK"));
  end (&talk);
  UNTIL (count (ours, "kind = close and reason ~ \"hung up\"") == 1);
  ck_assert_uint_eq (count (ours, "kind = edge and verb = lost"), 1);
}
END_TEST

START_TEST (without_an_office_it_is_made_all_the_same)
{
  Talk talk;
  call (&talk, NULL, port_of (theirs, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (talk.heard->str, "220 "));
  say (&talk, "QUIT\r\n", "221 ");
  UNTIL (talk.closed);
  end (&talk);
}
END_TEST

/* The office closes under a call that stands: the user is told, and nothing is left behind. */
START_TEST (an_office_that_closes_ends_its_calls)
{
  Talk talk;
  call (&talk, ours, port_of (theirs, "athens", GPO_ROLE_SMTP), GPO_PROTOCOL_SMTP);
  UNTIL (strstr (talk.heard->str, "220 "));
  g_autofree char *answer = gpo_office_ask (ours, "clock", NULL);
  ck_assert_ptr_nonnull (answer);
  g_clear_pointer (&ours, gpo_office_stop);
  UNTIL (talk.closed);
  ck_assert_str_eq (talk.closed, "the office closes");
  end (&talk);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("typed-call");
  TCase *t = tcase_create ("typed-call");
  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 60);
  tcase_add_test (t, a_call_within_the_world_is_named_and_recorded_once);
  tcase_add_test (t, a_call_outside_is_recorded_by_this_end);
  tcase_add_test (t, what_is_said_inside_tls_is_recorded_in_the_clear);
  tcase_add_test (t, letters_keep_one_count_in_the_world);
  tcase_add_test (t, nobody_answers_is_a_note);
  tcase_add_test (t, who_hangs_up_is_recorded_as_lost);
  tcase_add_test (t, without_an_office_it_is_made_all_the_same);
  tcase_add_test (t, an_office_that_closes_ends_its_calls);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
