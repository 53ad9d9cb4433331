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

#define GPO_MAP_ROWS 4    /* mailboxes shown of a host */
#define GPO_MAP_READERS 5 /* readers shown of a host */

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

typedef struct
{
  double scale;   /* pixels of one unit; all else is in units */
  GArray *frames; /* of GpoMapFrame, one a place */
  GArray *ways;   /* of GpoMapCurve, one a way */
  GArray *links;  /* of GpoMapCurve, one a link, from client to server */
  GArray *tokens; /* of GpoMapToken */
} GpoMapLayout;

void gpo_map_layout_init (GpoMapLayout *layout, GpoMapModel *model, double width, double height);
void gpo_map_layout_clear (GpoMapLayout *layout);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoMapLayout, gpo_map_layout_clear)

const GpoMapFrame *gpo_map_layout_frame (const GpoMapLayout *layout, guint place);
const GpoMapCurve *gpo_map_layout_link (const GpoMapLayout *layout, guint link);
void gpo_map_curve_point (const GpoMapCurve *curve, double t, double *x, double *y);
/* The size that is enough to show the model at scale 1. */
void gpo_map_layout_size (GpoMapModel *model, double *width, double *height);

G_END_DECLS
