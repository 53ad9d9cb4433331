/* SPDX-License-Identifier: MIT */
/* filter-entry.h: where a filter is typed: completes words of the filter language, and shows an error in its
 * place, with the character where it begins. The transcript's filter and the breakpoints use it.
 *
 * While words are offered: Down and Up choose one, Tab or Return take it, Escape sends them away.
 *
 * Signals: "changed" when the text changed; "activate" on Return. */
#pragma once
#include "trace/filter.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_FILTER_ENTRY (gpo_filter_entry_get_type ())
G_DECLARE_FINAL_TYPE (GpoFilterEntry, gpo_filter_entry, GPO, FILTER_ENTRY, GtkWidget)

/* What stands in it while it is empty, and what a screen reader calls it. */
void gpo_filter_entry_set_words (GpoFilterEntry *entry, const char *placeholder, const char *label);
const char *gpo_filter_entry_get_text (GpoFilterEntry *entry);
/* As if it was typed. */
void gpo_filter_entry_set_text (GpoFilterEntry *entry, const char *text);
/* Compiles what is typed; *filter (may be NULL) becomes NULL for an empty text. FALSE, and the error is
 * shown, if it is not understood. */
gboolean gpo_filter_entry_compile (GpoFilterEntry *entry, GpoFilter **filter);
/* The error as it is shown, or NULL. */
const char *gpo_filter_entry_get_problem (GpoFilterEntry *entry);
/* What is offered at the text cursor, the likeliest first; free with g_strfreev(). Puts the words up. */
char **gpo_filter_entry_complete (GpoFilterEntry *entry);
/* Takes the i-th of them. FALSE if there is none. */
gboolean gpo_filter_entry_take (GpoFilterEntry *entry, guint i);

G_END_DECLS
