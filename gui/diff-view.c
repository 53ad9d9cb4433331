/* SPDX-License-Identifier: MIT */
/* diff-view.c: a list of rows with a sign, a left and a right half. What a colour tells, the sign and words
 * tell too. */
#include "diff-view.h"
#include "i18n.h"

struct _GpoDiffView
{
  GtkBox parent_instance;
  GpoWindow *window;
  GtkWidget *title, *here, *there, *list, *stack, *brief, *note;
  GtkSelectionModel *selection; /* that of the list; NULL: nothing is compared */
  GpoDiffModel *model;
};

G_DEFINE_FINAL_TYPE (GpoDiffView, gpo_diff_view, GTK_TYPE_BOX)

/* --- rows --- */

/* Sign, style class and words for a screen reader. */
static const struct
{
  const char *sign, *class, *words;
} looks[] = {
  { "", "diff-heading", N_ ("session") }, { "=", "diff-same", N_ ("the same") },
  { "~", "diff-remark", N_ ("remark") },  { "!", "diff-changed", N_ ("differs") },
  { "-", "diff-here", N_ ("only here") }, { "+", "diff-there", N_ ("only there") },
};

static GtkWidget *
add_label (GtkWidget *box, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, expand);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

/* A sign and two halves, which begin in the same places in every row and in the heads above. */
static GtkWidget *
make_row (GtkWidget **left, GtkWidget **right)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8),
            *halves = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *sign = add_label (row, FALSE);
  gtk_label_set_width_chars (GTK_LABEL (sign), 2);
  gtk_box_set_homogeneous (GTK_BOX (halves), TRUE);
  gtk_widget_set_hexpand (halves, TRUE);
  gtk_box_append (GTK_BOX (row), halves);
  *left = add_label (halves, TRUE);
  *right = add_label (halves, TRUE);
  gtk_widget_add_css_class (row, "diff-row");
  return row;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *left, *right, *row = make_row (&left, &right);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GpoDiffRow *row = GPO_DIFF_ROW (gtk_list_item_get_item (item));
  GtkWidget *box = gtk_list_item_get_child (item), *sign = gtk_widget_get_first_child (box);
  GtkWidget *halves = gtk_widget_get_next_sibling (sign), *left = gtk_widget_get_first_child (halves);
  GtkWidget *right = gtk_widget_get_next_sibling (left);
  const char *words = "";
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_str_equal (looks[i].sign, gpo_diff_row_get_sign (row)))
      {
        gtk_widget_add_css_class (box, looks[i].class);
        words = _ (looks[i].words);
      }
    else
      gtk_widget_remove_css_class (box, looks[i].class);
  gboolean heading = !*gpo_diff_row_get_sign (row);
  gtk_label_set_text (GTK_LABEL (sign), gpo_diff_row_get_sign (row));
  gtk_label_set_text (GTK_LABEL (left), gpo_diff_row_get_left (row));
  gtk_label_set_text (GTK_LABEL (right), gpo_diff_row_get_right (row));
  gtk_widget_set_visible (right, !heading);
  const char *note = gpo_diff_row_get_note (row);
  gtk_widget_set_tooltip_text (box, note);
  g_autofree char *spoken
      = g_strdup_printf ("%s: %s | %s%s%s", words, gpo_diff_row_get_left (row), gpo_diff_row_get_right (row),
                         note ? ": " : "", note ? note : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
on_activate (GtkListView *list, guint position, GpoDiffView *view)
{
  g_autoptr (GpoDiffRow) row = g_list_model_get_item (G_LIST_MODEL (view->model), position);
  if (row && gpo_diff_row_get_event (row) != G_MAXUINT64)
    gpo_cursor_set_n (gpo_window_get_cursor (view->window), gpo_diff_row_get_event (row));
}

/* How the chosen line differs stands below the list, for those who have no pointer to let it rest. */
static void
show_note (GpoDiffView *view)
{
  GpoDiffRow *row = view->selection
                        ? gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (view->selection))
                        : NULL;
  const char *note = row ? gpo_diff_row_get_note (row) : NULL;
  gtk_label_set_text (GTK_LABEL (view->note), note ? note : "");
  gtk_widget_set_visible (view->note, view->selection != NULL);
}

/* --- comparing --- */

static void
set_model (GpoDiffView *view, GpoDiffModel *model)
{
  if (view->selection)
    g_signal_handlers_disconnect_by_data (view->selection, view);
  g_clear_object (&view->selection);
  if (view->list)
    gtk_list_view_set_model (GTK_LIST_VIEW (view->list), NULL);
  if (g_set_object (&view->model, model) && model)
    {
      view->selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (model))));
      g_signal_connect_swapped (view->selection, "notify::selected-item", G_CALLBACK (show_note), view);
      gtk_list_view_set_model (GTK_LIST_VIEW (view->list), view->selection);
    }
}

gboolean
gpo_diff_view_compare (GpoDiffView *view, GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file), *name = g_file_get_basename (file);
  GpoPicture *picture = gpo_cursor_get_picture (gpo_window_get_cursor (view->window));
  GpoDiffModel *model = gpo_diff_model_new (picture, path ? path : name, error);
  if (!model)
    return FALSE;
  const GpoComparison *comparison = gpo_diff_model_get_comparison (model);
  gpo_diff_model_set_brief (model, gtk_check_button_get_active (GTK_CHECK_BUTTON (view->brief)));
  g_autofree char *title = g_strdup_printf (_ ("%u of %u sessions differ"), comparison->n_differences,
                                            comparison->sessions->len);
  gtk_label_set_text (GTK_LABEL (view->title), title);
  gtk_label_set_text (GTK_LABEL (view->here), gpo_source_get_title (gpo_window_get_source (view->window)));
  gtk_label_set_text (GTK_LABEL (view->there), name);
  set_model (view, model);
  g_object_unref (model);
  show_note (view);
  gtk_stack_set_visible_child_name (GTK_STACK (view->stack), "list");
  return TRUE;
}

GpoDiffModel *
gpo_diff_view_get_model (GpoDiffView *view)
{
  return view->model;
}

static void
on_chosen (GtkNativeDialog *dialog, int response, GpoDiffView *view)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  if (file && !gpo_diff_view_compare (view, file, &error))
    gpo_window_show_problem (view->window, error->message);
  else if (file)
    gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "compare");
  g_object_unref (dialog);
}

static void
on_compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoDiffView *view = data;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Compare with a Trace"), GTK_WINDOW (view->window), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_signal_connect (dialog, "response", G_CALLBACK (on_chosen), view);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
gpo_diff_view_attach (GtkWidget *widget, GpoWindow *window)
{
  static const GActionEntry entry = { "compare", on_compare, NULL, NULL, NULL };
  GPO_DIFF_VIEW (widget)->window = window;
  g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, widget);
}

/* --- the widget --- */

static void
on_brief (GtkCheckButton *button, GpoDiffView *view)
{
  if (view->model)
    gpo_diff_model_set_brief (view->model, gtk_check_button_get_active (button));
}

static GtkWidget *
make_bar (GpoDiffView *view)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12),
            *button = gtk_button_new_with_mnemonic (_ ("Compare _with…"));
  gtk_widget_add_css_class (bar, "diff-bar");
  view->title = add_label (bar, TRUE);
  view->brief = gtk_check_button_new_with_mnemonic (_ ("Only _differences"));
  g_signal_connect (view->brief, "toggled", G_CALLBACK (on_brief), view);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.compare");
  gtk_box_append (GTK_BOX (bar), view->brief);
  gtk_box_append (GTK_BOX (bar), button);
  return bar;
}

/* The list, the names of both traces above it, and how the chosen line differs below. */
static GtkWidget *
make_table (GpoDiffView *view)
{
  GtkWidget *table = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scrolled = gtk_scrolled_window_new (),
            *heads = make_row (&view->here, &view->there);
  gtk_widget_add_css_class (heads, "diff-heads");
  gtk_box_append (GTK_BOX (table), heads);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view->list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (table), scrolled);
  view->note = add_label (table, TRUE);
  gtk_widget_add_css_class (view->note, "diff-note");
  return table;
}

static void
gpo_diff_view_dispose (GObject *object)
{
  GpoDiffView *view = GPO_DIFF_VIEW (object);
  set_model (view, NULL); /* its scripts are of the window's log, which goes next */
  view->list = NULL;
  G_OBJECT_CLASS (gpo_diff_view_parent_class)->dispose (object);
}

static void
gpo_diff_view_class_init (GpoDiffViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_diff_view_dispose;
}

static void
gpo_diff_view_init (GpoDiffView *view)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *hint = gtk_label_new (_ ("Choose another trace to see both side by side."));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (view), GTK_ORIENTATION_VERTICAL);
  view->list = gtk_list_view_new (NULL, factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Lines of both traces"), -1);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (view->list), TRUE);
  g_signal_connect (view->list, "activate", G_CALLBACK (on_activate), view);
  gtk_widget_add_css_class (view->list, "diff");
  view->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (view->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (view->stack), hint, "hint");
  gtk_stack_add_named (GTK_STACK (view->stack), make_table (view), "list");
  gtk_box_append (GTK_BOX (view), make_bar (view));
  gtk_box_append (GTK_BOX (view), view->stack);
}
