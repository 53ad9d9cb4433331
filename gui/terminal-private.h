/* SPDX-License-Identifier: MIT */
/* terminal-private.h: what the files of the terminal's view share: terminal-view.c (what was said, what may
 * be said), terminal-entry.c (typing: completion, history), terminal-actions.c (calling, and what else is
 * done). */
#pragma once
#include "terminal-view.h"

G_BEGIN_DECLS

struct _GpoTerminalView
{
  GtkWidget parent_instance;
  GtkDropDown *who, *target, *protocol, *mechanism;
  GtkEditable *address, *entry, *login, *password;
  GtkWidget *call, *prove, *paste_lines, *paste_once;
  GtkMenuButton *auth, *paste;
  GtkPopover *auth_popover, *paste_popover;
  GtkTextView *text, *paste_text;
  GtkLabel *state, *hint, *suggestions, *proof;

  GpoWindow *window; /* it owns us */
  GpoTerminalModel *model;
  GPtrArray *history;    /* of char *: what was typed */
  guint place;           /* in it; its length: a new line */
  GPtrArray *completing; /* of GpoSuggestion: Tab goes through them */
  guint completion;
  gboolean filling; /* the entry is changed by us */
};

/* terminal-view.c */
void gpo_terminal_view_show_hint (GpoTerminalView *view);

/* terminal-entry.c */
/* Listens to the entry. */
void gpo_terminal_view_watch_entry (GpoTerminalView *view);
/* Puts a text into the entry, as if it had been typed. */
void gpo_terminal_view_fill (GpoTerminalView *view, const char *text);
/* Tab: the first completion, then the next; what is struck out is not legal now. */
void gpo_terminal_view_complete (GpoTerminalView *view);
/* Enter: what is in the entry is sent. */
void gpo_terminal_view_enter (GpoTerminalView *view);
/* How lines go out now: their ending, their dots. */
GpoTyping gpo_terminal_view_typing (GpoTerminalView *view);

/* terminal-actions.c */
void gpo_terminal_view_add_actions (GpoTerminalView *view);

G_END_DECLS
