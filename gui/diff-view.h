/* SPDX-License-Identifier: MIT */
/* diff-view.h: the window's trace and another side by side, aligned by meaning. The left side is the
 * window's; choosing a row moves the cursor to its event. */
#pragma once
#include "diff-model.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_DIFF_VIEW (gpo_diff_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoDiffView, gpo_diff_view, GPO, DIFF_VIEW, GtkBox)

/* Gives the window its action win.compare (asks for a file and shows the view) and the view its cursor. */
void gpo_diff_view_attach (GtkWidget *view, GpoWindow *window);
/* Compares with this file. FALSE and `error` if it is no trace: what was shown stays. */
gboolean gpo_diff_view_compare (GpoDiffView *view, GFile *file, GError **error);
/* The list that is shown, or NULL. Belongs to the view. */
GpoDiffModel *gpo_diff_view_get_model (GpoDiffView *view);

G_END_DECLS
