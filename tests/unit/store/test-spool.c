/* SPDX-License-Identifier: MIT */
/* test-spool.c: a queue keeps its promises over changes, restarts and damage. */
#include "store-fixture.h"

static GpoSpool *spool;
static GpoSpoolRecovery *recovery;

static void
open_spool (void)
{
  g_autoptr (GError) error = NULL;
  spool = gpo_spool_open (store, queue_dir, &recovery, &error);
  ck_assert_msg (spool != NULL, "%s", error ? error->message : "");
}

static void
close_spool (void)
{
  gpo_store_flush (store);
  gpo_spool_recovery_free (recovery);
  gpo_spool_close (spool);
}

static void
restart (void)
{
  close_spool ();
  gpo_store_close (store);
  open_store ();
  open_spool ();
}

static void
spool_up (void)
{
  set_up ();
  open_spool ();
}

static void
spool_down (void)
{
  close_spool ();
  tear_down ();
}

static void
queue_letter (guint32 letter, const char *id, gsize size)
{
  Told t;
  g_autoptr (GpoEnvelope) envelope = envelope_for (letter, id);
  GpoTarget target = { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope };
  deliver (letter, size, &target, 1, &t);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  ck_assert_str_eq (t.names[0], id);
  told_clear (&t);
}

static char *
queue_file (const char *name)
{
  return g_build_filename (queue_dir, "queue", name, NULL);
}

static void
note_error (const GError *error, gpointer data)
{
  GError **out = data;
  *out = error ? g_error_copy (error) : NULL;
}

static const gsize sizes[] = { 0, 4096, 100000, 600000 };

START_TEST (letter_is_there_after_a_restart)
{
  queue_letter (2, "L2-bbbb", sizes[_i]);
  queue_letter (1, "L1-aaaa", sizes[_i]);
  restart ();
  ck_assert_uint_eq (recovery->entries->len, 2);
  ck_assert_uint_eq (recovery->orphans, 0);
  ck_assert_uint_eq (recovery->damaged->len, 0);
  GpoSpoolEntry *entry = recovery->entries->pdata[0];
  ck_assert_str_eq (entry->envelope->id, "L1-aaaa"); /* oldest first */
  ck_assert_uint_eq (entry->size, sizes[_i]);
  ck_assert_str_eq (gpo_envelope_recipient (entry->envelope, 0)->path, "bob@sparta.example");
  g_autofree char *path = queue_file ("L1-aaaa.letter");
  assert_file_is (path, "", 1, sizes[_i]);
}
END_TEST

START_TEST (letter_is_read_in_blocks)
{
  queue_letter (3, "L3-cccc", sizes[_i]);
  g_autoptr (GpoSpoolReader) reader = gpo_spool_open_letter (spool, "L3-cccc", NULL);
  g_autofree char *wanted = letter_bytes (3, sizes[_i]);
  char block[1000];
  guint64 at = 0;
  ck_assert_uint_eq (gpo_spool_reader_size (reader), sizes[_i]);
  for (gssize n; (n = gpo_spool_reader_read (reader, at, block, sizeof block, NULL)) > 0; at += (guint64) n)
    ck_assert (memcmp (block, wanted + at, (gsize) n) == 0);
  ck_assert_uint_eq (at, sizes[_i]);
}
END_TEST

START_TEST (update_is_old_or_new)
{
  GError *error = NULL;
  queue_letter (4, "L4-dddd", 4096);
  g_autoptr (GpoEnvelope) envelope = envelope_for (4, "L4-dddd");
  gpo_envelope_recipient (envelope, 0)->attempts = 3;
  gpo_spool_update (spool, envelope, _i, note_error, &error);
  restart ();
  ck_assert (error == NULL);
  GpoSpoolEntry *entry = recovery->entries->pdata[0];
  ck_assert_uint_eq (recovery->entries->len, 1);
  ck_assert_uint_eq (gpo_envelope_recipient (entry->envelope, 0)->attempts, 3);
  ck_assert_uint_eq (entry->size, 4096);
}
END_TEST

START_TEST (changes_take_effect_in_order)
{
  GError *updated = NULL, *removed = NULL, *late = NULL;
  queue_letter (5, "L5-eeee", 100);
  g_autoptr (GpoEnvelope) envelope = envelope_for (5, "L5-eeee");
  gpo_spool_update (spool, envelope, FALSE, note_error, &updated);
  gpo_spool_remove (spool, "L5-eeee", note_error, &removed);
  gpo_spool_update (spool, envelope, TRUE, note_error, &late);
  restart ();
  ck_assert (updated == NULL && removed == NULL);
  ck_assert (g_error_matches (late, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  ck_assert_uint_eq (recovery->entries->len, 0);
  ck_assert_uint_eq (count_files (queue_dir, "queue", NULL), 0);
  g_clear_error (&late);
}
END_TEST

START_TEST (removing_what_is_not_there_is_an_error)
{
  GError *error = NULL;
  gpo_spool_remove (spool, "L9-zzzz", note_error, &error);
  gpo_store_flush (store);
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  ck_assert (strstr (error->message, "L9-zzzz") != NULL);
  g_clear_error (&error);
}
END_TEST

/* A file is free again at the next sync: at the latest every 64th removal makes one. */
START_TEST (finished_files_are_used_again)
{
  struct stat st;
  g_autoptr (GHashTable) inodes = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *id = g_strdup_printf ("L%u-ffff", i + 1);
      g_autofree char *file = g_strconcat (id, ".letter", NULL);
      g_autofree char *path = queue_file (file);
      queue_letter (i + 1, id, 500 + i * 37 % 4000);
      ck_assert_int_eq (g_stat (path, &st), 0);
      g_hash_table_add (inodes, GSIZE_TO_POINTER (st.st_ino));
      assert_file_is (path, "", i + 1, 500 + i * 37 % 4000);
      gpo_spool_remove (spool, id, NULL, NULL);
    }
  gpo_store_flush (store);
  ck_assert_uint_lt (g_hash_table_size (inodes), 200);
  ck_assert_uint_lt (count_files (queue_dir, "free", NULL), 400);
}
END_TEST

/* A file may be overwritten only when its removal is durable: until then it must not be handed out. */
START_TEST (file_is_not_used_before_its_removal_is_durable)
{
  queue_letter (6, "L6-gggg", 4096);
  guint before = gpo_spool_free_files (spool);
  gpo_spool_remove (spool, "L6-gggg", NULL, NULL); /* not durable by itself */
  gpo_store_flush (store);
  ck_assert_uint_eq (gpo_spool_free_files (spool), before);
  queue_letter (7, "L7-hhhh", 4096); /* syncs the directory */
  ck_assert_uint_eq (gpo_spool_free_files (spool), before + 2);
}
END_TEST

START_TEST (large_finished_file_gives_its_bytes_back)
{
  struct stat st;
  queue_letter (8, "L8-iiii", 700000);
  gpo_spool_remove (spool, "L8-iiii", NULL, NULL);
  queue_letter (9, "L9-jjjj", 10);
  g_autofree char *free_dir = g_build_filename (queue_dir, "free", NULL);
  g_autoptr (GDir) dir = g_dir_open (free_dir, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (free_dir, name, NULL);
      ck_assert_int_eq (g_stat (path, &st), 0);
      ck_assert_int_le (st.st_size, GPO_SPOOL_FREE_BYTES);
    }
}
END_TEST

START_TEST (reader_keeps_its_letter_when_that_is_removed)
{
  char block[4096];
  queue_letter (10, "L10-kkkk", 4096);
  g_autoptr (GpoSpoolReader) reader = gpo_spool_open_letter (spool, "L10-kkkk", NULL);
  g_autofree char *wanted = letter_bytes (10, 4096);
  g_autoptr (GError) error = NULL;
  gpo_spool_remove (spool, "L10-kkkk", NULL, NULL);
  ck_assert (gpo_spool_open_letter (spool, "L10-kkkk", &error) == NULL);
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  for (guint i = 11; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("L%u-llll", i);
      queue_letter (i, id, 4096);
    }
  ck_assert_int_eq (gpo_spool_reader_read (reader, 0, block, sizeof block, NULL), 4096);
  ck_assert (memcmp (block, wanted, 4096) == 0);
}
END_TEST

/* What somebody did to the files of letter L1-aaaa, and what recovery makes of it. */
static const struct
{
  const char *damage;
  const char *reason; /* NULL: an orphan, used again */
} damages[] = {
  { "torn-envelope", "torn" }, { "empty-envelope", "letter-size" }, { "no-letter", "No such file" },
  { "short-letter", "4096" },  { "long-letter", "4096" },           { "other-id", "L7-zzzz" },
  { "no-envelope", NULL },
};

static void
damage_letter (const char *how)
{
  g_autofree char *envelope = queue_file ("L1-aaaa.envelope");
  g_autofree char *letter = queue_file ("L1-aaaa.letter");
  g_autofree char *text = NULL;
  gsize length;
  ck_assert (g_file_get_contents (envelope, &text, &length, NULL));
  if (strcmp (how, "torn-envelope") == 0)
    ck_assert_int_eq (truncate (envelope, (off_t) length - 6), 0);
  else if (strcmp (how, "empty-envelope") == 0)
    ck_assert_int_eq (truncate (envelope, 0), 0);
  else if (strcmp (how, "no-letter") == 0)
    ck_assert_int_eq (unlink (letter), 0);
  else if (strcmp (how, "short-letter") == 0)
    ck_assert_int_eq (truncate (letter, 4000), 0);
  else if (strcmp (how, "long-letter") == 0)
    ck_assert_int_eq (truncate (letter, 5000), 0);
  else if (strcmp (how, "no-envelope") == 0)
    ck_assert_int_eq (unlink (envelope), 0);
  else
    {
      g_autoptr (GString) other = g_string_new (text);
      g_string_replace (other, "L1-aaaa", "L7-zzzz", 0);
      ck_assert (g_file_set_contents (envelope, other->str, -1, NULL));
    }
}

START_TEST (damage_is_set_aside_with_a_note)
{
  queue_letter (1, "L1-aaaa", 4096);
  queue_letter (2, "L2-bbbb", 4096);
  damage_letter (damages[_i].damage);
  restart ();
  ck_assert_uint_eq (recovery->entries->len, 1);
  ck_assert_uint_eq (recovery->damaged->len, damages[_i].reason != NULL);
  ck_assert_uint_eq (recovery->orphans, damages[_i].reason == NULL);
  g_autofree char *note = g_build_filename (queue_dir, "damaged", "L1-aaaa.note", NULL);
  g_autofree char *text = NULL;
  ck_assert_int_eq (g_file_get_contents (note, &text, NULL, NULL), damages[_i].reason != NULL);
  if (damages[_i].reason)
    ck_assert_msg (strstr (text, damages[_i].reason) && strstr (text, "bring the letter back"), "%s", text);
  ck_assert_uint_eq (count_files (queue_dir, "queue", NULL), 2);
  restart (); /* and is not found again */
  ck_assert_uint_eq (recovery->entries->len, 1);
  ck_assert_uint_eq (recovery->damaged->len + recovery->orphans, 0);
}
END_TEST

START_TEST (id_names_its_letter)
{
  g_autofree char *a = gpo_spool_make_id (17), *b = gpo_spool_make_id (17);
  ck_assert (g_str_has_prefix (a, "L17-") && strlen (a) == 8);
  ck_assert_str_ne (a, b);
  ck_assert_uint_eq (gpo_spool_id_letter (a), 17);
  ck_assert_uint_eq (gpo_spool_id_letter ("L17"), 0);
  ck_assert_uint_eq (gpo_spool_id_letter ("17-abcd"), 0);
  ck_assert_uint_eq (gpo_spool_id_letter (""), 0);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("spool");
  TCase *tc = tcase_create ("queue");
  tcase_add_checked_fixture (tc, spool_up, spool_down);
  tcase_set_timeout (tc, 60);
  tcase_add_loop_test (tc, letter_is_there_after_a_restart, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (tc, letter_is_read_in_blocks, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (tc, update_is_old_or_new, 0, 2);
  tcase_add_test (tc, changes_take_effect_in_order);
  tcase_add_test (tc, removing_what_is_not_there_is_an_error);
  tcase_add_test (tc, finished_files_are_used_again);
  tcase_add_test (tc, file_is_not_used_before_its_removal_is_durable);
  tcase_add_test (tc, large_finished_file_gives_its_bytes_back);
  tcase_add_test (tc, reader_keeps_its_letter_when_that_is_removed);
  tcase_add_loop_test (tc, damage_is_set_aside_with_a_note, 0, G_N_ELEMENTS (damages));
  tcase_add_test (tc, id_names_its_letter);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
