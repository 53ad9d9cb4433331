/* SPDX-License-Identifier: MIT */
/* trace-write.h: an event as one line of a trace file (docs/trace-format.md).
 *
 * What stays true:
 *  - one event is one line of strict JSON, ASCII or valid UTF-8, ended by a line feed;
 *  - every byte of a text survives: bytes that are not UTF-8 are written under the field's name and a
 *    `*`, each byte as the code point of the same number;
 *  - no control character, C1 control or character that changes the writing direction is ever written
 *    as itself, so showing a trace on a terminal does no harm;
 *  - reading a line and writing the event again gives the same line.
 *
 * Used by the file writer, the office's live feed and `glasspost show --json`. Any thread that may
 * read the event may call this. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

/* The number in the head of a file. It grows only when an older reader would misread the file. */
#define GPO_TRACE_VERSION 1

/* Appends the head line. `started` is the wall clock at time 0: µs since 1970, UTC. */
void gpo_trace_write_head (GString *out, gint64 started);

/* Appends event n as a line. The content of a `data` event that lies in the spill file is fetched
 * from `log`; with log NULL it is left out. */
void gpo_trace_write_event (GString *out, GpoLog *log, guint64 n, const GpoEvent *event);

/* Appends `text` as a JSON string with its quotes, by the rules above. Bytes that are not UTF-8 come
 * as code points of the same number: the caller marks that (see gpo_trace_needs_star()). */
void gpo_trace_write_string (GString *out, const char *text, gsize length);
/* Whether the bytes are not valid UTF-8 and the name must carry the `*`. */
gboolean gpo_trace_needs_star (const char *text, gsize length);

G_END_DECLS
