/* SPDX-License-Identifier: MIT */
/* ladder-view.h: the ladder of the subject in the window. Clicking a rung moves the cursor there, Up and Down
 * step. For those who cannot see it, the transcript says the same line by line. */
#pragma once
#include "cursor.h"
#include "ladder-model.h"
#include "sheet.h"

G_BEGIN_DECLS

#define GPO_TYPE_LADDER_VIEW (gpo_ladder_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoLadderView, gpo_ladder_view, GPO, LADDER_VIEW, GpoSheet)

/* Once. */
void gpo_ladder_view_set_cursor (GpoLadderView *view, GpoCursor *cursor);
/* Whether commands sent without waiting, their answers, and data with its dot are folded (ladder-model.h). */
void gpo_ladder_view_set_fold (GpoLadderView *view, gboolean fold);
/* What is drawn, all of it taken in. */
GpoLadderModel *gpo_ladder_view_get_model (GpoLadderView *view);

G_END_DECLS
