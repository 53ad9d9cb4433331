/* SPDX-License-Identifier: MIT */
/* reader-view.h: the view "Reader": a small mail reader for each person of the world.
 *
 * Its actions are the window's (win.read-…); reader-view.c has the table. */
#pragma once
#include "compose-window.h"
#include "reader-model.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_READER_VIEW (gpo_reader_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoReaderView, gpo_reader_view, GPO, READER_VIEW, GtkWidget)

/* Gives it the people of the window's office; where there is none, it says so and is greyed out. Adds its
 * actions and its menu to the window. */
void gpo_reader_view_attach (GpoReaderView *view, GpoWindow *window);
/* For tests; NULL where there is no office. Belongs to the view. */
GpoReaderModel *gpo_reader_view_get_model (GpoReaderView *view);
/* The letter's text as it is shown; the line at the bottom. Belong to the view. */
char *gpo_reader_view_dup_text (GpoReaderView *view);
const char *gpo_reader_view_get_words (GpoReaderView *view);
/* The letter that is being written, or NULL. */
GpoComposeWindow *gpo_reader_view_get_compose (GpoReaderView *view);

G_END_DECLS
