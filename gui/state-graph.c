/* SPDX-License-Identifier: MIT */
/* state-graph.c: table → Graphviz → boxes and curves. */
#include "state-graph.h"
#include "i18n.h"
#include <string.h>

#define INCH 72.0
#define SHAPE 1.8 /* width by height of the sheet a diagram is drawn on, as a rule */
/* How many edges are looked at backwards for the path walked so far. */
#define LOOK_BACK 4096

void
gpo_state_graph_free (GpoStateGraph *graph)
{
  for (guint i = 0; i < graph->arrows->len; i++)
    g_free (g_array_index (graph->arrows, GpoStateArrow, i).label);
  g_array_unref (graph->arrows);
  g_array_unref (graph->boxes);
  g_free (graph);
}

#ifdef GPO_HAVE_GRAPHVIZ
#include <graphviz/gvc.h>

/* --- the question --- */

/* All inputs that lead from one state to another, one a line: the diagram is wider than it is high, and
 * narrow labels leave room for large type. NULL if there are none. */
static char *
inputs_between (const GpoMachine *machine, guint8 from, guint8 to, gboolean *refuses)
{
  g_autoptr (GString) label = g_string_new (NULL);
  guint64 seen = 0;
  guint n = 0;
  *refuses = TRUE;
  for (guint i = 0; i < machine->n_edges; i++)
    {
      const GpoEdge *edge = &machine->edges[i];
      if (edge->from != from || edge->to != to || edge->input >= machine->n_inputs || edge->input >= 64)
        continue;
      *refuses &= !gpo_verdict_accepts (edge->verdict);
      if (seen & G_GUINT64_CONSTANT (1) << edge->input)
        continue;
      seen |= G_GUINT64_CONSTANT (1) << edge->input;
      if (n++ == 4)
        g_string_append (label, " …");
      else if (n < 5)
        g_string_append_printf (label, "%s%s", n == 1 ? "" : "\n", machine->inputs[edge->input]);
    }
  return n ? g_string_free (g_steal_pointer (&label), FALSE) : NULL;
}

static char *
ask (GpoStateGraph *graph, gboolean down)
{
  const GpoMachine *machine = graph->machine;
  GString *dot = g_string_new (
      "digraph m { ranksep=0.12;\n"
      "node [shape=box, fontname=\"DejaVu Sans\", fontsize=24, height=0.6, margin=\"0.12,0.06\"];\n"
      "edge [fontname=\"DejaVu Sans\", fontsize=20];\n");
  g_string_append (dot, down ? "rankdir=TB; nodesep=0.4;\n" : "rankdir=LR; nodesep=0.22;\n");
  for (guint s = 0; s < machine->n_states; s++)
    g_string_append_printf (dot, "s%u [label=\"%s\"];\n", s, machine->states[s]);
  for (guint from = 0; from < machine->n_states; from++)
    for (guint to = 0; to < machine->n_states; to++)
      {
        GpoStateArrow arrow = { .from = (guint8) from, .to = (guint8) to };
        arrow.label
            = from == to ? NULL : inputs_between (machine, (guint8) from, (guint8) to, &arrow.refuses);
        if (!arrow.label)
          continue;
        g_autofree char *escaped = g_strescape (arrow.label, NULL);
        g_string_append_printf (dot, "s%u -> s%u [label=\"%s\"];\n", from, to, escaped);
        g_array_append_val (graph->arrows, arrow);
      }
  g_string_append (dot, "}\n");
  return g_string_free (dot, FALSE);
}

/* --- the answer, in Graphviz's plain format --- */

static void
read_node (GpoStateGraph *graph, char **words)
{
  GpoStateBox box = { (guint8) atoi (words[1] + 1), g_ascii_strtod (words[2], NULL) * INCH,
                      graph->height - g_ascii_strtod (words[3], NULL) * INCH,
                      g_ascii_strtod (words[4], NULL) * INCH, g_ascii_strtod (words[5], NULL) * INCH };
  g_array_append_val (graph->boxes, box);
}

static void
read_edge (GpoStateGraph *graph, char **words, guint n_words)
{
  guint8 from = (guint8) atoi (words[1] + 1), to = (guint8) atoi (words[2] + 1);
  for (guint i = 0; i < graph->arrows->len; i++)
    {
      GpoStateArrow *arrow = &g_array_index (graph->arrows, GpoStateArrow, i);
      if (arrow->from != from || arrow->to != to)
        continue;
      arrow->n_points = MIN ((guint) atoi (words[3]), 64);
      for (guint p = 0; p < arrow->n_points && 5 + 2 * p < n_words; p++)
        {
          arrow->points[2 * p] = g_ascii_strtod (words[4 + 2 * p], NULL) * INCH;
          arrow->points[2 * p + 1] = graph->height - g_ascii_strtod (words[5 + 2 * p], NULL) * INCH;
        }
      /* behind the points: label (perhaps with spaces), its place, style, color */
      arrow->label_x = n_words > 4 ? g_ascii_strtod (words[n_words - 4], NULL) * INCH : 0;
      arrow->label_y = n_words > 4 ? graph->height - g_ascii_strtod (words[n_words - 3], NULL) * INCH : 0;
    }
}

static void
read_answer (GpoStateGraph *graph, const char *plain)
{
  g_auto (GStrv) lines = g_strsplit (plain, "\n", -1);
  for (char **line = lines; *line; line++)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (*line), " ", -1);
      guint n = g_strv_length (words);
      if (n >= 4 && strcmp (words[0], "graph") == 0)
        {
          graph->width = g_ascii_strtod (words[2], NULL) * INCH;
          graph->height = g_ascii_strtod (words[3], NULL) * INCH;
        }
      else if (n >= 6 && strcmp (words[0], "node") == 0)
        read_node (graph, words);
      else if (n >= 8 && strcmp (words[0], "edge") == 0)
        read_edge (graph, words, n);
    }
}

/* One context for the whole program: Graphviz keeps a font's name across contexts after freeing it. */
static gboolean
lay_out (GpoStateGraph *graph, gboolean down)
{
  static GVC_t *gvc;
  g_autofree char *dot = ask (graph, down);
  if (!gvc)
    gvc = gvContext ();
  graph_t *g = agmemread (dot);
  char *plain = NULL;
  unsigned int n = 0;
  gboolean good = g && gvLayout (gvc, g, "dot") == 0;
  if (good)
    {
      good = gvRenderData (gvc, g, "plain", &plain, &n) == 0 && plain;
      if (good)
        {
          g_autofree char *text = g_strndup (plain, n);
          /* a long line is continued behind a backslash */
          g_auto (GStrv) parts = g_strsplit (text, "\\\n", -1);
          g_autofree char *joined = g_strjoinv ("", parts);
          read_answer (graph, joined);
        }
      gvFreeRenderData (plain);
      gvFreeLayout (gvc, g);
    }
  if (g)
    agclose (g);
  return good && graph->boxes->len;
}
#else
static gboolean
lay_out (GpoStateGraph *graph, gboolean down)
{
  return FALSE;
}
#endif

static GpoStateGraph *
laid_out (const GpoMachine *machine, gboolean down)
{
  g_autoptr (GpoStateGraph) graph = g_new0 (GpoStateGraph, 1);
  graph->machine = machine;
  graph->boxes = g_array_new (FALSE, TRUE, sizeof (GpoStateBox));
  graph->arrows = g_array_new (FALSE, TRUE, sizeof (GpoStateArrow));
  return lay_out (graph, down) ? g_steal_pointer (&graph) : NULL;
}

/* How large its type becomes on a sheet of the usual shape. */
static double
fit (const GpoStateGraph *graph)
{
  return MIN (SHAPE / graph->width, 1 / graph->height);
}

GpoStateGraph *
gpo_state_graph_new (const GpoMachine *machine)
{
  g_autoptr (GpoStateGraph) across = laid_out (machine, FALSE);
  g_autoptr (GpoStateGraph) down = across ? laid_out (machine, TRUE) : NULL;
  return down && fit (down) > fit (across) ? g_steal_pointer (&down) : g_steal_pointer (&across);
}

/* --- where it is --- */

/* An edge event of this machine, newest first: it sets what is not known yet. */
static void
take (GpoStatePlace *place, const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  int a = from ? gpo_machine_state (place->machine, from) : -1,
      b = to ? gpo_machine_state (place->machine, to) : -1;
  if (a < 0 || b < 0 || a >= 64 || b >= 64)
    return;
  if (place->current < 0)
    {
      place->current = b;
      place->last_from = a;
      place->last_to = b;
    }
  place->walked[a][b] = TRUE;
}

/* Whether the edge belongs to the machine that is shown; the first one met says which that is. */
static gboolean
fits (GpoStatePlace *place, const GpoEvent *event, gboolean queue, GpoSymbol *host)
{
  const char *name = event->kind == GPO_KIND_EDGE ? gpo_event_text (event, GPO_FIELD_MACHINE, NULL) : NULL;
  if (!name || (queue ? strcmp (name, "queue") != 0 : !g_str_has_suffix (name, "-server")))
    return FALSE;
  if (!place->machine)
    {
      place->machine = gpo_machine_named (name);
      *host = event->host;
    }
  return place->machine && strcmp (place->machine->name, name) == 0 && event->host == *host;
}

void
gpo_state_place_init (GpoStatePlace *place, GpoCursor *cursor)
{
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  guint32 number;
  gboolean queue = gpo_cursor_get_subject (cursor, &number) == GPO_SUBJECT_LETTER;
  memset (place, 0, sizeof *place);
  place->current = place->last_from = place->last_to = -1;
  if (!queue)
    number = gpo_cursor_get_session (cursor);
  const GpoLetterTrack *letter = queue ? gpo_picture_letter_numbered (picture, number) : NULL;
  const GpoSessionTrack *session = queue ? NULL : gpo_picture_session_numbered (picture, number);
  const GpoTrack *track = letter ? &letter->events : session ? &session->edges : NULL;
  GpoSymbol host = 0;
  guint end = track ? gpo_track_until (track, gpo_cursor_get_n (cursor)) : 0;
  for (guint i = end; i > 0 && end - i < LOOK_BACK; i--)
    {
      const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (cursor), track->events[i - 1]);
      if (event && fits (place, event, queue, &host))
        take (place, event);
    }
  if (!place->machine)
    return;
  const char *name = gpo_symbol_name (host);
  place->title = queue ? g_strdup_printf (_ ("Letter %u in the queue of %s"), number, name)
                       : g_strdup_printf (_ ("Session %u at %s"), number, name);
}

void
gpo_state_place_clear (GpoStatePlace *place)
{
  g_clear_pointer (&place->title, g_free);
}
