/* SPDX-License-Identifier: MIT */
/* hold-editor.c: a text, presets, and a button. */
#include "hold-editor.h"
#include "i18n.h"
#include "send-key.h"
#include <string.h>

struct _GpoHoldEditor
{
  GtkPopover parent_instance;
  GtkLabel *truth;
  GtkWidget *send, *presets;
  GtkTextView *words;
  guint32 session;
};

G_DEFINE_FINAL_TYPE (GpoHoldEditor, gpo_hold_editor, GTK_TYPE_POPOVER)

/* What a teacher would have a server say; a tag of IMAP is put in front. */
static const struct
{
  GpoProtocol protocol;
  const char *reply;
} replies[] = {
  { GPO_PROTOCOL_SMTP, "250 2.0.0 OK" },
  { GPO_PROTOCOL_SMTP, "421 4.3.2 Closing the channel" },
  { GPO_PROTOCOL_SMTP, "451 4.3.0 Try again later" },
  { GPO_PROTOCOL_SMTP, "452 4.2.2 Mailbox full" },
  { GPO_PROTOCOL_SMTP, "550 5.1.1 No such mailbox" },
  { GPO_PROTOCOL_SMTP, "554 5.7.1 Refused" },
  { GPO_PROTOCOL_IMAP, "OK done" },
  { GPO_PROTOCOL_IMAP, "NO [INUSE] Try again later" },
  { GPO_PROTOCOL_IMAP, "BAD What was that?" },
  { GPO_PROTOCOL_POP3, "+OK" },
  { GPO_PROTOCOL_POP3, "-ERR [IN-USE] Try again later" },
};

void
gpo_hold_editor_set_text (GpoHoldEditor *editor, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (editor->words), text, -1);
}

static void
on_preset (GtkButton *button, GpoHoldEditor *editor)
{
  gpo_hold_editor_set_text (editor, gtk_button_get_label (button));
  gtk_widget_grab_focus (editor->send);
}

static void
add_presets (GpoHoldEditor *editor, GpoProtocol protocol, const char *truth)
{
  const char *space = strchr (truth, ' ');
  g_autofree char *tag
      = protocol == GPO_PROTOCOL_IMAP && space ? g_strndup (truth, (gsize) (space - truth) + 1) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      if (replies[i].protocol != protocol)
        continue;
      g_autofree char *text = g_strconcat (tag ? tag : "", replies[i].reply, NULL);
      GtkWidget *button = gtk_button_new_with_label (text);
      gtk_widget_add_css_class (button, "preset");
      g_signal_connect (button, "clicked", G_CALLBACK (on_preset), editor);
      gtk_flow_box_insert (GTK_FLOW_BOX (editor->presets), button, -1);
    }
}

void
gpo_hold_editor_send (GpoHoldEditor *editor)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (editor->words);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  if (!*text)
    {
      gtk_widget_error_bell (GTK_WIDGET (editor->words));
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (editor), "win.edit", "(us)", editor->session, text);
  gtk_popover_popdown (GTK_POPOVER (editor));
}

static gboolean
on_send_key (GtkWidget *words, GVariant *arguments, gpointer editor)
{
  gpo_hold_editor_send (editor);
  return TRUE;
}

gboolean
gpo_hold_editor_open (GpoHoldEditor *editor, GpoHoldModel *model, const GpoHeldLine *held, GtkWidget *at)
{
  GtkWidget *child, *parent = gtk_widget_get_parent (GTK_WIDGET (editor));
  graphene_rect_t bounds;
  if (!held || !held->reply || !held->text)
    return FALSE;
  g_autofree char *words = gpo_held_words (model, held);
  g_autofree char *truth = g_strdup_printf (_ ("The server’s true reply, “%s”, stays in the trace."), words);
  editor->session = held->session;
  gpo_hold_editor_set_text (editor, held->text);
  gtk_label_set_text (editor->truth, truth);
  while ((child = gtk_widget_get_first_child (editor->presets)))
    gtk_flow_box_remove (GTK_FLOW_BOX (editor->presets), child);
  add_presets (editor, gpo_hold_model_protocol (model, held), held->text);
  if (gtk_widget_compute_bounds (at, parent, &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (editor),
                                 &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y,
                                                  (int) bounds.size.width, (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (editor));
  gtk_widget_grab_focus (GTK_WIDGET (editor->words));
  return TRUE;
}

guint32
gpo_hold_editor_get_session (GpoHoldEditor *editor)
{
  return editor->session;
}

static void
gpo_hold_editor_closed (GtkPopover *popover)
{
  GPO_HOLD_EDITOR (popover)->session = 0;
}

static void
gpo_hold_editor_class_init (GpoHoldEditorClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GTK_POPOVER_CLASS (class)->closed = gpo_hold_editor_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/hold-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoHoldEditor, words);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldEditor, truth);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldEditor, presets);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldEditor, send);
}

static void
gpo_hold_editor_init (GpoHoldEditor *editor)
{
  gtk_widget_init_template (GTK_WIDGET (editor));
  g_signal_connect_swapped (editor->send, "clicked", G_CALLBACK (gpo_hold_editor_send), editor);
  gpo_send_key_add (editor->words, on_send_key, editor);
}
