/* SPDX-License-Identifier: MIT */
/* gate.h: where lines are held, and where things go wrong on purpose.
 *
 * Every line from a peer passes the gate before it is acted on, and every reply before it is sent
 * (roles/session.h). The gate lets it pass, holds it until somebody lets it go, or acts as a fault says.
 *
 * What stays true:
 *  - a line is held once; a session has at most one thing held, its oldest;
 *  - between two hosts of the office only the server's end is held: it sees each line once;
 *  - while anything is held the office's clock and its time-outs stand (a delay does not count as held);
 *  - holding, letting go and every fault are events of kind `hold` and `fault`, with the line as cause;
 *  - what the gate is set to (all held, breakpoints) is told by `hold` events of no session.
 *
 * Used on the office's thread. */
#pragma once
#include "office/fault.h"
#include "roles/clock.h"
#include "roles/session.h"

G_BEGIN_DECLS

/* A gate that holds nothing; log and clock must outlive it. */
GpoGate *gpo_gate_new (GpoLog *log, GpoClock *clock);
/* All sessions must be gone. */
void gpo_gate_free (GpoGate *gate);
/* Whom a fault tells that a host shall go down. It must not act before the main loop runs again. */
void gpo_gate_set_down (GpoGate *gate, void (*down) (GpoSymbol host, gpointer data), gpointer data);

/* Holds every line and reply from now on; FALSE: no more, and all that is held goes. */
void gpo_gate_hold_all (GpoGate *gate, gboolean hold);
gboolean gpo_gate_holds_all (GpoGate *gate);
/* Holds what passes the filter, which is taken over. Returns the breakpoint's number. */
guint gpo_gate_break (GpoGate *gate, GpoFilter *filter);
/* Takes breakpoint `id` away, or all with 0. Returns how many went. */
guint gpo_gate_unbreak (GpoGate *gate, guint id);
/* A breakpoint that is not enabled stays in the list and holds nothing. FALSE if there is none of that
 * number. */
gboolean gpo_gate_enable (GpoGate *gate, guint id, gboolean enabled);

/* Lets the oldest held thing go. FALSE if nothing is held. */
gboolean gpo_gate_step (GpoGate *gate);
/* Lets go what is held in this session (0: all). `edited` (may be NULL) replaces a held reply.
 * Returns how many went. */
guint gpo_gate_release (GpoGate *gate, guint32 session, const char *edited);
/* Cuts the connection of a session that is held, the held thing unread or unsent. Returns how many. */
guint gpo_gate_drop (GpoGate *gate, guint32 session);

/* Takes the fault over, in the place of one with the same name. gpo_gate_tell_fault() records that. */
void gpo_gate_add_fault (GpoGate *gate, GpoFault *fault);
/* Returns whether there was one. */
gboolean gpo_gate_remove_fault (GpoGate *gate, const char *name);
/* Takes away all that were set for this host, or all there are with 0, and records it. Returns how many. */
guint gpo_gate_clear_faults (GpoGate *gate, GpoSymbol host);
/* Records that a rule stands from now on, or no more: a `fault` event with `state` "set" or "cleared". */
void gpo_gate_tell_fault (GpoGate *gate, const GpoFault *fault, gboolean set);
/* The rule of this name, or NULL. */
const GpoFault *gpo_gate_fault (GpoGate *gate, const char *name);

/* What there is now; all owned by the gate and valid until it is told something. */
typedef struct
{
  guint32 session;
  guint64 event; /* the line; for a reply the command that it answers */
  gboolean reply;
  const char *text; /* of a reply; NULL for a command: see the event */
} GpoHeld;
void gpo_gate_each_held (GpoGate *gate, void (*each) (const GpoHeld *held, gpointer data), gpointer data);
void gpo_gate_each_fault (GpoGate *gate, void (*each) (const GpoFault *fault, gpointer data), gpointer data);
void gpo_gate_each_break (GpoGate *gate,
                          void (*each) (guint id, const char *filter, gboolean enabled, gpointer data),
                          gpointer data);

G_END_DECLS
