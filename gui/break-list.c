/* SPDX-License-Identifier: MIT */
/* break-list.c: rows from the model, actions to the window. */
#include "break-list.h"
#include "i18n.h"

struct _GpoBreakList
{
  GtkWidget parent_instance;
  GtkListBox *list;
  GpoFilterEntry *entry;
  GtkWidget *add, *examples;
  GpoHoldModel *model;
};

G_DEFINE_FINAL_TYPE (GpoBreakList, gpo_break_list, GTK_TYPE_WIDGET)

/* What a class wants to look at, as a rule. */
static const char *const examples[] = {
  "verb = DATA and from = client",
  "verb = RCPT and from = server",
  "from = server and code >= 400",
  "host = gateway and verb = MAIL",
};

static void
on_switched (GtkCheckButton *check, GpoBreakList *list)
{
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (check), "number"));
  gtk_widget_activate_action (GTK_WIDGET (list), "win.break-enabled", "(ub)", number,
                              gtk_check_button_get_active (check));
}

static GtkWidget *
row_new (GpoBreakList *list, const GpoBreak *point)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *check = gtk_check_button_new_with_label (point->filter);
  GtkWidget *gone = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), point->enabled);
  gtk_widget_set_tooltip_text (check, _ ("Hold what passes this"));
  gtk_widget_add_css_class (check, "monospace");
  gtk_widget_set_hexpand (check, TRUE);
  g_object_set_data (G_OBJECT (check), "number", GUINT_TO_POINTER (point->number));
  g_signal_connect (check, "toggled", G_CALLBACK (on_switched), list);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (gone), "win.unbreak");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (gone), "u", point->number);
  gtk_widget_set_tooltip_text (gone, _ ("Take this breakpoint away"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (gone), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Take this breakpoint away"), -1);
  gtk_button_set_has_frame (GTK_BUTTON (gone), FALSE);
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), gone);
  return row;
}

static void
show (GpoBreakList *list)
{
  GtkListBoxRow *row;
  while ((row = gtk_list_box_get_row_at_index (list->list, 0)))
    gtk_list_box_remove (list->list, GTK_WIDGET (row));
  for (guint i = 0; i < gpo_hold_model_n_breaks (list->model); i++)
    gtk_list_box_append (list->list, row_new (list, gpo_hold_model_break (list->model, i)));
}

gboolean
gpo_break_list_add (GpoBreakList *list)
{
  const char *text = gpo_filter_entry_get_text (list->entry);
  if (!gpo_filter_entry_compile (list->entry, NULL) || !*text)
    {
      gtk_widget_grab_focus (GTK_WIDGET (list->entry));
      return FALSE;
    }
  gtk_widget_activate_action (GTK_WIDGET (list), "win.break", "s", text);
  gpo_filter_entry_set_text (list->entry, "");
  return TRUE;
}

static void
on_example (GtkButton *button, GpoBreakList *list)
{
  gpo_filter_entry_set_text (list->entry, gtk_button_get_label (button));
  gtk_widget_grab_focus (GTK_WIDGET (list->entry));
}

/* An unfinished word is no mistake yet: the error goes as soon as one types on. */
static void
on_typed (GpoBreakList *list)
{
  if (gpo_filter_entry_get_problem (list->entry))
    gpo_filter_entry_compile (list->entry, NULL);
}

static void
gpo_break_list_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&GPO_BREAK_LIST (object)->model);
  G_OBJECT_CLASS (gpo_break_list_parent_class)->dispose (object);
}

static void
gpo_break_list_class_init (GpoBreakListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_FILTER_ENTRY);
  G_OBJECT_CLASS (class)->dispose = gpo_break_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/break-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoBreakList, list);
  gtk_widget_class_bind_template_child (widget_class, GpoBreakList, entry);
  gtk_widget_class_bind_template_child (widget_class, GpoBreakList, add);
  gtk_widget_class_bind_template_child (widget_class, GpoBreakList, examples);
}

static void
gpo_break_list_init (GpoBreakList *list)
{
  gtk_widget_init_template (GTK_WIDGET (list));
  gpo_filter_entry_set_words (list->entry, _ ("For example: verb = RCPT and from = server"),
                              _ ("New breakpoint"));
  g_signal_connect_swapped (list->add, "clicked", G_CALLBACK (gpo_break_list_add), list);
  g_signal_connect_swapped (list->entry, "activate", G_CALLBACK (gpo_break_list_add), list);
  g_signal_connect_swapped (list->entry, "changed", G_CALLBACK (on_typed), list);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      GtkWidget *button = gtk_button_new_with_label (examples[i]);
      gtk_widget_add_css_class (button, "preset");
      g_signal_connect (button, "clicked", G_CALLBACK (on_example), list);
      gtk_flow_box_insert (GTK_FLOW_BOX (list->examples), button, -1);
    }
}

void
gpo_break_list_set_model (GpoBreakList *list, GpoHoldModel *model)
{
  g_return_if_fail (!list->model);
  list->model = g_object_ref (model);
  g_signal_connect_object (model, "changed", G_CALLBACK (show), list, G_CONNECT_SWAPPED);
  show (list);
}

GpoFilterEntry *
gpo_break_list_get_entry (GpoBreakList *list)
{
  return list->entry;
}
