/* SPDX-License-Identifier: MIT */
/* window-memory.c: read when a window opens, written when it closes. */
#include "window-memory.h"
#include "settings.h"

static gboolean
on_close (GpoWindow *window)
{
  int width, height;
  g_autoptr (GVariant) sidebar = g_action_group_get_action_state (G_ACTION_GROUP (window), "sidebar");
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  if (width > 0 && height > 0)
    {
      gpo_settings_set_number ("width", width);
      gpo_settings_set_number ("height", height);
    }
  gpo_settings_set_number ("maximized", gtk_window_is_maximized (GTK_WINDOW (window)));
  gpo_settings_set_number ("sidebar", g_variant_get_boolean (sidebar));
  if (gpo_window_get_shown (window))
    gpo_settings_set_text ("view", gpo_window_get_shown (window));
  return FALSE;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, GpoWindow *window)
{
  GSList *files = g_value_get_boxed (value);
  GApplication *app = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  for (GSList *file = files; file; file = file->next)
    g_ptr_array_add (list, file->data);
  if (list->len && app)
    g_application_open (app, (GFile **) list->pdata, (int) list->len, "");
  return list->len > 0;
}

void
gpo_window_memory_attach (GpoWindow *window)
{
  g_autofree char *view = gpo_settings_get_text ("view", "");
  int width = gpo_settings_get_number ("width", 0), height = gpo_settings_get_number ("height", 0);
  if (width >= 400 && height >= 300)
    gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  if (gpo_settings_get_number ("maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (window));
  if (!gpo_settings_get_number ("sidebar", TRUE))
    g_action_group_change_action_state (G_ACTION_GROUP (window), "sidebar", g_variant_new_boolean (FALSE));
  if (*view && gpo_window_get_pane (window, view))
    g_action_group_activate_action (G_ACTION_GROUP (window), "view", g_variant_new_string (view));
  g_signal_connect (window, "close-request", G_CALLBACK (on_close), NULL);
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), window);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (target));
}
