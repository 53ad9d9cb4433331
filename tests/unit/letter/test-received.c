/* SPDX-License-Identifier: MIT */
/* test-received.c: the lines that are added, and the dates in them. */
#include "letter/received.h"
#include "letter/date.h"
#include "letters.h"

#define WHEN (1795511702 * G_GINT64_CONSTANT (1000000)) /* Tue, 24 Nov 2026 09:15:02 +0000 */
#define DATE "Tue, 24 Nov 2026 09:15:02 +0000"

static const struct
{
  GpoReceived received;
  const char *text;
} fields[] = {
  { { .helo = "mail.athens.example",
      .address = "127.0.0.1",
      .by = "gateway.example",
      .id = "1A",
      .for_path = "bob@sparta.example",
      .when = WHEN,
      .esmtp = TRUE },
    "Received: from mail.athens.example ([127.0.0.1])\r\n\tby gateway.example with ESMTP id 1A\r\n\tfor "
    "<bob@sparta.example>;\r\n\t" DATE "\r\n" },
  { { .helo = "[127.0.0.1]", .address = "::1", .by = "gateway.example", .id = "1A", .when = WHEN },
    "Received: from [127.0.0.1] ([IPv6:::1])\r\n\tby gateway.example with SMTP id 1A;\r\n\t" DATE "\r\n" },
  { { .helo = "x\r\nSubject: forged",
      .address = "127.0.0.1",
      .by = "gateway.example",
      .id = "1A",
      .when = WHEN,
      .esmtp = TRUE,
      .tls = TRUE },
    "Received: from [127.0.0.1] ([127.0.0.1])\r\n\tby gateway.example with ESMTPS id 1A;\r\n\t" DATE "\r\n" },
  { { .by = "gateway.example", .when = WHEN, .esmtp = TRUE, .auth = TRUE },
    "Received: by gateway.example with ESMTPA;\r\n\t" DATE "\r\n" },
};

START_TEST (received_field)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_received_append (out, &fields[_i].received);
  ck_assert_str_eq (out->str, fields[_i].text);
  ck_assert_uint_eq (gpo_received_count (out->str, out->len), 1);
}
END_TEST

static const struct
{
  gboolean esmtp, tls, auth, utf8;
  const char *word;
} protocols[] = {
  { 0, 0, 0, 0, "SMTP" },      { 1, 0, 0, 0, "ESMTP" },     { 1, 0, 1, 0, "ESMTPA" },
  { 1, 1, 0, 0, "ESMTPS" },    { 1, 1, 1, 0, "ESMTPSA" },   { 1, 0, 0, 1, "UTF8SMTP" },
  { 1, 0, 1, 1, "UTF8SMTPA" }, { 1, 1, 0, 1, "UTF8SMTPS" }, { 1, 1, 1, 1, "UTF8SMTPSA" },
};

START_TEST (with_says_how)
{
  GpoReceived r
      = { .esmtp = protocols[_i].esmtp, .tls = protocols[_i].tls, .auth = protocols[_i].auth, .utf8 = protocols[_i].utf8 };
  ck_assert_str_eq (gpo_received_protocol (&r), protocols[_i].word);
}
END_TEST

START_TEST (return_path)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_return_path_append (out, "alice@athens.example");
  gpo_return_path_append (out, "");
  ck_assert_str_eq (out->str, "Return-Path: <alice@athens.example>\r\nReturn-Path: <>\r\n");
}
END_TEST

START_TEST (hops_are_counted)
{
  gsize length;
  g_autofree char *bytes = read_letter ("folded", &length);
  ck_assert_uint_eq (gpo_received_count (bytes, length), 2);
  ck_assert_uint_eq (gpo_received_count ("\r\nReceived: x\r\n", 15), 0);
}
END_TEST

static const struct
{
  const char *letter, *added;
  guint n;
} submissions[] = {
  { "Subject: x\r\n\r\nDate: x\r\n", "Date: " DATE "\r\nMessage-ID: <7.1795511702@athens.example>\r\n", 2 },
  { "date: x\r\n\r\n", "Message-ID: <7.1795511702@athens.example>\r\n", 1 },
  { "MESSAGE-ID: <x>\r\n\r\n", "Date: " DATE "\r\n", 1 },
  { "Date: x\r\nMessage-Id: <x>\r\n\r\n", "", 0 },
};

START_TEST (submission_adds_what_is_missing)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *letter = submissions[_i].letter;
  ck_assert_uint_eq (gpo_submission_append (out, letter, strlen (letter), WHEN, "7", "athens.example"), submissions[_i].n);
  ck_assert_str_eq (out->str, submissions[_i].added);
}
END_TEST

static const struct
{
  gint64 second;
  const char *text;
} written[] = {
  { 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
  { -1, "Wed, 31 Dec 1969 23:59:59 +0000" },
  { 951782400, "Tue, 29 Feb 2000 00:00:00 +0000" },
  { WHEN / 1000000, DATE },
};

START_TEST (date_is_written_and_read)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 when;
  int offset = 1;
  gpo_date_append (out, written[_i].second * 1000000 + 999999);
  ck_assert_str_eq (out->str, written[_i].text);
  ck_assert (gpo_date_parse (out->str, out->len, &when, &offset));
  ck_assert_int_eq (when, written[_i].second * 1000000);
  ck_assert_int_eq (offset, 0);
}
END_TEST

static const struct
{
  const char *text;
  gint64 second; /* -1: no date */
  int offset;
} dates[] = {
  { "Tue, 24 Nov 2026 10:15:02 +0100", 1795511702, 60 },
  { "24 Nov 2026 09:15:02 +0000", 1795511702, 0 },
  { "  Tue,\r\n 24 Nov 2026 03:45:02 -0530 (comment)", 1795511702, -330 },
  { "Tue, 24 Nov 26 09:15:02 GMT", 1795511702, 0 },
  { "Tue, 24 Nov 2026 04:15:02 EST", 1795511702, -300 },
  { "Thu, 1 Jan 98 00:00 UT", 883612800, 0 },
  { "yesterday", -1, 0 },
  { "", -1, 0 },
};

START_TEST (foreign_dates_are_read)
{
  gint64 when = 0;
  int offset = 0;
  gboolean good = gpo_date_parse (dates[_i].text, strlen (dates[_i].text), &when, &offset);
  ck_assert_int_eq (good, dates[_i].second >= 0);
  if (good)
    {
      ck_assert_int_eq (when, dates[_i].second * 1000000);
      ck_assert_int_eq (offset, dates[_i].offset);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("received");
  TCase *t = tcase_create ("fields");
  tcase_add_loop_test (t, received_field, 0, G_N_ELEMENTS (fields));
  tcase_add_loop_test (t, with_says_how, 0, G_N_ELEMENTS (protocols));
  tcase_add_test (t, return_path);
  tcase_add_test (t, hops_are_counted);
  tcase_add_loop_test (t, submission_adds_what_is_missing, 0, G_N_ELEMENTS (submissions));
  tcase_add_loop_test (t, date_is_written_and_read, 0, G_N_ELEMENTS (written));
  tcase_add_loop_test (t, foreign_dates_are_read, 0, G_N_ELEMENTS (dates));
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
