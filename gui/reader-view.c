/* SPDX-License-Identifier: MIT */
/* reader-view.c: the reader model on the screen. What a letter shows is in reader-letter.c, what is done in
 * reader-actions.c. */
#include "reader-view.h"
#include "i18n.h"
#include "reader-private.h"
#include "store/mailbox.h"
#include <string.h>

G_DEFINE_FINAL_TYPE (GpoReaderView, gpo_reader_view, GTK_TYPE_WIDGET)

/* --- rows of the list --- */

static void
on_setup_row (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_grid_new ();
  GtkWidget *from = gtk_label_new (NULL), *date = gtk_label_new (NULL), *subject = gtk_label_new (NULL),
            *sign = gtk_label_new (NULL);
  gtk_widget_add_css_class (box, "reader-row");
  gtk_label_set_xalign (GTK_LABEL (from), 0);
  gtk_label_set_xalign (GTK_LABEL (subject), 0);
  gtk_label_set_ellipsize (GTK_LABEL (from), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (subject), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (from, TRUE);
  gtk_widget_add_css_class (date, "caption");
  gtk_widget_add_css_class (date, "dim-label");
  gtk_grid_set_column_spacing (GTK_GRID (box), 6);
  gtk_grid_attach (GTK_GRID (box), from, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (box), date, 1, 0, 2, 1);
  gtk_grid_attach (GTK_GRID (box), subject, 0, 1, 2, 1);
  gtk_grid_attach (GTK_GRID (box), sign, 2, 1, 1, 1);
  gtk_widget_set_halign (sign, GTK_ALIGN_END);
  gtk_list_item_set_child (item, box);
}

static GtkLabel *
cell (GtkWidget *grid, int column, int row)
{
  return GTK_LABEL (gtk_grid_get_child_at (GTK_GRID (grid), column, row));
}

/* "Bob <bob@sparta.example>" is Bob. */
static char *
short_name (const char *from)
{
  const char *angle = strchr (from, '<');
  return angle && angle > from ? g_strchomp (g_strndup (from, (gsize) (angle - from))) : g_strdup (from);
}

static void
on_bind_row (GtkListItemFactory *factory, GtkListItem *list_item)
{
  GpoReaderItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *grid = gtk_list_item_get_child (list_item);
  guint32 flags = gpo_reader_item_get_flags (item);
  gboolean unseen = !(flags & GPO_FLAG_SEEN);
  g_autofree char *from = short_name (gpo_reader_item_get_from (item)), *date = gpo_reader_item_date (item);
  g_autofree char *sign = g_strconcat (flags & GPO_FLAG_FLAGGED ? "★" : "",
                                       flags & GPO_FLAG_ANSWERED ? "↩" : "", unseen ? "●" : "", NULL);
  g_autofree char *told = g_strdup_printf (
      "%s, %s%s%s%s", from, gpo_reader_item_get_subject (item), unseen ? _ (", unread") : "",
      flags & GPO_FLAG_FLAGGED ? _ (", flagged") : "", flags & GPO_FLAG_ANSWERED ? _ (", answered") : "");
  gtk_label_set_text (cell (grid, 0, 0), from);
  gtk_label_set_text (cell (grid, 1, 0), date);
  gtk_label_set_text (cell (grid, 0, 1), gpo_reader_item_get_subject (item));
  gtk_label_set_text (cell (grid, 2, 1), sign);
  for (int row = 0; row < 2; row++)
    if (unseen)
      gtk_widget_add_css_class (GTK_WIDGET (cell (grid, 0, row)), "unseen");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (cell (grid, 0, row)), "unseen");
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
}

static void
on_selected (GpoReaderView *view)
{
  GpoReaderItem *item = gtk_single_selection_get_selected_item (view->selection);
  if (item && !view->showing)
    gpo_reader_model_open_letter (view->model, gpo_reader_item_get_key (item));
}

/* A list that came anew: the letter opened is still the chosen one. */
static void
show_choice (GpoReaderView *view)
{
  GListModel *letters = gpo_reader_model_get_letters (view->model);
  const char *key = gpo_reader_model_get_key (view->model);
  guint n = g_list_model_get_n_items (letters), found = GTK_INVALID_LIST_POSITION;
  for (guint i = 0; key && i < n && found == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr (GpoReaderItem) item = g_list_model_get_item (letters, i);
      if (g_str_equal (gpo_reader_item_get_key (item), key))
        found = i;
    }
  gtk_single_selection_set_selected (view->selection, found);
  gtk_stack_set_visible_child_name (view->list_stack, n ? "letters" : "empty");
}

/* --- folders --- */

static void
on_folder (GtkListBox *box, GtkListBoxRow *row, GpoReaderView *view)
{
  const char *name = row ? g_object_get_data (G_OBJECT (row), "folder") : NULL;
  if (name && !view->showing)
    gpo_reader_model_open_folder (view->model, name);
}

static void
add_folder_row (GpoReaderView *view, const GpoReaderFolder *folder)
{
  g_autofree char *words
      = folder->unseen ? g_strdup_printf ("%s (%u)", folder->name, folder->unseen) : g_strdup (folder->name);
  GtkWidget *label = gtk_label_new (words), *row = gtk_list_box_row_new ();
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_widget_set_sensitive (row, folder->selectable);
  g_object_set_data_full (G_OBJECT (row), "folder", g_strdup (folder->name), g_free);
  gtk_list_box_append (view->folders, row);
  if (g_strcmp0 (folder->name, gpo_reader_model_get_folder (view->model)) == 0)
    gtk_list_box_select_row (view->folders, GTK_LIST_BOX_ROW (row));
}

/* Where the letter may be filed: every folder but its own. */
static void
show_filing (GpoReaderView *view, GPtrArray *folders)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  for (guint i = 0; folders && i < folders->len; i++)
    {
      const GpoReaderFolder *folder = folders->pdata[i];
      if (!folder->selectable || g_strcmp0 (folder->name, gpo_reader_model_get_folder (view->model)) == 0)
        continue;
      g_autoptr (GMenuItem) item = g_menu_item_new (folder->name, NULL);
      g_menu_item_set_action_and_target (item, "win.read-file", "s", folder->name);
      g_menu_append_item (menu, item);
    }
  if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) == 0)
    g_menu_append (menu, _ ("There is no other folder"), NULL);
  gtk_menu_button_set_menu_model (view->file, G_MENU_MODEL (menu));
}

/* Built anew only when something is different, so that the focus stays where it is. */
static void
show_folders (GpoReaderView *view)
{
  GPtrArray *folders = gpo_reader_model_get_folders (view->model);
  GString *told = g_string_new (gpo_reader_model_get_folder (view->model));
  for (guint i = 0; folders && i < folders->len; i++)
    {
      const GpoReaderFolder *folder = folders->pdata[i];
      g_string_append_printf (told, "\n%s %u %u", folder->name, folder->unseen, folder->messages);
    }
  g_autofree char *old = view->folders_told;
  view->folders_told = g_string_free (told, FALSE);
  if (g_strcmp0 (old, view->folders_told) == 0)
    return;
  for (GtkListBoxRow *row; (row = gtk_list_box_get_row_at_index (view->folders, 0));)
    gtk_list_box_remove (view->folders, GTK_WIDGET (row));
  for (guint i = 0; folders && i < folders->len; i++)
    add_folder_row (view, folders->pdata[i]);
  show_filing (view, folders);
}

static void
on_new_folder (GtkEntry *entry, GpoReaderView *view)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_popover_popdown (view->new_folder_popover);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gpo_reader_model_create_folder (view->model, g_strstrip (name));
}

/* --- all of it --- */

static void
show_words (GpoReaderView *view)
{
  gtk_label_set_text (view->words, gpo_reader_model_get_words (view->model));
  if (gpo_reader_model_has_problem (view->model))
    gtk_widget_add_css_class (GTK_WIDGET (view->words), "refused");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (view->words), "refused");
}

static void
show_person (GpoReaderView *view)
{
  const GpoPerson *person = gpo_reader_model_get_person (view->model);
  guint where;
  if (person == view->reads || !g_ptr_array_find (gpo_reader_model_get_persons (view->model), person, &where))
    return;
  view->reads = person;
  gtk_editable_set_text (GTK_EDITABLE (view->search), "");
  gtk_drop_down_set_selected (view->person, where);
}

static void
on_changed (GpoReaderView *view)
{
  view->showing = TRUE;
  show_person (view);
  show_folders (view);
  show_choice (view);
  gpo_reader_view_show_letter (view);
  gpo_reader_view_update_actions (view);
  show_words (view);
  view->showing = FALSE;
}

static void
on_person (GpoReaderView *view)
{
  guint chosen = gtk_drop_down_get_selected (view->person);
  GPtrArray *persons = gpo_reader_model_get_persons (view->model);
  if (chosen < persons->len && persons->pdata[chosen] != gpo_reader_model_get_person (view->model)
      && gpo_reader_model_get_person (view->model))
    gpo_reader_model_open (view->model, persons->pdata[chosen], gpo_reader_model_get_way (view->model),
                           gpo_reader_model_get_encrypt (view->model));
}

/* Nobody reads before the view is looked at: a trace begins with what was asked for. */
static void
on_map (GpoReaderView *view)
{
  GPtrArray *persons = view->model ? gpo_reader_model_get_persons (view->model) : NULL;
  guint chosen = gtk_drop_down_get_selected (view->person);
  if (persons && chosen < persons->len && !gpo_reader_model_get_person (view->model))
    gpo_reader_model_open (view->model, persons->pdata[chosen], GPO_WAY_IMAP, FALSE);
}

static void
on_search (GtkSearchEntry *entry, GpoReaderView *view)
{
  if (view->model)
    gpo_reader_model_search (view->model, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
fill_persons (GpoReaderView *view)
{
  GPtrArray *persons = gpo_reader_model_get_persons (view->model);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  for (guint i = 0; i < persons->len; i++)
    {
      const GpoPerson *person = persons->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s@%s", person->login, person->host->domain);
      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (view->person, G_LIST_MODEL (names));
}

void
gpo_reader_view_attach (GpoReaderView *view, GpoWindow *window)
{
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  view->window = window;
  if (!office)
    {
      gtk_widget_set_sensitive (view->bar, FALSE);
      gtk_widget_set_sensitive (view->panes, FALSE);
      gtk_label_set_text (
          view->words, _ ("This is a recorded trace: nobody is at work who could deliver mail. To read and "
                          "write, run glasspost without a trace."));
      return;
    }
  view->model = gpo_reader_model_new (office);
  view->selection = gtk_single_selection_new (g_object_ref (gpo_reader_model_get_letters (view->model)));
  gtk_single_selection_set_autoselect (view->selection, FALSE);
  gtk_single_selection_set_can_unselect (view->selection, TRUE);
  gtk_list_view_set_model (view->letters, GTK_SELECTION_MODEL (view->selection));
  fill_persons (view);
  gpo_reader_view_add_actions (view);
  g_signal_connect_swapped (view->selection, "notify::selected-item", G_CALLBACK (on_selected), view);
  g_signal_connect_swapped (view->person, "notify::selected", G_CALLBACK (on_person), view);
  g_signal_connect_swapped (view->model, "changed", G_CALLBACK (on_changed), view);
}

GpoReaderModel *
gpo_reader_view_get_model (GpoReaderView *view)
{
  return view->model;
}

const char *
gpo_reader_view_get_words (GpoReaderView *view)
{
  return gtk_label_get_text (view->words);
}

/* --- the object --- */

static void
gpo_reader_view_dispose (GObject *object)
{
  GpoReaderView *view = GPO_READER_VIEW (object);
  if (view->model)
    {
      g_signal_handlers_disconnect_by_data (view->model, view);
      gpo_reader_model_close (view->model);
    }
  if (view->selection)
    g_signal_handlers_disconnect_by_data (view->selection, view);
  if (view->compose)
    g_object_remove_weak_pointer (G_OBJECT (view->compose), (gpointer *) &view->compose);
  view->compose = NULL;
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (view)));)
    gtk_widget_unparent (child);
  g_clear_object (&view->selection);
  g_clear_object (&view->model);
  g_clear_pointer (&view->folders_told, g_free);
  G_OBJECT_CLASS (gpo_reader_view_parent_class)->dispose (object);
}

static void
gpo_reader_view_class_init (GpoReaderViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_reader_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/reader-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, GpoReaderView, name)
  BIND (bar);
  BIND (panes);
  BIND (person);
  BIND (search);
  BIND (folders);
  BIND (new_folder);
  BIND (new_folder_popover);
  BIND (new_folder_name);
  BIND (list_stack);
  BIND (letters);
  BIND (tools);
  BIND (file);
  BIND (subject);
  BIND (people);
  BIND (text);
  BIND (attachments);
  BIND (words);
#undef BIND
}

static void
gpo_reader_view_init (GpoReaderView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_row), NULL);
  gtk_list_view_set_factory (view->letters, factory);
  g_signal_connect (view->folders, "row-selected", G_CALLBACK (on_folder), view);
  g_signal_connect (view->new_folder_name, "activate", G_CALLBACK (on_new_folder), view);
  g_signal_connect (view->search, "search-changed", G_CALLBACK (on_search), view);
  g_signal_connect (view, "map", G_CALLBACK (on_map), NULL);
}
