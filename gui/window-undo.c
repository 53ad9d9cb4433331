/* SPDX-License-Identifier: MIT */
/* window-undo.c: the window's history on its keys, and the subject in it. */
#include "window-undo.h"
#include "history.h"
#include "i18n.h"

typedef struct
{
  GpoCursor *cursor; /* of the window the history is of */
  GpoSubject was, is;
  guint32 was_number, is_number;
} Choice;

/* What is chosen now, to know later what was. */
typedef struct
{
  GpoSubject subject;
  guint32 number;
} Last;

static void
apply (gpointer data, gboolean undo)
{
  Choice *choice = data;
  gpo_cursor_choose (choice->cursor, undo ? choice->was : choice->is,
                     undo ? choice->was_number : choice->is_number);
}

static void
on_subject (GpoCursor *cursor, GParamSpec *spec, gpointer data)
{
  Last *last = data;
  Choice *choice = g_new (Choice, 1);
  *choice = (Choice){ cursor, last->subject, GPO_SUBJECT_EVERYTHING, last->number, 0 };
  choice->is = last->subject = gpo_cursor_get_subject (cursor, &last->number);
  choice->is_number = last->number;
  gpo_history_add (gpo_history_of (cursor), _ ("what is shown"), apply, choice, g_free);
}

/* An entry or a text has a history of its own. */
static gboolean
typing (GpoWindow *window, const char *action)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  return focus && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus))
         && gtk_widget_activate_action (focus, action, NULL);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (!typing (data, "text.undo"))
    gpo_history_undo (gpo_history_of (gpo_window_get_cursor (data)));
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (!typing (data, "text.redo"))
    gpo_history_redo (gpo_history_of (gpo_window_get_cursor (data)));
}

static const GActionEntry actions[] = {
  { "undo", on_undo, NULL, NULL, NULL },
  { "redo", on_redo, NULL, NULL, NULL },
};

static void
free_last (gpointer data, GClosure *closure)
{
  g_free (data);
}

void
gpo_window_undo_attach (GpoWindow *window)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  Last *last = g_new0 (Last, 1);
  last->subject = gpo_cursor_get_subject (cursor, &last->number);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_data (cursor, "notify::subject", G_CALLBACK (on_subject), last, free_last, 0);
}
