/* SPDX-License-Identifier: MIT */
/* transcript-view.c: cursor → trace model → list view.
 *
 * Another subject or another filter is another model, swapped in whole; growth is told row by row. */
#include "transcript-view.h"
#include "event-columns.h"
#include "event-details.h"
#include "event-row.h"
#include "filter-entry.h"
#include "history.h"
#include "i18n.h"

struct _GpoTranscriptView
{
  GtkWidget parent_instance;
  GpoFilterEntry *filter;
  GtkLabel *count, *found, *explanation, *fields;
  GtkSearchBar *find_bar;
  GtkSearchEntry *find;
  GtkWidget *details;
  GtkLinkButton *spec;
  char *kept; /* the filter that was typed to its end last */
  GpoEventHead *head;
  GtkListView *list;
  GpoCursor *cursor;
  GpoTraceModel *model;
  GtkSingleSelection *selection;
  gboolean updating;
  int frames;
  guint tick;
  gulong handlers[4];
};

G_DEFINE_FINAL_TYPE (GpoTranscriptView, gpo_transcript_view, GTK_TYPE_WIDGET)

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gpo_event_row_new ());
}

/* Whether rows of several sessions may stand together. */
static gboolean
is_mixed (GpoTranscriptView *view)
{
  return gpo_cursor_get_subject (view->cursor, NULL) != GPO_SUBJECT_SESSION;
}

static void
on_bind (GpoTranscriptView *view, GtkListItem *item, GtkListItemFactory *factory)
{
  guint64 n = gpo_event_item_get_n (gtk_list_item_get_item (item));
  gpo_event_row_bind (GPO_EVENT_ROW (gtk_list_item_get_child (item)), view->cursor, n, is_mixed (view));
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

/* A list that has a new model forgets where it was told to scroll until it is laid out: it is told again
 * then. */
static gboolean
scroll_again (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GpoTranscriptView *view = GPO_TRANSCRIPT_VIEW (widget);
  if (view->frames-- > 0)
    return G_SOURCE_CONTINUE;
  view->tick = 0;
  show_row (view);
  return G_SOURCE_REMOVE;
}

/* A new selection with the new model: told of another model, an old one would say that all items have
 * changed, and the list would make an item for each of a million rows to see which of them are the same. */
static void
set_selection (GpoTranscriptView *view, GpoTraceModel *model)
{
  GtkSingleSelection *selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (model));
  if (view->selection)
    g_signal_handlers_disconnect_by_data (view->selection, view);
  g_set_object (&view->selection, selection);
  gtk_list_view_set_model (view->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (selection, "notify::selected", G_CALLBACK (on_selected), view, G_CONNECT_SWAPPED);
  g_object_unref (selection);
}

static void
scroll_soon (GpoTranscriptView *view)
{
  view->frames = 2;
  if (!view->tick)
    view->tick = gtk_widget_add_tick_callback (GTK_WIDGET (view), scroll_again, NULL, NULL);
}

static void
set_model (GpoTranscriptView *view, GpoFilter *filter)
{
  GpoTraceModel *model = gpo_trace_model_new (gpo_cursor_get_picture (view->cursor),
                                              gpo_cursor_get_track (view->cursor), filter);
  g_set_object (&view->model, model);
  set_selection (view, model);
  g_object_unref (model);
  gpo_event_head_set_mixed (view->head, is_mixed (view));
  show_count (view);
  show_row (view);
  scroll_soon (view);
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

/* --- the filter --- */

typedef struct
{
  GpoTranscriptView *view; /* of the window the history is of */
  char *was, *is;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;
  g_free (change->was);
  g_free (change->is);
  g_free (change);
}

static void
apply (gpointer data, gboolean undo)
{
  Change *change = data;
  gpo_transcript_view_set_filter (change->view, undo ? change->was : change->is);
}

/* What was filtered by before somebody began to type is a step back; not each letter is. */
static void
remember (GpoTranscriptView *view)
{
  const char *text = gpo_filter_entry_get_text (view->filter);
  if (g_strcmp0 (text, view->kept) == 0)
    return;
  Change *change = g_new (Change, 1);
  *change = (Change){ view, g_steal_pointer (&view->kept), g_strdup (text) };
  view->kept = g_strdup (text);
  gpo_history_add (gpo_history_of (view->cursor), _ ("filter"), apply, change, change_free);
}

static void
on_filter (GpoTranscriptView *view)
{
  GpoFilter *filter;
  if (view->cursor && gpo_filter_entry_compile (view->filter, &filter))
    set_model (view, filter);
}

static void
on_filter_done (GpoTranscriptView *view)
{
  remember (view);
  gpo_transcript_view_focus_list (view);
}

static void show_details (GpoTranscriptView *view);

static void
on_subject (GpoTranscriptView *view)
{
  GpoFilter *filter;
  set_model (view, gpo_filter_entry_compile (view->filter, &filter) ? filter : NULL);
  show_details (view);
}

/* --- finding --- */

static gboolean
is_wanted (GpoTranscriptView *view, guint row, const char *words)
{
  const GpoEvent *event
      = gpo_log_get (gpo_cursor_get_log (view->cursor), gpo_trace_model_event (view->model, row));
  return event && (words ? gpo_event_contains (event, words) : gpo_event_is_error (event));
}

/* The next row from the chosen one on; the cursor goes there. */
static gboolean
seek (GpoTranscriptView *view, const char *words, int by)
{
  gint64 rows = g_list_model_get_n_items (G_LIST_MODEL (view->model));
  guint chosen = gtk_single_selection_get_selected (view->selection);
  gint64 row = chosen == GTK_INVALID_LIST_POSITION ? (by > 0 ? -1 : rows) : chosen;
  for (row += by; row >= 0 && row < rows; row += by)
    if (is_wanted (view, (guint) row, words))
      {
        gpo_cursor_set_n (view->cursor, gpo_trace_model_event (view->model, (guint) row));
        return TRUE;
      }
  return FALSE;
}

gboolean
gpo_transcript_view_find (GpoTranscriptView *view, const char *words, int by)
{
  gboolean found = *words && seek (view, words, by);
  gtk_label_set_text (view->found, found || !*words ? ""
                                   : by > 0         ? _ ("none further on")
                                                    : _ ("none further back"));
  return found;
}

gboolean
gpo_transcript_view_find_again (GpoTranscriptView *view, int by)
{
  return gpo_transcript_view_find (view, gtk_editable_get_text (GTK_EDITABLE (view->find)), by);
}

gboolean
gpo_transcript_view_seek_error (GpoTranscriptView *view, int by)
{
  return seek (view, NULL, by);
}

void
gpo_transcript_view_focus_find (GpoTranscriptView *view)
{
  gtk_search_bar_set_search_mode (view->find_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (view->find));
}

static void
on_find (GpoTranscriptView *view)
{
  gpo_transcript_view_find_again (view, 1);
}

/* --- details --- */

static void
show_details (GpoTranscriptView *view)
{
  guint64 n = gpo_cursor_get_event (view->cursor);
  GpoLog *log = gpo_cursor_get_log (view->cursor);
  const GpoEvent *event = n == G_MAXUINT64 ? NULL : gpo_log_get (log, n);
  if (!event || !gtk_widget_get_visible (view->details))
    return;
  g_autofree char *fields = gpo_event_fields (log, n, event), *words = gpo_event_explain (log, event);
  g_autofree char *link = gpo_event_link (event);
  gtk_label_set_text (view->explanation, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (view->explanation), words);
  gtk_label_set_text (view->fields, fields);
  gtk_widget_set_visible (GTK_WIDGET (view->spec), link != NULL);
  if (link)
    {
      gtk_link_button_set_uri (view->spec, link);
      gtk_button_set_label (GTK_BUTTON (view->spec), gpo_event_text (event, GPO_FIELD_SPEC, NULL));
    }
}

void
gpo_transcript_view_show_details (GpoTranscriptView *view, gboolean shown)
{
  gtk_widget_set_visible (view->details, shown);
  show_details (view);
  scroll_soon (view); /* the list has another size now */
}

char *
gpo_transcript_view_dup_heads (GpoTranscriptView *view)
{
  return gpo_event_head_dup_words (view->head);
}

const char *
gpo_transcript_view_get_details (GpoTranscriptView *view)
{
  return gtk_label_get_text (view->fields);
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
  g_clear_pointer (&view->kept, g_free);
  g_clear_object (&view->selection);
  g_clear_object (&view->model);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_transcript_view_parent_class)->dispose (object);
}

static void
gpo_transcript_view_class_init (GpoTranscriptViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_FILTER_ENTRY);
  g_type_ensure (GPO_TYPE_EVENT_HEAD);
  G_OBJECT_CLASS (class)->dispose = gpo_transcript_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/transcript-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, filter);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, count);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, found);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, explanation);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, fields);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, find_bar);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, find);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, details);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, spec);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, head);
  gtk_widget_class_bind_template_child (widget_class, GpoTranscriptView, list);
}

static void
gpo_transcript_view_init (GpoTranscriptView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  g_signal_connect_swapped (view->filter, "changed", G_CALLBACK (on_filter), view);
  g_signal_connect_swapped (view->filter, "activate", G_CALLBACK (on_filter_done), view);
  gpo_filter_entry_set_words (view->filter, _ ("Filter: smtp and verb = RCPT and code >= 500"),
                              _ ("Filter of the transcript"));
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (remember), view);
  gtk_widget_add_controller (GTK_WIDGET (view->filter), focus);
  view->kept = g_strdup ("");
  gtk_search_bar_connect_entry (view->find_bar, GTK_EDITABLE (view->find));
  g_signal_connect_swapped (view->find, "activate", G_CALLBACK (on_find), view);
  g_signal_connect_swapped (view->find, "next-match", G_CALLBACK (on_find), view);
}

void
gpo_transcript_view_set_cursor (GpoTranscriptView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), view);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (view->list, factory);
  g_object_unref (factory);
  set_model (view, NULL);
  view->handlers[0] = g_signal_connect_swapped (cursor, "notify::length", G_CALLBACK (on_length), view);
  view->handlers[1] = g_signal_connect_swapped (cursor, "notify::n", G_CALLBACK (show_row), view);
  view->handlers[3] = g_signal_connect_swapped (cursor, "notify::n", G_CALLBACK (show_details), view);
  view->handlers[2] = g_signal_connect_swapped (cursor, "notify::subject", G_CALLBACK (on_subject), view);
}

gboolean
gpo_transcript_view_set_filter (GpoTranscriptView *view, const char *filter)
{
  gpo_filter_entry_set_text (view->filter, filter);
  remember (view);
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
  return gpo_filter_entry_get_problem (view->filter);
}
