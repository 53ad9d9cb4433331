/* SPDX-License-Identifier: MIT */
/* lab-row.h: one check or question in the lab pane: a sign, what is true when it passes, and below it what
 * was expected and seen, the way to that event, a hint, or the answers to choose from. */
#pragma once
#include "lab/judge.h"
#include "office/office.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_LAB_ROW (gpo_lab_row_get_type ())
G_DECLARE_FINAL_TYPE (GpoLabRow, gpo_lab_row, GPO, LAB_ROW, GtkBox)

/* Ports in texts are those of `office`; NULL: as written. Signals: "jump" (guint64 event), "hint" (), "answer" (const char *text). */
GtkWidget *gpo_lab_row_new (const GpoLab *lab, guint item, GpoOffice *office);
guint gpo_lab_row_get_item (GpoLabRow *row);
void gpo_lab_row_show (GpoLabRow *row, const GpoLabResult *result);
/* Shows the first n hints. */
void gpo_lab_row_show_hints (GpoLabRow *row, guint n);
/* What stands in the row, for tests. */
GpoLabVerdict gpo_lab_row_get_verdict (GpoLabRow *row);
const char *gpo_lab_row_get_details (GpoLabRow *row);

G_END_DECLS
