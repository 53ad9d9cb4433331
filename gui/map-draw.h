/* SPDX-License-Identifier: MIT */
/* map-draw.h: the map on any cairo surface: the window, a picture, a page.
 *
 * A pure function of model, layout, theme and what is chosen; needs no display. What a colour tells, a shape
 * and words tell too: a host that is down is hatched and says so, a deferred letter is dashed. */
#pragma once
#include "map-layout.h"
#include "theme.h"

G_BEGIN_DECLS

typedef struct
{
  GpoSymbol host; /* chosen; 0: none */
  guint32 session, letter;
  /* Letters under way from where they stood before (of GpoMapToken, NULL: they stand) to where they stand
   * now: t from 0 to 1. Only the eye needs this; the state is that of the model. */
  const GArray *before;
  double t;
} GpoMapLook;

/* Draws width × height px. `font` is a Pango description such as "Sans 11". */
void gpo_map_draw (cairo_t *cr, GpoMapModel *model, const GpoMapLayout *layout, const GpoTheme *theme,
                   const char *font, double width, double height, const GpoMapLook *look);
/* Where a letter is seen now, between before and after. */
void gpo_map_token_seen (const GpoMapToken *token, const GpoMapLook *look, double *x, double *y);

G_END_DECLS
