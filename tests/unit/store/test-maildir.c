/* SPDX-License-Identifier: MIT */
/* test-maildir.c: names of files in a Maildir, ours and other programs'. */
#include "store-fixture.h"

static const struct
{
  const char *name;
  gboolean letter_file;
  guint base;
  guint32 letter;
  gint64 size, seconds;
  const char *flags;
} names[] = {
  { "1700000000.M000123P42Q7L17.athens.example,S=4096", TRUE, 48, 17, 4096, 1700000000, "" },
  { "1700000000.M000123P42Q7L17.athens.example,S=4096:2,FS", TRUE, 48, 17, 4096, 1700000000, "FS" },
  { "1700000000.M000123P42Q7.athens.example,S=12", TRUE, 43, 0, 12, 1700000000, "" },
  { "1700000000.42_7.laptop:2,S", TRUE, 22, 0, -1, 1700000000, "S" },
  { "1700000000.R123.laptop,S=9,W=10:2,Sab", TRUE, 31, 0, 9, 1700000000, "Sab" },
  { "anything", TRUE, 8, 0, -1, -1, "" },
  { "1700000000", TRUE, 10, 0, -1, 1700000000, "" },
  { "1700000000.", TRUE, 11, 0, -1, 1700000000, "" },
  { "1700000000.L99999999999.x", TRUE, 25, 0, -1, 1700000000, "" },
  { "1700000000.L5", TRUE, 13, 0, -1, 1700000000, "" },
  { "x:2,", TRUE, 1, 0, -1, -1, "" },
  { ".hidden", FALSE, 0, 0, -1, -1, "" },
  { "", FALSE, 0, 0, -1, -1, "" },
};

START_TEST (name_is_read)
{
  GpoMaildirName out;
  ck_assert_int_eq (gpo_maildir_parse (names[_i].name, &out), names[_i].letter_file);
  ck_assert_uint_eq (out.base, names[_i].base);
  ck_assert_uint_eq (out.letter, names[_i].letter);
  ck_assert_int_eq (out.size, names[_i].size);
  ck_assert_int_eq (out.seconds, names[_i].seconds);
  ck_assert_str_eq (out.flags, names[_i].flags);
}
END_TEST

static const struct
{
  const char *host, *written;
} hosts[] = {
  { "athens.example", ".athens.example,S=5" },
  { "a/b:c,d", ".a\\057b\\072c\\054d,S=5" },
  { "../../etc", "...\\057..\\057etc,S=5" },
  { "b\303\274ro\n", ".b\\303\\274ro\\012,S=5" },
  { "", ".localhost,S=5" },
  { NULL, ".localhost,S=5" },
};

START_TEST (host_cannot_leave_the_name)
{
  GpoMaildirName out;
  g_autofree char *name = gpo_maildir_unique (17, 5, hosts[_i].host);
  ck_assert_msg (g_str_has_suffix (name, hosts[_i].written), "%s", name);
  ck_assert (strchr (name, '/') == NULL && strchr (name, ':') == NULL && name[0] != '.');
  ck_assert (gpo_maildir_parse (name, &out));
  ck_assert_uint_eq (out.letter, 17);
  ck_assert_int_eq (out.size, 5);
}
END_TEST

START_TEST (unique_names_are_unique)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < 5000; i++)
    ck_assert (g_hash_table_add (seen, gpo_maildir_unique (1, 1, "athens.example")));
}
END_TEST

START_TEST (mailbox_is_made_once_and_again)
{
  g_autofree char *box = g_build_filename (root, "deep", "er", ".Sent", NULL);
  g_autofree char *mark = g_build_filename (box, "maildirfolder", NULL);
  ck_assert (!gpo_maildir_exists (box));
  ck_assert (gpo_maildir_create (box, TRUE, NULL));
  ck_assert (gpo_maildir_create (box, TRUE, NULL));
  ck_assert (gpo_maildir_exists (box));
  ck_assert_uint_eq (count_files (box, NULL), 4);
  ck_assert (g_file_test (mark, G_FILE_TEST_IS_REGULAR));
}
END_TEST

START_TEST (file_in_the_way_is_an_error)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *box = g_build_filename (file, "Maildir", NULL);
  ck_assert (g_file_set_contents (file, "", 0, NULL));
  ck_assert (!gpo_maildir_create (box, FALSE, &error));
  ck_assert (error->domain == G_IO_ERROR && strstr (error->message, file));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("maildir");
  TCase *tc = tcase_create ("names");
  tcase_add_loop_test (tc, name_is_read, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (tc, host_cannot_leave_the_name, 0, G_N_ELEMENTS (hosts));
  tcase_add_test (tc, unique_names_are_unique);
  suite_add_tcase (s, tc);
  tc = tcase_create ("folders");
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, mailbox_is_made_once_and_again);
  tcase_add_test (tc, file_in_the_way_is_an_error);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
