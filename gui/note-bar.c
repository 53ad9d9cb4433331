/* SPDX-License-Identifier: MIT */
/* note-bar.c: a label for the note at n, and a popover to write it. */
#include "note-bar.h"
#include "event-words.h"
#include "i18n.h"
#include "send-key.h"

struct _GpoNoteBar
{
  GtkWidget parent_instance;
  GtkLabel *text, *about, *problem;
  GtkWidget *edit, *remove, *save;
  GtkPopover *editor;
  GtkTextView *words;
  GpoCursor *cursor;
  GpoNotes *notes;
  guint64 n; /* that is being written about */
};

G_DEFINE_FINAL_TYPE (GpoNoteBar, gpo_note_bar, GTK_TYPE_WIDGET)

static void
show (GpoNoteBar *bar)
{
  guint64 n = gpo_cursor_get_n (bar->cursor);
  const char *note = gpo_notes_get (bar->notes, n);
  g_autofree char *text = note ? g_strdup_printf ("✎ %s", note) : g_strdup ("");
  gtk_label_set_text (bar->text, text);
  gtk_widget_set_visible (GTK_WIDGET (bar), note != NULL);
}

/* --- writing --- */

static void
say_problem (GpoNoteBar *bar, const char *text)
{
  gtk_label_set_text (bar->problem, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (bar->problem), text != NULL);
}

static void
on_save (GpoNoteBar *bar)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (bar->words);
  g_autoptr (GError) error = NULL;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  if (gpo_notes_set (bar->notes, bar->n, text, &error))
    gtk_popover_popdown (bar->editor);
  else
    say_problem (bar, error->message);
}

static gboolean
on_send_key (GtkWidget *words, GVariant *arguments, gpointer bar)
{
  on_save (bar);
  return TRUE;
}

static void
on_note (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoNoteBar *bar = data;
  GpoLog *log = gpo_cursor_get_log (bar->cursor);
  bar->n = gpo_cursor_get_n (bar->cursor);
  const GpoEvent *event = gpo_log_get (log, bar->n);
  if (!event)
    return;
  /* what follows the end would write about another event by the time it is written */
  gpo_cursor_set_following (bar->cursor, FALSE);
  const char *note = gpo_notes_get (bar->notes, bar->n);
  g_auto (GpoEventWords) words;
  gpo_event_words_init (&words, log, event);
  g_autofree char *about = g_strdup_printf (_ ("Note at event %lu: %s%s%s"), (gulong) bar->n,
                                            words.lead ? words.lead : "", words.lead ? " " : "", words.text);
  gtk_label_set_text (bar->about, about);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (bar->words), note ? note : "", -1);
  say_problem (bar, NULL);
  gtk_popover_popup (bar->editor);
  gtk_widget_grab_focus (GTK_WIDGET (bar->words));
}

static void
on_note_set (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoNoteBar *bar = data;
  g_autoptr (GError) error = NULL;
  if (!gpo_notes_set (bar->notes, gpo_cursor_get_n (bar->cursor), g_variant_get_string (parameter, NULL),
                      &error))
    {
      gtk_label_set_text (bar->text, error->message);
      gtk_widget_set_visible (GTK_WIDGET (bar), TRUE);
    }
}

static void
on_marker (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoNoteBar *bar = data;
  gboolean next = g_str_equal (g_variant_get_string (parameter, NULL), "next");
  guint64 to = gpo_notes_beyond (bar->notes, gpo_cursor_get_n (bar->cursor), next ? 1 : -1);
  if (to != G_MAXUINT64)
    gpo_cursor_set_n (bar->cursor, to);
}

static const GActionEntry actions[] = {
  { "note", on_note, NULL, NULL, NULL },
  { "note-set", on_note_set, "s", NULL, NULL },
  { "marker", on_marker, "s", NULL, NULL },
};

/* --- the object --- */

static void
gpo_note_bar_dispose (GObject *object)
{
  GpoNoteBar *bar = GPO_NOTE_BAR (object);
  GtkWidget *child;
  if (bar->editor)
    gtk_widget_unparent (GTK_WIDGET (bar->editor));
  bar->editor = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&bar->notes);
  g_clear_object (&bar->cursor);
  G_OBJECT_CLASS (gpo_note_bar_parent_class)->dispose (object);
}

static void
gpo_note_bar_class_init (GpoNoteBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_note_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/note-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, text);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, edit);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, remove);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, editor);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, about);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, words);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, problem);
  gtk_widget_class_bind_template_child (widget_class, GpoNoteBar, save);
  gtk_widget_class_set_css_name (widget_class, "notebar");
}

static void
gpo_note_bar_init (GpoNoteBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
  g_signal_connect_swapped (bar->save, "clicked", G_CALLBACK (on_save), bar);
  gpo_send_key_add (bar->words, on_send_key, bar);
}

void
gpo_note_bar_attach (GpoWindow *window)
{
  GpoNoteBar *bar = g_object_new (GPO_TYPE_NOTE_BAR, NULL);
  bar->cursor = g_object_ref (gpo_window_get_cursor (window));
  bar->notes = g_object_ref (gpo_notes_of (bar->cursor));
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), bar);
  g_signal_connect_object (bar->cursor, "notify::n", G_CALLBACK (show), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (bar->notes, "changed", G_CALLBACK (show), bar, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (window), "gpo-note-bar", bar);
  /* the editor belongs to the strip but opens also while that is hidden: it hangs on the box around */
  gpo_window_add_strip (window, GTK_WIDGET (bar));
  gtk_widget_set_parent (GTK_WIDGET (bar->editor), gtk_widget_get_parent (GTK_WIDGET (bar)));
  show (bar);
}

GpoNoteBar *
gpo_note_bar_of (GpoWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "gpo-note-bar");
}

const char *
gpo_note_bar_get_text (GpoNoteBar *bar)
{
  const char *text = gtk_label_get_text (bar->text);
  return *text ? text : NULL;
}
