/* SPDX-License-Identifier: MIT */
/* judge-private.h: what judge.c (taking events, resolving facts) and judge-words.c (saying it) share. */
#pragma once
#include "lab/judge.h"

G_BEGIN_DECLS

/* An event that passed a filter, with all that relations may ask of it: the event itself may be gone. */
typedef struct
{
  guint64 n;
  guint32 session, letter;
  guint terms; /* passed so many terms of the filter */
  const char *
      *values; /* one a slot of its item, NULL where the event has none; kept once: compare pointers */
} GpoLabHit;

typedef struct
{
  guint64 n; /* G_MAXUINT64: given outside the trace */
  char *text;
  gboolean right;
} GpoLabAnswer;

/* How one item stands. */
typedef struct
{
  guint32 kinds; /* of its filter */
  guint n_terms, try_terms;
  GPtrArray
      *slots; /* const GpoFilterName *: own same, differs, each, field; then those of who builds on it */
  guint each_at, field_at;
  guint lead_at;  /* where our same and differs begin in the slots of after= or with= */
  guint until_at; /* likewise in those of until= */
  GArray *hits;   /* GpoLabHit, passed all terms; bounded */
  guint64 n_hits;
  guint oldest;         /* of the late hits: the next to be given up */
  GArray *near;         /* GpoLabHit, passed the most but not all; the latest few */
  GArray *found;        /* guint: hits that count, their relations held */
  GArray *answers;      /* GpoLabAnswer */
  gboolean holds;       /* exactly: holds somewhere */
  guint64 proof, wrong; /* exactly: the event it holds for, the event too many; else G_MAXUINT64 */
  GpoLabVerdict verdict;
} GpoLabStand;

struct GpoLabJudge
{
  const GpoLab *lab;
  GpoLabStand *stands; /* one an item */
  guint *order;        /* items, each behind those it builds on */
  GStringChunk *texts;
  GPtrArray *values; /* memory of the hits' values */
  guint64 next;      /* event to take */
  gboolean dirty;
  guint hints, version;
  char *person;
  gint64 before, worked; /* µs: time of the last event; of work */
  gint64 skipped_to;     /* µs: where the clock was moved on to last */
  double speed;
  gboolean working;
};

const GpoLabHit *gpo_lab_stand_hit (const GpoLabStand *stand, guint i);
/* The near miss that belongs to what the item builds on, or NULL. */
const GpoLabHit *gpo_lab_judge_near (GpoLabJudge *judge, guint item);
void gpo_lab_judge_resolve (GpoLabJudge *judge);

G_END_DECLS
