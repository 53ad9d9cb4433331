/* SPDX-License-Identifier: MIT */
/* map-draw.c: ways, connections, letters; map-places.c draws what stands. */
#include "map-draw.h"
#include "i18n.h"
#include "map-labels.h"
#include "map-places.h"
#include <math.h>
#include <string.h>

/* --- ways and connections --- */

static void
trace_curve (cairo_t *cr, const GpoMapCurve *c)
{
  cairo_move_to (cr, c->x[0], c->y[0]);
  cairo_curve_to (cr, c->x[1], c->y[1], c->x[2], c->y[2], c->x[3], c->y[3]);
}

static void
draw_way (GpoInk *ink, const GpoMapCurve *curve)
{
  gpo_ink_color (ink, &ink->theme->fg, ink->theme->dark ? 0.1 : 0.07);
  cairo_set_line_width (ink->cr, 13);
  cairo_set_line_cap (ink->cr, CAIRO_LINE_CAP_BUTT);
  trace_curve (ink->cr, curve);
  cairo_stroke (ink->cr);
}

/* Which one calls whom: a head at the server's end. */
static void
draw_head (GpoInk *ink, const GpoMapCurve *c)
{
  double angle = atan2 (c->y[3] - c->y[2], c->x[3] - c->x[2]);
  cairo_save (ink->cr);
  cairo_translate (ink->cr, c->x[3], c->y[3]);
  cairo_rotate (ink->cr, angle);
  cairo_move_to (ink->cr, -1, 0);
  cairo_line_to (ink->cr, -13, -6);
  cairo_line_to (ink->cr, -13, 6);
  cairo_close_path (ink->cr);
  cairo_fill (ink->cr);
  cairo_restore (ink->cr);
}

static const GdkRGBA *
link_color (const GpoTheme *theme, const GpoMapLink *link)
{
  gboolean no = link->tone == GPO_TONE_REFUSED || link->tone == GPO_TONE_DEFERRED;
  return &theme->tone[link->held ? GPO_TONE_DEFERRED : no ? link->tone : GPO_TONE_CLIENT];
}

static void
draw_line (GpoInk *ink, const GpoMapLink *link, const GpoMapCurve *curve, gboolean chosen)
{
  static const double dashes[] = { 6, 4 };
  gpo_ink_color (ink, link_color (ink->theme, link), 1);
  cairo_set_line_width (ink->cr, chosen ? 4 : 2.2);
  cairo_set_dash (ink->cr, dashes, link->held ? 2 : 0, 0);
  trace_curve (ink->cr, curve);
  cairo_stroke (ink->cr);
  cairo_set_dash (ink->cr, NULL, 0, 0);
  draw_head (ink, curve);
}

/* What encryption looks like: a padlock of 8 × 10. */
static void
draw_padlock (GpoInk *ink, double x, double y, const GdkRGBA *color)
{
  gpo_ink_color (ink, color, 1);
  cairo_rectangle (ink->cr, x, y - 1, 8, 6);
  cairo_fill (ink->cr);
  cairo_new_sub_path (ink->cr);
  cairo_arc (ink->cr, x + 4, y - 1, 2.8, G_PI, 0);
  cairo_set_line_width (ink->cr, 1.4);
  cairo_stroke (ink->cr);
}

static double
draw_label_line (GpoInk *ink, const GpoMapLink *link, const char *words, double x, double y, double most,
                 GpoInkStyle style)
{
  double width = gpo_ink_measure (ink, words, most, style);
  cairo_rectangle (ink->cr, x - width / 2 - 3, y - 7, width + 6, 14);
  gpo_ink_color (ink, &ink->theme->base, 0.88);
  cairo_fill (ink->cr);
  gpo_ink_text (ink, words, x, y, 0.5, most, link_color (ink->theme, link), style);
  return width;
}

static void
draw_label (GpoInk *ink, const GpoMapLink *link, const GpoMapLabel *label, gboolean chosen)
{
  double y = label->y, lock = link->tls ? 12 : 0;
  g_autofree char *text = gpo_map_label_text (link, label->lines);
  GpoInkStyle style = GPO_INK_SMALL | (chosen ? GPO_INK_BOLD : 0);
  char *below = label->lines > 1 ? strchr (text, '\n') : NULL;
  if (below)
    {
      *below = '\0';
      draw_label_line (ink, link, below + 1, label->x, y, label->most, style);
      y -= 13;
    }
  double width = draw_label_line (ink, link, text, label->x + lock / 2, y, label->most - lock, style);
  if (link->tls)
    draw_padlock (ink, label->x + lock / 2 - width / 2 - lock, y, link_color (ink->theme, link));
}

/* --- letters --- */

void
gpo_map_token_seen (const GpoMapToken *token, const GpoMapLook *look, double *x, double *y)
{
  const GpoMapToken *from = NULL;
  *x = token->x;
  *y = token->y;
  for (guint i = 0; look->before && i < look->before->len; i++)
    {
      const GpoMapToken *other = &g_array_index (look->before, GpoMapToken, i);
      if (other->letter == token->letter && (!from || other->copy == token->copy))
        from = other;
    }
  if (!from)
    return;
  double t = look->t * look->t * (3 - 2 * look->t);
  *x = from->x + (token->x - from->x) * t;
  *y = from->y + (token->y - from->y) * t;
}

static void
draw_envelope (GpoInk *ink, double x, double y, double w, double h, const GdkRGBA *color, gboolean filled)
{
  cairo_t *cr = ink->cr;
  gpo_ink_rounded (ink, x - w / 2, y - h / 2, w, h, 2.5);
  gpo_ink_color (ink, filled ? color : &ink->theme->base, 1);
  cairo_fill_preserve (cr);
  gpo_ink_color (ink, color, 1);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  gpo_ink_color (ink, filled ? &ink->theme->base : color, 0.4);
  cairo_set_line_width (cr, 1.2);
  cairo_move_to (cr, x - w / 2 + 1, y - h / 2 + 1);
  cairo_line_to (cr, x, y - h / 2 + h * 0.36);
  cairo_line_to (cr, x + w / 2 - 1, y - h / 2 + 1);
  cairo_stroke (cr);
}

/* A long number is drawn smaller: one that is cut would be another letter's. */
static void
draw_number (GpoInk *ink, const char *number, double x, double y, double most, const GdkRGBA *color,
             GpoInkStyle style)
{
  double scale = MIN (1, most / gpo_ink_measure (ink, number, G_MAXINT16, style));
  cairo_save (ink->cr);
  cairo_translate (ink->cr, x, y);
  cairo_scale (ink->cr, scale, scale);
  gpo_ink_text (ink, number, 0, 0, 0.5, G_MAXINT16, color, style);
  cairo_restore (ink->cr);
}

static void
draw_token (GpoInk *ink, const GpoMapToken *token, const GpoMapLook *look)
{
  static const double dashes[] = { 3, 2.5 };
  double x, y, w = token->moving ? 36 : 28, h = token->moving ? 25 : 20;
  char number[16];
  const GdkRGBA *color = &ink->theme->tone[token->late ? GPO_TONE_DEFERRED : GPO_TONE_LETTER];
  gboolean chosen = look->letter == token->letter;
  gpo_map_token_seen (token, look, &x, &y);
  ink->alpha = token->pale ? 0.4 : 1;
  if (token->late)
    cairo_set_dash (ink->cr, dashes, 2, 0);
  draw_envelope (ink, x, y, w, h, color, chosen);
  g_snprintf (number, sizeof number, "%u%s", token->letter, token->late ? "!" : "");
  draw_number (ink, number, x, y + 2, w - 4, chosen ? &ink->theme->base : color,
               GPO_INK_BOLD | (token->moving ? 0 : GPO_INK_SMALL));
  ink->alpha = 1;
}

/* --- all --- */

static void
draw_links (GpoInk *ink, GpoMapModel *model, const GpoMapLayout *layout, const GpoMapLook *look)
{
  for (guint i = 0; i < gpo_map_model_n_links (model); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (model, i);
      draw_line (ink, link, gpo_map_layout_link (layout, i), link->session == look->session);
    }
  for (guint i = 0; i < gpo_map_model_n_links (model); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (model, i);
      const GpoMapLabel *label = gpo_map_layout_label (layout, i);
      if (label->shown && link->session != look->session)
        draw_label (ink, link, label, FALSE);
    }
  for (guint i = 0; i < gpo_map_model_n_links (model); i++) /* the chosen one's, whatever it covers */
    if (gpo_map_model_link (model, i)->session == look->session)
      draw_label (ink, gpo_map_model_link (model, i), gpo_map_layout_label (layout, i), TRUE);
}

void
gpo_map_draw (cairo_t *cr, GpoMapModel *model, const GpoMapLayout *layout, const GpoTheme *theme,
              const char *font, double width, double height, const GpoMapLook *look)
{
  g_auto (GpoInk) ink;
  gpo_ink_init (&ink, cr, theme, font, width / layout->scale);
  if (gpo_map_model_n_places (model) == 0)
    {
      gpo_ink_text (&ink, _ ("No host is known yet"), width / 2, height / 2, 0.5, width, &theme->dim, 0);
      return;
    }
  cairo_save (cr);
  cairo_scale (cr, layout->scale, layout->scale);
  pango_cairo_update_layout (cr, ink.layout);
  for (guint i = 0; i < layout->ways->len; i++)
    draw_way (&ink, &g_array_index (layout->ways, GpoMapCurve, i));
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    if (gpo_map_layout_frame (layout, i)->shown)
      gpo_map_draw_place (&ink, gpo_map_model_place (model, i), gpo_map_layout_frame (layout, i), look);
  draw_links (&ink, model, layout, look);
  for (guint i = 0; i < layout->tokens->len; i++)
    draw_token (&ink, &g_array_index (layout->tokens, GpoMapToken, i), look);
  cairo_restore (cr);
}
