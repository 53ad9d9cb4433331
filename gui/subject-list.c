/* SPDX-License-Identifier: MIT */
/* subject-list.c: model → list view, and the choice both ways. */
#include "subject-list.h"
#include "i18n.h"
#include "subject-row.h"

struct _GpoSubjectList
{
  GtkWidget parent_instance;
  GtkStack *stack;
  GtkLabel *none;
  GtkListView *list;
  GpoCursor *cursor;
  GpoSubject subject;
  GpoSubjectModel *model;
  GtkSingleSelection *selection;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (GpoSubjectList, gpo_subject_list, GTK_TYPE_WIDGET)

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gpo_subject_row_new ());
}

static void
on_bind (GpoSubjectList *list, GtkListItem *item, GtkListItemFactory *factory)
{
  GpoSubjectItem *what = gtk_list_item_get_item (item);
  gpo_subject_row_bind (GPO_SUBJECT_ROW (gtk_list_item_get_child (item)), list->cursor,
                        gpo_subject_item_get_subject (what), gpo_subject_item_get_number (what));
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item)
{
  gpo_subject_row_bind (GPO_SUBJECT_ROW (gtk_list_item_get_child (item)), NULL, GPO_SUBJECT_EVERYTHING, 0);
}

/* A person chose a row. */
static void
on_selected (GpoSubjectList *list)
{
  GpoSubjectItem *item = gtk_single_selection_get_selected_item (list->selection);
  if (item && !list->updating)
    gpo_cursor_choose (list->cursor, list->subject, gpo_subject_item_get_number (item));
}

/* Something was chosen elsewhere, or there are more rows. */
static void
show_choice (GpoSubjectList *list)
{
  guint32 number;
  gboolean ours = gpo_cursor_get_subject (list->cursor, &number) == list->subject;
  guint row = ours ? gpo_subject_model_row (list->model, number) : G_MAXUINT;
  list->updating = TRUE;
  if (gtk_single_selection_get_selected (list->selection) != row)
    gtk_single_selection_set_selected (list->selection, row);
  list->updating = FALSE;
}

static void
on_rows (GpoSubjectList *list)
{
  guint rows = g_list_model_get_n_items (G_LIST_MODEL (list->model));
  gtk_stack_set_visible_child_name (list->stack, rows ? "list" : "none");
  show_choice (list);
}

static void
gpo_subject_list_dispose (GObject *object)
{
  GpoSubjectList *list = GPO_SUBJECT_LIST (object);
  GtkWidget *child;
  if (list->model)
    g_signal_handlers_disconnect_by_data (list->model, list);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&list->selection);
  g_clear_object (&list->model);
  g_clear_object (&list->cursor);
  G_OBJECT_CLASS (gpo_subject_list_parent_class)->dispose (object);
}

static void
gpo_subject_list_class_init (GpoSubjectListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_subject_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/subject-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectList, stack);
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectList, none);
  gtk_widget_class_bind_template_child (widget_class, GpoSubjectList, list);
}

static void
gpo_subject_list_init (GpoSubjectList *list)
{
  gtk_widget_init_template (GTK_WIDGET (list));
}

void
gpo_subject_list_set (GpoSubjectList *list, GpoCursor *cursor, GpoSubject subject)
{
  gboolean sessions = subject == GPO_SUBJECT_SESSION;
  g_return_if_fail (!list->cursor);
  list->cursor = g_object_ref (cursor);
  list->subject = subject;
  list->model = gpo_subject_model_new (cursor, subject);
  list->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (list->model)));
  gtk_single_selection_set_autoselect (list->selection, FALSE);
  gtk_single_selection_set_can_unselect (list->selection, TRUE);
  gtk_single_selection_set_selected (list->selection, GTK_INVALID_LIST_POSITION);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), list);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (list->list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (list->list, GTK_SELECTION_MODEL (list->selection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sessions ? _ ("Sessions") : _ ("Letters"), -1);
  gtk_label_set_text (list->none, sessions
                                      ? _ ("No session yet. Connect with a mail program, or send a letter.")
                                      : _ ("No letter yet. A letter gets its number at MAIL FROM."));
  g_signal_connect_object (list->selection, "notify::selected", G_CALLBACK (on_selected), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (list->model, "items-changed", G_CALLBACK (on_rows), list);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (show_choice), list, G_CONNECT_SWAPPED);
  on_rows (list);
}

GpoSubjectModel *
gpo_subject_list_get_model (GpoSubjectList *list)
{
  return list->model;
}
