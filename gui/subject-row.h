/* SPDX-License-Identifier: MIT */
/* subject-row.h: a session or a letter in a list, as it is at the cursor. */
#pragma once
#include "subject-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_SUBJECT_ROW (gpo_subject_row_get_type ())
G_DECLARE_FINAL_TYPE (GpoSubjectRow, gpo_subject_row, GPO, SUBJECT_ROW, GtkWidget)

GtkWidget *gpo_subject_row_new (void);
/* Shows this session or letter and keeps up with the cursor; NULL cursor: empty. */
void gpo_subject_row_bind (GpoSubjectRow *row, GpoCursor *cursor, GpoSubject subject, guint32 number);

G_END_DECLS
