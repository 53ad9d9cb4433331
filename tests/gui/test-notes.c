/* SPDX-License-Identifier: MIT */
/* test-notes.c: notes at events: in a running office's trace, and beside a file that stays as it is; markers,
 * pausing, undoing. */
#include "window-fixture.h"
#include "history.h"
#include "note-bar.h"
#include <glib/gstdio.h>
#include <stdlib.h>

static char *folder, *path; /* a copy of the recorded trace */
static char *original;

static GpoNotes *
notes (void)
{
  return gpo_notes_of (gpo_window_get_cursor (window));
}

static char *
contents (const char *of)
{
  char *text = NULL;
  g_autofree char *file = g_strconcat (path, of, NULL);
  g_file_get_contents (file, &text, NULL, NULL);
  return text;
}

static void
setup_file (void)
{
  g_autofree char *recorded = recorded_trace ();
  g_autoptr (GError) error = NULL;
  folder = g_dir_make_tmp ("notes-XXXXXX", &error);
  ck_assert_msg (folder != NULL, "%s", error ? error->message : "");
  path = g_build_filename (folder, "a.trace", NULL);
  ck_assert (g_file_get_contents (recorded, &original, NULL, NULL));
  ck_assert (g_file_set_contents (path, original, -1, NULL));
  setup_app ();
  open_path (path);
}

static void
teardown_file (void)
{
  static const char *const left[] = { "", ".notes" };
  teardown_window ();
  g_autofree char *now = contents ("");
  ck_assert_str_eq (now, original); /* whatever was written: not there */
  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autofree char *file = g_strconcat (path, left[i], NULL);
      g_remove (file);
    }
  ck_assert_int_eq (g_rmdir (folder), 0);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&path, g_free);
  g_clear_pointer (&original, g_free);
}

static void
reopen (void)
{
  close_window ();
  open_path (path);
}

START_TEST (notes_of_a_file_are_kept_beside_it)
{
  static const char words[] = "Here \"it\" begins:\nGrüße, \\ and a tab\t.";
  gpo_cursor_set_n (gpo_window_get_cursor (window), 17);
  ck_assert_ptr_null (gpo_note_bar_get_text (gpo_note_bar_of (window)));
  ck_assert (gpo_notes_set (notes (), 17, words, NULL));
  ck_assert_ptr_nonnull (strstr (gpo_note_bar_get_text (gpo_note_bar_of (window)), "Grüße"));
  g_autofree char *kept = contents (".notes");
  ck_assert (g_str_has_prefix (kept, "{\"glasspost-notes\":1}\n{\"n\":17,\"text\":\"Here "));
  reopen ();
  ck_assert_str_eq (gpo_notes_get (notes (), 17), words);
  ck_assert_uint_eq (gpo_notes_count (notes ()), 1);
  gpo_cursor_set_n (gpo_window_get_cursor (window), 17);
  ck_assert (act ("win.note-set('')"));
  ck_assert_ptr_null (gpo_notes_get (notes (), 17));
  g_autofree char *gone = contents (".notes");
  ck_assert_ptr_null (gone);
}
END_TEST

START_TEST (where_the_folder_cannot_be_written_notes_go_to_the_users_data)
{
  g_autofree char *blocked = g_strconcat (path, ".notes", NULL);
  ck_assert_int_eq (g_mkdir (blocked, 0700), 0); /* nobody writes a file of this name */
  ck_assert (gpo_notes_set (notes (), 3, "elsewhere", NULL));
  reopen ();
  ck_assert_str_eq (gpo_notes_get (notes (), 3), "elsewhere");
  ck_assert (gpo_notes_set (notes (), 3, NULL, NULL));
  reopen ();
  ck_assert_ptr_null (gpo_notes_get (notes (), 3));
}
END_TEST

START_TEST (damaged_notes_cost_their_lines_only)
{
  g_autofree char *file = g_strconcat (path, ".notes", NULL);
  static const char text[] = "{\"glasspost-notes\":1}\nnonsense\n{\"n\":-4,\"text\":\"x\"}\n{\"n\":5}\n[1]\n{\"n\":8,\"text\":[]}\n{\"n\":{},\"text\":null}\n"
                             "{\"n\":6,\"text\":\"good\"}\n{\"n\":7,\"tex";
  ck_assert (g_file_set_contents (file, text, -1, NULL));
  reopen ();
  ck_assert_uint_eq (gpo_notes_count (notes ()), 1);
  ck_assert_str_eq (gpo_notes_get (notes (), 6), "good");
}
END_TEST

START_TEST (keys_go_from_note_to_note)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  static const guint64 at[] = { 40, 7, 300 };
  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    ck_assert (gpo_notes_set (notes (), at[i], "here", NULL));
  gpo_cursor_set_n (cursor, 41);
  ck_assert (act ("win.marker::next"));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), 300);
  ck_assert (act ("win.marker::next"));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), 300);
  ck_assert (act ("win.marker::previous"));
  ck_assert (act ("win.marker::previous"));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), 7);
}
END_TEST

START_TEST (playing_pauses_at_a_note_and_goes_on_behind_it)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoPlayer *player = gpo_window_get_player (window);
  ck_assert (gpo_notes_set (notes (), 20, "look", NULL));
  gpo_cursor_set_n (cursor, 10);
  gpo_player_set_playing (player, TRUE);
  gpo_player_pass (player, 60 * G_USEC_PER_SEC);
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), 20);
  ck_assert (!gpo_player_get_playing (player));
  gpo_player_set_playing (player, TRUE);
  gpo_player_pass (player, G_USEC_PER_SEC);
  ck_assert_uint_gt (gpo_cursor_get_n (cursor), 20);
  gpo_player_set_playing (player, FALSE);
}
END_TEST

START_TEST (undo_takes_back_notes_and_what_is_shown)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  guint32 number;
  ck_assert (gpo_notes_set (notes (), 20, "first", NULL));
  ck_assert (gpo_notes_set (notes (), 20, "second", NULL));
  ck_assert (act ("win.session(uint32 2)"));
  ck_assert (act ("win.letter(uint32 1)"));
  ck_assert (act ("win.undo"));
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_SESSION);
  ck_assert_uint_eq (number, 2);
  ck_assert (act ("win.undo"));
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, NULL), GPO_SUBJECT_EVERYTHING);
  ck_assert (act ("win.undo"));
  ck_assert_str_eq (gpo_notes_get (notes (), 20), "first");
  ck_assert (act ("win.undo"));
  ck_assert_ptr_null (gpo_notes_get (notes (), 20));
  for (int i = 0; i < 4; i++)
    ck_assert (act ("win.redo"));
  ck_assert_str_eq (gpo_notes_get (notes (), 20), "second");
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_LETTER);
  ck_assert_uint_eq (number, 1);
}
END_TEST

/* --- live --- */

static gboolean
note_is (gpointer data)
{
  return g_strcmp0 (gpo_notes_get (notes (), 2), data) == 0;
}

START_TEST (notes_of_an_office_are_in_its_trace)
{
  setup_app ();
  open_office ();
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoLog *log = gpo_cursor_get_log (cursor);
  ck_assert (gpo_notes_set (notes (), 2, "Sparta", NULL));
  ck_assert (turn_until (note_is, (gpointer) "Sparta"));
  const GpoEvent *event = gpo_log_get (log, gpo_log_length (log) - 1);
  ck_assert_int_eq (event->kind, GPO_KIND_NOTE);
  ck_assert_int_eq (gpo_event_number (event, GPO_FIELD_CAUSE, -1), 2);
  ck_assert_uint_eq (event->host, gpo_log_get (log, 2)->host);
  ck_assert (act ("win.undo"));
  ck_assert (turn_until (note_is, NULL));
  ck_assert (act ("win.redo"));
  ck_assert (turn_until (note_is, (gpointer) "Sparta"));
  close_window ();
  teardown_app ();
}
END_TEST

/* A data folder of our own, which ends empty. */
static char *data;

static void
remove_data (void)
{
  static const char *const inside[] = { "glasspost/notes", "glasspost", "" };
  for (guint i = 0; i < G_N_ELEMENTS (inside); i++)
    {
      g_autofree char *name = g_build_filename (data, inside[i], NULL);
      g_rmdir (name);
    }
}

static Suite *
suite (void)
{
  data = g_dir_make_tmp ("data-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  atexit (remove_data);
  Suite *s = suite_create ("notes");
  TCase *file = tcase_create ("file"), *live = tcase_create ("live");
  tcase_add_checked_fixture (file, setup_file, teardown_file);
  tcase_set_timeout (file, 60);
  tcase_add_test (file, notes_of_a_file_are_kept_beside_it);
  tcase_add_test (file, where_the_folder_cannot_be_written_notes_go_to_the_users_data);
  tcase_add_test (file, damaged_notes_cost_their_lines_only);
  tcase_add_test (file, keys_go_from_note_to_note);
  tcase_add_test (file, playing_pauses_at_a_note_and_goes_on_behind_it);
  tcase_add_test (file, undo_takes_back_notes_and_what_is_shown);
  suite_add_tcase (s, file);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, notes_of_an_office_are_in_its_trace);
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
