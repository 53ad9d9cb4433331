/* SPDX-License-Identifier: MIT */
/* state-draw.c: boxes, curves, and what is lit. */
#include "state-draw.h"
#include <math.h>
#include <pango/pangocairo.h>

#define EDGE 14 /* px around */

static double
fit (const GpoStateGraph *graph, double width, double height, double *x, double *y)
{
  double scale = MIN ((width - 2 * EDGE) / graph->width, (height - 2 * EDGE) / graph->height);
  scale = CLAMP (scale, 0.2, 1.6);
  *x = (width - graph->width * scale) / 2;
  *y = (height - graph->height * scale) / 2;
  return scale;
}

static void
set_color (cairo_t *cr, const GdkRGBA *c, double alpha)
{
  cairo_set_source_rgba (cr, c->red, c->green, c->blue, c->alpha * alpha);
}

static void
show_text (cairo_t *cr, const char *text, double size, gboolean bold, double x, double y,
           const GdkRGBA *color, double alpha, const GdkRGBA *ground)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  g_autofree char *font = g_strdup_printf ("Sans %s%d", bold ? "Bold " : "", (int) size);
  PangoFontDescription *description = pango_font_description_from_string (font);
  int width, height;
  pango_font_description_set_absolute_size (description, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (ground)
    {
      cairo_rectangle (cr, x - width / 2.0, y - height / 2.0, width, height);
      set_color (cr, ground, 0.92);
      cairo_fill (cr);
    }
  cairo_move_to (cr, x - width / 2.0, y - height / 2.0);
  set_color (cr, color, alpha);
  pango_cairo_show_layout (cr, layout);
  pango_font_description_free (description);
  g_object_unref (layout);
}

static void
draw_head (cairo_t *cr, const GpoStateArrow *arrow, double size)
{
  const double *p = &arrow->points[2 * (arrow->n_points - 1)], *q = p - 2;
  double angle = atan2 (p[1] - q[1], p[0] - q[0]);
  cairo_save (cr);
  cairo_translate (cr, p[0], p[1]);
  cairo_rotate (cr, angle);
  cairo_move_to (cr, size, 0);
  cairo_line_to (cr, -size * 0.6, size * 0.7);
  cairo_line_to (cr, -size * 0.6, -size * 0.7);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_arrow (cairo_t *cr, const GpoStateArrow *arrow, const GpoStatePlace *place, const GpoTheme *theme)
{
  static const double dashes[] = { 5, 4 };
  gboolean last = place->last_from == arrow->from && place->last_to == arrow->to;
  gboolean walked = place->walked[arrow->from & 63][arrow->to & 63];
  const GdkRGBA *color = last || walked ? &theme->tone[GPO_TONE_STATE] : &theme->fg;
  double alpha = last ? 1 : walked ? 0.8 : 0.38;
  if (arrow->n_points < 4)
    return;
  cairo_move_to (cr, arrow->points[0], arrow->points[1]);
  for (guint i = 1; i + 2 < arrow->n_points; i += 3)
    cairo_curve_to (cr, arrow->points[2 * i], arrow->points[2 * i + 1], arrow->points[2 * i + 2],
                    arrow->points[2 * i + 3], arrow->points[2 * i + 4], arrow->points[2 * i + 5]);
  set_color (cr, color, alpha);
  cairo_set_line_width (cr, last ? 6 : walked ? 3.2 : 1.5);
  cairo_set_dash (cr, dashes, arrow->refuses ? 2 : 0, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_head (cr, arrow, last ? 13 : 9);
  show_text (cr, arrow->label, 20, last, arrow->label_x, arrow->label_y, color,
             last     ? 1
             : walked ? 0.95
                      : 0.65,
             &theme->base);
}

static void
draw_box (cairo_t *cr, const GpoStateGraph *graph, const GpoStateBox *box, const GpoStatePlace *place,
          const GpoTheme *theme, gboolean chosen)
{
  gboolean current = place->current == box->state, final = graph->machine->final == box->state,
           been = current;
  for (guint i = 0; i < 64; i++)
    been |= place->walked[i][box->state & 63] | place->walked[box->state & 63][i];
  const GdkRGBA *color = been ? &theme->tone[GPO_TONE_STATE] : &theme->fg;
  double x = box->x - box->width / 2, y = box->y - box->height / 2, r = 9;
  for (int outline = 0; outline <= (final ? 1 : 0); outline++)
    {
      double grow = outline * 3.5;
      cairo_new_sub_path (cr);
      cairo_arc (cr, x + box->width + grow - r, y - grow + r, r, -G_PI_2, 0);
      cairo_arc (cr, x + box->width + grow - r, y + box->height + grow - r, r, 0, G_PI_2);
      cairo_arc (cr, x - grow + r, y + box->height + grow - r, r, G_PI_2, G_PI);
      cairo_arc (cr, x - grow + r, y - grow + r, r, G_PI, 3 * G_PI_2);
      cairo_close_path (cr);
      if (outline == 0)
        {
          set_color (cr, current ? color : &theme->base, 1);
          cairo_fill_preserve (cr);
        }
      set_color (cr, color, been ? 1 : 0.55);
      cairo_set_line_width (cr, chosen ? 4 : been ? 2 : 1.2);
      cairo_stroke (cr);
    }
  show_text (cr, graph->machine->states[box->state], 24, current, box->x, box->y,
             current ? &theme->base : color, been ? 1 : 0.75, NULL);
}

void
gpo_state_draw (cairo_t *cr, const GpoStateGraph *graph, const GpoStatePlace *place, const GpoTheme *theme,
                int chosen, double width, double height)
{
  double x, y, scale = fit (graph, width, height, &x, &y);
  set_color (cr, &theme->base, 1);
  cairo_paint (cr);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, scale, scale);
  for (int lit = 0; lit < 2; lit++)
    for (guint i = 0; i < graph->arrows->len; i++)
      {
        const GpoStateArrow *arrow = &g_array_index (graph->arrows, GpoStateArrow, i);
        if (place->walked[arrow->from & 63][arrow->to & 63] == lit)
          draw_arrow (cr, arrow, place, theme);
      }
  for (guint i = 0; i < graph->boxes->len; i++)
    {
      const GpoStateBox *box = &g_array_index (graph->boxes, GpoStateBox, i);
      draw_box (cr, graph, box, place, theme, box->state == chosen);
    }
  cairo_restore (cr);
}

int
gpo_state_at (const GpoStateGraph *graph, double width, double height, double x, double y)
{
  double left, top, scale = fit (graph, width, height, &left, &top);
  x = (x - left) / scale;
  y = (y - top) / scale;
  for (guint i = 0; i < graph->boxes->len; i++)
    {
      const GpoStateBox *box = &g_array_index (graph->boxes, GpoStateBox, i);
      if (fabs (x - box->x) <= box->width / 2 && fabs (y - box->y) <= box->height / 2)
        return box->state;
    }
  return -1;
}

int
gpo_state_beside (const GpoStateGraph *graph, int from, int dx, int dy)
{
  const GpoStateBox *start = NULL;
  int best = from;
  double least = G_MAXDOUBLE;
  for (guint i = 0; i < graph->boxes->len; i++)
    if (g_array_index (graph->boxes, GpoStateBox, i).state == from)
      start = &g_array_index (graph->boxes, GpoStateBox, i);
  for (guint i = 0; start && i < graph->boxes->len; i++)
    {
      const GpoStateBox *box = &g_array_index (graph->boxes, GpoStateBox, i);
      double along = (box->x - start->x) * dx + (box->y - start->y) * dy;
      double aside = fabs ((box->x - start->x) * dy) + fabs ((box->y - start->y) * dx);
      if (along > 1 && along + 2 * aside < least)
        {
          least = along + 2 * aside;
          best = box->state;
        }
    }
  return best;
}
