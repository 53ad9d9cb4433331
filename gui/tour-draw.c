/* SPDX-License-Identifier: MIT */
/* tour-draw.c: the figures on the cards, in the colours of the theme. Each is drawn for 460 by 190 and
 * scaled. */
#include "i18n.h"
#include "ink.h"
#include "tour.h"

static void
arrow (GpoInk *ink, double from, double to, double y, GpoTone tone)
{
  gpo_ink_color (ink, &ink->theme->tone[tone], 1);
  cairo_set_line_width (ink->cr, 3);
  cairo_move_to (ink->cr, from, y);
  cairo_line_to (ink->cr, to - 4, y);
  cairo_stroke (ink->cr);
  cairo_move_to (ink->cr, to, y);
  cairo_line_to (ink->cr, to - 12, y - 6);
  cairo_line_to (ink->cr, to - 12, y + 6);
  cairo_fill (ink->cr);
}

static void
small_letter (GpoInk *ink, double x, double y)
{
  cairo_t *cr = ink->cr;
  cairo_rectangle (cr, x - 15, y - 10, 30, 20);
  gpo_ink_color (ink, &ink->theme->base, 1);
  cairo_fill_preserve (cr);
  gpo_ink_color (ink, &ink->theme->tone[GPO_TONE_LETTER], 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
  cairo_move_to (cr, x - 15, y - 10);
  cairo_line_to (cr, x, y + 2);
  cairo_line_to (cr, x + 15, y - 10);
  cairo_stroke (cr);
}

static void
draw_world (GpoInk *ink)
{
  static const char *const hosts[] = { "Athens", "gateway", "Sparta" };
  static const char *const people[] = { "Alice", "", "Bob, Carol" };
  const GpoTheme *theme = ink->theme;
  for (int i = 0; i < 3; i++)
    {
      double x = 80 + 150 * i;
      gpo_ink_box (ink, x - 52, 52, 104, 62, &theme->tone[i == 1 ? GPO_TONE_STATE : GPO_TONE_CLIENT]);
      gpo_ink_text (ink, hosts[i], x, 83, 0.5, 100, &theme->fg, GPO_INK_BOLD);
      gpo_ink_text (ink, people[i], x, 140, 0.5, 120, &theme->dim, GPO_INK_PLAIN);
    }
  arrow (ink, 134, 176, 83, GPO_TONE_CLIENT);
  arrow (ink, 284, 326, 83, GPO_TONE_CLIENT);
  small_letter (ink, 155, 62);
  small_letter (ink, 305, 62);
}

static void
draw_letter (GpoInk *ink)
{
  static const struct
  {
    const char *title, *lines[3];
    GpoTone tone;
  } parts[] = {
    { N_ ("Envelope"), { "MAIL FROM:<alice…>", "RCPT TO:<bob…>", "RCPT TO:<carol…>" }, GPO_TONE_ENVELOPE },
    { N_ ("Header"), { "From: Alice", "To: Bob", "Subject: olives" }, GPO_TONE_CLIENT },
    { N_ ("Data"), { "Dear Bob,", "the olives", "are ripe." }, GPO_TONE_OK },
  };
  for (guint i = 0; i < 3; i++)
    {
      double x = 12 + 148 * i;
      gpo_ink_box (ink, x, 24, 140, 140, &ink->theme->tone[parts[i].tone]);
      gpo_ink_text (ink, _ (parts[i].title), x + 70, 46, 0.5, 130, &ink->theme->fg, GPO_INK_BOLD);
      for (guint k = 0; k < 3; k++)
        gpo_ink_text (ink, parts[i].lines[k], x + 10, 82 + 26 * k, 0, 126, &ink->theme->fg,
                      GPO_INK_MONO | GPO_INK_SMALL);
    }
}

static void
draw_time (GpoInk *ink)
{
  static const char *const keys[] = { ",", "⎵", "." };
  const char *names[] = { _ ("back"), _ ("play, pause"), _ ("forward") };
  for (int i = 0; i < 3; i++)
    {
      double x = 80 + 150 * i, half = i == 1 ? 56 : 30;
      gpo_ink_box (ink, x - half, 26, 2 * half, 54, &ink->theme->tone[GPO_TONE_PLAIN]);
      gpo_ink_text (ink, keys[i], x, 53, 0.5, 90, &ink->theme->fg, GPO_INK_BOLD);
      gpo_ink_text (ink, names[i], x, 100, 0.5, 140, &ink->theme->dim, GPO_INK_PLAIN);
    }
  for (int i = 0; i < 44; i++)
    {
      double height = 6 + 18 * ((i * 7 + i / 5 * 3) % 11) / 10.0;
      gpo_ink_color (ink, &ink->theme->tone[GPO_TONE_CLIENT], i < 25 ? 0.9 : 0.3);
      cairo_rectangle (ink->cr, 24 + 9.5 * i, 160 - height, 6, height);
      cairo_fill (ink->cr);
    }
  gpo_ink_color (ink, &ink->theme->fg, 1);
  cairo_rectangle (ink->cr, 24 + 9.5 * 25 - 3, 128, 3, 36);
  cairo_fill (ink->cr);
}

static void
draw_tasks (GpoInk *ink)
{
  const char *tasks[]
      = { _ ("The envelope names Carol"), _ ("The header names Bob"), _ ("Whose mailbox grows?") };
  for (int i = 0; i < 3; i++)
    {
      double y = 46 + 50 * i;
      GpoTone tone = i < 2 ? GPO_TONE_OK : GPO_TONE_PLAIN;
      gpo_ink_box (ink, 96, y - 17, 34, 34, &ink->theme->tone[tone]);
      gpo_ink_text (ink, i < 2 ? "✓" : "…", 113, y, 0.5, 30, &ink->theme->tone[tone], GPO_INK_BOLD);
      gpo_ink_text (ink, tasks[i], 148, y, 0, 300, i < 2 ? &ink->theme->fg : &ink->theme->dim, GPO_INK_PLAIN);
    }
}

void
gpo_tour_draw (cairo_t *cr, int card, GtkWidget *style, double width, double height)
{
  static void (*const figures[GPO_TOUR_CARDS]) (GpoInk *)
      = { draw_world, draw_letter, draw_time, draw_tasks };
  double scale = MIN (width / 460, height / 190);
  GpoTheme theme;
  g_auto (GpoInk) ink;
  gpo_theme_read (&theme, style);
  gpo_ink_init (&ink, cr, &theme, "Sans 11", width);
  cairo_translate (cr, (width - 460 * scale) / 2, (height - 190 * scale) / 2);
  cairo_scale (cr, scale, scale);
  figures[card](&ink);
}
