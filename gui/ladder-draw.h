/* SPDX-License-Identifier: MIT */
/* ladder-draw.h: a ladder on any cairo surface: the window, a picture, a page.
 *
 * A pure function of the model, the place and the theme; it needs no display, and only the rungs that are
 * visible cost anything. What colour tells, shape and text tell too: a refusal's arrow is dashed and ends in
 * ✗. */
#pragma once
#include "ladder-model.h"
#include "theme.h"

G_BEGIN_DECLS

#define GPO_LADDER_ROW 34  /* height of a rung, px */
#define GPO_LADDER_HEAD 40 /* height of the parties' names at the top */

/* Draws width × height px; `scroll` px of the rungs are above. Rungs later than n are faint, the one at n
 * is marked. `font` is a Pango description such as "Sans 11". */
void gpo_ladder_draw (cairo_t *cr, GpoLadderModel *model, const GpoTheme *theme, const char *font,
                      double width, double height, double scroll, guint64 n);

G_END_DECLS
