/* SPDX-License-Identifier: MIT */
/* bytes-draw.c: rows of bytes.
 *
 *     on the wire                          as stored
 *      0 │ Received: …                     (put on top by athens)
 *     41 │ ..a line that began with oneCRLF  .a line that began with oneCRLF     a dot was stuffed       */
#include "bytes-draw.h"
#include "i18n.h"
#include "letter/safe-name.h"
#include <pango/pangocairo.h>
#include <string.h>

#define GUTTER 78
#define ASIDE 190 /* room for remarks at the right */

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  const GpoBytesScene *scene;
  const GpoTheme *theme;
  double width;
} Ink;

/* One column of one row: its text, its colours, and where each byte's characters begin. */
typedef struct
{
  GString *text;
  PangoAttrList *attributes;
  GArray *at; /* guint: byte → index in text; one more at the end */
} Cells;

guint
gpo_bytes_cells (double width, GpoRowsForm form)
{
  double cells = form == GPO_ROWS_BOTH ? (width - GUTTER - 40) / GPO_BYTES_CELL / 2 - 3
                                       : (width - GUTTER - ASIDE) / GPO_BYTES_CELL;
  return (guint) CLAMP (cells, 16, 100);
}

/* --- from bytes to cells --- */

static void
cells_init (Cells *cells)
{
  cells->text = g_string_new (NULL);
  cells->attributes = pango_attr_list_new ();
  cells->at = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
cells_clear (Cells *cells)
{
  g_string_free (cells->text, TRUE);
  pango_attr_list_unref (cells->attributes);
  g_array_unref (cells->at);
}

static void
color_range (Cells *cells, guint from, const GdkRGBA *color, gboolean ground, gboolean bold)
{
  PangoAttribute *attribute = pango_attr_foreground_new (
      (guint16) (color->red * 65535), (guint16) (color->green * 65535), (guint16) (color->blue * 65535));
  PangoAttribute *all[] = { attribute, NULL, NULL, NULL };
  if (ground)
    {
      all[1] = pango_attr_background_new ((guint16) (color->red * 65535), (guint16) (color->green * 65535),
                                          (guint16) (color->blue * 65535));
      all[2] = pango_attr_background_alpha_new (9000);
    }
  if (bold)
    all[3] = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i])
      {
        all[i]->start_index = from;
        all[i]->end_index = (guint) cells->text->len;
        pango_attr_list_insert (cells->attributes, all[i]);
      }
}

/* Names of line endings are small, so that nobody takes them for text. */
static void
shrink_range (Cells *cells, guint from)
{
  PangoAttribute *attribute = pango_attr_scale_new (0.7);
  attribute->start_index = from;
  attribute->end_index = (guint) cells->text->len;
  pango_attr_list_insert (cells->attributes, attribute);
}

static void
add_byte (Cells *cells, guchar byte, const GpoTheme *theme)
{
  guint from = (guint) cells->text->len;
  g_array_append_val (cells->at, from);
  if (byte >= 0x20 && byte < 0x7f)
    {
      g_string_append_c (cells->text, (char) byte);
      return;
    }
  if (byte == '\r' || byte == '\n' || byte == '\t')
    {
      g_string_append (cells->text, byte == '\r' ? "CR" : byte == '\n' ? "LF" : "⇥");
      color_range (cells, from, &theme->tone[GPO_TONE_MORE], byte != '\t', FALSE);
      if (byte != '\t')
        shrink_range (cells, from);
      return;
    }
  g_string_append_printf (cells->text, "%02x", byte);
  color_range (cells, from, &theme->tone[byte >= 0x80 ? GPO_TONE_ENVELOPE : GPO_TONE_REFUSED], TRUE, FALSE);
}

static void
cells_text (Cells *cells, const char *bytes, GpoSpan span, gboolean dot, const GpoTheme *theme)
{
  for (gsize i = 0; i < span.length; i++)
    {
      guint from = (guint) cells->text->len;
      add_byte (cells, (guchar) bytes[span.start + i], theme);
      if (dot && i == 0)
        color_range (cells, from, &theme->tone[GPO_TONE_DEFERRED], TRUE, TRUE);
    }
  guint end = (guint) cells->text->len;
  g_array_append_val (cells->at, end);
}

static void
cells_hex (Cells *cells, const char *bytes, GpoSpan span, const GpoTheme *theme)
{
  for (gsize i = 0; i < GPO_ROWS_HEX_BYTES; i++)
    {
      guint from = (guint) cells->text->len;
      if (i == GPO_ROWS_HEX_BYTES / 2)
        g_string_append_c (cells->text, ' '), from++;
      if (i >= span.length)
        {
          g_string_append (cells->text, "   ");
          continue;
        }
      guchar byte = (guchar) bytes[span.start + i];
      g_array_append_val (cells->at, from);
      g_string_append_printf (cells->text, "%02x ", byte);
      if (byte == '\r' || byte == '\n')
        color_range (cells, from, &theme->tone[GPO_TONE_MORE], FALSE, FALSE);
      else if (byte < 0x20 || byte >= 0x7f)
        color_range (cells, from, &theme->tone[byte >= 0x80 ? GPO_TONE_ENVELOPE : GPO_TONE_REFUSED], FALSE,
                     TRUE);
    }
  guint end = (guint) cells->text->len;
  g_array_append_val (cells->at, end);
}

/* --- drawing --- */

static void
set_color (Ink *ink, const GdkRGBA *c, double alpha)
{
  cairo_set_source_rgba (ink->cr, c->red, c->green, c->blue, c->alpha * alpha);
}

static void
words (Ink *ink, const char *text, double x, double y, const GdkRGBA *color, double align)
{
  int width;
  pango_layout_set_attributes (ink->layout, NULL);
  pango_layout_set_text (ink->layout, text, -1);
  pango_layout_get_pixel_size (ink->layout, &width, NULL);
  cairo_move_to (ink->cr, x - align * width, y);
  set_color (ink, color, 1);
  pango_cairo_show_layout (ink->cr, ink->layout);
}

/* A box behind the bytes `from` to `to` of a column. */
static void
light (Ink *ink, const Cells *cells, gsize from, gsize to, double x, double y)
{
  PangoRectangle a, b;
  pango_layout_index_to_pos (ink->layout, (int) g_array_index (cells->at, guint, from), &a);
  pango_layout_index_to_pos (ink->layout, (int) g_array_index (cells->at, guint, to), &b);
  double left = x + pango_units_to_double (a.x), right = x + pango_units_to_double (b.x);
  cairo_rectangle (ink->cr, left - 1, y, right - left + 2, GPO_BYTES_ROW);
  set_color (ink, &ink->theme->accent, ink->theme->dark ? 0.45 : 0.28);
  cairo_fill (ink->cr);
  cairo_rectangle (ink->cr, left - 1, y + GPO_BYTES_ROW - 2, right - left + 2, 2); /* not by colour alone */
  set_color (ink, &ink->theme->accent, 1);
  cairo_fill (ink->cr);
}

/* A column: its bytes lie at `span`, those of `lit` among them have light behind them. Returns where it ends.
 */
static double
column (Ink *ink, Cells *cells, GpoSpan span, GpoSpan lit, double x, double y)
{
  int width;
  pango_layout_set_text (ink->layout, cells->text->str, (int) cells->text->len);
  pango_layout_set_attributes (ink->layout, cells->attributes);
  gsize from = MAX (lit.start, span.start), to = MIN (GPO_SPAN_END (lit), GPO_SPAN_END (span));
  if (from < to)
    light (ink, cells, from - span.start, to - span.start, x, y);
  cairo_move_to (ink->cr, x, y + 1);
  set_color (ink, &ink->theme->fg, 1);
  pango_cairo_show_layout (ink->cr, ink->layout);
  pango_layout_get_pixel_size (ink->layout, &width, NULL);
  return x + width;
}

/* What is lit, in the wire form. */
static GpoSpan
lit_on_wire (const GpoBytesScene *scene)
{
  const GpoLetterBytes *bytes = scene->facts->bytes;
  gsize end = GPO_SPAN_END (scene->lit), start = MAX (scene->lit.start, bytes->added);
  if (start >= end)
    return (GpoSpan){ 0, 0 };
  gsize from = gpo_letter_bytes_to_wire (bytes, start);
  return (GpoSpan){ from, gpo_letter_bytes_to_wire (bytes, end - 1) + 1 - from };
}

static gboolean
has_mark (const char *bytes, GpoSpan span)
{
  for (gsize i = 0; i < span.length; i++)
    {
      gunichar c = (guchar) bytes[span.start + i] < 0xd8
                       ? 0
                       : g_utf8_get_char_validated (bytes + span.start + i, (gssize) (span.length - i));
      if (c && c < (gunichar) -2 && gpo_is_invisible (c))
        return TRUE;
    }
  return FALSE;
}

/* What is to be said of a row, or NULL; static. */
static const char *
remark (const GpoBytesScene *scene, const GpoByteRow *row, const char *stored)
{
  const GpoLetterFacts *facts = scene->facts;
  gsize end = GPO_SPAN_END (facts->header);
  if (row->end)
    return _ ("the end of the data");
  if (row->dot)
    return _ ("a dot was stuffed");
  if (facts->header_ended && row->stored.length && row->stored.length <= 2
      && GPO_SPAN_END (row->stored) == end)
    return _ ("the empty line");
  if (stored && has_mark (stored, row->stored))
    return _ ("⚠ invisible marks");
  return NULL;
}

/* What the row belongs to: a bar of its colour at the left. */
static const GdkRGBA *
bar_color (const Ink *ink, const GpoByteRow *row)
{
  const GpoLetterFacts *facts = ink->scene->facts;
  if (row->end)
    return &ink->theme->tone[GPO_TONE_DEFERRED];
  if (row->stored.start < facts->bytes->added)
    return &ink->theme->tone[GPO_TONE_ENVELOPE];
  return &ink->theme->tone[row->stored.start < GPO_SPAN_END (facts->header) ? GPO_TONE_CLIENT : GPO_TONE_OK];
}

static void
draw_bytes (Ink *ink, const GpoByteRow *row, gboolean wire, double x, double y, double *end)
{
  const GpoLetterBytes *bytes = ink->scene->facts->bytes;
  const char *text = row->end ? ".\r\n" : g_bytes_get_data (wire ? bytes->wire : bytes->stored, NULL);
  GpoSpan span = row->end ? (GpoSpan){ 0, 3 } : wire ? row->wire : row->stored;
  GpoSpan lit = row->end ? (GpoSpan){ 0, 0 } : wire ? lit_on_wire (ink->scene) : ink->scene->lit;
  Cells cells;
  cells_init (&cells);
  if (gpo_letter_rows_hex (ink->scene->rows))
    {
      cells_hex (&cells, text, span, ink->theme);
      column (ink, &cells, span, lit, x, y);
      cells_clear (&cells);
      cells_init (&cells);
      x += 50 * GPO_BYTES_CELL;
    }
  cells_text (&cells, text, span, wire && row->dot, ink->theme);
  *end = column (ink, &cells, span, lit, x, y);
  cells_clear (&cells);
}

static double
middle_x (const Ink *ink)
{
  double cell = gpo_letter_rows_hex (ink->scene->rows) ? 70 : gpo_bytes_cells (ink->width, GPO_ROWS_BOTH) + 3;
  return GUTTER + cell * GPO_BYTES_CELL;
}

static void
draw_row (Ink *ink, guint i, double y)
{
  GpoRowsForm form = gpo_letter_rows_form (ink->scene->rows);
  GpoByteRow row;
  gpo_letter_rows_get (ink->scene->rows, i, &row);
  if (i == ink->scene->caret)
    {
      cairo_rectangle (ink->cr, 0, y, ink->width, GPO_BYTES_ROW);
      set_color (ink, &ink->theme->accent, 0.12);
      cairo_fill (ink->cr);
    }
  cairo_rectangle (ink->cr, GUTTER - 12, y, 3, GPO_BYTES_ROW);
  set_color (ink, bar_color (ink, &row), 0.9);
  cairo_fill (ink->cr);
  gboolean hex = gpo_letter_rows_hex (ink->scene->rows);
  g_autofree char *place
      = hex ? g_strdup_printf ("%06zx", form == GPO_ROWS_STORED ? row.stored.start : row.wire.start)
            : g_strdup_printf ("%zu", row.has_wire ? row.wire.start : row.stored.start);
  if (hex || row.begins)
    words (ink, place, GUTTER - 16, y + 1, &ink->theme->faint, 1);
  double end = GUTTER;
  if (form == GPO_ROWS_STORED)
    draw_bytes (ink, &row, FALSE, GUTTER, y, &end);
  else if (row.has_wire)
    draw_bytes (ink, &row, TRUE, GUTTER, y, &end);
  else
    words (ink, i ? "—" : _ ("— put on top by the host: not on the wire"), GUTTER, y + 1, &ink->theme->faint,
           0);
  if (form == GPO_ROWS_BOTH && row.has_stored && !row.end)
    draw_bytes (ink, &row, FALSE, middle_x (ink), y, &end);
  else if (form == GPO_ROWS_BOTH && row.end)
    words (ink, "—", middle_x (ink), y + 1, &ink->theme->faint, 0);
  const char *said = remark (ink->scene, &row, g_bytes_get_data (ink->scene->facts->bytes->stored, NULL));
  if (said && end + 24 < ink->width)
    words (ink, said, MIN (end + 24, ink->width - 8), y + 1, &ink->theme->tone[GPO_TONE_DEFERRED], 0);
}

static void
draw_head (Ink *ink)
{
  const GpoTransfer *transfer = gpo_letter_facts_transfer (ink->scene->facts);
  GpoRowsForm form = gpo_letter_rows_form (ink->scene->rows);
  g_autofree char *wire = g_strdup_printf (transfer->stuffed ? _ ("on the wire to %s (DATA)")
                                                             : _ ("as %s got it, uncounted by dots"),
                                           gpo_symbol_name (transfer->host));
  g_autofree char *stored = g_strdup_printf (_ ("as stored at %s"), gpo_symbol_name (transfer->host));
  cairo_rectangle (ink->cr, 0, 0, ink->width, GPO_BYTES_HEAD);
  set_color (ink, &ink->theme->bg, 1);
  cairo_fill (ink->cr);
  double first
      = form == GPO_ROWS_BOTH ? middle_x (ink) : ink->width; /* where the words of the left column end */
  pango_layout_set_ellipsize (ink->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (ink->layout, pango_units_from_double (MAX (first - GUTTER - 8, 0)));
  words (ink, form == GPO_ROWS_STORED ? stored : wire, GUTTER, 4, &ink->theme->dim, 0);
  pango_layout_set_width (ink->layout, pango_units_from_double (MAX (ink->width - first - 8, 0)));
  if (form == GPO_ROWS_BOTH)
    words (ink, stored, first, 4, &ink->theme->dim, 0);
  pango_layout_set_width (ink->layout, -1);
  cairo_rectangle (ink->cr, 0, GPO_BYTES_HEAD - 1, ink->width, 1);
  set_color (ink, &ink->theme->border, 1);
  cairo_fill (ink->cr);
}

void
gpo_bytes_draw (cairo_t *cr, const GpoBytesScene *scene, const GpoTheme *theme, const char *font,
                double width, double height, double scroll)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (font);
  Ink ink = { cr, layout, scene, theme, width };
  guint n = gpo_letter_rows_n (scene->rows);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_font_description_free (description);
  cairo_rectangle (cr, 0, 0, width, height);
  set_color (&ink, &theme->base, 1);
  cairo_fill (cr);
  for (guint i = (guint) (scroll / GPO_BYTES_ROW); i < n; i++)
    {
      double y = GPO_BYTES_HEAD + i * (double) GPO_BYTES_ROW - scroll;
      if (y > height)
        break;
      draw_row (&ink, i, y);
    }
  draw_head (&ink);
}

/* --- in words --- */

char *
gpo_bytes_row_words (const GpoBytesScene *scene, guint i)
{
  GpoByteRow row;
  gsize size;
  gpo_letter_rows_get (scene->rows, i, &row);
  const char *stored = g_bytes_get_data (scene->facts->bytes->stored, &size);
  if (row.end)
    return g_strdup (_ ("The line with a dot alone: the end of the data"));
  gboolean wire = row.has_wire && gpo_letter_rows_form (scene->rows) != GPO_ROWS_STORED;
  const char *bytes = wire ? g_bytes_get_data (scene->facts->bytes->wire, NULL) : stored;
  GpoSpan span = wire ? row.wire : row.stored;
  g_autofree char *text = gpo_shown_text (bytes + span.start, span.length);
  const char *said = remark (scene, &row, stored);
  return g_strdup_printf (_ ("byte %zu: %s%s%s"), span.start, text, said ? ", " : "", said ? said : "");
}
