/* SPDX-License-Identifier: MIT */
/* test-bounce.c: when a report is due, and what it looks like to our anatomy and to GMime.
 * check_dsn.py reads the same reports with Python. */
#include "letter/bounce-words.h"
#include "letter/mime.h"
#include "sample-bounces.h"
#include <gmime/gmime.h>

static const struct
{
  const char *rule, *sender;
  GpoRecipientState state;
  guint notify;
  gboolean marked;   /* reported or warned */
  const char *kinds; /* wanted: f, d(elayed), s(uccess: delivered), r(elayed), e(xpanded) */
} rules[] = {
  { "a failure is told by default", "a@b.example", GPO_RCPT_FAILED, GPO_NOTIFY_DEFAULT, 0, "f" },
  { "a delay is told by default", "a@b.example", GPO_RCPT_WAITING, GPO_NOTIFY_DEFAULT, 0, "d" },
  { "success is not told by default", "a@b.example", GPO_RCPT_DELIVERED, GPO_NOTIFY_DEFAULT, 0, "" },
  { "relaying is not told by default", "a@b.example", GPO_RCPT_RELAYED, GPO_NOTIFY_DEFAULT, 0, "" },
  { "NEVER is never", "a@b.example", GPO_RCPT_FAILED, GPO_NOTIFY_NEVER, 0, "" },
  { "SUCCESS alone tells no failure", "a@b.example", GPO_RCPT_FAILED, GPO_NOTIFY_SUCCESS, 0, "" },
  { "SUCCESS tells success", "a@b.example", GPO_RCPT_DELIVERED, GPO_NOTIFY_SUCCESS, 0, "s" },
  { "expanding is not told by default", "a@b.example", GPO_RCPT_EXPANDED, GPO_NOTIFY_DEFAULT, 0, "" },
  { "SUCCESS tells expanding", "a@b.example", GPO_RCPT_EXPANDED, GPO_NOTIFY_SUCCESS, 0, "e" },
  { "SUCCESS tells relaying", "a@b.example", GPO_RCPT_RELAYED, GPO_NOTIFY_SUCCESS, 0, "r" },
  { "FAILURE alone tells no delay", "a@b.example", GPO_RCPT_WAITING, GPO_NOTIFY_FAILURE, 0, "" },
  { "DELAY tells a delay", "a@b.example", GPO_RCPT_WAITING, GPO_NOTIFY_DELAY, 0, "d" },
  { "never a bounce of a bounce", "", GPO_RCPT_FAILED, GPO_NOTIFY_DEFAULT, 0, "" },
  { "not even when asked", "", GPO_RCPT_DELIVERED, GPO_NOTIFY_SUCCESS | GPO_NOTIFY_FAILURE, 0, "" },
  { "a failure is told once", "a@b.example", GPO_RCPT_FAILED, GPO_NOTIFY_DEFAULT, 1, "" },
  { "a delay is told once", "a@b.example", GPO_RCPT_WAITING, GPO_NOTIFY_DEFAULT, 1, "" },
};

START_TEST (report_is_due)
{
  g_autoptr (GpoEnvelope) e = gpo_envelope_new ();
  e->has_sender = TRUE;
  g_free (e->reverse_path);
  e->reverse_path = g_strdup (rules[_i].sender);
  GpoRecipient *r = gpo_envelope_add (e, "bob@sparta.example");
  r->state = rules[_i].state;
  r->notify = rules[_i].notify;
  r->warned = r->reported = rules[_i].marked;
  for (int kind = 0; kind < 5; kind++)
    {
      g_autoptr (GArray) wanted = gpo_bounce_wanted (e, (GpoBounceKind) kind);
      ck_assert_msg (wanted->len == (strchr (rules[_i].kinds, "fdsre"[kind]) ? 1 : 0), "%s: kind %d", rules[_i].rule, kind);
    }
}
END_TEST

START_TEST (report_has_three_parts)
{
  g_autoptr (GpoEnvelope) envelope = NULL;
  g_autoptr (GBytes) report = sample_write (&samples[_i], &envelope);
  gsize length;
  const char *bytes = g_bytes_get_data (report, &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  ck_assert_pstr_eq (anatomy_fault (&a), NULL);
  ck_assert (gpo_part_is (&a, &a.parts[0], "multipart", "report"));
  ck_assert (a.parts[0].closed);
  ck_assert_uint_eq (a.parts[0].n_children, 3);
  ck_assert_uint_eq (gpo_count_bare_lf (bytes, (GpoSpan){ 0, length }), 0);
  /* GMime sees the same three */
  g_mime_init ();
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  GMimeObject *part = g_mime_message_get_mime_part (message);
  ck_assert (GMIME_IS_MULTIPART (part));
  ck_assert_int_eq (g_mime_multipart_get_count (GMIME_MULTIPART (part)), 3);
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
}
END_TEST

START_TEST (report_goes_to_the_sender_from_nobody)
{
  g_autoptr (GpoEnvelope) envelope = NULL;
  g_autoptr (GBytes) report = sample_write (&samples[_i], &envelope);
  ck_assert (envelope->has_sender);
  ck_assert_str_eq (envelope->reverse_path, "");
  ck_assert_uint_eq (envelope->recipients->len, 1);
  ck_assert_str_eq (gpo_envelope_recipient (envelope, 0)->path, "alice@athens.example");
  ck_assert_uint_eq (gpo_envelope_recipient (envelope, 0)->notify, GPO_NOTIFY_NEVER);
  ck_assert_uint_eq (envelope->size, g_bytes_get_size (report));
  gboolean eight = strcmp (samples[_i].letter, "8-bit") == 0;
  ck_assert_int_eq (envelope->body, eight ? GPO_BODY_8BITMIME : GPO_BODY_7BIT);
  ck_assert_int_eq (envelope->smtputf8, samples[_i].utf8);
  for (gsize i = 0; !eight && i < g_bytes_get_size (report); i++)
    ck_assert (((const guint8 *) g_bytes_get_data (report, NULL))[i] < 0x80);
}
END_TEST

START_TEST (boundary_avoids_the_letter)
{
  g_autoptr (GpoEnvelope) e = sample_envelope (&samples[1]), out = NULL;
  g_autoptr (GArray) wanted = gpo_bounce_wanted (e, GPO_BOUNCE_FAILED);
  const char *letter = "A: b\r\n\r\n--report-7f\r\n--report-7fx\r\n";
  GpoBounce b = {
    .host = "gateway.example", .id = "7f", .envelope = e, .recipients = wanted, .letter = letter, .length = strlen (letter)
  };
  g_autoptr (GBytes) report = gpo_bounce_write (&b, &out);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, g_bytes_get_data (report, NULL), g_bytes_get_size (report));
  ck_assert_uint_eq (a.parts[0].n_children, 3);
  const GpoPart *last = &a.parts[a.n_parts - 1];
  ck_assert_uint_eq (last->whole.length, strlen (letter));
}
END_TEST

START_TEST (words_explain_a_status)
{
  ck_assert_ptr_nonnull (strstr (gpo_status_meaning ("5.1.1"), "mailbox"));
  ck_assert_ptr_nonnull (strstr (gpo_status_meaning ("4.1.10"), "no mail"));
  ck_assert_ptr_null (gpo_status_meaning ("5.0.0"));
  ck_assert_ptr_null (gpo_status_meaning (NULL));
}
END_TEST

START_TEST (lines_are_wrapped)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *word = g_strnfill (2000, 'w');
  gpo_wrap_append (out, "one two", "> ", "| ");
  ck_assert_str_eq (out->str, "> one two\r\n");
  g_string_truncate (out, 0);
  gpo_wrap_append (out, "", "> ", "| ");
  ck_assert_str_eq (out->str, "> \r\n");
  g_string_truncate (out, 0);
  gpo_wrap_append (out, word, "", "\t");
  ck_assert_uint_eq (out->len, 2000 + 2 * 3 + 2);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("bounce");
  TCase *t = tcase_create ("report");
  tcase_add_loop_test (t, report_is_due, 0, G_N_ELEMENTS (rules));
  tcase_add_loop_test (t, report_has_three_parts, 0, G_N_ELEMENTS (samples));
  tcase_add_loop_test (t, report_goes_to_the_sender_from_nobody, 0, G_N_ELEMENTS (samples));
  tcase_add_test (t, boundary_avoids_the_letter);
  tcase_add_test (t, words_explain_a_status);
  tcase_add_test (t, lines_are_wrapped);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
