/* SPDX-License-Identifier: MIT */
/* map-labels.c: the labels of connections.
 *
 * What stays true: a label covers neither of the places it stands between, nor another label. Where many
 * sessions come together the more urgent ones have theirs: held, refused, with a letter, newer. */
#include "map-labels.h"
#include "i18n.h"
#include <math.h>
#include <string.h>

#define LETTER_WIDTH 6.2 /* on the average and a little more */
#define LOCK_WIDTH 12

char *
gpo_map_label_text (const GpoMapLink *link, guint lines)
{
  g_autofree char *protocol = g_ascii_strup (gpo_protocol_name (link->protocol), -1);
  GString *out = g_string_new (protocol);
  if (link->state)
    g_string_append_printf (out, " %s", link->state);
  if (link->held)
    g_string_append (out, _ (" ‖ held"));
  if (link->tone == GPO_TONE_REFUSED || link->tone == GPO_TONE_DEFERRED)
    g_string_append_printf (out, " %s", gpo_tone_sign (link->tone));
  if (link->more)
    g_string_append_printf (out, " (+%u)", link->more);
  char *space = lines > 1 ? strchr (out->str, ' ') : NULL;
  if (space)
    *space = '\n';
  return g_string_free (out, FALSE);
}

/* Whether the two places stand beside each other, and not above. */
static gboolean
goes_across (const GpoMapCurve *curve)
{
  return fabs (curve->x[3] - curve->x[0]) > fabs (curve->y[3] - curve->y[0]) / 4;
}

/* The text's width if it is not limited, its longer line's if there are two. */
static double
text_width (const char *text)
{
  const char *end = strchr (text, '\n');
  glong first = g_utf8_strlen (text, end ? end - text : -1), second = end ? g_utf8_strlen (end + 1, -1) : 0;
  return (double) MAX (first, second) * LETTER_WIDTH;
}

static cairo_rectangle_t
covered (const GpoMapLabel *label)
{
  double height = 14 + 13.0 * (label->lines - 1);
  return (cairo_rectangle_t){ label->x - label->width / 2 - 3, label->y + 7 - height, label->width + 6,
                              height };
}

static gboolean
is_free (const GpoMapLayout *layout, const GpoMapLabel *label)
{
  cairo_rectangle_t a = covered (label);
  for (guint i = 0; i < layout->labels->len; i++)
    {
      const GpoMapLabel *other = &g_array_index (layout->labels, GpoMapLabel, i);
      cairo_rectangle_t b = covered (other);
      if (other->shown && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height
          && b.y < a.y + a.height)
        return FALSE;
    }
  return TRUE;
}

static void
measure (GpoMapLabel *label, const GpoMapLink *link, const GpoMapCurve *curve)
{
  double lock = link->tls ? LOCK_WIDTH : 0;
  label->most = goes_across (curve) ? CLAMP (fabs (curve->x[3] - curve->x[0]) - 8, 40, 220) : 220;
  g_autofree char *line = gpo_map_label_text (link, 1);
  label->lines = strchr (line, ' ') && text_width (line) + lock > label->most ? 2 : 1;
  g_autofree char *text = gpo_map_label_text (link, label->lines);
  label->width = MIN (text_width (text) + lock, label->most);
}

/* Above the line, and higher if a letter is there. */
static void
stand_at (GpoMapLabel *label, const GpoMapLink *link, const GpoMapCurve *curve, double t)
{
  gpo_map_curve_point (curve, t, &label->x, &label->y);
  label->y -= link->letter && fabs (link->at - t) < 0.3 ? 22 : 11;
}

/* In the middle if it is free there, else further along; never over one of the places. */
static void
stand (const GpoMapLayout *layout, GpoMapLabel *label, const GpoMapLink *link, const GpoMapCurve *curve)
{
  static const double places[] = { 0.5, 0.38, 0.62, 0.26, 0.74 };
  double left = MIN (curve->x[0], curve->x[3]), right = MAX (curve->x[0], curve->x[3]);
  for (guint i = 0; i < G_N_ELEMENTS (places) && !label->shown; i++)
    {
      stand_at (label, link, curve, places[i]);
      gboolean between = label->x - label->width / 2 >= left && label->x + label->width / 2 <= right;
      label->shown = (i == 0 || between || !goes_across (curve)) && is_free (layout, label);
    }
  if (!label->shown)
    stand_at (label, link, curve, 0.5);
}

static guint
urgency (const GpoMapLink *link)
{
  return link->held                                                          ? 3
         : link->tone == GPO_TONE_REFUSED || link->tone == GPO_TONE_DEFERRED ? 2
         : link->letter                                                      ? 1
                                                                             : 0;
}

void
gpo_map_labels (GpoMapLayout *layout, GpoMapModel *model)
{
  guint n = gpo_map_model_n_links (model);
  layout->labels = g_array_sized_new (FALSE, TRUE, sizeof (GpoMapLabel), n);
  g_array_set_size (layout->labels, n);
  for (guint level = 4; level > 0; level--)
    for (guint i = 0; i < n; i++)
      {
        const GpoMapLink *link = gpo_map_model_link (model, i);
        const GpoMapCurve *curve = gpo_map_layout_link (layout, i);
        GpoMapLabel *label = &g_array_index (layout->labels, GpoMapLabel, i);
        if (urgency (link) != level - 1)
          continue;
        measure (label, link, curve);
        stand (layout, label, link, curve);
      }
}
