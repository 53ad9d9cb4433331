/* SPDX-License-Identifier: MIT */
/* test-reader.c: a mail reader's three ways, without a socket: IMAP and POP3 against scripted servers, whole
 * and one byte at a time, and the Maildir in a folder of its own.
 *
 * A script is lines: "S: " the server says it, "C: " the client must have said it next, "A: ask folder key to
 * text" a task is asked, "T: ok" or "T: bad" the handshake ends so, "X" the connection breaks, "W" time is
 * over, "Q" the user quits. */
#include "roles/reader.h"
#include "store/mailbox.h"
#include "store/maildir.h"
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#define LOGIN_                                                                                               \
  "S: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 MOVE IDLE\nS: a1 OK\nC: a2 LOGIN \"bob\" "        \
  "\"glass\"\nS: a2 OK in\n"
#define ITEMS "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Date From To Subject)])\n"
#define INBOX_                                                                                               \
  LOGIN_ "A: list INBOX\nC: a3 SELECT \"INBOX\"\nS: * 1 EXISTS\nS: a3 OK\nC: a4 UID FETCH 1:* " ITEMS
#define ROW_                                                                                                 \
  "S: * 1 FETCH (UID 7 FLAGS (\\Recent \\Seen) INTERNALDATE \"01-Jan-2026 10:00:00 +0000\" RFC822.SIZE 99 "  \
  "BODY[HEADER.FIELDS (Date From To Subject)] {15}\nS: Subject: hi\nS: \nS: )\n"
#define IDLING INBOX_ ROW_ "S: a4 OK\nC: a5 IDLE\nS: + idling\n"
#define BYE_ "S: * BYE\nS: a%u OK\n"

#define VISIT "S: +OK hi\nC: USER bob\nS: +OK\nC: PASS glass\nS: +OK\nC: UIDL\n"

typedef struct
{
  const char *rule, *script, *heard;
  gboolean tls;
} Case;

static const Case imap_cases[] = {
  { "folders_are_listed_and_counted",
    LOGIN_
    "A: folders\nC: a3 LIST \"\" \"*\"\nS: * LIST (\\HasNoChildren) \"/\" INBOX\nS: * LIST (\\Noselect) "
    "\"/\" Lists\n"
    "S: a3 OK\nC: a4 STATUS \"INBOX\" (MESSAGES UNSEEN)\nS: * STATUS INBOX (MESSAGES 3 UNSEEN 1)\nS: a4 OK\n",
    "INBOX 3/1, Lists -;" },
  { "letters_are_listed_then_the_reader_idles", IDLING, "7 hi S 99;" },
  { "news_is_told_while_idling", IDLING "S: * 2 EXISTS\n", "7 hi S 99;news;" },
  { "idle_is_left_for_a_task",
    IDLING "A: letter INBOX 7\nC: DONE\nS: a5 OK\nC: a6 UID FETCH 7 (UID BODY[])\n"
           "S: * 1 FETCH (BODY[] {3}\nS: a\nS:  UID 7)\nS: a6 OK\nC: a7 IDLE\n",
    "7 hi S 99;letter 3;" },
  { "a_task_between_idle_and_its_plus_waits_for_it",
    INBOX_ ROW_ "S: a4 OK\nC: a5 IDLE\nA: flag INBOX 7 - - F\nS: + idling\nC: DONE\nS: a5 OK\nC: a6 UID "
                "STORE 7 +FLAGS (\\Flagged)\n"
                "S: a6 OK\nC: a7 IDLE\n",
    "7 hi S 99;done;" },
  { "a_folder_is_opened_once",
    IDLING "A: list INBOX\nC: DONE\nS: a5 OK\nC: a6 NOOP\nS: a6 OK\nC: a7 UID FETCH 1:* " ITEMS
           "S: a7 OK\nC: a8 IDLE\n",
    "7 hi S 99;empty;" },
  { "searching_is_the_servers_work",
    LOGIN_ "A: list INBOX - - lunch\nC: a3 SELECT \"INBOX\"\nS: a3 OK\nC: a4 UID SEARCH TEXT \"lunch\"\nS: * "
           "SEARCH 7 9 8\n"
           "S: a4 OK\nC: a5 UID FETCH 7,9,8 " ITEMS ROW_ "S: a5 OK\nC: a6 IDLE\n",
    "7 hi S 99;" },
  { "a_search_in_other_letters_is_a_literal",
    LOGIN_ "A: list INBOX - - \xc3\xbc\nC: a3 SELECT \"INBOX\"\nS: a3 OK\nC: a4 UID SEARCH CHARSET UTF-8 "
           "TEXT {2}\nS: + go\n"
           "C: \xc3\xbc\nS: * SEARCH\nS: a4 OK\nC: a5 IDLE\n",
    "empty;" },
  { "filing_is_move",
    LOGIN_
    "A: file INBOX 7 Old\nC: a3 SELECT \"INBOX\"\nS: a3 OK\nC: a4 UID MOVE 7 \"Old\"\nS: a4 OK\nC: a5 IDLE\n",
    "done;" },
  { "without_move_filing_is_copy_and_expunge",
    "S: * OK [CAPABILITY IMAP4rev1] hi\nC: a1 CAPABILITY\nS: a1 OK\nC: a2 LOGIN \"bob\" \"glass\"\nS: a2 OK\n"
    "A: file INBOX 7 Old\nC: a3 SELECT \"INBOX\"\nS: a3 OK\nC: a4 UID COPY 7 \"Old\"\nS: a4 OK\n"
    "C: a5 UID STORE 7 +FLAGS.SILENT (\\Deleted)\nS: a5 OK\nC: a6 UID EXPUNGE 7\nS: a6 OK\n",
    "done;" },
  { "a_refused_copy_removes_nothing",
    "S: * OK hi\nC: a1 CAPABILITY\nS: a1 OK\nC: a2 LOGIN \"bob\" \"glass\"\nS: a2 OK\n"
    "A: file INBOX 7 Old\nC: a3 SELECT \"INBOX\"\nS: a3 OK\nC: a4 UID COPY 7 \"Old\"\nS: a4 NO [TRYCREATE] "
    "none\n",
    "problem [TRYCREATE] none;" },
  { "saving_waits_for_the_plus",
    LOGIN_ "A: save Sent\nC: a3 APPEND \"Sent\" (\\Seen) {7}\nS: + go\nC: a {9}\nC: \nS: a3 OK\n", "done;" },
  { "a_folder_is_made", LOGIN_ "A: create \xc3\x9c\nC: a3 CREATE \"&ANw-\"\nS: a3 OK\n", "done;" },
  { "a_wrong_password_ends_it",
    "A: folders\nS: * OK hi\nC: a1 CAPABILITY\nS: a1 OK\nC: a2 LOGIN \"bob\" \"glass\"\nS: a2 NO wrong\nC: "
    "a3 LOGOUT\nS: * BYE\nS: a3 OK\n",
    "problem wrong;ended wrong;" },
  { "bye_answers_what_waits", IDLING "A: folders\nC: DONE\nS: * BYE closing\n",
    "7 hi S 99;problem closing;ended closing;" },
  { "a_lost_connection_answers_what_waits", LOGIN_ "A: folders\nC: a3 LIST \"\" \"*\"\nX\n",
    "problem the connection was lost: reset;ended the connection was lost: reset;" },
  { "quit_ends_idle_and_logs_out", IDLING "Q\nC: DONE\nS: a5 OK\nC: a6 LOGOUT\nS: * BYE\nS: a6 OK\n",
    "7 hi S 99;ended;" },
  { "encryption_comes_before_the_password",
    "S: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY STARTTLS LOGINDISABLED\nS: a1 OK\nC: a2 STARTTLS\nS: a2 "
    "OK\nT: ok\n"
    "C: a3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a3 OK\nC: a4 LOGIN \"bob\" \"glass\"\nS: a4 OK\n",
    "", .tls = TRUE },
  { "without_encryption_no_password_is_said",
    "A: folders\nS: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a1 OK\nC: a2 LOGOUT\n",
    "problem encryption was asked for, and the server does not offer STARTTLS, or refused it;ended "
    "encryption was asked for, and "
    "the server does not offer STARTTLS, or refused it;",
    .tls = TRUE },
  { "no_response_at_all_is_the_end", "S: 220 smtp\n", "ended the server sent what is no IMAP response;" },
};

static const Case pop3_cases[] = {
  { "a_visit_fetches_what_is_new",
    "A: list INBOX\n" VISIT "S: +OK\nS: 1 x\nS: 2 y\nS: .\nC: RETR 1\nS: +OK\nS: Subject: one\nS: \nS: "
                            "..dot\nS: .\nC: RETR 2\nS: +OK\n"
    "S: Subject: two\nS: \nS: .\nC: QUIT\nS: +OK\n",
    "x one - 22, y two - 16;ended;" },
  { "an_empty_maildrop", "A: list INBOX\n" VISIT "S: +OK\nS: .\nC: QUIT\nS: +OK\n", "empty;ended;" },
  { "removing_is_dele_and_quit",
    "A: remove INBOX x\n" VISIT "S: +OK\nS: 1 y\nS: 2 x\nS: .\nC: DELE 2\nS: +OK\nC: QUIT\nS: +OK\n",
    "done;ended;" },
  { "removing_what_is_gone", "A: remove INBOX x\n" VISIT "S: +OK\nS: 1 y\nS: .\nC: QUIT\nS: +OK\n",
    "problem this letter is gone already;ended;" },
  { "a_locked_maildrop",
    "A: list INBOX\nS: +OK hi\nC: USER bob\nS: +OK\nC: PASS glass\nS: -ERR [IN-USE] locked\nC: QUIT\nS: "
    "+OK\n",
    "problem -ERR [IN-USE] locked;ended;" },
  { "encryption_comes_before_the_password",
    "A: folders\nS: +OK hi\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK\nT: ok\nC: USER bob\nS: +OK\nC: "
    "PASS glass\nS: +OK\n"
    "C: UIDL\nS: +OK\nS: .\nC: QUIT\nS: +OK\n",
    "INBOX 0/0;ended;", .tls = TRUE },
  { "without_encryption_no_password_is_said", "A: folders\nS: +OK hi\nC: CAPA\nS: -ERR\nC: QUIT\nS: +OK\n",
    "problem encryption was asked for, and the server does not offer STLS, or refused it;ended;",
    .tls = TRUE },
  { "a_broken_connection", "A: list INBOX\n" VISIT "X\n",
    "problem the connection was lost: reset;ended the connection was lost: reset;" },
  { "silence", "A: list INBOX\n" VISIT "W\n",
    "problem the server did not answer in time;ended the server did not answer in time;" },
};

/* --- what was heard, in words --- */

static void
put_rows (GString *heard, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const GpoReaderRow *row = rows->pdata[i];
      g_string_append_printf (heard, "%s%s %s %s%s%s %" G_GUINT64_FORMAT, i ? ", " : "", row->key,
                              row->summary.subject, row->flags & GPO_FLAG_SEEN ? "S" : "",
                              row->flags & GPO_FLAG_FLAGGED ? "F" : "", row->flags ? "" : "-", row->size);
    }
}

static void
put_answer (GString *heard, const GpoReaderAnswer *answer, gboolean list)
{
  if (answer->problem)
    g_string_append_printf (heard, "problem %s", answer->problem);
  else if (answer->letter)
    g_string_append_printf (heard, "letter %" G_GSIZE_FORMAT, g_bytes_get_size (answer->letter));
  else if (answer->rows)
    put_rows (heard, answer->rows);
  else if (answer->folders)
    for (guint i = 0; i < answer->folders->len; i++)
      {
        const GpoReaderFolder *folder = answer->folders->pdata[i];
        g_autofree char *counts = g_strdup_printf ("%u/%u", folder->messages, folder->unseen);
        g_string_append_printf (heard, "%s%s %s", i ? ", " : "", folder->name,
                                folder->selectable ? counts : "-");
      }
  else
    g_string_append (heard, list ? "empty" : "done");
  g_string_append_c (heard, ';');
}

typedef struct
{
  GString *heard;
  gboolean list;
} World;

static void
answered (GpoSession *session, GpoReaderAnswer *answer, gpointer data)
{
  World *world = data;
  put_answer (world->heard, answer, world->list);
  gpo_reader_answer_free (answer);
}

static void
news (GpoSession *session, gpointer data)
{
  g_string_append (((World *) data)->heard, "news;");
}

static void
ended (GpoSession *session, const char *why, gpointer data)
{
  g_string_append_printf (((World *) data)->heard, "ended%s%s;", why ? " " : "", why ? why : "");
}

static const GpoReaderUser user = { answered, news, ended };

/* --- playing a script --- */

/* "ask folder key to text", "-" for none. */
static GpoReaderTask *
task_from (World *world, const char *line)
{
  static const char *const asks[]
      = { "folders", "list", "letter", "flag", "file", "save", "create", "remove", NULL };
  g_auto (GStrv) w = g_strsplit (line, " ", -1);
  guint n = g_strv_length (w), ask = 0;
  while (strcmp (asks[ask], w[0]) != 0)
    ask++;
  world->list = ask == GPO_READER_LIST;
  GpoReaderTask *task = gpo_reader_task_new ((GpoReaderAsk) ask, n > 1 ? w[1] : NULL, n > 2 ? w[2] : NULL);
  task->to = n > 3 ? g_strdup (w[3]) : NULL;
  task->text = n > 4 ? g_strdup (w[4]) : NULL;
  task->flags = ask == GPO_READER_SAVE ? GPO_FLAG_SEEN : GPO_FLAG_FLAGGED;
  task->on = TRUE;
  if (ask == GPO_READER_SAVE) /* a letter whose line looks like a literal's announcement */
    task->bytes = g_bytes_new_static ("a {9}\r\n", 7);
  if (ask == GPO_READER_FILE)
    {
      g_free (task->to);
      task->to = g_strdup (w[3]);
    }
  return task;
}

static void
say (GpoSession *session, const char *line, gboolean bytewise)
{
  g_autofree char *wire = g_strdup_printf ("%s\r\n", line);
  /* a literal of the script ends in the middle of a line: "S: a", "S:  UID 7)" */
  for (gsize i = 0, n = strlen (wire); i < n && bytewise; i++)
    gpo_session_receive (session, wire + i, 1);
  if (!bytewise)
    gpo_session_receive (session, wire, strlen (wire));
}

static void
hear (GpoSession *session, const Case *c, const char *line)
{
  g_autofree char *wire = g_strdup_printf ("%s\r\n", line);
  ck_assert_msg (g_str_has_prefix (session->out->str, wire), "%s: the client says \"%s\", not \"%s\"",
                 c->rule, session->out->str, line);
  g_string_erase (session->out, 0, (gssize) strlen (wire));
}

static void
end_handshake (GpoSession *session, gboolean well)
{
  g_autoptr (GError) error = well ? NULL : g_error_new_literal (g_quark_from_string ("t"), 0, "bad");
  ck_assert_int_eq (session->pending, GPO_PENDING_TLS);
  session->pending = GPO_PENDING_NONE;
  session->class->secured (session, "TLS", error);
  gpo_session_resume (session);
}

static void
play (GpoSession *session, World *world, const Case *c, const char *line, gboolean bytewise)
{
  if (g_str_has_prefix (line, "S: "))
    say (session, line + 3, bytewise);
  else if (g_str_has_prefix (line, "C: "))
    hear (session, c, line + 3);
  else if (g_str_has_prefix (line, "A: "))
    gpo_imap_reader_ask (session, task_from (world, line + 3));
  else if (g_str_has_prefix (line, "T: "))
    end_handshake (session, strcmp (line, "T: ok") == 0);
  else if (*line == 'X')
    session->class->lost (session, "reset");
  else if (*line == 'W')
    session->class->timed_out (session);
  else if (*line == 'Q')
    gpo_imap_reader_quit (session);
}

static void
check_end (GpoSession *session, World *world, const Case *c, GpoLog *log)
{
  ck_assert_msg (session->out->len == 0, "%s: the client says too much: %s", c->rule, session->out->str);
  ck_assert_msg (strcmp (world->heard->str, c->heard) == 0, "%s: heard \"%s\", not \"%s\"", c->rule,
                 world->heard->str, c->heard);
  gpo_session_free (session);
  g_string_free (world->heard, TRUE);
  gpo_log_free (log);
}

START_TEST (imap_script)
{
  const Case *c = &imap_cases[_i / 2];
  GpoLog *log = gpo_log_new ();
  World world = { g_string_new (NULL), FALSE };
  GpoReaderOptions options = { "bob", "glass", c->tls };
  GpoSession *session = gpo_imap_reader_new (&options, log, gpo_symbol ("bob"), 1, &user, &world);
  session->witness = FALSE;
  gpo_imap_reader_connected (session, NULL);
  g_auto (GStrv) lines = g_strsplit (c->script, "\n", -1);
  for (char **line = lines; *line; line++)
    play (session, &world, c, *line, _i % 2);
  if (session->state != GPO_ANY && !session->closing)
    gpo_imap_reader_forget (session);
  check_end (session, &world, c, log);
}
END_TEST

START_TEST (pop3_script)
{
  const Case *c = &pop3_cases[_i / 2];
  GpoLog *log = gpo_log_new ();
  World world = { g_string_new (NULL), FALSE };
  GpoReaderOptions options = { "bob", "glass", c->tls };
  GpoMaildrop *maildrop = gpo_maildrop_new ();
  g_auto (GStrv) lines = g_strsplit (c->script, "\n", -1);
  GpoReaderTask *task = task_from (&world, lines[0] + 3);
  GpoSession *session
      = gpo_pop3_reader_new (&options, maildrop, task, log, gpo_symbol ("bob"), 1, &user, &world);
  session->witness = FALSE;
  gpo_pop3_reader_connected (session, NULL);
  for (char **line = lines + 1; *line; line++)
    play (session, &world, c, *line, _i % 2);
  check_end (session, &world, c, log);
  gpo_maildrop_free (maildrop);
}
END_TEST

/* --- the Maildir --- */

static char *
ask_maildir (const char *path, const char *line)
{
  World world = { g_string_new (NULL), FALSE };
  g_autoptr (GpoReaderTask) task = task_from (&world, line);
  g_autoptr (GpoReaderAnswer) answer = gpo_maildir_reader_do (path, "host", task);
  put_answer (world.heard, answer, world.list);
  return g_string_free (world.heard, FALSE);
}

static const struct
{
  const char *ask, *heard;
} steps[] = {
  { "folders", "INBOX 1/1;" },
  { "list INBOX", "100.M1P1Q1L1.host,S=15 hi - 15;" },
  { "letter INBOX 100.M1P1Q1L1.host,S=15", "letter 15;" },
  { "list INBOX", "100.M1P1Q1L1.host,S=15 hi S 15;" },
  { "flag INBOX 100.M1P1Q1L1.host,S=15", "done;" },
  { "list INBOX", "100.M1P1Q1L1.host,S=15 hi SF 15;" },
  { "list INBOX - - nowhere", "empty;" },
  { "list INBOX - - HI", "100.M1P1Q1L1.host,S=15 hi SF 15;" },
  { "file INBOX 100.M1P1Q1L1.host,S=15 Old/Work", "problem there is no folder \"Old/Work\";" },
  { "create Old/Work", "done;" },
  { "file INBOX 100.M1P1Q1L1.host,S=15 Old/Work", "done;" },
  { "folders", "INBOX 0/0, Old/Work 1/0;" },
  { "list Old/Work", "100.M1P1Q1L1.host,S=15 hi SF 15;" },
  { "letter INBOX 100.M1P1Q1L1.host,S=15",
    "problem this letter is gone: another reader filed or removed it;" },
  { "remove Old/Work 100.M1P1Q1L1.host,S=15", "done;" },
  { "folders", "INBOX 0/0, Old/Work 0/0;" },
  { "save INBOX", "done;" },
  { "folders", "INBOX 1/0, Old/Work 0/0;" },
  { "list Nowhere", "problem there is no folder \"Nowhere\";" },
};

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  g_remove (path);
}

START_TEST (maildir_needs_no_protocol)
{
  g_autofree char *root = g_dir_make_tmp ("reader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (root, "Maildir", NULL);
  ck_assert (gpo_maildir_create (path, FALSE, NULL));
  g_autofree char *file = g_build_filename (path, "new", "100.M1P1Q1L1.host,S=15", NULL);
  ck_assert (g_file_set_contents (file, "Subject: hi\r\n\r\n", 15, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *heard = ask_maildir (path, steps[i].ask);
      ck_assert_msg (strcmp (heard, steps[i].heard) == 0, "step %u, %s: heard \"%s\", not \"%s\"", i,
                     steps[i].ask, heard, steps[i].heard);
    }
  remove_tree (root);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("reader");
  TCase *t = tcase_create ("reader");
  tcase_add_loop_test (t, imap_script, 0, 2 * G_N_ELEMENTS (imap_cases));
  tcase_add_loop_test (t, pop3_script, 0, 2 * G_N_ELEMENTS (pop3_cases));
  tcase_add_test (t, maildir_needs_no_protocol);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
