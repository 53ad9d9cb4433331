/* SPDX-License-Identifier: MIT */
/* test-address.c: the address grammar, a row a rule. In `text` a refused row marks with ^ in `mark`
 * the byte at which the parser must stop. */
#include "letter/address.h"
#include <string.h>
#include <check.h>

#define R GPO_PATH_REVERSE
#define F GPO_PATH_FORWARD

static const struct
{
  const char *rule, *text;
  GpoPathKind kind;
  gboolean utf8;
  const char *path, *local, *domain;
} taken[] = {
  { "a mailbox", "<alice@athens.example>", R, 0, "alice@athens.example", "alice", "athens.example" },
  { "parameters follow", "<alice@athens.example> SIZE=1", R, 0, "alice@athens.example", "alice", "athens.example" },
  { "null reverse-path", "<>", R, 0, "", "", "" },
  { "postmaster without domain", "<Postmaster>", F, 0, "Postmaster", "Postmaster", "" },
  { "postmaster with domain", "<postmaster@sparta.example>", F, 0, "postmaster@sparta.example", "postmaster",
    "sparta.example" },
  { "one label", "<bob@sparta>", F, 0, "bob@sparta", "bob", "sparta" },
  { "dot-string", "<a.b.c@x.y.example>", F, 0, "a.b.c@x.y.example", "a.b.c", "x.y.example" },
  { "all of atext", "<!#$%&'*+-/=?^_`{|}~09azAZ@b.example>", F, 0, "!#$%&'*+-/=?^_`{|}~09azAZ@b.example",
    "!#$%&'*+-/=?^_`{|}~09azAZ", "b.example" },
  { "quoted string", "<\"bob smith\"@b.example>", F, 0, "\"bob smith\"@b.example", "\"bob smith\"", "b.example" },
  { "quoted @ > and quote", "<\"a@b>\\\"\\\\\"@b.example>", F, 0, "\"a@b>\\\"\\\\\"@b.example", "\"a@b>\\\"\\\\\"",
    "b.example" },
  { "empty quoted string", "<\"\"@b.example>", F, 0, "\"\"@b.example", "\"\"", "b.example" },
  { "source route", "<@a.example,@b.example:carol@c.example>", F, 0, "carol@c.example", "carol", "c.example" },
  { "IPv4 literal", "<bob@[192.0.2.1]>", F, 0, "bob@[192.0.2.1]", "bob", "[192.0.2.1]" },
  { "IPv6 literal", "<bob@[IPv6:2001:db8::1]>", F, 0, "bob@[IPv6:2001:db8::1]", "bob", "[IPv6:2001:db8::1]" },
  { "IPv6v4 literal", "<bob@[ipv6:::ffff:192.0.2.1]>", F, 0, "bob@[ipv6:::ffff:192.0.2.1]", "bob",
    "[ipv6:::ffff:192.0.2.1]" },
  { "general literal", "<bob@[x400:anything]>", F, 0, "bob@[x400:anything]", "bob", "[x400:anything]" },
  { "hyphen and digits", "<bob@3-a.4b>", F, 0, "bob@3-a.4b", "bob", "3-a.4b" },
  { "UTF-8 with SMTPUTF8", "<\xce\xb1@\xce\xb2.example>", F, 1, "\xce\xb1@\xce\xb2.example", "\xce\xb1",
    "\xce\xb2.example" },
  { "UTF-8 quoted", "<\"\xce\xb1 \"@b.example>", F, 1, "\"\xce\xb1 \"@b.example", "\"\xce\xb1 \"", "b.example" },
};

static void
assert_span (const char *text, GpoSpan span, const char *expected)
{
  g_autofree char *got = g_strndup (text + span.start, span.length);
  ck_assert_str_eq (got, expected);
}

START_TEST (path_is_taken)
{
  GpoPath path;
  gsize consumed = 0, where = 0;
  const char *expected = "", *text = taken[_i].text;
  gboolean good = gpo_path_parse (text, strlen (text), taken[_i].utf8, taken[_i].kind, &path, &consumed, &expected, &where);
  ck_assert_msg (good, "%s: expected %s at %zu", taken[_i].rule, expected, where);
  assert_span (text, path.path, taken[_i].path);
  assert_span (text, path.local, taken[_i].local);
  assert_span (text, path.domain, taken[_i].domain);
  ck_assert_int_eq (text[consumed - 1], '>');
  ck_assert_int_eq (path.quoted, taken[_i].local[0] == '"');
  ck_assert_int_eq (path.literal, taken[_i].domain[0] == '[');
  ck_assert_int_eq (path.utf8, taken[_i].utf8);
}
END_TEST

static const struct
{
  const char *expected, *text, *mark;
  GpoPathKind kind;
  gboolean utf8;
} refused[] = {
  { "<", "alice@athens.example", "^", R, 0 },
  { "<", "", "^", R, 0 },
  { "a local part", "<", " ^", R, 0 },
  { "only the reverse-path may be <>", "<>", " ^", F, 0 },
  { "@ and a domain", "<postmaster>", "           ^", R, 0 },
  { "@ and a domain", "<bob>", "    ^", F, 0 },
  { "a domain", "<@>", "  ^", F, 0 },
  { "a local part", "< bob@b.example>", " ^", F, 0 },
  { "a local part", "<.bob@b.example>", " ^", F, 0 },
  { "without an empty piece", "<bob.@b.example>", "     ^", F, 0 },
  { "without an empty piece", "<b..ob@b.example>", "   ^", F, 0 },
  { "a domain", "<bob@>", "     ^", F, 0 },
  { "a domain", "<bob@b.>", "       ^", F, 0 },
  { "a domain", "<bob@-b.example>", "     ^", F, 0 },
  { "a letter or digit after -", "<bob@b-.example>", "       ^", F, 0 },
  { ">", "<bob@b_c.example>", "      ^", F, 0 },
  { ">", "<bob@b.example", "              ^", F, 0 },
  { ">", "<bob@b.example\r\n>", "              ^", F, 0 },
  { "the \" that ends", "<\"bob", "     ^", F, 0 },
  { "a printable character", "<\"b\tb\"@b.example>", "   ^", F, 0 },
  { "ASCII character after \\", "<\"b\\\x01\"@b.example>", "    ^", F, 0 },
  { "the ] that ends", "<bob@[192.0.2.1>", "                ^", F, 0 },
  { "an address such as", "<bob@[192.0.2.256]>", "      ^", F, 0 },
  { "an address such as", "<bob@[]>", "      ^", F, 0 },
  { "an address such as", "<bob@[IPv6:1:2]>", "      ^", F, 0 },
  { "an address such as", "<bob@[2001:db8::1]>", "      ^", F, 0 },
  { "the : that ends", "<@a.example bob@b.example>", "           ^", F, 0 },
  { "of the source route", "<@a.example,b:bob@b.example>", "            ^", F, 0 },
  { "ASCII, since SMTPUTF8", "<b\xc3\xb6@b.example>", "  ^", F, 0 },
  { "ASCII, since SMTPUTF8", "<b@\xc3\xb6.example>", "   ^", F, 0 },
  { "valid UTF-8", "<b\xc3@b.example>", "  ^", F, 1 },
  { "valid UTF-8", "<b@\xff.example>", "   ^", F, 1 },
};

START_TEST (path_is_refused)
{
  GpoPath path;
  gsize where = 999;
  const char *expected = NULL, *text = refused[_i].text;
  ck_assert (!gpo_path_parse (text, strlen (text), refused[_i].utf8, refused[_i].kind, &path, NULL, &expected, &where));
  ck_assert_msg (strstr (expected, refused[_i].expected), "%s: got \"%s\"", text, expected);
  ck_assert_msg (where == strlen (refused[_i].mark) - 1, "%s: at %zu", text, where);
}
END_TEST

static gboolean
of_lengths (guint local, guint label, guint labels, const char **expected)
{
  GpoPath path;
  GString *s = g_string_new ("<");
  for (guint i = 0; i < local; i++)
    g_string_append_c (s, 'l');
  for (guint i = 0; i < labels; i++)
    {
      g_string_append_c (s, i ? '.' : '@');
      for (guint j = 0; j < label; j++)
        g_string_append_c (s, 'd');
    }
  g_string_append_c (s, '>');
  gboolean good = gpo_path_parse (s->str, s->len, FALSE, F, &path, NULL, expected, NULL);
  g_string_free (s, TRUE);
  return good;
}

START_TEST (limits_hold_to_the_byte)
{
  const char *expected = "";
  ck_assert (of_lengths (64, 63, 1, &expected));
  ck_assert (!of_lengths (65, 3, 1, &expected));
  ck_assert_ptr_nonnull (strstr (expected, "64 bytes"));
  ck_assert (!of_lengths (3, 64, 1, &expected));
  ck_assert_ptr_nonnull (strstr (expected, "63 bytes"));
  ck_assert (!of_lengths (1, 63, 5, &expected)); /* 319 */
  ck_assert_ptr_nonnull (strstr (expected, "255 bytes"));
  ck_assert (of_lengths (62, 63, 3, &expected)); /* < 62 @ 191 > = 256 */
  ck_assert (!of_lengths (63, 63, 3, &expected));
  ck_assert_ptr_nonnull (strstr (expected, "256 bytes"));
}
END_TEST

START_TEST (a_nul_ends_nothing)
{
  GpoPath path;
  ck_assert (!gpo_path_parse ("<b\0b@b.example>", 15, TRUE, F, &path, NULL, NULL, NULL));
  ck_assert (!gpo_path_parse ("<\"b\0b\"@b.example>", 17, TRUE, F, &path, NULL, NULL, NULL));
  ck_assert (!gpo_path_parse ("<b@b\0b.example>", 15, TRUE, F, &path, NULL, NULL, NULL));
  ck_assert (!gpo_path_parse ("<b@[1.2.3.4\0]>", 14, TRUE, F, &path, NULL, NULL, NULL));
}
END_TEST

static const struct
{
  const char *a, *b;
  gboolean equal;
} pairs[] = {
  { "bob@sparta.example", "bob@SPARTA.Example", TRUE },
  { "bob@sparta.example", "Bob@sparta.example", FALSE },
  { "\"bob\"@sparta.example", "bob@sparta.example", TRUE },
  { "\"b\\ob\"@sparta.example", "bob@sparta.example", TRUE },
  { "\"b@b\"@sparta.example", "b@sparta.example", FALSE },
  { "PostMaster@sparta.example", "postmaster@sparta.example", TRUE },
  { "postmaster", "POSTMASTER", TRUE },
  { "postmaster", "postmaster@sparta.example", FALSE },
  { "", "", TRUE },
  { "", "bob", FALSE },
  { "bo", "bob", FALSE },
};

START_TEST (paths_compare)
{
  ck_assert_int_eq (gpo_path_equal (pairs[_i].a, pairs[_i].b), pairs[_i].equal);
  ck_assert_int_eq (gpo_path_equal (pairs[_i].b, pairs[_i].a), pairs[_i].equal);
}
END_TEST

START_TEST (path_comes_apart)
{
  ck_assert_str_eq (gpo_path_domain ("bob@sparta.example"), "sparta.example");
  ck_assert_str_eq (gpo_path_domain ("\"a@b\"@sparta.example"), "sparta.example");
  ck_assert_str_eq (gpo_path_domain ("\"a\\\"@b\"@c.example"), "c.example");
  ck_assert_str_eq (gpo_path_domain ("bob@[tag:@b]"), "[tag:@b]");
  ck_assert_ptr_null (gpo_path_domain (""));
  ck_assert_ptr_null (gpo_path_domain ("postmaster"));
  ck_assert_ptr_null (gpo_path_domain ("\"torn@"));
  g_autofree char *local = gpo_path_local ("\"bob \\\"@\\\\\"@sparta.example");
  ck_assert_str_eq (local, "bob \"@\\");
  ck_assert (gpo_path_is_postmaster ("\"Postmaster\"@sparta.example"));
  ck_assert (!gpo_path_is_postmaster ("postmasters"));
  ck_assert (!gpo_path_is_postmaster (""));
}
END_TEST

static const struct
{
  const char *text;
  gboolean utf8, valid;
} domains[] = {
  { "mail.athens.example", FALSE, TRUE }, { "[127.0.0.1]", FALSE, TRUE }, { "[IPv6:::1]", FALSE, TRUE },
  { "localhost", FALSE, TRUE },           { "", FALSE, FALSE },           { "a b", FALSE, FALSE },
  { "athens.example.", FALSE, FALSE },    { "[127.0.0.1", FALSE, FALSE }, { "\xce\xb1.example", FALSE, FALSE },
  { "\xce\xb1.example", TRUE, TRUE },
};

START_TEST (domain_validity)
{
  ck_assert_int_eq (gpo_domain_valid (domains[_i].text, strlen (domains[_i].text), domains[_i].utf8), domains[_i].valid);
}
END_TEST

START_TEST (mailbox_must_be_the_whole)
{
  GpoPath path;
  const char *expected = NULL;
  gsize where = 0;
  ck_assert (gpo_mailbox_parse ("bob@b.example", 13, FALSE, &path, NULL, NULL));
  ck_assert (!gpo_mailbox_parse ("bob@b.example ", 14, FALSE, &path, &expected, &where));
  ck_assert_str_eq (expected, "the end of the address");
  ck_assert_uint_eq (where, 13);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("address");
  TCase *t = tcase_create ("grammar");
  tcase_add_loop_test (t, path_is_taken, 0, G_N_ELEMENTS (taken));
  tcase_add_loop_test (t, path_is_refused, 0, G_N_ELEMENTS (refused));
  tcase_add_test (t, limits_hold_to_the_byte);
  tcase_add_test (t, a_nul_ends_nothing);
  tcase_add_loop_test (t, paths_compare, 0, G_N_ELEMENTS (pairs));
  tcase_add_test (t, path_comes_apart);
  tcase_add_loop_test (t, domain_validity, 0, G_N_ELEMENTS (domains));
  tcase_add_test (t, mailbox_must_be_the_whole);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
