/* SPDX-License-Identifier: MIT */
/* test-mime.c: what the parts of letters mean, decoded. */
#include "letter/mime.h"
#include "letters.h"

static const struct
{
  const char *raw, *text;
} values[] = {
  { " plain ", "plain" },
  { " folded\r\n\tvalue", "folded\tvalue" },
  { "=?iso-8859-1?Q?Gr=FC=DFe?=", "Gr\xc3\xbc\xc3\x9f"
                                  "e" },
  { "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?= c", "ab c" },
  { "raw \xc3\xbc", "raw \xc3\xbc" },
  { "raw \xfc", "raw \xc3\xbc" },
  { "=?nonsense", "=?nonsense" },
  { "", "" },
};

START_TEST (header_value_decodes)
{
  g_autofree char *text = gpo_header_decode (values[_i].raw, strlen (values[_i].raw));
  ck_assert_str_eq (text, values[_i].text);
}
END_TEST

START_TEST (subject_of_a_letter)
{
  gsize length;
  g_autofree char *bytes = read_letter ("encoded-words", &length);
  g_autofree char *subject = gpo_header_text (bytes, gpo_header_span (bytes, length), "Subject");
  ck_assert_str_eq (subject, "Gr\xc3\xbc\xc3\x9f"
                             "e an die Welt (and plain)");
  ck_assert_ptr_null (gpo_header_text (bytes, gpo_header_span (bytes, length), "X-None"));
}
END_TEST

static const struct
{
  const char *letter;
  gint part;
  const char *text;
} texts[] = {
  { "8-bit", 0,
    "Gr\xc3\xbc\xc3\x9f"
    "e aus Athen: \xc3\xa4 \xc3\xb6 \xc3\xbc \xc3\x9f\r\n" },
  { "quoted-printable", 0,
    "The sum is 3 \xe2\x82\xac = three euros, and this line is too long, so it is broken softly.\r\n" },
  { "attachment", 1, "See the file." },
  { "no-body", 0, "" },
  { "empty", 0, "" },
};

START_TEST (part_is_text)
{
  gsize length;
  g_autofree char *bytes = read_letter (texts[_i].letter, &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  g_autofree char *text = gpo_part_text (&a, &a.parts[texts[_i].part], &length);
  ck_assert_str_eq (text, texts[_i].text);
  ck_assert_uint_eq (length, strlen (text));
}
END_TEST

static const struct
{
  const char *head, *body, *text;
} charsets[] = {
  { "text/plain; charset=utf-8",
    "a\xff"
    "b",
    "a\xef\xbf\xbd"
    "b" },
  { "text/plain; charset=iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82" },
  { "text/plain; charset=no-such-set", "a\xc3\xbc", "a\xc3\xbc" },
  { "text/plain; charset=us-ascii", "\x93hi\x94", "\xe2\x80\x9chi\xe2\x80\x9d" },
  { "text/plain", "\xc3\xbc", "\xc3\xbc" },
};

START_TEST (charset_is_undone)
{
  g_autofree char *letter = g_strdup_printf ("Content-Type: %s\n\n%s", charsets[_i].head, charsets[_i].body);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, letter, strlen (letter));
  g_autofree char *text = gpo_part_text (&a, &a.parts[0], NULL);
  ck_assert_str_eq (text, charsets[_i].text);
}
END_TEST

START_TEST (attachment_is_bytes_and_a_name)
{
  gsize length;
  g_autofree char *bytes = read_letter ("attachment", &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  g_autoptr (GBytes) file = gpo_part_decode (&a, &a.parts[2]);
  const guint8 *data = g_bytes_get_data (file, &length);
  ck_assert_uint_eq (length, 256);
  for (guint i = 0; i < 256; i++)
    ck_assert_uint_eq (data[i], i);
  g_autofree char *name = gpo_part_filename (&a, &a.parts[2]);
  ck_assert_str_eq (name, "r\xc3\xa9sum\xc3\xa9.bin");
  ck_assert_ptr_null (gpo_part_filename (&a, &a.parts[1]));
  ck_assert (gpo_part_is (&a, &a.parts[0], "multipart", "mixed"));
  ck_assert (gpo_part_is (&a, &a.parts[1], "TEXT", NULL));
  ck_assert (!gpo_part_is (&a, &a.parts[2], "text", NULL));
}
END_TEST

START_TEST (default_types)
{
  gsize length;
  g_autofree char *bytes = read_letter ("digest", &length);
  g_auto (GpoAnatomy) a;
  gpo_anatomy_init (&a, bytes, length);
  ck_assert (gpo_part_is (&a, &a.parts[1], "message", "rfc822"));
  ck_assert (gpo_part_is (&a, &a.parts[2], "text", "plain"));
}
END_TEST

START_TEST (uuencoded_file_is_found)
{
  gsize length;
  g_autofree char *bytes = read_letter ("uuencoded", &length);
  g_auto (GpoAnatomy) a;
  GpoUuencoded file;
  gpo_anatomy_init (&a, bytes, length);
  ck_assert (gpo_uu_find (bytes, a.parts[0].body, 0, &file));
  g_autofree char *name = g_strndup (bytes + file.name.start, file.name.length);
  ck_assert_str_eq (name, "numbers.bin");
  ck_assert (g_str_has_prefix (bytes + GPO_SPAN_END (file.whole), "That was it."));
  g_autoptr (GBytes) data = gpo_uu_decode (bytes, &file);
  const guint8 *d = g_bytes_get_data (data, &length);
  ck_assert_uint_eq (length, 120);
  for (guint i = 0; i < 120; i++)
    ck_assert_uint_eq (d[i], i % 60);
  ck_assert (!gpo_uu_find (bytes, a.parts[0].body, GPO_SPAN_END (file.whole), &file));
}
END_TEST

static const char *const no_files[] = {
  "begin 644 x\nend", "begin 644 x\nprose, not data\nend\n", "begin 64 x\n`\nend\n", "begin 644 x\n#86)C\n`\n", "end\n",
};

START_TEST (prose_is_no_uuencoded_file)
{
  GpoUuencoded file;
  gboolean found = gpo_uu_find (no_files[_i], (GpoSpan){ 0, strlen (no_files[_i]) }, 0, &file);
  ck_assert_int_eq (found, _i == 0); /* an empty file is a file */
}
END_TEST

static const struct
{
  const char *value, *parameters; /* name=value, joined with | */
} contents[] = {
  { "text/plain; charset=utf-8", "charset=utf-8" },
  { "text/plain;charset=\"utf-8\";format=flowed", "charset=utf-8|format=flowed" },
  { "text/plain; name=\"a;b\\\"c\"; x=y", "name=a;b\"c|x=y" },
  { "a/b; filename*0*=UTF-8''r%C3; filename*1=x", "filename*0*=UTF-8''r%C3|filename*1=x" },
  { "a/b; (c;d) name (e) = (f) g (h)", "name=g" },
  { "a/b; ; flag; x=", "x=" },
  { "a/b; name=report(1).pdf", "name=report(1).pdf" },
  { "a/b; name=\"torn", "name=torn" },
  { "a/b; name=\"torn\\", "name=torn\\" },
  { "a/b; name=my file.txt; x=y", "name=my|x=y" },
  { "", "" },
};

START_TEST (parameters_come_raw)
{
  const char *value = contents[_i].value;
  GpoSpan word, sub;
  GpoParameter parameter;
  g_autoptr (GString) all = g_string_new (NULL);
  gsize at = gpo_content_words (value, (GpoSpan){ 0, strlen (value) }, &word, &sub);
  while (gpo_parameter_next (value, strlen (value), &at, &parameter))
    {
      g_autofree char *text = gpo_parameter_dup (value, &parameter);
      g_string_append_printf (all, "%s%.*s=%s", all->len ? "|" : "", (int) parameter.name.length,
                              value + parameter.name.start, text);
    }
  ck_assert_str_eq (all->str, contents[_i].parameters);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("mime");
  TCase *t = tcase_create ("decoding");
  tcase_add_loop_test (t, header_value_decodes, 0, G_N_ELEMENTS (values));
  tcase_add_test (t, subject_of_a_letter);
  tcase_add_loop_test (t, part_is_text, 0, G_N_ELEMENTS (texts));
  tcase_add_loop_test (t, charset_is_undone, 0, G_N_ELEMENTS (charsets));
  tcase_add_test (t, attachment_is_bytes_and_a_name);
  tcase_add_test (t, default_types);
  tcase_add_test (t, uuencoded_file_is_found);
  tcase_add_loop_test (t, prose_is_no_uuencoded_file, 0, G_N_ELEMENTS (no_files));
  tcase_add_loop_test (t, parameters_come_raw, 0, G_N_ELEMENTS (contents));
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
