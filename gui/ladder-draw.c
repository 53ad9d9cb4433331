/* SPDX-License-Identifier: MIT */
/* ladder-draw.c: lifelines, arrows, boxes. */
#include "ladder-draw.h"
#include "i18n.h"
#include <math.h>
#include <pango/pangocairo.h>

#define MARGIN 76 /* for the time at the left */

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  GpoLadderModel *model;
  const GpoTheme *theme;
  double width;
  double alpha;
} Ink;

static void
set_color (Ink *ink, const GdkRGBA *c, double alpha)
{
  cairo_set_source_rgba (ink->cr, c->red, c->green, c->blue, c->alpha * alpha * ink->alpha);
}

/* Text with its middle at x (align 0.5), its left (0) or its right (1) side; at most `most` wide. */
static double
text (Ink *ink, const char *words, double x, double y, double align, double most, const GdkRGBA *color,
      gboolean bold, gboolean mono)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (mono)
    pango_attr_list_insert (attributes, pango_attr_family_new ("monospace"));
  pango_layout_set_attributes (ink->layout, attributes);
  pango_layout_set_width (ink->layout, (int) (MAX (most, 20) * PANGO_SCALE));
  pango_layout_set_text (ink->layout, words, -1);
  pango_layout_get_pixel_size (ink->layout, &width, &height);
  cairo_move_to (ink->cr, x - width * align, y - height / 2.0);
  set_color (ink, color, 1);
  pango_cairo_show_layout (ink->cr, ink->layout);
  return width;
}

static double
lane_x (Ink *ink, guint lane)
{
  double n = gpo_ladder_model_n_lanes (ink->model), room = ink->width - MARGIN;
  return MARGIN + room * (lane + 0.5) / MAX (n, 1);
}

static double
lane_width (Ink *ink)
{
  return (ink->width - MARGIN) / MAX (gpo_ladder_model_n_lanes (ink->model), 1);
}

static void
rounded (cairo_t *cr, double x, double y, double w, double h, double r)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + w - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + w - r, y + h - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + h - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
box (Ink *ink, double x, double y, double w, double h, const GdkRGBA *color)
{
  rounded (ink->cr, x, y, w, h, MIN (h / 2, 10));
  set_color (ink, &ink->theme->base, 1);
  cairo_fill_preserve (ink->cr);
  set_color (ink, color, ink->theme->dark ? 0.22 : 0.12);
  cairo_fill_preserve (ink->cr);
  set_color (ink, color, 0.9);
  cairo_set_line_width (ink->cr, 1.2);
  cairo_stroke (ink->cr);
}

/* Labels may be wider than their lanes: an ellipsis tells less than a covered lifeline. */
#define LABEL_LEAST 330

/* A centred label that stays within the ladder and covers what is behind it. */
static void
label_at (Ink *ink, const char *words, double x, double y, double most, const GdkRGBA *color, gboolean bold,
          gboolean mono)
{
  int width, height;
  double alpha = ink->alpha;
  ink->alpha = 0; /* to measure */
  text (ink, words, x, y, 0.5, most, color, bold, mono);
  ink->alpha = alpha;
  pango_layout_get_pixel_size (ink->layout, &width, &height);
  x = CLAMP (x, MARGIN + width / 2.0, MAX (MARGIN + width / 2.0, ink->width - 6 - width / 2.0));
  if (width > lane_width (ink) - 24)
    {
      cairo_rectangle (ink->cr, x - width / 2.0 - 3, y - 8, width + 6, 15);
      cairo_set_source_rgba (ink->cr, ink->theme->base.red, ink->theme->base.green, ink->theme->base.blue,
                             0.85);
      cairo_fill (ink->cr);
    }
  text (ink, words, x, y, 0.5, most, color, bold, mono);
}

/* --- rungs --- */

static void
head (Ink *ink, double x, double y, double way, GpoTone tone)
{
  cairo_t *cr = ink->cr;
  cairo_set_dash (cr, NULL, 0, 0);
  if (tone == GPO_TONE_REFUSED)
    {
      x -= way * 10;
      cairo_move_to (cr, x - 6, y - 6);
      cairo_line_to (cr, x + 6, y + 6);
      cairo_move_to (cr, x - 6, y + 6);
      cairo_line_to (cr, x + 6, y - 6);
      cairo_set_line_width (cr, 2.6);
      cairo_stroke (cr);
      return;
    }
  cairo_move_to (cr, x - way * 12, y - 6);
  cairo_line_to (cr, x, y);
  cairo_line_to (cr, x - way * 12, y + 6);
  if (tone == GPO_TONE_MORE || tone == GPO_TONE_DEFERRED)
    cairo_stroke (cr); /* open */
  else
    {
      cairo_close_path (cr);
      cairo_fill (cr);
    }
}

static void
arrow (Ink *ink, const GpoRung *rung, const GpoEventWords *words, double y)
{
  const GdkRGBA *color = &ink->theme->tone[words->tone];
  double x1 = lane_x (ink, rung->from), x2 = lane_x (ink, rung->to), way = x2 > x1 ? 1 : -1;
  static const double dashes[] = { 7, 4 };
  double line = y + 9;
  set_color (ink, color, 1);
  cairo_set_line_width (ink->cr, g_str_equal (words->sign, "⇒") || g_str_equal (words->sign, "⇐") ? 4 : 2);
  if (words->tone == GPO_TONE_REFUSED || words->tone == GPO_TONE_DEFERRED)
    cairo_set_dash (ink->cr, dashes, 2, 0);
  cairo_move_to (ink->cr, x1, line);
  cairo_line_to (ink->cr, x2 - way * 8, line);
  cairo_stroke (ink->cr);
  head (ink, x2 - way, line, way, words->tone);
  g_autoptr (GString) label = g_string_new (NULL);
  if (words->from_server && words->tone != GPO_TONE_LETTER)
    g_string_append_printf (label, "%s ", gpo_tone_sign (words->tone));
  if (words->lead)
    g_string_append_printf (label, "%s ", words->lead);
  g_string_append (label, words->text);
  if (rung->folded)
    g_string_append_printf (label, ngettext ("  (+%u line)", "  (+%u lines)", rung->folded), rung->folded);
  label_at (ink, label->str, (x1 + x2) / 2, y - 4, MAX (fabs (x2 - x1) - 24, LABEL_LEAST), color,
            words->tone == GPO_TONE_CLIENT || words->from_server, words->wire);
}

static void
note (Ink *ink, const GpoRung *rung, const GpoEventWords *words, double y)
{
  const GdkRGBA *color = &ink->theme->tone[words->tone];
  double x = lane_x (ink, rung->from), most = MAX (lane_width (ink) - 16, LABEL_LEAST);
  g_autofree char *label = words->to
                               ? g_strdup (words->to)
                               : g_strdup_printf ("%s %s%s%s", words->sign, words->lead ? words->lead : "",
                                                  words->lead ? ": " : "", words->text);
  int width;
  pango_layout_set_attributes (ink->layout, NULL);
  pango_layout_set_width (ink->layout, (int) ((most - 18) * PANGO_SCALE));
  pango_layout_set_text (ink->layout, label, -1);
  pango_layout_get_pixel_size (ink->layout, &width, NULL);
  double w = width * (words->to ? 1.12 : 1) + 18;
  x = CLAMP (x, MARGIN + w / 2, MAX (MARGIN + w / 2, ink->width - 6 - w / 2));
  box (ink, x - w / 2, y - 11, w, 22, color);
  text (ink, label, x, y, 0.5, w - 16, color, words->to != NULL, FALSE);
}

static void
draw_rung (Ink *ink, guint i, double y, guint64 n, guint current)
{
  const GpoRung *rung = gpo_ladder_model_rung (ink->model, i);
  GpoLog *log = gpo_ladder_model_log (ink->model);
  const GpoEvent *event = gpo_log_get (log, rung->n);
  if (!event)
    return;
  if (i == current)
    {
      set_color (ink, &ink->theme->accent, 0.2);
      cairo_rectangle (ink->cr, 0, y - GPO_LADDER_ROW / 2.0, ink->width, GPO_LADDER_ROW);
      cairo_fill (ink->cr);
      set_color (ink, &ink->theme->accent, 1);
      cairo_rectangle (ink->cr, 0, y - GPO_LADDER_ROW / 2.0, 4, GPO_LADDER_ROW);
      cairo_fill (ink->cr);
    }
  ink->alpha = rung->n > n ? 0.32 : 1;
  g_auto (GpoEventWords) words;
  gpo_event_words_init (&words, log, event);
  g_autofree char *time = gpo_time_words (event->time);
  text (ink, time, MARGIN - 14, y, 1, MARGIN - 16, &ink->theme->dim, FALSE, FALSE);
  if (rung->from != rung->to)
    arrow (ink, rung, &words, y);
  else
    note (ink, rung, &words, y);
  ink->alpha = 1;
}

static void
draw_lanes (Ink *ink, double height)
{
  for (guint i = 0; i < gpo_ladder_model_n_lanes (ink->model); i++)
    {
      double x = lane_x (ink, i);
      set_color (ink, &ink->theme->fg, 0.28);
      cairo_set_line_width (ink->cr, 2);
      cairo_move_to (ink->cr, x, GPO_LADDER_HEAD);
      cairo_line_to (ink->cr, x, height);
      cairo_stroke (ink->cr);
    }
}

static void
draw_head (Ink *ink)
{
  set_color (ink, &ink->theme->base, 1);
  cairo_rectangle (ink->cr, 0, 0, ink->width, GPO_LADDER_HEAD);
  cairo_fill (ink->cr);
  for (guint i = 0; i < gpo_ladder_model_n_lanes (ink->model); i++)
    {
      const GpoLane *lane = gpo_ladder_model_lane (ink->model, i);
      double w = MIN (lane_width (ink) - 16, 190), x = lane_x (ink, i);
      box (ink, x - w / 2, 5, w, GPO_LADDER_HEAD - 10, &ink->theme->fg);
      text (ink, lane->name, x, GPO_LADDER_HEAD / 2.0, 0.5, w - 10, &ink->theme->fg, TRUE, FALSE);
    }
}

void
gpo_ladder_draw (cairo_t *cr, GpoLadderModel *model, const GpoTheme *theme, const char *font, double width,
                 double height, double scroll, guint64 n)
{
  Ink ink = { cr, pango_cairo_create_layout (cr), model, theme, width, 1 };
  PangoFontDescription *description = pango_font_description_from_string (font);
  pango_layout_set_font_description (ink.layout, description);
  pango_layout_set_ellipsize (ink.layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (ink.layout, TRUE);
  set_color (&ink, &theme->base, 1);
  cairo_paint (cr);
  draw_lanes (&ink, height);
  guint rungs = gpo_ladder_model_n_rungs (model), current = gpo_ladder_model_row (model, n);
  guint first = (guint) (scroll / GPO_LADDER_ROW);
  for (guint i = first; i < rungs; i++)
    {
      double y = GPO_LADDER_HEAD + (i + 0.5) * GPO_LADDER_ROW - scroll;
      if (y - GPO_LADDER_ROW > height)
        break;
      draw_rung (&ink, i, y, n, current);
    }
  draw_head (&ink);
  pango_font_description_free (description);
  g_object_unref (ink.layout);
}
