/* SPDX-License-Identifier: MIT */
/* test-committer.c: while one batch is on its way into the journal the next is written, and no more than that: none
 * gets its names or its answer before its bytes and all batches before it are durable. */
#include "journal-hold.h"
#include "power-cut.h"
#include "store/journal-internal.h"

static Told tolds[8];
static guint order[8], n_told;
static GpoTarget to_inbox;

static void
start (void)
{
  Told t;
  gpo_journal_set_test (SEGMENT, "boot-1");
  set_up ();
  to_inbox = (GpoTarget){ .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" };
  deliver (1, 500, &to_inbox, 1, &t); /* there is a journal now */
  ck_assert (t.error == NULL);
  told_clear (&t);
  n_told = 0;
}

static void
end (void)
{
  stop_holding ();
  hold.refuses_direct = FALSE;
  tear_down ();
  forget_journal ();
  for (guint i = 0; i < G_N_ELEMENTS (tolds); i++)
    told_clear (&tolds[i]);
}

static void
told_in_order (const char *const *names, guint n, const GError *error, gpointer data)
{
  order[n_told++] = (guint) ((Told *) data - tolds);
  told (names, n, error, data);
}

/* Hands in a letter, and does not wait. */
static void
hand_in (guint letter, const GpoTarget *targets, guint n)
{
  g_autofree char *bytes = letter_bytes (letter, 500);
  GpoIncoming *incoming = gpo_incoming_new (store, letter);
  gpo_incoming_write (incoming, bytes, 500);
  gpo_incoming_commit (incoming, targets, n, told_in_order, &tolds[letter]);
}

static void
assert_nobody_told (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  ck_assert_uint_eq (n_told, 0);
}

static void
power_cut (void)
{
  gpo_store_close (g_steal_pointer (&store));
  open_with_journal ("boot-2");
}

START_TEST (next_batch_is_written_while_one_is_synced)
{
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  hand_in (3, &to_inbox, 1);
  await_writes (2);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 2);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1); /* the letter of the start */
  assert_nobody_told ();
  stop_holding ();
  gpo_store_flush (store);
  ck_assert (tolds[2].called && !tolds[2].error && tolds[3].called && !tolds[3].error);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 3);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 0);
}
END_TEST

START_TEST (batch_that_is_synced_sooner_waits_for_the_one_before)
{
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  hand_in (3, &to_inbox, 1);
  await_writes (2);
  release_write (1, 0);
  assert_nobody_told ();
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1);
  stop_holding ();
  gpo_store_flush (store);
  ck_assert_uint_eq (n_told, 2);
  ck_assert (order[0] == 2 && order[1] == 3);
}
END_TEST

/* Row 0: the first of two batches under way cannot be written; row 1: the second. */
START_TEST (batch_that_cannot_be_written_is_synced_itself)
{
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  hand_in (3, &to_inbox, 1);
  await_writes (2);
  n_synced = 0;
  release_write ((guint) _i, EIO);
  stop_holding ();
  gpo_store_flush (store);
  ck_assert_uint_eq (n_synced, 2 - _i); /* behind a gap no batch counts */
  ck_assert (gpo_store_journal (store)->broken);
  for (guint i = 2; i <= 3; i++)
    {
      g_autofree char *path = g_build_filename (inbox, tolds[i].names[0], NULL);
      ck_assert (tolds[i].called && !tolds[i].error);
      assert_file_is (path, "", i, 500);
    }
  hand_in (4, &to_inbox, 1);
  gpo_store_flush (store);
  ck_assert (tolds[4].called && !tolds[4].error);
}
END_TEST

START_TEST (letter_that_fails_beside_one_under_way_is_refused)
{
  g_autofree char *nowhere = g_build_filename (root, "nowhere", NULL);
  GpoTarget bad = to_inbox;
  bad.maildir = nowhere;
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  hand_in (3, (GpoTarget[]){ to_inbox, bad }, 2);
  assert_nobody_told ();
  stop_holding ();
  gpo_store_flush (store);
  ck_assert (tolds[2].called && !tolds[2].error);
  ck_assert (tolds[3].called && tolds[3].error);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 2);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 0);
  remember_journal ();
  power_cut ();
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 2);
}
END_TEST

/* The folder goes after the letter is in the journal. Row 1: with another batch under way behind it. */
START_TEST (letter_that_gets_no_name_is_refused_for_good)
{
  g_autofree char *new = g_build_filename (inbox, "new", NULL), *away = g_build_filename (inbox, "away", NULL);
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, queue_dir, NULL, NULL);
  g_autoptr (GpoEnvelope) envelope = envelope_for (3, "L3-abcd");
  GpoTarget to_queue = { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope };
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  if (_i)
    {
      hand_in (3, &to_queue, 1);
      await_writes (2);
    }
  ck_assert_int_eq (g_rename (new, away), 0);
  stop_holding ();
  gpo_store_flush (store);
  ck_assert (tolds[2].called && tolds[2].error);
  ck_assert (!_i || (tolds[3].called && !tolds[3].error));
  ck_assert_int_eq (g_rename (away, new), 0);
  remember_journal ();
  gpo_spool_close (g_steal_pointer (&spool));
  power_cut ();
  ck_assert_uint_eq (gpo_journal_restored (gpo_store_journal (store)), 0);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1);
  ck_assert_uint_eq (count_files (queue_dir, "queue", NULL), _i ? 2 : 0);
}
END_TEST

/* A large letter is synced with its whole file system, which makes the journal worth nothing: it must not do so
 * while another batch has no names yet. */
START_TEST (batch_that_is_not_journaled_waits_for_the_one_before)
{
  g_autofree char *bytes = letter_bytes (3, GPO_JOURNAL_FILE + 1);
  GpoIncoming *incoming = gpo_incoming_new (store, 3);
  hold_journal ();
  hand_in (2, &to_inbox, 1);
  await_writes (1);
  gpo_incoming_write (incoming, bytes, GPO_JOURNAL_FILE + 1);
  gpo_incoming_commit (incoming, &to_inbox, 1, told_in_order, &tolds[3]);
  assert_nobody_told ();
  stop_holding ();
  gpo_store_flush (store);
  ck_assert (order[0] == 2 && order[1] == 3 && !tolds[2].error && !tolds[3].error);
  ck_assert (!gpo_journal_in_use (gpo_store_journal (store)));
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 3);
}
END_TEST

/* 600 letters of 500 bytes go some ten times round the segments, with several batches under way. */
START_TEST (segments_change_under_load)
{
  static Told many[600];
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    {
      commit (i + 2, 500, &to_inbox, 1, &many[i]);
      while (i % 3 == 0 && g_main_context_iteration (NULL, FALSE))
        ;
    }
  gpo_store_flush (store);
  remember_journal ();
  g_autofree char *last = g_build_filename (inbox, many[599].names[0], NULL);
  ck_assert_int_eq (g_unlink (last), 0);
  power_cut ();
  assert_file_is (last, "", 601, 500);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    {
      g_autofree char *path = g_build_filename (inbox, many[i].names[0], NULL);
      ck_assert (many[i].called && !many[i].error);
      assert_file_is (path, "", i + 2, 500);
      told_clear (&many[i]);
    }
}
END_TEST

START_TEST (file_system_that_refuses_direct_writes_has_a_journal_too)
{
  hold.refuses_direct = TRUE;
  hand_in (2, &to_inbox, 1);
  gpo_store_flush (store);
  ck_assert (tolds[2].called && !tolds[2].error);
  ck_assert_uint_eq (hold.refused, 1);
  ck_assert (!gpo_store_journal (store)->broken);
  hand_in (3, &to_inbox, 1);
  gpo_store_flush (store);
  ck_assert_uint_eq (hold.refused, 1); /* it is not asked again */
  remember_journal ();
  g_autofree char *path = g_build_filename (inbox, tolds[3].names[0], NULL);
  ck_assert_int_eq (g_unlink (path), 0);
  power_cut ();
  assert_file_is (path, "", 3, 500);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("committer");
  TCase *tc = tcase_create ("committer");
  tcase_add_checked_fixture (tc, start, end);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, next_batch_is_written_while_one_is_synced);
  tcase_add_test (tc, batch_that_is_synced_sooner_waits_for_the_one_before);
  tcase_add_loop_test (tc, batch_that_cannot_be_written_is_synced_itself, 0, 2);
  tcase_add_test (tc, letter_that_fails_beside_one_under_way_is_refused);
  tcase_add_loop_test (tc, letter_that_gets_no_name_is_refused_for_good, 0, 2);
  tcase_add_test (tc, batch_that_is_not_journaled_waits_for_the_one_before);
  tcase_add_test (tc, segments_change_under_load);
  tcase_add_test (tc, file_system_that_refuses_direct_writes_has_a_journal_too);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
