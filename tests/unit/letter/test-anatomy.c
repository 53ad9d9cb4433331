/* SPDX-License-Identifier: MIT */
/* test-anatomy.c: where the parts of letters lie, to the byte. */
#include "letter/anatomy.h"
#include "letter/mime.h"
#include "letters.h"

/* The tree in words: leaf l, multipart m(...), message r(...). */
static void
draw (const GpoAnatomy *a, gint index, GString *out)
{
  const GpoPart *p = &a->parts[index];
  g_string_append_c (out, "lmr"[p->kind]);
  if (p->kind == GPO_PART_LEAF)
    return;
  g_string_append_c (out, '(');
  for (gint c = p->first_child; c != GPO_NO_PART; c = a->parts[c].next)
    draw (a, c, out);
  g_string_append_c (out, ')');
}

static const struct
{
  const char *name, *tree;
} letters[] = {
  { "plain", "l" },
  { "8-bit", "l" },
  { "quoted-printable", "l" },
  { "attachment", "m(ll)" },
  { "nested", "m(m(ll)m(l)l)" },
  { "message", "m(lr(m(ll)))" },
  { "digest", "m(r(l)r(l))" },
  { "uuencoded", "l" },
  { "folded", "l" },
  { "encoded-words", "l" },
  { "lf-only", "m(ll)" },
  { "no-body", "l" },
  { "no-header", "l" },
  { "broken", "m(lll)" },
  { "empty", "l" },
  { "no-parts", "m()" },
};

START_TEST (letter_has_its_tree)
{
  gsize length;
  g_autofree char *bytes = read_letter (letters[_i].name, &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  g_autoptr (GString) tree = g_string_new (NULL);
  draw (&a, 0, tree);
  ck_assert_str_eq (tree->str, letters[_i].tree);
  ck_assert_pstr_eq (anatomy_fault (&a), NULL);
  ck_assert (!a.limited);
}
END_TEST

/* A letter cut anywhere still has an anatomy in which everything is in its place. */
START_TEST (any_cut_keeps_its_order)
{
  gsize length;
  g_autofree char *bytes = read_letter (letters[_i].name, &length);
  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autofree char *exact = g_memdup2 (bytes, cut ? cut : 1);
      g_auto (GpoAnatomy) a;
      gpo_anatomy_init (&a, exact, cut);
      const char *fault = anatomy_fault (&a);
      ck_assert_msg (!fault, "%s cut at %zu: %s", letters[_i].name, cut, fault);
    }
}
END_TEST

/* The same letter with bare LFs has the same tree, and the same sizes in CRLF form. */
START_TEST (bare_lf_changes_no_size)
{
  gsize length, n = 0;
  g_autofree char *bytes = read_letter (letters[_i].name, &length);
  g_autofree char *bare = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    if (bytes[i] != '\r')
      bare[n++] = bytes[i];
  g_auto (GpoAnatomy) a;
  g_auto (GpoAnatomy) b;
  gpo_anatomy_init (&a, bytes, length);
  gpo_anatomy_init (&b, bare, n);
  ck_assert_uint_eq (a.n_parts, b.n_parts);
  for (guint i = 0; i < a.n_parts; i++)
    {
      ck_assert_uint_eq (gpo_part_header_size (&a.parts[i]), gpo_part_header_size (&b.parts[i]));
      ck_assert_uint_eq (gpo_part_body_size (&a.parts[i]), gpo_part_body_size (&b.parts[i]));
      ck_assert_uint_eq (a.parts[i].body_lines, b.parts[i].body_lines);
    }
}
END_TEST

static void
assert_body (const GpoAnatomy *a, gint index, const char *expected)
{
  const GpoPart *p = &a->parts[index];
  g_autofree char *body = g_strndup (a->bytes + p->body.start, p->body.length);
  ck_assert_str_eq (body, expected);
}

static const struct
{
  const char *letter;
  guint32 numbers[4];
  guint n;
  const char *body; /* NULL: there is no such part */
} sections[] = {
  { "plain", { 1 }, 1, "Dear Bob,\r\n\r\nthis is a letter.\r\n\r\nAlice\r\n" },
  { "plain", { 2 }, 1, NULL },
  { "plain", { 0 }, 1, NULL },
  { "plain", { 1, 1 }, 2, NULL },
  { "attachment", { 1 }, 1, "See the file." },
  { "nested", { 1, 1 }, 2, "plain" },
  { "nested", { 1, 2 }, 2, "<p>html</p>\r\n" },
  { "nested", { 2, 1 }, 2, "the boundary \"open\" never closes" },
  { "nested", { 3 }, 1, "last" },
  { "nested", { 4 }, 1, NULL },
  { "nested", { 1, 1, 1 }, 3, NULL },
  { "message", { 2, 1 }, 2, "one" },
  { "message", { 2, 2 }, 2, "<b>two</b>" },
  { "message", { 2, 3 }, 2, NULL },
  { "digest", { 2 }, 1, "From: Mallory <mallory@sparta.example>\r\nSubject: Second\r\n\r\ntwo" },
  { "digest", { 2, 1 }, 2, "two" },
  { "lf-only", { 2 }, 1, "two\nlines" },
  { "no-parts", { 1 }, 1, "Dear Bob,\r\nthere is no boundary here.\r\n" }, /* it is shown as text */
  { "no-parts", { 2 }, 1, NULL },
  { "no-parts", { 1, 1 }, 2, NULL },
};

START_TEST (section_number_finds_its_part)
{
  gsize length;
  g_autofree char *bytes = read_letter (sections[_i].letter, &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  gint found = gpo_anatomy_section (&a, sections[_i].numbers, sections[_i].n);
  ck_assert_int_eq (found != GPO_NO_PART, sections[_i].body != NULL);
  if (sections[_i].body)
    assert_body (&a, found, sections[_i].body);
}
END_TEST

static const struct
{
  const char *rule, *text;
  gsize header; /* where the body begins */
  const char *tree;
} headers[] = {
  { "an empty line ends it", "A: b\r\n\r\nbody", 8, "l" },
  { "a bare LF line ends it", "A: b\n\nbody", 6, "l" },
  { "no field ends it", "A: b\r\nno field\r\nC: d\r\n", 6, "l" },
  { "an empty name is no field", ": b\r\n", 0, "l" },
  { "8-bit in a name is no field", "\xc3\xa4: b\r\n", 0, "l" },
  { "a continuation first is no field", " x: b\r\n", 0, "l" },
  { "a line of spaces goes on", "A: b\r\n \r\n c\r\n\r\n", 15, "l" },
  { "mbox line first", "From bob Mon Nov 23\nA: b\n\nx", 26, "l" },
  { "quoted mbox line first", ">From bob Mon Nov 23\nA: b\n\nx", 27, "l" },
  { "space before the colon", "From : b\r\n\r\n", 12, "l" },
  { "the first Content-Type counts", "Content-Type: multipart/mixed; boundary=a\nContent-Type: text/plain\n\n--a\n\n--a--\n",
    68, "m(l)" },
  { "comments and space in the type",
    "Content-Type: (c) multipart (c) / (c) mixed (;) ; (c) boundary (c) = (c) \"a\" (c)\n\n--a\n\n--a--\n", 82, "m(l)" },
  { "quoted pairs in the boundary", "Content-Type: multipart/x; boundary=\"\\a\\b\"\n\n--ab\n\n--ab--\n", 44, "m(l)" },
  { "a boundary folded within its quotes", "Content-Type: multipart/x; boundary=\"a\r\n b\"\n\n--a b\n\n--a b--\n", 45, "m(l)" },
  { "RFC 2231 boundary", "Content-Type: multipart/x; boundary*0=a; boundary*1=b\n\n--ab\n\n--ab--\n", 55, "m(l)" },
  { "no boundary named", "Content-Type: multipart/mixed\n\n--a\n", 31, "l" },
  { "boundary never comes", "Content-Type: multipart/mixed; boundary=a\n\n--b\n", 43, "m()" },
  { "a longer line is no boundary", "Content-Type: multipart/x; boundary=a\n\n--ab\n--a\n\n--a--b\n", 39, "m(l)" },
  { "space behind the boundary", "Content-Type: multipart/x; boundary=a\n\n--a \t\r\n\n--a-- \n", 39, "m(l)" },
  { "boundary cuts a header off",
    "Content-Type: multipart/x; boundary=a\n\n--a\nContent-Type: message/rfc822\n--a\n\nx\n--a--", 39, "m(ll)" },
  { "an encoded message is a leaf", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nx", 64, "l" },
  { "inner with the outer's boundary",
    "Content-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/y; "
    "boundary=a\n\n--a\n\nx\n--a--\n",
    39, "m(m(l))" },
};

START_TEST (header_ends_where_it_should)
{
  const char *text = headers[_i].text;
  gsize length = strlen (text);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, text, length);
  ck_assert_msg (a.parts[0].body.start == headers[_i].header, "%s: %zu", headers[_i].rule, a.parts[0].body.start);
  ck_assert_uint_eq (gpo_header_span (text, length).length, headers[_i].header);
  g_autoptr (GString) tree = g_string_new (NULL);
  draw (&a, 0, tree);
  ck_assert_msg (g_str_equal (tree->str, headers[_i].tree), "%s: %s", headers[_i].rule, tree->str);
  ck_assert_pstr_eq (anatomy_fault (&a), NULL);
}
END_TEST

START_TEST (fields_are_spans)
{
  gsize length, at = 0;
  g_autofree char *bytes = read_letter ("folded", &length);
  GpoHeaderField field;
  guint n = 0;
  while (gpo_header_next (bytes, length, &at, &field))
    n++;
  ck_assert_uint_eq (n, 9);
  ck_assert_int_eq (memcmp (bytes + at, "\r\nbody", 6), 0);
  GpoSpan header = gpo_header_span (bytes, length);
  ck_assert (gpo_header_find (bytes, header, "sUBJECT", &field));
  g_autofree char *value = g_strndup (bytes + field.value.start, field.value.length);
  ck_assert_str_eq (value, " This subject\r\n goes on\r\n\t  and on");
  ck_assert (gpo_header_find (bytes, header, "X-Empty", &field));
  ck_assert_uint_eq (field.value.length, 0);
  ck_assert_uint_eq (field.whole.length, 10);
  ck_assert (gpo_header_find (bytes, header, "X-Spaced", &field));
  ck_assert (!gpo_header_find (bytes, header, "X-Absent", &field));
}
END_TEST

START_TEST (depth_is_limited)
{
  GString *deep = g_string_new (NULL);
  for (int i = 0; i < 200; i++)
    g_string_append (deep, "Content-Type: message/rfc822\r\n\r\n");
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, deep->str, deep->len);
  ck_assert (a.limited);
  ck_assert_uint_eq (a.n_parts, GPO_PART_DEPTH_MAX);
  ck_assert_pstr_eq (anatomy_fault (&a), NULL);
  g_string_free (deep, TRUE);
}
END_TEST

START_TEST (number_of_parts_is_limited)
{
  GString *wide = g_string_new ("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
  for (int i = 0; i < GPO_PARTS_MAX + 100; i++)
    g_string_append (wide, "--b\r\n\r\nx\r\n");
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, wide->str, wide->len);
  ck_assert (a.limited);
  ck_assert_uint_eq (a.n_parts, GPO_PARTS_MAX);
  ck_assert_pstr_eq (anatomy_fault (&a), NULL);
  g_string_free (wide, TRUE);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("anatomy");
  TCase *t = tcase_create ("spans");
  tcase_add_loop_test (t, letter_has_its_tree, 0, G_N_ELEMENTS (letters));
  tcase_add_loop_test (t, any_cut_keeps_its_order, 0, G_N_ELEMENTS (letters));
  tcase_add_loop_test (t, bare_lf_changes_no_size, 0, G_N_ELEMENTS (letters));
  tcase_add_loop_test (t, section_number_finds_its_part, 0, G_N_ELEMENTS (sections));
  tcase_add_loop_test (t, header_ends_where_it_should, 0, G_N_ELEMENTS (headers));
  tcase_add_test (t, fields_are_spans);
  tcase_add_test (t, depth_is_limited);
  tcase_add_test (t, number_of_parts_is_limited);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
