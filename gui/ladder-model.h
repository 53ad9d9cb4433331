/* SPDX-License-Identifier: MIT */
/* ladder-model.h: the subject as a ladder: a lifeline (lane) for each party, a rung for what passes between
 * two of them or happens at one.
 *
 * A rung is an event's number and two lanes, nothing else; words are made when it is drawn. The lines of one
 * reply are one rung, and so are the pieces of a letter's data. When folded, so are commands that were sent
 * without waiting (RFC 2920), the answers to them, and data with its final dot. Where a second or more
 * passed, a rung says how long; where the office's clock was moved on or changed its pace, a rung across all
 * lanes says that. Everybody who is no host of the office shares one lane, unless the sessions were chosen by
 * hand: then each stranger has an own one.
 *
 * A letter's ladder is its whole journey (ladder-journey.h). The model only grows, with the picture. Pure: no
 * widget, no drawing. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_RUNG_EVENT, /* an arrow, or a note at one party */
  GPO_RUNG_GROUP, /* several commands, or the replies to them, in one arrow */
  GPO_RUNG_GAP,   /* time that passed before event n */
  GPO_RUNG_CLOCK  /* event n is about the office's clock: it concerns all lanes */
} GpoRungKind;

typedef struct
{
  guint32 n;       /* the event */
  guint16 folded;  /* further lines and pieces in it */
  guint8 from, to; /* lanes; equal: it happens there */
  guint8 kind;     /* GpoRungKind */
} GpoRung;

typedef struct
{
  GpoSymbol host;  /* 0: those outside */
  guint32 session; /* whose stranger it is; 0: everybody's, or a host */
  char *name;      /* "athens", "clients", "alice" */
} GpoLane;

typedef struct GpoLadderModel GpoLadderModel;

/* Of the cursor's subject as it is now. */
GpoLadderModel *gpo_ladder_model_new (GpoCursor *cursor, gboolean fold);
void gpo_ladder_model_free (GpoLadderModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLadderModel, gpo_ladder_model_free)

/* Takes in what the picture has gained, at most `limit` events (0: all). TRUE if there are more. */
gboolean gpo_ladder_model_grow (GpoLadderModel *model, guint64 limit);

guint gpo_ladder_model_n_lanes (GpoLadderModel *model);
const GpoLane *gpo_ladder_model_lane (GpoLadderModel *model, guint i);
guint gpo_ladder_model_n_rungs (GpoLadderModel *model);
const GpoRung *gpo_ladder_model_rung (GpoLadderModel *model, guint i);
/* The last rung not later than n, or G_MAXUINT. */
guint gpo_ladder_model_row (GpoLadderModel *model, guint64 n);
/* The rung that is lit at n: that of the subject's newest own event not later than n, which the caption tells and the
 * transcript marks; what was said around a letter in its journey, and jumps of the clock, are not lit. G_MAXUINT: none. */
guint gpo_ladder_model_lit (GpoLadderModel *model, guint64 n);
GpoLog *gpo_ladder_model_log (GpoLadderModel *model);
/* What a GPO_RUNG_GROUP holds: "MAIL, RCPT, RCPT, DATA", "250, 250, 550, 354"; *n is how many. The caller
 * frees. */
char *gpo_ladder_model_group (GpoLadderModel *model, const GpoRung *rung, guint *n);
/* µs that passed before the event of a GPO_RUNG_GAP, or by which the clock jumped at a GPO_RUNG_CLOCK (0: it
 * did not); the rung's place is needed. */
gint64 gpo_ladder_model_gap (GpoLadderModel *model, guint i);
/* Whether arrows of several sessions may lie between the same two lanes, so that each needs its number. */
gboolean gpo_ladder_model_is_mixed (GpoLadderModel *model);

/* The first note at the rung's event, or at one behind it that no rung tells; NULL: none. */
const char *gpo_ladder_model_note (GpoLadderModel *model, guint i);

G_END_DECLS
