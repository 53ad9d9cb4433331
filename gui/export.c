/* SPDX-License-Identifier: MIT */
/* export.c: views on cairo surfaces, and as text. */
#include "export.h"
#include "i18n.h"
#include "ladder-draw.h"
#include "map-view.h"
#include "trace/transcript.h"
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <string.h>

#define PNG_HIGHEST 32000 /* cairo's limit is a little above */
#define SVG_RUNGS 20000   /* as much as a viewer can bear */
#define PAGE_ROWS 30      /* rungs on a page */
#define TEXT_COLUMNS 120

static const char *const endings[GPO_N_EXPORTS] = { "svg", "png", "pdf", "txt", "mmd" };

const char *
gpo_export_ending (GpoExportFormat format)
{
  return endings[format];
}

int
gpo_export_from_ending (const char *ending)
{
  for (int i = 0; i < GPO_N_EXPORTS; i++)
    if (strcmp (endings[i], ending) == 0)
      return i;
  return -1;
}

static gpointer
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, text);
  return NULL;
}

/* --- what is drawn --- */

/* One view on one sheet; `scroll` is for the ladder's pages. */
typedef struct
{
  GpoWindow *window;
  GtkWidget *view;
  double width, height; /* of the whole */
  double page;          /* height of a page of a PDF; 0: one page */
} Sheet;

static void
draw_widget (GtkWidget *widget, cairo_t *cr, double width, double height)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  GpoTheme theme;
  gpo_theme_read (&theme, widget);
  cairo_set_source_rgb (cr, theme.bg.red, theme.bg.green, theme.bg.blue);
  cairo_paint (cr);
  if (node)
    gsk_render_node_draw (node, cr);
  g_clear_pointer (&node, gsk_render_node_unref);
}

static void
draw_sheet (const Sheet *sheet, cairo_t *cr, double height, double scroll)
{
  GpoTheme theme;
  gpo_theme_read (&theme, sheet->view);
  if (GPO_IS_LADDER_VIEW (sheet->view))
    gpo_ladder_draw (cr, gpo_ladder_view_get_model (GPO_LADDER_VIEW (sheet->view)), &theme, "Sans 11",
                     sheet->width, height, scroll, gpo_cursor_get_n (gpo_window_get_cursor (sheet->window)));
  else if (GPO_IS_MAP_VIEW (sheet->view))
    gpo_map_view_draw (GPO_MAP_VIEW (sheet->view), cr, sheet->width, height);
  else
    draw_widget (sheet->view, cr, sheet->width, height);
}

static void
size_ladder (Sheet *sheet)
{
  GpoLadderModel *model = gpo_ladder_view_get_model (GPO_LADDER_VIEW (sheet->view));
  sheet->width = MAX (900, 240.0 * gpo_ladder_model_n_lanes (model));
  sheet->height = GPO_LADDER_HEAD + 10 + (double) gpo_ladder_model_n_rungs (model) * GPO_LADDER_ROW;
  sheet->page = GPO_LADDER_HEAD + PAGE_ROWS * GPO_LADDER_ROW;
}

/* FALSE if there is nothing to draw. */
static gboolean
sheet_init (Sheet *sheet, GpoWindow *window, const char *pane)
{
  *sheet = (Sheet){ .window = window, .view = gpo_window_get_pane (window, pane) };
  if (!sheet->view)
    return FALSE;
  if (GPO_IS_LADDER_VIEW (sheet->view))
    size_ladder (sheet);
  else if (GPO_IS_MAP_VIEW (sheet->view))
    gpo_map_layout_size (gpo_map_view_get_model (GPO_MAP_VIEW (sheet->view)), &sheet->width, &sheet->height);
  else
    {
      sheet->width = gtk_widget_get_width (sheet->view);
      sheet->height = gtk_widget_get_height (sheet->view);
    }
  return sheet->width >= 1 && sheet->height >= 1;
}

/* --- pictures --- */

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned int n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_pages (const Sheet *sheet, cairo_surface_t *surface, gboolean paged)
{
  cairo_t *cr = cairo_create (surface);
  if (!paged)
    draw_sheet (sheet, cr, sheet->height, 0);
  for (double scroll = 0; paged && scroll < sheet->height - GPO_LADDER_HEAD - 10;
       scroll += PAGE_ROWS * GPO_LADDER_ROW)
    {
      draw_sheet (sheet, cr, sheet->page, scroll);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
}

static GBytes *
draw_picture (const Sheet *sheet, GpoExportFormat format, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean paged = format == GPO_EXPORT_PDF && sheet->page > 0 && sheet->height > sheet->page;
  cairo_surface_t *surface
      = format == GPO_EXPORT_SVG
            ? cairo_svg_surface_create_for_stream (append, out, sheet->width, sheet->height)
        : format == GPO_EXPORT_PDF
            ? cairo_pdf_surface_create_for_stream (append, out, sheet->width,
                                                   paged ? sheet->page : sheet->height)
            : cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) sheet->width, (int) sheet->height);
  draw_pages (sheet, surface, paged);
  if (format == GPO_EXPORT_PNG)
    cairo_surface_write_to_png_stream (surface, append, out);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS || out->len == 0)
    return refuse (error, cairo_status_to_string (status));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* --- texts --- */

/* The rungs of the drawing, each in words; the parties are those of the sessions in it. */
static char *
ladder_text (GpoCursor *cursor, gboolean mermaid)
{
  g_autoptr (GpoLadder) ladder
      = gpo_ladder_new (mermaid ? GPO_TRANSCRIPT_MERMAID : GPO_TRANSCRIPT_PLAIN, TEXT_COLUMNS);
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, FALSE);
  GpoLog *log = gpo_cursor_get_log (cursor);
  GString *out = g_string_new (NULL);
  gpo_ladder_model_grow (model, 0);
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoEvent *event = gpo_log_get (log, gpo_ladder_model_rung (model, i)->n);
      const GpoSessionTrack *session
          = event ? gpo_picture_session_numbered (gpo_cursor_get_picture (cursor), event->session) : NULL;
      const GpoEvent *opened = session ? gpo_log_get (log, session->opened) : NULL;
      if (opened)
        gpo_ladder_scan (ladder, opened);
    }
  for (guint i = 0; i < gpo_ladder_model_n_rungs (model); i++)
    {
      const GpoRung *rung = gpo_ladder_model_rung (model, i);
      const GpoEvent *event = gpo_log_get (log, rung->n);
      if (event && rung->kind != GPO_RUNG_GAP)
        gpo_ladder_add (ladder, rung->n, event, out);
    }
  return g_string_free (out, FALSE);
}

static char *
transcript_text (GpoWindow *window)
{
  GpoTraceModel *model = gpo_transcript_view_get_model (gpo_window_get_transcript (window));
  GpoLog *log = gpo_cursor_get_log (gpo_window_get_cursor (window));
  g_autoptr (GpoTranscript) transcript = gpo_transcript_new (GPO_TRANSCRIPT_TIMES);
  GString *out = g_string_new (NULL);
  guint rows = g_list_model_get_n_items (G_LIST_MODEL (model));
  for (guint i = 0; i < rows; i++)
    {
      guint64 n = gpo_trace_model_event (model, i);
      if (gpo_log_get (log, n))
        gpo_transcript_add (transcript, log, n, gpo_log_get (log, n), out);
    }
  gpo_transcript_end (transcript, out);
  return g_string_free (out, FALSE);
}

static char *
map_text (GpoMapModel *model)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < gpo_map_model_n_places (model); i++)
    {
      g_autofree char *words = gpo_map_place_words (model, gpo_map_model_place (model, i));
      g_string_append_printf (out, "%s\n", words);
    }
  for (guint i = 0; i < gpo_map_model_n_links (model); i++)
    {
      g_autofree char *words = gpo_map_link_words (model, gpo_map_model_link (model, i));
      g_string_append_printf (out, "%s\n", words);
    }
  return g_string_free (out, FALSE);
}

static char *
pane_text (GpoWindow *window, GtkWidget *view, gboolean mermaid)
{
  if (GPO_IS_LADDER_VIEW (view))
    return ladder_text (gpo_window_get_cursor (window), mermaid);
  if (mermaid)
    return NULL;
  if (GPO_IS_TRANSCRIPT_VIEW (view))
    return transcript_text (window);
  if (GPO_IS_MAP_VIEW (view))
    return map_text (gpo_map_view_get_model (GPO_MAP_VIEW (view)));
  return NULL;
}

/* --- for others --- */

GBytes *
gpo_export_pane (GpoWindow *window, const char *pane, GpoExportFormat format, GError **error)
{
  Sheet sheet;
  GtkWidget *view = gpo_window_get_pane (window, pane);
  if (format == GPO_EXPORT_TEXT || format == GPO_EXPORT_MERMAID)
    {
      char *text = view ? pane_text (window, view, format == GPO_EXPORT_MERMAID) : NULL;
      return text ? g_bytes_new_take (text, strlen (text))
                  : refuse (error,
                            format == GPO_EXPORT_MERMAID
                                ? _ ("Only the ladder can be written for Mermaid: choose the ladder first")
                                : _ ("This view has no text: choose the transcript, the ladder or the map"));
    }
  if (!sheet_init (&sheet, window, pane))
    return refuse (error, _ ("There is nothing to draw yet"));
  if (format == GPO_EXPORT_PNG && sheet.height > PNG_HIGHEST)
    return refuse (error, _ ("That is too long for a PNG: choose a session or a letter first, or take PDF"));
  if (sheet.height > (double) SVG_RUNGS * GPO_LADDER_ROW)
    return refuse (error, _ ("That is too long for a picture: choose a session or a letter first"));
  return draw_picture (&sheet, format, error);
}

char *
gpo_export_chosen (GpoWindow *window, const char *pane)
{
  guint32 number;
  GpoCursor *cursor = gpo_window_get_cursor (window);
  GtkWidget *view = gpo_window_get_pane (window, pane);
  guint64 n = gpo_cursor_get_n (cursor);
  const GpoEvent *event
      = gpo_cursor_get_length (cursor) ? gpo_log_get (gpo_cursor_get_log (cursor), n) : NULL;
  if (view && GPO_IS_MAP_VIEW (view) && gpo_cursor_get_subject (cursor, &number) == GPO_SUBJECT_HOST)
    {
      GpoMapModel *model = gpo_map_view_get_model (GPO_MAP_VIEW (view));
      guint place = gpo_map_model_host (model, (GpoSymbol) number);
      if (place != G_MAXUINT)
        return gpo_map_place_words (model, gpo_map_model_place (model, place));
    }
  return event ? gpo_event_line (gpo_cursor_get_log (cursor), n, event) : g_strdup ("");
}
