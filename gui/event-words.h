/* SPDX-License-Identifier: MIT */
/* event-words.h: an event for people: one row of the transcript, and its explanation.
 *
 * Pure: events in, words out; no widget. What a colour tells is told by a sign and by words too. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

/* What an event is like; the theme has a colour for each, the words a sign. */
typedef enum
{
  GPO_TONE_PLAIN,    /* notes, connections, the office itself */
  GPO_TONE_CLIENT,   /* a client speaks */
  GPO_TONE_OK,       /* a server answers: done (2xx, OK, +OK) */
  GPO_TONE_MORE,     /* a server answers: go on (3xx, +) */
  GPO_TONE_DEFERRED, /* not now (4xx) */
  GPO_TONE_REFUSED,  /* no (5xx, NO, BAD, -ERR), a fault */
  GPO_TONE_STATE,    /* a change of state */
  GPO_TONE_ENVELOPE, /* a change of the envelope */
  GPO_TONE_LETTER,   /* a letter's bytes, its place in a queue or a mailbox */
  GPO_N_TONES
} GpoTone;

typedef struct
{
  GpoTone tone;
  const char *sign; /* one character: → ← ✓ ✗ … */
  gboolean wire;    /* `text` was on the wire: monospaced, indented by its direction */
  gboolean from_server;
  char *lead; /* a code, a kind: shown in the tone's colour, before the text; may be NULL */
  char *text;
  const char *from, *to; /* of an edge: its states; belong to the event */
  char *aside;           /* RFC section, size; may be NULL */
} GpoEventWords;

/* The words of event n. Free with gpo_event_words_clear(). */
void gpo_event_words_init (GpoEventWords *words, GpoLog *log, const GpoEvent *event);
void gpo_event_words_clear (GpoEventWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoEventWords, gpo_event_words_clear)

/* What a reply, a verdict or an event's kind means for the one who asked. */
GpoTone gpo_event_tone (const GpoEvent *event);
const char *gpo_tone_sign (GpoTone tone);

/* One line for a screen reader: time, who, what. The caller frees. */
char *gpo_event_line (GpoLog *log, guint64 n, const GpoEvent *event);

/* What the event is and what it changed, in a sentence or two for somebody who learns: the caption. The
 * caller frees. */
char *gpo_event_explain (GpoLog *log, const GpoEvent *event);

/* The office's clock as people read it: "0.332", "1:02.5". The caller frees. */
char *gpo_time_words (gint64 us);
/* How long it took: "1.5 s later", "5 min later", "4 h later". The caller frees. */
char *gpo_gap_words (gint64 us);
/* What a `clock` event did; `us` is by how much the clock jumped: "the office’s clock was moved on by 5
 * min". The caller frees. */
char *gpo_clock_words (const GpoEvent *event, gint64 us);
/* One of a few hues for a session's number, so that neighbours differ. */
GpoTone gpo_session_tone (guint32 session);
/* "92 bytes", "4.1 kB". The caller frees. */
char *gpo_size_words (gint64 bytes);
/* Text that came from elsewhere, harmless to show: control characters become visible, bytes that are no
 * UTF-8 too; a line ending at the end is left out. The caller frees. */
char *gpo_shown_text (const char *text, gsize length);

G_END_DECLS
