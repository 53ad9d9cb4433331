/* SPDX-License-Identifier: MIT */
/* trace-loader.h: a trace file is read into its log by a thread of its own, as an office's thread writes into
 * its log, so that the window draws and answers while a long file comes.
 *
 * While it runs, the thread alone writes to the log and uses the reader; the window reads the log up to its
 * published length. Functions: main thread only. */
#pragma once
#include "trace/trace-read.h"

G_BEGIN_DECLS

typedef struct GpoTraceLoader GpoTraceLoader;

/* Takes the reader over. `done` is called on the main thread each time the end of the file was reached, or
 * reading failed. */
GpoTraceLoader *gpo_trace_loader_new (GpoTraceReader *reader, void (*done) (gpointer), gpointer data);
/* Stops reading and waits for the thread. */
void gpo_trace_loader_free (GpoTraceLoader *loader);

/* Begins to read all that there is now behind what was read before. If it is reading already, it will look
 * once more. */
void gpo_trace_loader_start (GpoTraceLoader *loader);
/* 0 to 1, of a file's bytes. */
double gpo_trace_loader_progress (GpoTraceLoader *loader);
/* In `done`: the reader, which is nobody else's now; NULL and *error if reading failed. */
GpoTraceReader *gpo_trace_loader_reader (GpoTraceLoader *loader, GError **error);

G_END_DECLS
