/* SPDX-License-Identifier: MIT */
/* test-observer.c: what is seen of a conversation tells its edges: as the server recorded them, and from bytes alone. */
#include "../../support/witness.h"
#include "trace/trace-read.h"
#include <check.h>

static GPtrArray *traces; /* of char *: paths */

static void
find_traces (const char *folder, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR) && depth)
        find_traces (path, depth - 1);
      else if (g_str_has_suffix (name, ".trace"))
        g_ptr_array_add (traces, g_steal_pointer (&path));
    }
}

START_TEST (two_witnesses_agree)
{
  g_autoptr (GpoLog) log = gpo_log_new (), out = gpo_log_new ();
  g_autoptr (GError) error = NULL;
  const char *path = traces->pdata[_i];
  ck_assert_msg (gpo_trace_load (log, path, NULL, &error), "%s", error ? error->message : "");
  Witness w;
  witness_init (&w, out);
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    witness_see (&w, log, gpo_log_get (log, n));
  witness_clear (&w);
  g_autofree char *differs = witness_compare (log, out);
  ck_assert_msg (!differs, "%s: %s", path, differs);
}
END_TEST

/* --- from bytes --- */

/* "C: …" and "S: …" are lines; "|" in them is CR LF and no new line begins; the rest is what comes of it, an edge a line. */
typedef struct {
  const char *name;
  GpoProtocol protocol;
  const char *said; /* C text | S text …, separated by \n */
  const char *edges;
} Case;

#define SMTP_START "S220 x ESMTP|\nCEHLO me|\nS250-x|250 SIZE|\n"
#define SMTP_START_EDGES "connected connect ok greeted,greeted EHLO ok ready"
#define IMAP_START "S* OK hi|\nCa LOGIN bob glass|\nSa OK in|\nCb SELECT INBOX|\nS* 1 EXISTS|b OK [READ-WRITE] done|\n"
#define IMAP_START_EDGES                                                                              \
  "connected connect ok not-authenticated,not-authenticated LOGIN ok authenticated,authenticated SELECT ok selected"

static const Case cases[] = {
  { "one_letter", GPO_PROTOCOL_SMTP,
    SMTP_START "CMAIL FROM:<a@x>|\nS250 ok|\nCRCPT TO:<b@x>|\nS250 ok|\nCDATA|\nS354 go|\nCSubject: x||hi|..dot|.|\nS250 taken|\nCQUIT|\nS221 bye|\n",
    SMTP_START_EDGES ",ready MAIL ok mail,mail RCPT ok rcpt,rcpt DATA more data,data end-of-data ok ready,ready QUIT ok closed" },
  { "what_follows_data_waits_for_354", GPO_PROTOCOL_SMTP,
    SMTP_START "CMAIL FROM:<a@x>|RCPT TO:<b@x>|DATA|RSET|.|QUIT|\nS250 ok|250 ok|354 go|250 taken|221 bye|\n",
    SMTP_START_EDGES ",ready MAIL ok mail,mail RCPT ok rcpt,rcpt DATA more data,data end-of-data ok ready,ready QUIT ok closed" },
  { "a_refused_data_leaves_commands", GPO_PROTOCOL_SMTP,
    SMTP_START "CMAIL FROM:<a@x>|RCPT TO:<b@x>|DATA|RSET|\nS250 ok|550 no|554 none|250 ok|\n",
    SMTP_START_EDGES ",ready MAIL ok mail,mail RCPT refused mail,mail DATA sequence mail,mail RSET ok ready" },
  { "a_bare_lf_does_not_end_a_letter", GPO_PROTOCOL_SMTP,
    SMTP_START "CMAIL FROM:<a@x>|RCPT TO:<b@x>|DATA|\nS250 ok|250 ok|354 go|\nCx\\.\\MAIL FROM:<m@x>|.|\nS550 5.6.11 bare LF|\n",
    SMTP_START_EDGES ",ready MAIL ok mail,mail RCPT ok rcpt,rcpt DATA more data,data end-of-data syntax ready" },
  { "bdat_counts_octets", GPO_PROTOCOL_SMTP,
    SMTP_START "CMAIL FROM:<a@x>|RCPT TO:<b@x>|BDAT 6|RSET|BDAT 0 LAST|QUIT|\nS250 ok|250 ok|250 octets|250 taken|221 bye|\n",
    SMTP_START_EDGES ",ready MAIL ok mail,mail RCPT ok rcpt,rcpt BDAT more chunk,chunk chunk-end ok bdat,bdat BDAT more chunk,"
                     "chunk last-chunk-end ok ready,ready QUIT ok closed" },
  { "auth_lines_are_answers", GPO_PROTOCOL_SMTP,
    SMTP_START "CAUTH LOGIN|\nS334 VXNlcjo=|\nCQUIT|\nS334 UGFzcw==|\nCeA==|\nS535 5.7.8 no|\nCQUIT|\nS221 bye|\n",
    SMTP_START_EDGES ",ready AUTH more auth,auth response more auth,auth response refused ready,ready QUIT ok closed" },
  { "what_is_encrypted_is_opaque", GPO_PROTOCOL_SMTP, SMTP_START "CSTARTTLS|\nS220 go|\nC\x16\x03\x01zz\nS\x16\x03\x01yy\n",
    SMTP_START_EDGES ",ready STARTTLS more tls" },
  { "a_record_may_go_on_in_the_clear", GPO_PROTOCOL_SMTP, SMTP_START "CSTARTTLS|\nS220 go|\nCEHLO me|\nS250 x|\n",
    SMTP_START_EDGES ",ready STARTTLS more tls,tls handshake ok greeted,greeted EHLO ok ready" },
  { "a_server_may_allow_more_than_ours", GPO_PROTOCOL_SMTP, "S220 x|\nCMAIL FROM:<a@x>|\nS250 ok|\nCRCPT TO:<b@x>|\nS250 ok|\n",
    "connected connect ok greeted,greeted MAIL ok mail,mail RCPT ok rcpt" },
  { "a_goodbye_nobody_asked_for", GPO_PROTOCOL_SMTP, SMTP_START "S421 4.4.2 x Error: timeout exceeded|\n",
    SMTP_START_EDGES ",ready timeout closing closed" },
  { "a_literal_that_waits", GPO_PROTOCOL_IMAP,
    "S* OK hi|\nCa LOGIN {3}|bob {5}|glass|\nS+ go|+ go|a OK in|\nCb APPEND INBOX {4}|abcd|\nS+ go|b OK [APPENDUID 1 1] done|\n",
    "connected connect ok not-authenticated,not-authenticated LOGIN ok authenticated,authenticated APPEND more append,"
    "append literal-end ok authenticated" },
  { "a_literal_that_does_not", GPO_PROTOCOL_IMAP,
    "S* OK hi|\nCa LOGIN {3+}|bob {5+}|glass|b APPEND INBOX {4+}|abcd|c APPEND no {4+}|x NOOP|d NOOP|\n"
    "Sa OK in|b OK done|c NO [TRYCREATE] no|d OK done|\n",
    "connected connect ok not-authenticated,not-authenticated LOGIN ok authenticated,authenticated APPEND more append,"
    "append literal-end ok authenticated,authenticated APPEND refused authenticated,authenticated NOOP ok authenticated" },
  { "a_literal_in_an_answer_is_no_answer", GPO_PROTOCOL_IMAP,
    IMAP_START "Cc FETCH 1 BODY[]|\nS* 1 FETCH (BODY[] {8}|c OK no|)|c OK done|\n", IMAP_START_EDGES ",selected FETCH ok selected" },
  { "idle_ends_with_done", GPO_PROTOCOL_IMAP, IMAP_START "Cc IDLE|DONE|\nS+ idling|* 2 EXISTS|c OK done|\nCd LOGOUT|\nS* BYE|d OK bye|\n",
    IMAP_START_EDGES ",selected IDLE more selected-idle,selected-idle DONE ok selected,selected LOGOUT ok logout" },
  { "answers_find_their_command_by_tag", GPO_PROTOCOL_IMAP, IMAP_START "Cc NOOP|d CHECK|\nSd OK done|c OK done|\n",
    IMAP_START_EDGES ",selected CHECK ok selected,selected NOOP ok selected" },
  { "a_line_without_a_tag", GPO_PROTOCOL_IMAP, IMAP_START "C|\nS* BAD no tag|\n", IMAP_START_EDGES ",selected unknown syntax selected" },
  { "a_letter_read_by_pop3", GPO_PROTOCOL_POP3,
    "S+OK hi|\nCUSER bob|\nS+OK|\nCPASS glass|\nS+OK|\nCRETR 1|\nS+OK|Subject: x||+OK no|-ERR no|..|.|\nCQUIT|\nS+OK bye|\n",
    "connected connect ok authorization,authorization USER ok user,user PASS ok transaction,transaction RETR ok transaction,"
    "transaction QUIT ok update,update updated ok closed" },
  { "lists_end_with_a_dot", GPO_PROTOCOL_POP3,
    "S+OK hi|\nCCAPA|USER bob|PASS glass|LIST|LIST 1|DELE 9|\nS+OK|UIDL|.|+OK|+OK|+OK|1 12|.|+OK 1 12|-ERR no such letter|\n",
    "connected connect ok authorization,authorization CAPA ok authorization,authorization USER ok user,user PASS ok transaction,"
    "transaction LIST ok transaction,transaction LIST ok transaction,transaction DELE refused transaction" },
};

/* Tells an observer what was said, in pieces of `size` bytes (0: as it is). */
static void
say (GpoObserved *o, const char *said, gsize size)
{
  g_auto (GStrv) parts = g_strsplit (said, "\n", 0);
  for (guint i = 0; parts[i]; i++)
    {
      if (!*parts[i])
        continue;
      g_autoptr (GString) bytes = g_string_new (NULL);
      for (const char *p = parts[i] + 1; *p; p++)
        if (*p == '|')
          g_string_append (bytes, "\r\n");
        else
          g_string_append_c (bytes, *p == '\\' ? '\n' : *p);
      for (gsize at = 0; at < bytes->len;)
        {
          gsize n = size ? MIN (size, bytes->len - at) : bytes->len - at;
          gpo_observed_receive (o, *parts[i] == 'C', bytes->str + at, n);
          at += n;
        }
    }
}

static char *
edges_of (GpoLog *log)
{
  GString *out = g_string_new (NULL);
  for (guint64 n = 0; n < gpo_log_length (log); n++)
    {
      const GpoEvent *e = gpo_log_get (log, n);
      if (e->kind == GPO_KIND_EDGE)
        g_string_append_printf (out, "%s%s %s %s %s", out->len ? "," : "", gpo_event_text (e, GPO_FIELD_FROM, NULL),
                                gpo_event_text (e, GPO_FIELD_VERB, NULL), gpo_event_text (e, GPO_FIELD_VERDICT, NULL),
                                gpo_event_text (e, GPO_FIELD_TO, NULL));
    }
  return g_string_free (out, FALSE);
}

static void
check_case (const Case *c, gsize size)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) o = gpo_observed_new (observer, c->protocol, 0, 1);
  say (o, c->said, size);
  g_autofree char *edges = edges_of (log);
  ck_assert_msg (strcmp (edges, c->edges) == 0, "%s, %zu bytes at a time:\n seen     %s\n expected %s", c->name, size, edges, c->edges);
}

START_TEST (bytes_tell_their_edges)
{
  check_case (&cases[_i], 0);
}
END_TEST

START_TEST (bytes_may_be_cut_anywhere)
{
  for (gsize size = 1; size < 8; size++)
    check_case (&cases[_i], size);
}
END_TEST

/* --- what else is seen --- */

static const GpoEvent *
find_event (GpoLog *log, GpoKind kind, guint nth)
{
  for (guint64 n = 0; n < gpo_log_length (log); n++)
    if (gpo_log_get (log, n)->kind == kind && nth-- == 0)
      return gpo_log_get (log, n);
  ck_abort_msg ("there is no such event");
}

START_TEST (envelope_and_letter_are_told)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) smtp = gpo_observed_new (observer, GPO_PROTOCOL_SMTP, 0, 1);
  g_autoptr (GpoObserved) pop3 = gpo_observed_new (observer, GPO_PROTOCOL_POP3, 0, 2);
  say (smtp, SMTP_START "CMAIL FROM:<a@x> SIZE=9|RCPT TO:<b@x>|RCPT TO:<c@x>|DATA|\nS250 ok|550 no|250 ok|354 go|\n"
             "CMessage-ID: <1@x>||..hi|.|\nS250 taken|\n", 0);
  ck_assert_str_eq (gpo_event_text (find_event (log, GPO_KIND_ENVELOPE, 0), GPO_FIELD_SENDER, NULL), "a@x");
  ck_assert_str_eq (gpo_event_text (find_event (log, GPO_KIND_ENVELOPE, 1), GPO_FIELD_RECIPIENT, NULL), "c@x");
  const GpoEvent *letter = find_event (log, GPO_KIND_LETTER, 0);
  ck_assert_uint_eq (letter->letter, 1);
  ck_assert_int_eq (gpo_event_number (letter, GPO_FIELD_COUNT, 0), 1);
  ck_assert_int_eq (gpo_event_number (letter, GPO_FIELD_SIZE, 0), strlen ("Message-ID: <1@x>\r\n\r\n.hi\r\n"));
  ck_assert_str_eq (gpo_event_text (letter, GPO_FIELD_HEADER, NULL), "Message-ID: <1@x>\r\n\r\n");
  say (pop3, "S+OK hi|\nCUSER bob|PASS x|RETR 1|\nS+OK|+OK|+OK|Received: y|Message-ID: <1@x>||..hi|.|\n", 0);
  const GpoEvent *data = find_event (log, GPO_KIND_DATA, 1);
  ck_assert_uint_eq (data->letter, 1);
  ck_assert_str_eq (gpo_event_text (data, GPO_FIELD_TEXT, NULL), "Received: y\r\nMessage-ID: <1@x>\r\n\r\n.hi\r\n");
  ck_assert_str_eq (gpo_event_text (find_event (log, GPO_KIND_AUTH, 0), GPO_FIELD_PERSON, NULL), "bob");
}
END_TEST

START_TEST (a_late_beginning_is_guessed)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) o = gpo_observed_new (observer, GPO_PROTOCOL_SMTP, 0, 1);
  gpo_observed_begin_late (o);
  say (o, "Cthe rest of a letter|.|\nS250 taken|\nCRCPT TO:<b@x>|\nS250 ok|\n", 0);
  g_autofree char *edges = edges_of (log);
  ck_assert_str_eq (edges, "mail RCPT ok rcpt");
}
END_TEST

START_TEST (a_gap_is_said_and_passed)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) o = gpo_observed_new (observer, GPO_PROTOCOL_SMTP, 0, 1);
  say (o, SMTP_START, 0);
  gpo_observed_gap (o, TRUE, 100);
  say (o, "Cx@x>|MAIL FROM:<a@x>|\nS250 ok|\n", 0);
  g_autofree char *edges = edges_of (log);
  ck_assert_str_eq (edges, SMTP_START_EDGES ",ready MAIL ok mail");
  ck_assert (strstr (gpo_event_text (find_event (log, GPO_KIND_NOTE, 0), GPO_FIELD_TEXT, NULL), "100 bytes"));
}
END_TEST

START_TEST (what_is_foreign_says_so)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) o = gpo_observed_new (observer, GPO_PROTOCOL_SMTP, 0, 1);
  say (o, "S220 x|\nCMAIL FROM:<a@x>|\nS250 ok|\n", 0);
  const GpoEvent *edge = find_event (log, GPO_KIND_EDGE, 1);
  ck_assert (gpo_event_has (edge, GPO_FIELD_REASON));
  ck_assert (!gpo_event_has (edge, GPO_FIELD_SPEC));
  ck_assert (gpo_event_has (find_event (log, GPO_KIND_EDGE, 0), GPO_FIELD_SPEC));
}
END_TEST

/* --- which protocol --- */

static const struct {
  const char *server, *client;
  GpoProtocol protocol;
} guesses[] = {
  { "220 mail.example ESMTP Postfix\r\n", "", GPO_PROTOCOL_SMTP },
  { "220 files.example FTP ready\r\n", "", GPO_PROTOCOL_NONE },
  { "220 files.example ready\r\n", "EHLO me\r\n", GPO_PROTOCOL_SMTP },
  { "* OK [CAPABILITY IMAP4rev1] ready\r\n", "", GPO_PROTOCOL_IMAP },
  { "+OK ready\r\n", "", GPO_PROTOCOL_POP3 },
  { "", "a1 UID FETCH 1 FLAGS\r\n", GPO_PROTOCOL_IMAP },
  { "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n", GPO_PROTOCOL_NONE },
};

START_TEST (first_bytes_tell_the_protocol)
{
  const char *s = guesses[_i].server, *c = guesses[_i].client;
  ck_assert_int_eq (gpo_protocol_guess (s, strlen (s), c, strlen (c)), guesses[_i].protocol);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("observer");
  TCase *t = tcase_create ("observer");
  const char *root = g_getenv ("GPO_SOURCE_ROOT");
  traces = g_ptr_array_new ();
  static const char *const folders[] = { "traces", "labs", "tests/gui" };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (root, folders[i], NULL);
      find_traces (folder, 3);
    }
  tcase_set_timeout (t, 60);
  tcase_add_loop_test (t, two_witnesses_agree, 0, (int) traces->len);
  tcase_add_loop_test (t, bytes_tell_their_edges, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (t, bytes_may_be_cut_anywhere, 0, G_N_ELEMENTS (cases));
  tcase_add_test (t, envelope_and_letter_are_told);
  tcase_add_test (t, a_late_beginning_is_guessed);
  tcase_add_test (t, a_gap_is_said_and_passed);
  tcase_add_test (t, what_is_foreign_says_so);
  tcase_add_loop_test (t, first_bytes_tell_the_protocol, 0, G_N_ELEMENTS (guesses));
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
