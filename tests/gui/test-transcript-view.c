/* SPDX-License-Identifier: MIT */
/* test-transcript-view.c: the transcript: completing a filter, finding, jumping to what went wrong, details.
 */
#include "window-fixture.h"
#include "event-details.h"
#include "filter-entry.h"

static void
reset (void)
{
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_EVERYTHING, 0);
  gpo_transcript_view_set_filter (gpo_window_get_transcript (window), "");
  gpo_cursor_set_n (gpo_window_get_cursor (window), 0);
}

static const GpoEvent *
here (void)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  return gpo_log_get (gpo_cursor_get_log (cursor), gpo_cursor_get_n (cursor));
}

START_TEST (every_error_is_reached_once_and_back_again)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoLog *log = gpo_cursor_get_log (cursor);
  guint all = 0, forth = 0, back = 0;
  for (guint64 n = 1; n < gpo_cursor_get_length (cursor); n++)
    all += gpo_event_is_error (gpo_log_get (log, n));
  ck_assert_uint_gt (all, 4);
  for (guint64 n = 0; act ("win.error::next") && gpo_cursor_get_n (cursor) != n; n = gpo_cursor_get_n (cursor), forth++)
    ck_assert (gpo_event_is_error (here ()));
  ck_assert_uint_eq (forth, all);
  for (guint64 n = gpo_cursor_get_n (cursor); act ("win.error::previous") && gpo_cursor_get_n (cursor) != n;
       n = gpo_cursor_get_n (cursor), back++)
    ck_assert (gpo_event_is_error (here ()));
  ck_assert_uint_eq (back, all - 1);
}
END_TEST

START_TEST (words_are_found_forwards_and_backwards)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  ck_assert (gpo_transcript_view_find (view, "mallory", 1));
  guint64 first = gpo_cursor_get_n (cursor);
  ck_assert (gpo_event_contains (here (), "Mallory"));
  ck_assert (gpo_transcript_view_find (view, "mallory", 1));
  ck_assert_uint_gt (gpo_cursor_get_n (cursor), first);
  ck_assert (gpo_transcript_view_find (view, "mallory", -1));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), first);
  ck_assert (!gpo_transcript_view_find (view, "no such words anywhere", 1));
  ck_assert_uint_eq (gpo_cursor_get_n (cursor), first);
}
END_TEST

/* The details hold every field of an event, and the bytes of a line with their ending. */
START_TEST (details_tell_every_field)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  gpo_transcript_view_show_details (view, TRUE);
  gpo_cursor_set_n (cursor, gpo_cursor_get_length (cursor) * (guint64) _i / 50);
  const GpoEvent *event = here ();
  const char *details = gpo_transcript_view_get_details (view);
  GpoFieldIter iter;
  gpo_field_iter_init (&iter, event);
  while (gpo_field_iter_next (&iter))
    if (iter.field != GPO_FIELD_HIDDEN && !(event->kind == GPO_KIND_DATA && iter.field == GPO_FIELD_TEXT))
      ck_assert_ptr_nonnull (strstr (details, gpo_field_name (iter.field)));
  if (event->kind == GPO_KIND_LINE)
    ck_assert_ptr_nonnull (strstr (details, "␍␊"));
  gpo_transcript_view_show_details (view, FALSE);
}
END_TEST

START_TEST (section_becomes_an_address)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_EDGE);
  gpo_event_add_text (&b, GPO_FIELD_SPEC, "RFC 5321 §4.1.1.3", -1);
  g_autofree char *link = gpo_event_link (gpo_event_peek (&b));
  ck_assert_str_eq (link, "https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.3");
  gpo_event_clear (&b);
}
END_TEST

static const struct
{
  const char *typed, *offered, *then;
} completions[] = {
  { "verb = RC", "RCPT", "verb = RCPT " },
  { "smtp and co", "code", "smtp and code " },
  { "lin", "line", "line " },
};

START_TEST (typed_words_are_completed)
{
  GpoFilterEntry *entry = g_object_ref_sink (g_object_new (GPO_TYPE_FILTER_ENTRY, NULL));
  gpo_filter_entry_set_text (entry, completions[_i].typed);
  g_auto (GStrv) words = gpo_filter_entry_complete (entry);
  guint i = 0;
  while (words[i] && strcmp (words[i], completions[_i].offered) != 0)
    i++;
  ck_assert_msg (words[i] != NULL, "\"%s\" is not offered", completions[_i].offered);
  ck_assert (gpo_filter_entry_take (entry, i));
  ck_assert_str_eq (gpo_filter_entry_get_text (entry), completions[_i].then);
  g_object_unref (entry);
}
END_TEST

START_TEST (undo_brings_the_filter_before_back)
{
  GpoTranscriptView *view = gpo_window_get_transcript (window);
  guint all = g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view)));
  ck_assert (gpo_transcript_view_set_filter (view, "code >= 500"));
  ck_assert (gpo_transcript_view_set_filter (view, "verb = RCPT"));
  guint rcpts = g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view)));
  ck_assert (act ("win.undo"));
  ck_assert (act ("win.undo"));
  ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view))), all);
  ck_assert (act ("win.redo"));
  ck_assert (act ("win.redo"));
  ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (view))), rcpts);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("transcript-view");
  TCase *file = tcase_create ("file");
  tcase_add_unchecked_fixture (file, setup_recorded, teardown_window);
  tcase_add_checked_fixture (file, reset, NULL);
  tcase_set_timeout (file, 60);
  tcase_add_test (file, every_error_is_reached_once_and_back_again);
  tcase_add_test (file, words_are_found_forwards_and_backwards);
  tcase_add_loop_test (file, details_tell_every_field, 0, 50);
  tcase_add_test (file, section_becomes_an_address);
  tcase_add_loop_test (file, typed_words_are_completed, 0, G_N_ELEMENTS (completions));
  tcase_add_test (file, undo_brings_the_filter_before_back);
  suite_add_tcase (s, file);
  return s;
}

#include "check-main.h"
