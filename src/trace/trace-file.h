/* SPDX-License-Identifier: MIT */
/* trace-file.h: a trace file that grows while the office runs.
 *
 * A thread of its own reads the log and writes its events with large writes; whenever it has caught
 * up everything is in the file, so that `tail -f` and a second process see it. The office never waits
 * for the disk, with one exception: when the file is more than the log's backlog behind
 * (gpo_log_set_backlog()), the appender waits, so that memory stays bounded.
 *
 * A disk that fills up costs the rest of the file, not the office: the error is reported once and the
 * events are let go. A file that is there already is kept under its name with a `~`. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoTraceFile GpoTraceFile;

/* Called once, on the writing thread or within gpo_trace_file_new(), when the file cannot be written any more.
 * The error names the file and the cure. */
typedef void (*GpoTraceFileFailed) (const GError *error, gpointer data);

/* Creates the file (or writes to the device or pipe of that name) and begins with the oldest event in
 * the log. NULL and `error` (G_IO_ERROR) if it cannot be created. `failed` may be NULL. */
GpoTraceFile *gpo_trace_file_new (GpoLog *log, const char *path, GpoTraceFileFailed failed, gpointer data,
                                  GError **error);
/* Waits until all events below n are in the file (given to the kernel, not synced to the disk). FALSE
 * if the file failed. Any thread but the writing one; n must not be above gpo_log_length(). */
gboolean gpo_trace_file_sync_to (GpoTraceFile *file, guint64 n);
/* Events below this are in the file. Any thread. */
guint64 gpo_trace_file_written (GpoTraceFile *file);
/* Writes what the log holds now, ends the thread, closes the file and frees. FALSE if any event is
 * missing in the file. Before gpo_log_free(), after the last append. */
gboolean gpo_trace_file_close (GpoTraceFile *file);

G_END_DECLS
