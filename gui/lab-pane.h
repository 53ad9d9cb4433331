/* SPDX-License-Identifier: MIT */
/* lab-pane.h: the labs beside the views: which there are, the text of a step, its checks as they turn, hints
 * on request, questions, and the way to the event that shows why.
 *
 * The pane judges the window's trace as it grows (lab/judge.h) and tells the office what the student does, so
 * that the trace can be handed in. A lab with a world of its own begins in a new window.
 *
 * Actions of the window: lab (shows the pane), lab-choose (a lab's name), lab-back, lab-next, lab-free,
 * lab-hint (of the first open check), lab-failure (to the event of the first failure). */
#pragma once
#include "lab-row.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_LAB_PANE (gpo_lab_pane_get_type ())
G_DECLARE_FINAL_TYPE (GpoLabPane, gpo_lab_pane, GPO, LAB_PANE, GtkBox)

/* Puts a pane beside the window's views, hidden, with its actions and its menu. */
void gpo_lab_pane_attach (GpoWindow *window);
/* The pane of a window. */
GpoLabPane *gpo_lab_pane_of (GpoWindow *window);
/* Begins this lab (its folder) in this window, whatever world it has. FALSE: it was refused, and said. */
gboolean gpo_lab_pane_begin (GpoLabPane *pane, const char *folder);

/* For tests. */
const GpoLab *gpo_lab_pane_get_lab (GpoLabPane *pane);
guint gpo_lab_pane_get_step (GpoLabPane *pane);
GpoLabRow *gpo_lab_pane_get_row (GpoLabPane *pane, const char *item);
/* The step's text as it is shown. The caller frees. */
char *gpo_lab_pane_get_text (GpoLabPane *pane);

G_END_DECLS
