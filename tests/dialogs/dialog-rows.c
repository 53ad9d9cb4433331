/* SPDX-License-Identifier: MIT */
/* dialog-rows.c: reads `edge` events of a trace back into rows of the table. */
#include "dialog-rows.h"
#include "trace/log.h"
#include "trace/trace-read.h"
#include <string.h>

DialogRows *
dialog_rows_new (const char *protocol)
{
  g_autofree char *name = g_strconcat (protocol, "-server", NULL);
  for (const GpoMachine *const *machine = gpo_machines; *machine; machine++)
    if (strcmp ((*machine)->name, name) == 0)
      {
        DialogRows *rows = g_new0 (DialogRows, 1);
        rows->machine = *machine;
        rows->taken = g_new0 (gboolean, (*machine)->n_edges);
        return rows;
      }
  return NULL;
}

void
dialog_rows_free (DialogRows *rows)
{
  if (rows)
    g_free (rows->taken);
  g_free (rows);
}

static int
find (const char *const *words, guint n, const char *word)
{
  for (guint i = 0; word && i < n; i++)
    if (strcmp (words[i], word) == 0)
      return (int) i;
  return -1;
}

static void
mark (DialogRows *rows, const GpoEvent *event)
{
  const GpoMachine *machine = rows->machine;
  if (event->kind != GPO_KIND_EDGE || g_strcmp0 (gpo_event_text (event, GPO_FIELD_MACHINE, NULL), machine->name) != 0)
    return;
  int from = find (machine->states, machine->n_states, gpo_event_text (event, GPO_FIELD_FROM, NULL));
  int input = find (machine->inputs, machine->n_inputs, gpo_event_text (event, GPO_FIELD_VERB, NULL));
  int verdict = gpo_verdict_from_name (gpo_event_text (event, GPO_FIELD_VERDICT, NULL));
  int row = from < 0 || input < 0 || verdict < 0
                ? -1
                : gpo_machine_find (machine, (guint8) from, (guint8) input, (GpoVerdict) verdict);
  if (row >= 0)
    rows->taken[row] = TRUE;
}

gboolean
dialog_rows_read (DialogRows *rows, const char *trace, GError **error)
{
  GpoLog *log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (log, trace, error);
  gssize n = reader ? 1 : -1;
  while (n > 0)
    n = gpo_trace_reader_step (reader, 1 << 20, error);
  gboolean good = n == 0 && gpo_trace_reader_end (reader, error);
  for (guint64 i = gpo_log_first (log); good && i < gpo_log_length (log); i++)
    mark (rows, gpo_log_get (log, i));
  gpo_log_free (log);
  return good;
}

char *
dialog_rows_name (const DialogRows *rows, gsize row)
{
  const GpoEdge *edge = &rows->machine->edges[row];
  return g_strdup_printf ("%s %s %s", edge->from == GPO_ANY ? "(any)" : rows->machine->states[edge->from],
                          edge->input == GPO_ANY ? "(any)" : rows->machine->inputs[edge->input],
                          gpo_verdict_name (edge->verdict));
}

const char *
dialog_rows_exempt (const DialogRows *rows, gsize row)
{
  static const struct
  {
    const char *machine, *row, *why;
  } exempt[] = {
    { "imap-server", "connected connect empty", "no host greets with PREAUTH; tests/unit/roles/test-imap-session.c does" },
    { "imap-server", "(any) (any) sequence", "commands are read in three states, which have rows of their own" },
    { "pop3-server", "(any) (any) sequence", "commands are read in three states, which have rows of their own" },
    { "pop3-server", "update updated refused", "it takes a broken disk: tests/unit/roles/test-pop3-session.c" },
  };
  g_autofree char *name = dialog_rows_name (rows, row);
  for (gsize i = 0; i < G_N_ELEMENTS (exempt); i++)
    if (strcmp (exempt[i].machine, rows->machine->name) == 0 && strcmp (exempt[i].row, name) == 0)
      return exempt[i].why;
  return NULL;
}
