/* SPDX-License-Identifier: MIT */
/* note-bar.h: the strip that shows the note at the cursor, and where notes are written.
 *
 *     win.note          opens the editor of the note at the cursor's event
 *     win.note-set s    writes it ("": takes it away)
 *     win.marker s      goes to the "next" or "previous" event with a note
 *
 * The strip is there only while the event at the cursor has a note. */
#pragma once
#include "notes.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_NOTE_BAR (gpo_note_bar_get_type ())
G_DECLARE_FINAL_TYPE (GpoNoteBar, gpo_note_bar, GPO, NOTE_BAR, GtkWidget)

/* Gives a window its strip and the actions. */
void gpo_note_bar_attach (GpoWindow *window);
GpoNoteBar *gpo_note_bar_of (GpoWindow *window);
/* The note as it is shown, or NULL; for tests. */
const char *gpo_note_bar_get_text (GpoNoteBar *bar);

G_END_DECLS
