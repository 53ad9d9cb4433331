/* SPDX-License-Identifier: MIT */
/* window-card.c: the only writer of whether the card is seen. */
#include "window-card.h"
#include "panes.h"
#include "settings.h"
#include <string.h>

#define SHARE 62 /* percent of the room that the views have, until somebody moves the bar between */

/* --- whether it is there --- */

/* "card-map". The caller frees. */
static char *
key_of (const char *view)
{
  return g_strconcat ("card-", view, NULL);
}

/* Whether the card stands below this view if nobody has said otherwise. */
static gboolean
is_usual (const char *view)
{
  return strcmp (view, "reader") != 0 && strcmp (view, "terminal") != 0;
}

static void
show_card (GpoWindow *window)
{
  const char *view = gpo_window_get_shown (window);
  if (!view)
    return;
  g_autofree char *key = key_of (view);
  gboolean possible = strcmp (view, "letter") != 0, wanted = gpo_settings_get_number (key, is_usual (view));
  GSimpleAction *action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), "card"));
  g_simple_action_set_enabled (action, possible);
  g_simple_action_set_state (action, g_variant_new_boolean (possible && wanted));
  gtk_widget_set_visible (GTK_WIDGET (gpo_window_get_letter (window)),
                          possible && wanted
                              && !gtk_widget_has_css_class (GTK_WIDGET (window), "presenting"));
}

static void
on_card (GSimpleAction *action, GVariant *state, gpointer data)
{
  g_autofree char *key = key_of (gpo_window_get_shown (data));
  gpo_settings_set_number (key, g_variant_get_boolean (state));
  show_card (data);
}

/* --- how much room it has --- */

/* When the window closes. */
static gboolean
keep_share (GtkPaned *split)
{
  int most;
  g_object_get (split, "max-position", &most, NULL);
  if (most >= 200 && gtk_widget_get_visible (gtk_paned_get_end_child (split)))
    gpo_settings_set_number ("split", CLAMP (gtk_paned_get_position (split) * 100 / most, 5, 95));
  return FALSE;
}

/* The share is given once it is known of how much. */
static void
on_room (GtkPaned *split, GParamSpec *spec, gpointer data)
{
  int most;
  g_object_get (split, "max-position", &most, NULL);
  if (most < 200 || most == G_MAXINT)
    return;
  g_signal_handlers_disconnect_by_func (split, on_room, data);
  gtk_paned_set_position (split, most * CLAMP (gpo_settings_get_number ("split", SHARE), 5, 95) / 100);
}

/* --- the action --- */

static const GActionEntry actions[] = {
  { "card", NULL, NULL, "true", on_card },
};

void
gpo_window_card_attach (GpoWindow *window)
{
  GtkWidget *card = GTK_WIDGET (gpo_window_get_letter (window));
  GtkWidget *split = gtk_widget_get_ancestor (card, GTK_TYPE_PANED);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  for (const GpoPane *pane = gpo_panes; pane->name; pane++)
    g_signal_connect_object (gpo_window_get_pane (window, pane->name), "map", G_CALLBACK (show_card), window,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "notify::css-classes", G_CALLBACK (show_card), window, 0);
  g_signal_connect (split, "notify::max-position", G_CALLBACK (on_room), window);
  g_signal_connect_object (window, "close-request", G_CALLBACK (keep_share), split, G_CONNECT_SWAPPED);
  show_card (window);
}
