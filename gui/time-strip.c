/* SPDX-License-Identifier: MIT */
/* time-strip.c: drawing density.h and scrubbing. */
#include "time-strip.h"
#include "i18n.h"
#include "notes.h"
#include "theme.h"

#define MARK 5 /* height of the marks under the strip */

struct _GpoTimeStrip
{
  GtkWidget parent_instance;
  GpoCursor *cursor;
  GpoDensity density;
  double drag_start;
};

G_DEFINE_FINAL_TYPE (GpoTimeStrip, gpo_time_strip, GTK_TYPE_WIDGET)

/* --- drawing --- */

static void
fill (cairo_t *cr, const GdkRGBA *color, float x, float y, float width, float height)
{
  gdk_cairo_set_source_rgba (cr, color);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

static float
x_of (GpoTimeStrip *strip, guint64 n)
{
  double span = (double) MAX (strip->density.length - strip->density.first, 2) - 1;
  return (float) ((double) (n - strip->density.first) / span
                  * (gtk_widget_get_width (GTK_WIDGET (strip)) - 1));
}

static void
draw_bucket (GpoTimeStrip *strip, cairo_t *cr, const GpoTheme *theme, guint i, float top)
{
  const GpoDensity *density = &strip->density;
  const GpoBucket *bucket = &density->buckets[i];
  guint64 first = density->first + i * density->per_bucket;
  float x = x_of (strip, first), next = x_of (strip, MIN (first + density->per_bucket, density->length));
  float width = MAX (next - x, 1), height = (float) gpo_density_level (density, i) * top;
  gboolean past = first <= gpo_cursor_get_n (strip->cursor);
  GdkRGBA color = gpo_theme_fade (&theme->tone[GPO_TONE_CLIENT], past ? 0.75f : 0.3f);
  fill (cr, &color, x, top - height, width, height);
  if (bucket->refused)
    fill (cr, &theme->tone[GPO_TONE_REFUSED], x, top + 2, MAX (width, 2), MARK);
  else if (bucket->deferred)
    fill (cr, &theme->tone[GPO_TONE_DEFERRED], x, top + 2, MAX (width, 2), MARK);
  else if (bucket->letters)
    fill (cr, &theme->tone[GPO_TONE_OK], x, top + 2, MAX (width, 2), MARK);
}

/* A flag at each note, told from the cursor's mark by its shape. */
static void
draw_notes (GpoTimeStrip *strip, cairo_t *cr, const GpoTheme *theme, float height)
{
  GpoNotes *notes = gpo_notes_of (strip->cursor);
  const GdkRGBA *color = &theme->tone[GPO_TONE_ENVELOPE];
  for (guint i = 0; i < gpo_notes_count (notes); i++)
    {
      guint64 n = gpo_notes_event (notes, i);
      if (n < strip->density.first || n >= strip->density.length)
        continue;
      float x = x_of (strip, n);
      fill (cr, color, x, 0, 2, height);
      fill (cr, color, x, 0, 10, 7);
    }
}

static void
draw (GpoTimeStrip *strip, cairo_t *cr, const GpoTheme *theme, float width, float height)
{
  GdkRGBA ground = gpo_theme_fade (&theme->fg, 0.06f);
  fill (cr, &ground, 0, 0, width, height - MARK - 2);
  for (guint i = 0; i < strip->density.n; i++)
    draw_bucket (strip, cr, theme, i, height - MARK - 2);
  if (strip->density.n == 0)
    return;
  draw_notes (strip, cr, theme, height);
  float x = x_of (strip, gpo_cursor_get_n (strip->cursor));
  fill (cr, &theme->fg, CLAMP (x - 1, 0, width - 3), 0, 3, height);
  fill (cr, &theme->fg, CLAMP (x - 4, 0, width - 9), 0, 9, 5);
}

/* One node, and so one damaged rectangle: hundreds of them make all drawing of the window slow. */
static void
gpo_time_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoTheme theme;
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  gpo_theme_read (&theme, widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw (GPO_TIME_STRIP (widget), cr, &theme, width, height);
  cairo_destroy (cr);
}

static void
gpo_time_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 38 : 120;
}

/* --- scrubbing --- */

static void
scrub (GpoTimeStrip *strip, double x)
{
  double part = CLAMP (x / MAX (gtk_widget_get_width (GTK_WIDGET (strip)) - 1, 1), 0, 1);
  guint64 span = MAX (strip->density.length - strip->density.first, 1) - 1;
  gpo_cursor_set_n (strip->cursor, strip->density.first + (guint64) (part * (double) span + 0.5));
}

static void
on_drag_begin (GpoTimeStrip *strip, double x, double y)
{
  strip->drag_start = x;
  gtk_widget_grab_focus (GTK_WIDGET (strip));
  scrub (strip, x);
}

static void
on_drag_update (GpoTimeStrip *strip, double x, double y)
{
  scrub (strip, strip->drag_start + x);
}

static gboolean
on_key (GpoTimeStrip *strip, guint key)
{
  int page = (int) MAX ((strip->density.length - strip->density.first) / 20, 1);
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      gpo_cursor_step (strip->cursor, key == GDK_KEY_Left ? -1 : 1);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_Page_Down:
      gpo_cursor_step (strip->cursor, key == GDK_KEY_Page_Up ? -page : page);
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- keeping up --- */

static void
on_changed (GpoTimeStrip *strip)
{
  guint64 length = gpo_cursor_get_length (strip->cursor), n = gpo_cursor_get_n (strip->cursor);
  gpo_density_update (&strip->density, gpo_cursor_get_log (strip->cursor), length);
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                  (double) strip->density.first, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  (double) MAX (length, 1) - 1, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) n,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (strip));
}

static void
gpo_time_strip_dispose (GObject *object)
{
  g_clear_object (&GPO_TIME_STRIP (object)->cursor);
  G_OBJECT_CLASS (gpo_time_strip_parent_class)->dispose (object);
}

static void
gpo_time_strip_class_init (GpoTimeStripClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_time_strip_dispose;
  widget_class->snapshot = gpo_time_strip_snapshot;
  widget_class->measure = gpo_time_strip_measure;
  gtk_widget_class_set_css_name (widget_class, "strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
gpo_time_strip_init (GpoTimeStrip *strip)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), strip);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), strip);
  gtk_widget_add_controller (GTK_WIDGET (strip), GTK_EVENT_CONTROLLER (drag));
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), strip);
  gtk_widget_add_controller (GTK_WIDGET (strip), keys);
  gtk_widget_set_focusable (GTK_WIDGET (strip), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (strip),
                           GTK_OVERFLOW_HIDDEN); /* the last bucket begins at the very end */
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Place in the trace"), -1);
}

void
gpo_time_strip_set_cursor (GpoTimeStrip *strip, GpoCursor *cursor)
{
  g_return_if_fail (!strip->cursor);
  strip->cursor = g_object_ref (cursor);
  gpo_density_init (&strip->density, gpo_log_first (gpo_cursor_get_log (cursor)));
  g_signal_connect_object (gpo_notes_of (cursor), "changed", G_CALLBACK (gtk_widget_queue_draw), strip,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (on_changed), strip, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (on_changed), strip, G_CONNECT_SWAPPED);
  on_changed (strip);
}

const GpoDensity *
gpo_time_strip_get_density (GpoTimeStrip *strip)
{
  return &strip->density;
}
