/* SPDX-License-Identifier: MIT */
/* state-view.h: the state diagram of the session, or of the letter in its queue: the current state lit, the
 * last arrow lit, the path walked so far. Beside it: what may be said in the chosen state (a click chooses;
 * else the current one), where each leads, and what the others earn. */
#pragma once
#include "state-graph.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_STATE_VIEW (gpo_state_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoStateView, gpo_state_view, GPO, STATE_VIEW, GtkWidget)

/* Once. */
void gpo_state_view_set_cursor (GpoStateView *view, GpoCursor *cursor);
/* What is lit; for tests. */
const GpoStatePlace *gpo_state_view_get_place (GpoStateView *view);
/* The state that was chosen by a click or by keys; -1: none, the current one is told about. */
int gpo_state_view_get_chosen (GpoStateView *view);
/* As if this key were pressed on the diagram. TRUE if it means something there. */
gboolean gpo_state_view_press (GpoStateView *view, guint key);
/* What is said beside the diagram. */
const char *gpo_state_view_get_words (GpoStateView *view);

G_END_DECLS
