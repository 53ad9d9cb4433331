/* SPDX-License-Identifier: MIT */
/* map-places.c: a host with its daemon, its queue and its mailboxes; readers; the world outside. */
#include "map-places.h"
#include "i18n.h"

static void
draw_slot (GpoInk *ink, const cairo_rectangle_t *r, GpoTone tone)
{
  gpo_ink_rounded (ink, r->x, r->y, r->width, r->height, 4);
  gpo_ink_color (ink, &ink->theme->tone[tone], ink->theme->dark ? 0.16 : 0.08);
  cairo_fill (ink->cr);
}

/* "queue 3": what it is, and how many lie there. Envelopes stand at the right. */
static void
draw_pile (GpoInk *ink, const cairo_rectangle_t *r, const char *name, const GpoMapPile *pile, GpoTone tone)
{
  char count[16];
  double room = r->width - 22 - GPO_MAP_TOKEN * MIN (pile->n_shown, gpo_map_pile_room (pile, name, r->width)),
         y = r->y + r->height / 2;
  draw_slot (ink, r, tone);
  g_snprintf (count, sizeof count, "%u", pile->count);
  double width = gpo_ink_measure (ink, count, 60, GPO_INK_BOLD);
  double used = gpo_ink_text (ink, name, r->x + 6, y, 0, room - width - 4, &ink->theme->fg, 0);
  gpo_ink_text (ink, count, r->x + 11 + used, y, 0, 60,
                pile->count ? &ink->theme->tone[GPO_TONE_LETTER] : &ink->theme->dim,
                pile->count ? GPO_INK_BOLD : 0);
}

static void
draw_daemon (GpoInk *ink, const GpoMapPlace *place, const cairo_rectangle_t *r)
{
  g_autofree char *open = place->sessions ? g_strdup_printf (_ ("%u open"), place->sessions) : NULL;
  double y = r->y + r->height / 2, width = 0;
  draw_slot (ink, r, GPO_TONE_CLIENT);
  if (open)
    width = gpo_ink_text (ink, open, r->x + r->width - 6, y, 1, 80, &ink->theme->tone[GPO_TONE_CLIENT],
                          GPO_INK_BOLD | GPO_INK_SMALL)
            + 8;
  gpo_ink_text (ink, place->roles ? place->roles : "", r->x + 6, y, 0, r->width - 12 - width,
                &ink->theme->dim, GPO_INK_SMALL);
}

/* Strokes across the box, and the word. */
static void
draw_down (GpoInk *ink, const cairo_rectangle_t *r)
{
  const GdkRGBA *color = &ink->theme->tone[GPO_TONE_REFUSED];
  cairo_save (ink->cr);
  gpo_ink_rounded (ink, r->x, r->y, r->width, r->height, 10);
  cairo_clip (ink->cr);
  gpo_ink_color (ink, color, 0.3);
  cairo_set_line_width (ink->cr, 3);
  for (double x = r->x - r->height; x < r->x + r->width; x += 16)
    {
      cairo_move_to (ink->cr, x, r->y + r->height);
      cairo_line_to (ink->cr, x + r->height, r->y);
    }
  cairo_stroke (ink->cr);
  cairo_restore (ink->cr);
  gpo_ink_box (ink, r->x + r->width - 78, r->y - 11, 86, 22, color);
  gpo_ink_text (ink, _ ("✗ down"), r->x + r->width - 35, r->y, 0.5, 80, color, GPO_INK_BOLD);
}

static void
draw_rules (GpoInk *ink, const GpoMapPlace *place, const cairo_rectangle_t *r)
{
  const GdkRGBA *color = &ink->theme->tone[GPO_TONE_REFUSED];
  g_autoptr (GString) words = g_string_new ("⚡");
  for (guint i = 0; i < place->rules->len; i++)
    g_string_append_printf (words, "%s %s", i ? "," : "", (const char *) place->rules->pdata[i]);
  double width = gpo_ink_measure (ink, words->str, r->width - 30, GPO_INK_SMALL);
  gpo_ink_box (ink, r->x + 8, r->y + r->height - 8, width + 14, 18, color);
  gpo_ink_text (ink, words->str, r->x + 15, r->y + r->height + 1, 0, r->width - 30, color, GPO_INK_SMALL);
}

static void
draw_host (GpoInk *ink, const GpoMapPlace *place, const GpoMapFrame *f, gboolean chosen)
{
  const cairo_rectangle_t *r = &f->whole;
  const GpoTheme *theme = ink->theme;
  gpo_ink_rounded (ink, r->x, r->y, r->width, r->height, 10);
  gpo_ink_color (ink, &theme->base, 1);
  cairo_fill_preserve (ink->cr);
  gpo_ink_color (ink, &theme->fg, theme->dark ? 0.06 : 0.03);
  cairo_fill_preserve (ink->cr);
  gpo_ink_color (ink,
                 chosen        ? &theme->tone[GPO_TONE_CLIENT]
                 : place->down ? &theme->tone[GPO_TONE_REFUSED]
                               : &theme->fg,
                 chosen || place->down ? 1 : 0.55);
  cairo_set_line_width (ink->cr, chosen ? 4 : 1.5);
  cairo_stroke (ink->cr);
  double used
      = gpo_ink_text (ink, place->name, r->x + 12, r->y + 14, 0, r->width - 24, &theme->fg, GPO_INK_BOLD);
  const char *trade = place->gateway ? _ ("passes letters on") : "";
  if (gpo_ink_measure (ink, trade, r->width, GPO_INK_SMALL) <= r->width - 26 - used)
    gpo_ink_text (ink, trade, r->x + r->width - 10, r->y + 14, 1, r->width, &theme->dim, GPO_INK_SMALL);
  if (place->title)
    gpo_ink_text (ink, place->title, r->x + 12, r->y + 30, 0, r->width - 24, &theme->dim, GPO_INK_SMALL);
  draw_daemon (ink, place, &f->daemon);
  draw_pile (ink, &f->queue, _ ("queue"), &place->queue, GPO_TONE_STATE);
  for (guint i = 0; i < f->n_boxes; i++)
    {
      const GpoMapBox *box = &g_array_index (place->boxes, GpoMapBox, i);
      g_autofree char *name = gpo_map_box_name (place, f, i);
      draw_pile (ink, &f->box[i], name, &box->letters, GPO_TONE_LETTER);
    }
  if (place->down)
    draw_down (ink, r);
  if (place->rules->len)
    draw_rules (ink, place, r);
}

/* Head and shoulders. */
static void
draw_person (GpoInk *ink, const GpoMapPlace *place, const GpoMapFrame *f)
{
  const cairo_rectangle_t *r = &f->whole;
  double x = r->x + r->width / 2, y = r->y + 2;
  g_autofree char *name
      = f->hidden ? g_strdup_printf ("%s, +%u", place->title, f->hidden) : g_strdup (place->title);
  const GdkRGBA *color = &ink->theme->tone[GPO_TONE_ENVELOPE];
  for (int pass = 0; pass < 2; pass++)
    {
      cairo_new_path (ink->cr);
      cairo_arc (ink->cr, x, y + 11, 9, 0, 2 * G_PI);
      cairo_new_sub_path (ink->cr);
      cairo_arc (ink->cr, x, y + 40, 18, G_PI, 0);
      cairo_close_path (ink->cr);
      gpo_ink_color (ink, pass ? color : &ink->theme->base, pass ? 0.25 : 1);
      cairo_fill_preserve (ink->cr);
    }
  gpo_ink_color (ink, color, 1);
  cairo_set_line_width (ink->cr, 1.6);
  cairo_stroke (ink->cr);
  gpo_ink_text (ink, name, x, y + 52, 0.5, r->width + 10, &ink->theme->fg, GPO_INK_BOLD);
}

/* A cloud. */
static void
draw_outside (GpoInk *ink, const GpoMapPlace *place, const GpoMapFrame *f)
{
  const cairo_rectangle_t *r = &f->whole;
  double x = r->x + r->width / 2, y = r->y + r->height / 2, w = r->width / 2, h = r->height / 2;
  cairo_new_path (ink->cr);
  cairo_arc (ink->cr, x - w * 0.55, y + h * 0.25, h * 0.62, G_PI * 0.5, G_PI * 1.5);
  cairo_arc (ink->cr, x - w * 0.15, y - h * 0.35, h * 0.62, G_PI * 1.1, G_PI * 1.8);
  cairo_arc (ink->cr, x + w * 0.3, y - h * 0.2, h * 0.55, G_PI * 1.4, G_PI * 1.95);
  cairo_arc (ink->cr, x + w * 0.6, y + h * 0.3, h * 0.57, -G_PI * 0.5, G_PI * 0.5);
  cairo_close_path (ink->cr);
  gpo_ink_color (ink, &ink->theme->base, 1);
  cairo_fill_preserve (ink->cr);
  gpo_ink_color (ink, &ink->theme->fg, 0.45);
  cairo_set_line_width (ink->cr, 1.5);
  cairo_stroke (ink->cr);
  gpo_ink_text (ink, place->name, x, y + h * 0.2, 0.5, r->width, &ink->theme->fg, 0);
}

void
gpo_map_draw_place (GpoInk *ink, const GpoMapPlace *place, const GpoMapFrame *frame, const GpoMapLook *look)
{
  if (place->kind == GPO_PLACE_PERSON)
    draw_person (ink, place, frame);
  else if (place->kind == GPO_PLACE_OUTSIDE)
    draw_outside (ink, place, frame);
  else
    draw_host (ink, place, frame, look->host == place->host);
}
