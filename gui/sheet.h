/* SPDX-License-Identifier: MIT */
/* sheet.h: a widget of many rows below a head that stays, for a GtkScrolledWindow: it scrolls by itself, and
 * draws only what is seen. Abstract: a view says how many rows it has, and draws them from
 * gpo_sheet_scrolled() on. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_SHEET (gpo_sheet_get_type ())
G_DECLARE_DERIVABLE_TYPE (GpoSheet, gpo_sheet, GPO, SHEET, GtkWidget)

struct _GpoSheetClass
{
  GtkWidgetClass parent_class;
  /* How many rows there are; the heights of the head and of a row, at text of the usual size. */
  guint (*rows) (GpoSheet *sheet, double *head, double *row);
};

/* To be called when there are other rows, or the size has changed. */
void gpo_sheet_configure (GpoSheet *sheet);
/* px of the rows that are above what is seen. */
double gpo_sheet_scrolled (GpoSheet *sheet);
/* px below the head in which rows are seen; 0: none yet. */
double gpo_sheet_room (GpoSheet *sheet);
/* Scrolls so that the rows from y (px) on are seen. */
void gpo_sheet_scroll_to (GpoSheet *sheet, double y);

G_END_DECLS
