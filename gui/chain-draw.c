/* SPDX-License-Identifier: MIT */
/* chain-draw.c: hosts as beads on a string.
 *
 *      ○ alice-laptop [127.0.0.1]
 *      │ ESMTPA · L1-kdgj · Sun 22 Nov 04:52:44
 *      ● athens.example          added in this trace
 *      │ +0 s · ESMTPS · …
 *      ● gateway.example                               */
#include "chain-draw.h"
#include "event-words.h"
#include "i18n.h"
#include "replay/letter-words.h"
#include <pango/pangocairo.h>
#include <string.h>

#define X 26

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  const GpoTheme *theme;
  double width;
} Ink;

static void
set_color (Ink *ink, const GdkRGBA *c, double alpha)
{
  cairo_set_source_rgba (ink->cr, c->red, c->green, c->blue, c->alpha * alpha);
}

static void
write_text (Ink *ink, const char *text, const char *font, double x, double y, const GdkRGBA *color)
{
  PangoFontDescription *description = pango_font_description_from_string (font);
  g_autofree char *shown = gpo_shown_text (text, strlen (text));
  pango_layout_set_font_description (ink->layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (ink->layout, (int) (MAX (ink->width - x - 8, 40) * PANGO_SCALE));
  pango_layout_set_ellipsize (ink->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (ink->layout, shown, -1);
  cairo_move_to (ink->cr, x, y);
  set_color (ink, color, 1);
  pango_cairo_show_layout (ink->cr, ink->layout);
}

static void
bead (Ink *ink, double y, const GdkRGBA *color, gboolean sure)
{
  cairo_new_path (ink->cr);
  cairo_arc (ink->cr, X, y, 7, 0, 2 * G_PI);
  set_color (ink, sure ? color : &ink->theme->base, 1);
  cairo_fill_preserve (ink->cr);
  set_color (ink, color, 1);
  cairo_set_line_width (ink->cr, 2);
  cairo_stroke (ink->cr);
}

static void
thread (Ink *ink, double from, double to, const GdkRGBA *color, gboolean broken)
{
  static const double dashes[] = { 4, 4 };
  set_color (ink, color, 0.8);
  cairo_set_line_width (ink->cr, 2);
  cairo_set_dash (ink->cr, dashes, broken ? 2 : 0, 0);
  cairo_move_to (ink->cr, X, from);
  cairo_line_to (ink->cr, X, to);
  cairo_stroke (ink->cr);
  cairo_set_dash (ink->cr, dashes, 0, 0);
  cairo_move_to (ink->cr, X - 5, to - 6);
  cairo_line_to (ink->cr, X, to);
  cairo_line_to (ink->cr, X + 5, to - 6);
  cairo_stroke (ink->cr);
}

static char *
date_words (const GpoStamp *stamp)
{
  if (!stamp->dated)
    return g_strdup (_ ("no date"));
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (stamp->when / G_USEC_PER_SEC);
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (stamp->zone * 60);
  g_autoptr (GDateTime) date = utc ? g_date_time_to_timezone (utc, zone) : NULL;
  return date ? g_date_time_format (date, "%a %-d %b %Y %H:%M:%S %z") : g_strdup (_ ("no date"));
}

static char *
way_words (const GpoStamp *stamp)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "%s", stamp->with ? stamp->with : _ ("protocol not told"));
  if (stamp->id)
    g_string_append_printf (out, " · %s", stamp->id);
  if (stamp->for_path)
    g_string_append_printf (out, _ (" · for %s"), stamp->for_path);
  return g_string_free (out, FALSE);
}

static void
draw_hop (Ink *ink, GPtrArray *chain, guint i)
{
  const GpoChainHop *hop = chain->pdata[i];
  const GpoTheme *theme = ink->theme;
  gboolean sure = hop->field->added_by != 0, wrong = hop->broken || (hop->timed && hop->delay < 0);
  const GdkRGBA *color = &theme->tone[wrong ? GPO_TONE_REFUSED : sure ? GPO_TONE_OK : GPO_TONE_DEFERRED];
  double top = GPO_CHAIN_HEAD + i * (double) GPO_CHAIN_HOP - 16, end = top + GPO_CHAIN_HOP;
  g_autofree char *way = way_words (&hop->stamp), *date = date_words (&hop->stamp),
                  *delay = gpo_delay_words (hop);
  g_autofree char *when = delay ? g_strdup_printf ("%s  (%s)", date, delay) : g_strdup (date);
  g_autofree char *warning = gpo_chain_warning (hop),
                  *text = warning ? g_strconcat ("✗ ", warning, NULL) : NULL;
  thread (ink, top + 9, end - 9, color, hop->broken);
  write_text (ink, way, "monospace 9.5", X + 22, top + 14, &theme->fg);
  write_text (ink, when, "Sans 9.5", X + 22, top + 32, &theme->dim);
  write_text (ink, sure ? _ ("✓ added in this trace") : _ ("? came with the letter: only claimed"),
              "Sans 9.5", X + 22, top + 50, &theme->tone[sure ? GPO_TONE_OK : GPO_TONE_DEFERRED]);
  if (text)
    write_text (ink, text, "Sans Bold 9.5", X + 22, top + 68, color);
  bead (ink, end, color, sure);
  write_text (ink, hop->stamp.by ? hop->stamp.by : _ ("nobody said who"), "Sans Bold 11", X + 22, end - 11,
              &theme->fg);
}

void
gpo_chain_draw (cairo_t *cr, GPtrArray *chain, const GpoTheme *theme, double width, guint chosen)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  Ink ink = { cr, layout, theme, width };
  if (chain->len == 0)
    {
      write_text (&ink, _ ("No Received field yet."), "Sans 11", 12, 12, &theme->dim);
      return;
    }
  if (chosen < chain->len)
    {
      cairo_rectangle (cr, 0, GPO_CHAIN_HEAD + chosen * (double) GPO_CHAIN_HOP - 8, width, GPO_CHAIN_HOP);
      set_color (&ink, &theme->accent, 0.14);
      cairo_fill (cr);
    }
  const GpoChainHop *first = chain->pdata[0];
  const char *name = first->stamp.from ? first->stamp.from : _ ("somebody");
  g_autofree char *from
      = first->stamp.from_info ? g_strdup_printf ("%s (%s)", name, first->stamp.from_info) : g_strdup (name);
  bead (&ink, GPO_CHAIN_HEAD - 16, &theme->tone[GPO_TONE_CLIENT], FALSE);
  write_text (&ink, from, "Sans Bold 11", X + 22, GPO_CHAIN_HEAD - 27, &theme->fg);
  for (guint i = 0; i < chain->len; i++)
    draw_hop (&ink, chain, i);
}

double
gpo_chain_height (GPtrArray *chain)
{
  return GPO_CHAIN_HEAD + chain->len * (double) GPO_CHAIN_HOP + 10;
}

guint
gpo_chain_hit (GPtrArray *chain, double y)
{
  double row = (y - GPO_CHAIN_HEAD + 8) / GPO_CHAIN_HOP;
  return row < 0 || row >= chain->len ? G_MAXUINT : (guint) row;
}

char *
gpo_chain_hop_words (GPtrArray *chain, guint i)
{
  const GpoChainHop *hop = chain->pdata[i];
  g_autofree char *way = way_words (&hop->stamp), *date = date_words (&hop->stamp),
                  *delay = gpo_delay_words (hop);
  g_autofree char *text = g_strdup_printf (
      _ ("hop %u: from %s to %s, %s, %s%s%s, %s"), i + 1, hop->stamp.from ? hop->stamp.from : "?",
      hop->stamp.by ? hop->stamp.by : "?", way, date, delay ? ", " : "", delay ? delay : "",
      hop->field->added_by ? _ ("added in this trace") : _ ("only claimed"));
  return gpo_shown_text (text, strlen (text));
}
