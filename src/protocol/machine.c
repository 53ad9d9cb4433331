/* SPDX-License-Identifier: MIT */
/* machine.c: finding and taking edges.
 *
 * Tables are short (tens of rows) and are looked up once a command, so a linear scan in order of
 * precedence is fast enough and leaves nothing to build or to free. */
#include "protocol/machine.h"
#include <string.h>

static const struct
{
  const char *word;
  gboolean accepts;
} verdicts[] = {
#define X(name, word, accepts) { word, accepts },
  GPO_VERDICTS (X)
#undef X
};

const char *
gpo_verdict_name (GpoVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < GPO_N_VERDICTS, "?");
  return verdicts[verdict].word;
}

gboolean
gpo_verdict_accepts (GpoVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < GPO_N_VERDICTS, FALSE);
  return verdicts[verdict].accepts;
}

int
gpo_verdict_from_name (const char *name)
{
  for (guint i = 0; i < GPO_N_VERDICTS; i++)
    if (strcmp (verdicts[i].word, name) == 0)
      return (int) i;
  return -1;
}

/* How closely a row fits: 3 exact, 2 any state, 1 any input, 0 any of both (input weighs more), -1 not at
 * all. */
static int
closeness (const GpoEdge *edge, guint8 state, guint8 input)
{
  gboolean any_state = edge->from == GPO_ANY, any_input = edge->input == GPO_ANY;
  if (!any_state && edge->from != state)
    return -1;
  if (!any_input && edge->input != input)
    return -1;
  return (any_input ? 0 : 2) + (any_state ? 0 : 1);
}

int
gpo_machine_find (const GpoMachine *machine, guint8 state, guint8 input, GpoVerdict verdict)
{
  int best = GPO_NO_EDGE, best_closeness = -1;
  for (guint i = 0; i < machine->n_edges; i++)
    {
      if (machine->edges[i].verdict != verdict)
        continue;
      int c = closeness (&machine->edges[i], state, input);
      if (c > best_closeness)
        {
          best = (int) i;
          best_closeness = c;
        }
      if (c == 3)
        break; /* no row is shadowed, so it is the only one that is exact */
    }
  return best;
}

gboolean
gpo_machine_accepts (const GpoMachine *machine, guint8 state, guint8 input)
{
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const GpoEdge *edge = &machine->edges[i];
      if (edge->from == state && edge->input == input && gpo_verdict_accepts (edge->verdict))
        return TRUE;
    }
  return FALSE;
}

const GpoEdge *
gpo_machine_take (const GpoMachine *machine, guint8 *state, guint8 input, GpoVerdict verdict)
{
  int row = gpo_machine_find (machine, *state, input, verdict);
  if (row == GPO_NO_EDGE)
    g_error ("machine %s has no row for %s in state %s with verdict %s", machine->name,
             machine->inputs[input], machine->states[*state], gpo_verdict_name (verdict));
  const GpoEdge *edge = &machine->edges[row];
  if (edge->to != GPO_SAME)
    *state = edge->to;
  return edge;
}

static int
word_index (const char *const *words, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp (words[i], name) == 0)
      return (int) i;
  return -1;
}

int
gpo_machine_state (const GpoMachine *machine, const char *name)
{
  return word_index (machine->states, machine->n_states, name);
}

int
gpo_machine_input (const GpoMachine *machine, const char *name)
{
  return word_index (machine->inputs, machine->n_inputs, name);
}

const GpoMachine *
gpo_machine_named (const char *name)
{
  for (const GpoMachine *const *m = gpo_machines; *m; m++)
    if (strcmp ((*m)->name, name) == 0)
      return *m;
  return NULL;
}
