/* SPDX-License-Identifier: MIT */
/* hold-bar.h: the strip above the time bar of a running office: hold and step, live.
 *
 * A switch holds every line before it is read and every reply before it is sent; breakpoints hold some. What
 * is held stands below, a row each, with what can be done with it. Nothing here changes what is looked at. */
#pragma once
#include "break-list.h"
#include "hold-editor.h"
#include "hold-model.h"
#include "hold-row.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_HOLD_BAR (gpo_hold_bar_get_type ())
G_DECLARE_FINAL_TYPE (GpoHoldBar, gpo_hold_bar, GPO, HOLD_BAR, GtkWidget)

/* Gives a window on an office its strip and the actions of hold-actions.h, and
 *
 *     win.step           lets the chosen held line go, or the oldest
 *     win.edit-reply     opens the editor of the chosen held reply; win.edit-session u: of this session's
 *     win.drop-chosen    cuts the connection of the chosen one
 *     win.breakpoints    opens the list
 *     win.show-held      goes to the session of the chosen one, and follows it
 *
 * A window on a file gets nothing. */
void gpo_hold_bar_attach (GpoWindow *window);
/* The strip of a window, or NULL. */
GpoHoldBar *gpo_hold_bar_of (GpoWindow *window);

/* For tests. */
GpoHoldModel *gpo_hold_bar_get_model (GpoHoldBar *bar);
GpoBreakList *gpo_hold_bar_get_breaks (GpoHoldBar *bar);
GpoHoldRow *gpo_hold_bar_get_row (GpoHoldBar *bar, guint i);
GpoHoldEditor *gpo_hold_bar_get_editor (GpoHoldBar *bar);
/* What the strip says of itself: "Nothing is held". */
const char *gpo_hold_bar_get_words (GpoHoldBar *bar);

G_END_DECLS
