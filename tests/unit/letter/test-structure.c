/* SPDX-License-Identifier: MIT */
/* test-structure.c: ENVELOPE and BODYSTRUCTURE as IMAP writes them, for good letters and broken ones. */
#include "letter/structure.h"
#include <check.h>
#include <string.h>

static const struct
{
  const char *from, *expected; /* a From field; how ENVELOPE shows it */
} addresses[] = {
  { "alice@athens.example", "((NIL NIL \"alice\" \"athens.example\"))" },
  { "Alice <alice@athens.example>", "((\"Alice\" NIL \"alice\" \"athens.example\"))" },
  { "\"A \\\"B\\\" C\" <a@b>", "((\"A \\\"B\\\" C\" NIL \"a\" \"b\"))" },
  { "alice@athens.example (Alice)", "((\"Alice\" NIL \"alice\" \"athens.example\"))" },
  { "a@b, c@d", "((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\"))" },
  { "<@r1,@r2:a@b>", "((NIL \"@r1,@r2\" \"a\" \"b\"))" },
  { "Friends: a@b, c@d;", "((NIL NIL \"Friends\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")(NIL NIL NIL NIL))" },
  { "undisclosed-recipients:;", "((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL))" },
  { "=?utf-8?q?J=C3=BCrgen?= <j@b>", "((\"=?utf-8?q?J=C3=BCrgen?=\" NIL \"j\" \"b\"))" },
  { "", "NIL" },
  { ",,", "NIL" },
};

START_TEST (address_as_imap_shows_it)
{
  g_autofree char *header = g_strdup_printf ("From: %s\r\n\r\n", addresses[_i].from);
  g_autofree char *expected = g_strdup_printf ("(NIL NIL %s ", addresses[_i].expected);
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_imap_envelope_append (out, header, (GpoSpan){ 0, strlen (header) });
  ck_assert_msg (g_str_has_prefix (out->str, expected), "%s", out->str);
}
END_TEST

static const struct
{
  const char *letter, *body;
} letters[] = {
  { "Subject: x\r\n\r\none\r\n", "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 5 1)" },
  { "Content-Type: image/png; name=\"a b\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n",
    "(\"image\" \"png\" (\"name\" \"a b\") NIL NIL \"base64\" 6)" },
  { "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b\r\nContent-Type: "
    "text/html\r\n\r\nb\r\n--b--\r\n",
    "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1 0)(\"text\" \"html\" NIL NIL NIL \"7BIT\" 1 0) "
    "\"alternative\")" },
  /* a boundary that never comes: shown as the text it is */
  { "Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts\r\n",
    "(\"TEXT\" \"PLAIN\" (\"boundary\" \"b\") NIL NIL \"7BIT\" 10 1)" },
  { "Content-Type: nonsense\r\n\r\nx\r\n", "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3 1)" },
};

START_TEST (body_as_imap_shows_it)
{
  g_auto (GpoAnatomy) anatomy;
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_anatomy_init (&anatomy, letters[_i].letter, strlen (letters[_i].letter));
  gpo_imap_structure_append (out, &anatomy, 0, FALSE);
  ck_assert_str_eq (out->str, letters[_i].body);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("structure");
  TCase *c = tcase_create ("structure");
  tcase_add_loop_test (c, address_as_imap_shows_it, 0, G_N_ELEMENTS (addresses));
  tcase_add_loop_test (c, body_as_imap_shows_it, 0, G_N_ELEMENTS (letters));
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
