/* SPDX-License-Identifier: MIT */
/* lab-pane.c: the labs in the window. See lab-pane.h. */
#include "lab-pane-private.h"
#include "app.h"
#include "i18n.h"
#include "lab-choice.h"
#include "lab-page.h"
#include "lab/progress.h"

G_DEFINE_FINAL_TYPE (GpoLabPane, gpo_lab_pane, GTK_TYPE_BOX)

/* --- what is told to the office --- */

G_GNUC_PRINTF (2, 3) static void tell (GpoLabPane *pane, const char *format, ...)
{
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (pane->window));
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *intent = g_strdup_printf ("lab %s %s", pane->lab->name, g_strdelimit (words, "\r\n", ' '));
  if (office)
    gpo_office_tell (office, intent, NULL, NULL);
}

/* --- rows --- */

static void
on_jump (GpoLabRow *row, guint64 event, GpoLabPane *pane)
{
  gpo_cursor_set_n (gpo_window_get_cursor (pane->window), event);
}

static void refresh (GpoLabPane *pane);

void
gpo_lab_pane_hint (GpoLabRow *row, GpoLabPane *pane)
{
  guint item = gpo_lab_row_get_item (row);
  const GpoLabItem *asked = gpo_lab_item (pane->lab, item);
  if (pane->hints[item] >= g_strv_length (asked->hints))
    return;
  gpo_lab_row_show_hints (row, ++pane->hints[item]);
  tell (pane, "hint %s", asked->name);
}

static void
on_answer (GpoLabRow *row, const char *text, GpoLabPane *pane)
{
  guint item = gpo_lab_row_get_item (row);
  if (gpo_source_get_office (gpo_window_get_source (pane->window)))
    tell (pane, "answer %s %s", gpo_lab_item (pane->lab, item)->name, text);
  else
    gpo_lab_judge_answer (pane->judge, item, text);
  refresh (pane);
}

static void
fill_rows (GpoLabPane *pane)
{
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (pane->rows)));)
    gtk_box_remove (pane->rows, child);
  for (guint i = 0; pane->lab && i < pane->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (pane->lab, i);
      if (item->type == GPO_LAB_MISTAKE || (!pane->free_mode && item->step != pane->step))
        continue;
      GtkWidget *row
          = gpo_lab_row_new (pane->lab, i, gpo_source_get_office (gpo_window_get_source (pane->window)));
      gpo_lab_row_show_hints (GPO_LAB_ROW (row), pane->hints[i]);
      g_signal_connect (row, "jump", G_CALLBACK (on_jump), pane);
      g_signal_connect (row, "hint", G_CALLBACK (gpo_lab_pane_hint), pane);
      g_signal_connect (row, "answer", G_CALLBACK (on_answer), pane);
      gtk_box_append (pane->rows, row);
    }
}

/* --- what is shown --- */

static void
set_enabled (GpoLabPane *pane, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (pane->window), name);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* A text of the lab, with the ports of the office in this window. The caller frees. */
static char *
with_ports (GpoLabPane *pane, const char *text)
{
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (pane->window));
  return office ? gpo_office_ports_in_use (office, text) : g_strdup (text);
}

static void
show_text (GpoLabPane *pane)
{
  const GpoLabStep *step = pane->step ? pane->lab->steps->pdata[pane->step - 1] : NULL;
  g_autoptr (GString) all = g_string_new (step ? step->text : pane->lab->intro);
  for (guint s = 0; pane->free_mode && s < pane->lab->steps->len; s++)
    {
      const GpoLabStep *each = pane->lab->steps->pdata[s];
      g_string_append_printf (all, "\n\n## %u. %s\n\n%s", s + 1, each->title, each->text);
    }
  g_autofree char *text = with_ports (pane, all->str);
  gpo_lab_page_show (pane->text, step ? step->title : pane->lab->title, text);
}

static void
show_place (GpoLabPane *pane)
{
  guint n = pane->lab ? pane->lab->steps->len : 0,
        passed = pane->lab ? gpo_lab_judge_passed (pane->judge) : 0;
  g_autofree char *place = !pane->lab        ? g_strdup ("")
                           : pane->free_mode ? g_strdup (_ ("All steps"))
                           : pane->step      ? g_strdup_printf (_ ("Step %u of %u"), pane->step, n)
                                             : g_strdup (_ ("What it is about"));
  g_autofree char *summary
      = pane->lab ? g_strdup_printf (_ ("%u of %u passed"), passed, gpo_lab_n_to_pass (pane->lab))
                  : g_strdup ("");
  gtk_label_set_text (pane->place, place);
  gtk_label_set_text (pane->summary, summary);
  set_enabled (pane, "lab-back", pane->lab && !pane->free_mode && pane->step > 0);
  set_enabled (pane, "lab-next",
               pane->lab && !pane->free_mode && pane->step < n && pane->step < pane->reached);
  set_enabled (pane, "lab-free", pane->lab != NULL);
  set_enabled (pane, "lab-hint", pane->lab && passed < gpo_lab_n_to_pass (pane->lab));
  set_enabled (pane, "lab-failure", pane->lab && gpo_lab_judge_first_failure (pane->judge) >= 0);
}

void
gpo_lab_pane_go (GpoLabPane *pane, guint step)
{
  pane->step = step;
  show_text (pane);
  fill_rows (pane);
  if (step)
    tell (pane, "step %u", step);
  refresh (pane);
}

/* Judges what is new. A step that is done opens the next one, and shows it if its own was on view. */
static void
refresh (GpoLabPane *pane)
{
  if (!pane->lab)
    {
      show_place (pane);
      return;
    }
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (pane->window));
  gpo_lab_judge_update (pane->judge, log);
  while (pane->reached < pane->lab->steps->len && gpo_lab_judge_step_done (pane->judge, pane->reached))
    pane->reached++;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (pane->rows)); child;
       child = gtk_widget_get_next_sibling (child))
    {
      GpoLabResult result;
      gpo_lab_judge_result (pane->judge, log, gpo_lab_row_get_item (GPO_LAB_ROW (child)), &result);
      gpo_lab_row_show (GPO_LAB_ROW (child), &result);
      gpo_lab_result_clear (&result);
    }
  show_place (pane);
  if (gpo_source_get_office (gpo_window_get_source (pane->window)))
    gpo_lab_progress_note (pane->judge, NULL);
}

static gboolean
refresh_later (gpointer data)
{
  GpoLabPane *pane = data;
  pane->later = 0;
  refresh (pane);
  return G_SOURCE_REMOVE;
}

static void
on_grown (GpoLabPane *pane)
{
  if (pane->lab && !pane->later)
    pane->later = g_timeout_add (100, refresh_later, pane);
}

/* --- beginning a lab --- */

static void
drop_lab (GpoLabPane *pane)
{
  g_clear_pointer (&pane->judge, gpo_lab_judge_free);
  if (pane->rows && pane->lab)
    {
      g_autoptr (GpoLab) lab = g_steal_pointer (&pane->lab);
      fill_rows (pane);
    }
  g_clear_pointer (&pane->lab, gpo_lab_free);
  g_clear_pointer (&pane->hints, g_free);
}

gboolean
gpo_lab_pane_begin (GpoLabPane *pane, const char *folder)
{
  g_autoptr (GError) error = NULL;
  GpoLab *lab = gpo_lab_load (folder, &error);
  if (!lab)
    {
      gpo_window_show_problem (pane->window, error->message);
      return FALSE;
    }
  drop_lab (pane);
  pane->lab = lab;
  pane->judge = gpo_lab_judge_new (lab);
  pane->hints = g_new0 (guint, lab->items->len);
  pane->reached = 1;
  for (guint i = 0; pane->names[i]; i++)
    if (g_strcmp0 (pane->names[i], lab->name) == 0)
      {
        pane->choosing = TRUE;
        gtk_drop_down_set_selected (pane->list, i + 1);
        pane->choosing = FALSE;
      }
  tell (pane, "start %u %s", lab->version, g_get_user_name ());
  gtk_widget_set_visible (GTK_WIDGET (pane), TRUE);
  gpo_lab_pane_go (pane, 0);
  return TRUE;
}

void
gpo_lab_pane_choose (GpoLabPane *pane, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = gpo_lab_find (pane->shelf, name, &error);
  g_autoptr (GpoLab) lab = folder ? gpo_lab_load (folder, &error) : NULL;
  if (!lab)
    {
      gpo_window_show_problem (pane->window, error->message);
      return;
    }
  gboolean has_office = gpo_source_get_office (gpo_window_get_source (pane->window)) != NULL;
  if (!lab->start && has_office)
    {
      gpo_lab_pane_begin (pane, folder);
      return;
    }
  g_autoptr (GpoSource) source = gpo_lab_choice_office (lab, &error);
  if (!source)
    {
      gpo_window_show_problem (pane->window, error->message);
      return;
    }
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (pane->window));
  GpoWindow *window = gpo_app_show (GPO_APP (app), source);
  gpo_lab_pane_begin (gpo_lab_pane_of (window), folder);
}

static void
on_chosen (GpoLabPane *pane)
{
  guint i = gtk_drop_down_get_selected (pane->list);
  if (!pane->choosing && i > 0 && i != GTK_INVALID_LIST_POSITION)
    gpo_lab_pane_choose (pane, pane->names[i - 1]);
}

/* --- making it --- */

static void
on_visible (GpoLabPane *pane)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (pane->window), "lab");
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (gtk_widget_get_visible (GTK_WIDGET (pane))));
}

static GtkWidget *
add_button (GtkBox *box, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (box, button);
  return button;
}

static GtkWidget *
make_text (GpoLabPane *pane)
{
  GtkWidget *view = gtk_text_view_new (), *inside = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *scroll = gtk_scrolled_window_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What to do in this step"), -1);
  pane->text = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  pane->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
  gtk_widget_add_css_class (view, "lab-text");
  gtk_box_append (GTK_BOX (inside), view);
  gtk_box_append (GTK_BOX (inside), GTK_WIDGET (pane->rows));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), inside);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

static void
gpo_lab_pane_init (GpoLabPane *pane)
{
  GtkBox *box = GTK_BOX (pane);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (pane), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (box, 8);
  gtk_widget_set_size_request (GTK_WIDGET (pane), 340, -1);
  gtk_widget_set_hexpand (GTK_WIDGET (pane), FALSE); /* whatever expands in it */
  gtk_widget_add_css_class (GTK_WIDGET (pane), "lab-pane");
  pane->shelf = gpo_lab_shelf ();
  pane->names = gpo_lab_names (pane->shelf);
  pane->list = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Labs"), -1);
  gtk_box_append (box, GTK_WIDGET (pane->list));
  g_autoptr (GListModel) titles = gpo_lab_choice_titles (pane->shelf, pane->names);
  pane->choosing = TRUE;
  gtk_drop_down_set_model (pane->list, titles);
  pane->choosing = FALSE;
  g_signal_connect_swapped (pane->list, "notify::selected", G_CALLBACK (on_chosen), pane);
  gtk_box_append (box, make_text (pane));
  pane->place = GTK_LABEL (gtk_label_new (NULL));
  pane->summary = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (pane->place), TRUE);
  add_button (GTK_BOX (foot), _ ("Back"), "win.lab-back");
  gtk_box_append (GTK_BOX (foot), GTK_WIDGET (pane->place));
  add_button (GTK_BOX (foot), _ ("Next"), "win.lab-next");
  gtk_box_append (box, foot);
  gtk_box_append (box, GTK_WIDGET (pane->summary));
}

static void
gpo_lab_pane_dispose (GObject *object)
{
  GpoLabPane *pane = GPO_LAB_PANE (object);
  g_clear_handle_id (&pane->later, g_source_remove);
  pane->rows = NULL;
  drop_lab (pane);
  g_clear_pointer (&pane->shelf, g_free);
  g_clear_pointer (&pane->names, g_strfreev);
  G_OBJECT_CLASS (gpo_lab_pane_parent_class)->dispose (object);
}

static void
gpo_lab_pane_class_init (GpoLabPaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_lab_pane_dispose;
}

void
gpo_lab_pane_attach (GpoWindow *window)
{
  GpoLabPane *pane = g_object_new (GPO_TYPE_LAB_PANE, NULL);
  g_autoptr (GMenu) menu = g_menu_new ();
  pane->window = window;
  gtk_widget_set_visible (GTK_WIDGET (pane), FALSE);
  gpo_lab_pane_add_actions (pane);
  g_signal_connect (pane, "notify::visible", G_CALLBACK (on_visible), NULL);
  g_object_set_data (G_OBJECT (window), "lab-pane", pane);
  gpo_window_add_side (window, GTK_WIDGET (pane));
  g_signal_connect_object (gpo_window_get_cursor (window), "notify::length", G_CALLBACK (on_grown), pane,
                           G_CONNECT_SWAPPED);
  g_menu_append (menu, _ ("Show the labs"), "win.lab");
  g_menu_append (menu, _ ("Step back"), "win.lab-back");
  g_menu_append (menu, _ ("Next step"), "win.lab-next");
  g_menu_append (menu, _ ("All steps at once"), "win.lab-free");
  g_menu_append (menu, _ ("Hint"), "win.lab-hint");
  g_menu_append (menu, _ ("To the first failure"), "win.lab-failure");
  gpo_window_add_menu (window, _ ("Labs"), G_MENU_MODEL (menu));
  show_place (pane);
}

/* --- for others --- */

GpoLabPane *
gpo_lab_pane_of (GpoWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "lab-pane");
}

const GpoLab *
gpo_lab_pane_get_lab (GpoLabPane *pane)
{
  return pane->lab;
}

guint
gpo_lab_pane_get_step (GpoLabPane *pane)
{
  return pane->step;
}

GpoLabRow *
gpo_lab_pane_get_row (GpoLabPane *pane, const char *item)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (pane->rows)); child;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (gpo_lab_item (pane->lab, gpo_lab_row_get_item (GPO_LAB_ROW (child)))->name, item) == 0)
      return GPO_LAB_ROW (child);
  return NULL;
}

char *
gpo_lab_pane_get_text (GpoLabPane *pane)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (pane->text, &start, &end);
  return gtk_text_buffer_get_text (pane->text, &start, &end, FALSE);
}
