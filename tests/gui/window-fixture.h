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
