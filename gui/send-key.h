/* SPDX-License-Identifier: MIT */
/* send-key.h: Ctrl+Return in a text of several lines, where Return alone begins the next. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Calls `send` on Ctrl+Return in `text`. A GtkTextView takes every Return for itself before its window sees
 * it, so that a binding of the window is not enough. */
void gpo_send_key_add (GtkTextView *text, GtkShortcutFunc send, gpointer data);

G_END_DECLS
