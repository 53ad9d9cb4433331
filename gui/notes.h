/* SPDX-License-Identifier: MIT */
/* notes.h: words that people write at events.
 *
 * A note belongs to an event's number; an event has at most one. In a running office a note is an event of
 * the trace itself (kind `note`, actions `set` and `remove`). A trace file that was opened is never written
 * to: its notes are kept beside it, in FILE.notes, or, where that folder cannot be written, in the user's
 * data folder. docs/trace-format.md tells what such a file looks like.
 *
 * One a cursor. Signal: "changed". Main thread only. */
#pragma once
#include "cursor.h"
#include "office/office.h"

G_BEGIN_DECLS

#define GPO_TYPE_NOTES (gpo_notes_get_type ())
G_DECLARE_FINAL_TYPE (GpoNotes, gpo_notes, GPO, NOTES, GObject)

/* The notes of the trace this cursor is in; made on first use, belong to the cursor. */
GpoNotes *gpo_notes_of (GpoCursor *cursor);
/* Where new ones go: into the trace of an office, or beside a file, whose notes are read now. Until either
 * is said nothing can be written. */
void gpo_notes_use_office (GpoNotes *notes, GpoOffice *office);
void gpo_notes_use_file (GpoNotes *notes, const char *path);
/* Writes a note at event n, or takes it away (NULL or ""). Can be undone. FALSE and *error if it cannot be
 * kept; into an office's trace it comes a moment later. */
gboolean gpo_notes_set (GpoNotes *notes, guint64 n, const char *text, GError **error);
/* The note at event n, or NULL. */
const char *gpo_notes_get (GpoNotes *notes, guint64 n);
/* All of them, by ascending event. */
guint gpo_notes_count (GpoNotes *notes);
guint64 gpo_notes_event (GpoNotes *notes, guint i);
/* The nearest event with a note behind (by > 0) or before n; G_MAXUINT64 if there is none. */
guint64 gpo_notes_beyond (GpoNotes *notes, guint64 n, int by);

G_END_DECLS
