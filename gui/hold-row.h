/* SPDX-License-Identifier: MIT */
/* hold-row.h: one held line in the hold strip: whose it is, what it says, how long the client will wait for
 * us, and what can be done with it. */
#pragma once
#include "hold-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_HOLD_ROW (gpo_hold_row_get_type ())
G_DECLARE_FINAL_TYPE (GpoHoldRow, gpo_hold_row, GPO, HOLD_ROW, GtkWidget)

GtkWidget *gpo_hold_row_new (GpoHoldModel *model, const GpoHeldLine *held);
guint32 gpo_hold_row_get_session (GpoHoldRow *row);
guint64 gpo_hold_row_get_event (GpoHoldRow *row);
/* Counts the client's patience down to what it is now. */
void gpo_hold_row_tick (GpoHoldRow *row);
/* As shown, for tests: "waits 4:58 of 5:00". */
const char *gpo_hold_row_get_patience (GpoHoldRow *row);
/* The button that opens the editor. */
GtkWidget *gpo_hold_row_get_edit (GpoHoldRow *row);

G_END_DECLS
