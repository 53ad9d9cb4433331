/* SPDX-License-Identifier: MIT */
/* map-layout.h: where everything on the map stands, for an area of so many pixels.
 *
 * Towns stand at the sides with their readers further out, gateways between them, everybody else below or
 * at the free side. Distances grow with the area; when it is too small everything shrinks together.
 * A function of the model and the area; no drawing. */
#pragma once
#include "map-model.h"
#include <cairo.h>

G_BEGIN_DECLS

#define GPO_MAP_ROWS 4     /* mailboxes shown of a host */
#define GPO_MAP_READERS 5  /* readers shown of a host */
#define GPO_MAP_TOKEN 31.0 /* the room of an envelope in a pile */

/* A place; of a host also its parts. */
typedef struct
{
  cairo_rectangle_t whole, daemon, queue, box[GPO_MAP_ROWS];
  guint n_boxes;  /* rows of `box` that are used */
  guint hidden;   /* readers: stands for so many that are not shown */
  gboolean shown; /* FALSE: stands for itself no longer, but in another's `hidden` */
} GpoMapFrame;

/* A cubic curve. */
typedef struct
{
  double x[4], y[4];
} GpoMapCurve;

/* An envelope and where its middle is. */
typedef struct
{
  guint32 letter;
  guint copy; /* the how manieth of this letter */
  double x, y;
  gboolean pale, late, moving; /* moving: on a connection */
} GpoMapToken;

/* What stands at a connection. */
typedef struct
{
  double x, y;    /* the middle of its line, of the lower one if there are two */
  double width;   /* about, with a padlock if it has one */
  double most;    /* beyond it is cut */
  guint lines;    /* 2: the protocol stands above its state, where both do not fit between the two places */
  gboolean shown; /* FALSE: there is no room beside more urgent ones */
} GpoMapLabel;

typedef struct
{
  double scale;   /* pixels of one unit; all else is in units */
  GArray *frames; /* of GpoMapFrame, one a place */
  GArray *ways;   /* of GpoMapCurve, one a way */
  GArray *links;  /* of GpoMapCurve, one a link, from client to server */
  GArray *labels; /* of GpoMapLabel, one a link */
  GArray *tokens; /* of GpoMapToken */
} GpoMapLayout;

void gpo_map_layout_init (GpoMapLayout *layout, GpoMapModel *model, double width, double height);
void gpo_map_layout_clear (GpoMapLayout *layout);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoMapLayout, gpo_map_layout_clear)

const GpoMapFrame *gpo_map_layout_frame (const GpoMapLayout *layout, guint place);
const GpoMapCurve *gpo_map_layout_link (const GpoMapLayout *layout, guint link);
const GpoMapLabel *gpo_map_layout_label (const GpoMapLayout *layout, guint link);
/* The name of the i-th box of a host: its owner's, and in the last row how many more there are. The caller
 * frees. */
char *gpo_map_box_name (const GpoMapPlace *place, const GpoMapFrame *frame, guint i);
/* How many of a pile's envelopes there is room for beside its name, in a row of this width: at least one. */
guint gpo_map_pile_room (const GpoMapPile *pile, const char *name, double width);
void gpo_map_curve_point (const GpoMapCurve *curve, double t, double *x, double *y);
/* The size that is enough to show the model at scale 1. */
void gpo_map_layout_size (GpoMapModel *model, double *width, double *height);

G_END_DECLS
