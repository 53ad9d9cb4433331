/* SPDX-License-Identifier: MIT */
/* window-undo.h: win.undo and win.redo, and what of choosing can be undone: the subject. */
#pragma once
#include "window.h"

G_BEGIN_DECLS

/* Gives a window the two actions. While somebody types they undo what was typed. */
void gpo_window_undo_attach (GpoWindow *window);

G_END_DECLS
