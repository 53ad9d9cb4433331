/* SPDX-License-Identifier: MIT */
/* test-journal-mailbox.c: after a power cut the letters, UIDs and flags that a mailbox has promised are there again,
 * and nothing that it had let go. */
#include "mailbox-fixture.h"
#include "power-cut.h"

#define LETTER "Subject: one\r\n\r\ntext\r\n"

static char *list_then;

static char *
list_path (void)
{
  return g_build_filename (inbox, "glasspost-uidlist", NULL);
}

static char *
list_text (void)
{
  g_autofree char *path = list_path ();
  char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What of the list is on the disk, whatever comes. */
static void
list_is_durable (void)
{
  settle ();
  g_free (list_then);
  list_then = list_text ();
}

static void
start (void)
{
  gpo_journal_set_test (SEGMENT, "boot-1");
  set_up_mailboxes ();
  box = open_box ("INBOX");
  list_is_durable ();
}

static void
end (void)
{
  tear_down_mailboxes ();
  forget_journal ();
  g_clear_pointer (&list_then, g_free);
}

/* All letters, under the names they had first, are gone, or all flags from their names. */
static void
lose_files (gboolean letters)
{
  g_autofree char *cur = g_build_filename (inbox, "cur", NULL);
  g_autoptr (GDir) dir = g_dir_open (cur, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (cur, name, NULL);
      g_autofree char *plain = g_strndup (path, (gsize) (strstr (path, ":2,") + 3 - path));
      ck_assert_int_eq (letters ? g_unlink (path) : g_rename (path, plain), 0);
    }
}

/* The power is cut: of the list there is what was durable, and `tail` (length -1: a text); NULL: a piece of it is
 * lost. */
static void
cut (const char *tail, gssize length, gboolean letters)
{
  g_autofree char *path = list_path ();
  settle ();
  remember_journal ();
  close_mailboxes ();
  gpo_store_close (g_steal_pointer (&store));
  g_autoptr (GString) text = g_string_new (list_then);
  if (tail)
    g_string_append_len (text, tail, length);
  else
    g_string_truncate (text, text->len - (gsize) length);
  ck_assert (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  lose_files (letters);
}

static void
come_up (void)
{
  open_with_journal ("boot-2");
  ck_assert_uint_eq (gpo_journal_failed (gpo_store_journal (store)), 0);
  open_mailboxes ();
  box = open_box ("INBOX");
}

static const struct
{
  const char *tail;
  gssize length;
} tails[] = { { "", 0 },
              { "+ 1 2 10", -1 },
              { "\0\0\0\0\0\0\0\0\0\0\0\0", 12 },
              { "\n\n\n", -1 },
              { NULL, 3 } /* so much less */ };

START_TEST (appended_letters_are_there_with_their_uids)
{
  guint32 uidvalidity = box->uidvalidity;
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, GPO_FLAG_SEEN);
  append_letter (box, LETTER, 0);
  cut (tails[_i].tail, tails[_i].length, TRUE);
  come_up ();
  assert_picture (box, "1 2S 3");
  ck_assert_uint_eq (box->uidvalidity, uidvalidity);
  ck_assert_uint_eq (append_letter (box, LETTER, 0), 4);
}
END_TEST

START_TEST (flags_and_keywords_are_there)
{
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, 0);
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_FLAGGED | gpo_mailbox_keyword (box, "work", TRUE));
  settle (); /* the list says now that the file's name has them */
  append_letter (box, LETTER, 0);
  cut ("", 0, FALSE);
  come_up ();
  assert_picture (box, "1F+work 2 3");
}
END_TEST

START_TEST (expunged_letters_stay_away)
{
  guint32 slot = 0;
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, 0);
  ask (gpo_mailbox_expunge (box, &slot, 1, NULL, on_done, NULL));
  list_is_durable ();
  ck_assert (!gpo_journal_in_use (gpo_store_journal (store)));
  cut ("", 0, FALSE);
  come_up ();
  assert_picture (box, "2");
  ck_assert_uint_eq (count_files (inbox, "cur", NULL), 1);
}
END_TEST

START_TEST (letters_that_a_reader_removed_stay_away)
{
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, 0);
  g_autofree char *gone = g_strdup_printf ("%s/cur/%s:2,", inbox, (char *) gpo_mailbox_message (box, 0)->file);
  ck_assert_int_eq (g_unlink (gone), 0);
  ask (gpo_mailbox_rescan (box, on_done, NULL));
  assert_picture (box, "2");
  list_is_durable ();
  cut ("", 0, FALSE);
  come_up ();
  assert_picture (box, "2");
}
END_TEST

/* An edition later, other lines may stand where the journal's stood. */
START_TEST (list_that_was_written_anew_is_left_alone)
{
  append_letter (box, LETTER, 0);
  append_letter (box, LETTER, GPO_FLAG_DRAFT);
  settle ();
  remember_journal ();
  close_mailboxes ();
  g_autofree char *path = list_path (), *text = list_text ();
  g_autofree char *damaged = g_strconcat (text, "what is this\n", NULL);
  ck_assert (g_file_set_contents (path, damaged, -1, NULL));
  open_mailboxes ();
  box = open_box ("INBOX");
  g_autofree char *anew = list_text ();
  ck_assert_str_ne (anew, text);
  close_mailboxes ();
  gpo_store_close (g_steal_pointer (&store));
  come_up ();
  g_autofree char *after = list_text ();
  ck_assert_str_eq (after, anew);
  assert_picture (box, "1 2D");
}
END_TEST

/* What was in a mailbox that was deleted, or has another name now, is not made again where it was. */
START_TEST (mailbox_of_an_old_name_stays_away)
{
  ask (gpo_mailboxes_create (mailboxes, "Work", GPO_USE_NONE, on_done, NULL));
  GpoMailbox *work = open_box ("Work");
  append_letter (work, LETTER, 0);
  ck_assert (gpo_journal_in_use (gpo_store_journal (store)));
  if (_i == 0)
    ask (gpo_mailboxes_delete (mailboxes, "Work", on_done, NULL));
  else
    {
      ask (gpo_mailboxes_rename (mailboxes, "Work", "Play", on_done, NULL));
      ck_assert_uint_eq (append_letter (work, LETTER, 0), 2); /* its lines are found under the new name */
    }
  gpo_mailbox_unref (work);
  cut ("", 0, FALSE);
  come_up ();
  ask (gpo_mailboxes_refresh (mailboxes, on_done, NULL));
  ck_assert (gpo_mailboxes_find (mailboxes, "Work") == NULL);
  if (_i == 1)
    {
      GpoMailbox *play = open_box ("Play");
      assert_picture (play, "1 2");
      gpo_mailbox_unref (play);
    }
}
END_TEST

START_TEST (appends_and_flags_need_the_journal_only)
{
  append_letter (box, LETTER, 0);
  store_flags (box, 0, GPO_STORE_ADD, GPO_FLAG_FLAGGED);
  ck_assert (gpo_journal_in_use (gpo_store_journal (store)));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("journal-mailbox");
  TCase *tc = tcase_create ("journal-mailbox");
  tcase_add_checked_fixture (tc, start, end);
  tcase_set_timeout (tc, 60);
  tcase_add_loop_test (tc, appended_letters_are_there_with_their_uids, 0, G_N_ELEMENTS (tails));
  tcase_add_test (tc, flags_and_keywords_are_there);
  tcase_add_test (tc, expunged_letters_stay_away);
  tcase_add_test (tc, letters_that_a_reader_removed_stay_away);
  tcase_add_test (tc, list_that_was_written_anew_is_left_alone);
  tcase_add_loop_test (tc, mailbox_of_an_old_name_stays_away, 0, 2);
  tcase_add_test (tc, appends_and_flags_need_the_journal_only);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
