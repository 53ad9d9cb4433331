/* SPDX-License-Identifier: MIT */
/* test-mail-reader.c: people of a running office read and send mail, by each of the three ways. */
#include "office/mail-reader.h"
#include "letter/compose.h"
#include "store/mailbox.h"
#include "trace/filter.h"
#include <check.h>
#include <string.h>

static GpoOffice *office;

static void
setup (void)
{
  g_autoptr (GError) error = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .no_control = TRUE };
  office = gpo_office_start (&config, &error);
  ck_assert_msg (office != NULL, "%s", error ? error->message : "?");
}

static void
teardown (void)
{
  g_clear_pointer (&office, gpo_office_stop);
}

static const GpoPerson *
person (const char *host, const char *login)
{
  return gpo_host_person (gpo_world_host (gpo_office_world (office), host), login);
}

/* --- asking, and waiting for the answer --- */

static void
take_answer (GpoReaderAnswer *answer, gpointer data)
{
  *(GpoReaderAnswer **) data = answer;
}

static GpoReaderAnswer *
wait_for (GpoMailReader *reader, GpoReaderTask *task)
{
  GpoReaderAnswer *answer = NULL;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gpo_mail_reader_ask (reader, task, take_answer, &answer);
  while (!answer && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  ck_assert_ptr_nonnull (answer);
  return answer;
}

static GpoReaderAnswer *
ask (GpoMailReader *reader, GpoReaderAsk what, const char *folder, const char *key)
{
  return wait_for (reader, gpo_reader_task_new (what, folder, key));
}

typedef struct
{
  gboolean done;
  char *problem;
} Sent;

static void
take_sent (const char *problem, gpointer data)
{
  Sent *sent = data;
  sent->done = TRUE;
  sent->problem = g_strdup (problem);
}

/* NULL, or what went wrong; the caller frees. */
static char *
send_letter (GpoMailReader *reader, const char *from, const char *to, const char *text)
{
  GpoDraft draft = { .from = g_strdup (from), .to = g_strdup (to), .subject = g_strdup ("hello"), .text = g_strdup (text) };
  const char *const recipients[] = { to, NULL };
  g_autoptr (GBytes) letter = gpo_draft_compose (&draft, g_get_real_time (), "test", "athens.example");
  Sent sent = { FALSE, NULL };
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gpo_mail_reader_send (reader, from, recipients, letter, take_sent, &sent);
  while (!sent.done && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  ck_assert (sent.done);
  gpo_draft_clear (&draft);
  return sent.problem;
}

/* Bob's letters, once there is one. */
static GpoReaderAnswer *
wait_for_letter (GpoMailReader *reader)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < deadline)
    {
      GpoReaderAnswer *answer = ask (reader, GPO_READER_LIST, "INBOX", NULL);
      ck_assert_msg (!answer->problem, "%s", answer->problem);
      if (answer->rows)
        return answer;
      gpo_reader_answer_free (answer);
    }
  ck_abort_msg ("no letter came");
  return NULL;
}

static guint
count_events (const char *text)
{
  g_autoptr (GError) error = NULL;
  GpoFilter *filter = gpo_filter_parse (text, NULL, &error);
  ck_assert_msg (filter != NULL, "%s", error ? error->message : "?");
  GpoLog *log = gpo_office_log (office);
  guint n = 0;
  for (guint64 i = gpo_log_first (log); i < gpo_log_length (log); i++)
    n += gpo_filter_match_at (filter, log, i);
  gpo_filter_free (filter);
  return n;
}

static void
a_letter_goes (gboolean tls)
{
  GpoMailReader *alice = gpo_mail_reader_new (office, person ("athens", "alice"), GPO_WAY_IMAP, tls, NULL, NULL);
  g_autofree char *problem = send_letter (alice, "alice@athens.example", "bob@sparta.example", "lunch?\n");
  ck_assert_msg (!problem, "%s", problem);
  gpo_mail_reader_free (alice);
}

/* Ways by _i / 2, with and without encryption. */
START_TEST (bob_reads_what_alice_sent)
{
  GpoReaderWay way = (GpoReaderWay) (_i / 2);
  a_letter_goes (_i % 2);
  GpoMailReader *bob = gpo_mail_reader_new (office, person ("sparta", "bob"), way, _i % 2, NULL, NULL);
  g_autoptr (GpoReaderAnswer) list = wait_for_letter (bob);
  const GpoReaderRow *row = list->rows->pdata[0];
  ck_assert_str_eq (row->summary.subject, "hello");
  ck_assert_uint_eq (row->flags & GPO_FLAG_SEEN, 0);
  g_autoptr (GpoReaderAnswer) letter = ask (bob, GPO_READER_LETTER, "INBOX", row->key);
  ck_assert_ptr_nonnull (letter->letter);
  gsize length;
  const char *bytes = g_bytes_get_data (letter->letter, &length);
  ck_assert_ptr_nonnull (g_strstr_len (bytes, (gssize) length, "\r\n\r\nlunch?\r\n"));
  g_autoptr (GpoReaderAnswer) again = wait_for_letter (bob);
  ck_assert_uint_eq (((GpoReaderRow *) again->rows->pdata[0])->flags & GPO_FLAG_SEEN, GPO_FLAG_SEEN);
  /* all of it is in the trace, under bob's name; the local reader said nothing */
  guint calls = count_events ("kind = connect and name = bob");
  ck_assert_msg ((calls == 0) == (way == GPO_WAY_MAILDIR), "%u calls", calls);
  ck_assert_uint_gt (count_events ("kind = connect and name = alice and role = submission"), 0);
  ck_assert_uint_eq (count_events ("kind = tls and host = athens") > 0, _i % 2);
  gpo_mail_reader_free (bob);
}
END_TEST

static void
note_news (gpointer data)
{
  *(gboolean *) data = TRUE;
}

START_TEST (imap_tells_news_while_idle)
{
  gboolean news = FALSE;
  GpoMailReader *bob = gpo_mail_reader_new (office, person ("sparta", "bob"), GPO_WAY_IMAP, FALSE, note_news, &news);
  gpo_reader_answer_free (ask (bob, GPO_READER_LIST, "INBOX", NULL));
  a_letter_goes (FALSE);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (!news && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  ck_assert (news);
  gpo_mail_reader_free (bob);
}
END_TEST

START_TEST (what_imap_files_the_maildir_shows)
{
  a_letter_goes (FALSE);
  GpoMailReader *bob = gpo_mail_reader_new (office, person ("sparta", "bob"), GPO_WAY_IMAP, FALSE, NULL, NULL);
  GpoMailReader *local = gpo_mail_reader_new (office, person ("sparta", "bob"), GPO_WAY_MAILDIR, FALSE, NULL, NULL);
  g_autoptr (GpoReaderAnswer) list = wait_for_letter (bob);
  const char *key = ((GpoReaderRow *) list->rows->pdata[0])->key;
  g_autoptr (GpoReaderAnswer) made = ask (bob, GPO_READER_CREATE, "Old", NULL);
  ck_assert_ptr_null (made->problem);
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_FILE, "INBOX", key);
  task->to = g_strdup ("Old");
  g_autoptr (GpoReaderAnswer) filed = wait_for (bob, task);
  ck_assert_ptr_null (filed->problem);
  g_autoptr (GpoReaderAnswer) folders = ask (local, GPO_READER_FOLDERS, NULL, NULL);
  ck_assert_uint_eq (folders->folders->len, 2);
  ck_assert_uint_eq (((GpoReaderFolder *) folders->folders->pdata[1])->messages, 1);
  gpo_mail_reader_free (bob);
  gpo_mail_reader_free (local);
}
END_TEST

START_TEST (a_refused_recipient_is_told)
{
  GpoMailReader *bob = gpo_mail_reader_new (office, person ("sparta", "bob"), GPO_WAY_IMAP, FALSE, NULL, NULL);
  g_autofree char *problem = send_letter (bob, "bob@sparta.example", "nobody@sparta.example", "x");
  ck_assert_ptr_nonnull (problem);
  ck_assert_ptr_nonnull (strstr (problem, "nobody@sparta.example: 550"));
  gpo_mail_reader_free (bob);
}
END_TEST

/* A reader that goes in the middle of everything, and an office that goes right behind it. */
START_TEST (leaving_at_once_harms_nothing)
{
  GpoMailReader *bob = gpo_mail_reader_new (office, person ("sparta", "bob"), (GpoReaderWay) _i, FALSE, NULL, NULL);
  gpo_mail_reader_ask (bob, gpo_reader_task_new (GPO_READER_FOLDERS, NULL, NULL), NULL, NULL);
  gpo_mail_reader_ask (bob, gpo_reader_task_new (GPO_READER_LIST, "INBOX", NULL), NULL, NULL);
  gpo_mail_reader_free (bob);
  g_clear_pointer (&office, gpo_office_stop);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("mail-reader");
  TCase *t = tcase_create ("mail-reader");
  TCase *leaving = tcase_create ("leaving");
  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 60);
  tcase_add_loop_test (t, bob_reads_what_alice_sent, 0, 2 * GPO_N_WAYS);
  tcase_add_test (t, imap_tells_news_while_idle);
  tcase_add_test (t, what_imap_files_the_maildir_shows);
  tcase_add_test (t, a_refused_recipient_is_told);
  tcase_add_checked_fixture (leaving, setup, teardown);
  tcase_add_loop_test (leaving, leaving_at_once_harms_nothing, 0, GPO_N_WAYS);
  suite_add_tcase (s, t);
  suite_add_tcase (s, leaving);
  return s;
}

#include "check-main.h"
