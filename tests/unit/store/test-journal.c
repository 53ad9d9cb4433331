/* SPDX-License-Identifier: MIT */
/* test-journal.c: after a power cut every letter of the journal is there again, once, whole; after a kill
 * nothing is touched; what a sync made durable is left to the disk. (Mailboxes: test-journal-mailbox.c.) */
#include "power-cut.h"

static char *names[400];

static void
start (void)
{
  gpo_journal_set_test (SEGMENT, "boot-1");
  set_up ();
}

static void
end (void)
{
  tear_down ();
  forget_journal ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_clear_pointer (&names[i], g_free);
}

/* Closes, and opens with the journal of before. */
static void
open_again (const char *boot_id)
{
  gpo_store_close (g_steal_pointer (&store));
  open_with_journal (boot_id);
}

static void
deliver_letters (guint from, guint n, gsize size)
{
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" };
  for (guint i = from; i < from + n; i++)
    {
      Told t;
      deliver (i, size, &target, 1, &t);
      ck_assert (t.error == NULL);
      names[i] = g_strdup (t.names[0]);
      told_clear (&t);
    }
}

static char *
letter_path (guint letter)
{
  return g_build_filename (inbox, names[letter], NULL);
}

static void
lose (guint letter)
{
  g_autofree char *path = letter_path (letter);
  ck_assert_int_eq (g_unlink (path), 0);
}

static void
assert_letter (guint letter, gsize size)
{
  g_autofree char *path = letter_path (letter);
  assert_file_is (path, "", letter, size);
}

START_TEST (lost_and_torn_letters_are_made_again)
{
  deliver_letters (1, 5, 3000);
  remember_journal ();
  lose (2);
  g_autofree char *torn = letter_path (4);
  ck_assert (g_file_set_contents (torn, "", 0, NULL));
  open_again ("boot-2");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 2);
  ck_assert_uint_eq (gpo_journal_failed (gpo_store_journal (store)), 0);
  for (guint i = 1; i <= 5; i++)
    assert_letter (i, 3000);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 5);
}
END_TEST

START_TEST (time_of_arrival_is_kept)
{
  struct stat before, after;
  deliver_letters (1, 1, 100);
  remember_journal ();
  g_autofree char *path = letter_path (1);
  ck_assert_int_eq (g_stat (path, &before), 0);
  lose (1);
  open_again ("boot-2");
  ck_assert_int_eq (g_stat (path, &after), 0);
  ck_assert (ABS (after.st_mtime - before.st_mtime) <= 1);
}
END_TEST

START_TEST (kill_touches_nothing)
{
  deliver_letters (1, 3, 500);
  remember_journal ();
  lose (3); /* a reader's doing: the cache outlives the process */
  open_again ("boot-1");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 0);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 2);
}
END_TEST

START_TEST (letter_that_a_reader_moved_is_not_doubled)
{
  deliver_letters (1, 2, 500);
  remember_journal ();
  g_autofree char *from = letter_path (1);
  g_autofree char *to = g_strdup_printf ("%s/cur/%s:2,FS", inbox, names[1] + 4);
  ck_assert_int_eq (g_rename (from, to), 0);
  if (_i)
    ck_assert (g_file_set_contents (to, "", 0, NULL)); /* and torn */
  open_again ("boot-2");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), (guint) _i);
  assert_file_is (to, "", 1, 500);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1);
}
END_TEST

START_TEST (queue_comes_back_letter_and_envelope)
{
  Told t;
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, queue_dir, NULL, NULL);
  g_autoptr (GpoEnvelope) envelope = envelope_for (8, "L8-abcd");
  GpoTarget target = { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope };
  deliver (8, 700, &target, 1, &t);
  ck_assert (t.error == NULL);
  told_clear (&t);
  remember_journal ();
  gpo_spool_close (g_steal_pointer (&spool));
  g_autofree char *letter = g_strconcat (queue_dir, "/queue/L8-abcd.letter", NULL);
  g_autofree char *text = g_strconcat (queue_dir, "/queue/L8-abcd.envelope", NULL);
  ck_assert (g_unlink (letter) == 0 && g_unlink (text) == 0);
  open_again ("boot-2");
  g_autoptr (GpoSpoolRecovery) found = NULL;
  spool = gpo_spool_open (store, queue_dir, &found, NULL);
  ck_assert_uint_eq (found->entries->len, 1);
  ck_assert_uint_eq (found->damaged->len, 0);
  assert_file_is (letter, "", 8, 700);
}
END_TEST

START_TEST (sync_leaves_nothing_to_restore)
{
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" };
  Told t;
  deliver_letters (1, 2, 500);
  deliver (3, GPO_JOURNAL_FILE + 1, &target, 1, &t); /* too large: the file system is synced */
  ck_assert (t.error == NULL);
  told_clear (&t);
  ck_assert (!gpo_journal_in_use (gpo_store_journal (store)));
  remember_journal ();
  lose (1); /* durably removed since */
  open_again ("boot-2");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 0);
}
END_TEST

/* A removal that must be durable shares its batch with a letter: the batch is synced, not journaled alone. */
START_TEST (durable_removal_beside_letters_is_synced)
{
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, queue_dir, NULL, NULL);
  for (guint i = 1; i <= 130; i++)
    {
      Told t;
      g_autofree char *id = g_strdup_printf ("L%u-abcd", i);
      g_autoptr (GpoEnvelope) envelope = envelope_for (i, id);
      GpoTarget target = { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope };
      deliver (i, 700, &target, 1, &t);
      ck_assert (t.error == NULL);
      told_clear (&t);
      gpo_spool_remove (spool, id, NULL, NULL);
    }
  gpo_store_flush (store);
  ck_assert_uint_gt (gpo_spool_free_files (spool), 0); /* only a sync makes them free */
}
END_TEST

START_TEST (clean_end_leaves_nothing_to_restore)
{
  deliver_letters (1, 3, 500);
  ck_assert (gpo_journal_in_use (gpo_store_journal (store)));
  gpo_store_close (g_steal_pointer (&store));
  lose (2);
  gpo_journal_set_test (SEGMENT, "boot-2");
  open_store ();
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 0);
}
END_TEST

START_TEST (segments_are_used_again_and_the_newest_are_kept)
{
  deliver_letters (1, 300, 2000); /* some ten times round */
  remember_journal ();
  lose (300);
  lose (299);
  open_again ("boot-2");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 2);
  for (guint i = 1; i <= 300; i++)
    assert_letter (i, 2000);
  deliver_letters (301, 20, 2000); /* and it goes on */
  remember_journal ();
  lose (320);
  open_again ("boot-3");
  assert_letter (320, 2000);
}
END_TEST

START_TEST (batch_that_was_being_written_is_nobodys)
{
  deliver_letters (1, 3, 500);
  remember_journal ();
  saved[0][2 * 4096 + 300] ^= 1; /* in the third */
  lose (2);
  lose (3);
  open_again ("boot-2");
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 1);
  assert_letter (2, 500);
}
END_TEST

START_TEST (any_bytes_are_read_without_harm)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) _i);
  deliver_letters (1, 6, 300);
  remember_journal ();
  for (guint i = 0; i < 2; i++)
    for (guint k = 0; k < 40; k++)
      saved[i][g_rand_int_range (rand, 0, 6 * 4096)] = (char) g_rand_int (rand);
  open_again ("boot-2");
  for (guint i = 1; i <= 6; i++)
    assert_letter (i, 300);
}
END_TEST

START_TEST (letter_that_failed_is_not_in_it)
{
  GpoTarget good = { .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" }, bad = good;
  g_autofree char *nowhere = g_build_filename (root, "nowhere", NULL);
  Told t;
  bad.maildir = nowhere;
  deliver_letters (1, 1, 500);
  deliver (2, 500, (GpoTarget[]){ good, bad }, 2, &t);
  ck_assert (t.error != NULL);
  told_clear (&t);
  remember_journal ();
  open_again ("boot-2");
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1);
}
END_TEST

START_TEST (quiet_office_has_none)
{
  g_autofree char *path = journal_path (0);
  gpo_store_close (g_steal_pointer (&store));
  gpo_journal_set_test (0, NULL);
  open_store ();
  deliver_letters (1, 20, 500);
  ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("journal");
  TCase *tc = tcase_create ("journal");
  tcase_add_checked_fixture (tc, start, end);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, lost_and_torn_letters_are_made_again);
  tcase_add_test (tc, time_of_arrival_is_kept);
  tcase_add_test (tc, kill_touches_nothing);
  tcase_add_loop_test (tc, letter_that_a_reader_moved_is_not_doubled, 0, 2);
  tcase_add_test (tc, queue_comes_back_letter_and_envelope);
  tcase_add_test (tc, sync_leaves_nothing_to_restore);
  tcase_add_test (tc, durable_removal_beside_letters_is_synced);
  tcase_add_test (tc, clean_end_leaves_nothing_to_restore);
  tcase_add_test (tc, segments_are_used_again_and_the_newest_are_kept);
  tcase_add_test (tc, batch_that_was_being_written_is_nobodys);
  tcase_add_loop_test (tc, any_bytes_are_read_without_harm, 0, 20);
  tcase_add_test (tc, letter_that_failed_is_not_in_it);
  tcase_add_test (tc, quiet_office_has_none);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
