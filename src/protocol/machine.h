/* SPDX-License-Identifier: MIT */
/* machine.h: the state machine engine. One table, many readers.
 *
 * A protocol's states are a plain table of edges. The server runs it, the window draws it, the docs
 * print it, the tests enumerate it and the observer of foreign traffic follows it. A handler gives a
 * verdict; the table gives the next state and the default reply.
 *
 * What stays true (tests/unit/protocol/test-machine.c proves each for every table):
 *  - every state × input cell has an answer; a cell without an accepting row answers GPO_SEQUENCE;
 *  - rows that accept name their state and their input; wildcards only refuse;
 *  - every row can be reached and none is shadowed.
 *
 * Nothing here does I/O. A GpoMachine is static and immutable, so every thread may read it. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* What a handler decided. X(name, word, accepts): `accepts` tells verdicts that carry the
 * conversation on from those that refuse. */
#define GPO_VERDICTS(X)                                                                              \
  X (OK, "ok", TRUE)                  /* done as asked */                                            \
  X (MORE, "more", TRUE)              /* go on: a challenge, 354, a continuation */                  \
  X (PARTIAL, "partial", TRUE)        /* done in part: some recipients, some letters */              \
  X (EMPTY, "empty", TRUE)            /* done, and there is nothing left */                          \
  X (REFUSED, "refused", FALSE)       /* permanent no: 5xx, NO, -ERR */                              \
  X (DEFERRED, "deferred", FALSE)     /* not now: 4xx */                                             \
  X (SYNTAX, "syntax", FALSE)         /* the arguments are wrong: 501, BAD */                        \
  X (SEQUENCE, "sequence", FALSE)     /* wrong state for this command: 503, BAD */                   \
  X (UNKNOWN, "unknown", FALSE)       /* no such command: 500 */                                     \
  X (UNSUPPORTED, "unsupported", FALSE) /* command or parameter known, not offered: 502, 504, 555 */ \
  X (TOO_LONG, "too-long", FALSE)     /* the line is over its limit */                               \
  X (TOO_MANY, "too-many", FALSE)     /* recipients, errors, connections */                          \
  X (TOO_BIG, "too-big", FALSE)       /* the letter or literal is over its limit */                  \
  X (NEEDS_AUTH, "needs-auth", FALSE) /* log in first */                                             \
  X (NEEDS_TLS, "needs-tls", FALSE)   /* encrypt first */                                            \
  X (CLOSING, "closing", FALSE)       /* the server ends the session */

typedef enum {
#define X(name, word, accepts) GPO_##name,
  GPO_VERDICTS (X)
#undef X
  GPO_N_VERDICTS
} GpoVerdict;

/* Matches every state (in `from`) or every input (in `input`). Only a refusing row may use them. */
#define GPO_ANY 0xff
/* In `to`: the state does not change. */
#define GPO_SAME 0xfe
/* The answer of gpo_machine_find() where no row fits. */
#define GPO_NO_EDGE (-1)

typedef struct {
  guint8 from, input; /* what was, what came */
  GpoVerdict verdict; /* what the handler decided */
  guint8 to;          /* what is now */
  const char *reply;  /* default reply text, without line ending; NULL where none is sent */
  const char *spec;   /* "RFC 5321 §4.1.1.3" */
  guint8 arrow;       /* its number in the figure of states that the RFC draws (RFC 3501 §3); 0: none */
} GpoEdge;

typedef struct {
  const char *name;           /* "smtp-server": what `glasspost machine` takes and the trace says */
  const char *title;          /* one line for people */
  const char *const *states;  /* n_states words, lower case with hyphens */
  const char *const *inputs;  /* n_inputs words: the verbs as they are on the wire, or event words */
  guint8 n_states, n_inputs;
  guint8 initial;
  guint8 final;               /* the state in which nothing more is taken; GPO_ANY if there is none */
  const GpoEdge *edges;
  guint n_edges;
} GpoMachine;

/* The word for a verdict ("needs-auth"). Static. */
const char *gpo_verdict_name (GpoVerdict verdict);
/* Whether the verdict carries the conversation on. */
gboolean gpo_verdict_accepts (GpoVerdict verdict);
/* The verdict a word names, or -1. */
int gpo_verdict_from_name (const char *name);

/* The index of the row for this cell and verdict, the most specific first: exact; any state; any
 * input; any of both. GPO_NO_EDGE if the table has no answer. */
int gpo_machine_find (const GpoMachine *machine, guint8 state, guint8 input, GpoVerdict verdict);

/* Whether some row accepts this input in this state. Where it is FALSE a session must give the
 * verdict GPO_SEQUENCE without asking its handler. */
gboolean gpo_machine_accepts (const GpoMachine *machine, guint8 state, guint8 input);

/* Takes the edge for (state, input, verdict): sets *state and returns the row. This is the only
 * writer of a session's state. A cell without a row is a broken table: the program stops. */
const GpoEdge *gpo_machine_take (const GpoMachine *machine, guint8 *state, guint8 input, GpoVerdict verdict);

/* The state or input with this name (ASCII case ignored), or -1. */
int gpo_machine_state (const GpoMachine *machine, const char *name);
int gpo_machine_input (const GpoMachine *machine, const char *name);

/* Every machine of the program, NULL-terminated: src/protocol/machines.c. */
extern const GpoMachine *const gpo_machines[];
/* The machine of this name, or NULL. */
const GpoMachine *gpo_machine_named (const char *name);

/* How gpo_machine_print() draws. */
typedef enum { GPO_PRINT_TEXT, GPO_PRINT_DOT, GPO_PRINT_MARKDOWN } GpoPrint;

/* The table as readable text, as a Graphviz digraph, or as Markdown tables. The caller frees. */
char *gpo_machine_print (const GpoMachine *machine, GpoPrint how);

G_END_DECLS
