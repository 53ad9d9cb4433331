/* SPDX-License-Identifier: MIT */
/* reader-letter.c: the letter opened: who, what, the text, and a button for each attachment. */
#include "i18n.h"
#include "reader-private.h"

static void
on_attachment (GtkButton *button, GpoReaderView *view)
{
  const GpoAttachment *file = g_object_get_data (G_OBJECT (button), "attachment");
  gpo_reader_view_save (view, file->name, file->bytes);
}

static void
add_attachment (GpoReaderView *view, const GpoAttachment *file)
{
  g_autofree char *size = g_format_size (g_bytes_get_size (file->bytes));
  g_autofree char *words = g_strdup_printf ("%s (%s, %s)", file->name, file->type, size);
  g_autofree char *told = g_strdup_printf (_ ("Save the attachment %s, %s"), file->name, size);
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("mail-attachment-symbolic"));
  gtk_box_append (GTK_BOX (box), gtk_label_new (words));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, told);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  g_object_set_data (G_OBJECT (button), "attachment",
                     (gpointer) file); /* lives as long as the reading that is shown */
  g_signal_connect (button, "clicked", G_CALLBACK (on_attachment), view);
  gtk_flow_box_insert (view->attachments, button, -1);
}

static void
show_head (GpoReaderView *view, const GpoReading *reading)
{
  g_autofree char *people = NULL;
  if (reading)
    people = g_strdup_printf (*reading->cc ? _ ("From %s to %s, copy to %s") : _ ("From %s to %s"),
                              reading->summary.from,
                              *reading->summary.to ? reading->summary.to : _ ("nobody named"), reading->cc);
  gtk_label_set_text (view->subject, reading ? reading->summary.subject : "");
  gtk_label_set_text (view->people, people ? people : "");
  gtk_widget_set_visible (GTK_WIDGET (view->subject), reading && *reading->summary.subject);
  gtk_widget_set_visible (GTK_WIDGET (view->people), reading != NULL);
  gtk_widget_set_visible (view->tools, reading != NULL);
}

void
gpo_reader_view_show_letter (GpoReaderView *view)
{
  const GpoReading *reading = gpo_reader_model_get_reading (view->model);
  if (reading == view->shown)
    return;
  view->shown = reading;
  for (GtkFlowBoxChild *child; (child = gtk_flow_box_get_child_at_index (view->attachments, 0));)
    gtk_flow_box_remove (view->attachments, GTK_WIDGET (child));
  show_head (view, reading);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view->text), reading ? reading->text : "", -1);
  for (guint i = 0; reading && i < reading->attachments->len; i++)
    add_attachment (view, reading->attachments->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (view->attachments), reading && reading->attachments->len);
}

char *
gpo_reader_view_dup_text (GpoReaderView *view)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}
