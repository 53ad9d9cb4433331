/* SPDX-License-Identifier: MIT */
/* cursor.h: the one cursor: a trace, the place n in it, and what is chosen.
 *
 * Everything the window shows is a function of the trace and n: "the world as of event n". Live means that
 * n follows the end; pausing, stepping, scrubbing and replaying a file only move n. The subject says what
 * the views are about: everything, one session or several, one letter or one host.
 *
 * Properties, each with notify: n, length, following, subject (any part of it). Main thread only. */
#pragma once
#include "replay/picture.h"
#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  GPO_SUBJECT_EVERYTHING,
  GPO_SUBJECT_SESSION,
  GPO_SUBJECT_LETTER,
  GPO_SUBJECT_HOST,    /* its number is the host's symbol */
  GPO_SUBJECT_SESSIONS /* several, chosen by hand; its number is how many */
} GpoSubject;

#define GPO_TYPE_CURSOR (gpo_cursor_get_type ())
G_DECLARE_FINAL_TYPE (GpoCursor, gpo_cursor, GPO, CURSOR, GObject)

/* At the end of a log that outlives it, following. */
GpoCursor *gpo_cursor_new (GpoLog *log);
GpoLog *gpo_cursor_get_log (GpoCursor *cursor);
GpoPicture *gpo_cursor_get_picture (GpoCursor *cursor);

/* Reads at most `limit` events that the log has gained (0: all). TRUE if there are more. */
gboolean gpo_cursor_update (GpoCursor *cursor, guint64 limit);

/* The event the window shows the world as of. Meaningless while the length is 0. */
guint64 gpo_cursor_get_n (GpoCursor *cursor);
/* Goes to event n (or the nearest there is) and stops following, unless n is the last one already. */
void gpo_cursor_set_n (GpoCursor *cursor, guint64 n);
/* One more than the last event's number. */
guint64 gpo_cursor_get_length (GpoCursor *cursor);
gboolean gpo_cursor_get_following (GpoCursor *cursor);
void gpo_cursor_set_following (GpoCursor *cursor, gboolean following);
/* Goes by so many events of the subject, back if it is negative. FALSE if there is no further one. */
gboolean gpo_cursor_step (GpoCursor *cursor, int by);

/* What the views are about; number is the session's, the letter's or the host's symbol. */
void gpo_cursor_choose (GpoCursor *cursor, GpoSubject subject, guint32 number);
GpoSubject gpo_cursor_get_subject (GpoCursor *cursor, guint32 *number);
/* The views are about these sessions together; of none it becomes everything, of one that session. */
void gpo_cursor_choose_sessions (GpoCursor *cursor, const guint32 *numbers, guint n);
/* The sessions of GPO_SUBJECT_SESSIONS, ascending; NULL and *n = 0 with any other subject. Valid until the
 * subject changes. */
const guint32 *gpo_cursor_get_sessions (GpoCursor *cursor, guint *n);
/* The events of the subject, growing with the picture; NULL: all. Valid until the subject changes. */
const GpoTrack *gpo_cursor_get_track (GpoCursor *cursor);

/* The event that is looked at: the newest one of the subject not later than n. G_MAXUINT64: none yet. */
guint64 gpo_cursor_get_event (GpoCursor *cursor);
/* The session and the letter that are of interest at n: the chosen one, else that of the newest event not
 * later than n that has one. 0: none. */
guint32 gpo_cursor_get_session (GpoCursor *cursor);
guint32 gpo_cursor_get_letter (GpoCursor *cursor);

G_END_DECLS
