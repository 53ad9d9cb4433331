/* SPDX-License-Identifier: MIT */
/* letter-view.h: the letter of interest at the cursor, as three objects side by side: the envelope, the
 * header fields, the data. Each says who said it. */
#pragma once
#include "cursor.h"
#include "replay/letter-facts.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_LETTER_VIEW (gpo_letter_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoLetterView, gpo_letter_view, GPO, LETTER_VIEW, GtkWidget)

/* Once. */
void gpo_letter_view_set_cursor (GpoLetterView *view, GpoCursor *cursor);
/* What is shown now; NULL: no letter. For tests. */
const GpoLetterFacts *gpo_letter_view_get_facts (GpoLetterView *view);

G_END_DECLS
