/* SPDX-License-Identifier: MIT */
/* terminal-view.c: the terminal model on the screen: what was said and heard, and what may be said. */
#include "terminal-private.h"
#include "i18n.h"
#include <string.h>

G_DEFINE_FINAL_TYPE (GpoTerminalView, gpo_terminal_view, GTK_TYPE_WIDGET)

/* --- the transcript --- */

/* How much of a shown line is its ending, "\\r\\n" or "\\n". */
static gsize
ending_of (const char *text)
{
  return g_str_has_suffix (text, "\\r\\n") ? 4 : g_str_has_suffix (text, "\\n") ? 2 : 0;
}

static void
on_line (GpoTerminalModel *model, int kind, const char *text, GpoTerminalView *view)
{
  static const char *const tags[] = { "client", "server", "note" };
  static const char *const marks[] = { "C: ", "S: ", "-- " };
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gsize ending = kind == GPO_TERMINAL_NOTE ? 0 : ending_of (text);
  const char *tail = text + strlen (text) - ending;
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, marks[kind], -1, tags[kind], NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, (int) (tail - text), tags[kind], NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, tail, -1, "ending", NULL);
  gtk_text_buffer_insert (buffer, &end, "\n", 1);
}

/* The newest line is the one that counts. */
static void
stay_at_end (GtkAdjustment *adjustment)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)
                                            - gtk_adjustment_get_page_size (adjustment));
}

char *
gpo_terminal_view_dup_text (GpoTerminalView *view)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static void
make_tags (GpoTerminalView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gtk_text_buffer_create_tag (buffer, "client", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "server", NULL);
  gtk_text_buffer_create_tag (buffer, "note", "style", PANGO_STYLE_ITALIC, NULL);
  gtk_text_buffer_create_tag (buffer, "ending", "scale", 0.75, NULL);
}

/* --- what may be said --- */

void
gpo_terminal_view_show_hint (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  const char *typed = gtk_editable_get_text (view->entry);
  GpoJudgement judgement;
  g_autofree char *hint = dialogue && gpo_terminal_model_is_open (view->model)
                              ? gpo_dialogue_hint (dialogue, typed)
                              : g_strdup (_ ("Call somebody first"));
  gboolean wrong
      = dialogue && gpo_dialogue_judge (dialogue, typed, &judgement) && judgement.known && !judgement.legal;
  g_autofree char *pasted = gpo_terminal_model_n_pasted (view->model)
                                ? g_strdup_printf (_ ("%u pasted lines wait for replies · %s"),
                                                   gpo_terminal_model_n_pasted (view->model), hint)
                                : g_strdup (hint);
  gtk_label_set_text (view->hint, pasted);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (view->hint), "refused");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (view->hint), "refused");
}

static void
show_state (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  gboolean open = gpo_terminal_model_is_open (view->model);
  const char *tls = gpo_terminal_model_get_tls (view->model);
  guint awaited = dialogue && open ? gpo_dialogue_n_awaited (dialogue) : 0;
  g_autofree char *waits
      = awaited
            ? g_strdup_printf (ngettext (" · %u reply awaited", " · %u replies awaited", awaited), awaited)
            : g_strdup ("");
  g_autofree char *words
      = dialogue ? g_strconcat (open ? "" : _ ("closed in state "), gpo_dialogue_state (dialogue), waits,
                                tls ? " · " : NULL, tls, NULL)
                 : g_strdup ("");
  gtk_label_set_text (view->state, words);
  gtk_button_set_label (GTK_BUTTON (view->call), open ? _ ("Hang up") : _ ("Call"));
  gtk_widget_set_sensitive (GTK_WIDGET (view->entry), open);
  gtk_widget_set_sensitive (GTK_WIDGET (view->auth), open);
  gtk_widget_set_sensitive (GTK_WIDGET (view->paste), open);
}

static void
on_changed (GpoTerminalView *view)
{
  show_state (view);
  gpo_terminal_view_show_hint (view);
}

void
gpo_terminal_view_attach (GpoTerminalView *view, GpoWindow *window)
{
  view->window = window;
  view->model = gpo_terminal_model_new (gpo_source_get_office (gpo_window_get_source (window)));
  gpo_terminal_view_add_actions (view);
  g_signal_connect (view->model, "line", G_CALLBACK (on_line), view);
  g_signal_connect_swapped (view->model, "changed", G_CALLBACK (on_changed), view);
  on_changed (view);
}

GpoTerminalModel *
gpo_terminal_view_get_model (GpoTerminalView *view)
{
  return view->model;
}

GtkEditable *
gpo_terminal_view_get_entry (GpoTerminalView *view)
{
  return view->entry;
}

const char *
gpo_terminal_view_get_hint (GpoTerminalView *view)
{
  return gtk_label_get_text (view->hint);
}

/* --- the object --- */

static void
gpo_terminal_view_dispose (GObject *object)
{
  GpoTerminalView *view = GPO_TERMINAL_VIEW (object);
  if (view->model)
    {
      g_signal_handlers_disconnect_by_data (view->model, view);
      gpo_terminal_model_close (view->model);
    }
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (view)));)
    gtk_widget_unparent (child);
  g_clear_object (&view->model);
  g_clear_pointer (&view->history, g_ptr_array_unref);
  g_clear_pointer (&view->completing, g_ptr_array_unref);
  G_OBJECT_CLASS (gpo_terminal_view_parent_class)->dispose (object);
}

static void
gpo_terminal_view_class_init (GpoTerminalViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_terminal_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/terminal-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, GpoTerminalView, name)
  BIND (who);
  BIND (target);
  BIND (protocol);
  BIND (mechanism);
  BIND (address);
  BIND (entry);
  BIND (login);
  BIND (password);
  BIND (call);
  BIND (prove);
  BIND (paste_lines);
  BIND (paste_once);
  BIND (auth);
  BIND (paste);
  BIND (auth_popover);
  BIND (paste_popover);
  BIND (text);
  BIND (paste_text);
  BIND (state);
  BIND (hint);
  BIND (suggestions);
  BIND (proof);
#undef BIND
}

static void
gpo_terminal_view_init (GpoTerminalView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view->text));
  view->history = g_ptr_array_new_with_free_func (g_free);
  make_tags (view);
  g_signal_connect (adjustment, "notify::upper", G_CALLBACK (stay_at_end), NULL);
  g_signal_connect (adjustment, "notify::page-size", G_CALLBACK (stay_at_end), NULL);
  gpo_terminal_view_watch_entry (view);
}
