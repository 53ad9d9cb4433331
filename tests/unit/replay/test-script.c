/* SPDX-License-Identifier: MIT */
/* test-script.c: sessions as scripts: what lines are, how answers are read, where the table says the server is. */
#include "replay/script.h"
#include "trace/trace-read.h"
#include <check.h>
#include <string.h>

/* --- answers --- */

static const struct
{
  const char *name;
  GpoProtocol protocol;
  const char *verb;
  gboolean arguments;
  const char *lines; /* joined by LF */
  const char *status, *text, *capabilities;
} answers[] = {
  { "smtp_one_line", GPO_PROTOCOL_SMTP, "MAIL", TRUE, "250 2.1.0 ok", "2", "250 2.1.0", NULL },
  { "smtp_code_alone", GPO_PROTOCOL_SMTP, "NOOP", FALSE, "250", "2", "250", NULL },
  { "smtp_many_lines", GPO_PROTOCOL_SMTP, "EHLO", TRUE, "250-mail greets\n250-size 1000\n250 AUTH PLAIN LOGIN", "2", "250",
    "AUTH,AUTH LOGIN,AUTH PLAIN,SIZE" },
  { "smtp_only_ehlo_offers", GPO_PROTOCOL_SMTP, "HELP", FALSE, "214-EHLO\n214 MAIL", "2", "214", NULL },
  { "smtp_other_code_between", GPO_PROTOCOL_SMTP, "MAIL", TRUE, "250-a\n500 b", "5", "500", NULL },
  { "smtp_nonsense", GPO_PROTOCOL_SMTP, "MAIL", TRUE, "hello", "", "what is no reply", NULL },
  { "pop3_one_line", GPO_PROTOCOL_POP3, "STAT", FALSE, "+OK 2 320", "+OK", "+OK", NULL },
  { "pop3_list_of_one", GPO_PROTOCOL_POP3, "LIST", TRUE, "+OK 1 200", "+OK", "+OK", NULL },
  { "pop3_list", GPO_PROTOCOL_POP3, "LIST", FALSE, "+OK\n1 200\n.", "+OK", "+OK", NULL },
  { "pop3_refused_list", GPO_PROTOCOL_POP3, "LIST", FALSE, "-ERR [IN-USE] no", "-ERR", "-ERR [IN-USE]", NULL },
  { "pop3_capa", GPO_PROTOCOL_POP3, "CAPA", FALSE, "+OK\nTOP\nSASL PLAIN\n.", "+OK", "+OK", "SASL,SASL PLAIN,TOP" },
  { "pop3_case", GPO_PROTOCOL_POP3, "STAT", FALSE, "+ok 0 0", "+OK", "+OK", NULL },
  { "imap_greeting", GPO_PROTOCOL_IMAP, "connect", FALSE, "* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] hi", "OK", "OK",
    "AUTH PLAIN,IDLE,IMAP4REV1" },
};

START_TEST (answer_is_read)
{
  g_autoptr (GpoAnswerReader) reader = gpo_answer_reader_new (answers[_i].protocol);
  g_auto (GStrv) lines = g_strsplit (answers[_i].lines, "\n", -1);
  guint n = g_strv_length (lines);
  gpo_answer_reader_asked (reader, answers[_i].verb, answers[_i].arguments);
  for (guint i = 0; i < n; i++)
    ck_assert_msg (gpo_answer_reader_add (reader, lines[i], strlen (lines[i])) == (i + 1 == n), "%s line %u",
                   answers[_i].name, i);
  g_autoptr (GpoAnswer) answer = gpo_answer_reader_take (reader);
  g_autofree char *text = gpo_answer_to_text (answer), *offers = gpo_answer_names (answer->capabilities, ",");
  ck_assert_str_eq (answer->status, answers[_i].status);
  ck_assert_str_eq (text, answers[_i].text);
  ck_assert_str_eq (offers, answers[_i].capabilities ? answers[_i].capabilities : "");
}
END_TEST

/* Any byte may come from a server under test, a NUL among them: it is a byte of a word and ends nothing. */
START_TEST (capability_with_a_nul_is_read_to_its_end)
{
  static const char line[] = "* OK [CAPABILITY IMAP4rev1 A\0B IDLE] hi";
  g_autoptr (GpoAnswerReader) reader = gpo_answer_reader_new (GPO_PROTOCOL_IMAP);
  ck_assert (gpo_answer_reader_add (reader, line, sizeof line - 1));
  g_autoptr (GpoAnswer) answer = gpo_answer_reader_take (reader);
  g_autofree char *offers = gpo_answer_names (answer->capabilities, ",");
  ck_assert_str_eq (answer->status, "OK");
  ck_assert_ptr_nonnull (strstr (offers, "IDLE"));
}
END_TEST

/* The greeting is taken, then these lines make one answer. */
static GpoAnswer *
imap_answer (const char *const *lines)
{
  g_autoptr (GpoAnswerReader) reader = gpo_answer_reader_new (GPO_PROTOCOL_IMAP);
  ck_assert (gpo_answer_reader_add (reader, "* OK hi\r\n", 9));
  gpo_answer_free (gpo_answer_reader_take (reader));
  for (; *lines; lines++)
    ck_assert_msg (gpo_answer_reader_add (reader, *lines, strlen (*lines)) == !lines[1], "%s", *lines);
  return gpo_answer_reader_take (reader);
}

START_TEST (imap_untagged_kinds_are_told_apart)
{
  static const char *const lines[]
      = { "* 3 EXISTS", "* FLAGS (\\Seen)", "* OK [UIDNEXT 4] x", "a1 OK [READ-WRITE] done", NULL };
  g_autoptr (GpoAnswer) answer = imap_answer (lines);
  g_autofree char *text = gpo_answer_to_text (answer);
  ck_assert_str_eq (text, "EXISTS, FLAGS, OK [UIDNEXT], OK");
  ck_assert_str_eq (answer->code, "[READ-WRITE]");
}
END_TEST

START_TEST (imap_literal_goes_on_in_the_same_response)
{
  g_autoptr (GpoAnswerReader) reader = gpo_answer_reader_new (GPO_PROTOCOL_IMAP);
  gpo_answer_reader_add (reader, "* OK hi", 7);
  gpo_answer_free (gpo_answer_reader_take (reader));
  ck_assert (!gpo_answer_reader_add (reader, "* 1 FETCH (BODY[] {12}\r\n", 24));
  ck_assert_uint_eq (gpo_answer_reader_literal (reader), 12);
  ck_assert (!gpo_answer_reader_add (reader, "a1 OK is no end here)\r\n", 23));
  ck_assert_uint_eq (gpo_answer_reader_literal (reader), 0);
  ck_assert (gpo_answer_reader_add (reader, "a1 OK done\r\n", 12));
  g_autoptr (GpoAnswer) answer = gpo_answer_reader_take (reader);
  ck_assert_str_eq (answer->status, "OK");
  ck_assert_uint_eq (g_hash_table_size (answer->kinds), 1);
}
END_TEST

/* --- comparing --- */

static const struct
{
  const char *name;
  GpoProtocol protocol;
  const char *verb, *expected, *seen;
  guint differences, remarks;
} pairs[] = {
  { "other_words", GPO_PROTOCOL_SMTP, "MAIL", "250 2.1.0 sender noted", "250 2.1.0 Ok", 0, 0 },
  { "other_code_of_the_class", GPO_PROTOCOL_SMTP, "RCPT", "550 5.1.1 no", "554 5.7.1 no", 0, 1 },
  { "no_status_code", GPO_PROTOCOL_SMTP, "RCPT", "250 2.1.5 ok", "250 ok", 0, 1 },
  { "other_class", GPO_PROTOCOL_SMTP, "RCPT", "250 2.1.5 ok", "450 4.7.1 later", 1, 0 },
  { "missing_offers_are_one_remark", GPO_PROTOCOL_SMTP, "EHLO", "250-a\n250-DSN\n250 HELP", "250 a", 0, 1 },
  { "more_offers", GPO_PROTOCOL_SMTP, "EHLO", "250 a", "250-a\n250 ETRN", 0, 0 },
  { "ok_and_err", GPO_PROTOCOL_POP3, "DELE", "+OK gone", "-ERR no", 1, 0 },
  { "sizes_do_not_count", GPO_PROTOCOL_POP3, "STAT", "+OK 2 320", "+OK 17 12345", 0, 0 },
};

static GpoAnswer *
read_answer (GpoProtocol protocol, const char *verb, const char *text)
{
  g_autoptr (GpoAnswerReader) reader = gpo_answer_reader_new (protocol);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gpo_answer_reader_asked (reader, verb, TRUE);
  for (char **line = lines; *line; line++)
    gpo_answer_reader_add (reader, *line, strlen (*line));
  return gpo_answer_reader_take (reader);
}

static void
count_differences (const GpoAnswer *expected, const GpoAnswer *seen, guint *differences, guint *remarks)
{
  g_autoptr (GPtrArray) out = gpo_differences_new ();
  *differences = *remarks = 0;
  gpo_answer_compare (expected, seen, out);
  for (guint i = 0; i < out->len; i++)
    *(((GpoDeviation *) out->pdata[i])->counts ? differences : remarks) += 1;
}

START_TEST (answers_are_compared_by_meaning)
{
  g_autoptr (GpoAnswer) expected = read_answer (pairs[_i].protocol, pairs[_i].verb, pairs[_i].expected);
  g_autoptr (GpoAnswer) seen = read_answer (pairs[_i].protocol, pairs[_i].verb, pairs[_i].seen);
  guint differences, remarks;
  count_differences (expected, seen, &differences, &remarks);
  ck_assert_msg (differences == pairs[_i].differences && remarks == pairs[_i].remarks, "%s: %u and %u", pairs[_i].name,
                 differences, remarks);
}
END_TEST

START_TEST (imap_more_untagged_is_a_remark_less_is_a_difference)
{
  static const char *const few[] = { "* 3 EXISTS", "a OK", NULL }, *const many[]
                                                                   = { "* 3 EXISTS", "* FLAGS ()", "a OK", NULL };
  g_autoptr (GpoAnswer) a = imap_answer (few), b = imap_answer (many);
  guint differences, remarks;
  count_differences (a, b, &differences, &remarks);
  ck_assert_uint_eq (differences, 0);
  ck_assert_uint_eq (remarks, 1);
  count_differences (b, a, &differences, &remarks);
  ck_assert_uint_eq (differences, 1);
}
END_TEST

/* --- scripts, over every trace there is --- */

static GPtrArray *traces;

static void
find_traces (const char *folder)
{
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".trace"))
      g_ptr_array_add (traces, g_build_filename (path, name, NULL));
}

/* Of the server's table: a witness that sees lines only comes to the states that the server recorded. */
START_TEST (states_are_those_the_server_recorded)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GError) error = NULL;
  ck_assert (gpo_trace_load (log, traces->pdata[_i], NULL, &error));
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  for (guint s = 0; s < gpo_picture_n_sessions (picture); s++)
    {
      const GpoSessionTrack *session = gpo_picture_session (picture, s);
      g_autoptr (GpoScript) script = gpo_script_new (picture, session, G_MAXUINT64);
      for (guint i = 0; i < script->steps->len; i++)
        {
          const GpoStep *step = script->steps->pdata[i];
          GpoSessionAt at;
          gpo_picture_session_at (picture, session, step->end, &at);
          if (step->kind != GPO_STEP_ANSWER || !*step->answer->status || !at.state)
            continue;
          g_autofree char *said = step->to ? gpo_step_words (step->to) : g_strdup (step->verb);
          ck_assert_msg (strcmp (step->state, at.state) == 0, "%s event %" G_GUINT64_FORMAT ", %s: %s, not %s",
                         (char *) traces->pdata[_i], step->event, said, step->state, at.state);
        }
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("script");
  TCase *c = tcase_create ("answers"), *t = tcase_create ("traces");
  traces = g_ptr_array_new_with_free_func (g_free);
  find_traces ("tests/gui");
  find_traces ("traces/conformance/smtp");
  find_traces ("traces/conformance/imap");
  find_traces ("traces/conformance/pop3");
  tcase_add_loop_test (c, answer_is_read, 0, G_N_ELEMENTS (answers));
  tcase_add_test (c, capability_with_a_nul_is_read_to_its_end);
  tcase_add_test (c, imap_untagged_kinds_are_told_apart);
  tcase_add_test (c, imap_literal_goes_on_in_the_same_response);
  tcase_add_loop_test (c, answers_are_compared_by_meaning, 0, G_N_ELEMENTS (pairs));
  tcase_add_test (c, imap_more_untagged_is_a_remark_less_is_a_difference);
  suite_add_tcase (s, c);
  tcase_add_loop_test (t, states_are_those_the_server_recorded, 0, (int) traces->len);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
