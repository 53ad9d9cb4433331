/* SPDX-License-Identifier: MIT */
/* break-list.h: the breakpoints: each with a switch and a way out, and a line to type another. A breakpoint
 * is a filter; the gate holds what passes it. */
#pragma once
#include "filter-entry.h"
#include "hold-model.h"

G_BEGIN_DECLS

#define GPO_TYPE_BREAK_LIST (gpo_break_list_get_type ())
G_DECLARE_FINAL_TYPE (GpoBreakList, gpo_break_list, GPO, BREAK_LIST, GtkWidget)

/* Once. */
void gpo_break_list_set_model (GpoBreakList *list, GpoHoldModel *model);
/* Where a new one is typed, for tests. */
GpoFilterEntry *gpo_break_list_get_entry (GpoBreakList *list);
/* Adds what is typed. FALSE if it is empty or not understood; then the error is shown. */
gboolean gpo_break_list_add (GpoBreakList *list);

G_END_DECLS
