/* SPDX-License-Identifier: MIT */
/* hold-bar.c: the hold model on the screen. */
#include "hold-bar.h"
#include "hold-actions.h"
#include "i18n.h"

struct _GpoHoldBar
{
  GtkWidget parent_instance;
  GtkWidget *step, *go, *breaks, *scroll;
  GtkLabel *words;
  GtkListBox *rows;
  GpoBreakList *list;
  GpoHoldEditor *editor;
  GpoHoldModel *model;
  GpoWindow *window; /* it owns us */
  char *refusal;     /* what the office said last, if it said no */
  guint timer;
};

G_DEFINE_FINAL_TYPE (GpoHoldBar, gpo_hold_bar, GTK_TYPE_WIDGET)

/* --- rows --- */

GpoHoldRow *
gpo_hold_bar_get_row (GpoHoldBar *bar, guint i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (bar->rows, (int) i);
  return row ? GPO_HOLD_ROW (gtk_list_box_row_get_child (row)) : NULL;
}

static GpoHoldRow *
chosen (GpoHoldBar *bar)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (bar->rows);
  return row ? GPO_HOLD_ROW (gtk_list_box_row_get_child (row)) : gpo_hold_bar_get_row (bar, 0);
}

static gboolean
tick (gpointer data)
{
  GpoHoldBar *bar = data;
  GpoHoldRow *row;
  for (guint i = 0; (row = gpo_hold_bar_get_row (bar, i)); i++)
    gpo_hold_row_tick (row);
  return G_SOURCE_CONTINUE;
}

/* Rows of what is held still stay as they are: somebody may be editing in one. */
static void
show_rows (GpoHoldBar *bar)
{
  guint n = gpo_hold_model_n_held (bar->model);
  GpoHoldRow *row;
  guint32 session = (row = chosen (bar)) ? gpo_hold_row_get_session (row) : 0;
  for (guint i = 0; (row = gpo_hold_bar_get_row (bar, i));)
    {
      const GpoHeldLine *held = gpo_hold_model_held_in (bar->model, gpo_hold_row_get_session (row));
      if (held && held->event == gpo_hold_row_get_event (row))
        i++;
      else
        gtk_list_box_remove (bar->rows, gtk_widget_get_parent (GTK_WIDGET (row)));
    }
  for (guint i = 0; i < n; i++)
    {
      const GpoHeldLine *held = gpo_hold_model_held (bar->model, i);
      row = gpo_hold_bar_get_row (bar, i);
      if (!row || gpo_hold_row_get_event (row) != held->event)
        gtk_list_box_insert (bar->rows, gpo_hold_row_new (bar->model, held), (int) i);
      if (held->session == session || !gtk_list_box_get_selected_row (bar->rows))
        gtk_list_box_select_row (bar->rows, gtk_list_box_get_row_at_index (bar->rows, (int) i));
    }
  guint32 edited = gpo_hold_editor_get_session (bar->editor);
  if (edited && !gpo_hold_model_held_in (bar->model, edited))
    gtk_popover_popdown (GTK_POPOVER (bar->editor)); /* its client went, or it was let go */
  gtk_widget_set_visible (bar->scroll, n > 0);
  if (n && !bar->timer)
    bar->timer = g_timeout_add (500, tick, bar);
  else if (!n)
    g_clear_handle_id (&bar->timer, g_source_remove);
}

static void
set_enabled (GpoHoldBar *bar, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (bar->window), name);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
show_words (GpoHoldBar *bar)
{
  guint n = gpo_hold_model_n_held (bar->model), points = gpo_hold_model_n_breaks (bar->model);
  g_autofree char *held = g_strdup_printf (ngettext ("%u line is held; the office’s clock stands",
                                                     "%u lines are held; the office’s clock stands", n),
                                           n);
  const char *text = bar->refusal                          ? bar->refusal
                     : n                                   ? held
                     : gpo_hold_model_get_all (bar->model) ? _ ("Whatever comes next is held")
                     : points                              ? _ ("What passes a breakpoint is held")
                                                           : _ ("Nothing is held");
  g_autofree char *label
      = points ? g_strdup_printf (_ ("Breakpoints (%u)"), points) : g_strdup (_ ("Breakpoints"));
  gtk_label_set_text (bar->words, text);
  if (bar->refusal)
    gtk_widget_add_css_class (GTK_WIDGET (bar->words), "problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (bar->words), "problem");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (bar->breaks), label);
  static const char *const about_held[] = { "step", "let-go", "edit-reply", "drop-chosen", "show-held" };
  for (guint i = 0; i < G_N_ELEMENTS (about_held); i++)
    set_enabled (bar, about_held[i], n > 0);
  if (n || gpo_hold_model_get_all (bar->model))
    gtk_widget_add_css_class (GTK_WIDGET (bar), "holding");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (bar), "holding");
}

static void
on_changed (GpoHoldBar *bar)
{
  show_rows (bar);
  show_words (bar);
}

static void
on_said (const char *text, gpointer data)
{
  GpoHoldBar *bar = data;
  g_free (bar->refusal);
  bar->refusal = g_strdup (text);
  show_words (bar);
}

/* --- actions --- */

static void
on_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoHoldRow *row = chosen (data);
  if (row)
    gtk_widget_activate_action (GTK_WIDGET (row), "win.step-session", "u", gpo_hold_row_get_session (row));
}

static gboolean
edit (GpoHoldBar *bar, GpoHoldRow *row)
{
  const GpoHeldLine *held = gpo_hold_model_held_in (bar->model, gpo_hold_row_get_session (row));
  return gpo_hold_editor_open (bar->editor, bar->model, held, gpo_hold_row_get_edit (row));
}

static void
on_edit_session (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoHoldRow *row;
  for (guint i = 0; (row = gpo_hold_bar_get_row (data, i)); i++)
    if (gpo_hold_row_get_session (row) == g_variant_get_uint32 (parameter))
      edit (data, row);
}

static void
on_edit_reply (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoHoldRow *row = chosen (data);
  if (row && !edit (data, row))
    on_said (_ ("A command is held here, not a reply: step once, and its reply is held"), data);
}

static void
on_drop_chosen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoHoldRow *row = chosen (data);
  if (row)
    gtk_widget_activate_action (GTK_WIDGET (row), "win.drop", "u", gpo_hold_row_get_session (row));
}

static void
on_breakpoints (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (GPO_HOLD_BAR (data)->breaks));
  gtk_widget_grab_focus (GTK_WIDGET (gpo_break_list_get_entry (GPO_HOLD_BAR (data)->list)));
}

/* All views go to where it is held, and follow. */
static void
on_show_held (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoHoldRow *row = chosen (data);
  GpoCursor *cursor = gpo_window_get_cursor (GPO_HOLD_BAR (data)->window);
  if (!row)
    return;
  gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, gpo_hold_row_get_session (row));
  gpo_cursor_set_following (cursor, TRUE);
}

static void
on_row_activated (GpoHoldBar *bar)
{
  on_show_held (NULL, NULL, bar);
}

static const GActionEntry actions[] = {
  { "step", on_step, NULL, NULL, NULL },
  { "edit-reply", on_edit_reply, NULL, NULL, NULL },
  { "edit-session", on_edit_session, "u", NULL, NULL },
  { "drop-chosen", on_drop_chosen, NULL, NULL, NULL },
  { "breakpoints", on_breakpoints, NULL, NULL, NULL },
  { "show-held", on_show_held, NULL, NULL, NULL },
};

/* --- the object --- */

static void
gpo_hold_bar_dispose (GObject *object)
{
  GpoHoldBar *bar = GPO_HOLD_BAR (object);
  GtkWidget *child;
  g_clear_handle_id (&bar->timer, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  if (bar->model)
    g_signal_handlers_disconnect_by_data (bar->model, bar);
  g_clear_object (&bar->model);
  g_clear_pointer (&bar->refusal, g_free);
  G_OBJECT_CLASS (gpo_hold_bar_parent_class)->dispose (object);
}

static void
gpo_hold_bar_class_init (GpoHoldBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_BREAK_LIST);
  G_OBJECT_CLASS (class)->dispose = gpo_hold_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/hold-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, step);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, go);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, breaks);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, list);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, words);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, scroll);
  gtk_widget_class_bind_template_child (widget_class, GpoHoldBar, rows);
  gtk_widget_class_set_css_name (widget_class, "holdbar");
}

static void
gpo_hold_bar_init (GpoHoldBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
  bar->editor = g_object_new (GPO_TYPE_HOLD_EDITOR, NULL);
  gtk_widget_set_halign (GTK_WIDGET (bar->editor), GTK_ALIGN_END); /* its button stands at the window's end */
  gtk_widget_set_parent (GTK_WIDGET (bar->editor), GTK_WIDGET (bar));
  g_signal_connect_swapped (bar->rows, "row-activated", G_CALLBACK (on_row_activated), bar);
}

void
gpo_hold_bar_attach (GpoWindow *window)
{
  if (!gpo_source_get_office (gpo_window_get_source (window)))
    return;
  GpoHoldBar *bar = g_object_new (GPO_TYPE_HOLD_BAR, NULL);
  bar->window = window;
  bar->model = gpo_hold_model_new (gpo_window_get_cursor (window));
  gpo_hold_actions_add (window, bar->model, on_said, bar);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), bar);
  gpo_break_list_set_model (bar->list, bar->model);
  g_signal_connect_swapped (bar->model, "changed", G_CALLBACK (on_changed), bar);
  g_object_set_data (G_OBJECT (window), "gpo-hold-bar", bar);
  gpo_window_add_strip (window, GTK_WIDGET (bar));
  on_changed (bar);
}

GpoHoldBar *
gpo_hold_bar_of (GpoWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "gpo-hold-bar");
}

GpoHoldModel *
gpo_hold_bar_get_model (GpoHoldBar *bar)
{
  return bar->model;
}

GpoBreakList *
gpo_hold_bar_get_breaks (GpoHoldBar *bar)
{
  return bar->list;
}

const char *
gpo_hold_bar_get_words (GpoHoldBar *bar)
{
  return gtk_label_get_text (bar->words);
}

GpoHoldEditor *
gpo_hold_bar_get_editor (GpoHoldBar *bar)
{
  return bar->editor;
}
