/* SPDX-License-Identifier: MIT */
/* map-view.h: the map in the window. Hosts, connections and letters can be chosen with pointer and keys;
 * choosing moves the cursor's subject, so that the other views show the same. A host has a menu. */
#pragma once
#include "cursor.h"
#include "map-draw.h"
#include "map-spot.h"

G_BEGIN_DECLS

#define GPO_TYPE_MAP_VIEW (gpo_map_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoMapView, gpo_map_view, GPO, MAP_VIEW, GtkWidget)

/* Once. */
void gpo_map_view_set_cursor (GpoMapView *view, GpoCursor *cursor);
/* The menu of a host; its actions are about the chosen host. */
void gpo_map_view_set_menu (GpoMapView *view, GMenuModel *menu);
/* What is drawn, at the cursor's n. */
GpoMapModel *gpo_map_view_get_model (GpoMapView *view);
/* Chooses what the spot stands for, as a click does. */
void gpo_map_view_choose (GpoMapView *view, GpoSpotKind kind, guint32 number);
/* Opens the menu of the chosen host (or the first); FALSE if there is none. */
gboolean gpo_map_view_open_menu (GpoMapView *view);
/* Draws the map as it is shown on any surface of this size. */
void gpo_map_view_draw (GpoMapView *view, cairo_t *cr, double width, double height);

G_END_DECLS
