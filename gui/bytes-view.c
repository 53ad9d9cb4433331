/* SPDX-License-Identifier: MIT */
/* bytes-view.c: scrolling, pointing and moving in the bytes of a letter. */
#include "bytes-view.h"
#include "i18n.h"

struct _GpoBytesView
{
  GpoSheet parent_instance;
  GpoBytesScene scene;
  GpoLetterRows *rows;
  GpoRowsForm form;
  gboolean hex;
  guint cells;       /* a row of `rows` */
  gboolean show_lit; /* as soon as there is room */
};

static guint pointed;

G_DEFINE_FINAL_TYPE (GpoBytesView, gpo_bytes_view, GPO_TYPE_SHEET)

static double
zoom (GpoBytesView *view)
{
  return gpo_theme_zoom (GTK_WIDGET (view));
}

/* --- scrolling --- */

static guint
gpo_bytes_view_rows (GpoSheet *sheet, double *head, double *row)
{
  GpoBytesView *view = GPO_BYTES_VIEW (sheet);
  *head = GPO_BYTES_HEAD;
  *row = GPO_BYTES_ROW;
  return view->rows ? gpo_letter_rows_n (view->rows) : 0;
}

/* Rows that are there already and have the right width stay. */
static void
make_rows (GpoBytesView *view, gboolean anew)
{
  guint cells = gpo_bytes_cells (gtk_widget_get_width (GTK_WIDGET (view)) / zoom (view), view->form);
  if (view->rows && !anew && cells == view->cells)
    return;
  g_clear_pointer (&view->rows, gpo_letter_rows_free);
  view->cells = cells;
  if (view->scene.facts && view->scene.facts->bytes)
    view->rows = gpo_letter_rows_new (view->scene.facts->bytes, gpo_letter_facts_transfer (view->scene.facts),
                                      view->form, view->hex, cells);
  view->scene.rows = view->rows;
  view->scene.caret = G_MAXUINT;
}

static void
show_row (GpoBytesView *view, guint row)
{
  GpoSheet *sheet = GPO_SHEET (view);
  double one = zoom (view) * GPO_BYTES_ROW, y = row * one, room = gpo_sheet_room (sheet);
  if (room <= 0)
    return;
  if (y < gpo_sheet_scrolled (sheet))
    gpo_sheet_scroll_to (sheet, y);
  else if (y + one > gpo_sheet_scrolled (sheet) + room)
    gpo_sheet_scroll_to (sheet, y - MAX (0, room - 2 * one) / 2);
}

/* --- drawing --- */

static void
gpo_bytes_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoBytesView *view = GPO_BYTES_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (!view->rows || width <= 0 || height <= 0)
    return;
  GpoTheme theme;
  gpo_theme_read (&theme, widget);
  double scale = zoom (view);
  cairo_t *cr
      = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_scale (cr, scale, scale);
  gpo_bytes_draw (cr, &view->scene, &theme, "monospace 10.5", width / scale, height / scale,
                  gpo_sheet_scrolled (GPO_SHEET (view)) / scale);
  cairo_destroy (cr);
}

static void
gpo_bytes_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? GPO_BYTES_HEAD + 3 * GPO_BYTES_ROW : 300;
}

static void
gpo_bytes_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GpoBytesView *view = GPO_BYTES_VIEW (widget);
  make_rows (view, FALSE);
  gpo_sheet_configure (GPO_SHEET (view));
  if (view->show_lit && view->rows && height > 0)
    show_row (view, gpo_letter_rows_find (view->rows, view->scene.lit.start));
  view->show_lit = view->show_lit && !view->rows;
}

/* --- pointing --- */

/* The first byte of a row in the stored form; FALSE: the row has none. */
static gboolean
row_place (GpoBytesView *view, guint i, gsize *place)
{
  GpoByteRow row;
  if (!view->rows || i >= gpo_letter_rows_n (view->rows))
    return FALSE;
  gpo_letter_rows_get (view->rows, i, &row);
  if (row.end)
    return FALSE;
  *place = row.has_wire ? gpo_letter_bytes_to_stored (view->scene.facts->bytes, row.wire.start)
                        : row.stored.start;
  return TRUE;
}

static guint
row_at (GpoBytesView *view, double y)
{
  double row = ((y + gpo_sheet_scrolled (GPO_SHEET (view))) / zoom (view) - GPO_BYTES_HEAD) / GPO_BYTES_ROW;
  return y < zoom (view) * GPO_BYTES_HEAD || row < 0 ? G_MAXUINT : (guint) row;
}

static void
point (GpoBytesView *view, guint row, gboolean chosen)
{
  gsize place;
  if (row_place (view, row, &place))
    g_signal_emit (view, pointed, 0, (guint64) place, chosen);
}

static void
on_motion (GpoBytesView *view, double x, double y)
{
  point (view, row_at (view, y), FALSE);
}

static void
move_caret (GpoBytesView *view, guint row)
{
  view->scene.caret = row;
  show_row (view, row);
  point (view, row, FALSE);
  g_autofree char *text = gpo_bytes_row_words (&view->scene, row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_click (GpoBytesView *view, int presses, double x, double y)
{
  guint row = row_at (view, y);
  gtk_widget_grab_focus (GTK_WIDGET (view));
  if (!view->rows || row >= gpo_letter_rows_n (view->rows))
    return;
  move_caret (view, row);
  if (presses == 2)
    point (view, row, TRUE);
}

static gboolean
on_key (GpoBytesView *view, guint key)
{
  guint n = view->rows ? gpo_letter_rows_n (view->rows) : 0, row = view->scene.caret;
  guint page = (guint) MAX (1, gtk_widget_get_height (GTK_WIDGET (view)) / zoom (view) / GPO_BYTES_ROW - 2);
  if (n == 0)
    return FALSE;
  if (row == G_MAXUINT) /* the keys begin at what is lit */
    row = gpo_letter_rows_find (view->rows, view->scene.lit.start);
  if (key == GDK_KEY_Up)
    move_caret (view, row ? row - 1 : 0);
  else if (key == GDK_KEY_Down)
    move_caret (view, MIN (row + 1, n - 1));
  else if (key == GDK_KEY_Page_Up)
    move_caret (view, row > page ? row - page : 0);
  else if (key == GDK_KEY_Page_Down)
    move_caret (view, MIN (row + page, n - 1));
  else if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    point (view, row, TRUE);
  else
    return FALSE;
  return TRUE;
}

/* --- the object --- */

static void
gpo_bytes_view_dispose (GObject *object)
{
  GpoBytesView *view = GPO_BYTES_VIEW (object);
  g_clear_pointer (&view->rows, gpo_letter_rows_free);
  view->scene.facts = NULL;
  G_OBJECT_CLASS (gpo_bytes_view_parent_class)->dispose (object);
}

static void
gpo_bytes_view_class_init (GpoBytesViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->dispose = gpo_bytes_view_dispose;
  GPO_SHEET_CLASS (class)->rows = gpo_bytes_view_rows;
  widget_class->snapshot = gpo_bytes_view_snapshot;
  widget_class->measure = gpo_bytes_view_measure;
  widget_class->size_allocate = gpo_bytes_view_size_allocate;
  pointed = g_signal_new ("pointed", GPO_TYPE_BYTES_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                          2, G_TYPE_UINT64, G_TYPE_BOOLEAN);
  gtk_widget_class_set_css_name (widget_class, "bytes");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gpo_bytes_view_init (GpoBytesView *view)
{
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click), view);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), view);
  gtk_widget_add_controller (GTK_WIDGET (view), motion);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  gtk_widget_set_focusable (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  view->scene.caret = G_MAXUINT;
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bytes of the letter; up and down go from row to row"), -1);
}

void
gpo_bytes_view_set_facts (GpoBytesView *view, const GpoLetterFacts *facts)
{
  g_clear_pointer (&view->rows, gpo_letter_rows_free);
  view->scene = (GpoBytesScene){ .facts = facts, .caret = G_MAXUINT };
  make_rows (view, TRUE);
  gpo_sheet_configure (GPO_SHEET (view));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
gpo_bytes_view_set_form (GpoBytesView *view, GpoRowsForm form, gboolean hex)
{
  view->form = form;
  view->hex = hex;
  make_rows (view, TRUE);
  gpo_sheet_configure (GPO_SHEET (view));
  if (view->rows && view->scene.lit.length)
    show_row (view, gpo_letter_rows_find (view->rows, view->scene.lit.start));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
gpo_bytes_view_light (GpoBytesView *view, GpoSpan lit, gboolean show)
{
  view->scene.lit = lit;
  view->show_lit = show && lit.length && gtk_widget_get_height (GTK_WIDGET (view)) == 0;
  if (show && view->rows && lit.length && !view->show_lit)
    show_row (view, gpo_letter_rows_find (view->rows, lit.start));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

GpoSpan
gpo_bytes_view_get_lit (GpoBytesView *view)
{
  return view->scene.lit;
}

const GpoBytesScene *
gpo_bytes_view_get_scene (GpoBytesView *view)
{
  return &view->scene;
}
