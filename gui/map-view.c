/* SPDX-License-Identifier: MIT */
/* map-view.c: the drawing, the spots on it, and letters that move.
 *
 * Model and layout are made anew when n or the size changes. Between two states the letters move for a
 * quarter of a second; whoever asked for less motion sees them jump. */
#include "map-view.h"
#include "i18n.h"
#include <math.h>

#define MOVING (G_USEC_PER_SEC / 4)
/* Events: over a longer way letters do not move. Nobody could follow them, and a busy office would be drawn
 * anew in every frame because of them. */
#define FAR 100

struct _GpoMapView
{
  GtkWidget parent_instance;
  GpoCursor *cursor;
  GpoMapModel *model;
  GpoMapLayout layout; /* of the model at n, for the size below; frames NULL: to be made */
  double width, height, zoom;
  GArray *before; /* where letters come from, while they move */
  gint64 began;
  double t;
  guint tick;
  GPtrArray *spots; /* of GpoMapSpot, which are children */
  GMenuModel *menu;
  GtkWidget *popover;
};

G_DEFINE_FINAL_TYPE (GpoMapView, gpo_map_view, GTK_TYPE_WIDGET)

/* --- what is chosen --- */

static GpoMapLook
look_of (GpoMapView *view)
{
  GpoMapLook look = { .before = view->before, .t = view->t };
  guint32 number;
  GpoSubject subject = gpo_cursor_get_subject (view->cursor, &number);
  look.host = subject == GPO_SUBJECT_HOST ? (GpoSymbol) number : 0;
  look.session = subject == GPO_SUBJECT_SESSION ? number : 0;
  look.letter = subject == GPO_SUBJECT_LETTER ? number : 0;
  return look;
}

void
gpo_map_view_choose (GpoMapView *view, GpoSpotKind kind, guint32 number)
{
  const GpoMapPlace *place = kind == GPO_SPOT_PERSON ? gpo_map_model_place (view->model, number) : NULL;
  if (kind == GPO_SPOT_SESSION)
    gpo_cursor_choose (view->cursor, GPO_SUBJECT_SESSION, number);
  else if (kind == GPO_SPOT_LETTER)
    gpo_cursor_choose (view->cursor, GPO_SUBJECT_LETTER, number);
  else
    gpo_cursor_choose (view->cursor, GPO_SUBJECT_HOST, place ? place->host : number);
}

static void
on_chosen (GpoMapSpot *spot, GpoMapView *view)
{
  gpo_map_view_choose (view, gpo_map_spot_get_kind (spot), gpo_map_spot_get_number (spot));
}

/* --- the menu --- */

static void
open_menu (GpoMapView *view, double x, double y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };
  if (!view->menu)
    return;
  if (!view->popover)
    {
      view->popover = gtk_popover_menu_new_from_model (view->menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (view->popover), FALSE);
      gtk_widget_set_halign (view->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (view->popover, GTK_WIDGET (view));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (view->popover), &at);
  gtk_popover_popup (GTK_POPOVER (view->popover));
}

static void
on_menu (GpoMapSpot *spot, double x, double y, GpoMapView *view)
{
  const cairo_rectangle_t *where = gpo_map_spot_get_where (spot);
  if (gpo_map_spot_get_kind (spot) != GPO_SPOT_HOST)
    return;
  on_chosen (spot, view);
  open_menu (view, where->x + x, where->y + y);
}

gboolean
gpo_map_view_open_menu (GpoMapView *view)
{
  GpoMapSpot *found = NULL;
  GpoMapLook look = look_of (view);
  for (guint i = 0; i < view->spots->len; i++)
    {
      GpoMapSpot *spot = view->spots->pdata[i];
      if (gpo_map_spot_get_kind (spot) == GPO_SPOT_HOST
          && (!found || gpo_map_spot_get_number (spot) == look.host))
        found = spot;
    }
  if (!found)
    return FALSE;
  const cairo_rectangle_t *where = gpo_map_spot_get_where (found);
  on_menu (found, where->width / 2, where->height / 2, view);
  return TRUE;
}

/* --- spots --- */

static GpoMapSpot *
take_spot (GpoMapView *view, GPtrArray *old, GpoSpotKind kind, guint32 number, guint copy)
{
  GtkWidget *spot = NULL;
  for (guint i = 0; i < old->len && !spot; i++)
    if (gpo_map_spot_is (old->pdata[i], kind, number, copy))
      spot = g_ptr_array_steal_index_fast (old, i);
  if (!spot)
    {
      spot = gpo_map_spot_new (kind, number, copy);
      gtk_widget_set_parent (spot, GTK_WIDGET (view));
      g_signal_connect (spot, "chosen", G_CALLBACK (on_chosen), view);
      g_signal_connect (spot, "menu", G_CALLBACK (on_menu), view);
    }
  g_ptr_array_add (view->spots, spot);
  return GPO_MAP_SPOT (spot);
}

static void
put_spot (GpoMapView *view, GPtrArray *old, GpoSpotKind kind, guint32 number, guint copy, char *words,
          const cairo_rectangle_t *where)
{
  double scale = view->layout.scale * view->zoom;
  cairo_rectangle_t r = { where->x * scale, where->y * scale, where->width * scale, where->height * scale };
  gpo_map_spot_set (take_spot (view, old, kind, number, copy), words, &r);
}

static void
put_places (GpoMapView *view, GPtrArray *old)
{
  for (guint i = 0; i < gpo_map_model_n_places (view->model); i++)
    {
      const GpoMapPlace *place = gpo_map_model_place (view->model, i);
      const GpoMapFrame *frame = gpo_map_layout_frame (&view->layout, i);
      if (frame->shown && place->kind != GPO_PLACE_OUTSIDE)
        put_spot (view, old, place->kind == GPO_PLACE_HOST ? GPO_SPOT_HOST : GPO_SPOT_PERSON,
                  place->kind == GPO_PLACE_HOST ? place->host : i, 0,
                  gpo_map_place_words (view->model, place), &frame->whole);
    }
}

static void
put_links (GpoMapView *view, GPtrArray *old)
{
  for (guint i = 0; i < gpo_map_model_n_links (view->model); i++)
    {
      const GpoMapLink *link = gpo_map_model_link (view->model, i);
      const GpoMapLabel *label = gpo_map_layout_label (&view->layout, i);
      double more = 13.0 * (label->lines - 1);
      cairo_rectangle_t where = { label->x - 45, label->y - 8 - more, 90, 26 + more };
      put_spot (view, old, GPO_SPOT_SESSION, link->session, 0, gpo_map_link_words (view->model, link),
                &where);
    }
}

static void
put_tokens (GpoMapView *view, GPtrArray *old)
{
  for (guint i = 0; i < view->layout.tokens->len; i++)
    {
      const GpoMapToken *token = &g_array_index (view->layout.tokens, GpoMapToken, i);
      cairo_rectangle_t where = { token->x - 17, token->y - 12, 34, 24 };
      put_spot (
          view, old, GPO_SPOT_LETTER, token->letter, token->copy,
          g_strdup_printf (token->moving ? _ ("Letter %u, on its way") : _ ("Letter %u"), token->letter),
          &where);
    }
}

static void
put_spots (GpoMapView *view)
{
  g_autoptr (GPtrArray) old = view->spots;
  view->spots = g_ptr_array_new ();
  put_places (view, old);
  put_links (view, old);
  put_tokens (view, old);
  for (guint i = 0; i < old->len; i++)
    gtk_widget_unparent (old->pdata[i]);
  gtk_widget_queue_allocate (GTK_WIDGET (view));
}

/* --- keeping up --- */

static gboolean
lay_out (GpoMapView *view)
{
  view->zoom = gpo_theme_zoom (GTK_WIDGET (view));
  view->width = gtk_widget_get_width (GTK_WIDGET (view)) / view->zoom;
  view->height = gtk_widget_get_height (GTK_WIDGET (view)) / view->zoom;
  if (view->width <= 0 || view->height <= 0)
    return FALSE;
  gpo_map_layout_clear (&view->layout);
  gpo_map_layout_init (&view->layout, view->model, view->width, view->height);
  return TRUE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GpoMapView *view = GPO_MAP_VIEW (widget);
  view->t = (double) (gdk_frame_clock_get_frame_time (clock) - view->began) / MOVING;
  gtk_widget_queue_draw (widget);
  if (view->t < 1)
    return G_SOURCE_CONTINUE;
  view->t = 1;
  view->tick = 0;
  g_clear_pointer (&view->before, g_array_unref);
  return G_SOURCE_REMOVE;
}

/* Letters set out from where they are seen now. */
static GArray *
seen_now (GpoMapView *view)
{
  GpoMapLook look = look_of (view);
  GArray *seen = g_array_new (FALSE, FALSE, sizeof (GpoMapToken));
  for (guint i = 0; i < view->layout.tokens->len; i++)
    {
      GpoMapToken token = g_array_index (view->layout.tokens, GpoMapToken, i);
      gpo_map_token_seen (&g_array_index (view->layout.tokens, GpoMapToken, i), &look, &token.x, &token.y);
      g_array_append_val (seen, token);
    }
  return seen;
}

static void
start_moving (GpoMapView *view, GArray *before)
{
  gboolean wanted = TRUE;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (view)), "gtk-enable-animations", &wanted, NULL);
  g_clear_pointer (&view->before, g_array_unref);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (view));
  if (!wanted || !clock)
    {
      g_array_unref (before);
      return;
    }
  view->before = before;
  view->t = 0;
  view->began = gdk_frame_clock_get_frame_time (clock);
  if (!view->tick)
    view->tick = gtk_widget_add_tick_callback (GTK_WIDGET (view), on_tick, NULL, NULL);
}

/* A map that nobody sees does not keep up; it does when it is seen again. */
static void
refresh (GpoMapView *view)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (view)))
    return;
  guint64 from = gpo_map_model_get_n (view->model), n = gpo_cursor_get_n (view->cursor);
  gboolean near = MAX (from, n) - MIN (from, n) <= FAR;
  GArray *before = view->layout.tokens && near ? seen_now (view) : NULL;
  gpo_map_model_set_n (view->model, n);
  if (!lay_out (view))
    {
      g_clear_pointer (&before, g_array_unref);
      return;
    }
  if (before)
    start_moving (view, before);
  else
    g_clear_pointer (&view->before, g_array_unref);
  put_spots (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
gpo_map_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gpo_map_view_parent_class)->map (widget);
  if (GPO_MAP_VIEW (widget)->cursor)
    refresh (GPO_MAP_VIEW (widget));
}

/* --- the widget --- */

void
gpo_map_view_draw (GpoMapView *view, cairo_t *cr, double width, double height)
{
  g_auto (GpoMapLayout) layout = { 0 };
  GpoMapLook look = look_of (view);
  GpoTheme theme;
  gpo_theme_read (&theme, GTK_WIDGET (view));
  look.before = NULL;
  gpo_map_model_set_n (view->model, gpo_cursor_get_n (view->cursor));
  gpo_map_layout_init (&layout, view->model, width, height);
  gpo_map_draw (cr, view->model, &layout, &theme, "Sans 11", width, height, &look);
}

static void
gpo_map_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoMapView *view = GPO_MAP_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GpoTheme theme;
  if (!view->layout.frames || width <= 0 || height <= 0)
    return;
  gpo_theme_read (&theme, widget);
  GpoMapLook look = look_of (view);
  cairo_t *cr
      = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_scale (cr, view->zoom, view->zoom);
  gpo_map_draw (cr, view->model, &view->layout, &theme, "Sans 11", view->width, view->height, &look);
  cairo_destroy (cr);
  for (guint i = 0; i < view->spots->len; i++)
    gtk_widget_snapshot_child (widget, view->spots->pdata[i], snapshot);
}

static void
gpo_map_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 160 : 320;
}

static void
gpo_map_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GpoMapView *view = GPO_MAP_VIEW (widget);
  gboolean resized = fabs (view->width * view->zoom - width) > 0.5
                     || fabs (view->height * view->zoom - height) > 0.5
                     || fabs (view->zoom - gpo_theme_zoom (widget)) > 0.001;
  if (view->model && (resized || !view->layout.frames) && gtk_widget_get_mapped (widget) && lay_out (view))
    {
      g_clear_pointer (&view->before, g_array_unref);
      put_spots (view);
    }
  for (guint i = 0; i < view->spots->len; i++)
    {
      const cairo_rectangle_t *where = gpo_map_spot_get_where (view->spots->pdata[i]);
      GtkAllocation a
          = { (int) where->x, (int) where->y, (int) MAX (where->width, 1), (int) MAX (where->height, 1) };
      gtk_widget_size_allocate (view->spots->pdata[i], &a, -1);
    }
  if (view->popover)
    gtk_popover_present (GTK_POPOVER (view->popover));
}

static void
on_background (GpoMapView *view)
{
  gpo_cursor_choose (view->cursor, GPO_SUBJECT_EVERYTHING, 0);
}

static void
gpo_map_view_dispose (GObject *object)
{
  GpoMapView *view = GPO_MAP_VIEW (object);
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  view->popover = NULL;
  g_ptr_array_set_size (view->spots, 0);
  gpo_map_layout_clear (&view->layout);
  g_clear_pointer (&view->before, g_array_unref);
  g_clear_pointer (&view->model, gpo_map_model_free);
  g_clear_object (&view->menu);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_map_view_parent_class)->dispose (object);
}

static void
gpo_map_view_finalize (GObject *object)
{
  g_ptr_array_unref (GPO_MAP_VIEW (object)->spots);
  G_OBJECT_CLASS (gpo_map_view_parent_class)->finalize (object);
}

static void
gpo_map_view_class_init (GpoMapViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_map_view_dispose;
  G_OBJECT_CLASS (class)->finalize = gpo_map_view_finalize;
  widget_class->map = gpo_map_view_map;
  widget_class->snapshot = gpo_map_view_snapshot;
  widget_class->measure = gpo_map_view_measure;
  widget_class->size_allocate = gpo_map_view_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "map");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gpo_map_view_init (GpoMapView *view)
{
  view->spots = g_ptr_array_new ();
  view->zoom = 1;
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_background), view);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Map: hosts, readers, connections and letters"), -1);
}

void
gpo_map_view_set_cursor (GpoMapView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  view->model = gpo_map_model_new (gpo_cursor_get_picture (cursor));
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (refresh), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (refresh), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (gtk_widget_queue_draw), view,
                           G_CONNECT_SWAPPED);
  refresh (view);
}

void
gpo_map_view_set_menu (GpoMapView *view, GMenuModel *menu)
{
  g_set_object (&view->menu, menu);
}

GpoMapModel *
gpo_map_view_get_model (GpoMapView *view)
{
  gpo_map_model_set_n (view->model, gpo_cursor_get_n (view->cursor));
  return view->model;
}
