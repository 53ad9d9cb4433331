/* SPDX-License-Identifier: MIT */
/* test-imap-session.c: each state × command of the IMAP table as a session plays it; and a client that stops reading. */
#include "../../support/paper-mailboxes.h"
#include "protocol/imap.h"
#include "roles/imap-private.h"
#include "roles/imap-server.h"
#include <check.h>
#include <string.h>

static const GpoImapState states[] = { GPO_IMAP_NOT_AUTHENTICATED, GPO_IMAP_AUTHENTICATED, GPO_IMAP_SELECTED };

static void
bring_to (PaperClient *client, GpoImapState state)
{
  if (state != GPO_IMAP_NOT_AUTHENTICATED)
    g_free (paper_client_ask (client, "a LOGIN bob glass"));
  if (state == GPO_IMAP_SELECTED)
    g_free (paper_client_ask (client, "b SELECT INBOX"));
  g_free (paper_client_take (client));
  ck_assert_int_eq (client->session->state, state);
}

/* The last `edge` event of a log. */
static const GpoEvent *
last_edge (GpoLog *log)
{
  for (guint64 n = gpo_log_length (log); n-- > gpo_log_first (log);)
    if (gpo_log_get (log, n)->kind == GPO_KIND_EDGE)
      return gpo_log_get (log, n);
  return NULL;
}

/* A command without arguments: refused as out of sequence exactly where the table does not accept it. */
START_TEST (command_is_legal_where_the_table_says)
{
  const GpoMachine *machine = &gpo_imap_server_machine;
  GpoImapState state = states[_i / GPO_IMAP_IN_UNKNOWN];
  guint8 input = (guint8) (_i % GPO_IMAP_IN_UNKNOWN);
  PaperCounter *paper = paper_counter_new ();
  PaperClient *client = paper_client_imap (paper, 1);
  gpo_imap_server_offer_tls (client->session, FALSE); /* else a handshake follows */
  bring_to (client, state);
  g_autofree char *line = g_strdup_printf ("x %s", machine->inputs[input]);
  g_free (paper_client_ask (client, line));
  const GpoEvent *edge = last_edge (paper->log);
  gboolean refused = strcmp (gpo_event_text (edge, GPO_FIELD_VERDICT, NULL), "sequence") == 0;
  ck_assert_str_eq (gpo_event_text (edge, GPO_FIELD_VERB, NULL), machine->inputs[input]);
  ck_assert_str_eq (gpo_event_text (edge, GPO_FIELD_FROM, NULL), machine->states[state]);
  ck_assert_str_eq (gpo_event_text (edge, GPO_FIELD_TO, NULL), machine->states[client->session->state]);
  ck_assert_int_eq (refused, !gpo_machine_accepts (machine, state, input));
  if (refused)
    ck_assert_int_eq (client->session->state, state);
  paper_client_free (client);
  paper_counter_free (paper);
}
END_TEST

START_TEST (client_that_does_not_read_holds_up_only_itself)
{
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  g_autofree char *body = g_strnfill (300 * 1024, 'x');
  for (guint i = 0; i < 20; i++)
    paper_deliver (inbox, body, -1, 0);
  PaperClient *client = paper_client_imap (paper, 1), *other = paper_client_imap (paper, 2);
  bring_to (client, GPO_IMAP_SELECTED);
  bring_to (other, GPO_IMAP_SELECTED);
  client->stuck = TRUE;
  paper_client_say (client, "c FETCH 1:* BODY.PEEK[]\r\n", 25, 0);
  ck_assert_int_eq (client->session->pending, GPO_PENDING_OUTPUT);
  ck_assert_uint_lt (client->session->out->len, GPO_OUTPUT_MARK + 128 * 1024);
  g_autofree char *quick = paper_client_ask (other, "d NOOP");
  ck_assert_str_eq (quick, "d OK NOOP completed\r\n");
  client->stuck = FALSE;
  paper_client_settle (client);
  ck_assert_uint_gt (client->said->len, 20 * 300 * 1024);
  ck_assert (g_str_has_suffix (client->said->str, "c OK FETCH completed\r\n"));
  paper_client_free (client);
  paper_client_free (other);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
}
END_TEST

/* A letter's number goes with its response, so that its life is one story. */
START_TEST (fetched_letter_has_its_number_in_the_trace)
{
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  paper_deliver (inbox, "Subject: x\r\n\r\nx\r\n", -1, 0);
  guint32 letter = gpo_mailbox_message (inbox, 0)->letter;
  PaperClient *client = paper_client_imap (paper, 1);
  bring_to (client, GPO_IMAP_SELECTED);
  guint64 from = gpo_log_length (paper->log);
  g_free (paper_client_ask (client, "c FETCH 1 BODY.PEEK[TEXT]"));
  guint found = 0;
  for (guint64 n = from; n < gpo_log_length (paper->log); n++)
    {
      const GpoEvent *event = gpo_log_get (paper->log, n);
      if (event->kind != GPO_KIND_DATA)
        continue;
      found++;
      ck_assert_uint_eq (event->letter, letter);
      ck_assert_int_eq (gpo_event_number (event, GPO_FIELD_OFFSET, -1), 14);
    }
  ck_assert_uint_eq (found, 1);
  paper_client_free (client);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
}
END_TEST

START_TEST (full_disk_is_told_and_changes_nothing)
{
  static const char *const commands[]
      = { "c STORE 1 FLAGS (\\Seen)", "c CREATE x", "c COPY 1 INBOX", "c APPEND INBOX {3+}\r\nabc" };
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  paper_deliver (inbox, "Subject: x\r\n\r\nx\r\n", -1, 0);
  PaperClient *client = paper_client_imap (paper, 1);
  bring_to (client, GPO_IMAP_SELECTED);
  paper->disk_full = TRUE;
  g_autofree char *said = paper_client_ask (client, commands[_i]);
  ck_assert_msg (g_str_has_prefix (said, "c NO [OVERQUOTA] "), "%s", said);
  ck_assert_uint_eq (inbox->n_messages, 1);
  paper_client_free (client);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
}
END_TEST

/* Arrow 2 of RFC 3501 §3: known before the first command. */
START_TEST (preauth_greeting_leads_to_the_authenticated_state)
{
  PaperCounter *paper = paper_counter_new ();
  GpoSession *session = gpo_imap_server_new (&paper->counter, 1);
  gpo_imap_server_greet (session, GPO_EMPTY, gpo_host_person (paper->host, "bob"));
  ck_assert_int_eq (session->state, GPO_IMAP_AUTHENTICATED);
  ck_assert_msg (g_str_has_prefix (session->out->str, "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ "), "%s", session->out->str);
  gpo_session_free (session);
  paper_counter_free (paper);
}
END_TEST

/* Every needle at every place of texts of every length up to two vectors and a rest, in either case. */
START_TEST (text_is_found_wherever_it_stands)
{
  static const char *const needles[] = { "n", "nd", "needle", "-e-", "a needle of more than sixteen bytes" };
  const char *needle = needles[_i];
  gsize n = strlen (needle);
  g_autofree char *upper = g_ascii_strup (needle, -1);
  for (gsize length = 0; length < 80; length++)
    {
      g_autofree char *text = g_strnfill (length, 'x');
      ck_assert (!gpo_imap_contains (text, length, needle));
      for (gsize at = 0; at + n <= length; at++)
        {
          memcpy (text + at, at % 2 ? upper : needle, n);
          ck_assert (gpo_imap_contains (text, length, needle));
          ck_assert (!gpo_imap_contains (text, at + n - 1, needle));
          memset (text + at, 'x', n);
        }
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("imap-session");
  TCase *c = tcase_create ("session");
  tcase_add_loop_test (c, command_is_legal_where_the_table_says, 0, G_N_ELEMENTS (states) * GPO_IMAP_IN_UNKNOWN);
  tcase_add_test (c, preauth_greeting_leads_to_the_authenticated_state);
  tcase_add_loop_test (c, text_is_found_wherever_it_stands, 0, 5);
  tcase_add_test (c, client_that_does_not_read_holds_up_only_itself);
  tcase_add_test (c, fetched_letter_has_its_number_in_the_trace);
  tcase_add_loop_test (c, full_disk_is_told_and_changes_nothing, 0, 4);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
