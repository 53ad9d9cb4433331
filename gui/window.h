/* SPDX-License-Identifier: MIT */
/* window.h: one window on one trace: all views, linked by one cursor.
 *
 * Its actions (win.…) are what keys, menus and tests use; window.c and
 * the files that attach themselves to a window (window-time.c, transcript-actions.c …) have the tables. */
#pragma once
#include "ladder-view.h"
#include "letter-view.h"
#include "player.h"
#include "source.h"
#include "state-view.h"
#include "subject-list.h"
#include "time-bar.h"
#include "transcript-view.h"

G_BEGIN_DECLS

#define GPO_TYPE_WINDOW (gpo_window_get_type ())
G_DECLARE_FINAL_TYPE (GpoWindow, gpo_window, GPO, WINDOW, GtkApplicationWindow)

/* A window on this source; keeps it until it is closed. */
GpoWindow *gpo_window_new (GtkApplication *app, GpoSource *source);
GpoSource *gpo_window_get_source (GpoWindow *window);
GpoCursor *gpo_window_get_cursor (GpoWindow *window);

/* The views, for tests and pictures. They belong to the window. */
GpoTranscriptView *gpo_window_get_transcript (GpoWindow *window);
GpoLetterView *gpo_window_get_letter (GpoWindow *window);
GpoLadderView *gpo_window_get_ladder (GpoWindow *window);
GpoStateView *gpo_window_get_states (GpoWindow *window);
/* The view with this name (panes.h), or NULL. */
GtkWidget *gpo_window_get_pane (GpoWindow *window, const char *name);
/* The name of the view that is shown. */
const char *gpo_window_get_shown (GpoWindow *window);
/* Puts a strip across the window, above the time bar. */
void gpo_window_add_strip (GpoWindow *window, GtkWidget *strip);
/* Puts a panel at the end side of the views. */
void gpo_window_add_side (GpoWindow *window, GtkWidget *side);
/* Adds a submenu to the main menu. */
void gpo_window_add_menu (GpoWindow *window, const char *label, GMenuModel *menu);
/* Says in a bar at the top that something could not be done. */
void gpo_window_show_problem (GpoWindow *window, const char *text);
/* The event at the cursor in plain words, as it is shown. */
const char *gpo_window_get_caption (GpoWindow *window);
GpoPlayer *gpo_window_get_player (GpoWindow *window);
GpoTimeBar *gpo_window_get_time_bar (GpoWindow *window);
GpoSubjectList *gpo_window_get_sessions (GpoWindow *window);
GpoSubjectList *gpo_window_get_letters (GpoWindow *window);

/* The window of all keys; it is made when it is first wanted. */
GtkShortcutsWindow *gpo_window_get_help (GpoWindow *window);

G_END_DECLS
