/* SPDX-License-Identifier: MIT */
/* test-store.c: the root: its lock, its layout, its letter numbers. */
#include "store-fixture.h"
#include "store/letter-counter.h"

START_TEST (second_office_is_refused_with_the_process)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = g_strdup_printf ("process %d;", (int) getpid ());
  ck_assert (gpo_store_open (root, NULL, &error) == NULL);
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY));
  ck_assert_msg (strstr (error->message, root) && strstr (error->message, pid) && strstr (error->message, "--store"), "%s",
                 error->message);
}
END_TEST

START_TEST (closed_store_opens_again)
{
  gpo_store_close (store);
  open_store ();
}
END_TEST

START_TEST (letter_numbers_go_on_after_a_restart)
{
  for (guint32 n = 1; n <= 2500; n++)
    ck_assert_uint_eq (gpo_store_next_letter (store), n);
  gpo_store_close (store);
  open_store ();
  ck_assert_uint_eq (gpo_store_next_letter (store), 2501);
}
END_TEST

/* The file always holds more than what was given, once the reservation had its turn. */
START_TEST (letter_numbers_are_reserved_before_a_crash)
{
  g_autofree char *path = g_build_filename (root, "counter", NULL);
  for (guint32 n = 1; n <= 2500; n++)
    {
      g_autofree char *text = NULL;
      gpo_store_next_letter (store);
      gpo_store_flush (store);
      ck_assert (g_file_get_contents (path, &text, NULL, NULL));
      ck_assert_uint_gt (g_ascii_strtoull (text, NULL, 10), n);
    }
}
END_TEST

static const char *const bad_counters[] = { "", "x", "-1", "0", "12 13", "99999999999" };

START_TEST (damaged_counter_is_refused_with_the_cure)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (root, "counter", NULL);
  gpo_store_close (g_steal_pointer (&store));
  ck_assert (g_file_set_contents (path, bad_counters[_i], -1, NULL));
  ck_assert (gpo_store_open (root, NULL, &error) == NULL);
  ck_assert_msg (strstr (error->message, path) && strstr (error->message, "larger than any"), "%s", error->message);
}
END_TEST

static const struct
{
  const char *name;
  gboolean safe;
} names[] = {
  { "athens", TRUE }, { "a b", TRUE },  { "b\303\274ro", TRUE }, { "", FALSE },    { ".", FALSE },  { "..", FALSE },
  { ".x", FALSE },    { "a/b", FALSE }, { "/", FALSE },          { "a\n", FALSE }, { NULL, FALSE },
};

START_TEST (name_stays_in_the_store)
{
  g_autoptr (GError) error = NULL;
  ck_assert_int_eq (gpo_store_name_is_safe (names[_i].name), names[_i].safe);
  ck_assert_int_eq (gpo_store_add_host (store, names[_i].name, &error), names[_i].safe);
}
END_TEST

START_TEST (unfinished_letters_go_at_start)
{
  g_autofree char *stale = g_build_filename (root, "tmp", "L1.1", NULL);
  gpo_store_close (store);
  ck_assert (g_file_set_contents (stale, "half a let", -1, NULL));
  open_store ();
  ck_assert_uint_eq (count_files (root, "tmp", NULL), 0);
}
END_TEST

START_TEST (file_instead_of_a_store_is_refused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (root, "file", NULL);
  ck_assert (g_file_set_contents (file, "", 0, NULL));
  ck_assert (gpo_store_open (file, NULL, &error) == NULL);
  ck_assert (strstr (error->message, file) != NULL);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("store");
  TCase *tc = tcase_create ("root");
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, second_office_is_refused_with_the_process);
  tcase_add_test (tc, closed_store_opens_again);
  tcase_add_test (tc, letter_numbers_go_on_after_a_restart);
  tcase_add_test (tc, letter_numbers_are_reserved_before_a_crash);
  tcase_add_loop_test (tc, damaged_counter_is_refused_with_the_cure, 0, G_N_ELEMENTS (bad_counters));
  tcase_add_loop_test (tc, name_stays_in_the_store, 0, G_N_ELEMENTS (names));
  tcase_add_test (tc, unfinished_letters_go_at_start);
  tcase_add_test (tc, file_instead_of_a_store_is_refused);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
