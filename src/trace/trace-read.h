/* SPDX-License-Identifier: MIT */
/* trace-read.h: a trace file, whole or still growing, into a log.
 *
 * Incremental: feed bytes as they come, from an idle loop, a socket or a pipe; complete lines become
 * events at once. What cannot be read costs its line only: it is counted, and said with file, line
 * and cure. A last line without its ending is torn (a crash, or the writer is not done): it becomes
 * an event when its ending arrives, and a problem at the end otherwise.
 *
 * Kinds and fields of newer versions are kept and written back as they came (docs/trace-format.md).
 *
 * Events keep the numbers of the file. Where the file has gaps (a filtered trace) they are numbered
 * on without gaps, and `cause` follows; a cause that is not in the file is left out.
 *
 * All calls come from the log's thread. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoTraceReader GpoTraceReader;

#define GPO_TRACE_ERROR (gpo_trace_error_quark ())
GQuark gpo_trace_error_quark (void);
typedef enum
{
  GPO_TRACE_ERROR_NOT_A_TRACE, /* the first line is neither a head nor an event */
  GPO_TRACE_ERROR_VERSION,     /* written by a version whose files this one cannot read */
  GPO_TRACE_ERROR_LINE,        /* one line could not be read */
} GpoTraceError;

/* A reader that appends to `log`. `name` is what problems call the source. Sets the log's start from
 * the head. The log must be empty if the numbers of the file are to be kept. */
GpoTraceReader *gpo_trace_reader_new (GpoLog *log, const char *name);
void gpo_trace_reader_free (GpoTraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoTraceReader, gpo_trace_reader_free)

/* Takes the next n bytes, cut anywhere. FALSE if this is no trace at all; bad lines do not count. */
gboolean gpo_trace_reader_feed (GpoTraceReader *reader, const char *bytes, gsize n, GError **error);
/* The source has ended: a line without ending is read if it is whole, and reported if it is torn. An
 * empty source is no trace. */
gboolean gpo_trace_reader_end (GpoTraceReader *reader, GError **error);

/* How many lines could not be read, and the first hundred of them in words: "a.trace:17: …". */
guint64 gpo_trace_reader_n_problems (GpoTraceReader *reader);
const char *const *gpo_trace_reader_problems (GpoTraceReader *reader);
/* Events read. */
guint64 gpo_trace_reader_n_events (GpoTraceReader *reader);
/* The head line as it came, or NULL. */
const char *gpo_trace_reader_head (GpoTraceReader *reader);

/* --- from a file --- */

/* A reader with the file open; "-" is standard input. */
GpoTraceReader *gpo_trace_reader_open (GpoLog *log, const char *path, GError **error);
/* Reads and feeds at most about `budget` bytes. Returns how many; 0 at the end as the file stands now
 * (call again to follow it, then gpo_trace_reader_end()); -1 on an error. */
gssize gpo_trace_reader_step (GpoTraceReader *reader, gsize budget, GError **error);
/* 0 to 1, by the size the file has now; 0 where the size is unknown. */
double gpo_trace_reader_progress (GpoTraceReader *reader);
/* The open file, to wait on it (a pipe, a socket), or -1. */
int gpo_trace_reader_fd (GpoTraceReader *reader);

/* The whole file at once. Bad lines are problems: `problems` (may be NULL) gets them as a new strv, or
 * NULL if there are none. */
gboolean gpo_trace_load (GpoLog *log, const char *path, char ***problems, GError **error);

G_END_DECLS
