/* SPDX-License-Identifier: MIT */
/* test-smtp-reply.c: reading replies and what EHLO offers, row by row. */
#include "protocol/smtp-client.h"
#include <check.h>
#include <string.h>

static const struct
{
  const char *line;
  int code; /* 0: no reply line */
  gboolean more;
  const char *status, *text;
} lines[] = {
  { "250 ok", 250, FALSE, NULL, "ok" },
  { "250-ok", 250, TRUE, NULL, "ok" },
  { "250", 250, FALSE, NULL, "" },
  { "250 ", 250, FALSE, NULL, "" },
  { "250 2.1.5 fine", 250, FALSE, "2.1.5", "2.1.5 fine" },
  { "550-5.123.456 no", 550, TRUE, "5.123.456", "5.123.456 no" },
  { "550 5.1.1", 550, FALSE, "5.1.1", "5.1.1" },
  { "550 2.1.1 another class", 550, FALSE, NULL, "2.1.1 another class" },
  { "550 5.1.1234 too long", 550, FALSE, NULL, "5.1.1234 too long" },
  { "550 5.1. none", 550, FALSE, NULL, "5.1. none" },
  { "550 5.1.1x", 550, FALSE, NULL, "5.1.1x" },
  { "200", 200, FALSE, NULL, "" },
  { "599 x", 599, FALSE, NULL, "x" },
  { "150 too early", 0 },
  { "600 no class", 0 },
  { "25 short", 0 },
  { "2500 long", 0 },
  { "25x no", 0 },
  { "", 0 },
  { "250_ok", 0 },
  { " 250 ok", 0 },
};

START_TEST (line_is_read)
{
  GpoSmtpReplyLine out;
  gboolean good = gpo_smtp_reply_line_parse (lines[_i].line, strlen (lines[_i].line), &out);
  ck_assert_msg (good == (lines[_i].code != 0), "%s", lines[_i].line);
  if (!good)
    return;
  g_autofree char *text = gpo_slice_dup (out.text);
  g_autofree char *status = out.status.text ? gpo_slice_dup (out.status) : NULL;
  ck_assert_int_eq (out.code, lines[_i].code);
  ck_assert_int_eq (out.more, lines[_i].more);
  ck_assert_str_eq (text, lines[_i].text);
  ck_assert_msg (g_strcmp0 (status, lines[_i].status) == 0, "%s: %s", lines[_i].line, status);
}
END_TEST

static const struct
{
  const char *lines; /* "|" between */
  GpoReplyResult last;
  const char *status, *words;
} replies[] = {
  { "250-a|250-b|250 c", GPO_REPLY_WHOLE, "", "250 a b c" },
  { "250-2.1.0 a|250 b", GPO_REPLY_WHOLE, "2.1.0", "250 2.1.0 a b" },
  { "250-a", GPO_REPLY_MORE, "", "250 a" },
  { "250-a|251 b", GPO_REPLY_BAD, "", "250 a" },
  { "250-a|hello", GPO_REPLY_BAD, "", "250 a" },
  { "421", GPO_REPLY_WHOLE, "", "421" },
};

START_TEST (reply_is_put_together)
{
  GpoSmtpReply reply;
  GpoReplyResult result = GPO_REPLY_MORE;
  g_auto (GStrv) each = g_strsplit (replies[_i].lines, "|", -1);
  gpo_smtp_reply_init (&reply);
  for (char **l = each; *l; l++)
    result = gpo_smtp_reply_add (&reply, *l, strlen (*l));
  g_autofree char *words = gpo_smtp_reply_words (&reply, TRUE);
  ck_assert_int_eq (result, replies[_i].last);
  ck_assert_str_eq (reply.status, replies[_i].status);
  ck_assert_str_eq (words, replies[_i].words);
  gpo_smtp_reply_clear (&reply);
}
END_TEST

START_TEST (an_endless_reply_is_bad)
{
  GpoSmtpReply reply;
  guint n = 0;
  gpo_smtp_reply_init (&reply);
  while (gpo_smtp_reply_add (&reply, "250-again and again and again and again and again", 49) == GPO_REPLY_MORE)
    ck_assert_uint_lt (n++, GPO_SMTP_REPLY_LINES_MAX);
  ck_assert_uint_le (reply.text->len, GPO_SMTP_REPLY_TEXT_MAX + GPO_SMTP_REPLY_LINES_MAX);
  gpo_smtp_reply_clear (&reply);
}
END_TEST

static const struct
{
  int code;
  GpoVerdict verdict;
} classes[] = { { 250, GPO_OK }, { 354, GPO_MORE }, { 450, GPO_DEFERRED }, { 421, GPO_CLOSING }, { 550, GPO_REFUSED } };

START_TEST (class_is_the_verdict)
{
  GpoSmtpReply reply = { .code = classes[_i].code };
  ck_assert_int_eq (gpo_smtp_reply_verdict (&reply), classes[_i].verdict);
}
END_TEST

START_TEST (offer_is_read_in_any_case)
{
  static const char *const ehlo[] = { "250-mx.example hello", "250-pipelining",  "250-Size 1000", "250-AUTH PLAIN",
                                      "250-AUTH=LOGIN",       "250-x-new thing", "250-8BITMIME",  "250 DSN" };
  GpoSmtpReply reply;
  GpoSmtpOffer offer = { 0 };
  gpo_smtp_reply_init (&reply);
  for (guint i = 0; i < G_N_ELEMENTS (ehlo); i++)
    gpo_smtp_reply_add (&reply, ehlo[i], strlen (ehlo[i]));
  gpo_smtp_offer_parse (&offer, &reply, TRUE);
  ck_assert (offer.pipelining && offer.eightbitmime && offer.dsn && !offer.starttls && !offer.smtputf8);
  ck_assert_int_eq (offer.size, 1000);
  ck_assert_str_eq (offer.auth, "PLAIN LOGIN");
  ck_assert_str_eq (offer.name, "mx.example");
  gpo_smtp_offer_parse (&offer, &reply, FALSE); /* an answer to HELO offers nothing */
  ck_assert (!offer.pipelining && offer.size == -1 && !offer.auth);
  gpo_smtp_offer_clear (&offer);
  gpo_smtp_reply_clear (&reply);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("smtp-reply");
  TCase *t = tcase_create ("replies");
  tcase_add_loop_test (t, line_is_read, 0, G_N_ELEMENTS (lines));
  tcase_add_loop_test (t, reply_is_put_together, 0, G_N_ELEMENTS (replies));
  tcase_add_test (t, an_endless_reply_is_bad);
  tcase_add_loop_test (t, class_is_the_verdict, 0, G_N_ELEMENTS (classes));
  tcase_add_test (t, offer_is_read_in_any_case);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
