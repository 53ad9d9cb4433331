/* SPDX-License-Identifier: MIT */
/* state-words.c: a state in words: what may be said in it and where each leads, what everything else would
 * earn, and why: it belongs to other states. The same table that the server runs, read aloud. */
#include "i18n.h"
#include "state-graph.h"

#define MOST_STATES 4 /* named as those in which an input is taken */

/* Of a server's inputs only those are commands that are written in capitals. */
static gboolean
is_command (const GpoMachine *machine, guint8 input)
{
  return !g_str_has_suffix (machine->name, "-server") || g_ascii_isupper (machine->inputs[input][0]);
}

/* Whether a row is laid down by others; our own design is not a thing to look up. */
static gboolean
is_rfc (const char *spec)
{
  return spec && g_str_has_prefix (spec, "RFC");
}

/* All ways on from here by this input. FALSE: there are none. */
static gboolean
add_legal (GString *out, const GpoMachine *machine, guint8 state, guint8 input)
{
  guint64 told = 0; /* states */
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const GpoEdge *edge = &machine->edges[i];
      if (edge->from != state || edge->input != input || !gpo_verdict_accepts (edge->verdict))
        continue;
      guint8 to = edge->to == GPO_SAME ? state : edge->to;
      if (told & (1ull << to))
        continue;
      g_autofree char *line = g_markup_printf_escaped (
          "<tt><b>%s</b></tt> → %s   <small>%s</small>\n", machine->inputs[input],
          to == state ? _ ("stays") : machine->states[to], is_rfc (edge->spec) ? edge->spec : "");
      told |= 1ull << to;
      g_string_append (out, line);
    }
  return told != 0;
}

/* "mail, rcpt": where the input would be taken. The caller frees; "" if nowhere. */
static char *
states_that_take (const GpoMachine *machine, guint8 input)
{
  GString *out = g_string_new (NULL);
  guint n = 0;
  for (guint8 state = 0; state < machine->n_states; state++)
    if (gpo_machine_accepts (machine, state, input) && ++n <= MOST_STATES)
      g_string_append_printf (out, "%s%s", n > 1 ? ", " : "", machine->states[state]);
  if (n > MOST_STATES)
    g_string_append (out, " …");
  return g_string_free (out, FALSE);
}

/* What a command out of order earns: the server's words for it, or the verdict in plain ones. */
static char *
earned (const GpoEdge *edge)
{
  if (edge->reply)
    return g_strdup (edge->reply);
  return edge->verdict == GPO_SEQUENCE
             ? g_strdup (_ ("is refused: bad sequence"))
             : g_strdup_printf (_ ("is refused: %s"), gpo_verdict_name (edge->verdict));
}

static void
add_refused (GString *out, const GpoMachine *machine, guint8 state, guint8 input)
{
  int row = gpo_machine_find (machine, state, input, GPO_SEQUENCE);
  if (row == GPO_NO_EDGE)
    return;
  const GpoEdge *edge = &machine->edges[row];
  g_autofree char *states = states_that_take (machine, input);
  g_autofree char *why = *states ? g_strdup_printf (_ ("it belongs to: %s"), states)
                                 : g_strdup (_ ("this side never takes it"));
  g_autofree char *reply = earned (edge);
  g_autofree char *line = g_markup_printf_escaped (
      "<tt><b>%s</b></tt>  %s\n<small>%s%s%s</small>\n", machine->inputs[input], reply, why,
      is_rfc (edge->spec) ? " · " : "", is_rfc (edge->spec) ? edge->spec : "");
  g_string_append (out, line);
}

/* The queue is a machine of our own: nobody sends it commands, things befall a letter in it. */
static void
add_never (GString *out, const GpoMachine *machine, guint8 state, guint8 input)
{
  g_autofree char *states = states_that_take (machine, input);
  g_autofree char *line
      = *states ? g_markup_printf_escaped (_ ("<b>%s</b>: only when %s\n"), machine->inputs[input], states)
                : g_markup_printf_escaped (_ ("<b>%s</b>: never by itself\n"), machine->inputs[input]);
  g_string_append (out, line);
}

char *
gpo_state_words (const GpoMachine *machine, guint8 state)
{
  gboolean server = g_str_has_suffix (machine->name, "-server");
  g_autoptr (GString) legal = g_string_new (NULL), others = g_string_new (NULL);
  for (guint8 input = 0; input < machine->n_inputs; input++)
    if (!add_legal (legal, machine, state, input) && is_command (machine, input))
      (server ? add_refused : add_never) (others, machine, state, input);
  const char *out_of_order
      = server ? _ ("Out of order here, and what it would earn") : _ ("Cannot happen here");
  return g_strdup_printf ("<b>%s %s</b>\n%s\n\n%s\n<b>%s</b>\n%s", _ ("In the state"), machine->states[state],
                          server ? _ ("a client may say") : _ ("may follow"),
                          legal->len ? legal->str : _ ("nothing more\n"), out_of_order, others->str);
}
