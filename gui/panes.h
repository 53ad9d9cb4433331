/* SPDX-License-Identifier: MIT */
/* panes.h: the views of a window, one row each: its name, its title, its key, and how it is made.
 *
 * A new view is a widget of its own and a row in panes.c. The window puts it into its stack, into the menu,
 * and under `win.view::NAME`. What is not a view but a strip or a panel beside the views, a row's `attach`
 * adds with gpo_window_add_strip() or gpo_window_add_side(); actions of its own it adds to the window's map.
 */
#pragma once
#include "window.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;  /* win.view::NAME */
  const char *title; /* marked for translation */
  const char *key;   /* accelerator */
  GType (*get_type) (void);
  /* Called once, when the window has its source and its cursor. */
  void (*attach) (GtkWidget *view, GpoWindow *window);
  gboolean scrolled; /* is a GtkScrollable that the window puts into a scrolled window */
} GpoPane;

/* In the order of the switcher; a row without a name ends it. */
extern const GpoPane gpo_panes[];

G_END_DECLS
