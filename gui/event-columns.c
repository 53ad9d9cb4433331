/* SPDX-License-Identifier: MIT */
/* event-columns.c: widths, and the heads. */
#include "event-columns.h"
#include "i18n.h"
#include "theme.h"

/* px at the usual size of type */
#define NUMBER_WIDTH 58
#define TIME_WIDTH 68
#define SESSION_WIDTH 40
#define HOST_WIDTH 70
#define ARROW_WIDTH 24

void
gpo_event_columns_init (GpoEventColumns *columns, double zoom, gboolean mixed)
{
  float z = (float) zoom;
  *columns = (GpoEventColumns){ .host_width = HOST_WIDTH * z };
  columns->number = NUMBER_WIDTH * z;
  columns->time = columns->number + TIME_WIDTH * z;
  columns->session = columns->arrow = columns->time + 2 * GPO_COLUMN_PAD;
  columns->host = columns->session + SESSION_WIDTH * z;
  if (mixed)
    columns->arrow = columns->host + columns->host_width + GPO_COLUMN_PAD;
  columns->what = columns->arrow + ARROW_WIDTH * z;
}

struct _GpoEventHead
{
  GtkWidget parent_instance;
  gboolean mixed;
};

G_DEFINE_FINAL_TYPE (GpoEventHead, gpo_event_head, GTK_TYPE_WIDGET)

/* From left to right. */
static const struct
{
  const char *words;
  gboolean mixed; /* only where several sessions are listed */
  float align;
} heads[] = {
  { N_ ("event"), FALSE, 1 }, { N_ ("time"), FALSE, 1 },          { N_ ("no."), TRUE, 0 },
  { N_ ("host"), TRUE, 0 },   { N_ ("way and words"), FALSE, 0 }, { N_ ("RFC section or ID"), FALSE, 1 },
};

/* A head with its left (align 0) or right side (1) at x. */
static void
write_head (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, const char *words, float x,
            float align, float height)
{
  int w, h;
  pango_layout_set_text (layout, words, -1);
  pango_layout_get_pixel_size (layout, &w, &h);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x - (float) w * align, (height - (float) h) / 2));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
gpo_event_head_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoEventHead *head = GPO_EVENT_HEAD (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  GpoTheme theme;
  GpoEventColumns columns;
  gpo_theme_read (&theme, widget);
  gpo_event_columns_init (&columns, gpo_theme_zoom (widget), head->mixed);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) small = pango_attr_list_new ();
  pango_attr_list_insert (small, pango_attr_scale_new (0.864));
  pango_layout_set_attributes (layout, small);
  const float at[] = { columns.number, columns.time,  columns.session + 4,
                       columns.host,   columns.arrow, width - GPO_COLUMN_PAD };
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    if (head->mixed || !heads[i].mixed)
      write_head (snapshot, layout, &theme.dim, _ (heads[i].words), at[i], heads[i].align, height);
}

static void
gpo_event_head_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "X");
  int height;
  pango_layout_get_pixel_size (layout, NULL, &height);
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? height + 4 : 300;
}

static void
gpo_event_head_class_init (GpoEventHeadClass *class)
{
  GTK_WIDGET_CLASS (class)->snapshot = gpo_event_head_snapshot;
  GTK_WIDGET_CLASS (class)->measure = gpo_event_head_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "eventhead");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
gpo_event_head_init (GpoEventHead *head)
{
  head->mixed = TRUE;
}

void
gpo_event_head_set_mixed (GpoEventHead *head, gboolean mixed)
{
  head->mixed = mixed;
  g_autofree char *words = gpo_event_head_dup_words (head);
  g_autofree char *label = g_strdup_printf (_ ("Columns: %s"), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (head), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_draw (GTK_WIDGET (head));
}

char *
gpo_event_head_dup_words (GpoEventHead *head)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    if (head->mixed || !heads[i].mixed)
      g_string_append_printf (out, "%s%s", out->len ? ", " : "", _ (heads[i].words));
  return g_string_free (out, FALSE);
}
