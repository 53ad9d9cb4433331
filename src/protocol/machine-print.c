/* SPDX-License-Identifier: MIT */
/* machine-print.c: a table of edges for people: as text, as a Graphviz digraph, as Markdown.
 *
 * The docs and the diagrams of the window come from here, so what is shown is what runs. In the
 * diagram the rows that accept are arrows; a refusal is one (dashed, with its verdict) only where it
 * leads to another state, and rows for any state are none: they would hide the protocol. */
#include "protocol/machine.h"
#include <string.h>

#define LABEL_WIDTH 26 /* a label with several inputs breaks its line here */

static const char *
from_word (const GpoMachine *machine, const GpoEdge *edge)
{
  return edge->from == GPO_ANY ? "(any)" : machine->states[edge->from];
}

static const char *
input_word (const GpoMachine *machine, const GpoEdge *edge)
{
  return edge->input == GPO_ANY ? "(any)" : machine->inputs[edge->input];
}

static const char *
to_word (const GpoMachine *machine, const GpoEdge *edge)
{
  return edge->to == GPO_SAME ? "(same)" : machine->states[edge->to];
}

/* "initial", "final" or "" */
static const char *
state_mark (const GpoMachine *machine, guint8 state)
{
  return state == machine->initial ? "initial" : state == machine->final ? "final" : "";
}

/* --- text --- */

#define N_COLUMNS 7
static const char *const headings[N_COLUMNS]
    = { "STATE", "INPUT", "VERDICT", "NEXT STATE", "ARROW", "SPEC", "REPLY" };
static const char *const arrow_words[] = { "", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)" };
#define ARROW_COLUMN 4

/* Whether the RFC numbers the arrows of this machine: else that column is left out. */
static gboolean
has_arrows (const GpoMachine *machine)
{
  for (guint i = 0; i < machine->n_edges; i++)
    if (machine->edges[i].arrow)
      return TRUE;
  return FALSE;
}

static void
row_words (const GpoMachine *machine, const GpoEdge *edge, const char *words[N_COLUMNS])
{
  words[0] = from_word (machine, edge);
  words[1] = input_word (machine, edge);
  words[2] = gpo_verdict_name (edge->verdict);
  words[3] = to_word (machine, edge);
  words[ARROW_COLUMN] = arrow_words[MIN (edge->arrow, G_N_ELEMENTS (arrow_words) - 1)];
  words[5] = edge->spec ? edge->spec : "";
  words[6] = edge->reply ? edge->reply : "";
}

static void
append_row (GString *out, const char *const words[N_COLUMNS], const gsize widths[N_COLUMNS])
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      if (i == ARROW_COLUMN && !widths[i])
        continue;
      g_string_append (out, words[i]);
      /* § takes two bytes and one column: widths count characters */
      if (i + 1 < N_COLUMNS)
        for (gsize n = g_utf8_strlen (words[i], -1); n < widths[i] + 2; n++)
          g_string_append_c (out, ' ');
    }
  while (out->len && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

static void
print_text (const GpoMachine *machine, GString *out)
{
  gsize widths[N_COLUMNS];
  const char *words[N_COLUMNS];
  for (guint c = 0; c < N_COLUMNS; c++)
    widths[c] = c == ARROW_COLUMN && !has_arrows (machine) ? 0 : strlen (headings[c]);
  for (guint i = 0; i < machine->n_edges; i++)
    {
      row_words (machine, &machine->edges[i], words);
      for (guint c = 0; c < N_COLUMNS; c++)
        widths[c] = MAX (widths[c], (gsize) g_utf8_strlen (words[c], -1));
    }
  g_string_append_printf (out, "%s: %s\n", machine->name, machine->title);
  g_string_append_printf (out, "It begins in %s", machine->states[machine->initial]);
  if (machine->final != GPO_ANY)
    g_string_append_printf (out, " and ends in %s", machine->states[machine->final]);
  g_string_append_printf (out, "; %u states, %u inputs, %u rows.\n\n", machine->n_states, machine->n_inputs,
                          machine->n_edges);
  append_row (out, headings, widths);
  for (guint i = 0; i < machine->n_edges; i++)
    {
      row_words (machine, &machine->edges[i], words);
      append_row (out, words, widths);
    }
}

/* --- Graphviz --- */

static void
append_quoted (GString *out, const char *word)
{
  g_string_append_c (out, '"');
  for (; *word; word++)
    {
      if (*word == '"' || *word == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *word);
    }
  g_string_append_c (out, '"');
}

/* Whether this input leads on from this state in more than one way, so that the verdict must be said. */
static gboolean
verdict_matters (const GpoMachine *machine, const GpoEdge *edge)
{
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const GpoEdge *other = &machine->edges[i];
      if (other != edge && other->from == edge->from && other->input == edge->input
          && gpo_verdict_accepts (other->verdict))
        return TRUE;
    }
  return FALSE;
}

static guint8
target (const GpoEdge *edge)
{
  return edge->to == GPO_SAME ? edge->from : edge->to;
}

/* One arrow of the diagram: all rows that lead this way. */
typedef struct
{
  guint8 from, to;
  gboolean accepts;
} Arrow;

/* Whether the row is part of the arrow. A refusal is drawn only where it leads elsewhere. */
static gboolean
belongs (const GpoEdge *edge, const Arrow *arrow)
{
  gboolean accepts = gpo_verdict_accepts (edge->verdict);
  return edge->from == arrow->from && target (edge) == arrow->to && accepts == arrow->accepts
         && (accepts || arrow->from != arrow->to);
}

static gboolean
is_drawn (const GpoMachine *machine, const Arrow *arrow)
{
  for (guint i = 0; i < machine->n_edges; i++)
    if (belongs (&machine->edges[i], arrow))
      return TRUE;
  return FALSE;
}

/* An input of the arrow with the verdicts that take it: "AUTH", "reply (refused, deferred)". Empty where
 * row i is not the input's first on this arrow. */
static char *
input_label (const GpoMachine *machine, const Arrow *arrow, guint i)
{
  const GpoEdge *edge = &machine->edges[i];
  g_autoptr (GString) verdicts = g_string_new (NULL);
  gboolean told = !arrow->accepts;
  for (guint j = 0; j < machine->n_edges; j++)
    {
      const GpoEdge *other = &machine->edges[j];
      if (other->input != edge->input || !belongs (other, arrow))
        continue;
      if (j < i)
        return g_strdup ("");
      told = told || verdict_matters (machine, other);
      g_string_append_printf (verdicts, "%s%s", verdicts->len ? ", " : "", gpo_verdict_name (other->verdict));
    }
  return told ? g_strdup_printf ("%s (%s)", input_word (machine, edge), verdicts->str)
              : g_strdup (input_word (machine, edge));
}

/* The arrow's label: its number in the RFC, every input that takes it, "\n" where a line is full. */
static void
append_label (GString *out, const GpoMachine *machine, const Arrow *arrow)
{
  gsize column = 0;
  guint8 number = 0;
  for (guint i = 0; i < machine->n_edges; i++)
    if (arrow->from != arrow->to && belongs (&machine->edges[i], arrow))
      number = MAX (number, machine->edges[i].arrow);
  if (number)
    g_string_append_printf (out, "%s\\n", arrow_words[MIN (number, G_N_ELEMENTS (arrow_words) - 1)]);
  for (guint i = 0; i < machine->n_edges; i++)
    {
      g_autofree char *word
          = belongs (&machine->edges[i], arrow) ? input_label (machine, arrow, i) : g_strdup ("");
      gsize length = strlen (word);
      if (!length)
        continue;
      if (column)
        g_string_append (out, column + 2 + length > LABEL_WIDTH ? ",\\n" : ", ");
      column = column + 2 + length > LABEL_WIDTH ? length : column + 2 + length;
      g_string_append (out, word);
    }
}

static void
append_arrow (GString *out, const GpoMachine *machine, const Arrow *arrow)
{
  if (!is_drawn (machine, arrow))
    return;
  g_string_append (out, "  ");
  append_quoted (out, machine->states[arrow->from]);
  g_string_append (out, " -> ");
  append_quoted (out, machine->states[arrow->to]);
  g_string_append (out, " [label=\"");
  append_label (out, machine, arrow);
  g_string_append (out, arrow->accepts ? "\"];\n" : "\", style=dashed];\n");
}

static void
print_dot (const GpoMachine *machine, GString *out)
{
  g_string_append (out, "digraph ");
  append_quoted (out, machine->name);
  g_string_append (out, " {\n"
                        "  rankdir=LR;\n"
                        "  node [shape=box, style=rounded, fontname=\"DejaVu Sans\", fontsize=12];\n"
                        "  edge [fontname=\"DejaVu Sans\", fontsize=10];\n"
                        "  \"\" [shape=point];\n");
  for (guint8 s = 0; s < machine->n_states; s++)
    {
      g_string_append (out, "  ");
      append_quoted (out, machine->states[s]);
      g_string_append (out, s == machine->final ? " [peripheries=2];\n" : ";\n");
    }
  g_string_append (out, "  \"\" -> ");
  append_quoted (out, machine->states[machine->initial]);
  g_string_append (out, ";\n");
  for (guint8 from = 0; from < machine->n_states; from++)
    for (guint8 to = 0; to < machine->n_states; to++)
      {
        append_arrow (out, machine, &(Arrow){ from, to, TRUE });
        append_arrow (out, machine, &(Arrow){ from, to, FALSE });
      }
  g_string_append (out, "}\n");
}

/* --- Markdown --- */

/* A table's cell; | would end it and < could begin a tag. */
static void
append_cell (GString *out, const char *text)
{
  g_string_append (out, " ");
  for (; *text; text++)
    {
      if (*text == '|' || *text == '<' || *text == '\\' || *text == '*' || *text == '_')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append (out, " |");
}

static void
print_markdown (const GpoMachine *machine, GString *out)
{
  g_string_append_printf (out, "# %s\n\n%s.\n\n## States\n\n| State | |\n| --- | --- |\n", machine->name,
                          machine->title);
  for (guint8 s = 0; s < machine->n_states; s++)
    g_string_append_printf (out, "| %s | %s |\n", machine->states[s], state_mark (machine, s));
  g_string_append (out, "\n## Inputs\n\n");
  for (guint i = 0; i < machine->n_inputs; i++)
    g_string_append_printf (out, "%s`%s`", i ? ", " : "", machine->inputs[i]);
  gboolean arrows = has_arrows (machine);
  g_string_append_printf (out,
                          "\n\n## Edges\n\n| State | Input | Verdict | Next state | %sReply | Source |\n"
                          "| --- | --- | --- | --- | %s--- | --- |\n",
                          arrows ? "Arrow | " : "", arrows ? "--- | " : "");
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const char *words[N_COLUMNS];
      row_words (machine, &machine->edges[i], words);
      g_string_append_c (out, '|');
      for (guint c = 0; c < (arrows ? 5 : 4); c++)
        append_cell (out, words[c]);
      append_cell (out, words[6]);
      append_cell (out, words[5]);
      g_string_append_c (out, '\n');
    }
}

char *
gpo_machine_print (const GpoMachine *machine, GpoPrint how)
{
  GString *out = g_string_new (NULL);
  switch (how)
    {
    case GPO_PRINT_TEXT:
      print_text (machine, out);
      break;
    case GPO_PRINT_DOT:
      print_dot (machine, out);
      break;
    case GPO_PRINT_MARKDOWN:
      print_markdown (machine, out);
      break;
    }
  return g_string_free (out, FALSE);
}
