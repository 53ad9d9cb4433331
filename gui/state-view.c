/* SPDX-License-Identifier: MIT */
/* state-view.c: the diagram, the words beside it, and the click between them. */
#include "state-view.h"
#include "i18n.h"
#include "state-draw.h"

struct _GpoStateView
{
  GtkWidget parent_instance;
  GtkLabel *title, *words;
  GtkDrawingArea *area;
  GpoCursor *cursor;
  GpoStatePlace place;
  GpoStateGraph *graph; /* of the place's machine */
  int chosen;           /* state, or -1: the current one */
};

G_DEFINE_FINAL_TYPE (GpoStateView, gpo_state_view, GTK_TYPE_WIDGET)

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  GpoStateView *view = data;
  GpoTheme theme;
  if (!view->graph || !view->place.machine)
    return;
  gpo_theme_read (&theme, GTK_WIDGET (area));
  gpo_state_draw (cr, view->graph, &view->place, &theme, view->chosen, width, height);
}

static void
show_words (GpoStateView *view)
{
  const GpoMachine *machine = view->place.machine;
  int state = view->chosen >= 0 ? view->chosen : view->place.current;
  g_autofree char *words = machine && state >= 0 ? gpo_state_words (machine, (guint8) state) : g_strdup ("");
  gtk_label_set_markup (view->words, words);
}

static void
show_title (GpoStateView *view)
{
  const GpoStatePlace *place = &view->place;
  g_autofree char *title = NULL;
  if (!place->machine)
    title = g_strdup (_ ("No session yet, and no letter in a queue"));
  else
    title = g_strdup_printf (_ ("%s is in the state “%s”%s"), place->title,
                             place->current >= 0 ? place->machine->states[place->current] : "?",
                             view->graph ? "" : _ (" (the diagram needs a program built with Graphviz)"));
  gtk_label_set_text (view->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->area), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/* Only while it can be seen: nobody else needs it. */
static void
refresh (GpoStateView *view)
{
  const GpoMachine *before = view->place.machine;
  if (!gtk_widget_get_mapped (GTK_WIDGET (view)))
    return;
  int current = view->place.current;
  gpo_state_place_clear (&view->place);
  gpo_state_place_init (&view->place, view->cursor);
  if (view->place.machine != before)
    {
      g_clear_pointer (&view->graph, gpo_state_graph_free);
      if (view->place.machine)
        view->graph = gpo_state_graph_new (view->place.machine);
    }
  if (view->place.machine != before || view->place.current != current)
    view->chosen = -1;
  show_title (view);
  show_words (view);
  gtk_widget_queue_draw (GTK_WIDGET (view->area));
}

static void
choose (GpoStateView *view, int state)
{
  view->chosen = state;
  show_words (view);
  gtk_widget_queue_draw (GTK_WIDGET (view->area));
}

/* Arrows go from state to state; Escape comes back to the current one. */
static gboolean
on_key (GpoStateView *view, guint key)
{
  int from = view->chosen >= 0 ? view->chosen : view->place.current;
  if (!view->graph || from < 0)
    return FALSE;
  if (key == GDK_KEY_Escape)
    choose (view, -1);
  else if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    choose (view, gpo_state_beside (view->graph, from, key == GDK_KEY_Left ? -1 : 1, 0));
  else if (key == GDK_KEY_Up || key == GDK_KEY_Down)
    choose (view, gpo_state_beside (view->graph, from, 0, key == GDK_KEY_Up ? -1 : 1));
  else
    return FALSE;
  return TRUE;
}

static void
on_click (GpoStateView *view, int presses, double x, double y)
{
  if (!view->graph)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (view->area));
  choose (view, gpo_state_at (view->graph, gtk_widget_get_width (GTK_WIDGET (view->area)),
                              gtk_widget_get_height (GTK_WIDGET (view->area)), x, y));
}

static void
gpo_state_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gpo_state_view_parent_class)->map (widget);
  if (GPO_STATE_VIEW (widget)->cursor)
    refresh (GPO_STATE_VIEW (widget));
}

static void
gpo_state_view_dispose (GObject *object)
{
  GpoStateView *view = GPO_STATE_VIEW (object);
  GtkWidget *child;
  if (view->area)
    gtk_drawing_area_set_draw_func (view->area, NULL, NULL, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  view->area = NULL;
  g_clear_pointer (&view->graph, gpo_state_graph_free);
  gpo_state_place_clear (&view->place);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_state_view_parent_class)->dispose (object);
}

static void
gpo_state_view_class_init (GpoStateViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_state_view_dispose;
  widget_class->map = gpo_state_view_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/state-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoStateView, title);
  gtk_widget_class_bind_template_child (widget_class, GpoStateView, words);
  gtk_widget_class_bind_template_child (widget_class, GpoStateView, area);
}

static void
gpo_state_view_init (GpoStateView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  view->chosen = view->place.current = -1;
  gtk_drawing_area_set_draw_func (view->area, draw, view, NULL);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click), view);
  gtk_widget_add_controller (GTK_WIDGET (view->area), GTK_EVENT_CONTROLLER (click));
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view->area), keys);
}

void
gpo_state_view_set_cursor (GpoStateView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (refresh), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (refresh), view, G_CONNECT_SWAPPED);
  refresh (view);
}

const GpoStatePlace *
gpo_state_view_get_place (GpoStateView *view)
{
  refresh (view);
  return &view->place;
}

int
gpo_state_view_get_chosen (GpoStateView *view)
{
  return view->chosen;
}

gboolean
gpo_state_view_press (GpoStateView *view, guint key)
{
  return on_key (view, key);
}

const char *
gpo_state_view_get_words (GpoStateView *view)
{
  return gtk_label_get_text (view->words);
}
