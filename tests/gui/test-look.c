/* SPDX-License-Identifier: MIT */
/* test-look.c: the size of text and the style are remembered; a window opens as the last one was closed; files that
 * the tour's cards turn by keys and buttons. */
#include "frames-fixture.h"
#include "look.h"
#include "settings.h"
#include "theme.h"
#include "tour.h"

static void
open_trace (void)
{
  g_autofree char *path = recorded_trace ();
  open_path (path);
}

static void
zoom (const char *how)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string (how));
}

/* What 11 points of drawn type became. */
static double
seen_zoom (void)
{
  return gpo_theme_zoom (GTK_WIDGET (gpo_window_get_ladder (window)));
}

START_TEST (text_grows_shrinks_and_is_remembered)
{
  open_trace ();
  double usual = seen_zoom ();
  zoom ("in");
  ck_assert_int_eq (gpo_look_get_zoom (), 110);
  settle ();
  ck_assert_double_gt (seen_zoom (), usual * 1.05);
  gpo_settings_forget ();
  ck_assert_int_eq (gpo_settings_get_number ("zoom", 0), 110);
  zoom ("out");
  zoom ("out");
  ck_assert_int_eq (gpo_look_get_zoom (), 90);
  for (int i = 0; i < 20; i++)
    zoom ("in");
  ck_assert_int_eq (gpo_look_get_zoom (), 250);
  zoom ("reset");
  ck_assert_int_eq (gpo_look_get_zoom (), 100);
  settle ();
  ck_assert_double_eq_tol (seen_zoom (), usual, 0.01);
}
END_TEST

static const struct
{
  const char *name;
  gboolean dark, contrast;
} styles[]
    = { { "light", FALSE, FALSE }, { "dark", TRUE, FALSE }, { "contrast", FALSE, TRUE }, { "contrast-dark", TRUE, TRUE } };

START_TEST (style_reaches_what_is_drawn)
{
  GpoTheme theme;
  open_trace ();
  g_action_group_change_action_state (G_ACTION_GROUP (app), "style", g_variant_new_string (styles[_i].name));
  settle ();
  gpo_theme_read (&theme, GTK_WIDGET (gpo_window_get_ladder (window)));
  ck_assert_int_eq (theme.dark, styles[_i].dark);
  ck_assert_int_eq (theme.high_contrast, styles[_i].contrast);
  GdkRGBA color;
  GtkWidget *refusal = g_object_ref_sink (gtk_label_new ("550"));
  gtk_widget_add_css_class (refusal, "refused");
  gtk_style_context_get_color (gtk_widget_get_style_context (refusal), &color);
  ck_assert_msg (gdk_rgba_equal (&color, &theme.fg) == styles[_i].contrast, "%s: a refusal in words is %.2f %.2f %.2f",
                 styles[_i].name, color.red, color.green, color.blue);
  g_object_unref (refusal);
  gpo_settings_forget ();
  g_autofree char *kept = gpo_settings_get_text ("style", "");
  ck_assert_str_eq (kept, styles[_i].name);
}
END_TEST

START_TEST (window_opens_as_the_last_one_closed)
{
  int width, height;
  gboolean stop = FALSE;
  open_trace ();
  settle (); /* it has the size it was given first */
  gtk_window_set_default_size (GTK_WINDOW (window), 1111, 777);
  settle (); /* the display has granted it before what is shown changes */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "states");
  g_action_group_change_action_state (G_ACTION_GROUP (window), "sidebar", g_variant_new_boolean (FALSE));
  settle ();
  g_signal_emit_by_name (window, "close-request", &stop);
  ck_assert (!stop);
  gpo_settings_forget ();
  close_window ();
  open_trace ();
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  ck_assert_int_eq (width, 1111);
  ck_assert_int_eq (height, 777);
  ck_assert_str_eq (gpo_window_get_shown (window), "states");
  g_autoptr (GVariant) sidebar = g_action_group_get_action_state (G_ACTION_GROUP (window), "sidebar");
  ck_assert (!g_variant_get_boolean (sidebar));
}
END_TEST

static gboolean
card_stands (void)
{
  return gtk_widget_get_visible (GTK_WIDGET (gpo_window_get_letter (window)));
}

/* Where somebody reads and writes there is need of the room; where somebody looks on, of the letter. */
START_TEST (letter_gives_way_to_reader_and_terminal)
{
  open_trace ();
  act ("win.view::map");
  ck_assert (card_stands ());
  act ("win.view::reader");
  ck_assert (!card_stands ());
  act ("win.view::terminal");
  ck_assert (!card_stands ());
  act ("win.card");
  ck_assert (card_stands ());
  act ("win.view::reader");
  ck_assert_msg (!card_stands (), "each view has its own");
  act ("win.present");
  act ("win.view::ladder");
  ck_assert_msg (!card_stands (), "who presents sees the view alone");
  act ("win.present");
  ck_assert (card_stands ());
}
END_TEST

START_TEST (letter_below_a_view_is_remembered)
{
  open_trace ();
  act ("win.view::ladder");
  act ("win.card");
  ck_assert (!card_stands ());
  gpo_settings_forget ();
  close_window ();
  open_trace ();
  act ("win.view::ladder");
  ck_assert (!card_stands ());
  act ("win.view::map");
  ck_assert (card_stands ());
}
END_TEST

/* What takes files that are dropped on the window. */
static GtkDropTarget *
drop_target (void)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (window));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_DROP_TARGET (controller)
          && gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (GTK_DROP_TARGET (controller)),
                                                GDK_TYPE_FILE_LIST))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

/* The window that came beside the first. */
static GpoWindow *
other_window (void)
{
  for (GList *each = gtk_application_get_windows (GTK_APPLICATION (app)); each; each = each->next)
    if (GPO_IS_WINDOW (each->data) && each->data != window)
      return each->data;
  return NULL;
}

static gboolean
other_is_loaded (gpointer data)
{
  GpoWindow *other = other_window ();
  return other && gpo_source_get_progress (gpo_window_get_source (other)) >= 1;
}

START_TEST (trace_dropped_on_the_window_opens)
{
  gboolean taken = FALSE;
  g_auto (GValue) files = G_VALUE_INIT;
  open_trace ();
  GtkDropTarget *target = drop_target ();
  ck_assert_ptr_nonnull (target);
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "tests", "gui", "parts.trace", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_value_init (&files, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&files, g_boxed_copy (GDK_TYPE_FILE_LIST, &(GSList){ .data = file }));
  g_signal_emit_by_name (target, "drop", &files, 10.0, 10.0, &taken);
  ck_assert (taken);
  ck_assert (turn_until (other_is_loaded, NULL));
  ck_assert_uint_eq (gpo_cursor_get_length (gpo_window_get_cursor (other_window ())), 485);
  gtk_window_destroy (GTK_WINDOW (other_window ()));
}
END_TEST

START_TEST (no_key_means_two_things)
{
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (GTK_APPLICATION (app));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ck_assert_uint_gt (g_strv_length (actions), 40);
  for (char **action = actions; *action; action++)
    {
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (GTK_APPLICATION (app), *action);
      for (char **key = keys; *key; key++)
        {
          const char *other = g_hash_table_lookup (seen, *key);
          ck_assert_msg (other == NULL, "%s is %s and %s", *key, other, *action);
          g_hash_table_insert (seen, g_strdup (*key), *action);
        }
    }
}
END_TEST

START_TEST (tour_turns_and_ends)
{
  open_trace ();
  GtkWidget *tour = gpo_tour_show (GTK_WINDOW (window));
  g_object_add_weak_pointer (G_OBJECT (tour), (gpointer *) &tour);
  for (int card = 0; card < GPO_TOUR_CARDS; card++)
    {
      ck_assert_int_eq (gpo_tour_get_card (tour), card);
      gpo_tour_next (tour);
    }
  settle ();
  ck_assert_ptr_null (tour);
  gpo_settings_forget ();
  ck_assert_int_eq (gpo_settings_get_number ("tour-seen", 0), 1);
}
END_TEST

START_TEST (settings_that_cannot_be_read_are_not_there)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "glasspost", "window.ini", NULL);
  gpo_settings_set_number ("zoom", 100);
  ck_assert (g_file_set_contents (path, "\x01 no key file [", -1, NULL));
  gpo_settings_forget ();
  ck_assert_int_eq (gpo_settings_get_number ("zoom", 77), 77);
  gpo_settings_set_number ("zoom", 100);
  gpo_settings_forget ();
  ck_assert_int_eq (gpo_settings_get_number ("zoom", 77), 100);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("look");
  TCase *tc = tcase_create ("look");
  tcase_add_checked_fixture (tc, setup_app, teardown_window);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, text_grows_shrinks_and_is_remembered);
  tcase_add_loop_test (tc, style_reaches_what_is_drawn, 0, G_N_ELEMENTS (styles));
  tcase_add_test (tc, window_opens_as_the_last_one_closed);
  tcase_add_test (tc, letter_gives_way_to_reader_and_terminal);
  tcase_add_test (tc, letter_below_a_view_is_remembered);
  tcase_add_test (tc, trace_dropped_on_the_window_opens);
  tcase_add_test (tc, no_key_means_two_things);
  tcase_add_test (tc, tour_turns_and_ends);
  tcase_add_test (tc, settings_that_cannot_be_read_are_not_there);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
