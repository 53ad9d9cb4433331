/* SPDX-License-Identifier: MIT */
/* stream.h: a file written by another thread while its bytes still come in.
 *
 * The office pushes blocks, one of the store's stream threads writes them in order. Shared by both, and
 * freed by whoever lets go last. */
#pragma once
#include "store/committer.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct GpoStream GpoStream;

/* A stream into a new file in the store's tmp folder. `drained` (may be NULL) is called on the owner's
 * context after a push returned FALSE and there is room again. */
GpoStream *gpo_stream_new (GpoStore *store, guint32 letter, void (*drained) (gpointer), gpointer user_data);
/* Takes a block to write next. FALSE: taken, but more than GPO_INCOMING_BACKLOG waits. */
gboolean gpo_stream_push (GpoStream *stream, GBytes *block);
/* No more blocks: hands `job` to the committer (announced here) once all are written and on the
 * device. `drained` is not called any more. */
void gpo_stream_finish (GpoStream *stream, GpoJob *job);
/* No more blocks, and the file goes. `drained` is not called any more. */
void gpo_stream_abort (GpoStream *stream);

/* After finish, for the job. The descriptor is the stream's; the size is what was written. */
const char *gpo_stream_path (GpoStream *stream);
int gpo_stream_fd (GpoStream *stream);
/* What went wrong while writing; NULL: nothing. */
const GError *gpo_stream_error (GpoStream *stream);
/* Removes the file under its temporary name and frees the stream. Worker, once the job is settled. */
void gpo_stream_remove (GpoStream *stream);

/* The function of the store's stream threads. */
void gpo_stream_work (gpointer stream, gpointer unused);

G_END_DECLS
