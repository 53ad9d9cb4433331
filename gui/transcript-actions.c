/* SPDX-License-Identifier: MIT */
/* transcript-actions.c: from a window's actions to its transcript. */
#include "transcript-actions.h"

static int
direction (GVariant *parameter)
{
  return g_str_equal (g_variant_get_string (parameter, NULL), "previous") ? -1 : 1;
}

static void
on_find (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (data, "win.view", "s", "transcript");
  gpo_transcript_view_focus_find (gpo_window_get_transcript (data));
}

static void
on_find_again (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_transcript_view_find_again (gpo_window_get_transcript (data), direction (parameter));
}

static void
on_error (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (!gpo_transcript_view_seek_error (gpo_window_get_transcript (data), direction (parameter)))
    gtk_widget_error_bell (data);
}

static void
on_details (GSimpleAction *action, GVariant *state, gpointer data)
{
  gpo_transcript_view_show_details (gpo_window_get_transcript (data), g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static const GActionEntry actions[] = {
  { "find", on_find, NULL, NULL, NULL },
  { "find-again", on_find_again, "s", NULL, NULL },
  { "error", on_error, "s", NULL, NULL },
  { "details", NULL, NULL, "false", on_details },
};

void
gpo_transcript_actions_add (GpoWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
}
