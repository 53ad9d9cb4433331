/* SPDX-License-Identifier: MIT */
/* state-graph.h: a machine's table laid out as a diagram, and where a session is in it.
 *
 * The diagram is made of the very table the server runs: a box a state, an arrow for all inputs that lead
 * from one state to another. Inputs that leave the state as it is are no arrows; gpo_state_words() tells
 * them. Graphviz lays it out; drawing is ours. No widget. */
#pragma once
#include "cursor.h"
#include "protocol/machine.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 state;
  double x, y, width, height; /* its middle; points */
} GpoStateBox;

typedef struct
{
  guint8 from, to;
  gboolean refuses; /* only refusals take this way */
  char *label;      /* inputs, a few a line */
  double label_x, label_y;
  guint n_points; /* 1 + 3 k: a Bézier curve */
  double points[2 * 64];
} GpoStateArrow;

typedef struct
{
  const GpoMachine *machine;
  double width, height; /* points */
  GArray *boxes;        /* of GpoStateBox */
  GArray *arrows;       /* of GpoStateArrow */
} GpoStateGraph;

/* NULL if the program was built without Graphviz or it fails. Takes some milliseconds. */
GpoStateGraph *gpo_state_graph_new (const GpoMachine *machine);
void gpo_state_graph_free (GpoStateGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoStateGraph, gpo_state_graph_free)

/* Where a session, or a letter in a host's queue, is at n, and how it came there. */
typedef struct
{
  const GpoMachine *machine; /* NULL: nothing to show */
  char *title;               /* "Session 2 at gateway"; NULL if there is nothing */
  int current;               /* state; -1: not begun */
  int last_from, last_to;    /* the last arrow; -1: none */
  guint8 walked[64][64];     /* [from][to]: it went there */
} GpoStatePlace;

void gpo_state_place_init (GpoStatePlace *place, GpoCursor *cursor);
void gpo_state_place_clear (GpoStatePlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoStatePlace, gpo_state_place_clear)

/* What may be said in a state, where each leads to, and what everything else earns. Pango markup; the
 * caller frees. */
char *gpo_state_words (const GpoMachine *machine, guint8 state);

G_END_DECLS
