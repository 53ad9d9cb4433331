/* SPDX-License-Identifier: MIT */
/* test-export.c: every view as a picture and as text, copied and saved. Needs a display; run-under-xvfb gives
 * one. */
#include "export.h"
#include "map-view.h"
#include <glib/gstdio.h>
#include "frames-fixture.h"

static char *folder;

static void
setup (void)
{
  setup_recorded ();
  folder = g_dir_make_tmp ("glasspost-export-XXXXXX", NULL);
}

static void
teardown (void)
{
  teardown_window ();
  g_rmdir (folder);
  g_free (folder);
}

static void
reset (void)
{
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_EVERYTHING, 0);
}

static gboolean
is_mapped (gpointer view)
{
  return gtk_widget_get_mapped (view) && gtk_widget_get_width (view) > 10;
}

static void
show (const char *pane)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", pane);
  ck_assert (turn_until (is_mapped, gpo_window_get_pane (window, pane)));
  settle ();
  ck_assert (turn_until (is_drawn, gpo_window_get_pane (window, pane)));
}

static char *
text_of (const char *pane, GpoExportFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gpo_export_pane (window, pane, format, &error);
  ck_assert_msg (bytes != NULL, "%s", error ? error->message : "");
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;
  for (const char *p = text; (p = strstr (p, word)); p++)
    n++;
  return n;
}

static const char *const panes[] = { "transcript", "ladder", "states", "map" };
static const struct
{
  GpoExportFormat format;
  const char *begins;
} pictures[] = { { GPO_EXPORT_SVG, "<?xml" }, { GPO_EXPORT_PNG, "\x89PNG" }, { GPO_EXPORT_PDF, "%PDF-" } };

START_TEST (view_is_a_picture_and_the_same_each_time)
{
  const char *pane = panes[_i / 3];
  GpoExportFormat format = pictures[_i % 3].format;
  g_autoptr (GError) error = NULL;
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_LETTER, 1);
  show (pane);
  g_autoptr (GBytes) a = gpo_export_pane (window, pane, format, &error);
  ck_assert_msg (a != NULL, "%s: %s", pane, error ? error->message : "");
  ck_assert (g_str_has_prefix (g_bytes_get_data (a, NULL), pictures[_i % 3].begins));
  ck_assert_uint_gt (g_bytes_get_size (a), 2000);
  g_autoptr (GBytes) b = gpo_export_pane (window, pane, format, &error);
  if (format == GPO_EXPORT_PNG) /* a PDF has a date, names in an SVG are counted */
    ck_assert (g_bytes_equal (a, b));
}
END_TEST

START_TEST (ladder_is_whole_and_takes_pages)
{
  show ("ladder");
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_LETTER, 1);
  g_autofree char *svg = text_of ("ladder", GPO_EXPORT_SVG);
  guint rungs = gpo_ladder_model_n_rungs (gpo_ladder_view_get_model (gpo_window_get_ladder (window)));
  double height = g_ascii_strtod (strstr (svg, "height=\"") + 8, NULL);
  ck_assert (height > rungs * 30.0);
  g_autoptr (GBytes) pdf = gpo_export_pane (window, "ladder", GPO_EXPORT_PDF, NULL);
  g_autofree char *text = g_malloc0 (g_bytes_get_size (pdf) + 1);
  for (gsize i = 0; i < g_bytes_get_size (pdf); i++) /* without its NULs */
    text[i] = ((const char *) g_bytes_get_data (pdf, NULL))[i] ? ((const char *) g_bytes_get_data (pdf, NULL))[i] : ' ';
  ck_assert_uint_eq (count (text, "/Type /Page\n") + count (text, "/Type /Page "), (rungs + 29) / 30);
}
END_TEST

START_TEST (ladder_is_text_and_mermaid)
{
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_LETTER, 1);
  g_autofree char *text = text_of ("ladder", GPO_EXPORT_TEXT), *mermaid = text_of ("ladder", GPO_EXPORT_MERMAID);
  ck_assert_uint_eq (count (text, "DATA─") + count (text, "data─"), 3); /* Athens, the gateway, Sparta */
  ck_assert (g_str_has_prefix (mermaid, "sequenceDiagram\n"));
  ck_assert_uint_eq (count (mermaid, "participant "), 4);
  ck_assert_uint_eq (count (mermaid, ": RCPT TO:#60;carol@sparta.example#62;\n")
                         + count (mermaid, ": rcpt TO:#60;carol@sparta.example#62;\n"),
                     3);
  g_auto (GStrv) lines = g_strsplit (mermaid, "\n", -1);
  for (guint i = 1; lines[i] && *lines[i]; i++)
    ck_assert_msg (g_str_has_prefix (lines[i], "  participant p") || g_str_has_prefix (lines[i], "  p")
                       || g_str_has_prefix (lines[i], "  Note over p"),
                   "not Mermaid: %s", lines[i]);
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_SESSION, 4);
  g_autofree char *refused = text_of ("ladder", GPO_EXPORT_MERMAID);
  ck_assert_uint_gt (count (refused, "--x"), 2);
  ck_assert_uint_eq (count (refused, "participant "), 2);
}
END_TEST

START_TEST (transcript_and_map_are_text)
{
  g_autofree char *transcript = text_of ("transcript", GPO_EXPORT_TEXT), *map = text_of ("map", GPO_EXPORT_TEXT);
  ck_assert_ptr_nonnull (strstr (transcript, "RCPT TO:<bob@sparta.example>"));
  ck_assert_ptr_nonnull (strstr (map, "sparta (sparta.example): "));
  ck_assert_ptr_nonnull (strstr (map, "in the mailboxes of bob 3 letters: number 1, 2, 4"));
}
END_TEST

START_TEST (view_without_that_form_says_so)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_export_pane (window, "map", GPO_EXPORT_MERMAID, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "ladder"));
  g_clear_error (&error);
  ck_assert_ptr_null (gpo_export_pane (window, "states", GPO_EXPORT_TEXT, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "transcript"));
}
END_TEST

START_TEST (file_is_written_whole)
{
  g_autofree char *path = g_build_filename (folder, "ladder.mmd", NULL), *text = NULL;
  show ("ladder");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-to", "(ss)", "mmd", path);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *meant = text_of ("ladder", GPO_EXPORT_MERMAID);
  ck_assert_str_eq (text, meant);
  g_unlink (path);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-to", "(ss)", "mmd", "/nowhere/ladder.mmd");
}
END_TEST

static char *
clipboard_text (void)
{
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window)));
  g_auto (GValue) value = G_VALUE_INIT;
  g_value_init (&value, G_TYPE_STRING);
  ck_assert (content && gdk_content_provider_get_value (content, &value, NULL));
  return g_value_dup_string (&value);
}

START_TEST (chosen_thing_is_copied)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  show ("transcript");
  gpo_cursor_set_n (cursor, 44);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.copy", NULL);
  g_autofree char *row = clipboard_text ();
  ck_assert_ptr_nonnull (strstr (row, "rcpt TO:<carol@sparta.example>"));
  show ("map");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host", "s", "sparta");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.copy", NULL);
  g_autofree char *host = clipboard_text ();
  ck_assert (g_str_has_prefix (host, "sparta (sparta.example)"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.copy-picture", NULL);
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window)));
  g_auto (GValue) picture = G_VALUE_INIT;
  g_value_init (&picture, GDK_TYPE_TEXTURE);
  ck_assert (content && gdk_content_provider_get_value (content, &picture, NULL));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("export");
  TCase *c = tcase_create ("export");
  tcase_add_unchecked_fixture (c, setup, teardown);
  tcase_add_checked_fixture (c, reset, NULL);
  tcase_set_timeout (c, 60);
  tcase_add_loop_test (c, view_is_a_picture_and_the_same_each_time, 0, 3 * G_N_ELEMENTS (panes));
  tcase_add_test (c, ladder_is_whole_and_takes_pages);
  tcase_add_test (c, ladder_is_text_and_mermaid);
  tcase_add_test (c, transcript_and_map_are_text);
  tcase_add_test (c, view_without_that_form_says_so);
  tcase_add_test (c, file_is_written_whole);
  tcase_add_test (c, chosen_thing_is_copied);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
