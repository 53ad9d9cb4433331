/* SPDX-License-Identifier: MIT */
/* test-sasl.c: the office's SASL server against its SASL client, and against lines from the RFCs. */
#include "protocol/sasl.h"
#include <gio/gio.h>
#include <check.h>
#include <string.h>

static const char *
password_of (const char *user, gpointer data)
{
  return g_str_equal (user, "bob") || g_str_equal (user, "bob@sparta.example") ? "glass" : NULL;
}

static char *
base64 (const char *text, gsize n)
{
  return g_base64_encode ((const guchar *) text, n);
}

/* Lets client and server talk to the end; returns the server's last word. */
static GpoSaslStep
converse (const char *mechanism, const char *user, const char *password, gboolean initial, char **person)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new (mechanism, password_of, NULL, NULL);
  g_autoptr (GpoSasl) client = gpo_sasl_client_new (mechanism, user, password, NULL);
  g_autofree char *line = NULL;
  GpoSaslStep step = GPO_SASL_MORE;
  if (initial)
    ck_assert_int_le (gpo_sasl_step (client, NULL, &line, NULL), GPO_SASL_DONE);
  for (int i = 0; i < 10; i++)
    {
      g_autofree char *challenge = NULL, *explanation = NULL, *answer = NULL;
      step = gpo_sasl_step (server, line, &challenge, &explanation);
      ck_assert ((step == GPO_SASL_MORE) == (challenge != NULL));
      ck_assert ((step > GPO_SASL_DONE) == (explanation != NULL));
      if (step != GPO_SASL_MORE)
        break;
      ck_assert_int_le (gpo_sasl_step (client, challenge, &answer, NULL), GPO_SASL_DONE);
      ck_assert_ptr_nonnull (answer);
      g_free (line);
      line = g_steal_pointer (&answer);
    }
  if (person)
    *person = g_strdup (gpo_sasl_person (server));
  return step;
}

START_TEST (right_password_is_done)
{
  const char *mechanism = gpo_sasl_mechanisms ()[_i / 2];
  const char *user = _i % 2 ? "bob@sparta.example" : "bob";
  g_autofree char *person = NULL;
  ck_assert_int_eq (converse (mechanism, user, "glass", gpo_sasl_client_first (mechanism), &person), GPO_SASL_DONE);
  ck_assert_str_eq (person, user);
}
END_TEST

START_TEST (client_first_mechanism_works_without_initial_response)
{
  ck_assert_int_eq (converse (_i ? "SCRAM-SHA-256" : "PLAIN", "bob", "glass", FALSE, NULL), GPO_SASL_DONE);
}
END_TEST

START_TEST (wrong_password_is_failed)
{
  const char *mechanism = gpo_sasl_mechanisms ()[_i];
  ck_assert_int_eq (converse (mechanism, "bob", "glasses", gpo_sasl_client_first (mechanism), NULL), GPO_SASL_FAILED);
}
END_TEST

START_TEST (nobody_is_failed)
{
  const char *mechanism = gpo_sasl_mechanisms ()[_i];
  ck_assert_int_eq (converse (mechanism, "mallory", "glass", gpo_sasl_client_first (mechanism), NULL), GPO_SASL_FAILED);
}
END_TEST

static const struct
{
  const char *rule, *mechanism, *input;
  gsize length; /* of raw input to be encoded; 0: as it is */
  GpoSaslStep step;
  const char *explanation;
} rows[] = {
  { "plain_of_rfc", "PLAIN", "\0bob\0glass", 10, GPO_SASL_DONE, NULL },
  { "authzid_may_be_the_same", "PLAIN", "bob\0bob\0glass", 13, GPO_SASL_DONE, NULL },
  { "authzid_may_not_differ", "PLAIN", "alice\0bob\0glass", 15, GPO_SASL_FAILED, "act for somebody else" },
  { "wrong_password_is_said", "PLAIN", "\0bob\0wrong", 10, GPO_SASL_FAILED, "the password of bob" },
  { "near_password_is_wrong", "PLAIN", "\0bob\0glas", 9, GPO_SASL_FAILED, "the password of bob" },
  { "unknown_person_is_said", "PLAIN", "\0mallory\0glass", 14, GPO_SASL_FAILED, "nobody called mallory" },
  { "plain_without_nul", "PLAIN", "bob", 3, GPO_SASL_FAILED, "PLAIN does not go like this" },
  { "star_cancels", "PLAIN", "*", 0, GPO_SASL_CANCELLED, "cancelled" },
  { "star_cancels_login", "LOGIN", "*", 0, GPO_SASL_CANCELLED, "cancelled" },
  { "equals_sign_is_the_empty_response", "PLAIN", "=", 0, GPO_SASL_FAILED, "empty" },
  { "not_base64", "PLAIN", "AGJvYg!=", 0, GPO_SASL_SYNTAX, "base64" },
  { "base64_with_space", "PLAIN", "AGJv YgBn", 0, GPO_SASL_SYNTAX, "base64" },
  { "base64_cut_short", "PLAIN", "AGJvYgBnbGFzcw=", 0, GPO_SASL_SYNTAX, "base64" },
  { "base64_with_padding_inside", "PLAIN", "AA==AGJv", 0, GPO_SASL_SYNTAX, "base64" },
  { "cram_md5_has_no_initial_response", "CRAM-MD5", "bob", 3, GPO_SASL_SYNTAX, "server speaks first" },
  { "login_takes_the_name_at_once", "LOGIN", "bob", 3, GPO_SASL_MORE, NULL },
  { "scram_garbage", "SCRAM-SHA-256", "hello", 5, GPO_SASL_FAILED, "SCRAM-SHA-256 does not go like this" },
};

START_TEST (first_line_has_its_answer)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new (rows[_i].mechanism, password_of, NULL, NULL);
  g_autofree char *line = rows[_i].length ? base64 (rows[_i].input, rows[_i].length) : g_strdup (rows[_i].input);
  g_autofree char *output = NULL, *explanation = NULL;
  GpoSaslStep step = gpo_sasl_step (server, line, &output, &explanation);
  ck_assert_msg (step == rows[_i].step, "%s: %d (%s)", rows[_i].rule, step, explanation);
  if (rows[_i].explanation)
    ck_assert_msg (explanation && strstr (explanation, rows[_i].explanation), "%s: %s", rows[_i].rule, explanation);
  else
    ck_assert_ptr_null (explanation);
}
END_TEST

START_TEST (login_asks_for_name_and_password)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new ("login", password_of, NULL, NULL);
  g_autofree char *one = NULL, *two = NULL, *three = NULL;
  ck_assert_int_eq (gpo_sasl_step (server, NULL, &one, NULL), GPO_SASL_MORE);
  ck_assert_str_eq (one, "VXNlciBOYW1l");
  ck_assert_int_eq (gpo_sasl_step (server, "Ym9i", &two, NULL), GPO_SASL_MORE);
  ck_assert_str_eq (two, "UGFzc3dvcmQ=");
  ck_assert_int_eq (gpo_sasl_step (server, "Z2xhc3M=", &three, NULL), GPO_SASL_DONE);
  ck_assert_str_eq (gpo_sasl_person (server), "bob");
  ck_assert_str_eq (gpo_sasl_mechanism_of (server), "LOGIN");
}
END_TEST

START_TEST (login_finishes_after_an_initial_name)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new ("LOGIN", password_of, NULL, NULL);
  g_autofree char *one = NULL, *two = NULL;
  ck_assert_int_eq (gpo_sasl_step (server, "Ym9i", &one, NULL), GPO_SASL_MORE);
  ck_assert_int_eq (gpo_sasl_step (server, "Z2xhc3M=", &two, NULL), GPO_SASL_DONE);
}
END_TEST

/* Up to SCRAM's last server message, which arrives as a challenge. */
static void
scram_to_the_last_message (GpoSasl *server, char **last)
{
  g_autoptr (GpoSasl) client = gpo_sasl_client_new ("SCRAM-SHA-256", "bob", "glass", NULL);
  g_autofree char *first = NULL, *challenge = NULL, *proof = NULL, *empty = NULL;
  gpo_sasl_step (client, NULL, &first, NULL);
  ck_assert_int_eq (gpo_sasl_step (server, first, &challenge, NULL), GPO_SASL_MORE);
  gpo_sasl_step (client, challenge, &proof, NULL);
  ck_assert_int_eq (gpo_sasl_step (server, proof, last, NULL), GPO_SASL_MORE);
  ck_assert_int_eq (gpo_sasl_step (client, *last, &empty, NULL), GPO_SASL_DONE);
  ck_assert_str_eq (empty, "");
}

START_TEST (scram_sends_its_signature_before_it_is_done)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new ("SCRAM-SHA-256", password_of, NULL, NULL);
  g_autofree char *last = NULL, *none = NULL;
  scram_to_the_last_message (server, &last);
  g_autofree char *readable = gpo_sasl_explain ("SCRAM-SHA-256", last);
  ck_assert_int_eq (strncmp (readable, "v=", 2), 0);
  ck_assert_int_eq (gpo_sasl_step (server, "", &none, NULL), GPO_SASL_DONE);
  ck_assert_ptr_null (none);
}
END_TEST

START_TEST (scram_can_be_cancelled_or_spoilt_at_the_last_step)
{
  g_autoptr (GpoSasl) server = gpo_sasl_server_new ("SCRAM-SHA-256", password_of, NULL, NULL);
  g_autofree char *last = NULL, *none = NULL;
  scram_to_the_last_message (server, &last);
  ck_assert_int_eq (gpo_sasl_step (server, _i ? "*" : "Ym9i", &none, NULL), _i ? GPO_SASL_CANCELLED : GPO_SASL_FAILED);
}
END_TEST

START_TEST (client_notices_a_server_without_the_password)
{
  g_autoptr (GpoSasl) client = gpo_sasl_client_new ("SCRAM-SHA-256", "bob", "glass", NULL);
  g_autofree char *first = NULL, *none = NULL, *why = NULL;
  gpo_sasl_step (client, NULL, &first, NULL);
  g_autofree char *lie = base64 ("r=notyours,s=c2FsdA==,i=4096", 28);
  ck_assert_int_eq (gpo_sasl_step (client, lie, &none, &why), GPO_SASL_FAILED);
  ck_assert_ptr_nonnull (why);
}
END_TEST

START_TEST (only_listed_mechanisms_exist)
{
  static const char *const others[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "DIGEST-MD5", "ANONYMOUS", "EXTERNAL", "" };
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_sasl_server_new (others[_i], password_of, NULL, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
  ck_assert_ptr_null (gpo_sasl_client_new (others[_i], "bob", "glass", NULL));
}
END_TEST

START_TEST (list_is_ordered_and_may_leave_out_plain_passwords)
{
  g_autofree char *all = gpo_sasl_list (TRUE, " "), *strict = gpo_sasl_list (FALSE, " AUTH=");
  ck_assert_str_eq (all, "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN");
  ck_assert_str_eq (strict, "SCRAM-SHA-256 AUTH=CRAM-MD5");
  ck_assert_str_eq (gpo_sasl_mechanism ("scram-sha-256"), "SCRAM-SHA-256");
  ck_assert_ptr_null (gpo_sasl_mechanism ("GSSAPI"));
}
END_TEST

static const struct
{
  const char *mechanism, *base64, *says;
} explained[] = {
  { "PLAIN", "AGJvYgBnbGFzcw==", "authzid= authcid=bob password=glass" },
  { "plain", "YQBiAGM=", "authzid=a authcid=b password=c" },
  { "PLAIN", "Ym9i", "bob" },
  { "LOGIN", "VXNlciBOYW1l", "User Name" },
  { "LOGIN", "w7zDfwA=", "ü\\xc3\\x7f\\x00" },
  { "PLAIN", "=", "" },
  { "PLAIN", "not base64", NULL },
};

START_TEST (base64_is_not_a_lock)
{
  g_autofree char *says = gpo_sasl_explain (explained[_i].mechanism, explained[_i].base64);
  ck_assert_pstr_eq (says, explained[_i].says);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("sasl");
  TCase *t = tcase_create ("sasl");
  tcase_add_loop_test (t, right_password_is_done, 0, 8);
  tcase_add_loop_test (t, client_first_mechanism_works_without_initial_response, 0, 2);
  tcase_add_loop_test (t, wrong_password_is_failed, 0, 4);
  tcase_add_loop_test (t, nobody_is_failed, 0, 4);
  tcase_add_loop_test (t, first_line_has_its_answer, 0, G_N_ELEMENTS (rows));
  tcase_add_test (t, login_asks_for_name_and_password);
  tcase_add_test (t, login_finishes_after_an_initial_name);
  tcase_add_test (t, scram_sends_its_signature_before_it_is_done);
  tcase_add_loop_test (t, scram_can_be_cancelled_or_spoilt_at_the_last_step, 0, 2);
  tcase_add_test (t, client_notices_a_server_without_the_password);
  tcase_add_loop_test (t, only_listed_mechanisms_exist, 0, 6);
  tcase_add_test (t, list_is_ordered_and_may_leave_out_plain_passwords);
  tcase_add_loop_test (t, base64_is_not_a_lock, 0, G_N_ELEMENTS (explained));
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
