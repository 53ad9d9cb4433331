/* SPDX-License-Identifier: MIT */
/* lab-actions.c: what keys and menus do with the labs. */
#include "lab-pane-private.h"

static void
act_choose (GSimpleAction *action, GVariant *parameter, gpointer pane)
{
  gpo_lab_pane_choose (pane, g_variant_get_string (parameter, NULL));
}

static void
act_show (GSimpleAction *action, GVariant *state, gpointer pane)
{
  gtk_widget_set_visible (pane, g_variant_get_boolean (state));
}

static void
act_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_lab_pane_go (data, ((GpoLabPane *) data)->step - 1);
}

static void
act_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_lab_pane_go (data, ((GpoLabPane *) data)->step + 1);
}

static void
act_free (GSimpleAction *action, GVariant *state, gpointer data)
{
  GpoLabPane *pane = data;
  pane->free_mode = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  gpo_lab_pane_go (pane, pane->free_mode ? 0 : pane->reached);
}

static GpoLabRow *
first_open (GpoLabPane *pane)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (pane->rows)); child;
       child = gtk_widget_get_next_sibling (child))
    if (gpo_lab_row_get_verdict (GPO_LAB_ROW (child)) != GPO_LAB_PASSED)
      return GPO_LAB_ROW (child);
  return NULL;
}

static void
act_hint (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoLabRow *row = first_open (data);
  if (row)
    gpo_lab_pane_hint (row, data);
}

static void
act_failure (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoLabPane *pane = data;
  int item = gpo_lab_judge_first_failure (pane->judge);
  GpoLabResult result;
  if (item < 0)
    return;
  gpo_lab_judge_result (pane->judge, gpo_cursor_get_log (gpo_window_get_cursor (pane->window)), (guint) item,
                        &result);
  if (!pane->free_mode && gpo_lab_item (pane->lab, (guint) item)->step != pane->step)
    gpo_lab_pane_go (pane, gpo_lab_item (pane->lab, (guint) item)->step);
  if (result.event != G_MAXUINT64)
    gpo_cursor_set_n (gpo_window_get_cursor (pane->window), result.event);
  gpo_lab_result_clear (&result);
}

static const GActionEntry actions[] = {
  { "lab", NULL, NULL, "false", act_show },
  { "lab-choose", act_choose, "s" },
  { "lab-back", act_back },
  { "lab-next", act_next },
  { "lab-free", NULL, NULL, "false", act_free },
  { "lab-hint", act_hint },
  { "lab-failure", act_failure },
};

void
gpo_lab_pane_add_actions (GpoLabPane *pane)
{
  g_action_map_add_action_entries (G_ACTION_MAP (pane->window), actions, G_N_ELEMENTS (actions), pane);
}
