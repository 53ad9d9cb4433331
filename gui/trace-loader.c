/* SPDX-License-Identifier: MIT */
/* trace-loader.c: one thread from the first byte to the last; joined before anybody looks at what it left. */
#include "trace-loader.h"

/* Read before it is looked whether to stop: about two milliseconds. */
#define PIECE_BYTES (256 * 1024)
#define WHOLE 1000

struct GpoTraceLoader
{
  GpoTraceReader *reader;
  GThread *thread; /* NULL: it is not reading */
  gint stop;       /* atomic */
  gint progress;   /* atomic, of WHOLE */
  gboolean again;  /* start it anew when it is over */
  GError *error;   /* the thread's, until it is joined */
  void (*done) (gpointer);
  gpointer data;
};

GpoTraceLoader *
gpo_trace_loader_new (GpoTraceReader *reader, void (*done) (gpointer), gpointer data)
{
  GpoTraceLoader *loader = g_new0 (GpoTraceLoader, 1);
  loader->reader = reader;
  loader->done = done;
  loader->data = data;
  return loader;
}

void
gpo_trace_loader_free (GpoTraceLoader *loader)
{
  g_atomic_int_set (&loader->stop, TRUE);
  g_clear_pointer (&loader->thread, g_thread_join);
  g_idle_remove_by_data (loader);
  gpo_trace_reader_free (loader->reader);
  g_clear_error (&loader->error);
  g_free (loader);
}

/* On the main thread, when the other one is through. */
static gboolean
over (gpointer data)
{
  GpoTraceLoader *loader = data;
  g_clear_pointer (&loader->thread, g_thread_join);
  if (loader->again && !loader->error)
    gpo_trace_loader_start (loader);
  else
    loader->done (loader->data);
  return G_SOURCE_REMOVE;
}

static gpointer
read_on (gpointer data)
{
  GpoTraceLoader *loader = data;
  gssize n;
  do
    {
      n = gpo_trace_reader_step (loader->reader, PIECE_BYTES, &loader->error);
      g_atomic_int_set (&loader->progress, (gint) (gpo_trace_reader_progress (loader->reader) * WHOLE));
    }
  while (n > 0 && !g_atomic_int_get (&loader->stop));
  g_idle_add_full (G_PRIORITY_DEFAULT, over, loader, NULL);
  return NULL;
}

void
gpo_trace_loader_start (GpoTraceLoader *loader)
{
  loader->again = loader->thread != NULL;
  if (!loader->thread)
    loader->thread = g_thread_new ("trace-loader", read_on, loader);
}

double
gpo_trace_loader_progress (GpoTraceLoader *loader)
{
  return (double) g_atomic_int_get (&loader->progress) / WHOLE;
}

GpoTraceReader *
gpo_trace_loader_reader (GpoTraceLoader *loader, GError **error)
{
  if (!loader->error)
    return loader->reader;
  g_propagate_error (error, g_error_copy (loader->error));
  return NULL;
}
