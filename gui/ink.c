/* SPDX-License-Identifier: MIT */
/* ink.c: text, boxes, colours. */
#include "ink.h"

void
gpo_ink_init (GpoInk *ink, cairo_t *cr, const GpoTheme *theme, const char *font, double width)
{
  *ink = (GpoInk){ cr, pango_cairo_create_layout (cr), theme, width, 1 };
  PangoFontDescription *description = pango_font_description_from_string (font);
  pango_layout_set_font_description (ink->layout, description);
  pango_font_description_free (description);
  pango_layout_set_ellipsize (ink->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (ink->layout, TRUE);
  gpo_ink_color (ink, &theme->base, 1);
  cairo_paint (cr);
}

void
gpo_ink_clear (GpoInk *ink)
{
  g_clear_object (&ink->layout);
}

void
gpo_ink_color (GpoInk *ink, const GdkRGBA *c, double alpha)
{
  cairo_set_source_rgba (ink->cr, c->red, c->green, c->blue, c->alpha * alpha * ink->alpha);
}

/* Lays the words out; the layout has their size then. */
static void
lay_out (GpoInk *ink, const char *words, double most, GpoInkStyle style)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  if (style & GPO_INK_BOLD)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (style & GPO_INK_MONO)
    pango_attr_list_insert (attributes, pango_attr_family_new ("monospace"));
  if (style & GPO_INK_SMALL)
    pango_attr_list_insert (attributes, pango_attr_scale_new (0.84));
  pango_layout_set_attributes (ink->layout, attributes);
  pango_layout_set_width (ink->layout, (int) (MAX (most, 12) * PANGO_SCALE));
  pango_layout_set_text (ink->layout, words, -1);
}

double
gpo_ink_measure (GpoInk *ink, const char *words, double most, GpoInkStyle style)
{
  int width;
  lay_out (ink, words, most, style);
  pango_layout_get_pixel_size (ink->layout, &width, NULL);
  return width;
}

double
gpo_ink_text (GpoInk *ink, const char *words, double x, double y, double align, double most,
              const GdkRGBA *color, GpoInkStyle style)
{
  int width, height;
  lay_out (ink, words, most, style);
  pango_layout_get_pixel_size (ink->layout, &width, &height);
  cairo_move_to (ink->cr, x - width * align, y - height / 2.0);
  gpo_ink_color (ink, color, 1);
  pango_cairo_show_layout (ink->cr, ink->layout);
  return width;
}

void
gpo_ink_rounded (GpoInk *ink, double x, double y, double w, double h, double r)
{
  cairo_t *cr = ink->cr;
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + w - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + w - r, y + h - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + h - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

void
gpo_ink_box (GpoInk *ink, double x, double y, double w, double h, const GdkRGBA *color)
{
  gpo_ink_rounded (ink, x, y, w, h, MIN (h / 2, 10));
  gpo_ink_color (ink, &ink->theme->base, 1);
  cairo_fill_preserve (ink->cr);
  gpo_ink_color (ink, color, ink->theme->dark ? 0.22 : 0.12);
  cairo_fill_preserve (ink->cr);
  gpo_ink_color (ink, color, 0.9);
  cairo_set_line_width (ink->cr, 1.2);
  cairo_stroke (ink->cr);
}
