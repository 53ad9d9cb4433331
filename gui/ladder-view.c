/* SPDX-License-Identifier: MIT */
/* ladder-view.c: a scrollable that draws the visible part by ladder-draw.h. */
#include "ladder-view.h"
#include "i18n.h"
#include "ladder-draw.h"
#include "notes.h"

#define PIECE 50000 /* events that are taken in between two frames */

struct _GpoLadderView
{
  GpoSheet parent_instance;
  GpoCursor *cursor;
  GpoLadderModel *model;
  gboolean fold;
  guint growing; /* source id: the rest of a long ladder is taken in between frames */
};

G_DEFINE_FINAL_TYPE (GpoLadderView, gpo_ladder_view, GPO_TYPE_SHEET)

/* --- scrolling --- */

static guint
gpo_ladder_view_rows (GpoSheet *sheet, double *head, double *row)
{
  GpoLadderView *view = GPO_LADDER_VIEW (sheet);
  *head = GPO_LADDER_HEAD;
  *row = GPO_LADDER_ROW;
  return view->model ? gpo_ladder_model_n_rungs (view->model) : 0;
}

/* Brings the cursor's rung into view, with some rungs behind it. */
static void
show_row (GpoLadderView *view)
{
  GpoSheet *sheet = GPO_SHEET (view);
  guint row = gpo_ladder_model_row (view->model, gpo_cursor_get_n (view->cursor));
  double one = gpo_theme_zoom (GTK_WIDGET (view)) * GPO_LADDER_ROW, y = (double) row * one,
         room = gpo_sheet_room (sheet);
  if (row == G_MAXUINT || room <= 0)
    return;
  if (y < gpo_sheet_scrolled (sheet))
    gpo_sheet_scroll_to (sheet, y - room / 4);
  else if (y + 2 * one > gpo_sheet_scrolled (sheet) + room)
    gpo_sheet_scroll_to (sheet, y - room * 3 / 4);
}

/* --- drawing --- */

static void
gpo_ladder_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoLadderView *view = GPO_LADDER_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (!view->model || width <= 0 || height <= 0)
    return;
  GpoTheme theme;
  gpo_theme_read (&theme, widget);
  double scale = gpo_theme_zoom (GTK_WIDGET (view));
  cairo_t *cr
      = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_scale (cr, scale, scale);
  gpo_ladder_draw (cr, view->model, &theme, "Sans 11", width / scale, height / scale,
                   gpo_sheet_scrolled (GPO_SHEET (view)) / scale, gpo_cursor_get_n (view->cursor));
  cairo_destroy (cr);
}

static void
gpo_ladder_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 120 : 300;
}

static void
gpo_ladder_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GpoLadderView *view = GPO_LADDER_VIEW (widget);
  gpo_sheet_configure (GPO_SHEET (view));
  if (view->model)
    show_row (view);
}

/* --- choosing --- */

static void
on_click (GpoLadderView *view, int presses, double x, double y)
{
  double scale = gpo_theme_zoom (GTK_WIDGET (view)),
         row = ((y + gpo_sheet_scrolled (GPO_SHEET (view))) / scale - GPO_LADDER_HEAD) / GPO_LADDER_ROW;
  gtk_widget_grab_focus (GTK_WIDGET (view));
  if (y > scale * GPO_LADDER_HEAD && row < gpo_ladder_model_n_rungs (view->model))
    gpo_cursor_set_n (view->cursor, gpo_ladder_model_rung (view->model, (guint) row)->n);
}

static gboolean
on_key (GpoLadderView *view, guint key)
{
  guint row = gpo_ladder_model_row (view->model, gpo_cursor_get_n (view->cursor));
  guint rungs = gpo_ladder_model_n_rungs (view->model);
  if (key == GDK_KEY_Up && row != G_MAXUINT && row > 0)
    gpo_cursor_set_n (view->cursor, gpo_ladder_model_rung (view->model, row - 1)->n);
  else if (key == GDK_KEY_Down && row + 1 < rungs)
    gpo_cursor_set_n (view->cursor, gpo_ladder_model_rung (view->model, row + 1)->n);
  else
    return FALSE;
  return TRUE;
}

/* --- keeping up --- */

static void
on_moved (GpoLadderView *view)
{
  show_row (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static gboolean
grow_on (gpointer data)
{
  GpoLadderView *view = data;
  gboolean more = gpo_ladder_model_grow (view->model, PIECE);
  gpo_sheet_configure (GPO_SHEET (view));
  on_moved (view);
  if (!more)
    view->growing = 0;
  return more;
}

/* A ladder that nobody sees does not keep up; it does when it is seen again. */
static void
on_length (GpoLadderView *view)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (view)) || view->growing)
    return;
  if (gpo_ladder_model_grow (view->model, PIECE))
    view->growing = g_idle_add (grow_on, view);
  gpo_sheet_configure (GPO_SHEET (view));
  on_moved (view);
}

static void
on_subject (GpoLadderView *view)
{
  g_clear_handle_id (&view->growing, g_source_remove);
  g_clear_pointer (&view->model, gpo_ladder_model_free);
  view->model = gpo_ladder_model_new (view->cursor, view->fold);
  on_length (view);
}

void
gpo_ladder_view_set_fold (GpoLadderView *view, gboolean fold)
{
  view->fold = fold;
  on_subject (view);
}

static void
gpo_ladder_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gpo_ladder_view_parent_class)->map (widget);
  if (GPO_LADDER_VIEW (widget)->cursor)
    on_length (GPO_LADDER_VIEW (widget));
}

static void
gpo_ladder_view_dispose (GObject *object)
{
  GpoLadderView *view = GPO_LADDER_VIEW (object);
  g_clear_handle_id (&view->growing, g_source_remove);
  g_clear_pointer (&view->model, gpo_ladder_model_free);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_ladder_view_parent_class)->dispose (object);
}

static void
gpo_ladder_view_class_init (GpoLadderViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->dispose = gpo_ladder_view_dispose;
  widget_class->map = gpo_ladder_view_map;
  GPO_SHEET_CLASS (class)->rows = gpo_ladder_view_rows;
  widget_class->snapshot = gpo_ladder_view_snapshot;
  widget_class->measure = gpo_ladder_view_measure;
  widget_class->size_allocate = gpo_ladder_view_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "ladder");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gpo_ladder_view_init (GpoLadderView *view)
{
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click), view);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  gtk_widget_set_focusable (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Ladder: who said what to whom; the transcript has the same in words"),
                                  -1);
}

void
gpo_ladder_view_set_cursor (GpoLadderView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (on_moved), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (gpo_notes_of (cursor), "changed", G_CALLBACK (gtk_widget_queue_draw), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (on_length), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (on_subject), view, G_CONNECT_SWAPPED);
  on_subject (view);
}

GpoLadderModel *
gpo_ladder_view_get_model (GpoLadderView *view)
{
  gpo_ladder_model_grow (view->model, 0);
  return view->model;
}
