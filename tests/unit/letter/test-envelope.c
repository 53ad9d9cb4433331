/* SPDX-License-Identifier: MIT */
/* test-envelope.c: an envelope survives its text exactly; a torn text is never taken for a whole one. */
#include "letter/envelope.h"
#include <gio/gio.h>
#include <string.h>
#include <check.h>

static GpoEnvelope *
full_envelope (const char *text)
{
  GpoEnvelope *e = gpo_envelope_new ();
  e->has_sender = TRUE;
  g_free (e->reverse_path);
  e->reverse_path = g_strdup (text);
  e->body = GPO_BODY_8BITMIME;
  e->smtputf8 = TRUE;
  e->size = 4096;
  e->ret = GPO_RET_HDRS;
  e->envid = g_strdup (text);
  e->auth = g_strdup ("alice");
  e->letter = G_MAXUINT32;
  e->id = g_strdup ("1A2B3C");
  e->arrived = -1234567890123456;
  e->from_host = g_strdup ("mail.athens.example [127.0.0.1]");
  e->held = TRUE;
  for (int i = 0; i < 3; i++)
    {
      GpoRecipient *r = gpo_envelope_add (e, text);
      r->orcpt = i ? g_strdup (text) : NULL;
      r->notify = i ? GPO_NOTIFY_FAILURE | GPO_NOTIFY_DELAY : GPO_NOTIFY_DEFAULT;
      r->state = (GpoRecipientState) i;
      r->warned = i == 1;
      r->reported = i == 2;
      r->attempts = (guint) i;
      r->status = i ? g_strdup ("4.4.1") : NULL;
      r->reply = i ? g_strdup (text) : NULL;
      r->remote = i ? g_strdup ("sparta.example") : NULL;
    }
  return e;
}

static void
assert_same (const GpoEnvelope *a, const GpoEnvelope *b)
{
  ck_assert_int_eq (a->has_sender, b->has_sender);
  ck_assert_str_eq (a->reverse_path, b->reverse_path);
  ck_assert_int_eq (a->body, b->body);
  ck_assert_int_eq (a->smtputf8, b->smtputf8);
  ck_assert_int_eq (a->size, b->size);
  ck_assert_int_eq (a->ret, b->ret);
  ck_assert_pstr_eq (a->envid, b->envid);
  ck_assert_pstr_eq (a->auth, b->auth);
  ck_assert_uint_eq (a->letter, b->letter);
  ck_assert_pstr_eq (a->id, b->id);
  ck_assert_int_eq (a->arrived, b->arrived);
  ck_assert_pstr_eq (a->from_host, b->from_host);
  ck_assert_int_eq (a->held, b->held);
  ck_assert_uint_eq (a->recipients->len, b->recipients->len);
  for (guint i = 0; i < a->recipients->len; i++)
    {
      const GpoRecipient *x = gpo_envelope_recipient (a, i), *y = gpo_envelope_recipient (b, i);
      ck_assert_str_eq (x->path, y->path);
      ck_assert_pstr_eq (x->orcpt, y->orcpt);
      ck_assert_uint_eq (x->notify, y->notify);
      ck_assert_int_eq (x->state, y->state);
      ck_assert_int_eq (x->warned, y->warned);
      ck_assert_int_eq (x->reported, y->reported);
      ck_assert_uint_eq (x->attempts, y->attempts);
      ck_assert_pstr_eq (x->status, y->status);
      ck_assert_pstr_eq (x->reply, y->reply);
      ck_assert_pstr_eq (x->remote, y->remote);
    }
}

static const char *const survivors[] = {
  "alice@athens.example",
  "",
  " spaces at both ends ",
  "line one\nline two\r\n",
  "\x01\x1b[2J\x7f\ttab",
  "\"quo\\\"ted\\\\\"@athens.example",
  "\\n is no newline",
  "\xce\xb1\xce\xbb\xce\xaf\xce\xba\xce\xb7@athens.example",
  "\xff\xfe broken UTF-8 \n",
  "end",
  "name: value",
};

START_TEST (any_text_survives)
{
  g_autoptr (GpoEnvelope) envelope = full_envelope (survivors[_i]);
  g_autofree char *text = gpo_envelope_to_text (envelope);
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoEnvelope) back = gpo_envelope_from_text (text, strlen (text), &error);
  ck_assert_msg (back, "%s", error ? error->message : "?");
  assert_same (envelope, back);
  g_autoptr (GpoEnvelope) copy = gpo_envelope_copy (envelope);
  assert_same (envelope, copy);
}
END_TEST

START_TEST (every_cut_is_noticed)
{
  g_autoptr (GpoEnvelope) envelope = full_envelope ("alice@athens.example");
  g_autofree char *text = gpo_envelope_to_text (envelope);
  gsize whole = strlen (text);
  for (gsize length = 0; length < whole; length++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GpoEnvelope) torn = gpo_envelope_from_text (text, length, &error);
      ck_assert_ptr_null (torn);
      ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    }
}
END_TEST

static const struct
{
  const char *text, *message;
} refused[] = {
  { "", "line 1: it is torn" },
  { "sender: a@b.example\n", "line 2: it is torn" },
  { "sender: a@b.example\nend\nmore: x\n", "line 3: nothing may follow" },
  { "sender a@b.example\nend\n", "line 1: expected \"name: value\"" },
  { "sender:a@b.example\nend\n", "line 1: expected" },
  { "size: many\nend\n", "line 1: this value" },
  { "size: -1\nend\n", "line 1: this value" },
  { "size: 99999999999999999999\nend\n", "line 1: this value" },
  { "body: 9BIT\nend\n", "line 1: this value" },
  { "recipient: b@c.example\nstate: lost\nend\n", "line 2: this value" },
  { "recipient: b@c.example\nnotify: 16\nend\n", "line 2: this value" },
};

START_TEST (a_broken_line_is_named)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoEnvelope) none = gpo_envelope_from_text (refused[_i].text, strlen (refused[_i].text), &error);
  ck_assert_ptr_null (none);
  ck_assert_msg (strstr (error->message, refused[_i].message), "%s", error->message);
}
END_TEST

START_TEST (unknown_names_are_passed_over)
{
  const char *text = "sender: \nfuture: thing\nrecipient: bob@sparta.example\nother: x\nattempts: 3\nend\n";
  g_autoptr (GpoEnvelope) envelope = gpo_envelope_from_text (text, strlen (text), NULL);
  ck_assert_ptr_nonnull (envelope);
  ck_assert (envelope->has_sender);
  ck_assert_str_eq (envelope->reverse_path, "");
  ck_assert_uint_eq (gpo_envelope_recipient (envelope, 0)->attempts, 3);
}
END_TEST

START_TEST (a_nul_is_refused)
{
  const char text[] = "sender: a\0b\nend\n";
  g_autoptr (GpoEnvelope) envelope = gpo_envelope_from_text (text, sizeof text - 1, NULL);
  ck_assert_ptr_null (envelope);
}
END_TEST

START_TEST (clearing_leaves_a_new_envelope)
{
  g_autoptr (GpoEnvelope) envelope = full_envelope ("alice@athens.example");
  g_autoptr (GpoEnvelope) fresh = gpo_envelope_new ();
  ck_assert_uint_eq (gpo_envelope_count (envelope, GPO_RCPT_DELIVERED), 1);
  gpo_envelope_clear (envelope);
  assert_same (envelope, fresh);
  ck_assert_uint_eq (gpo_envelope_count (envelope, GPO_RCPT_DELIVERED), 0);
}
END_TEST

static const struct
{
  const char *letter;
  GpoBody body;
  gboolean smtputf8;
} needs[] = {
  { "Subject: plain\r\n\r\nplain\r\n", GPO_BODY_7BIT, FALSE },
  { "Subject: body\r\n\r\nGr\303\274\303\237e\r\n", GPO_BODY_8BITMIME, FALSE },
  { "Subject: Gr\303\274\303\237e\r\n\r\nplain\r\n", GPO_BODY_8BITMIME, TRUE },
  { "", GPO_BODY_7BIT, FALSE },
};

START_TEST (the_bytes_of_a_letter_say_what_it_needs)
{
  g_autoptr (GpoEnvelope) envelope = gpo_envelope_new ();
  gpo_envelope_note_needs (envelope, needs[_i].letter, strlen (needs[_i].letter));
  ck_assert_int_eq (envelope->body, needs[_i].body);
  ck_assert_int_eq (envelope->smtputf8, needs[_i].smtputf8);
  gpo_envelope_note_needs (envelope, "", 0);
  ck_assert_int_eq (envelope->smtputf8, needs[_i].smtputf8);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("envelope");
  TCase *t = tcase_create ("text");
  tcase_add_loop_test (t, any_text_survives, 0, G_N_ELEMENTS (survivors));
  tcase_add_test (t, every_cut_is_noticed);
  tcase_add_loop_test (t, a_broken_line_is_named, 0, G_N_ELEMENTS (refused));
  tcase_add_test (t, unknown_names_are_passed_over);
  tcase_add_test (t, a_nul_is_refused);
  tcase_add_test (t, clearing_leaves_a_new_envelope);
  tcase_add_loop_test (t, the_bytes_of_a_letter_say_what_it_needs, 0, G_N_ELEMENTS (needs));
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
