/* SPDX-License-Identifier: MIT */
/* window-time.h: the window's actions that move through the trace, and its keys as in players.
 *
 *     win.go         start, end (and follow); forward, back: one event of what is chosen; forward-all,
 * back-all: one event of all win.goto       to event n win.play       or pause win.speed      how fast (0.1
 * to 100); win.speed-by: faster, slower, usual */
#pragma once
#include "window.h"

G_BEGIN_DECLS

void gpo_window_time_attach (GpoWindow *window);
/* What a key without modifiers does; FALSE: nothing. For the window itself, and tests. */
gboolean gpo_window_press (GpoWindow *window, guint key);

G_END_DECLS
