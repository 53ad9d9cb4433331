/* SPDX-License-Identifier: MIT */
/* subject-row.c: the words of subject-model.h in labels. */
#include "subject-row.h"

struct _GpoSubjectRow
{
  GtkWidget parent_instance;
  GtkLabel *sign, *title, *detail, *status;
  GpoCursor *cursor;
  GpoSubject subject;
  guint32 number;
  guint events; /* of it, not later than n, when the words were made */
  gulong moved;
};

G_DEFINE_FINAL_TYPE (GpoSubjectRow, gpo_subject_row, GTK_TYPE_WIDGET)

/* How many events of the subject there are by now: its words are others only if this is. */
static guint
events_until (GpoSubjectRow *row)
{
  GpoPicture *picture = gpo_cursor_get_picture (row->cursor);
  guint64 n = gpo_cursor_get_n (row->cursor);
  if (row->subject == GPO_SUBJECT_SESSION)
    {
      const GpoSessionTrack *session = gpo_picture_session_numbered (picture, row->number);
      return session ? gpo_track_until (&session->events, n) : 0;
    }
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (picture, row->number);
  return letter ? gpo_track_until (&letter->events, n) : 0;
}

static void
show_words (GpoSubjectRow *row)
{
  g_auto (GpoSubjectWords) words;
  gpo_subject_words_init (&words, row->cursor, row->subject, row->number);
  gtk_label_set_text (row->sign, words.sign);
  gtk_label_set_text (row->title, words.title);
  gtk_label_set_text (row->detail, words.detail);
  gtk_label_set_text (row->status, words.status);
  g_autofree char *line = g_strdup_printf ("%s, %s, %s", words.title, words.detail, words.status);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
}

/* The list keeps hundreds of rows ready: most of them have nothing new to say when the cursor moves. */
static void
refresh (GpoSubjectRow *row)
{
  guint events = events_until (row);
  if (events == row->events)
    return;
  row->events = events;
  show_words (row);
}

static void
gpo_subject_row_dispose (GObject *object)
{
  GtkWidget *child;
  gpo_subject_row_bind (GPO_SUBJECT_ROW (object), NULL, GPO_SUBJECT_EVERYTHING, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gpo_subject_row_parent_class)->dispose (object);
}

static void
gpo_subject_row_class_init (GpoSubjectRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_subject_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/subject-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectRow, sign);
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectRow, title);
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectRow, detail);
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectRow, status);
  gtk_widget_class_set_css_name (widget_class, "subject");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
gpo_subject_row_init (GpoSubjectRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

GtkWidget *
gpo_subject_row_new (void)
{
  return g_object_new (GPO_TYPE_SUBJECT_ROW, NULL);
}

void
gpo_subject_row_bind (GpoSubjectRow *row, GpoCursor *cursor, GpoSubject subject, guint32 number)
{
  if (row->cursor)
    g_clear_signal_handler (&row->moved, row->cursor);
  g_set_object (&row->cursor, cursor);
  row->subject = subject;
  row->number = number;
  if (!cursor)
    return;
  row->moved = g_signal_connect_swapped (cursor, "notify::n", G_CALLBACK (refresh), row);
  row->events = events_until (row);
  show_words (row);
}
