/* SPDX-License-Identifier: MIT */
/* cursor.h: the one cursor: a trace, the place n in it, and what is chosen.
 *
 * Everything the window shows is a function of the trace and n: "the world as of event n". Live means that
 * n follows the end; pausing, stepping, scrubbing and replaying a file only move n. The subject says what
 * the views are about: everything, one session, one letter or one host.
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
  GPO_SUBJECT_HOST /* its number is the host's symbol */
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
/* The events of the subject, growing with the picture; NULL: all. Valid until the subject changes. */
const GpoTrack *gpo_cursor_get_track (GpoCursor *cursor);

/* The session and the letter that are of interest at n: the chosen one, else that of the newest event not
 * later than n that has one. 0: none. */
guint32 gpo_cursor_get_session (GpoCursor *cursor);
guint32 gpo_cursor_get_letter (GpoCursor *cursor);

G_END_DECLS
