/* SPDX-License-Identifier: MIT */
/* transcript.h: events as text for people: a transcript in the notation of swaks, and a ladder.
 *
 *      -> RCPT TO:<carol@sparta.example>
 *          mail → rcpt   RFC 5321 §4.1.1.3
 *          envelope: to <carol@sparta.example>
 *      <- 250 2.1.5 carol@sparta.example ok
 *
 * Pure: events in, text out. The command prints it; the window uses it as the text twin of what it
 * draws. What stays true: no control character, no C1 control, no character that changes the writing
 * direction and no invalid UTF-8 of a message ever reaches the output as itself; the only escape
 * sequences in it are the colours asked for. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_TRANSCRIPT_PLAIN = 0,
  GPO_TRANSCRIPT_COLOR = 1 << 0,   /* ANSI colours */
  GPO_TRANSCRIPT_BYTES = 1 << 1,   /* CR, LF, TAB and every byte beyond ASCII made visible */
  GPO_TRANSCRIPT_DATA = 1 << 2,    /* the bytes of letters and literals instead of a summary */
  GPO_TRANSCRIPT_ASCII = 1 << 3,   /* no arrows, no box drawing */
  GPO_TRANSCRIPT_NUMBERS = 1 << 4, /* the event's number in front */
  GPO_TRANSCRIPT_TIMES = 1 << 5,   /* the seconds since the office's start in front */
  GPO_TRANSCRIPT_MERMAID
  = 1 << 6, /* ladder: a sequence diagram in the language of Mermaid instead of a drawing */
} GpoTranscriptFlags;

/* Appends `text` made harmless for a terminal: \r \n \t, \xHH for other controls and bytes that are no
 * UTF-8, \u{HHHH} for C1 controls, marks that turn the direction and everything else that has no shape
 * of its own; a backslash stays as it is. With GPO_TRANSCRIPT_BYTES or _ASCII every byte beyond ASCII
 * is \xHH, and with _BYTES a backslash is doubled, so that the text is exact. */
void gpo_escape_text (GString *out, const char *text, gsize length, GpoTranscriptFlags flags);

/* JSON made harmless in the same way, and meaning the same: what has no shape of its own is written \uHHHH,
 * which may only stand in strings, as such characters may. Takes `json`, valid UTF-8; the caller frees what
 * it gets back. */
char *gpo_escape_json (char *json);

/* One event as one line of words without a line ending: "athens smtp 3: ready → mail   RFC 5321
 * §4.1.1.2". Needs nothing but the event. */
void gpo_event_to_text (GString *out, guint64 n, const GpoEvent *event, GpoTranscriptFlags flags);

/* A transcript in the making: it knows which session spoke last and how each one began. */
typedef struct GpoTranscript GpoTranscript;
GpoTranscript *gpo_transcript_new (GpoTranscriptFlags flags);
void gpo_transcript_free (GpoTranscript *transcript);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoTranscript, gpo_transcript_free)
/* Appends what event n adds: nothing, or whole lines. `log` gives spilled letters (may be NULL). */
void gpo_transcript_add (GpoTranscript *transcript, GpoLog *log, guint64 n, const GpoEvent *event,
                         GString *out);

/* Nothing more comes: appends what was still gathering (the bytes of a letter). */
void gpo_transcript_end (GpoTranscript *transcript, GString *out);

/* A ladder: a column a party, an arrow a line on the wire. gpo_ladder_scan() every event first to have
 * all columns from the start; without it new parties add columns on the right as they come. Where both
 * ends of a connection are in the trace it is drawn once. `width` is in columns of text. */
typedef struct GpoLadder GpoLadder;
GpoLadder *gpo_ladder_new (GpoTranscriptFlags flags, guint width);
void gpo_ladder_free (GpoLadder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLadder, gpo_ladder_free)
void gpo_ladder_scan (GpoLadder *ladder, const GpoEvent *event);
void gpo_ladder_add (GpoLadder *ladder, guint64 n, const GpoEvent *event, GString *out);

G_END_DECLS
