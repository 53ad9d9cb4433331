/* SPDX-License-Identifier: MIT */
/* hold-editor.h: the popover in which a held reply is edited: its words, some that a class wants to hear
 * instead, and the true ones. What is sent goes through win.edit. One for the whole strip: it outlives the
 * rows. */
#pragma once
#include "hold-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_HOLD_EDITOR (gpo_hold_editor_get_type ())
G_DECLARE_FINAL_TYPE (GpoHoldEditor, gpo_hold_editor, GPO, HOLD_EDITOR, GtkPopover)

/* Opens it above `at`, a widget inside its parent. FALSE if no reply is held there. */
gboolean gpo_hold_editor_open (GpoHoldEditor *editor, GpoHoldModel *model, const GpoHeldLine *held,
                               GtkWidget *at);
/* The session whose reply is edited; 0 while it is closed. */
guint32 gpo_hold_editor_get_session (GpoHoldEditor *editor);
/* The words as they stand, and sending them; for tests. */
void gpo_hold_editor_set_text (GpoHoldEditor *editor, const char *text);
void gpo_hold_editor_send (GpoHoldEditor *editor);

G_END_DECLS
