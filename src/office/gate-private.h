/* SPDX-License-Identifier: MIT */
/* gate-private.h: what the gate's files share: gate.c (the way of a command and of a reply) and
 * gate-people.c (what people ask of it). */
#pragma once
#include "office/gate.h"

G_BEGIN_DECLS

typedef struct
{
  guint id;
  gboolean enabled;
  GpoFilter *filter;
} GpoBreakpoint;

typedef enum
{
  GPO_STAGE_HELD,     /* somebody must let it go */
  GPO_STAGE_RELEASED, /* a command that was let go; its faults come next */
  GPO_STAGE_DELAYED,  /* a fault lets it wait */
  GPO_STAGE_OVER      /* a command whose delay is over */
} GpoGateStage;

typedef struct
{
  struct GpoGateKeeper *keeper;
  GpoSession *session;
  guint64 event;
  gboolean reply;
  GpoGateStage stage;
  guint breakpoint; /* why it is held after a delay; 0: nobody holds it */
  gboolean wants_hold;
  GpoTimer *timer;
  GpoGateAnswer then; /* what follows the delay */
  char *text;         /* a reply: as it would be sent. A command: what is replied in its place */
} GpoGateHeld;

typedef struct GpoGateKeeper
{
  GpoGate gate;
  GpoLog *log;
  GpoClock *clock;
  gboolean all;
  guint last_break;
  GPtrArray *breaks; /* of GpoBreakpoint */
  GPtrArray *faults; /* of GpoFault */
  GPtrArray *held;   /* of GpoGateHeld, oldest first */
  void (*down) (GpoSymbol, gpointer);
  gpointer down_data;
} GpoGateKeeper;

/* What is held of a session, or NULL. */
GpoGateHeld *gpo_gate_find (GpoGateKeeper *k, const GpoSession *session);
/* The office's time stands while somebody holds something: to be called when that may have changed. */
void gpo_gate_update_holding (GpoGateKeeper *k);
/* Records an event of kind `hold` about something held. */
void gpo_gate_record (GpoGateKeeper *k, GpoGateHeld *h, const char *action, const char *text);
/* The reply's way is over: it goes out, as `edited` if that is not NULL, or the connection does. Frees h. */
void gpo_gate_finish_reply (GpoGateHeld *h, const char *edited);
void gpo_breakpoint_free (gpointer data);

G_END_DECLS
