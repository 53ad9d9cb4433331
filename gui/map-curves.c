/* SPDX-License-Identifier: MIT */
/* map-curves.c: lines that leave a place at the side that faces the other, and go around what stands
 * between. */
#include "map-curves.h"
#include "i18n.h"

#define BESIDE 27 /* between connections of the same two places */

void
gpo_map_curve_point (const GpoMapCurve *c, double t, double *x, double *y)
{
  double s = 1 - t, w[4] = { s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t };
  *x = *y = 0;
  for (int i = 0; i < 4; i++)
    {
      *x += w[i] * c->x[i];
      *y += w[i] * c->y[i];
    }
}

static double
middle_x (const cairo_rectangle_t *r)
{
  return r->x + r->width / 2;
}

static double
middle_y (const cairo_rectangle_t *r)
{
  return r->y + r->height / 2;
}

/* Whether one stands beside the other, so that a line leaves at the left or right. */
static gboolean
is_beside (const cairo_rectangle_t *a, const cairo_rectangle_t *b)
{
  return a->x > b->x + b->width + 8 || b->x > a->x + a->width + 8;
}

static GpoMapCurve
sideways (const cairo_rectangle_t *a, const cairo_rectangle_t *b)
{
  gboolean right = middle_x (b) > middle_x (a);
  double x0 = right ? a->x + a->width : a->x, x3 = right ? b->x : b->x + b->width, reach = (x3 - x0) * 0.45;
  double y0 = middle_y (a), y3 = middle_y (b);
  return (GpoMapCurve){ { x0, x0 + reach, x3 - reach, x3 }, { y0, y0, y3, y3 } };
}

/* Above each other: straight from edge to edge. */
static GpoMapCurve
upright (const cairo_rectangle_t *a, const cairo_rectangle_t *b)
{
  gboolean down = middle_y (b) > middle_y (a);
  double x0 = middle_x (a), x3 = middle_x (b), y0 = down ? a->y + a->height : a->y,
         y3 = down ? b->y : b->y + b->height, reach = (y3 - y0) * 0.4;
  return (GpoMapCurve){ { x0, x0, x3, x3 }, { y0, y0 + reach, y3 - reach, y3 } };
}

static gboolean
passes (const GpoMapCurve *c, const cairo_rectangle_t *r)
{
  for (double t = 0.08; t < 0.93; t += 0.04)
    {
      double x, y;
      gpo_map_curve_point (c, t, &x, &y);
      if (x > r->x && x < r->x + r->width && y > r->y && y < r->y + r->height)
        return TRUE;
    }
  return FALSE;
}

/* Bends the curve over what stands in its way, or under it if there is no room. */
static void
go_around (GpoMapCurve *c, const cairo_rectangle_t *r)
{
  double over = r->y - 20, under = r->y + r->height + 20, base = (c->y[0] + c->y[3]) / 2;
  double peak = over > 10 ? over : under;
  c->y[1] = c->y[2] = (peak - base * 0.25) / 0.75;
}

/* In one column, with others between: out at the side that faces the middle, and in again. */
static GpoMapCurve
outside_of (const GpoMapLayout *layout, const cairo_rectangle_t *a, const cairo_rectangle_t *b)
{
  double right = 0;
  for (guint i = 0; i < layout->frames->len; i++)
    {
      const cairo_rectangle_t *r = &gpo_map_layout_frame (layout, i)->whole;
      right = MAX (right, r->x + r->width);
    }
  gboolean at_left = middle_x (a) < right / 2;
  double x = at_left ? MAX (a->x + a->width, b->x + b->width) : MIN (a->x, b->x),
         out = at_left ? x + 84 : x - 84;
  return (GpoMapCurve){ { x, out, out, x }, { middle_y (a), middle_y (a), middle_y (b), middle_y (b) } };
}

static GpoMapCurve
between (const GpoMapLayout *layout, GpoMapModel *model, guint from, guint to)
{
  const cairo_rectangle_t *a = &gpo_map_layout_frame (layout, from)->whole,
                          *b = &gpo_map_layout_frame (layout, to)->whole;
  gboolean beside = is_beside (a, b);
  GpoMapCurve curve = beside ? sideways (a, b) : upright (a, b);
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    {
      const GpoMapFrame *other = gpo_map_layout_frame (layout, i);
      if (i != from && i != to && other->shown && gpo_map_model_place (model, i)->kind == GPO_PLACE_HOST
          && passes (&curve, &other->whole))
        {
          if (beside)
            go_around (&curve, &other->whole);
          else
            curve = outside_of (layout, a, b);
          break;
        }
    }
  return curve;
}

/* Beside the others: lower, or further right if the two stand above each other. */
static void
shift (GpoMapCurve *c, double by, gboolean beside)
{
  for (int i = 0; i < 4; i++)
    if (beside)
      c->y[i] += by;
    else
      c->x[i] += by;
}

void
gpo_map_curves (GpoMapLayout *layout, GpoMapModel *model)
{
  layout->ways = g_array_new (FALSE, FALSE, sizeof (GpoMapCurve));
  layout->links = g_array_new (FALSE, FALSE, sizeof (GpoMapCurve));
  for (guint i = 0; i < gpo_map_model_n_ways (model); i++)
    {
      const GpoMapWay *way = gpo_map_model_way (model, i);
      GpoMapCurve curve = between (layout, model, way->from, way->to);
      g_array_append_val (layout->ways, curve);
    }
  for (guint i = 0; i < gpo_map_model_n_links (model); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (model, i);
      GpoMapCurve curve = between (layout, model, link->from, link->to);
      shift (&curve, (link->beside - (link->of - 1) / 2.0) * BESIDE,
             is_beside (&gpo_map_layout_frame (layout, link->from)->whole,
                        &gpo_map_layout_frame (layout, link->to)->whole));
      g_array_append_val (layout->links, curve);
    }
}

/* --- envelopes --- */

static void
add_token (GpoMapLayout *layout, GpoMapToken token)
{
  for (guint i = 0; i < layout->tokens->len; i++)
    token.copy += g_array_index (layout->tokens, GpoMapToken, i).letter == token.letter;
  g_array_append_val (layout->tokens, token);
}

guint
gpo_map_pile_room (const GpoMapPile *pile, const char *name, double width)
{
  double words = 7.5 * (double) g_utf8_strlen (name, -1) + (pile->count > 9 ? 18 : 9) + 15;
  return CLAMP ((int) ((width - words - 4) / GPO_MAP_TOKEN), 1, (int) MAX (pile->n_shown, 1));
}

/* From the right: the newest stands at the right side. */
static void
add_pile (GpoMapLayout *layout, const GpoMapPile *pile, const char *name, const cairo_rectangle_t *where)
{
  guint room = gpo_map_pile_room (pile, name, where->width);
  for (guint i = pile->n_shown > room ? pile->n_shown - room : 0; i < pile->n_shown; i++)
    {
      GpoMapToken token = { .letter = pile->shown[i],
                            .x = where->x + where->width - 18 - GPO_MAP_TOKEN * (pile->n_shown - 1 - i),
                            .y = where->y + where->height / 2,
                            .pale = pile->pale[i],
                            .late = pile->late[i] };
      add_token (layout, token);
    }
}

void
gpo_map_tokens (GpoMapLayout *layout, GpoMapModel *model)
{
  layout->tokens = g_array_new (FALSE, FALSE, sizeof (GpoMapToken));
  for (guint i = 0; i < gpo_map_model_n_links (model); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (model, i);
      GpoMapToken token = { .letter = link->letter, .moving = TRUE };
      if (!link->letter)
        continue;
      gpo_map_curve_point (gpo_map_layout_link (layout, i), link->at, &token.x, &token.y);
      add_token (layout, token);
    }
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (model, i);
      const GpoMapFrame *f = gpo_map_layout_frame (layout, i);
      if (place->kind != GPO_PLACE_HOST)
        continue;
      add_pile (layout, &place->queue, _ ("queue"), &f->queue);
      for (guint k = 0; k < f->n_boxes; k++)
        {
          g_autofree char *name = gpo_map_box_name (place, f, k);
          add_pile (layout, &g_array_index (place->boxes, GpoMapBox, k).letters, name, &f->box[k]);
        }
    }
}
