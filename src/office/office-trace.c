/* SPDX-License-Identifier: MIT */
/* office-trace.c: the file an office is recorded to, and what becomes known when it ends early.
 *
 * The file has a thread of its own (trace/trace-file.h); that the disk is full is seen there. The office goes
 * on: the trace in memory says what happened, and so does whoever started the office. */
#include "office/office-private.h"

typedef struct
{
  GpoOffice *office;
  char *message;
} Failure;

static void
failure_free (gpointer data)
{
  Failure *failure = data;
  g_free (failure->message);
  g_free (failure);
}

static gboolean
note_failure (gpointer data)
{
  Failure *failure = data;
  gpo_office_note (failure->office, "%s", failure->message);
  return G_SOURCE_REMOVE;
}

/* On the file's thread. When the office is being torn down no one reads its notes; `failed` is told in any
 * case. */
static void
trace_failed (const GError *error, gpointer data)
{
  GpoOffice *office = data;
  Failure *failure = g_new (Failure, 1);
  *failure = (Failure){ office, g_strdup (error->message) };
  g_main_context_invoke_full (office->context, G_PRIORITY_DEFAULT, note_failure, failure, failure_free);
  if (office->trace_failed)
    office->trace_failed (error, office->trace_failed_data);
}

gboolean
gpo_office_open_trace (GpoOffice *office, GError **error)
{
  const char *path = office->config->trace ? office->config->trace : office->scenario->trace;
  office->trace_failed = office->config->trace_failed;
  office->trace_failed_data = office->config->trace_failed_data;
  if (path)
    office->trace = gpo_trace_file_new (office->parts.log, path, trace_failed, office, error);
  return !path || office->trace;
}
