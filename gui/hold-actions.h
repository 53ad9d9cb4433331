/* SPDX-License-Identifier: MIT */
/* hold-actions.h: what a window asks of the gate, as actions: an intent to the office each. What changed is
 * seen when the trace tells it.
 *
 *     win.hold           (toggle) everything is held, before it is read and before it is sent
 *     win.step-session u lets go what is held in a session
 *     win.let-go         lets everything go that is held now
 *     win.edit (us)      sends other words in place of a held reply
 *     win.drop u         cuts a held session's connection
 *     win.break s        a breakpoint; win.unbreak u, win.break-enabled (ub): takes it away, switches it
 *
 * Breakpoints can be undone. */
#pragma once
#include "hold-model.h"
#include "window.h"

G_BEGIN_DECLS

/* Adds them to a window whose source is an office. `said` is called with the office's refusal, or NULL when
 * something went well. */
void gpo_hold_actions_add (GpoWindow *window, GpoHoldModel *model,
                           void (*said) (const char *text, gpointer data), gpointer data);

G_END_DECLS
