/* SPDX-License-Identifier: MIT */
/* map-spot.c: choosing with pointer and keys. */
#include "map-spot.h"
#include "i18n.h"

struct _GpoMapSpot
{
  GtkWidget parent_instance;
  GpoSpotKind kind;
  guint32 number;
  guint copy;
  char *words;
  cairo_rectangle_t where;
};

enum
{
  CHOSEN,
  MENU,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GpoMapSpot, gpo_map_spot, GTK_TYPE_WIDGET)

static void
on_click (GtkGestureClick *click, int presses, double x, double y, GpoMapSpot *spot)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click));
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (spot));
  if (button == GDK_BUTTON_PRIMARY)
    g_signal_emit (spot, signals[CHOSEN], 0);
  else if (button == GDK_BUTTON_SECONDARY)
    g_signal_emit (spot, signals[MENU], 0, x, y);
}

static gboolean
on_key (GpoMapSpot *spot, guint key, guint code, GdkModifierType state)
{
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    g_signal_emit (spot, signals[CHOSEN], 0);
  else if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK)))
    g_signal_emit (spot, signals[MENU], 0, spot->where.width / 2, spot->where.height / 2);
  else
    return FALSE;
  return TRUE;
}

static void
gpo_map_spot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
}

/* Told when asked for: to set a tooltip's text is to ask the display where the pointer is, each time. */
static gboolean
gpo_map_spot_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, GPO_MAP_SPOT (widget)->words);
  return GPO_MAP_SPOT (widget)->words != NULL;
}

static void
gpo_map_spot_finalize (GObject *object)
{
  g_free (GPO_MAP_SPOT (object)->words);
  G_OBJECT_CLASS (gpo_map_spot_parent_class)->finalize (object);
}

static void
gpo_map_spot_class_init (GpoMapSpotClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = gpo_map_spot_finalize;
  widget_class->measure = gpo_map_spot_measure;
  widget_class->query_tooltip = gpo_map_spot_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "mapspot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  signals[CHOSEN]
      = g_signal_new ("chosen", GPO_TYPE_MAP_SPOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MENU] = g_signal_new ("menu", GPO_TYPE_MAP_SPOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
gpo_map_spot_init (GpoMapSpot *spot)
{
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), spot);
  gtk_widget_add_controller (GTK_WIDGET (spot), GTK_EVENT_CONTROLLER (click));
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), spot);
  gtk_widget_add_controller (GTK_WIDGET (spot), keys);
  gtk_widget_set_focusable (GTK_WIDGET (spot), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (spot), TRUE);
}

GtkWidget *
gpo_map_spot_new (GpoSpotKind kind, guint32 number, guint copy)
{
  GpoMapSpot *spot = g_object_new (GPO_TYPE_MAP_SPOT, NULL);
  spot->kind = kind;
  spot->number = number;
  spot->copy = copy;
  return GTK_WIDGET (spot);
}

gboolean
gpo_map_spot_is (GpoMapSpot *spot, GpoSpotKind kind, guint32 number, guint copy)
{
  return spot->kind == kind && spot->number == number && spot->copy == copy;
}

GpoSpotKind
gpo_map_spot_get_kind (GpoMapSpot *spot)
{
  return spot->kind;
}

guint32
gpo_map_spot_get_number (GpoMapSpot *spot)
{
  return spot->number;
}

void
gpo_map_spot_set (GpoMapSpot *spot, char *words, const cairo_rectangle_t *where)
{
  spot->where = *where;
  if (g_strcmp0 (words, spot->words) != 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (spot), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_free (spot->words);
  spot->words = words;
}

const char *
gpo_map_spot_get_words (GpoMapSpot *spot)
{
  return spot->words;
}

const cairo_rectangle_t *
gpo_map_spot_get_where (GpoMapSpot *spot)
{
  return &spot->where;
}
