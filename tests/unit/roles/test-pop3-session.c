/* SPDX-License-Identifier: MIT */
/* test-pop3-session.c: what no dialogue can bring about: a disk that fails at QUIT, and a client that stops reading. */
#include "../../support/paper-mailboxes.h"
#include "protocol/pop3.h"
#include <check.h>
#include <string.h>

static PaperClient *
enter (PaperCounter *paper)
{
  PaperClient *client = paper_client_pop3 (paper, 1);
  g_free (paper_client_ask (client, "USER bob"));
  g_free (paper_client_ask (client, "PASS glass"));
  ck_assert_int_eq (client->session->state, GPO_POP3_TRANSACTION);
  return client;
}

/* RFC 1939 §6: what could not be removed is said, and stays. */
START_TEST (quit_that_cannot_remove_says_so)
{
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  paper_deliver (inbox, "Subject: x\r\n\r\nx\r\n", -1, 0);
  PaperClient *client = enter (paper);
  g_free (paper_client_ask (client, "DELE 1"));
  paper->disk_full = TRUE;
  g_autofree char *said = paper_client_ask (client, "QUIT");
  ck_assert_str_eq (said, "-ERR [SYS/TEMP] some letters marked were not removed\r\n");
  ck_assert_int_eq (client->session->state, GPO_POP3_CLOSED);
  ck_assert (client->session->closing);
  ck_assert_uint_eq (inbox->n_messages, 1);
  paper_client_free (client);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
}
END_TEST

START_TEST (client_that_does_not_read_stops_its_letter_only)
{
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  g_autofree char *body = g_strnfill (3 * 1024 * 1024, 'x');
  paper_deliver (inbox, body, -1, 0);
  PaperClient *client = enter (paper);
  client->stuck = TRUE;
  paper_client_say (client, "RETR 1\r\n", 8, 0);
  ck_assert_int_eq (client->session->pending, GPO_PENDING_OUTPUT);
  ck_assert_uint_lt (client->session->out->len, GPO_OUTPUT_MARK + 128 * 1024);
  client->stuck = FALSE;
  paper_client_settle (client);
  ck_assert_uint_gt (client->said->len, 3 * 1024 * 1024);
  ck_assert (g_str_has_suffix (client->said->str, "\r\n.\r\n"));
  paper_client_free (client);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("pop3-session");
  TCase *c = tcase_create ("session");
  tcase_add_test (c, quit_that_cannot_remove_says_so);
  tcase_add_test (c, client_that_does_not_read_stops_its_letter_only);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
