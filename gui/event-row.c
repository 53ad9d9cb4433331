/* SPDX-License-Identifier: MIT */
/* event-row.c: drawing one event, in the columns of event-columns.h.
 *
 *     281   0.332   (2)  athens   →  MAIL FROM:<alice@athens.example>
 *     282   0.332   (2)  athens      ✉ envelope  from <alice@athens.example>
 *     283   0.332   (2)  athens      (ready) → (mail)  MAIL                  RFC 5321 §4.1.1.2
 *     284   0.332   (2)  athens   ←  250 2.1.0 sender noted                                    */
#include "event-row.h"
#include "event-columns.h"
#include "i18n.h"
#include "notes.h"
#include "theme.h"

#define PAD GPO_COLUMN_PAD
#define CHIP_WIDTH 30

struct _GpoEventRow
{
  GtkWidget parent_instance;
  GpoCursor *cursor; /* NULL: not bound */
  guint64 n;
  gboolean mixed, ahead; /* ahead: it has not happened yet at the cursor, and is drawn faintly */
  gulong handler, note_handler;
};

G_DEFINE_FINAL_TYPE (GpoEventRow, gpo_event_row, GTK_TYPE_WIDGET)

/* A pen that goes from left to right. */
typedef struct
{
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  PangoLayout *layout;
  const GpoTheme *theme;
  float x, height, alpha, zoom;
  GpoEventColumns columns;
} Pen;

static void
pen_set (Pen *pen, const char *text, gboolean mono, gboolean bold)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  if (mono)
    pango_attr_list_insert (attributes, pango_attr_family_new ("monospace"));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (pen->layout, attributes);
  pango_layout_set_text (pen->layout, text, -1);
}

static void
pen_show (Pen *pen, const GdkRGBA *color, float x)
{
  int height;
  GdkRGBA faded = gpo_theme_fade (color, pen->alpha);
  pango_layout_get_pixel_size (pen->layout, NULL, &height);
  gtk_snapshot_save (pen->snapshot);
  gtk_snapshot_translate (pen->snapshot, &GRAPHENE_POINT_INIT (x, (pen->height - (float) height) / 2));
  gtk_snapshot_append_layout (pen->snapshot, pen->layout, &faded);
  gtk_snapshot_restore (pen->snapshot);
}

static float
pen_width (Pen *pen)
{
  int width;
  pango_layout_get_pixel_size (pen->layout, &width, NULL);
  return (float) width;
}

/* Writes and moves on. */
static void
pen_write (Pen *pen, const char *text, const GdkRGBA *color, gboolean mono, gboolean bold)
{
  pen_set (pen, text, mono, bold);
  pen_show (pen, color, pen->x);
  pen->x += pen_width (pen);
}

/* A word in a rounded box, at least `least` wide. */
static void
pen_chip (Pen *pen, const char *text, const GdkRGBA *color, float least)
{
  pen_set (pen, text, FALSE, TRUE);
  float width = MAX (pen_width (pen) + 14, least), top = 3;
  GskRoundedRect box;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (pen->x, top, width, pen->height - 2 * top);
  gsk_rounded_rect_init_from_rect (&box, &bounds, (pen->height - 2 * top) / 2);
  GdkRGBA ground = gpo_theme_fade (color, (pen->theme->dark ? 0.22f : 0.13f) * pen->alpha);
  GdkRGBA edge = gpo_theme_fade (color, 0.75f * pen->alpha);
  gtk_snapshot_push_rounded_clip (pen->snapshot, &box);
  gtk_snapshot_append_color (pen->snapshot, &ground, &bounds);
  gtk_snapshot_pop (pen->snapshot);
  gtk_snapshot_append_border (pen->snapshot, &box, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ edge, edge, edge, edge });
  pen_show (pen, color, pen->x + (width - pen_width (pen)) / 2);
  pen->x += width;
}

/* What stands at the right; returns where it begins. */
static float
draw_aside (Pen *pen, const char *aside, float width)
{
  if (!aside || !*aside)
    return width - PAD;
  pen_set (pen, aside, FALSE, FALSE);
  float x = width - PAD - pen_width (pen);
  pen_show (pen, &pen->theme->dim, x);
  return x - PAD;
}

/* What somebody wrote here, beside what stands at the right. */
static float
draw_note (Pen *pen, const char *note, float end)
{
  if (!note)
    return end;
  g_autofree char *text = g_strdup_printf ("✎ %s", note);
  float most = end * 0.45f;
  g_strdelimit (text, "\n", ' ');
  pen_set (pen, text, FALSE, TRUE);
  pango_layout_set_ellipsize (pen->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (pen->layout, (int) MIN (pen_width (pen) + 1, most) * PANGO_SCALE);
  float start = end - pen_width (pen);
  pen_show (pen, &pen->theme->tone[GPO_TONE_ENVELOPE], start);
  pango_layout_set_width (pen->layout, -1);
  return start - PAD;
}

static void
draw_wire (Pen *pen, const GpoEventWords *words)
{
  const GpoTheme *theme = pen->theme;
  pen->x = pen->columns.arrow;
  pen_write (pen, words->sign, &theme->tone[words->tone], FALSE, TRUE);
  pen->x = pen->columns.what;
  if (words->lead)
    {
      pen_write (pen, words->lead, &theme->tone[words->tone], TRUE, TRUE);
      pen->x += 8;
    }
  pen_write (pen, words->text, words->from_server ? &theme->fg : &theme->tone[words->tone], TRUE,
             !words->from_server && words->tone == GPO_TONE_CLIENT);
}

static void
draw_between (Pen *pen, const GpoEventWords *words)
{
  const GpoTheme *theme = pen->theme;
  const GdkRGBA *color = &theme->tone[words->tone];
  pen->x = pen->columns.what;
  if (!words->from)
    {
      pen_write (pen, words->sign, color, FALSE, TRUE);
      pen->x += 8;
    }
  if (words->lead)
    {
      pen_write (pen, words->lead, color, FALSE, TRUE);
      pen->x += 8;
    }
  if (words->from && words->to)
    {
      gboolean stays = g_str_equal (words->from, words->to);
      pen_chip (pen, words->from, color, 0);
      pen->x += 5;
      pen_write (pen, stays ? "⟲" : "→", color, FALSE, TRUE);
      pen->x += 5;
      if (!stays)
        pen_chip (pen, words->to, color, 0);
      pen->x += 8;
    }
  pen_write (pen, words->text, words->from ? &theme->dim : &theme->fg, FALSE, FALSE);
}

/* Dim words that end at x. */
static void
write_until (Pen *pen, const char *text, float x)
{
  pen_set (pen, text, FALSE, FALSE);
  pen_show (pen, &pen->theme->dim, MAX (0, x - pen_width (pen)));
}

static void
draw_host (Pen *pen, GpoSymbol host)
{
  pen_set (pen, gpo_symbol_name (host), FALSE, FALSE);
  pango_layout_set_ellipsize (pen->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (pen->layout, (int) pen->columns.host_width * PANGO_SCALE);
  pen_show (pen, &pen->theme->dim, pen->columns.host);
  pango_layout_set_width (pen->layout, -1);
}

/* What stands before the words. */
static void
draw_margin (Pen *pen, GpoEventRow *row, const GpoEvent *event)
{
  g_autofree char *time = gpo_time_words (event->time), *number = g_strdup_printf ("%lu", (gulong) row->n);
  write_until (pen, number, pen->columns.number);
  write_until (pen, time, pen->columns.time);
  if (row->mixed && event->session)
    {
      g_autofree char *session = g_strdup_printf ("%u", event->session);
      pen->x = pen->columns.session;
      pen_chip (pen, session, &pen->theme->tone[gpo_session_tone (event->session)], CHIP_WIDTH * pen->zoom);
    }
  if (row->mixed && event->host)
    draw_host (pen, event->host);
}

static void
gpo_event_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoEventRow *row = GPO_EVENT_ROW (widget);
  const GpoEvent *event = row->cursor ? gpo_log_get (gpo_cursor_get_log (row->cursor), row->n) : NULL;
  if (!event)
    return;
  GpoTheme theme;
  gpo_theme_read (&theme, widget);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  g_auto (GpoEventWords) words;
  gpo_event_words_init (&words, gpo_cursor_get_log (row->cursor), event);
  Pen pen = { widget, snapshot, layout, &theme, 0, (float) gtk_widget_get_height (widget), 1, 1, { 0 } };
  pen.zoom = (float) gpo_theme_zoom (widget);
  gpo_event_columns_init (&pen.columns, pen.zoom, row->mixed);
  pen.alpha = row->ahead ? 0.5f : 1;
  float width = (float) gtk_widget_get_width (widget);
  draw_margin (&pen, row, event);
  float end = draw_aside (&pen, words.aside, width);
  end = draw_note (&pen, gpo_notes_get (gpo_notes_of (row->cursor), row->n), end);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, MAX (end, 0), pen.height));
  if (words.wire)
    draw_wire (&pen, &words);
  else
    draw_between (&pen, &words);
  gtk_snapshot_pop (snapshot);
}

static void
gpo_event_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int line = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics)
                                + pango_font_metrics_get_descent (metrics));
  pango_font_metrics_unref (metrics);
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? line + 8 : 300;
}

static void
gpo_event_row_dispose (GObject *object)
{
  gpo_event_row_bind (GPO_EVENT_ROW (object), NULL, 0, FALSE);
  G_OBJECT_CLASS (gpo_event_row_parent_class)->dispose (object);
}

static void
gpo_event_row_class_init (GpoEventRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_event_row_dispose;
  GTK_WIDGET_CLASS (class)->snapshot = gpo_event_row_snapshot;
  GTK_WIDGET_CLASS (class)->measure = gpo_event_row_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "event");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
gpo_event_row_init (GpoEventRow *row)
{
}

GtkWidget *
gpo_event_row_new (void)
{
  return g_object_new (GPO_TYPE_EVENT_ROW, NULL);
}

/* The list keeps hundreds of rows ready: only those that the cursor passed look different now. */
static void
on_moved (GpoEventRow *row)
{
  gboolean ahead = row->n > gpo_cursor_get_n (row->cursor);
  if (ahead == row->ahead)
    return;
  row->ahead = ahead;
  gtk_widget_queue_draw (GTK_WIDGET (row));
}

void
gpo_event_row_bind (GpoEventRow *row, GpoCursor *cursor, guint64 n, gboolean mixed)
{
  if (row->cursor)
    {
      g_clear_signal_handler (&row->handler, row->cursor);
      g_clear_signal_handler (&row->note_handler, gpo_notes_of (row->cursor));
    }
  g_set_object (&row->cursor, cursor);
  row->n = n;
  row->mixed = mixed;
  if (!cursor)
    return;
  row->ahead = n > gpo_cursor_get_n (cursor);
  row->handler = g_signal_connect_swapped (cursor, "notify::n", G_CALLBACK (on_moved), row);
  row->note_handler
      = g_signal_connect_swapped (gpo_notes_of (cursor), "changed", G_CALLBACK (gtk_widget_queue_draw), row);
  GpoLog *log = gpo_cursor_get_log (cursor);
  const GpoEvent *event = gpo_log_get (log, n);
  const char *note = gpo_notes_get (gpo_notes_of (cursor), n);
  g_autofree char *said = event ? gpo_event_line (log, n, event) : g_strdup (_ ("this event is gone"));
  g_autofree char *line = note ? g_strdup_printf (_ ("%s; note: %s"), said, note) : g_strdup (said);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
  gtk_widget_queue_draw (GTK_WIDGET (row));
}
