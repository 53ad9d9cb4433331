/* SPDX-License-Identifier: MIT */
/* log.h: the trace in memory: append-only, one writer, any number of readers.
 *
 * What stays true:
 *  - only the thread that made the log (the office's) appends to it;
 *  - an event is published whole: a reader that sees gpo_log_length() > n sees all of event n;
 *  - an event never moves. It goes only with its whole chunk, oldest first, when the log is over its
 *    limits and no reader has pinned that far back;
 *  - event numbers count from 0 over the life of the log and are never used again.
 *
 * Readers on other threads make a GpoLogReader, which pins what they may still touch and wakes them
 * when there is more. Bytes of letters (kind `data`) are kept beside the events: small ones inline,
 * large ones in a spill file, so that a 50 MB letter costs no memory; read them with
 * gpo_log_content(). */
#pragma once
#include "trace/event.h"

G_BEGIN_DECLS

typedef struct GpoLog GpoLog;
typedef struct GpoLogReader GpoLogReader;

/* µs on some clock; the office gives its own, which can run fast or be held. */
typedef gint64 (*GpoClockFunc) (gpointer data);

#define GPO_LOG_MAX_EVENTS 1000000
#define GPO_LOG_MAX_BYTES (140 * 1024 * 1024)
#define GPO_LOG_BACKLOG (64 * 1024 * 1024)

/* An empty log whose time is g_get_monotonic_time() from now on. */
GpoLog *gpo_log_new (void);
/* Ends the log. All readers must be gone. */
void gpo_log_free (GpoLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLog, gpo_log_free)

/* From now on the log takes the time of events from `clock`, called with `data` on the writer's thread. */
void gpo_log_set_clock (GpoLog *log, GpoClockFunc clock, gpointer data);
/* How much is kept in memory; 0 means no limit. Defaults: the two constants above. */
void gpo_log_set_limits (GpoLog *log, guint64 events, gsize bytes);
/* How many bytes (of events and of letters) a paced reader may be behind before gpo_log_append() waits
 * for it; 0: never wait. This is what bounds the log when a file is written to a slow disk. */
void gpo_log_set_backlog (GpoLog *log, gsize bytes);
/* When FALSE gpo_log_append() drops everything: for measuring what tracing costs. */
void gpo_log_set_enabled (GpoLog *log, gboolean enabled);
/* Wall clock (µs since 1970, UTC) at time 0, for the head of a file. */
gint64 gpo_log_started (GpoLog *log);
void gpo_log_set_started (GpoLog *log, gint64 wall);

/* Publishes the event and frees what the builder holds. The log sets event.time from its clock
 * unless it is nonzero already (a reader of files sets it). Returns the event's number. */
guint64 gpo_log_append (GpoLog *log, GpoEventBuilder *b);

/* The same for an event read from a file: event.time stays as it is, 0 too, and the text of a `data`
 * event that is long goes to the spill file. */
guint64 gpo_log_append_read (GpoLog *log, GpoEventBuilder *b);
/* The number the first event of a log that is still empty will have (a trace that begins later); below
 * 2^36, which is also how many events a log can ever number. */
void gpo_log_set_first (GpoLog *log, guint64 n);

/* Records n bytes of a letter's content that passed on the wire in `session`, starting at `offset`
 * of the letter as transferred. `from` is "client" or "server". Emits one `data` event. If
 * `recorded` the bytes are in the trace already (an earlier hop) and only the reference is kept. */
guint64 gpo_log_append_data (GpoLog *log, GpoEventBuilder *b, const char *bytes, gsize n, gboolean recorded);

/* Number of events ever published: valid numbers are gpo_log_first() <= n < gpo_log_length(). Any thread. */
guint64 gpo_log_length (GpoLog *log);
/* The oldest event still in memory. Any thread. */
guint64 gpo_log_first (GpoLog *log);
/* Event n, or NULL if it is gone or not there yet. On the writer's thread it stays valid until the
 * next append; on others as long as a reader pins it. */
const GpoEvent *gpo_log_get (GpoLog *log, guint64 n);
/* The bytes of a `data` or `line` event, from wherever they are; NULL if they are gone. Any thread. */
GBytes *gpo_log_content (GpoLog *log, const GpoEvent *event);
/* Bytes of memory the events take now. */
gsize gpo_log_memory (GpoLog *log);

/* --- readers on other threads --- */

/* A reader that has pinned everything from `from` on (clamped to gpo_log_first()). `wake` is called
 * on the writer's thread when there is something new and the reader said it sleeps; it must be
 * quick and thread-safe (g_main_context_wakeup, a condition). May be NULL. */
GpoLogReader *gpo_log_reader_new (GpoLog *log, guint64 from, void (*wake) (gpointer), gpointer data);
void gpo_log_reader_free (GpoLogReader *reader);
/* The reader touches nothing before n any more. */
void gpo_log_reader_release (GpoLogReader *reader, guint64 n);
/* The log waits for this reader (gpo_log_set_backlog()). It must be on another thread than the writer,
 * go on without waiting for that thread, and release as it goes. */
void gpo_log_reader_set_paced (GpoLogReader *reader, gboolean paced);
/* Where the log would like to begin: events before this go as soon as no reader pins them. A window
 * releases up to here now and then; a file writer has to have written them. */
guint64 gpo_log_wanted_first (GpoLog *log);
/* Says "I have seen everything below n and will sleep now". Returns FALSE, and does not arm the
 * wake-up, if there is more already. */
gboolean gpo_log_reader_sleep (GpoLogReader *reader, guint64 n);
/* What a reader with time to spare may do for the writer: has its next memory ready. One reader of a log. */
void gpo_log_reader_prepare (GpoLogReader *reader);

G_END_DECLS
