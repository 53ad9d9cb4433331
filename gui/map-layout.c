/* SPDX-License-Identifier: MIT */
/* map-layout.c: columns, and who stands in which. */
#include "i18n.h"
#include "map-curves.h"
#include "map-labels.h"

#define READER_W 78
#define READER_H 66
#define HOST_W 204
#define OUTSIDE_W 116
#define OUTSIDE_H 58
#define EDGE 14      /* around everything */
#define NEAR_GAP 112 /* between readers and hosts, at least: "IMAP selected" stands there */
#define FAR_GAP 104  /* between hosts, at least */
#define FARTHEST 460 /* between hosts, at most */
#define APART 24     /* between two in a column, at least */
#define LARGEST 1.6

enum
{
  LEFT_READERS,
  LEFT,
  MIDDLE,
  RIGHT,
  RIGHT_READERS,
  N_COLUMNS
};

typedef struct
{
  GpoMapModel *model;
  GpoMapLayout *layout;
  guint column[N_COLUMNS][256]; /* places */
  guint n[N_COLUMNS];
  double x[N_COLUMNS]; /* the middle */
} Plan;

static GpoMapFrame *
frame (Plan *plan, guint place)
{
  return &g_array_index (plan->layout->frames, GpoMapFrame, place);
}

static void
put (Plan *plan, int column, guint place)
{
  if (plan->n[column] < 256)
    plan->column[column][plan->n[column]++] = place;
}

/* --- who stands where --- */

static guint
count_hosts (GpoMapModel *model, gboolean gateways)
{
  guint n = 0;
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (model, i);
      n += place->kind == GPO_PLACE_HOST && place->gateway == gateways;
    }
  return n;
}

static void
put_hosts (Plan *plan)
{
  guint towns = count_hosts (plan->model, FALSE), gateways = count_hosts (plan->model, TRUE), town = 0;
  for (guint i = 0; i < gpo_map_model_n_places (plan->model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (plan->model, i);
      if (place->kind != GPO_PLACE_HOST)
        continue;
      if (place->gateway || (towns == 1 && gateways == 0))
        put (plan, MIDDLE, i);
      else
        put (plan, town++ < (towns + 1) / 2 ? LEFT : RIGHT, i);
    }
}

/* Strangers stand where room is: at a free side, else in the middle, below. */
static void
put_outside (Plan *plan)
{
  gboolean readers = FALSE;
  for (guint i = 0; i < gpo_map_model_n_places (plan->model); i++)
    readers |= gpo_map_model_place (plan->model, i)->kind == GPO_PLACE_PERSON;
  for (guint i = 0; i < gpo_map_model_n_places (plan->model); i++)
    if (gpo_map_model_place (plan->model, i)->kind == GPO_PLACE_OUTSIDE)
      put (plan, plan->n[LEFT] == 0 && !readers ? LEFT : plan->n[RIGHT] == 0 ? RIGHT : MIDDLE, i);
}

static int
column_of (Plan *plan, guint place)
{
  for (int c = LEFT; c <= RIGHT; c++)
    for (guint i = 0; i < plan->n[c]; i++)
      if (plan->column[c][i] == place)
        return c;
  return -1;
}

/* Where the readers of a host stand; -1: below it. */
static int
readers_column (Plan *plan, guint home)
{
  int c = column_of (plan, home);
  if (c == MIDDLE)
    return plan->n[LEFT] == 0 ? LEFT_READERS : plan->n[RIGHT] == 0 ? RIGHT_READERS : -1;
  return c == LEFT ? LEFT_READERS : RIGHT_READERS;
}

/* The readers of a host that are shown, as many as there is room for; the last stands for the rest. */
static guint
readers_of (Plan *plan, guint home, guint *out)
{
  guint n = 0, rest = 0;
  for (guint i = 0; i < gpo_map_model_n_places (plan->model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (plan->model, i);
      if (place->kind != GPO_PLACE_PERSON || place->home != home)
        continue;
      if (n < GPO_MAP_READERS)
        {
          out[n++] = i;
          frame (plan, i)->shown = TRUE;
        }
      else
        rest++;
    }
  if (n)
    frame (plan, out[n - 1])->hidden = rest;
  return n;
}

/* --- sizes --- */

static double
host_height (const GpoMapPlace *place)
{
  guint rows = MIN (place->boxes->len, GPO_MAP_ROWS);
  return 66 + 34 + rows * 28.0 + 8;
}

static double
place_height (Plan *plan, guint i)
{
  const GpoMapPlace *place = gpo_map_model_place (plan->model, i);
  guint readers[GPO_MAP_READERS];
  if (place->kind == GPO_PLACE_OUTSIDE)
    return OUTSIDE_H;
  if (place->kind == GPO_PLACE_PERSON)
    return READER_H;
  guint n = readers_of (plan, i, readers);
  if (n && readers_column (plan, i) < 0)
    return host_height (place) + READER_H + APART;
  return MAX (host_height (place), n * (double) READER_H);
}

static double
column_width (Plan *plan, int c)
{
  double width = 0;
  if (c == LEFT_READERS || c == RIGHT_READERS)
    return plan->n[c] ? READER_W : 0;
  for (guint i = 0; i < plan->n[c]; i++)
    width = MAX (width, gpo_map_model_place (plan->model, plan->column[c][i])->kind == GPO_PLACE_HOST
                            ? HOST_W
                            : OUTSIDE_W);
  return width;
}

static double
column_height (Plan *plan, int c)
{
  double height = 0;
  for (guint i = 0; i < plan->n[c]; i++)
    height += place_height (plan, plan->column[c][i]) + APART;
  return height;
}

static double
least_gap (Plan *plan, int c)
{
  return c == LEFT_READERS || c == RIGHT ? NEAR_GAP : FAR_GAP;
}

/* The columns' widths and the gaps between those that are used. */
static double
least_width (Plan *plan)
{
  double width = 2 * EDGE;
  int before = -1;
  for (int c = 0; c < N_COLUMNS; c++)
    if (plan->n[c])
      {
        width += column_width (plan, c)
                 + (before >= 0 ? least_gap (plan, c == RIGHT_READERS ? RIGHT : before) : 0);
        before = c;
      }
  return width;
}

/* --- standing --- */

static void
stand_columns (Plan *plan, double width)
{
  double spare = width - least_width (plan), x = EDGE;
  double gaps = 0;
  int before = -1;
  for (int c = 0; c < N_COLUMNS; c++)
    if (plan->n[c])
      {
        gaps += before >= 0 ? least_gap (plan, c == RIGHT_READERS ? RIGHT : before) : 0;
        before = c;
      }
  double grow = gaps > 0 ? MIN (1 + MAX (spare, 0) / gaps, (double) FARTHEST / FAR_GAP) : 1;
  x += MAX (0, (spare - gaps * (grow - 1)) / 2);
  before = -1;
  for (int c = 0; c < N_COLUMNS; c++)
    {
      if (!plan->n[c])
        continue;
      if (before >= 0)
        x += grow * least_gap (plan, c == RIGHT_READERS ? RIGHT : before);
      plan->x[c] = x + column_width (plan, c) / 2;
      x += column_width (plan, c);
      before = c;
    }
}

static cairo_rectangle_t
around (double x, double y, double w, double h)
{
  return (cairo_rectangle_t){ x - w / 2, y - h / 2, w, h };
}

static void
divide_host (GpoMapFrame *f, const GpoMapPlace *place)
{
  cairo_rectangle_t w = f->whole;
  f->daemon = (cairo_rectangle_t){ w.x + 8, w.y + 40, w.width - 16, 24 };
  f->queue = (cairo_rectangle_t){ w.x + 8, w.y + 70, w.width - 16, 28 };
  f->n_boxes = MIN (place->boxes->len, GPO_MAP_ROWS);
  for (guint i = 0; i < f->n_boxes; i++)
    f->box[i] = (cairo_rectangle_t){ w.x + 8, w.y + 102 + i * 28.0, w.width - 16, 26 };
}

char *
gpo_map_box_name (const GpoMapPlace *place, const GpoMapFrame *f, guint i)
{
  const GpoMapBox *box = &g_array_index (place->boxes, GpoMapBox, i);
  return i + 1 == f->n_boxes && place->boxes->len > f->n_boxes
             ? g_strdup_printf (_ ("%s (and %u more)"), box->owner, place->boxes->len - f->n_boxes)
             : g_strdup (box->owner);
}

static void
stand_readers (Plan *plan, guint home, double y)
{
  guint readers[GPO_MAP_READERS], n = readers_of (plan, home, readers);
  int c = readers_column (plan, home);
  const cairo_rectangle_t *host = &frame (plan, home)->whole;
  for (guint i = 0; i < n; i++)
    frame (plan, readers[i])->whole
        = c < 0 ? around (host->x + host->width * (i + 0.5) / n,
                          host->y + host->height + APART / 2.0 + READER_H / 2.0, READER_W, READER_H)
                : around (plan->x[c], y + (i - (n - 1) / 2.0) * READER_H, READER_W, READER_H);
  for (guint i = 0; i < gpo_map_model_n_places (plan->model) && n; i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (plan->model, i);
      if (place->kind == GPO_PLACE_PERSON && place->home == home && !frame (plan, i)->shown)
        frame (plan, i)->whole = frame (plan, readers[n - 1])->whole;
    }
}

static void
stand_place (Plan *plan, guint i, double x, double y)
{
  const GpoMapPlace *place = gpo_map_model_place (plan->model, i);
  GpoMapFrame *f = frame (plan, i);
  f->shown = TRUE;
  if (place->kind == GPO_PLACE_OUTSIDE)
    {
      f->whole = around (x, y, OUTSIDE_W, OUTSIDE_H);
      return;
    }
  double below = readers_column (plan, i) < 0 ? place_height (plan, i) - host_height (place) : 0;
  f->whole = around (x, y - below / 2, HOST_W, host_height (place));
  divide_host (f, place);
  stand_readers (plan, i, y);
}

static void
stand_column (Plan *plan, int c, double height)
{
  double spare = height - 2 * EDGE - column_height (plan, c), y = EDGE;
  double apart = APART + spare / MAX (plan->n[c], 1);
  for (guint i = 0; i < plan->n[c]; i++)
    {
      double h = place_height (plan, plan->column[c][i]);
      stand_place (plan, plan->column[c][i], plan->x[c], y + (h + apart) / 2);
      y += h + apart;
    }
}

static void
plan_init (Plan *plan, GpoMapLayout *layout, GpoMapModel *model)
{
  *plan = (Plan){ .model = model, .layout = layout };
  put_hosts (plan);
  put_outside (plan);
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (model, i);
      int c = place->kind == GPO_PLACE_PERSON ? readers_column (plan, place->home) : -1;
      if (c >= 0 && plan->n[c] == 0)
        put (plan, c, i); /* the column is used; who else stands in it follows from the hosts */
    }
}

static double
least_height (Plan *plan)
{
  double height = 0;
  for (int c = LEFT; c <= RIGHT; c++)
    height = MAX (height, column_height (plan, c));
  return height + 2 * EDGE;
}

void
gpo_map_layout_init (GpoMapLayout *layout, GpoMapModel *model, double width, double height)
{
  Plan plan;
  guint n = gpo_map_model_n_places (model);
  layout->frames = g_array_sized_new (FALSE, TRUE, sizeof (GpoMapFrame), n);
  g_array_set_size (layout->frames, n);
  plan_init (&plan, layout, model);
  double wanted = least_width (&plan), high = least_height (&plan);
  layout->scale = CLAMP (MIN (width / MAX (wanted, 1), height / MAX (high, 1)), 0.02, LARGEST);
  stand_columns (&plan, width / layout->scale);
  for (int c = LEFT; c <= RIGHT; c++)
    stand_column (&plan, c, height / layout->scale);
  gpo_map_curves (layout, model);
  gpo_map_labels (layout, model);
  gpo_map_tokens (layout, model);
}

void
gpo_map_layout_size (GpoMapModel *model, double *width, double *height)
{
  Plan plan;
  GpoMapLayout layout = { .frames = g_array_new (FALSE, TRUE, sizeof (GpoMapFrame)) };
  g_array_set_size (layout.frames, gpo_map_model_n_places (model));
  plan_init (&plan, &layout, model);
  *width = least_width (&plan) * 1.25;
  *height = least_height (&plan) * 1.1;
  g_array_unref (layout.frames);
}

void
gpo_map_layout_clear (GpoMapLayout *layout)
{
  g_clear_pointer (&layout->frames, g_array_unref);
  g_clear_pointer (&layout->ways, g_array_unref);
  g_clear_pointer (&layout->links, g_array_unref);
  g_clear_pointer (&layout->labels, g_array_unref);
  g_clear_pointer (&layout->tokens, g_array_unref);
}

const GpoMapFrame *
gpo_map_layout_frame (const GpoMapLayout *layout, guint place)
{
  return &g_array_index (layout->frames, GpoMapFrame, place);
}

const GpoMapCurve *
gpo_map_layout_link (const GpoMapLayout *layout, guint link)
{
  return &g_array_index (layout->links, GpoMapCurve, link);
}

const GpoMapLabel *
gpo_map_layout_label (const GpoMapLayout *layout, guint link)
{
  return &g_array_index (layout->labels, GpoMapLabel, link);
}
