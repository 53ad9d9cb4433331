/* SPDX-License-Identifier: MIT */
/* history.h: what was changed in a window and can be undone: notes, breakpoints, the filter, the subject.
 *
 * What has happened in the office is not in it: a letter that was sent stays sent. A step is one function
 * that takes a change back or makes it again. One history a cursor. Main thread only.
 *
 * Signal: "changed". */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

#define GPO_TYPE_HISTORY (gpo_history_get_type ())
G_DECLARE_FINAL_TYPE (GpoHistory, gpo_history, GPO, HISTORY, GObject)

typedef void (*GpoHistoryApply) (gpointer data, gboolean undo);

/* The history of the window with this cursor; made on first use, belongs to the cursor. */
GpoHistory *gpo_history_of (GpoCursor *cursor);
/* A change was made just now. `label` says it in words, `data` is taken over. Does nothing (but free the
 * data) while a step is being undone or redone. */
void gpo_history_add (GpoHistory *history, const char *label, GpoHistoryApply apply, gpointer data,
                      GDestroyNotify free);
/* FALSE if there is nothing. */
gboolean gpo_history_undo (GpoHistory *history);
gboolean gpo_history_redo (GpoHistory *history);
/* The words of the next step each way, or NULL. */
const char *gpo_history_undo_label (GpoHistory *history);
const char *gpo_history_redo_label (GpoHistory *history);
/* TRUE while a step is applied. */
gboolean gpo_history_is_busy (GpoHistory *history);

G_END_DECLS
