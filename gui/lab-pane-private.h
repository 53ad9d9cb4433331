/* SPDX-License-Identifier: MIT */
/* lab-pane-private.h: what lab-pane.c (a lab and its steps) and lab-actions.c (what keys and menus do) share.
 */
#pragma once
#include "lab-pane.h"
#include "lab-row.h"
#include "lab/judge.h"

G_BEGIN_DECLS

struct _GpoLabPane
{
  GtkBox parent_instance;
  GpoWindow *window; /* owns us */
  char *shelf;
  char **names;
  GpoLab *lab;
  GpoLabJudge *judge;
  guint *hints; /* one an item: so many were read */
  guint step, reached;
  gboolean free_mode, choosing;
  guint later;
  GtkDropDown *list;
  GtkLabel *place, *summary;
  GtkTextBuffer *text;
  GtkBox *rows;
};

/* Begins the lab of that name, in another window if it needs an office of its own. */
void gpo_lab_pane_choose (GpoLabPane *pane, const char *name);
/* Shows a step; 0: what the lab is about. */
void gpo_lab_pane_go (GpoLabPane *pane, guint step);
/* The next hint of a row. */
void gpo_lab_pane_hint (GpoLabRow *row, GpoLabPane *pane);

/* Adds the actions to the pane's window: lab-actions.c. */
void gpo_lab_pane_add_actions (GpoLabPane *pane);

G_END_DECLS
