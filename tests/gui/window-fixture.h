/* SPDX-License-Identifier: MIT */
/* window-fixture.h: what the tests of the window share: a program, one window on a file or on an office, and
 * waiting for what shall come. To be included once, by a test. */
#pragma once
#include "app.h"
#include <check.h>
#include <string.h>

static GpoApp *app;
static GpoWindow *window;

/* Runs the main loop until it is so, or twenty seconds are over. */
static inline gboolean
turn_until (gboolean (*ready) (gpointer), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (!ready (data) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  return ready (data);
}

static inline gboolean
is_loaded (gpointer data)
{
  return gpo_source_get_progress (gpo_window_get_source (window)) >= 1;
}

static inline void
setup_app (void)
{
  g_autoptr (GError) error = NULL;
  app = gpo_app_new ();
  ck_assert_msg (g_application_register (G_APPLICATION (app), NULL, &error), "%s", error ? error->message : "");
}

static inline void
open_path (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoSource) source = gpo_source_new_file (file, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  window = gpo_app_show (app, source);
  ck_assert (turn_until (is_loaded, NULL));
}

static inline char *
recorded_trace (void)
{
  return g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "tests", "gui", "letters.trace", NULL);
}

/* The default world on ports of the kernel's choice, in a folder of its own. */
static inline void
open_office (void)
{
  g_autoptr (GError) error = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .no_control = TRUE };
  g_autoptr (GpoSource) source = gpo_source_new_office (&config, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  window = gpo_app_show (app, source);
}

static inline void
close_window (void)
{
  gtk_window_destroy (GTK_WINDOW (window));
  window = NULL;
}

static inline void
teardown_app (void)
{
  g_clear_object (&app);
}

/* --- fixtures of a test case --- */

/* A window on the recorded trace, all of it read. */
static inline void
setup_recorded (void)
{
  g_autofree char *path = recorded_trace ();
  setup_app ();
  open_path (path);
}

/* A window on an office of its own. */
static inline void
setup_office (void)
{
  setup_app ();
  open_office ();
}

static inline void
teardown_window (void)
{
  if (window)
    close_window ();
  teardown_app ();
}

/* --- acting --- */

/* "win.step", "win.step-session(uint32 3)", "win.view::ladder". TRUE if there is such an action, enabled. */
static inline gboolean
act (const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GError) error = NULL;
  ck_assert_msg (g_action_parse_detailed_name (detailed, &name, &target, &error), "%s", error ? error->message : "");
  return gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
}

/* The text of several lines in this window or popover. */
static inline GtkWidget *
text_in (GtkWidget *widget)
{
  if (GTK_IS_TEXT_VIEW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *text = text_in (child);
      if (text)
        return text;
    }
  return NULL;
}

/* What Ctrl+Return does there before the text takes it for a line end. FALSE: nothing. */
static inline gboolean
press_send_key (GtkWidget *in)
{
  GtkWidget *text = text_in (in);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (text);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (!GTK_IS_SHORTCUT_CONTROLLER (controller)
          || gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_CAPTURE)
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_autofree char *key = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
          if (strcmp (key, "<Control>Return") == 0)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, text, NULL);
        }
    }
  return FALSE;
}
