/* SPDX-License-Identifier: MIT */
/* test-part-form.c: what form a part's bytes have, what sort a field is, and what a Received field says. */
#include "letter/field-kind.h"
#include "letter/part-form.h"
#include "letter/received-read.h"
#include "letters.h"

static const struct
{
  const char *letter;
  gint part;
  GpoForm declared, found;
  guint files;
} forms[] = {
  { "plain", 0, GPO_FORM_7BIT, GPO_FORM_7BIT, 0 },
  { "8-bit", 0, GPO_FORM_8BIT, GPO_FORM_8BIT, 0 },
  { "quoted-printable", 0, GPO_FORM_QUOTED_PRINTABLE, GPO_FORM_7BIT, 0 },
  { "attachment", 2, GPO_FORM_BASE64, GPO_FORM_7BIT, 0 },
  { "uuencoded", 0, GPO_FORM_7BIT, GPO_FORM_7BIT, 1 },
  { "empty", 0, GPO_FORM_7BIT, GPO_FORM_7BIT, 0 },
};

START_TEST (form_is_what_is_declared_and_what_is_found)
{
  gsize length;
  g_autofree char *bytes = read_letter (forms[_i].letter, &length);
  g_auto (GpoAnatomy) anatomy;
  GpoPartForm form;
  gpo_anatomy_init (&anatomy, bytes, length);
  gpo_part_form (&anatomy, &anatomy.parts[forms[_i].part], &form);
  ck_assert_int_eq (form.declared, forms[_i].declared);
  ck_assert_int_eq (form.found, forms[_i].found);
  ck_assert_uint_eq (form.files, forms[_i].files);
  ck_assert_uint_eq (form.raw, anatomy.parts[forms[_i].part].body.length);
}
END_TEST

static const struct
{
  const char *body;
  gsize length;
  GpoForm found;
} bodies[] = {
  { "ok\r\n", 4, GPO_FORM_7BIT },
  { "\xe9\r\n", 3, GPO_FORM_8BIT },
  { "a\0b\r\n", 5, GPO_FORM_BINARY },
  { "a\rb\r\n", 5, GPO_FORM_BINARY },
};

START_TEST (bytes_say_what_they_are_whatever_is_declared)
{
  g_autoptr (GString) letter = g_string_new ("Content-Transfer-Encoding: 7BIT\r\n\r\n");
  g_string_append_len (letter, bodies[_i].body, (gssize) bodies[_i].length);
  g_auto (GpoAnatomy) anatomy;
  GpoPartForm form;
  gpo_anatomy_init (&anatomy, letter->str, letter->len);
  gpo_part_form (&anatomy, &anatomy.parts[0], &form);
  ck_assert_int_eq (form.declared, GPO_FORM_7BIT);
  ck_assert (form.said);
  ck_assert_int_eq (form.found, bodies[_i].found);
}
END_TEST

START_TEST (line_of_more_than_998_bytes_is_binary)
{
  g_autoptr (GString) letter = g_string_new ("\r\n");
  for (int i = 0; i < 998 + _i; i++)
    g_string_append_c (letter, 'x');
  g_string_append (letter, "\r\n");
  g_auto (GpoAnatomy) anatomy;
  GpoPartForm form;
  gpo_anatomy_init (&anatomy, letter->str, letter->len);
  gpo_part_form (&anatomy, &anatomy.parts[0], &form);
  ck_assert_int_eq (form.found, _i ? GPO_FORM_BINARY : GPO_FORM_7BIT);
}
END_TEST

static const struct
{
  const char *name;
  GpoHeaderKind kind;
} kinds[] = {
  { "received", GPO_HEADER_TRACE },       { "Return-Path", GPO_HEADER_TRACE },
  { "SUBJECT", GPO_HEADER_STANDARD },     { "Content-Type", GPO_HEADER_MIME },
  { "List-Id", GPO_HEADER_LIST },         { "x-mailer", GPO_HEADER_OWN },
  { "Subject-Matter", GPO_HEADER_OTHER }, { "", GPO_HEADER_OTHER },
};

START_TEST (field_is_of_its_kind)
{
  ck_assert_int_eq (gpo_header_kind (kinds[_i].name), kinds[_i].kind);
}
END_TEST

static const struct
{
  const char *value, *from, *info, *by, *with, *id, *for_path;
  gint64 seconds; /* 0: no date */
} stamps[] = {
  { " from a.example ([127.0.0.1])\r\n\tby b.example with ESMTP id L1-x\r\n\tfor <bob@b.example>;\r\n\tThu, "
    "1 Jan "
    "1970 00:01:40 +0000",
    "a.example", "[127.0.0.1]", "b.example", "ESMTP", "L1-x", "bob@b.example", 100 },
  { "by b.example (Postfix, from userid 1000)\n\tid 4F; Thu, 1 Jan 1970 01:01:40 +0100 (CET)", NULL, NULL, "b.example", NULL,
    "4F", NULL, 100 },
  { "from x (y.example (may be (nested)) [10.0.0.1]) by z (8.1/8.2) via TCP with SMTP", "x",
    "y.example (may be (nested)) [10.0.0.1]", "z", "SMTP", NULL, NULL, 0 },
  { "nonsense ( never closed", NULL, NULL, NULL, NULL, NULL, NULL, 0 },
  { "", NULL, NULL, NULL, NULL, NULL, NULL, 0 },
  { "from", NULL, NULL, NULL, NULL, NULL, NULL, 0 },
};

static void
same (const char *a, const char *b)
{
  ck_assert_str_eq (a ? a : "(none)", b ? b : "(none)");
}

START_TEST (received_field_is_taken_apart)
{
  g_auto (GpoStamp) stamp;
  gpo_stamp_init (&stamp, stamps[_i].value, strlen (stamps[_i].value));
  same (stamp.from, stamps[_i].from);
  same (stamp.from_info, stamps[_i].info);
  same (stamp.by, stamps[_i].by);
  same (stamp.with, stamps[_i].with);
  same (stamp.id, stamps[_i].id);
  same (stamp.for_path, stamps[_i].for_path);
  ck_assert_int_eq (stamp.dated, stamps[_i].seconds != 0);
  if (stamp.dated)
    ck_assert_int_eq (stamp.when, stamps[_i].seconds * G_USEC_PER_SEC);
}
END_TEST

START_TEST (addresses_of_a_field_are_found)
{
  static const char value[] = "Bob <bob@sparta.example>, \"a, b\" <a@b.example> (c@d.example), team: x@y.example;";
  static const char *const wanted[] = { "bob@sparta.example", "a@b.example", "x@y.example" };
  g_auto (GStrv) addresses = gpo_header_addresses (value, strlen (value));
  ck_assert_uint_eq (g_strv_length (addresses), G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    ck_assert_str_eq (addresses[i], wanted[i]);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("part-form");
  TCase *t = tcase_create ("form");
  tcase_add_loop_test (t, form_is_what_is_declared_and_what_is_found, 0, G_N_ELEMENTS (forms));
  tcase_add_loop_test (t, bytes_say_what_they_are_whatever_is_declared, 0, G_N_ELEMENTS (bodies));
  tcase_add_loop_test (t, line_of_more_than_998_bytes_is_binary, 0, 2);
  tcase_add_loop_test (t, field_is_of_its_kind, 0, G_N_ELEMENTS (kinds));
  tcase_add_loop_test (t, received_field_is_taken_apart, 0, G_N_ELEMENTS (stamps));
  tcase_add_test (t, addresses_of_a_field_are_found);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
