/* SPDX-License-Identifier: MIT */
/* hold-row.c: words about a held line, and its buttons. */
#include "hold-row.h"
#include "i18n.h"

struct _GpoHoldRow
{
  GtkWidget parent_instance;
  GtkLabel *session, *stage, *text, *patience;
  GtkWidget *step, *edit, *drop;
  guint32 number;
  guint64 event;
  gint64 since;
  GpoPatience grants;
  gboolean ours;
};

G_DEFINE_FINAL_TYPE (GpoHoldRow, gpo_hold_row, GTK_TYPE_WIDGET)

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
}

static void
gpo_hold_row_init (GpoHoldRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
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
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->edit), "u", held->session);
  gtk_widget_set_sensitive (row->edit, held->reply);
  say_patience (row);
  return GTK_WIDGET (row);
}

GtkWidget *
gpo_hold_row_get_edit (GpoHoldRow *row)
{
  return row->edit;
}
