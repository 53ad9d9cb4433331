/* SPDX-License-Identifier: MIT */
/* test-incoming.c: a letter is at all its targets, byte for byte, or at none. */
#include "store-fixture.h"

static const gsize sizes[] = { 0, 1, 4096, GPO_INCOMING_MEMORY, GPO_INCOMING_MEMORY + 1, 3000000 };

static GpoTarget
to_inbox (void)
{
  return (GpoTarget){ .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" };
}

START_TEST (letter_is_byte_exact_in_new)
{
  Told t;
  GpoTarget target = to_inbox ();
  GpoMaildirName name;
  deliver (7, sizes[_i], &target, 1, &t);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  ck_assert (g_str_has_prefix (t.names[0], "new/"));
  ck_assert (gpo_maildir_parse (t.names[0] + 4, &name));
  ck_assert_uint_eq (name.letter, 7);
  ck_assert_int_eq (name.size, (gint64) sizes[_i]);
  g_autofree char *path = g_build_filename (inbox, t.names[0], NULL);
  assert_file_is (path, "", 7, sizes[_i]);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 0);
  ck_assert_uint_eq (count_files (root, "tmp", NULL), 0);
  told_clear (&t);
}
END_TEST

START_TEST (mailboxes_share_one_file_and_queue_shares_none)
{
  Told t;
  struct stat a, b, c;
  g_autofree char *sent = g_build_filename (inbox, ".Sent", NULL);
  ck_assert (gpo_maildir_create (sent, TRUE, NULL));
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, queue_dir, NULL, NULL);
  g_autoptr (GpoEnvelope) envelope = envelope_for (8, NULL);
  GpoTarget targets[3] = { to_inbox (), { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope }, to_inbox () };
  targets[2].maildir = sent;
  deliver (8, sizes[_i], targets, 3, &t);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  g_autofree char *first = g_build_filename (inbox, t.names[0], NULL);
  g_autofree char *queued = g_strconcat (queue_dir, "/queue/", t.names[1], ".letter", NULL);
  g_autofree char *second = g_build_filename (sent, t.names[2], NULL);
  assert_file_is (first, "", 8, sizes[_i]);
  assert_file_is (queued, "", 8, sizes[_i]);
  assert_file_is (second, "", 8, sizes[_i]);
  g_stat (first, &a);
  g_stat (queued, &b);
  g_stat (second, &c);
  ck_assert_uint_eq (a.st_ino, c.st_ino);
  ck_assert_uint_ne (a.st_ino, b.st_ino);
  ck_assert_uint_eq (b.st_nlink, 1);
  told_clear (&t);
}
END_TEST

START_TEST (queue_first_keeps_its_file_alone)
{
  Told t;
  struct stat st;
  g_autoptr (GpoSpool) spool = gpo_spool_open (store, queue_dir, NULL, NULL);
  g_autoptr (GpoEnvelope) envelope = envelope_for (8, NULL);
  GpoTarget targets[2] = { { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope }, to_inbox () };
  deliver (8, sizes[_i], targets, 2, &t);
  ck_assert (t.error == NULL);
  g_autofree char *queued = g_strconcat (queue_dir, "/queue/", t.names[0], ".letter", NULL);
  g_autofree char *boxed = g_build_filename (inbox, t.names[1], NULL);
  assert_file_is (queued, "", 8, sizes[_i]);
  assert_file_is (boxed, "", 8, sizes[_i]);
  g_stat (queued, &st);
  ck_assert_uint_eq (st.st_nlink, 1);
  told_clear (&t);
}
END_TEST

START_TEST (prefix_is_for_its_target_alone)
{
  Told t;
  GpoMaildirName name;
  GpoTarget targets[2] = { to_inbox (), to_inbox () };
  targets[1].prefix = "Return-Path: <>\r\n";
  targets[1].prefix_length = 17;
  deliver (9, sizes[_i], targets, 2, &t);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  g_autofree char *plain = g_build_filename (inbox, t.names[0], NULL);
  g_autofree char *longer = g_build_filename (inbox, t.names[1], NULL);
  assert_file_is (plain, "", 9, sizes[_i]);
  assert_file_is (longer, "Return-Path: <>\r\n", 9, sizes[_i]);
  ck_assert (gpo_maildir_parse (t.names[1] + 4, &name));
  ck_assert_int_eq (name.size, (gint64) sizes[_i] + 17);
  told_clear (&t);
}
END_TEST

START_TEST (flags_lead_into_cur_and_date_is_the_files)
{
  Told t;
  struct stat st;
  GpoTarget target = to_inbox ();
  target.flags = "FS";
  target.date = 1000000000;
  deliver (10, 100, &target, 1, &t);
  ck_assert (g_str_has_prefix (t.names[0], "cur/") && g_str_has_suffix (t.names[0], ":2,FS"));
  g_autofree char *path = g_build_filename (inbox, t.names[0], NULL);
  ck_assert_int_eq (g_stat (path, &st), 0);
  ck_assert_int_eq (st.st_mtime, 1000000000);
  told_clear (&t);
}
END_TEST

START_TEST (other_file_system_gets_a_copy)
{
  Told t;
  struct stat a, b;
  if (g_stat ("/dev/shm", &a) < 0 || g_stat (root, &b) < 0 || a.st_dev == b.st_dev || g_access ("/dev/shm", W_OK) < 0)
    return;
  g_autofree char *far = g_strdup_printf ("/dev/shm/glasspost-far-%d", (int) getpid ());
  ck_assert (gpo_maildir_create (far, FALSE, NULL));
  GpoTarget targets[2] = { to_inbox (), to_inbox () };
  targets[1].maildir = far;
  deliver (11, sizes[_i], targets, 2, &t);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  g_autofree char *path = g_build_filename (far, t.names[1], NULL);
  assert_file_is (path, "", 11, sizes[_i]);
  remove_tree (far);
  told_clear (&t);
}
END_TEST

START_TEST (abort_leaves_nothing)
{
  g_autofree char *bytes = letter_bytes (12, sizes[_i]);
  GpoIncoming *incoming = gpo_incoming_new (store, 12);
  gpo_incoming_write (incoming, bytes, sizes[_i]);
  ck_assert_uint_eq (gpo_incoming_size (incoming), sizes[_i]);
  gpo_incoming_abort (incoming);
  gpo_store_close (store);
  ck_assert_uint_eq (count_files (root, "tmp", NULL), 0);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 0);
  open_store ();
}
END_TEST

static gboolean drained_called;

static void
drained (gpointer data)
{
  drained_called = TRUE;
}

START_TEST (writer_is_paused_and_called_again)
{
  Told t = { FALSE };
  GpoTarget target = to_inbox ();
  gsize total = 50 * 1024 * 1024, block = 60000, at = 0, paused = 0;
  g_autofree char *bytes = letter_bytes (13, total);
  GpoIncoming *incoming = gpo_incoming_new (store, 13);
  gpo_incoming_set_drained (incoming, drained, NULL);
  for (; at < total; at += MIN (block, total - at))
    if (!gpo_incoming_write (incoming, bytes + at, MIN (block, total - at)))
      for (drained_called = FALSE, paused++; !drained_called;)
        g_main_context_iteration (NULL, TRUE);
  gpo_incoming_commit (incoming, &target, 1, told, &t);
  gpo_store_flush (store);
  ck_assert_msg (t.error == NULL, "%s", t.error ? t.error->message : "");
  ck_assert_uint_gt (paused, 0);
  g_autofree char *path = g_build_filename (inbox, t.names[0], NULL);
  assert_file_is (path, "", 13, total);
  told_clear (&t);
}
END_TEST

START_TEST (missing_mailbox_fails_alone_and_undoes_all)
{
  Told bad, good;
  GpoTarget targets[2] = { to_inbox (), to_inbox () };
  targets[1].maildir = "/nowhere/Maildir";
  commit (14, sizes[_i], targets, 2, &bad);
  commit (15, sizes[_i], targets, 1, &good);
  gpo_store_flush (store);
  ck_assert (g_error_matches (bad.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  ck_assert (strstr (bad.error->message, "/nowhere/Maildir") != NULL);
  ck_assert (good.error == NULL);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 1);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 0);
  ck_assert_uint_eq (count_files (root, "tmp", NULL), 0);
  told_clear (&bad);
  told_clear (&good);
}
END_TEST

START_TEST (unpublishable_target_undoes_the_published)
{
  Told t;
  g_autofree char *sent = g_build_filename (inbox, ".Sent", NULL);
  g_autofree char *fresh = g_build_filename (sent, "new", NULL);
  ck_assert (gpo_maildir_create (sent, TRUE, NULL));
  ck_assert_int_eq (g_rmdir (fresh), 0);
  GpoTarget targets[2] = { to_inbox (), to_inbox () };
  targets[1].maildir = sent;
  deliver (16, sizes[_i], targets, 2, &t);
  ck_assert (g_error_matches (t.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 0);
  ck_assert_uint_eq (count_files (inbox, "tmp", NULL), 0);
  ck_assert_uint_eq (count_files (sent, "tmp", NULL), 0);
  told_clear (&t);
}
END_TEST

static guint order[200], n_order;

static void
note_order (const char *const *names, guint n, const GError *error, gpointer data)
{
  ck_assert (error == NULL);
  order[n_order++] = GPOINTER_TO_UINT (data);
}

START_TEST (many_at_once_are_told_in_order)
{
  GpoTarget target = to_inbox ();
  n_order = 0;
  for (guint i = 0; i < 200; i++)
    {
      GpoIncoming *incoming = gpo_incoming_new (store, i + 1);
      gpo_incoming_write (incoming, "x\r\n", 3);
      gpo_incoming_commit (incoming, &target, 1, note_order, GUINT_TO_POINTER (i));
    }
  while (n_order < 200)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 200; i++)
    ck_assert_uint_eq (order[i], i);
  ck_assert_uint_eq (count_files (inbox, "new", NULL), 200);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("incoming");
  TCase *tc = tcase_create ("letters");
  int n = G_N_ELEMENTS (sizes);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_set_timeout (tc, 60);
  tcase_add_loop_test (tc, letter_is_byte_exact_in_new, 0, n);
  tcase_add_loop_test (tc, mailboxes_share_one_file_and_queue_shares_none, 0, n);
  tcase_add_loop_test (tc, queue_first_keeps_its_file_alone, 0, n);
  tcase_add_loop_test (tc, prefix_is_for_its_target_alone, 0, n);
  tcase_add_test (tc, flags_lead_into_cur_and_date_is_the_files);
  tcase_add_loop_test (tc, other_file_system_gets_a_copy, 0, n);
  tcase_add_loop_test (tc, abort_leaves_nothing, 0, n);
  tcase_add_test (tc, writer_is_paused_and_called_again);
  tcase_add_loop_test (tc, missing_mailbox_fails_alone_and_undoes_all, 0, n);
  tcase_add_loop_test (tc, unpublishable_target_undoes_the_published, 0, n);
  tcase_add_test (tc, many_at_once_are_told_in_order);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
