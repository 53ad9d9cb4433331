/* SPDX-License-Identifier: MIT */
/* hold-row.c: words about a held line, and the editor of a held reply. */
#include "hold-row.h"
#include "i18n.h"
#include <string.h>

struct _GpoHoldRow
{
  GtkWidget parent_instance;
  GtkLabel *session, *stage, *text, *patience, *truth;
  GtkWidget *step, *edit, *drop, *send, *presets;
  GtkPopover *editor;
  GtkTextView *words;
  guint32 number;
  guint64 event;
  gint64 since;
  GpoPatience grants;
  gboolean ours;
};

G_DEFINE_FINAL_TYPE (GpoHoldRow, gpo_hold_row, GTK_TYPE_WIDGET)

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

/* --- the editor --- */

static void
set_words (GpoHoldRow *row, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (row->words), text, -1);
}

static void
on_preset (GtkButton *button, GpoHoldRow *row)
{
  set_words (row, gtk_button_get_label (button));
  gtk_widget_grab_focus (row->send);
}

static void
add_presets (GpoHoldRow *row, GpoProtocol protocol, const char *truth)
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
      g_signal_connect (button, "clicked", G_CALLBACK (on_preset), row);
      gtk_flow_box_insert (GTK_FLOW_BOX (row->presets), button, -1);
    }
}

static void
on_send (GpoHoldRow *row)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (row->words);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  if (!*text)
    {
      gtk_widget_error_bell (GTK_WIDGET (row->words));
      return;
    }
  gtk_popover_popdown (row->editor);
  gtk_widget_activate_action (GTK_WIDGET (row), "win.edit", "(us)", row->number, text);
}

gboolean
gpo_hold_row_edit (GpoHoldRow *row)
{
  if (!gtk_widget_get_sensitive (row->edit))
    return FALSE;
  gtk_menu_button_popup (GTK_MENU_BUTTON (row->edit));
  gtk_widget_grab_focus (GTK_WIDGET (row->words));
  return TRUE;
}

/* --- patience --- */

void
gpo_hold_row_tick (GpoHoldRow *row)
{
  if (row->ours)
    {
      gtk_label_set_text (row->patience, _ ("our own client: its time stands still"));
      return;
    }
  gint64 left = row->grants.seconds - (g_get_monotonic_time () - row->since) / G_USEC_PER_SEC;
  gint64 shown = left < 0 ? -left : left;
  g_autofree char *text = g_strdup_printf (left >= 0 ? _ ("client waits %d:%02d more")
                                                     : _ ("! client’s patience over since %d:%02d"),
                                           (int) (shown / 60), (int) (shown % 60));
  gtk_label_set_text (row->patience, text);
  if (left < 30)
    gtk_widget_add_css_class (GTK_WIDGET (row->patience), "refused");
}

const char *
gpo_hold_row_get_patience (GpoHoldRow *row)
{
  return gtk_label_get_text (row->patience);
}

/* --- the object --- */

guint32
gpo_hold_row_get_session (GpoHoldRow *row)
{
  return row->number;
}

guint64
gpo_hold_row_get_event (GpoHoldRow *row)
{
  return row->event;
}

static void
gpo_hold_row_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gpo_hold_row_parent_class)->dispose (object);
}

static void
gpo_hold_row_class_init (GpoHoldRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_hold_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/hold-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, session);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, stage);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, text);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, patience);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, step);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, edit);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, drop);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, editor);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, words);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, truth);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, presets);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldRow, send);
}

static void
gpo_hold_row_init (GpoHoldRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
  g_signal_connect_swapped (row->send, "clicked", G_CALLBACK (on_send), row);
}

static void
say_patience (GpoHoldRow *row)
{
  g_autofree char *text
      = row->ours ? g_strdup (_ ("The client is a host of this office; its time-outs stand while you hold."))
        : row->grants.binding
            ? g_strdup_printf (_ ("A client must wait at least %u minutes for %s (%s)"),
                               row->grants.seconds / 60, _ (row->grants.what), row->grants.spec)
            : g_strdup_printf (_ ("No rule says how long a client waits here; %u minutes are fair (%s)"),
                               row->grants.seconds / 60, row->grants.spec);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->patience), text);
  gpo_hold_row_tick (row);
}

GtkWidget *
gpo_hold_row_new (GpoHoldModel *model, const GpoHeldLine *held)
{
  GpoHoldRow *row = g_object_new (GPO_TYPE_HOLD_ROW, NULL);
  g_autofree char *words = gpo_held_words (model, held);
  g_autofree char *number = g_strdup_printf ("%u", held->session);
  row->number = held->session;
  row->event = held->event;
  row->since = held->since;
  row->grants = gpo_held_patience (model, held, &row->ours);
  gtk_label_set_text (row->session, number);
  gtk_label_set_text (row->stage, held->reply ? _ ("← before it is sent") : _ ("→ before it is read"));
  gtk_label_set_text (row->text, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->text), held->reply ? held->text : words);
  g_autofree char *said
      = g_strdup_printf (_ ("Session %u, held %s: %s"), held->session,
                         held->reply ? _ ("before it is sent") : _ ("before it is read"), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->step), "u", held->session);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->drop), "u", held->session);
  gtk_widget_set_sensitive (row->edit, held->reply);
  if (held->reply && held->text)
    {
      g_autofree char *truth
          = g_strdup_printf (_ ("The server’s true reply, “%s”, stays in the trace."), words);
      set_words (row, held->text);
      gtk_label_set_text (row->truth, truth);
      add_presets (row, gpo_hold_model_protocol (model, held), held->text);
    }
  say_patience (row);
  return GTK_WIDGET (row);
}
