/* SPDX-License-Identifier: MIT */
/* window-card.h: the letter below the views, when it is there and how much room it takes.
 *
 * It is the letter of interest in small, below every view that looks on. Below those that act (mail reader,
 * terminal) it is folded away until it is asked for, and below the letter's own view it never stands: that one
 * shows the same in large. What is asked for is remembered for each view. */
#pragma once
#include "window.h"

G_BEGIN_DECLS

/* Adds the action win.card (on or off, for the view that is shown) and keeps the room as it was. */
void gpo_window_card_attach (GpoWindow *window);

G_END_DECLS
