/* SPDX-License-Identifier: MIT */
/* window-undo.c: the window's history on its keys, and the subject in it. */
#include "window-undo.h"
#include "history.h"
#include "i18n.h"

/* What is chosen; `sessions` (guint32) only if it is several. */
typedef struct
{
  GpoSubject subject;
  guint32 number;
  GArray *sessions;
} Subject;

typedef struct
{
  GpoCursor *cursor; /* of the window the history is of */
  Subject was, is;
} Choice;

static Subject
subject_now (GpoCursor *cursor)
{
  guint n;
  const guint32 *numbers = gpo_cursor_get_sessions (cursor, &n);
  Subject now = { .sessions = n ? g_array_sized_new (FALSE, FALSE, sizeof (guint32), n) : NULL };
  now.subject = gpo_cursor_get_subject (cursor, &now.number);
  if (now.sessions)
    g_array_append_vals (now.sessions, numbers, n);
  return now;
}

static Subject
subject_copy (const Subject *subject)
{
  Subject copy = *subject;
  if (copy.sessions)
    g_array_ref (copy.sessions);
  return copy;
}

static void
subject_clear (Subject *subject)
{
  g_clear_pointer (&subject->sessions, g_array_unref);
}

static void
choice_free (gpointer data)
{
  Choice *choice = data;
  subject_clear (&choice->was);
  subject_clear (&choice->is);
  g_free (choice);
}

static void
apply (gpointer data, gboolean undo)
{
  Choice *choice = data;
  const Subject *to = undo ? &choice->was : &choice->is;
  if (to->sessions)
    gpo_cursor_choose_sessions (choice->cursor, (const guint32 *) to->sessions->data, to->sessions->len);
  else
    gpo_cursor_choose (choice->cursor, to->subject, to->number);
}

static void
on_subject (GpoCursor *cursor, GParamSpec *spec, gpointer data)
{
  Subject *last = data;
  Choice *choice = g_new (Choice, 1);
  *choice = (Choice){ cursor, *last, subject_now (cursor) };
  *last = subject_copy (&choice->is);
  gpo_history_add (gpo_history_of (cursor), _ ("what is shown"), apply, choice, choice_free);
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
  subject_clear (data);
  g_free (data);
}

void
gpo_window_undo_attach (GpoWindow *window)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  Subject *last = g_new (Subject, 1);
  *last = subject_now (cursor);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_data (cursor, "notify::subject", G_CALLBACK (on_subject), last, free_last, 0);
}
