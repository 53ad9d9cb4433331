/* SPDX-License-Identifier: MIT */
/* hold-model.h: what the gate holds now and what it is set to, read from the trace.
 *
 * The one view of the window that is about the end of the trace and not about n: somebody waits at the other
 * end of a held line, whatever is looked at meanwhile. It reads `hold` events and the ends of sessions; it
 * asks the office nothing, so breakpoints that another program set are in it too.
 *
 * Signal: "changed". No widget. Main thread only. */
#pragma once
#include "cursor.h"
#include "protocol/patience.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 session;
  guint64 event;    /* the `hold` event */
  guint64 line;     /* the client's line it is about, or G_MAXUINT64: the greeting */
  gboolean reply;   /* its answer is held; else the line itself */
  char *text;       /* of the reply as it would be sent; NULL for a line */
  guint breakpoint; /* that held it; 0: everything is held */
  gint64 since;     /* monotonic time since when the client waits */
} GpoHeldLine;

typedef struct
{
  guint number;
  char *filter;
  gboolean enabled;
} GpoBreak;

#define GPO_TYPE_HOLD_MODEL (gpo_hold_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoHoldModel, gpo_hold_model, GPO, HOLD_MODEL, GObject)

/* Follows the cursor's log. */
GpoHoldModel *gpo_hold_model_new (GpoCursor *cursor);
/* Whether everything is held. */
gboolean gpo_hold_model_get_all (GpoHoldModel *model);
/* What is held, the oldest first; valid until "changed". */
guint gpo_hold_model_n_held (GpoHoldModel *model);
const GpoHeldLine *gpo_hold_model_held (GpoHoldModel *model, guint i);
/* The one of this session, or NULL. */
const GpoHeldLine *gpo_hold_model_held_in (GpoHoldModel *model, guint32 session);
guint gpo_hold_model_n_breaks (GpoHoldModel *model);
const GpoBreak *gpo_hold_model_break (GpoHoldModel *model, guint i);

/* What is held, in one line: "RCPT TO:<bob@sparta.example>" or "250 2.1.5 …". The caller frees. */
char *gpo_held_words (GpoHoldModel *model, const GpoHeldLine *held);
/* How long the client will wait, and whether it is one of our own hosts, whose time stands still. */
GpoPatience gpo_held_patience (GpoHoldModel *model, const GpoHeldLine *held, gboolean *ours);
GpoProtocol gpo_hold_model_protocol (GpoHoldModel *model, const GpoHeldLine *held);

G_END_DECLS
