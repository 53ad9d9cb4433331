/* SPDX-License-Identifier: MIT */
/* terminal-view.h: the view "Terminal": SMTP, IMAP and POP3 typed by hand.
 *
 * Its actions are the window's (win.term-…); terminal-view.c has the table. */
#pragma once
#include "terminal-model.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_TERMINAL_VIEW (gpo_terminal_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoTerminalView, gpo_terminal_view, GPO, TERMINAL_VIEW, GtkWidget)

/* Gives it the counters of the window's office; without one only HOST:PORT can be called. Adds its actions
 * and its menu. */
void gpo_terminal_view_attach (GpoTerminalView *view, GpoWindow *window);

/* For tests; all belong to the view, what is dup'ed to the caller. */
GpoTerminalModel *gpo_terminal_view_get_model (GpoTerminalView *view);
GtkEditable *gpo_terminal_view_get_entry (GpoTerminalView *view);
const char *gpo_terminal_view_get_hint (GpoTerminalView *view);
char *gpo_terminal_view_dup_text (GpoTerminalView *view);

G_END_DECLS
