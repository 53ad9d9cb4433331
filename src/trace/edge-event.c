/* SPDX-License-Identifier: MIT */
/* edge-event.c: the words of the machines as symbols, each looked up once. */
#include "trace/edge-event.h"

typedef struct
{
  const GpoMachine *machine;
  GpoSymbol name, *states, *inputs, *specs;
} Words;

static GpoSymbol verdicts[GPO_N_VERDICTS];

static GpoSymbol *
symbols_of (const char *const *words, guint n)
{
  GpoSymbol *symbols = g_new (GpoSymbol, n);
  for (guint i = 0; i < n; i++)
    symbols[i] = gpo_symbol (words[i]);
  return symbols;
}

static const Words *
words_of (const GpoMachine *machine)
{
  static Words known[16];
  guint i = 0;
  for (; known[i].machine; i++)
    if (known[i].machine == machine)
      return &known[i];
  g_assert (i + 1 < G_N_ELEMENTS (known));
  known[i].name = gpo_symbol (machine->name);
  known[i].states = symbols_of (machine->states, machine->n_states);
  known[i].inputs = symbols_of (machine->inputs, machine->n_inputs);
  known[i].specs = g_new (GpoSymbol, machine->n_edges);
  for (guint e = 0; e < machine->n_edges; e++)
    known[i].specs[e] = gpo_symbol (machine->edges[e].spec ? machine->edges[e].spec : "");
  for (guint v = 0; v < GPO_N_VERDICTS; v++)
    verdicts[v] = gpo_symbol (gpo_verdict_name ((GpoVerdict) v));
  known[i].machine = machine;
  return &known[i];
}

GpoSymbol
gpo_machine_input_symbol (const GpoMachine *machine, guint8 input)
{
  return words_of (machine)->inputs[input];
}

void
gpo_event_add_edge (GpoEventBuilder *b, const GpoEdgeTaken *edge)
{
  const Words *words = words_of (edge->machine);
  gpo_event_add_symbol (b, GPO_FIELD_MACHINE, words->name);
  gpo_event_add_symbol (b, GPO_FIELD_FROM, words->states[edge->from]);
  gpo_event_add_symbol (b, GPO_FIELD_VERB, words->inputs[edge->input]);
  gpo_event_add_symbol (b, GPO_FIELD_VERDICT, verdicts[edge->verdict]);
  gpo_event_add_symbol (b, GPO_FIELD_TO, words->states[edge->to]);
  if (edge->code)
    gpo_event_add_number (b, GPO_FIELD_CODE, edge->code);
  gpo_event_add_text (b, GPO_FIELD_REPLY, edge->reply, -1);
  if (edge->row)
    gpo_event_add_symbol (b, GPO_FIELD_SPEC, words->specs[edge->row - edge->machine->edges]);
  if (edge->cause)
    gpo_event_add_number (b, GPO_FIELD_CAUSE, (gint64) edge->cause);
}
