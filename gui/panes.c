/* SPDX-License-Identifier: MIT */
/* panes.c: the table of the window's views. */
#include "panes.h"
#include "diff-view.h"
#include "faults.h"
#include "i18n.h"
#include "letter-pane.h"
#include "lab-pane.h"
#include "transcript-actions.h"
#include "map-view.h"
#include "reader-view.h"
#include "terminal-view.h"

static void
attach_transcript (GtkWidget *view, GpoWindow *window)
{
  gpo_transcript_view_set_cursor (GPO_TRANSCRIPT_VIEW (view), gpo_window_get_cursor (window));
  gpo_lab_pane_attach (window);
  gpo_transcript_actions_add (window);
}

static void
on_fold (GSimpleAction *action, GVariant *state, gpointer view)
{
  gpo_ladder_view_set_fold (GPO_LADDER_VIEW (view), g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
attach_ladder (GtkWidget *view, GpoWindow *window)
{
  static const GActionEntry fold = { "fold", NULL, NULL, "false", on_fold };
  gpo_ladder_view_set_cursor (GPO_LADDER_VIEW (view), gpo_window_get_cursor (window));
  g_action_map_add_action_entries (G_ACTION_MAP (window), &fold, 1, view);
}

static void
attach_map (GtkWidget *view, GpoWindow *window)
{
  gpo_map_view_set_cursor (GPO_MAP_VIEW (view), gpo_window_get_cursor (window));
  gpo_faults_attach (window, GPO_MAP_VIEW (view));
}

static void
attach_states (GtkWidget *view, GpoWindow *window)
{
  gpo_state_view_set_cursor (GPO_STATE_VIEW (view), gpo_window_get_cursor (window));
}

static void
attach_reader (GtkWidget *view, GpoWindow *window)
{
  gpo_reader_view_attach (GPO_READER_VIEW (view), window);
}

static void
attach_letter (GtkWidget *view, GpoWindow *window)
{
  gpo_letter_pane_attach (GPO_LETTER_PANE (view), window);
}

static void
attach_terminal (GtkWidget *view, GpoWindow *window)
{
  gpo_terminal_view_attach (GPO_TERMINAL_VIEW (view), window);
}

const GpoPane gpo_panes[] = {
  { "transcript", N_ ("Transcript"), "<Control>1", gpo_transcript_view_get_type, attach_transcript },
  { "ladder", N_ ("Ladder"), "<Control>2", gpo_ladder_view_get_type, attach_ladder, TRUE },
  { "states", N_ ("States"), "<Control>3", gpo_state_view_get_type, attach_states },
  { "map", N_ ("Map"), "<Control>4", gpo_map_view_get_type, attach_map },
  { "reader", N_ ("Reader"), "<Control>5", gpo_reader_view_get_type, attach_reader },
  { "letter", N_ ("Letter"), "<Control>6", gpo_letter_pane_get_type, attach_letter },
  { "terminal", N_ ("Terminal"), "<Control>7", gpo_terminal_view_get_type, attach_terminal },
  { "compare", N_ ("Compare"), "<Control>8", gpo_diff_view_get_type, gpo_diff_view_attach },
  { NULL },
};
