/* SPDX-License-Identifier: MIT */
/* ink.h: what the ladder and the map draw with: colours of a theme, words of a font, on any cairo surface.
 *
 * Needs no display: the same calls draw the window, a picture and a page. */
#pragma once
#include "theme.h"
#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  const GpoTheme *theme;
  double width; /* of the surface */
  double alpha; /* of all that is drawn now */
} GpoInk;

typedef enum
{
  GPO_INK_PLAIN = 0,
  GPO_INK_BOLD = 1 << 0,
  GPO_INK_MONO = 1 << 1,
  GPO_INK_SMALL = 1 << 2
} GpoInkStyle;

/* `font` is a Pango description such as "Sans 11". Fills the surface with the theme's base. */
void gpo_ink_init (GpoInk *ink, cairo_t *cr, const GpoTheme *theme, const char *font, double width);
void gpo_ink_clear (GpoInk *ink);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoInk, gpo_ink_clear)

void gpo_ink_color (GpoInk *ink, const GdkRGBA *color, double alpha);
/* How wide the words would be, at most `most`. */
double gpo_ink_measure (GpoInk *ink, const char *words, double most, GpoInkStyle style);
/* Words with their middle (align 0.5), left (0) or right side (1) at x and their middle at y, cut with an
 * ellipsis where they are wider than `most`. Returns their width. */
double gpo_ink_text (GpoInk *ink, const char *words, double x, double y, double align, double most,
                     const GdkRGBA *color, GpoInkStyle style);
/* A path with round corners; a box of it, filled with a shade of the colour. */
void gpo_ink_rounded (GpoInk *ink, double x, double y, double w, double h, double r);
void gpo_ink_box (GpoInk *ink, double x, double y, double w, double h, const GdkRGBA *color);

G_END_DECLS
