/* SPDX-License-Identifier: MIT */
/* ladder-model.h: the subject as a ladder: a lifeline (lane) for each party, a rung for what passes between
 * two of them or happens at one.
 *
 * A rung is an event's number and two lanes, nothing else; words are made when it is drawn. The lines of
 * one reply are folded into one rung. Everybody who is no host of the office shares one lane.
 * The model only grows, with the picture. Pure: no widget, no drawing. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 n;       /* the event */
  guint16 folded;  /* further lines of the same reply */
  guint8 from, to; /* lanes; equal: it happens there */
} GpoRung;

typedef struct
{
  GpoSymbol host; /* 0: those outside */
  char *name;     /* "athens", "clients", "alice" */
} GpoLane;

typedef struct GpoLadderModel GpoLadderModel;

/* Of the cursor's subject as it is now. */
GpoLadderModel *gpo_ladder_model_new (GpoCursor *cursor);
void gpo_ladder_model_free (GpoLadderModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLadderModel, gpo_ladder_model_free)

/* Takes in what the picture has gained. */
void gpo_ladder_model_grow (GpoLadderModel *model);

guint gpo_ladder_model_n_lanes (GpoLadderModel *model);
const GpoLane *gpo_ladder_model_lane (GpoLadderModel *model, guint i);
guint gpo_ladder_model_n_rungs (GpoLadderModel *model);
const GpoRung *gpo_ladder_model_rung (GpoLadderModel *model, guint i);
/* The last rung not later than n, or G_MAXUINT. */
guint gpo_ladder_model_row (GpoLadderModel *model, guint64 n);
GpoLog *gpo_ladder_model_log (GpoLadderModel *model);

G_END_DECLS
