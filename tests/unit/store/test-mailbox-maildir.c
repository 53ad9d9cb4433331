/* SPDX-License-Identifier: MIT */
/* test-mailbox-maildir.c: letters, flags and UIDs in a Maildir, over restarts and beside local readers. */
#include "mailbox-fixture.h"

#define LETTER "Subject: one\r\n\r\ntext\r\n"

/* --- UIDs --- */

START_TEST (an_append_gets_the_next_uid_and_keeps_it)
{
  box = open_box ("INBOX");
  ck_assert_uint_eq (append_letter (box, LETTER, 0), 1);
  ck_assert_uint_eq (append_letter (box, LETTER, GPO_FLAG_SEEN), 2);
  guint32 uidvalidity = box->uidvalidity;
  assert_picture (box, "1 2S");
  restart ();
  assert_picture (box, "1 2S");
  ck_assert_uint_eq (box->uidvalidity, uidvalidity);
  ck_assert_uint_eq (box->uidnext, 3);
  const GpoMessage *m = gpo_mailbox_message (box, 0);
  ck_assert_int_eq (m->date, 1000000000);
  ck_assert_uint_eq (m->size, strlen (LETTER));
  ck_assert_uint_gt (m->letter, 0);
}
END_TEST

START_TEST (an_expunged_uid_never_comes_back)
{
  guint32 slot = 1;
  box = open_box ("INBOX");
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, 0);
  ask (gpo_mailbox_expunge (box, &slot, 1, NULL, on_done, NULL));
  assert_picture (box, "1");
  settle ();
  ck_assert_uint_eq (count_files (inbox, "cur", NULL), 1);
  restart ();
  ck_assert_uint_eq (append_letter (box, LETTER, 0), 3);
  assert_picture (box, "1 3");
}
END_TEST

START_TEST (a_lost_list_gives_a_larger_uidvalidity)
{
  box = open_box ("INBOX");
  append_letter (box, LETTER, GPO_FLAG_FLAGGED);
  guint32 before = box->uidvalidity;
  close_mailboxes ();
  g_autofree char *list = g_build_filename (inbox, "glasspost-uidlist", NULL);
  ck_assert_int_eq (g_remove (list), 0);
  open_mailboxes ();
  box = open_box ("INBOX");
  ck_assert_uint_gt (box->uidvalidity, before);
  assert_picture (box, "1F");
  guint32 slot = 0;
  ask (gpo_mailbox_load_dates (box, &slot, 1, on_done, NULL));
  ck_assert_int_eq (gpo_mailbox_message (box, 0)->date, 1000000000);
}
END_TEST

static const struct
{
  const char *name, *tail, *expected;
} tails[] = {
  { "half a line", "f 1 2 9 S", "1 2" },
  { "an empty line", "\n", "1 2" },
  { "a whole line", "f 1 1 9 S\n", "1S 2" },
  { "a word nobody knows", "q 17\n", "1 2" },
  { "a date that is asked for", "d 1 9\nf 1 1 9 S\n", "1S 2" },
  { "a date of nobody", "d 9 9\n", "1 2" },
  { "a date that is none", "d 1 ?\n", "1 2" },
  { "a UID that is there already", "+ 1 9 1 1 S other\n", "1 2" },
  { "the end is torn behind a whole line", "f 2 2 9 FS\nf 1 1 9 T", "1 2SF" },
};

START_TEST (a_torn_list_costs_only_the_torn_line)
{
  box = open_box ("INBOX");
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, 0);
  guint32 uidvalidity = box->uidvalidity;
  close_mailboxes ();
  g_autofree char *path = g_build_filename (inbox, "glasspost-uidlist", NULL), *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *torn = g_strconcat (text, tails[_i].tail, NULL);
  ck_assert (g_file_set_contents (path, torn, -1, NULL));
  open_mailboxes ();
  box = open_box ("INBOX");
  g_autofree char *seen = picture (box);
  ck_assert_msg (strcmp (seen, tails[_i].expected) == 0, "%s: %s", tails[_i].name, seen);
  ck_assert_uint_eq (box->uidvalidity, uidvalidity);
  ck_assert_uint_eq (append_letter (box, LETTER, 0), 3);
}
END_TEST

START_TEST (a_new_mailbox_of_an_old_name_has_another_uidvalidity)
{
  ask (gpo_mailboxes_create (mailboxes, "Work", GPO_USE_NONE, on_done, NULL));
  GpoMailbox *first = open_box ("Work");
  guint32 before = first->uidvalidity;
  gpo_mailbox_unref (first);
  ask (gpo_mailboxes_delete (mailboxes, "Work", on_done, NULL));
  ask_error (gpo_mailboxes_open (mailboxes, "Work", on_open, NULL), GPO_MAILBOX_ERROR_NONEXISTENT);
  ask (gpo_mailboxes_create (mailboxes, "Work", GPO_USE_NONE, on_done, NULL));
  GpoMailbox *second = open_box ("Work");
  ck_assert_uint_gt (second->uidvalidity, before);
  gpo_mailbox_unref (second);
}
END_TEST

/* --- flags --- */

START_TEST (flags_are_in_the_files_name)
{
  box = open_box ("INBOX");
  guint32 keyword = gpo_mailbox_keyword (box, "$Forwarded", TRUE);
  append_letter (box, LETTER, 0);
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_SEEN | GPO_FLAG_FLAGGED | keyword);
  assert_picture (box, "1SF+$Forwarded");
  settle ();
  g_autofree char *cur = g_build_filename (inbox, "cur", NULL);
  g_autoptr (GDir) dir = g_dir_open (cur, 0, NULL);
  ck_assert (g_str_has_suffix (g_dir_read_name (dir), ":2,FSa"));
  store_flags (box, 0, GPO_STORE_REMOVE, GPO_FLAG_SEEN);
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_DRAFT);
  restart ();
  assert_picture (box, "1FD+$Forwarded");
  store_flags (box, 0, GPO_STORE_REPLACE, GPO_FLAG_DELETED);
  assert_picture (box, "1T");
}
END_TEST

START_TEST (flags_that_are_so_already_get_no_modseq)
{
  guint32 slot = 0;
  box = open_box ("INBOX");
  append_letter (box, LETTER, GPO_FLAG_SEEN);
  guint64 before = box->modseq;
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_SEEN);
  ck_assert_uint_eq (box->modseq, before);
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_FLAGGED);
  ck_assert_uint_gt (box->modseq, before);
  ask (gpo_mailbox_store (box, &slot, 1, GPO_STORE_ADD, GPO_FLAG_DRAFT, before, NULL, on_stored, NULL));
  ck_assert_uint_eq (answer_failed->len, 1);
  assert_picture (box, "1SF");
  guint64 kept = box->modseq;
  restart ();
  ck_assert_uint_eq (gpo_mailbox_message (box, 0)->modseq, kept);
  ck_assert_uint_ge (box->modseq, kept);
}
END_TEST

static void
on_first_stored (const guint32 *failed, guint n, const GError *error, gpointer data)
{
  ck_assert (!answered && n == 0 && !error);
}

START_TEST (stores_in_a_row_add_up)
{
  guint32 slot = 0;
  box = open_box ("INBOX");
  append_letter (box, LETTER, 0);
  answer_clear ();
  gpo_mailbox_store (box, &slot, 1, GPO_STORE_ADD, GPO_FLAG_SEEN, G_MAXUINT64, NULL, on_first_stored, NULL);
  gpo_mailbox_store (box, &slot, 1, GPO_STORE_ADD, GPO_FLAG_DRAFT, 1000, NULL, on_stored, NULL);
  ck_assert (outcome () == NULL);
  ck_assert_uint_eq (answer_failed->len, 1); /* it was about to change */
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_FLAGGED);
  assert_picture (box, "1SF");
}
END_TEST

/* --- local readers --- */

START_TEST (a_letter_somebody_else_delivered_gets_a_uid)
{
  box = open_box ("INBOX");
  append_letter (box, LETTER, 0);
  put_file ("new/1700000000.M1P1.elsewhere", "Subject: x\n\nbare\nlines\n");
  ask (gpo_mailbox_rescan (box, on_done, NULL));
  assert_picture (box, "1 2");
  ck_assert_uint_eq (gpo_mailbox_message (box, 1)->size, strlen ("Subject: x\r\n\r\nbare\r\nlines\r\n"));
  guint32 slot = 1;
  ask (gpo_mailbox_read (box, &slot, 1, 1, on_read, NULL));
  GBytes *letter = answer_letters->pdata[0];
  g_autoptr (GBytes) wanted = g_bytes_new_static ("Subject: x\r\n\r\nbare\r\nlines\r\n", 27);
  ck_assert (g_bytes_equal (letter, wanted));
  restart ();
  assert_picture (box, "1 2");
}
END_TEST

static const struct
{
  const char *from, *to, *expected;
} foreign[] = {
  { "cur/1.a:2,", "cur/1.a:2,FS", "1SF 2" },
  { "cur/1.a:2,", "cur/1.a:2,STz", "1ST 2" },
  { "new/2.b", "cur/2.b:2,", "1 2" },
  { "new/2.b", "cur/2.b:2,RS", "1 2SR" },
  { "cur/1.a:2,", "gone", "2" },
  { "new/2.b", "gone", "1" },
  { "cur/1.a:2,", "cur/1.a:2,P", "1 2" },
};

static void
put_two (void)
{
  put_file ("cur/1.a:2,", LETTER);
  put_file ("new/2.b", LETTER);
}

START_TEST (what_a_local_reader_does_is_seen_at_noop)
{
  put_two ();
  box = open_box ("INBOX");
  assert_picture (box, "1 2");
  move_file (foreign[_i].from, foreign[_i].to);
  ask (gpo_mailbox_rescan (box, on_done, NULL));
  assert_picture (box, foreign[_i].expected);
  guint64 modseq = box->modseq;
  restart ();
  assert_picture (box, foreign[_i].expected);
  ck_assert_uint_eq (box->modseq, modseq);
}
END_TEST

static gboolean told_of_change;

static void
note_change (GpoMailbox *mailbox, GpoMailboxChange change, const guint32 *slots, guint n, GpoView *source, gpointer data)
{
  told_of_change = TRUE;
}

START_TEST (what_a_local_reader_does_is_told_without_being_asked)
{
  put_two ();
  box = open_box ("INBOX");
  if (strcmp (foreign[_i].expected, "1 2") == 0)
    return; /* nothing to tell */
  mailboxes->observer = note_change;
  told_of_change = FALSE;
  move_file (foreign[_i].from, foreign[_i].to);
  wait_until (&told_of_change);
  assert_picture (box, foreign[_i].expected);
}
END_TEST

START_TEST (what_happened_while_closed_is_seen_at_open)
{
  put_two ();
  box = open_box ("INBOX");
  close_mailboxes ();
  move_file (foreign[_i].from, foreign[_i].to);
  open_mailboxes ();
  box = open_box ("INBOX");
  assert_picture (box, foreign[_i].expected);
}
END_TEST

START_TEST (a_delivery_is_told_at_once)
{
  box = open_box ("INBOX");
  mailboxes->observer = note_change;
  told_of_change = FALSE;
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "sparta.example" };
  Told t;
  deliver (17, 300, &target, 1, &t);
  gpo_maildir_mailboxes_delivered (mailboxes, inbox);
  wait_until (&told_of_change);
  assert_picture (box, "1");
  ck_assert_uint_eq (gpo_mailbox_message (box, 0)->letter, 17);
  ck_assert_uint_eq (gpo_mailbox_message (box, 0)->size, 300);
  told_clear (&t);
}
END_TEST

/* As another program delivers: a file is whole when it appears in new/. */
static void
deliver_file (const char *name)
{
  put_file ("tmp/coming", LETTER);
  move_file ("tmp/coming", name);
}

/* Letters that come while a reader's thread still reads the folder: it has passed them by, the kernel has told. */
START_TEST (what_comes_while_a_mailbox_opens_is_seen_once)
{
  enum { BEFORE = 2000, MEANWHILE = 20 };
  for (guint i = 0; i < BEFORE; i++)
    {
      g_autofree char *name = g_strdup_printf ("new/1700000000.M%uP1.elsewhere", i + 1);
      deliver_file (name);
    }
  answer_clear ();
  gpo_mailboxes_open (mailboxes, "INBOX", on_open, NULL);
  for (guint i = 0; i < MEANWHILE; i++)
    {
      g_autofree char *name = g_strdup_printf ("new/1700000001.M%uP1.elsewhere", i + 1);
      deliver_file (name);
      g_main_context_iteration (NULL, FALSE);
    }
  ck_assert_ptr_null (outcome ());
  box = answer_mailbox;
  ask (gpo_mailbox_rescan (box, on_done, NULL));
  ck_assert_uint_eq (box->n_slots, BEFORE + MEANWHILE);
  for (guint32 slot = 0; slot < box->n_slots; slot++)
    ck_assert_uint_eq (gpo_mailbox_message (box, slot)->uid, slot + 1);
}
END_TEST

START_TEST (recent_goes_to_one_session_and_outlives_a_restart)
{
  put_two ();
  box = open_box ("INBOX");
  GpoView *examined = gpo_view_new (box, TRUE), *first = gpo_view_new (box, FALSE), *second = gpo_view_new (box, FALSE);
  ck_assert_uint_eq (gpo_view_n_recent (examined), 2); /* it takes them from nobody */
  ck_assert_uint_eq (gpo_view_n_recent (first), 2);
  ck_assert_uint_eq (gpo_view_n_recent (second), 0);
  gpo_view_free (examined);
  gpo_view_free (first);
  gpo_view_free (second);
  settle ();
  ck_assert (has_file ("cur/2.b:2,"));
  restart ();
  GpoView *later = gpo_view_new (box, FALSE);
  ck_assert_uint_eq (gpo_view_n_recent (later), 0);
  gpo_view_free (later);
}
END_TEST

/* --- COPY and MOVE --- */

START_TEST (a_copy_has_flags_date_keywords_and_number)
{
  guint32 slot = 0;
  box = open_box ("INBOX");
  ask (gpo_mailboxes_create (mailboxes, "Work/2025", GPO_USE_NONE, on_done, NULL));
  GpoMailbox *work = open_box ("Work/2025");
  append_letter (box, LETTER, GPO_FLAG_SEEN | gpo_mailbox_keyword (box, "blue", TRUE));
  ask (gpo_mailbox_copy (box, &slot, 1, work, _i, NULL, on_copied, NULL));
  ck_assert_uint_eq (answer_uids->len, 1);
  ck_assert_uint_eq (g_array_index (answer_uids, guint32, 0), 1);
  assert_picture (box, _i ? "" : "1S+blue");
  assert_picture (work, "1S+blue");
  ck_assert_int_eq (gpo_mailbox_message (work, 0)->date, 1000000000);
  ck_assert_uint_eq (gpo_mailbox_message (work, 0)->letter, gpo_mailbox_message (box, 0)->letter);
  gpo_mailbox_unref (work);
  restart ();
  assert_picture (box, _i ? "" : "1S+blue");
  work = open_box ("Work/2025");
  assert_picture (work, "1S+blue");
  gpo_mailbox_unref (work);
}
END_TEST

START_TEST (a_letter_is_copied_into_its_own_mailbox)
{
  guint32 slot = 0;
  box = open_box ("INBOX");
  append_letter (box, LETTER, 0);
  ask (gpo_mailbox_copy (box, &slot, 1, box, _i, NULL, on_copied, NULL));
  assert_picture (box, _i ? "2" : "1 2");
  restart ();
  assert_picture (box, _i ? "2" : "1 2");
}
END_TEST

/* --- reading --- */

START_TEST (what_is_kept_of_letters_is_made_again_when_damaged)
{
  GpoLetterInfo info;
  guint32 slot = 0;
  g_autofree char *cache = g_build_filename (inbox, "glasspost-cache", NULL);
  for (guint round = 0; round < 4; round++)
    {
      if (round == 0)
        {
          box = open_box ("INBOX");
          append_letter (box, LETTER, 0);
        }
      else
        restart ();
      ck_assert (!gpo_mailbox_info (box, 0, &info));
      ask (gpo_mailbox_load_info (box, &slot, 1, on_done, NULL));
      ck_assert (gpo_mailbox_info (box, 0, &info));
      ck_assert (g_str_has_prefix (info.envelope, "(NIL \"one\" NIL"));
      ck_assert_uint_eq (info.header_length, strlen ("Subject: one\r\n\r\n"));
      ck_assert (memcmp (info.header, LETTER, info.header_length) == 0);
      close_mailboxes ();
      g_autofree char *bytes = NULL;
      gsize length;
      ck_assert (g_file_get_contents (cache, &bytes, &length, NULL));
      bytes[length - 30] ^= round > 0;
      if (round == 2)
        bytes[0] = 'x';
      ck_assert (g_file_set_contents (cache, bytes, (gssize) length - (round == 1 ? 9 : 0), NULL));
      open_mailboxes ();
    }
}
END_TEST

START_TEST (a_letter_under_another_name_is_found)
{
  guint32 slots[] = { 0, 1 };
  put_two ();
  box = open_box ("INBOX");
  answer_clear ();
  move_file ("cur/1.a:2,", "cur/1.a:2,FRS");
  move_file ("new/2.b", "gone");
  gpo_mailbox_read (box, slots, 2, 100000, on_read, NULL);
  wait_until (&answered);
  ck_assert_uint_eq (answer_letters->len, 2);
  ck_assert_uint_eq (g_bytes_get_size (answer_letters->pdata[0]), strlen (LETTER));
  ck_assert_uint_eq (g_bytes_get_size (answer_letters->pdata[1]), 6);
}
END_TEST

static Suite *
suite (void)
{
  TCase *uids = tcase_create ("uids"), *flags = tcase_create ("flags"), *readers = tcase_create ("readers"),
        *copies = tcase_create ("copies"), *reading = tcase_create ("reading");
  TCase *cases[] = { uids, flags, readers, copies, reading };
  Suite *s = suite_create ("mailbox-maildir");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tcase_add_checked_fixture (cases[i], set_up_mailboxes, tear_down_mailboxes);
      tcase_set_timeout (cases[i], 60);
      suite_add_tcase (s, cases[i]);
    }
  tcase_add_test (uids, an_append_gets_the_next_uid_and_keeps_it);
  tcase_add_test (uids, an_expunged_uid_never_comes_back);
  tcase_add_test (uids, a_lost_list_gives_a_larger_uidvalidity);
  tcase_add_loop_test (uids, a_torn_list_costs_only_the_torn_line, 0, G_N_ELEMENTS (tails));
  tcase_add_test (uids, a_new_mailbox_of_an_old_name_has_another_uidvalidity);
  tcase_add_test (flags, flags_are_in_the_files_name);
  tcase_add_test (flags, flags_that_are_so_already_get_no_modseq);
  tcase_add_test (flags, stores_in_a_row_add_up);
  tcase_add_test (readers, a_letter_somebody_else_delivered_gets_a_uid);
  tcase_add_loop_test (readers, what_a_local_reader_does_is_seen_at_noop, 0, G_N_ELEMENTS (foreign));
  tcase_add_loop_test (readers, what_a_local_reader_does_is_told_without_being_asked, 0, G_N_ELEMENTS (foreign));
  tcase_add_loop_test (readers, what_happened_while_closed_is_seen_at_open, 0, G_N_ELEMENTS (foreign));
  tcase_add_test (readers, a_delivery_is_told_at_once);
  tcase_add_loop_test (readers, what_comes_while_a_mailbox_opens_is_seen_once, 0, 3);
  tcase_add_test (readers, recent_goes_to_one_session_and_outlives_a_restart);
  tcase_add_loop_test (copies, a_copy_has_flags_date_keywords_and_number, 0, 2);
  tcase_add_loop_test (copies, a_letter_is_copied_into_its_own_mailbox, 0, 2);
  tcase_add_test (reading, what_is_kept_of_letters_is_made_again_when_damaged);
  tcase_add_test (reading, a_letter_under_another_name_is_found);
  return s;
}

#include "check-main.h"
