/* SPDX-License-Identifier: MIT */
/* prose.c: a column of Pango layouts.
 *
 * A paragraph's layout is made when it is first needed and kept as long as its words, its style and the
 * widget's font stay; only a new width lays it out again. */
#include "prose.h"
#include "theme.h"
#include <string.h>

#define SPACE 2   /* between paragraphs */
#define INDENT 12 /* of what belongs to the paragraph above */
#define LEAST 60  /* width */

typedef struct
{
  char *text;
  gsize bold; /* bytes at the beginning */
  GpoProseStyle style;
  PangoLayout *layout; /* NULL: to be made */
  int y;
} Paragraph;

struct _GpoProse
{
  GtkWidget parent_instance;
  GPtrArray *paragraphs;
  guint said;       /* of them, since the last begin */
  gboolean changed; /* since then */
  guint serial;     /* of the Pango context, when layouts were made */
  int width, height;
};

G_DEFINE_FINAL_TYPE (GpoProse, gpo_prose, GTK_TYPE_WIDGET)

/* --- how each style looks --- */

static const struct
{
  double scale;
  gboolean bold, italic, mono, dim;
  int indent, above;
  GpoTone tone; /* GPO_TONE_PLAIN: the usual colour */
} looks[] = {
  [GPO_PROSE_PLAIN] = { .scale = 1 },
  [GPO_PROSE_DIM] = { .scale = 1, .dim = TRUE },
  [GPO_PROSE_GROUP] = { .scale = 0.864, .bold = TRUE, .dim = TRUE, .above = 8 },
  [GPO_PROSE_GROUP_HERE] = { .scale = 0.864, .bold = TRUE, .above = 8 },
  [GPO_PROSE_SAID] = { .scale = 1, .bold = TRUE, .mono = TRUE, .above = 4 },
  [GPO_PROSE_WAITING] = { .scale = 0.909, .indent = INDENT },
  [GPO_PROSE_OK] = { .scale = 0.909, .indent = INDENT, .tone = GPO_TONE_OK },
  [GPO_PROSE_DEFERRED] = { .scale = 0.909, .bold = TRUE, .indent = INDENT, .tone = GPO_TONE_DEFERRED },
  [GPO_PROSE_REFUSED] = { .scale = 0.909, .bold = TRUE, .indent = INDENT, .tone = GPO_TONE_REFUSED },
  [GPO_PROSE_DIFFERS] = { .scale = 0.909, .bold = TRUE, .indent = INDENT, .tone = GPO_TONE_DEFERRED },
  [GPO_PROSE_TRACE_FIELD] = { .scale = 1 },
  [GPO_PROSE_OWN_FIELD] = { .scale = 1, .italic = TRUE, .dim = TRUE },
  [GPO_PROSE_RAW] = { .scale = 0.818, .mono = TRUE, .dim = TRUE, .indent = INDENT },
  [GPO_PROSE_ASIDE] = { .scale = 0.818, .dim = TRUE, .indent = INDENT },
  [GPO_PROSE_PART] = { .scale = 1, .mono = TRUE },
  [GPO_PROSE_BODY] = { .scale = 1, .mono = TRUE, .above = 6 },
};

static PangoAttrList *
attributes_of (const Paragraph *paragraph)
{
  PangoAttrList *list = pango_attr_list_new ();
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  if (!looks[paragraph->style].bold)
    bold->end_index = (guint) paragraph->bold;
  pango_attr_list_insert (list, bold);
  pango_attr_list_insert (list, pango_attr_scale_new (looks[paragraph->style].scale));
  pango_attr_list_insert (list, pango_attr_insert_hyphens_new (FALSE)); /* no byte that is not there */
  if (looks[paragraph->style].italic)
    pango_attr_list_insert (list, pango_attr_style_new (PANGO_STYLE_ITALIC));
  if (looks[paragraph->style].mono)
    pango_attr_list_insert (list, pango_attr_family_new ("monospace"));
  return list;
}

static const GdkRGBA *
color_of (const GpoTheme *theme, GpoProseStyle style)
{
  if (looks[style].tone != GPO_TONE_PLAIN)
    return &theme->tone[looks[style].tone];
  return looks[style].dim ? &theme->dim : &theme->fg;
}

/* --- laying out --- */

static void
paragraph_free (gpointer data)
{
  Paragraph *paragraph = data;
  g_clear_object (&paragraph->layout);
  g_free (paragraph->text);
  g_free (paragraph);
}

static PangoLayout *
layout_of (GpoProse *prose, Paragraph *paragraph)
{
  if (paragraph->layout)
    return paragraph->layout;
  paragraph->layout = gtk_widget_create_pango_layout (GTK_WIDGET (prose), paragraph->text);
  g_autoptr (PangoAttrList) attributes = attributes_of (paragraph);
  pango_layout_set_attributes (paragraph->layout, attributes);
  pango_layout_set_wrap (paragraph->layout, PANGO_WRAP_WORD_CHAR);
  return paragraph->layout;
}

static gboolean
font_changed (GpoProse *prose)
{
  guint serial = pango_context_get_serial (gtk_widget_get_pango_context (GTK_WIDGET (prose)));
  gboolean changed = serial != prose->serial;
  prose->serial = serial;
  return changed;
}

/* Returns the height. Layouts that have this width already cost nothing. */
static int
lay_out (GpoProse *prose, int width)
{
  int y = 0;
  if (font_changed (prose))
    for (guint i = 0; i < prose->paragraphs->len; i++)
      g_clear_object (&((Paragraph *) prose->paragraphs->pdata[i])->layout);
  for (guint i = 0; i < prose->paragraphs->len; i++)
    {
      Paragraph *paragraph = prose->paragraphs->pdata[i];
      PangoLayout *layout = layout_of (prose, paragraph);
      int height;
      pango_layout_set_width (layout, MAX (width - looks[paragraph->style].indent, 1) * PANGO_SCALE);
      pango_layout_get_pixel_size (layout, NULL, &height);
      y += looks[paragraph->style].above + (i ? SPACE : 0);
      paragraph->y = y;
      y += height;
    }
  prose->width = width;
  return y;
}

/* --- what it says --- */

void
gpo_prose_begin (GpoProse *prose)
{
  prose->said = 0;
  prose->changed = FALSE;
}

void
gpo_prose_add_led (GpoProse *prose, GpoProseStyle style, gsize bold, const char *text)
{
  Paragraph *old = prose->said < prose->paragraphs->len ? prose->paragraphs->pdata[prose->said] : NULL;
  prose->said++;
  if (old && old->style == style && old->bold == bold && strcmp (old->text, text) == 0)
    return;
  Paragraph *new = g_new0 (Paragraph, 1);
  new->text = g_strdup (text);
  new->bold = bold;
  new->style = style;
  prose->changed = TRUE;
  if (!old)
    {
      g_ptr_array_add (prose->paragraphs, new);
      return;
    }
  prose->paragraphs->pdata[prose->said - 1] = new;
  paragraph_free (old);
}

void
gpo_prose_add (GpoProse *prose, GpoProseStyle style, const char *text)
{
  gpo_prose_add_led (prose, style, 0, text);
}

/* The window is laid out anew only if the height is another one. */
void
gpo_prose_end (GpoProse *prose)
{
  if (!prose->changed && prose->said == prose->paragraphs->len)
    return;
  g_ptr_array_set_size (prose->paragraphs, (int) prose->said);
  g_autofree char *text = gpo_prose_get_text (prose);
  gtk_accessible_update_property (GTK_ACCESSIBLE (prose), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (prose->width == 0 || lay_out (prose, prose->width) != prose->height)
    gtk_widget_queue_resize (GTK_WIDGET (prose));
  gtk_widget_queue_draw (GTK_WIDGET (prose));
}

char *
gpo_prose_get_text (GpoProse *prose)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < prose->paragraphs->len; i++)
    g_string_append_printf (text, "%s\n", ((Paragraph *) prose->paragraphs->pdata[i])->text);
  return g_string_free (text, FALSE);
}

/* --- the widget --- */

static void
gpo_prose_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GpoProse *prose = GPO_PROSE (widget);
  GpoTheme theme;
  gpo_theme_read (&theme, widget);
  lay_out (prose, gtk_widget_get_width (widget));
  for (guint i = 0; i < prose->paragraphs->len; i++)
    {
      Paragraph *paragraph = prose->paragraphs->pdata[i];
      graphene_point_t at
          = GRAPHENE_POINT_INIT ((float) looks[paragraph->style].indent, (float) paragraph->y);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &at);
      gtk_snapshot_append_layout (snapshot, layout_of (prose, paragraph),
                                  color_of (&theme, paragraph->style));
      gtk_snapshot_restore (snapshot);
    }
}

static GtkSizeRequestMode
gpo_prose_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gpo_prose_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  GpoProse *prose = GPO_PROSE (widget);
  *minimum = *natural = LEAST;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = lay_out (prose, for_size >= 0 ? for_size : MAX (prose->width, LEAST));
}

static void
gpo_prose_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GPO_PROSE (widget)->height = lay_out (GPO_PROSE (widget), width);
}

static void
gpo_prose_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (gpo_prose_parent_class)->css_changed (widget, change);
  if (pango_context_get_serial (gtk_widget_get_pango_context (widget)) != GPO_PROSE (widget)->serial)
    gtk_widget_queue_resize (widget);
  gtk_widget_queue_draw (widget);
}

static void
gpo_prose_finalize (GObject *object)
{
  g_ptr_array_unref (GPO_PROSE (object)->paragraphs);
  G_OBJECT_CLASS (gpo_prose_parent_class)->finalize (object);
}

static void
gpo_prose_class_init (GpoProseClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = gpo_prose_finalize;
  widget_class->snapshot = gpo_prose_snapshot;
  widget_class->get_request_mode = gpo_prose_get_request_mode;
  widget_class->measure = gpo_prose_measure;
  widget_class->size_allocate = gpo_prose_size_allocate;
  widget_class->css_changed = gpo_prose_css_changed;
  gtk_widget_class_set_css_name (widget_class, "prose");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
gpo_prose_init (GpoProse *prose)
{
  prose->paragraphs = g_ptr_array_new_with_free_func (paragraph_free);
}
