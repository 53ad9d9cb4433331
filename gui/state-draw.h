/* SPDX-License-Identifier: MIT */
/* state-draw.h: a state diagram on any cairo surface. A pure function; needs no display. */
#pragma once
#include "state-graph.h"
#include "theme.h"

G_BEGIN_DECLS

/* Draws the graph fitted into width × height px. `chosen`: a state with a second outline, or -1. */
void gpo_state_draw (cairo_t *cr, const GpoStateGraph *graph, const GpoStatePlace *place,
                     const GpoTheme *theme, int chosen, double width, double height);
/* The state at a point of such a drawing, or -1. */
int gpo_state_at (const GpoStateGraph *graph, double width, double height, double x, double y);

/* The state whose box is the nearest in a direction (dx, dy: -1, 0, 1) from that of `from`; `from` if there
 * is none there. */
int gpo_state_beside (const GpoStateGraph *graph, int from, int dx, int dy);

G_END_DECLS
