/* SPDX-License-Identifier: MIT */
/* test-compose.c: letters as they are written, and as they are read again. */
#include "letter/compose.h"
#include "letters.h"

#define WHEN G_GINT64_CONSTANT (1764062102000000) /* Tue, 25 Nov 2025 09:15:02 */
#define HEAD                                                                                                 \
  "Date: Tue, 25 Nov 2025 09:15:02 +0000\r\nFrom: Alice <alice@athens.example>\r\nTo: "                      \
  "bob@sparta.example\r\n"

static GpoDraft
draft (const char *subject, const char *text)
{
  return (GpoDraft){ .from = g_strdup ("Alice <alice@athens.example>"),
                     .to = g_strdup ("bob@sparta.example"),
                     .subject = g_strdup (subject),
                     .text = g_strdup (text) };
}

static char *
compose (const GpoDraft *d)
{
  g_autoptr (GBytes) bytes = gpo_draft_compose (d, WHEN, "id", "athens.example");
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  return g_strndup (data, length);
}

static const struct
{
  const char *rule, *subject, *text, *letter;
} letters_[] = {
  { "ascii_goes_as_in_1982", "Hello", "Hi Bob\n.dot\n",
    HEAD "Subject: Hello\r\nMessage-ID: <id@athens.example>\r\n\r\nHi Bob\r\n.dot\r\n" },
  { "a_last_line_gets_its_end", "x", "no end",
    HEAD "Subject: x\r\nMessage-ID: <id@athens.example>\r\n\r\nno end\r\n" },
  { "other_letters_are_quoted_printable", "x", "gr\xc3\xbc\xc3\x9f\n",
    HEAD "Subject: x\r\nMessage-ID: <id@athens.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
         "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=C3=BC=C3=9F\r\n" },
  { "no_field_is_smuggled_in", "x\r\nBcc: mallory@sparta.example", "",
    HEAD "Subject: x Bcc: mallory@sparta.example\r\nMessage-ID: <id@athens.example>\r\n\r\n" },
};

START_TEST (letter_is_written)
{
  GpoDraft d = draft (letters_[_i].subject, letters_[_i].text);
  g_autofree char *text = compose (&d);
  ck_assert_msg (strcmp (text, letters_[_i].letter) == 0, "%s:\n%s", letters_[_i].rule, text);
  gpo_draft_clear (&d);
}
END_TEST

START_TEST (bcc_is_in_the_envelope_only)
{
  GpoDraft d = draft ("x", "y");
  char *problem;
  d.cc = g_strdup ("Carol <carol@sparta.example>, bob@SPARTA.example");
  d.bcc = g_strdup ("mallory@sparta.example");
  g_auto (GStrv) to = gpo_draft_recipients (&d, &problem);
  g_autofree char *all = g_strjoinv (" ", to);
  ck_assert_str_eq (all, "bob@sparta.example carol@sparta.example mallory@sparta.example");
  g_autofree char *text = compose (&d);
  ck_assert_ptr_null (strstr (text, "mallory"));
  ck_assert_ptr_nonnull (strstr (text, "Cc: Carol <carol@sparta.example>, bob@SPARTA.example\r\n"));
  gpo_draft_clear (&d);
}
END_TEST

static const char *const wrong[] = { "", "bob@", "bob@@sparta.example", "Bob" };

START_TEST (wrong_address_is_named)
{
  GpoDraft d = { .to = g_strdup (wrong[_i]) };
  char *problem;
  ck_assert_ptr_null (gpo_draft_recipients (&d, &problem));
  ck_assert_ptr_nonnull (problem);
  ck_assert_ptr_nonnull (strstr (problem, *wrong[_i] ? wrong[_i] : "nobody"));
  g_free (problem);
  gpo_draft_clear (&d);
}
END_TEST

/* Every byte value, by MIME (0) and by uuencode (1), and with a text that needs encoding (2). */
START_TEST (attachment_comes_back_whole)
{
  guint8 all[256 * 3];
  for (guint i = 0; i < sizeof all; i++)
    all[i] = (guint8) i;
  g_autoptr (GBytes) file = g_bytes_new (all, sizeof all);
  GpoDraft d = draft ("a file", _i == 2 ? "\xc3\xbc\n" : "see below\n");
  d.uuencode = _i == 1;
  gpo_draft_attach (&d, _i == 2 ? "\xc3\xbc.bin" : "all bytes.bin", "application/x-test", file);
  g_autofree char *text = compose (&d);
  ck_assert ((strstr (text, "begin 644 all bytes.bin\r\n") != NULL) == (_i == 1));
  ck_assert ((strstr (text, "MIME-Version") != NULL) == (_i != 1));
  g_autoptr (GpoReading) reading = gpo_reading_new (text, strlen (text));
  ck_assert_uint_eq (reading->attachments->len, 1);
  const GpoAttachment *got = reading->attachments->pdata[0];
  ck_assert_str_eq (got->name, _i == 2 ? "\xc3\xbc.bin" : "all bytes.bin");
  ck_assert_str_eq (got->type, _i == 1 ? "uuencoded" : "application/x-test");
  ck_assert (g_bytes_equal (got->bytes, file));
  ck_assert_ptr_nonnull (strstr (reading->text, _i == 2 ? "\xc3\xbc" : "see below"));
  ck_assert_ptr_null (strstr (reading->text, "begin 644"));
  gpo_draft_clear (&d);
}
END_TEST

START_TEST (subject_in_other_letters_comes_back)
{
  GpoDraft d = draft ("Gr\xc3\xbc\xc3\x9f"
                      "e an alle, und noch viele weitere W\xc3\xb6rter, damit die Zeile gefaltet werden muss",
                      "x");
  g_autofree char *text = compose (&d);
  GpoSummary summary = { 0 };
  ck_assert (g_str_is_ascii (text));
  for (const char *line = text; *line; line = strchr (line, '\n') + 1)
    ck_assert_uint_le (strcspn (line, "\r"), 78);
  gpo_summary_init (&summary, text, strlen (text));
  ck_assert_str_eq (summary.subject, d.subject);
  ck_assert_str_eq (summary.from, "Alice <alice@athens.example>");
  ck_assert_int_eq (summary.date, WHEN);
  gpo_summary_clear (&summary);
  gpo_draft_clear (&d);
}
END_TEST

#define ASKED                                                                                                \
  "From: Bob <bob@sparta.example>\r\nTo: alice@athens.example, Carol <carol@sparta.example>\r\n"             \
  "Subject: Re: hi\r\nMessage-ID: <2@x>\r\nReferences: <1@x>\r\n\r\none\r\n> two\r\n\r\nthree\r\n"

START_TEST (reply_quotes_and_names_what_it_answers)
{
  GpoDraft d = { 0 };
  gpo_draft_reply (&d, ASKED, strlen (ASKED), _i == 1, "alice@athens.example");
  ck_assert_str_eq (d.to, "Bob <bob@sparta.example>");
  ck_assert_str_eq (d.subject, "Re: hi");
  ck_assert_str_eq (d.in_reply_to, "<2@x>");
  ck_assert_str_eq (d.references, "<1@x> <2@x>");
  ck_assert_str_eq (d.text, "Bob <bob@sparta.example> wrote:\n> one\n>> two\n>\n> three\n");
  if (_i == 1)
    ck_assert_str_eq (d.cc, "Carol <carol@sparta.example>");
  else
    ck_assert_ptr_null (d.cc);
  gpo_draft_clear (&d);
}
END_TEST

#define TRICKY                                                                                               \
  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; "            \
  "boundary=c\r\n\r\n--c\r\n\r\nplain\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>html\r\n--c--\r\n"         \
  "--b\r\nContent-Type: image/png; name=\"../../etc/passwd\"\r\n\r\nx\r\n"                                   \
  "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--b--\r\n"

START_TEST (reading_takes_the_plain_version_and_no_folders_of_names)
{
  g_autoptr (GpoReading) reading = gpo_reading_new (TRICKY, strlen (TRICKY));
  ck_assert_str_eq (reading->text, "plain");
  ck_assert_uint_eq (reading->attachments->len, 2);
  ck_assert_str_eq (((GpoAttachment *) reading->attachments->pdata[0])->name, "passwd");
  ck_assert_str_eq (((GpoAttachment *) reading->attachments->pdata[1])->type, "message/rfc822");
  ck_assert (gpo_reading_has (reading, "PLAIN"));
  ck_assert (!gpo_reading_has (reading, "inner text"));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("compose");
  TCase *t = tcase_create ("compose");
  tcase_add_loop_test (t, letter_is_written, 0, G_N_ELEMENTS (letters_));
  tcase_add_test (t, bcc_is_in_the_envelope_only);
  tcase_add_loop_test (t, wrong_address_is_named, 0, G_N_ELEMENTS (wrong));
  tcase_add_loop_test (t, attachment_comes_back_whole, 0, 3);
  tcase_add_test (t, subject_in_other_letters_comes_back);
  tcase_add_loop_test (t, reply_quotes_and_names_what_it_answers, 0, 2);
  tcase_add_test (t, reading_takes_the_plain_version_and_no_folders_of_names);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
