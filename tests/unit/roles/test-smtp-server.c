/* SPDX-License-Identifier: MIT */
/* test-smtp-server.c: what an SMTP session answers, whole and one byte at a time; what it stores. */
#include "../../support/paper-office.h"
#include "protocol/smtp.h"
#include <check.h>

#define HELLO "EHLO reader.athens.example\r\n"
#define FROM "MAIL FROM:<alice@athens.example>\r\n"
#define TO "RCPT TO:<bob@sparta.example>\r\n"
#define LETTER "Subject: hello\r\n\r\nDear Bob\r\n.\r\n"

/* What is said, what the last reply begins with, the state after, letters taken. */
typedef struct
{
  const char *rule;
  const char *say;
  const char *last;
  GpoSmtpState state;
  guint letters;
} Case;

static const Case cases[] = {
  { "greeting_is_220", "", "220 sparta.example", GPO_SMTP_GREETED, 0 },
  { "helo_is_250", "HELO me\r\n", "250 ", GPO_SMTP_READY, 0 },
  { "ehlo_is_250", HELLO, "250 ", GPO_SMTP_READY, 0 },
  { "ehlo_without_name_is_501", "EHLO\r\n", "501 5.5.4", GPO_SMTP_GREETED, 0 },
  { "verbs_ignore_case", "ehlo x\r\nmail from:<a@b.c>\r\nrcpt to:<BOB@SPARTA.EXAMPLE>\r\n", "250 2.1.5", GPO_SMTP_RCPT, 0 },
  { "mail_before_ehlo_is_503", FROM, "503 5.5.1", GPO_SMTP_GREETED, 0 },
  { "rcpt_before_mail_is_503", HELLO TO, "503 5.5.1", GPO_SMTP_READY, 0 },
  { "data_before_mail_is_503", HELLO "DATA\r\n", "503 5.5.1", GPO_SMTP_READY, 0 },
  { "data_without_recipient_is_554", HELLO FROM "DATA\r\n", "554 5.5.1", GPO_SMTP_MAIL, 0 },
  { "second_mail_is_503", HELLO FROM FROM, "503 5.5.1", GPO_SMTP_MAIL, 0 },
  { "null_reverse_path_is_taken", HELLO "MAIL FROM:<>\r\n", "250 2.1.0", GPO_SMTP_MAIL, 0 },
  { "space_behind_colon_is_taken", HELLO "MAIL FROM: <alice@athens.example>\r\n", "250 2.1.0", GPO_SMTP_MAIL, 0 },
  { "mail_without_brackets_is_501", HELLO "MAIL FROM:alice@athens.example\r\n", "501 5.1.7", GPO_SMTP_READY, 0 },
  { "mail_without_from_is_501", HELLO "MAIL <alice@athens.example>\r\n", "501 5.5.4", GPO_SMTP_READY, 0 },
  { "source_route_is_ignored", HELLO FROM "RCPT TO:<@gateway.example,@x.example:bob@sparta.example>\r\n", "250 2.1.5",
    GPO_SMTP_RCPT, 0 },
  { "quoted_local_part_is_taken", HELLO FROM "RCPT TO:<\"bob\"@sparta.example>\r\n", "250 2.1.5", GPO_SMTP_RCPT, 0 },
  { "postmaster_without_domain_is_taken", HELLO FROM "RCPT TO:<postmaster>\r\n", "250 2.1.5", GPO_SMTP_RCPT, 0 },
  { "unknown_person_is_550", HELLO FROM "RCPT TO:<mallory@sparta.example>\r\n", "550 5.1.1", GPO_SMTP_MAIL, 0 },
  { "no_relaying_for_strangers", HELLO FROM "RCPT TO:<carol@far.example>\r\n", "550 5.7.1", GPO_SMTP_MAIL, 0 },
  { "refused_recipient_leaves_others", HELLO FROM TO "RCPT TO:<nobody@sparta.example>\r\nDATA\r\n", "354", GPO_SMTP_DATA,
    0 },
  { "unknown_parameter_is_555", HELLO "MAIL FROM:<a@b.c> COLOUR=red\r\n", "555 5.5.4", GPO_SMTP_READY, 0 },
  { "parameters_need_ehlo", "HELO x\r\nMAIL FROM:<a@b.c> SIZE=10\r\n", "555 5.5.4", GPO_SMTP_READY, 0 },
  { "size_over_limit_is_552", HELLO "MAIL FROM:<a@b.c> SIZE=99999999999\r\n", "552 5.3.4", GPO_SMTP_READY, 0 },
  { "size_must_be_a_number", HELLO "MAIL FROM:<a@b.c> SIZE=big\r\n", "501 5.5.4", GPO_SMTP_READY, 0 },
  { "body_8bitmime_is_taken", HELLO "MAIL FROM:<a@b.c> BODY=8BITMIME\r\n", "250 2.1.0", GPO_SMTP_MAIL, 0 },
  { "body_needs_known_value", HELLO "MAIL FROM:<a@b.c> BODY=9BIT\r\n", "501 5.5.4", GPO_SMTP_READY, 0 },
  { "utf8_address_needs_smtputf8", HELLO "MAIL FROM:<al\xc3\xafz@b.c>\r\n", "501 5.1.7", GPO_SMTP_READY, 0 },
  { "utf8_address_with_smtputf8", HELLO "MAIL FROM:<al\xc3\xafz@b.c> SMTPUTF8\r\n", "250 2.1.0", GPO_SMTP_MAIL, 0 },
  { "dsn_parameters_are_taken",
    HELLO "MAIL FROM:<a@b.c> RET=HDRS ENVID=QQ+2B1\r\nRCPT TO:<bob@sparta.example> "
          "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob@sparta.example\r\n",
    "250 2.1.5", GPO_SMTP_RCPT, 0 },
  { "notify_never_stands_alone", HELLO FROM "RCPT TO:<bob@sparta.example> NOTIFY=NEVER,DELAY\r\n", "501 5.5.4",
    GPO_SMTP_MAIL, 0 },
  { "letter_is_taken", HELLO FROM TO "DATA\r\n" LETTER, "250 2.0.0", GPO_SMTP_READY, 1 },
  { "two_letters_in_one_session", HELLO FROM TO "DATA\r\n" LETTER FROM TO "DATA\r\n" LETTER, "250 2.0.0", GPO_SMTP_READY,
    2 },
  { "empty_letter_is_taken", HELLO FROM TO "DATA\r\n.\r\n", "250 2.0.0", GPO_SMTP_READY, 1 },
  { "rset_forgets", HELLO FROM TO "RSET\r\nDATA\r\n", "503", GPO_SMTP_READY, 0 },
  { "ehlo_forgets", HELLO FROM TO HELLO "DATA\r\n", "503", GPO_SMTP_READY, 0 },
  { "rset_with_argument_is_501", HELLO "RSET now\r\n", "501 5.5.4", GPO_SMTP_READY, 0 },
  { "noop_with_argument_is_taken", HELLO "NOOP whatever\r\n", "250", GPO_SMTP_READY, 0 },
  { "unknown_command_is_500", HELLO "SEND FROM:<a@b.c>\r\n", "500 5.5.2", GPO_SMTP_READY, 0 },
  { "vrfy_knows_bob", HELLO "VRFY bob\r\n", "250 2.1.5 Bob <bob@sparta.example>", GPO_SMTP_READY, 0 },
  { "vrfy_does_not_vouch_for_others", HELLO "VRFY carol@corinth.example\r\n", "252", GPO_SMTP_READY, 0 },
  { "vrfy_does_not_know_mallory", HELLO "VRFY mallory\r\n", "550 5.1.1", GPO_SMTP_READY, 0 },
  { "expn_lists_staff", HELLO "EXPN staff\r\n", "250 2.1.5 <carol@sparta.example>", GPO_SMTP_READY, 0 },
  { "help_is_214", HELLO "HELP\r\n", "214 ", GPO_SMTP_READY, 0 },
  { "quit_is_221", HELLO "QUIT\r\n", "221 2.0.0", GPO_SMTP_CLOSED, 0 },
  { "command_with_bare_lf_is_taken", "EHLO x\nNOOP\n", "250", GPO_SMTP_READY, 0 },
  { "bare_lf_in_letter_is_550", HELLO FROM TO "DATA\r\nSubject: x\n\r\nhi\r\n.\r\n", "550 5.6.11", GPO_SMTP_READY, 0 },
  { "bare_cr_in_letter_is_550", HELLO FROM TO "DATA\r\nSubject: x\ry\r\n\r\nhi\r\n.\r\n", "550 5.6.11", GPO_SMTP_READY, 0 },
  { "lf_dot_lf_ends_nothing", HELLO FROM TO "DATA\r\nhi\n.\nQUIT\r\n", "354", GPO_SMTP_DATA, 0 },
  { "lf_dot_crlf_ends_nothing", HELLO FROM TO "DATA\r\nhi\n.\r\nQUIT\r\n", "354", GPO_SMTP_DATA, 0 },
  { "cr_dot_crlf_ends_nothing", HELLO FROM TO "DATA\r\nhi\r.\r\nQUIT\r\n", "354", GPO_SMTP_DATA, 0 },
  { "crlf_dot_lf_ends_nothing", HELLO FROM TO "DATA\r\nhi\r\n.\nQUIT\r\n", "354", GPO_SMTP_DATA, 0 },
  { "crlf_dot_cr_ends_nothing", HELLO FROM TO "DATA\r\nhi\r\n.\rQUIT\r\n", "354", GPO_SMTP_DATA, 0 },
  { "bdat_last_is_taken", HELLO FROM TO "BDAT 22 LAST\r\nSubject: x\r\n\r\nDear\r\n..", "250 2.0.0", GPO_SMTP_READY, 1 },
  { "bdat_in_two_chunks", HELLO FROM TO "BDAT 14\r\nSubject: x\r\n\r\nBDAT 6 LAST\r\nDear\r\n", "250 2.0.0", GPO_SMTP_READY,
    1 },
  { "bdat_chunk_may_split_crlf", HELLO FROM TO "BDAT 13\r\nSubject: x\r\n\rBDAT 7 LAST\r\n\nDear\r\n", "250 2.0.0",
    GPO_SMTP_READY, 1 },
  { "bdat_zero_last", HELLO FROM TO "BDAT 14\r\nSubject: x\r\n\r\nBDAT 0 LAST\r\n", "250 2.0.0", GPO_SMTP_READY, 1 },
  { "bdat_refused_stays_in_step", HELLO "BDAT 6\r\nQUIT\r\nNOOP\r\n", "250", GPO_SMTP_READY, 0 },
  { "bdat_without_number_is_501", HELLO FROM TO "BDAT many\r\n", "501 5.5.4", GPO_SMTP_RCPT, 0 },
  { "data_between_chunks_is_503", HELLO FROM TO "BDAT 3\r\na\r\nDATA\r\n", "503", GPO_SMTP_BDAT, 0 },
  { "starttls_forgets_ehlo", HELLO "STARTTLS\r\n", "220", GPO_SMTP_GREETED, 0 },
  { "auth_plain_with_initial_response", HELLO "AUTH PLAIN AGJvYgBnbGFzcw==\r\n", "235 2.7.0", GPO_SMTP_READY, 0 },
  { "auth_plain_with_challenge", HELLO "AUTH PLAIN\r\nAGJvYgBnbGFzcw==\r\n", "235 2.7.0", GPO_SMTP_READY, 0 },
  { "auth_login", HELLO "AUTH LOGIN\r\nYm9i\r\nZ2xhc3M=\r\n", "235 2.7.0", GPO_SMTP_READY, 0 },
  { "auth_wrong_password_is_535", HELLO "AUTH PLAIN AGJvYgB3cm9uZw==\r\n", "535 5.7.8", GPO_SMTP_READY, 0 },
  { "auth_cancelled_is_501", HELLO "AUTH PLAIN\r\n*\r\n", "501 5.5.2", GPO_SMTP_READY, 0 },
  { "auth_not_base64_is_501", HELLO "AUTH PLAIN !!!\r\n", "501 5.5.2", GPO_SMTP_READY, 0 },
  { "auth_unknown_mechanism_is_504", HELLO "AUTH KERBEROS_V4\r\n", "504 5.5.4", GPO_SMTP_READY, 0 },
  { "auth_twice_is_503", HELLO "AUTH PLAIN AGJvYgBnbGFzcw==\r\nAUTH PLAIN AGJvYgBnbGFzcw==\r\n", "503 5.5.1", GPO_SMTP_READY,
    0 },
  { "auth_lets_relay", HELLO "AUTH PLAIN AGJvYgBnbGFzcw==\r\n" FROM "RCPT TO:<carol@far.example>\r\n", "250 2.1.5",
    GPO_SMTP_RCPT, 0 },
};

static const char *
last_reply (PaperOffice *office)
{
  GString *all = office->replies;
  gsize end = all->len >= 2 ? all->len - 2 : 0;
  while (end > 0 && all->str[end - 1] != '\n')
    end--;
  return all->str + end;
}

static void
check_case (const Case *c, gsize piece)
{
  PaperOffice *office = paper_office_new ();
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, c->say, strlen (c->say), piece);
  ck_assert_msg (g_str_has_prefix (last_reply (office), c->last), "%s: last reply is %s", c->rule, last_reply (office));
  ck_assert_msg (office->session->state == c->state, "%s: state is %s", c->rule,
                 office->session->machine->states[office->session->state]);
  ck_assert_msg (office->letters->len == c->letters, "%s: %u letters", c->rule, office->letters->len);
  paper_office_free (office);
}

START_TEST (whole)
{
  check_case (&cases[_i], 0);
}
END_TEST

START_TEST (byte_by_byte)
{
  check_case (&cases[_i], 1);
}
END_TEST

START_TEST (unknown_verb_is_told_in_plain_bytes)
{
  static const char say[] = HELLO "NO\0OP\033[31m\377 x\r\n";
  PaperOffice *office = paper_office_new ();
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, sizeof say - 1, 0);
  ck_assert_str_eq (last_reply (office), "500 5.5.2 no such command: NO?OP?[31m? (try HELP)\r\n");
  paper_office_free (office);
}
END_TEST

/* The letter as it was stored, behind what the office put in front. */
static const char *
stored_tail (PaperOffice *office, const char *tail)
{
  GString *letter = office->letters->pdata[office->letters->len - 1];
  return letter->len >= strlen (tail) ? letter->str + letter->len - strlen (tail) : letter->str;
}

START_TEST (dots_are_undone_and_bytes_kept)
{
  static const char body[] = "Subject: x\r\n\r\n.leading\r\n..two\r\nend.\r\n";
  PaperOffice *office = paper_office_new ();
  const char *say = HELLO FROM TO "DATA\r\nSubject: x\r\n\r\n..leading\r\n...two\r\nend.\r\n.\r\n";
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), (gsize) _i);
  ck_assert_str_eq (stored_tail (office, body), body);
  GString *letter = office->letters->pdata[0];
  ck_assert (g_str_has_prefix (letter->str, "Return-Path: <alice@athens.example>\r\nReceived: from reader.athens.example"));
  paper_office_free (office);
}
END_TEST

START_TEST (bare_lf_accepted_on_demand_is_kept)
{
  static const char body[] = "Subject: x\r\n\r\none\n.\ntwo\r\n";
  PaperOffice *office = paper_office_new ();
  office->host->bare_lf = GPO_BARE_LF_ACCEPT;
  const char *say = HELLO FROM TO "DATA\r\nSubject: x\r\n\r\none\n.\ntwo\r\n.\r\n";
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), (gsize) _i);
  ck_assert_uint_eq (office->letters->len, 1);
  ck_assert_str_eq (stored_tail (office, body), body);
  paper_office_free (office);
}
END_TEST

START_TEST (plaintext_behind_starttls_is_thrown_away)
{
  PaperOffice *office = paper_office_new ();
  const char *say = HELLO "STARTTLS\r\nEHLO injected\r\nMAIL FROM:<mallory@athens.example>\r\n";
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), 0);
  ck_assert_int_eq (office->session->state, GPO_SMTP_GREETED);
  ck_assert_ptr_null (strstr (office->replies->str, "injected"));
  paper_office_free (office);
}
END_TEST

START_TEST (submission_needs_auth_and_adds_date_and_message_id)
{
  PaperOffice *office = paper_office_new ();
  paper_office_smtp (office, GPO_ROLE_SUBMISSION);
  const char *early = HELLO FROM;
  paper_office_say (office, early, strlen (early), 0);
  ck_assert (g_str_has_prefix (last_reply (office), "530 5.7.0"));
  const char *say = "AUTH PLAIN AGJvYgBnbGFzcw==\r\n" FROM TO "DATA\r\nBcc: carol@sparta.example\r\n\r\nhi\r\n.\r\n";
  paper_office_say (office, say, strlen (say), 0);
  ck_assert_uint_eq (office->letters->len, 1);
  GString *letter = office->letters->pdata[0];
  ck_assert_ptr_nonnull (strstr (letter->str, "\r\nDate: "));
  ck_assert_ptr_nonnull (strstr (letter->str, "\r\nMessage-ID: <"));
  ck_assert_ptr_nonnull (strstr (letter->str, "\r\nBcc: carol@sparta.example\r\n"));
  paper_office_free (office);
}
END_TEST

/* What the next host must offer is said by the bytes, whatever MAIL said (RFC 6152 §3). */
static const struct
{
  const char *from, *text;
  GpoBody body;
} bodies[] = {
  { FROM, "Dear Bob\r\n", GPO_BODY_7BIT },
  { FROM, "Lieb\xc3\xa9\r\n", GPO_BODY_8BITMIME },
  { "MAIL FROM:<alice@athens.example> BODY=8BITMIME\r\n", "Dear Bob\r\n", GPO_BODY_7BIT },
  { "MAIL FROM:<alice@athens.example> BODY=8BITMIME\r\n", "Lieb\xe9\r\n", GPO_BODY_8BITMIME },
};

START_TEST (the_bytes_say_whether_a_letter_is_8_bit)
{
  PaperOffice *office = paper_office_new ();
  g_autofree char *say
      = g_strconcat (HELLO, bodies[_i].from, TO "DATA\r\nSubject: x\r\n\r\n", bodies[_i].text, ".\r\n", NULL);
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), 0);
  ck_assert_uint_eq (office->envelopes->len, 1);
  ck_assert_int_eq (((GpoEnvelope *) office->envelopes->pdata[0])->body, bodies[_i].body);
  paper_office_free (office);
}
END_TEST

START_TEST (full_disk_is_452_and_session_goes_on)
{
  PaperOffice *office = paper_office_new ();
  office->disk_full = TRUE;
  const char *say = HELLO FROM TO "DATA\r\n" LETTER;
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), 0);
  ck_assert (g_str_has_prefix (last_reply (office), "452 4.3.1"));
  ck_assert_int_eq (office->session->state, GPO_SMTP_READY);
  paper_office_free (office);
}
END_TEST

START_TEST (nothing_is_taken_while_the_disk_works)
{
  PaperOffice *office = paper_office_new ();
  office->slow = TRUE;
  const char *say = HELLO FROM TO "DATA\r\n" LETTER "QUIT\r\n";
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), 0);
  ck_assert_int_eq (office->session->pending, GPO_PENDING_STORE);
  ck_assert (g_str_has_prefix (last_reply (office), "354"));
  paper_office_store (office);
  ck_assert (g_str_has_prefix (last_reply (office), "221"));
  paper_office_free (office);
}
END_TEST

START_TEST (too_many_errors_is_421)
{
  PaperOffice *office = paper_office_new ();
  office->host->limits.errors = 3;
  paper_office_smtp (office, GPO_ROLE_SMTP);
  const char *say = "WHAT\r\nWHAT\r\nWHAT\r\nWHAT\r\nWHAT\r\n";
  paper_office_say (office, say, strlen (say), 0);
  ck_assert (g_str_has_prefix (last_reply (office), "421 4.7.0"));
  ck_assert (office->session->closing);
  paper_office_free (office);
}
END_TEST

START_TEST (closing_lets_a_letter_end_and_waits_once)
{
  PaperOffice *office = paper_office_new ();
  paper_office_smtp (office, GPO_ROLE_SMTP);
  const char *half = HELLO FROM TO "DATA\r\nSubject: x\r\n\r\nhalf";
  const char *rest = _i == 0 ? " and whole\r\n.\r\n" : "";
  paper_office_say (office, half, strlen (half), strlen (half));
  office->session->class->shutdown (office->session);
  ck_assert_str_eq (last_reply (office), "354 go on, end with a line that holds a dot alone\r\n");
  paper_office_say (office, rest, strlen (rest), 64);
  if (_i == 1)
    office->session->class->shutdown (office->session); /* the rest never comes */
  paper_office_update (office);
  ck_assert_str_eq (last_reply (office), "421 4.3.2 this office is closing, goodbye\r\n");
  ck_assert_int_eq (office->letters->len, _i == 0);
  ck_assert (office->session->closing);
  paper_office_free (office);
}
END_TEST

START_TEST (limits_are_said_when_passed)
{
  PaperOffice *office = paper_office_new ();
  office->host->limits.recipients = 2;
  office->host->limits.letter = 100;
  g_autofree char *long_line = g_strnfill (3000, 'x');
  g_autofree char *say = g_strdup_printf ("NOOP %s\r\n" HELLO FROM TO "RCPT TO:<carol@sparta.example>\r\n" TO, long_line);
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), (gsize) _i);
  ck_assert_ptr_nonnull (strstr (office->replies->str, "500 5.5.2 the line is too long"));
  ck_assert (g_str_has_prefix (last_reply (office), "452 4.5.3"));
  g_autofree char *letter = g_strdup_printf ("DATA\r\n%.200s\r\n.\r\n", long_line);
  paper_office_say (office, letter, strlen (letter), (gsize) _i);
  ck_assert (g_str_has_prefix (last_reply (office), "552 5.3.4"));
  ck_assert_uint_eq (office->letters->len, 0);
  paper_office_free (office);
}
END_TEST

START_TEST (long_line_of_a_letter_is_500)
{
  PaperOffice *office = paper_office_new ();
  g_autofree char *long_line = g_strnfill (20000, 'x');
  g_autofree char *say = g_strdup_printf (HELLO FROM TO "DATA\r\n%s\r\n.\r\n", long_line);
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), (gsize) _i);
  ck_assert (g_str_has_prefix (last_reply (office), "500 5.6.0"));
  ck_assert_int_eq (office->session->state, GPO_SMTP_READY);
  paper_office_free (office);
}
END_TEST

/* Every byte on the wire is in the trace, once and in order. */
START_TEST (the_trace_holds_every_byte)
{
  PaperOffice *office = paper_office_new ();
  const char *say = HELLO FROM TO "DATA\r\n" LETTER "NOOP\n"
                                  "QUIT\r\n";
  paper_office_smtp (office, GPO_ROLE_SMTP);
  paper_office_say (office, say, strlen (say), (gsize) _i);
  g_autoptr (GString) client = g_string_new (NULL), server = g_string_new (NULL);
  for (guint64 n = 0; n < gpo_log_length (office->log); n++)
    {
      const GpoEvent *event = gpo_log_get (office->log, n);
      if (event->kind != GPO_KIND_LINE && event->kind != GPO_KIND_DATA)
        continue;
      g_autoptr (GBytes) bytes = gpo_log_content (office->log, event);
      gsize length;
      const char *text = g_bytes_get_data (bytes, &length);
      gboolean from_client = strcmp (gpo_event_text (event, GPO_FIELD_FROM, NULL), "client") == 0;
      g_string_append_len (from_client ? client : server, text, (gssize) length);
    }
  ck_assert_str_eq (client->str, say);
  ck_assert_str_eq (server->str, office->replies->str);
  paper_office_free (office);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("smtp-server");
  TCase *tc = tcase_create ("replies");
  tcase_add_loop_test (tc, whole, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, byte_by_byte, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, unknown_verb_is_told_in_plain_bytes);
  suite_add_tcase (s, tc);
  tc = tcase_create ("letters");
  tcase_add_loop_test (tc, dots_are_undone_and_bytes_kept, 0, 12);
  tcase_add_loop_test (tc, bare_lf_accepted_on_demand_is_kept, 0, 12);
  tcase_add_test (tc, plaintext_behind_starttls_is_thrown_away);
  tcase_add_test (tc, submission_needs_auth_and_adds_date_and_message_id);
  tcase_add_loop_test (tc, the_bytes_say_whether_a_letter_is_8_bit, 0, G_N_ELEMENTS (bodies));
  tcase_add_test (tc, full_disk_is_452_and_session_goes_on);
  tcase_add_test (tc, nothing_is_taken_while_the_disk_works);
  tcase_add_test (tc, too_many_errors_is_421);
  tcase_add_loop_test (tc, closing_lets_a_letter_end_and_waits_once, 0, 2);
  tcase_add_loop_test (tc, limits_are_said_when_passed, 0, 8);
  tcase_add_loop_test (tc, long_line_of_a_letter_is_500, 0, 3);
  tcase_add_loop_test (tc, the_trace_holds_every_byte, 0, 8);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
