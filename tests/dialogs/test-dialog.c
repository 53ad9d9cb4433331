/* SPDX-License-Identifier: MIT */
/* test-dialog.c: the dialogue files' own tests: what can be read, and that a server that differs is found. */
#include "dialog.h"
#include <check.h>
#include <string.h>

#define HEAD "title: t\nhost: athens\nrole: smtp\n\n"

/* --- a server that says what it was told to, a piece each time, and notes what it hears --- */

typedef struct
{
  DialogTransport transport;
  const char *const *says; /* NULL-terminated pieces; then it hangs up */
  GString *heard;
  guint sends, open;
} Script;

static gpointer
script_open (DialogTransport *transport, const char *host, const char *role, GError **error)
{
  Script *script = (Script *) transport;
  script->open++;
  g_string_append_printf (script->heard, "[%s %s]", host, role);
  return script;
}

static gboolean
script_send (DialogTransport *transport, gpointer session, const char *bytes, gsize n, GError **error)
{
  Script *script = session;
  script->sends++;
  g_string_append_len (script->heard, bytes, n);
  return TRUE;
}

static gboolean
script_receive (DialogTransport *transport, gpointer session, GString *in, GError **error)
{
  Script *script = session;
  if (!*script->says)
    return FALSE;
  g_string_append (in, *script->says++);
  return TRUE;
}

static gboolean
script_tls (DialogTransport *transport, gpointer session, GError **error)
{
  g_string_append (((Script *) session)->heard, "[tls]");
  return TRUE;
}

static void
script_close (DialogTransport *transport, gpointer session)
{
  ((Script *) session)->open--;
}

/* Plays `steps` against a server that says `says`; returns NULL, or what is wrong. *heard may be NULL. */
static char *
play (const char *steps, const char *const *says, gboolean byte_by_byte, char **heard, guint *sends)
{
  g_autofree char *text = g_strconcat (HEAD, steps, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialog) dialog = dialog_parse ("x", text, &error);
  ck_assert_msg (dialog != NULL, "%s", error ? error->message : "");
  Script script = {
    { .open = script_open, .send = script_send, .receive = script_receive, .start_tls = script_tls, .close = script_close },
    says,
    g_string_new (NULL),
    0,
    0
  };
  gboolean good = dialog_play (dialog, &script.transport, byte_by_byte, &error);
  ck_assert_uint_eq (script.open, 0);
  ck_assert (good == !error);
  if (sends)
    *sends = script.sends;
  char *noted = g_string_free (script.heard, FALSE);
  if (heard)
    *heard = noted;
  else
    g_free (noted);
  return error ? g_strdup (error->message) : NULL;
}

/* --- patterns --- */

static const struct
{
  const char *pattern, *line;
  gboolean matches;
} patterns[] = {
  { "250 ok", "250 ok", TRUE },
  { "250 ok", "250 ok ", FALSE },
  { "250 *", "250 ok", TRUE },
  { "250 *", "250-ok", FALSE },
  { "*", "", TRUE },
  { "25* ok*", "250 2.0.0 ok done", TRUE },
  { "* 5 EXISTS", "* 5 EXISTS", TRUE },
  { "* 5 EXISTS", "a 5 EXISTS", FALSE },
  { "* FLAGS (*)", "* FLAGS (\\Seen)", TRUE },
  { "a*b*c", "axxbxxbc", TRUE },
  { "a*b*c", "axxcxx", FALSE },
};

START_TEST (pattern_matches_a_whole_line)
{
  ck_assert_int_eq (dialog_matches (patterns[_i].pattern, patterns[_i].line), patterns[_i].matches);
}
END_TEST

/* --- reading --- */

static const struct
{
  const char *text, *says;
} unreadable[] = {
  { "", "title, host, role" },
  { "title: t\nhost: athens\n\nS: 220\n", "title, host, role" },
  { HEAD, "no steps" },
  { "titel: t\n", "x:1:" },
  { HEAD "S: 220\nD: what\n", "x:6:" },
  { HEAD "C-bytes: a\\q\n", "x:5:" },
  { HEAD "C-bytes: \\{12\n", "x:5:" },
  { HEAD "C0: NOOP\n", "from 1 to 9" },
  { HEAD "S*: 250-*\nC: QUIT\n", "must go on" },
  { HEAD "no colon\n", "a word and a colon" },
};

START_TEST (bad_file_is_refused_with_its_place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialog) dialog = dialog_parse ("x", unreadable[_i].text, &error);
  ck_assert_ptr_null (dialog);
  ck_assert_msg (strstr (error->message, unreadable[_i].says) != NULL, "%s", error->message);
}
END_TEST

/* --- playing --- */

static const struct
{
  const char *steps;
  const char *says[4];
  const char *wrong; /* NULL: all is well */
} plays[] = {
  { "S: 220 *\nC: QUIT\nS: 221 *\nS-closed:\n", { "220 a\r\n221 b\r\n" }, NULL },
  { "S: 220 *\nS: 221 *\n", { "22", "0 a\r", "\n221 b\r\n" }, NULL },
  { "S*: 250-*\nS: 250 *\n", { "250-a\r\n250-b\r\n", "250 c\r\n" }, NULL },
  { "S*: 250-*\nS: 250 *\n", { "250 c\r\n" }, NULL },
  { "S: 250 *\n", { "550 no\r\n" }, "x:5: expected: 250 *\n     but: 550 no" },
  { "S: 250 *\n", { "250 ok\n" }, "250 ok\\n" },
  { "S: 250 *\n", { "250 o" }, "hung up (so far: \"250 o\")" },
  { "S: 250 *\n", { NULL }, "hung up" },
  { "S: 250 *\n", { "250 ok\r\n250 again\r\n" }, "nothing more" },
  { "S: 221 *\nS-closed:\n", { "221 b\r\n", "oops\r\n" }, "saying no more" },
  { "C-close:\nC: NOOP\n", { NULL }, "closed above" },
};

START_TEST (server_that_differs_is_found)
{
  g_autofree char *wrong = play (plays[_i].steps, plays[_i].says, FALSE, NULL, NULL);
  if (!plays[_i].wrong)
    ck_assert_pstr_eq (wrong, NULL);
  else
    ck_assert_msg (wrong && strstr (wrong, plays[_i].wrong), "%s", wrong ? wrong : "nothing was found");
}
END_TEST

START_TEST (lines_in_a_row_go_out_at_once)
{
  const char *const says[] = { "250 a\r\n250 b\r\n", NULL };
  g_autofree char *heard = NULL;
  guint sends;
  g_autofree char *wrong = play ("C: A\nC-bytes: \\x42\\0\\{3:yz}\\r\\n\nS: 250 *\nS: 250 *\n", says, FALSE, &heard, &sends);
  ck_assert_ptr_null (wrong);
  ck_assert_uint_eq (sends, 1);
  ck_assert_mem_eq (heard, "[athens smtp]A\r\nB\0yzyzyz\r\n", 26);
}
END_TEST

START_TEST (byte_by_byte_sends_each_alone)
{
  const char *const says[] = { "250 a\r\n", NULL };
  g_autofree char *heard = NULL;
  guint sends;
  g_autofree char *wrong = play ("C: NOOP\nS: 250 *\n", says, TRUE, &heard, &sends);
  ck_assert_ptr_null (wrong);
  ck_assert_uint_eq (sends, 6);
  ck_assert_str_eq (heard, "[athens smtp]NOOP\r\n");
}
END_TEST

START_TEST (second_session_and_tls)
{
  const char *const says[] = { "220 a\r\n", "220 b\r\n", NULL };
  g_autofree char *heard = NULL;
  g_autofree char *wrong = play ("S: 220 a\nC-tls:\nS2: 220 b\nC2: Q\nC2-close:\n", says, FALSE, &heard, NULL);
  ck_assert_ptr_null (wrong);
  ck_assert_str_eq (heard, "[athens smtp][tls][athens smtp]Q\r\n");
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("dialog");
  TCase *c = tcase_create ("dialog");
  tcase_add_loop_test (c, pattern_matches_a_whole_line, 0, G_N_ELEMENTS (patterns));
  tcase_add_loop_test (c, bad_file_is_refused_with_its_place, 0, G_N_ELEMENTS (unreadable));
  tcase_add_loop_test (c, server_that_differs_is_found, 0, G_N_ELEMENTS (plays));
  tcase_add_test (c, lines_in_a_row_go_out_at_once);
  tcase_add_test (c, byte_by_byte_sends_each_alone);
  tcase_add_test (c, second_session_and_tls);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
