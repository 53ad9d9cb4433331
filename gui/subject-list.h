/* SPDX-License-Identifier: MIT */
/* subject-list.h: the list of sessions, or of letters, at the cursor; choosing one chooses it for all views.
 * Of sessions several can be chosen together, as in any list: with Ctrl, with Shift. */
#pragma once
#include "subject-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_SUBJECT_LIST (gpo_subject_list_get_type ())
G_DECLARE_FINAL_TYPE (GpoSubjectList, gpo_subject_list, GPO, SUBJECT_LIST, GtkWidget)

/* Lists `subject` (sessions or letters) of the cursor from now on. Once. */
void gpo_subject_list_set (GpoSubjectList *list, GpoCursor *cursor, GpoSubject subject);
/* What it lists; for tests. */
GpoSubjectModel *gpo_subject_list_get_model (GpoSubjectList *list);
GtkSelectionModel *gpo_subject_list_get_selection (GpoSubjectList *list);

G_END_DECLS
