/* SPDX-License-Identifier: MIT */
/* transcript-view.h: the events of the subject, line by line, with states between the lines; filtered on
 * request. Choosing a row moves the cursor there; moving the cursor chooses the row. */
#pragma once
#include "cursor.h"
#include "trace-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_TRANSCRIPT_VIEW (gpo_transcript_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoTranscriptView, gpo_transcript_view, GPO, TRANSCRIPT_VIEW, GtkWidget)

/* Once. */
void gpo_transcript_view_set_cursor (GpoTranscriptView *view, GpoCursor *cursor);
/* Shows what passes; "" shows all. FALSE if the filter was not understood: the error is shown in place and
 * the list stays. */
gboolean gpo_transcript_view_set_filter (GpoTranscriptView *view, const char *filter);
/* Moves the keyboard to the list, or to the filter. */
void gpo_transcript_view_focus_list (GpoTranscriptView *view);
void gpo_transcript_view_focus_filter (GpoTranscriptView *view);
void gpo_transcript_view_focus_find (GpoTranscriptView *view);
/* Goes to the next (by 1) or previous (-1) listed event that holds these words; again: the words typed last;
 * or that went wrong. FALSE if there is none, and nothing moves. */
gboolean gpo_transcript_view_find (GpoTranscriptView *view, const char *words, int by);
gboolean gpo_transcript_view_find_again (GpoTranscriptView *view, int by);
gboolean gpo_transcript_view_seek_error (GpoTranscriptView *view, int by);
/* The box with all about the event that is looked at (gpo_cursor_get_event()), and what stands in it. */
void gpo_transcript_view_show_details (GpoTranscriptView *view, gboolean shown);
const char *gpo_transcript_view_get_details (GpoTranscriptView *view);
/* The heads of the columns, with commas between them, for tests. The caller frees. */
char *gpo_transcript_view_dup_heads (GpoTranscriptView *view);
/* What is listed, which row is chosen (G_MAXUINT: none), and the error shown (NULL: none); for tests. */
GpoTraceModel *gpo_transcript_view_get_model (GpoTranscriptView *view);
guint gpo_transcript_view_get_row (GpoTranscriptView *view);
const char *gpo_transcript_view_get_problem (GpoTranscriptView *view);

G_END_DECLS
