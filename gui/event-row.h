/* SPDX-License-Identifier: MIT */
/* event-row.h: one event as a row that draws itself.
 *
 * One widget without children: of all ways tried it scrolls a million rows the fastest. It shows the
 * columns of event-columns.h: number, time, session and host where several are mixed, an arrow or a sign, the
 * text, and at the right the RFC section. Events that are later than the cursor are faint. */
#pragma once
#include "cursor.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_EVENT_ROW (gpo_event_row_get_type ())
G_DECLARE_FINAL_TYPE (GpoEventRow, gpo_event_row, GPO, EVENT_ROW, GtkWidget)

GtkWidget *gpo_event_row_new (void);
/* Shows event n of the cursor's log; `mixed`: rows of several sessions stand together. A NULL cursor
 * makes it empty. */
void gpo_event_row_bind (GpoEventRow *row, GpoCursor *cursor, guint64 n, gboolean mixed);

G_END_DECLS
