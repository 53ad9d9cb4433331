/* SPDX-License-Identifier: MIT */
/* transcript-view.c: cursor → trace model → list view.
 *
 * Another subject or another filter is another model, swapped in whole; growth is told row by row. */
#include "transcript-view.h"
#include "event-row.h"
#include "i18n.h"

struct _GpoTranscriptView
{
  GtkWidget parent_instance;
  GtkEntry *filter;
  GtkLabel *count, *problem;
  GtkListView *list;
  GpoCursor *cursor;
  GpoTraceModel *model;
  GtkSingleSelection *selection;
  gboolean updating;
  gulong handlers[3];
};

G_DEFINE_FINAL_TYPE (GpoTranscriptView, gpo_transcript_view, GTK_TYPE_WIDGET)

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gpo_event_row_new ());
}

static void
on_bind (GpoTranscriptView *view, GtkListItem *item, GtkListItemFactory *factory)
{
  guint64 n = gpo_event_item_get_n (gtk_list_item_get_item (item));
  gboolean mixed = gpo_cursor_get_subject (view->cursor, NULL) != GPO_SUBJECT_SESSION;
  gpo_event_row_bind (GPO_EVENT_ROW (gtk_list_item_get_child (item)), view->cursor, n, mixed);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item)
{
  gpo_event_row_bind (GPO_EVENT_ROW (gtk_list_item_get_child (item)), NULL, 0, FALSE);
}

static void
show_count (GpoTranscriptView *view)
{
  guint rows = g_list_model_get_n_items (G_LIST_MODEL (view->model));
  g_autofree char *text = g_strdup_printf (ngettext ("%'u event", "%'u events", rows), rows);
  gtk_label_set_text (view->count, text);
}

/* Chooses the row of the cursor and scrolls there. */
static void
show_row (GpoTranscriptView *view)
{
  guint row = gpo_cursor_get_length (view->cursor)
                  ? gpo_trace_model_row (view->model, gpo_cursor_get_n (view->cursor))
                  : G_MAXUINT;
  view->updating = TRUE;
  gtk_single_selection_set_selected (view->selection, row);
  view->updating = FALSE;
  if (row != G_MAXUINT)
    gtk_widget_activate_action (GTK_WIDGET (view->list), "list.scroll-to-item", "u", row);
}

/* A person chose a row. */
static void
on_selected (GpoTranscriptView *view)
{
  guint row = gtk_single_selection_get_selected (view->selection);
  if (!view->updating && row != GTK_INVALID_LIST_POSITION)
    gpo_cursor_set_n (view->cursor, gpo_trace_model_event (view->model, row));
}

static void
set_model (GpoTranscriptView *view, GpoFilter *filter)
{
  GpoTraceModel *model = gpo_trace_model_new (gpo_cursor_get_picture (view->cursor),
                                              gpo_cursor_get_track (view->cursor), filter);
  view->updating = TRUE;
  g_set_object (&view->model, model);
  gtk_single_selection_set_model (view->selection, G_LIST_MODEL (model));
  view->updating = FALSE;
  g_object_unref (model);
  show_count (view);
  show_row (view);
}

static void
on_length (GpoTranscriptView *view)
{
  view->updating = TRUE;
  gpo_trace_model_grow (view->model);
  view->updating = FALSE;
  show_count (view);
  show_row (view); /* n may have been told before the length */
}

/* What is typed, compiled; the error in place. FALSE if it was not understood. */
static gboolean
compile (GpoTranscriptView *view, GpoFilter **filter)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (view->filter));
  g_autoptr (GError) error = NULL;
  gsize position = 0;
  *filter = *text ? gpo_filter_parse (text, &position, &error) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (view->problem), error != NULL);
  gtk_label_set_text (view->problem, "");
  if (!error)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (view->filter), "error");
      return TRUE;
    }
  g_autofree char *words = g_strdup_printf (_ ("At character %ld: %s"),
                                            g_utf8_strlen (text, (gssize) position) + 1, error->message);
  gtk_label_set_text (view->problem, words);
  gtk_widget_add_css_class (GTK_WIDGET (view->filter), "error");
  return FALSE;
}

static void
on_filter (GpoTranscriptView *view)
{
  GpoFilter *filter;
  if (view->cursor && compile (view, &filter))
    set_model (view, filter);
}

static void
on_subject (GpoTranscriptView *view)
{
  GpoFilter *filter;
  set_model (view, compile (view, &filter) ? filter : NULL);
}

static void
gpo_transcript_view_dispose (GObject *object)
{
  GpoTranscriptView *view = GPO_TRANSCRIPT_VIEW (object);
  GtkWidget *child;
  for (guint i = 0; view->cursor && i < G_N_ELEMENTS (view->handlers); i++)
    g_clear_signal_handler (&view->handlers[i], view->cursor);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&view->selection);
  g_clear_object (&view->model);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_transcript_view_parent_class)->dispose (object);
}

static void
gpo_transcript_view_class_init (GpoTranscriptViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_transcript_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/transcript-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, filter);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, count);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, problem);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, list);
}

static void
gpo_transcript_view_init (GpoTranscriptView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  g_signal_connect_swapped (view->filter, "changed", G_CALLBACK (on_filter), view);
  g_signal_connect_swapped (view->filter, "activate", G_CALLBACK (gpo_transcript_view_focus_list), view);
}

void
gpo_transcript_view_set_cursor (GpoTranscriptView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  view->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (view->selection, FALSE);
  gtk_single_selection_set_can_unselect (view->selection, TRUE);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), view);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (view->list, factory);
  g_object_unref (factory);
  set_model (view, NULL);
  gtk_list_view_set_model (view->list, GTK_SELECTION_MODEL (view->selection));
  g_signal_connect_object (view->selection, "notify::selected", G_CALLBACK (on_selected), view,
                           G_CONNECT_SWAPPED);
  view->handlers[0] = g_signal_connect_swapped (cursor, "notify::length", G_CALLBACK (on_length), view);
  view->handlers[1] = g_signal_connect_swapped (cursor, "notify::n", G_CALLBACK (show_row), view);
  view->handlers[2] = g_signal_connect_swapped (cursor, "notify::subject", G_CALLBACK (on_subject), view);
}

gboolean
gpo_transcript_view_set_filter (GpoTranscriptView *view, const char *filter)
{
  gtk_editable_set_text (GTK_EDITABLE (view->filter), filter);
  return gpo_transcript_view_get_problem (view) == NULL;
}

void
gpo_transcript_view_focus_list (GpoTranscriptView *view)
{
  gtk_widget_grab_focus (GTK_WIDGET (view->list));
}

void
gpo_transcript_view_focus_filter (GpoTranscriptView *view)
{
  gtk_widget_grab_focus (GTK_WIDGET (view->filter));
}

GpoTraceModel *
gpo_transcript_view_get_model (GpoTranscriptView *view)
{
  return view->model;
}

guint
gpo_transcript_view_get_row (GpoTranscriptView *view)
{
  return gtk_single_selection_get_selected (view->selection);
}

const char *
gpo_transcript_view_get_problem (GpoTranscriptView *view)
{
  const char *text = gtk_label_get_text (view->problem);
  return *text ? text : NULL;
}
