/* SPDX-License-Identifier: MIT */
/* ladder-view.c: a scrollable that draws the visible part by ladder-draw.h. */
#include "ladder-view.h"
#include "i18n.h"
#include "ladder-draw.h"
#include "notes.h"

#define PIECE 50000 /* events that are taken in between two frames */

struct _GpoLadderView
{
  GtkWidget parent_instance;
  GpoCursor *cursor;
  GpoLadderModel *model;
  GtkAdjustment *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
  gboolean fold;
  guint growing; /* source id: the rest of a long ladder is taken in between frames */
};

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HPOLICY,
  PROP_VPOLICY
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GpoLadderView, gpo_ladder_view, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* --- scrolling --- */

static void
configure (GpoLadderView *view)
{
  int width = gtk_widget_get_width (GTK_WIDGET (view)), height = gtk_widget_get_height (GTK_WIDGET (view));
  double scale = gpo_theme_zoom (GTK_WIDGET (view));
  double total = scale * GPO_LADDER_HEAD
                 + (view->model ? gpo_ladder_model_n_rungs (view->model) : 0) * scale * GPO_LADDER_ROW;
  if (view->adjustments[0])
    gtk_adjustment_configure (view->adjustments[0], 0, 0, width, 1, width, width);
  if (view->adjustments[1])
    gtk_adjustment_configure (view->adjustments[1], gtk_adjustment_get_value (view->adjustments[1]), 0,
                              MAX (total, height), scale * GPO_LADDER_ROW, height * 0.9, height);
}

static double
scroll (GpoLadderView *view)
{
  return view->adjustments[1] ? gtk_adjustment_get_value (view->adjustments[1]) : 0;
}

/* Brings the cursor's rung into view, with some rungs behind it. */
static void
show_row (GpoLadderView *view)
{
  guint row = gpo_ladder_model_row (view->model, gpo_cursor_get_n (view->cursor));
  double one = gpo_theme_zoom (GTK_WIDGET (view)) * GPO_LADDER_ROW, y = (double) row * one;
  double height
      = gtk_widget_get_height (GTK_WIDGET (view)) - gpo_theme_zoom (GTK_WIDGET (view)) * GPO_LADDER_HEAD;
  if (row == G_MAXUINT || !view->adjustments[1] || height <= 0)
    return;
  if (y < scroll (view))
    gtk_adjustment_set_value (view->adjustments[1], y - height / 4);
  else if (y + 2 * one > scroll (view) + height)
    gtk_adjustment_set_value (view->adjustments[1], y - height * 3 / 4);
}

static void
set_adjustment (GpoLadderView *view, int which, GtkAdjustment *adjustment)
{
  if (view->adjustments[which])
    g_signal_handlers_disconnect_by_data (view->adjustments[which], view);
  g_set_object (&view->adjustments[which], adjustment);
  if (adjustment)
    g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw), view);
  configure (view);
}

static void
gpo_ladder_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GpoLadderView *view = GPO_LADDER_VIEW (object);
  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    set_adjustment (view, id == PROP_VADJUSTMENT, g_value_get_object (value));
  else
    view->policies[id == PROP_VPOLICY] = g_value_get_enum (value);
}

static void
gpo_ladder_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GpoLadderView *view = GPO_LADDER_VIEW (object);
  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, view->adjustments[id == PROP_VADJUSTMENT]);
  else
    g_value_set_enum (value, view->policies[id == PROP_VPOLICY]);
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
  gpo_ladder_draw (cr, view->model, &theme, "Sans 11", width / scale, height / scale, scroll (view) / scale,
                   gpo_cursor_get_n (view->cursor));
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
  configure (view);
  if (view->model)
    show_row (view);
}

/* --- choosing --- */

static void
on_click (GpoLadderView *view, int presses, double x, double y)
{
  double scale = gpo_theme_zoom (GTK_WIDGET (view)),
         row = ((y + scroll (view)) / scale - GPO_LADDER_HEAD) / GPO_LADDER_ROW;
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
  configure (view);
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
  configure (view);
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
  set_adjustment (view, 0, NULL);
  set_adjustment (view, 1, NULL);
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
  object_class->set_property = gpo_ladder_view_set_property;
  object_class->get_property = gpo_ladder_view_get_property;
  widget_class->map = gpo_ladder_view_map;
  widget_class->snapshot = gpo_ladder_view_snapshot;
  widget_class->measure = gpo_ladder_view_measure;
  widget_class->size_allocate = gpo_ladder_view_size_allocate;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HPOLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VPOLICY, "vscroll-policy");
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
