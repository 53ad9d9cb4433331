/* SPDX-License-Identifier: MIT */
/* subject-list.c: model → list view, and the choice both ways.
 *
 * GtkListView keeps some two hundred rows ready, seen or not: so it gets its model when it is first seen. */
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
  GtkSelectionModel *selection; /* of sessions several, of letters one */
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

/* A person chose rows. */
static void
on_selected (GpoSubjectList *list)
{
  g_autoptr (GtkBitset) rows = gtk_selection_model_get_selection (list->selection);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  GtkBitsetIter iter;
  guint row;
  if (list->updating)
    return;
  for (gboolean more = gtk_bitset_iter_init_first (&iter, rows, &row); more;
       more = gtk_bitset_iter_next (&iter, &row))
    {
      g_autoptr (GpoSubjectItem) item = g_list_model_get_item (G_LIST_MODEL (list->model), row);
      guint32 number = item ? gpo_subject_item_get_number (item) : 0;
      if (item)
        g_array_append_val (numbers, number);
    }
  if (list->subject == GPO_SUBJECT_SESSION && numbers->len)
    gpo_cursor_choose_sessions (list->cursor, (const guint32 *) numbers->data, numbers->len);
  else if (numbers->len)
    gpo_cursor_choose (list->cursor, list->subject, g_array_index (numbers, guint32, 0));
}

/* The rows of what is chosen. The caller unrefs. */
static GtkBitset *
chosen_rows (GpoSubjectList *list)
{
  GtkBitset *rows = gtk_bitset_new_empty ();
  guint n;
  guint32 number;
  GpoSubject subject = gpo_cursor_get_subject (list->cursor, &number);
  const guint32 *several = gpo_cursor_get_sessions (list->cursor, &n);
  if (subject == list->subject)
    several = &number;
  else if (!several || list->subject != GPO_SUBJECT_SESSION)
    return rows;
  for (guint i = 0; i < (subject == list->subject ? 1 : n); i++)
    {
      guint row = gpo_subject_model_row (list->model, several[i]);
      if (row != G_MAXUINT)
        gtk_bitset_add (rows, row);
    }
  return rows;
}

/* Something was chosen elsewhere, or there are more rows. */
static void
show_choice (GpoSubjectList *list)
{
  g_autoptr (GtkBitset) rows = chosen_rows (list),
                        shown = gtk_selection_model_get_selection (list->selection),
                        all = gtk_bitset_new_range (0, g_list_model_get_n_items (G_LIST_MODEL (list->model)));
  list->updating = TRUE;
  if (GTK_IS_SINGLE_SELECTION (list->selection))
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (list->selection),
                                       gtk_bitset_is_empty (rows) ? GTK_INVALID_LIST_POSITION
                                                                  : gtk_bitset_get_minimum (rows));
  else if (!gtk_bitset_equals (rows, shown))
    gtk_selection_model_set_selection (list->selection, rows, all);
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
gpo_subject_list_map (GtkWidget *widget)
{
  GpoSubjectList *list = GPO_SUBJECT_LIST (widget);
  if (list->selection && !gtk_list_view_get_model (list->list))
    gtk_list_view_set_model (list->list, list->selection);
  GTK_WIDGET_CLASS (gpo_subject_list_parent_class)->map (widget);
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
  widget_class->map = gpo_subject_list_map;
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

static GtkSelectionModel *
new_selection (GpoSubjectList *list)
{
  GListModel *model = g_object_ref (G_LIST_MODEL (list->model));
  if (list->subject == GPO_SUBJECT_SESSION)
    return GTK_SELECTION_MODEL (gtk_multi_selection_new (model));
  GtkSingleSelection *selection = gtk_single_selection_new (model);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  return GTK_SELECTION_MODEL (selection);
}

void
gpo_subject_list_set (GpoSubjectList *list, GpoCursor *cursor, GpoSubject subject)
{
  gboolean sessions = subject == GPO_SUBJECT_SESSION;
  g_return_if_fail (!list->cursor);
  list->cursor = g_object_ref (cursor);
  list->subject = subject;
  list->model = gpo_subject_model_new (cursor, subject);
  list->selection = new_selection (list);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), list);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (list->list, factory);
  g_object_unref (factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sessions ? _ ("Sessions") : _ ("Letters"), -1);
  gtk_label_set_text (list->none, sessions
                                      ? _ ("No session yet. Connect with a mail program, or send a letter.")
                                      : _ ("No letter yet. A letter gets its number at MAIL FROM."));
  g_signal_connect_object (list->selection, "selection-changed", G_CALLBACK (on_selected), list,
                           G_CONNECT_SWAPPED);
  if (sessions)
    gtk_widget_set_tooltip_text (GTK_WIDGET (list->list),
                                 _ ("With Ctrl or Shift: several sessions together"));
  g_signal_connect_swapped (list->model, "items-changed", G_CALLBACK (on_rows), list);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (show_choice), list, G_CONNECT_SWAPPED);
  on_rows (list);
}

GtkSelectionModel *
gpo_subject_list_get_selection (GpoSubjectList *list)
{
  return list->selection;
}

GpoSubjectModel *
gpo_subject_list_get_model (GpoSubjectList *list)
{
  return list->model;
}
