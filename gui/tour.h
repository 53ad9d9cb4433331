/* SPDX-License-Identifier: MIT */
/* tour.h: four cards that say what one looks at, for the first minutes. Shown once by itself, and from the
 * menu. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TOUR_CARDS 4

/* A window with the first card, above its parent (or NULL). It belongs to the display, as windows do. */
GtkWidget *gpo_tour_show (GtkWindow *parent);
/* Turns to the next card; on the last one it closes. */
void gpo_tour_next (GtkWidget *tour);
/* The card that is shown, from 0 on. */
int gpo_tour_get_card (GtkWidget *tour);

/* One card's figure, for the tour and for pictures. */
void gpo_tour_draw (cairo_t *cr, int card, GtkWidget *style, double width, double height);

G_END_DECLS
