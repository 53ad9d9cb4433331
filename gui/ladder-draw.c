/* SPDX-License-Identifier: MIT */
/* ladder-draw.c: lifelines, arrows, boxes. */
#include "ladder-draw.h"
#include "i18n.h"
#include "ink.h"
#include <math.h>

#define MARGIN 76     /* for the time at the left */
#define CHIP 30       /* for a session's number beside it, where there are several */
#define LANE_EDGE 104 /* from the margin to the first lifeline, from the last one to the right side */

typedef struct
{
  GpoInk ink;
  GpoLadderModel *model;
  double left; /* where the lanes begin */
} Sheet;

static double
lane_x (Sheet *sheet, guint lane)
{
  double n = gpo_ladder_model_n_lanes (sheet->model), room = sheet->ink.width - sheet->left;
  double edge = MIN (LANE_EDGE, room / (2 * MAX (n, 1)));
  return n < 2 ? sheet->left + room / 2 : sheet->left + edge + (room - 2 * edge) * lane / (n - 1);
}

static double
lane_width (Sheet *sheet)
{
  double n = gpo_ladder_model_n_lanes (sheet->model);
  return n < 2 ? sheet->ink.width - sheet->left : lane_x (sheet, 1) - lane_x (sheet, 0);
}

/* A label around x that stays on the sheet and covers what is behind it. It may be wider than its lane: an
 * ellipsis tells less than a covered lifeline. Only where the whole sheet is too narrow the type gets
 * smaller. */
static void
label_at (Sheet *sheet, const char *words, double x, double y, const GdkRGBA *color, GpoInkStyle style)
{
  GpoInk *ink = &sheet->ink;
  double most = ink->width - sheet->left - 12, width = gpo_ink_measure (ink, words, 1e5, style);
  if (width > most)
    width = gpo_ink_measure (ink, words, most, style |= GPO_INK_SMALL);
  x = CLAMP (x, sheet->left + width / 2, MAX (sheet->left + width / 2, ink->width - 6 - width / 2));
  if (width > lane_width (sheet) - 24)
    {
      cairo_rectangle (ink->cr, x - width / 2 - 3, y - 8, width + 6, 15);
      gpo_ink_color (ink, &ink->theme->base, 0.88 / ink->alpha);
      cairo_fill (ink->cr);
    }
  gpo_ink_text (ink, words, x, y, 0.5, most, color, style);
}

/* --- rungs --- */

static void
head (GpoInk *ink, double x, double y, double way, GpoTone tone)
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

/* What an arrow says. *tone becomes that of the gravest answer of a group. The caller frees. */
static char *
arrow_label (Sheet *sheet, const GpoRung *rung, const GpoEventWords *words, GpoTone *tone)
{
  guint n;
  if (rung->kind == GPO_RUNG_GROUP)
    {
      g_autofree char *group = gpo_ladder_model_group (sheet->model, rung, &n);
      if (!words->from_server)
        return g_strdup_printf (ngettext ("%s  (%u command)", "%s  (%u commands at once)", n), group, n);
      *tone = strstr (group, ", 5") || group[0] == '5'   ? GPO_TONE_REFUSED
              : strstr (group, ", 4") || group[0] == '4' ? GPO_TONE_DEFERRED
                                                         : GPO_TONE_OK;
      return g_strdup_printf (ngettext ("%s %s  (%u answer)", "%s %s  (%u answers)", n),
                              gpo_tone_sign (*tone), group, n);
    }
  GString *label = g_string_new (NULL);
  if (words->from_server && words->tone != GPO_TONE_LETTER)
    g_string_append_printf (label, "%s ", gpo_tone_sign (words->tone));
  if (words->lead)
    g_string_append_printf (label, "%s ", words->lead);
  g_string_append (label, words->text);
  if (rung->folded)
    g_string_append_printf (label,
                            words->tone == GPO_TONE_LETTER
                                ? ngettext ("  (+%u piece)", "  (+%u pieces)", rung->folded)
                                : ngettext ("  (+%u line)", "  (+%u lines)", rung->folded),
                            rung->folded);
  return g_string_free (label, FALSE);
}

static void
arrow (Sheet *sheet, const GpoRung *rung, const GpoEventWords *words, double y)
{
  GpoInk *ink = &sheet->ink;
  GpoTone tone = words->tone;
  double x1 = lane_x (sheet, rung->from), x2 = lane_x (sheet, rung->to), way = x2 > x1 ? 1 : -1;
  static const double dashes[] = { 7, 4 };
  double line = y + 9;
  g_autofree char *label = arrow_label (sheet, rung, words, &tone);
  const GdkRGBA *color = &ink->theme->tone[tone];
  gboolean heavy
      = g_str_equal (words->sign, "⇒") || g_str_equal (words->sign, "⇐") || rung->kind == GPO_RUNG_GROUP;
  gpo_ink_color (ink, color, 1);
  cairo_set_line_width (ink->cr, heavy ? 4 : 2);
  if (tone == GPO_TONE_REFUSED || tone == GPO_TONE_DEFERRED)
    cairo_set_dash (ink->cr, dashes, 2, 0);
  cairo_move_to (ink->cr, x1, line);
  cairo_line_to (ink->cr, x2 - way * 8, line);
  cairo_stroke (ink->cr);
  head (ink, x2 - way, line, way, tone);
  gboolean bold = tone == GPO_TONE_CLIENT || words->from_server;
  label_at (sheet, label, (x1 + x2) / 2, y - 4, color,
            (bold ? GPO_INK_BOLD : 0) | (words->wire ? GPO_INK_MONO : 0));
}

static void
note (Sheet *sheet, const GpoRung *rung, const GpoEventWords *words, double y)
{
  GpoInk *ink = &sheet->ink;
  const GdkRGBA *color = &ink->theme->tone[words->tone];
  GpoInkStyle style = words->to ? GPO_INK_BOLD : GPO_INK_PLAIN;
  double x = lane_x (sheet, rung->from), most = ink->width - sheet->left - 30;
  g_autofree char *label = words->to
                               ? g_strdup (words->to)
                               : g_strdup_printf ("%s %s%s%s", words->sign, words->lead ? words->lead : "",
                                                  words->lead && *words->text ? ": " : "", words->text);
  double w = gpo_ink_measure (ink, label, most, style) + 18;
  x = CLAMP (x, sheet->left + w / 2, MAX (sheet->left + w / 2, ink->width - 6 - w / 2));
  gpo_ink_box (ink, x - w / 2, y - 11, w, 22, color);
  gpo_ink_text (ink, label, x, y, 0.5, w - 16, color, style);
}

/* Words across all lanes: the lifelines are broken. */
static void
band (Sheet *sheet, const char *words, const GdkRGBA *color, double y)
{
  static const double dots[] = { 2, 5 };
  GpoInk *ink = &sheet->ink;
  gpo_ink_color (ink, &ink->theme->base, 1);
  cairo_rectangle (ink->cr, 0, y - GPO_LADDER_ROW / 2.0 + 5, ink->width, GPO_LADDER_ROW - 10);
  cairo_fill (ink->cr);
  cairo_set_dash (ink->cr, dots, 2, 0);
  cairo_set_line_width (ink->cr, 1.4);
  gpo_ink_color (ink, &ink->theme->fg, 0.5);
  cairo_move_to (ink->cr, 8, y);
  cairo_line_to (ink->cr, ink->width - 8, y);
  cairo_stroke (ink->cr);
  cairo_set_dash (ink->cr, NULL, 0, 0);
  double x = sheet->left + (ink->width - sheet->left) / 2, most = ink->width - sheet->left - 40;
  double w = gpo_ink_measure (ink, words, most, GPO_INK_BOLD) + 20;
  gpo_ink_box (ink, x - w / 2, y - 11, w, 22, color);
  gpo_ink_text (ink, words, x, y, 0.5, most, color, GPO_INK_BOLD);
}

/* "12 s later"; or what befell the office's clock, "the office’s clock was moved on by 5 min". */
static void
pause_or_jump (Sheet *sheet, guint i, const GpoEvent *event, double y)
{
  gboolean clock = gpo_ladder_model_rung (sheet->model, i)->kind == GPO_RUNG_CLOCK;
  gint64 us = gpo_ladder_model_gap (sheet->model, i);
  g_autofree char *words = clock ? gpo_clock_words (event, us) : gpo_gap_words (us);
  band (sheet, words, &sheet->ink.theme->tone[clock ? GPO_TONE_ENVELOPE : GPO_TONE_PLAIN], y);
}

/* Whose arrow it is, where several sessions share the lanes. */
static void
chip (Sheet *sheet, const GpoEvent *event, double y)
{
  GpoInk *ink = &sheet->ink;
  if (sheet->left == MARGIN || !event->session)
    return;
  const GdkRGBA *color = &ink->theme->tone[gpo_session_tone (event->session)];
  g_autofree char *number = g_strdup_printf ("%u", event->session);
  gpo_ink_box (ink, MARGIN - 6, y - 9, CHIP, 18, color);
  gpo_ink_text (ink, number, MARGIN - 6 + CHIP / 2.0, y, 0.5, CHIP - 4, color, GPO_INK_BOLD | GPO_INK_SMALL);
}

/* What somebody wrote here: at the end side, over whatever is there. */
static void
written (GpoInk *ink, const char *words, double y)
{
  if (!words)
    return;
  const GdkRGBA *color = &ink->theme->tone[GPO_TONE_ENVELOPE];
  double most = MAX (ink->width * 0.3, 120), right = ink->width - 8;
  g_autofree char *label = g_strdup_printf ("✎ %s", words);
  double w = MIN (gpo_ink_measure (ink, label, most, GPO_INK_BOLD), most) + 16;
  gpo_ink_box (ink, right - w, y - 11, w, 22, color);
  gpo_ink_text (ink, label, right - 8, y, 1, w - 14, color, GPO_INK_BOLD);
}

static void
mark_current (GpoInk *ink, double y)
{
  gpo_ink_color (ink, &ink->theme->accent, 0.2);
  cairo_rectangle (ink->cr, 0, y - GPO_LADDER_ROW / 2.0, ink->width, GPO_LADDER_ROW);
  cairo_fill (ink->cr);
  gpo_ink_color (ink, &ink->theme->accent, 1);
  cairo_rectangle (ink->cr, 0, y - GPO_LADDER_ROW / 2.0, 4, GPO_LADDER_ROW);
  cairo_fill (ink->cr);
}

static void
draw_rung (Sheet *sheet, guint i, double y, guint64 n, guint current)
{
  const GpoRung *rung = gpo_ladder_model_rung (sheet->model, i);
  GpoLog *log = gpo_ladder_model_log (sheet->model);
  const GpoEvent *event = gpo_log_get (log, rung->n);
  GpoInk *ink = &sheet->ink;
  if (!event)
    return;
  if (i == current)
    mark_current (ink, y);
  ink->alpha = rung->n > n ? 0.32 : 1;
  if (rung->kind == GPO_RUNG_GAP || rung->kind == GPO_RUNG_CLOCK)
    pause_or_jump (sheet, i, event, y);
  else
    {
      g_auto (GpoEventWords) words;
      gpo_event_words_init (&words, log, event);
      g_autofree char *time = gpo_time_words (event->time);
      gpo_ink_text (ink, time, MARGIN - 14, y, 1, MARGIN - 16, &ink->theme->dim, GPO_INK_PLAIN);
      chip (sheet, event, y);
      if (rung->from != rung->to)
        arrow (sheet, rung, &words, y);
      else
        note (sheet, rung, &words, y);
    }
  if (rung->kind != GPO_RUNG_GAP)
    written (ink, gpo_ladder_model_note (sheet->model, i), y);
  ink->alpha = 1;
}

static void
draw_lanes (Sheet *sheet, double height)
{
  GpoInk *ink = &sheet->ink;
  for (guint i = 0; i < gpo_ladder_model_n_lanes (sheet->model); i++)
    {
      double x = lane_x (sheet, i);
      gpo_ink_color (ink, &ink->theme->fg, 0.28);
      cairo_set_line_width (ink->cr, 2);
      cairo_move_to (ink->cr, x, GPO_LADDER_HEAD);
      cairo_line_to (ink->cr, x, height);
      cairo_stroke (ink->cr);
    }
}

static void
draw_head (Sheet *sheet)
{
  GpoInk *ink = &sheet->ink;
  gpo_ink_color (ink, &ink->theme->base, 1);
  cairo_rectangle (ink->cr, 0, 0, ink->width, GPO_LADDER_HEAD);
  cairo_fill (ink->cr);
  for (guint i = 0; i < gpo_ladder_model_n_lanes (sheet->model); i++)
    {
      const GpoLane *lane = gpo_ladder_model_lane (sheet->model, i);
      double w = MIN (lane_width (sheet) - 16, 190), x = lane_x (sheet, i);
      gpo_ink_box (ink, x - w / 2, 5, w, GPO_LADDER_HEAD - 10, &ink->theme->fg);
      gpo_ink_text (ink, lane->name, x, GPO_LADDER_HEAD / 2.0, 0.5, w - 10, &ink->theme->fg, GPO_INK_BOLD);
    }
}

void
gpo_ladder_draw (cairo_t *cr, GpoLadderModel *model, const GpoTheme *theme, const char *font, double width,
                 double height, double scroll, guint64 n)
{
  Sheet sheet = { .model = model, .left = MARGIN + (gpo_ladder_model_is_mixed (model) ? CHIP : 0) };
  gpo_ink_init (&sheet.ink, cr, theme, font, width);
  draw_lanes (&sheet, height);
  guint rungs = gpo_ladder_model_n_rungs (model), current = gpo_ladder_model_lit (model, n);
  guint first = (guint) (scroll / GPO_LADDER_ROW);
  for (guint i = first; i < rungs; i++)
    {
      double y = GPO_LADDER_HEAD + (i + 0.5) * GPO_LADDER_ROW - scroll;
      if (y - GPO_LADDER_ROW > height)
        break;
      draw_rung (&sheet, i, y, n, current);
    }
  draw_head (&sheet);
  gpo_ink_clear (&sheet.ink);
}
