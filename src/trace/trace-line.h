/* SPDX-License-Identifier: MIT */
/* trace-line.h: one line of a trace file becomes an event.
 *
 *     trace-line.c       names and values: what they say of the event
 *     trace-line-fast.c  finds them in strict JSON
 *     trace-line-slow.c  finds them by json-glib, and says what is wrong
 *
 * The two readers give the same event; the fuzzer compares them. */
#pragma once
#include "trace/event.h"

G_BEGIN_DECLS

/* Reads one event line (without its line feed) into `b`: kind, time, host, session, letter, protocol
 * and fields. *n gets the event's number (G_MAXUINT64 where the line has none). The fast way takes
 * strict JSON of flat fields and gives up on everything else (FALSE, no error); the slow one is
 * json-glib's. On FALSE the builder is cleared. */
gboolean gpo_trace_line_fast (const char *line, gsize length, GpoEventBuilder *b, guint64 *n);
gboolean gpo_trace_line_slow (const char *line, gsize length, GpoEventBuilder *b, guint64 *n, GError **error);

/* --- what the readers share --- */

/* A line being read. */
typedef struct
{
  const char *p, *end; /* what is left of it; the fast reader's */
  GpoEventBuilder *b;
  guint64 *n;
  guint64 seen_fields, seen_head;
  gboolean has_time, has_kind;
  const char *problem; /* static words, once something is wrong */
} GpoTraceLine;

/* Begins the event. */
void gpo_trace_line_begin (GpoTraceLine *line, const char *text, gsize length, GpoEventBuilder *b,
                           guint64 *n);
/* The key of a name (without its `*`), for the functions below; -1 if it cannot be one. */
gint32 gpo_trace_line_name (const char *name, gsize length);
/* Whether the name stands in this line for the first time. Asked once a name. */
gboolean gpo_trace_line_first_time (GpoTraceLine *line, gint32 key);

/* The value of a name, by its type in JSON. FALSE, with the problem noted, if it cannot stand there. Texts
 * need not end with a NUL. */
gboolean gpo_trace_line_text (GpoTraceLine *line, gint32 key, const char *text, gsize length);
/* Text under a name with a `*`: UTF-8 whose code points are bytes. */
gboolean gpo_trace_line_star (GpoTraceLine *line, gint32 key, const char *text, gsize length);
gboolean gpo_trace_line_number (GpoTraceLine *line, gint32 key, gint64 number);
gboolean gpo_trace_line_boolean (GpoTraceLine *line, gint32 key, gboolean value);
/* Everything else is kept as it is. */
gboolean gpo_trace_line_json (GpoTraceLine *line, gint32 key, const char *json, gsize length);

/* Whether all is there that an event needs; else the problem is noted. */
gboolean gpo_trace_line_whole (GpoTraceLine *line);
/* Notes the problem (static words); FALSE. */
gboolean gpo_trace_line_wrong (GpoTraceLine *line, const char *problem);

G_END_DECLS
