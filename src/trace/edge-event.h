/* SPDX-License-Identifier: MIT */
/* edge-event.h: one row of a machine, taken, as the fields of an `edge` event.
 *
 * Two write edges: the session that runs a machine, and the observer that follows one from outside. Both
 * say them with the same fields in the same order. The writer's thread. */
#pragma once
#include "protocol/machine.h"
#include "trace/event.h"

G_BEGIN_DECLS

typedef struct
{
  const GpoMachine *machine;
  guint8 from, input, to;
  GpoVerdict verdict;
  const GpoEdge *row; /* NULL: a step that the table does not have (only an observer sees such) */
  int code;           /* 0: none */
  const char *reply;  /* its first line, or NULL */
  guint64 cause;      /* 0: none */
} GpoEdgeTaken;

/* Adds machine, from, verb, verdict, to, code, reply, spec and cause. */
void gpo_event_add_edge (GpoEventBuilder *b, const GpoEdgeTaken *edge);
/* The symbol of an input's word. */
GpoSymbol gpo_machine_input_symbol (const GpoMachine *machine, guint8 input);

G_END_DECLS
