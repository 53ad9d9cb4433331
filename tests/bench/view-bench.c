/* SPDX-License-Identifier: MIT */
/* view-bench.c: the ladder and the map of a long trace, drawn at any event. Prints, asserts nothing; no
 * display.
 *
 *     ninja -C build tests/bench/view-bench && build/tests/bench/view-bench TRACE [EVENTS]
 *
 * Milliseconds are those of the processor. TRACE is taken over and over, each time with numbers of its own
 * for sessions and letters, until there are so many events (1,000,000). */
#include "ladder-draw.h"
#include "map-draw.h"
#include "trace/trace-read.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_FRAMES 200

/* Of this process alone: others may be at work. */
static double
now (void)
{
  return (double) clock () * 1000 / CLOCKS_PER_SEC;
}

static void
copy_event (GpoLog *from, GpoLog *to, guint64 n, guint round)
{
  const GpoEvent *event = gpo_log_get (from, n);
  GpoEventBuilder b;
  GpoFieldIter f;
  gpo_event_begin (&b, (GpoKind) event->kind);
  b.event.host = event->host;
  b.event.protocol = event->protocol;
  b.event.session = event->session ? event->session + round * 1000 : 0;
  b.event.letter = event->letter ? event->letter + round * 1000 : 0;
  b.event.time = event->time + round * 3 * G_USEC_PER_SEC;
  gpo_field_iter_init (&f, event);
  while (gpo_field_iter_next (&f))
    gpo_event_add_value (&b, &f);
  gpo_log_append_read (to, &b);
}

static GpoLog *
make_log (const char *path, guint64 events)
{
  g_autoptr (GpoLog) small = gpo_log_new ();
  g_autoptr (GError) error = NULL;
  GpoLog *log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  if (!gpo_trace_load (small, path, NULL, &error))
    g_error ("%s", error->message);
  for (guint round = 0; gpo_log_length (log) < events; round++)
    for (guint64 n = gpo_log_first (small); n < gpo_log_length (small); n++)
      copy_event (small, log, n, round);
  return log;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static void
tell (const char *what, double *frames)
{
  qsort (frames, N_FRAMES, sizeof *frames, by_size);
  printf ("%-36s p50 %6.1f ms   p99 %6.1f ms\n", what, frames[N_FRAMES / 2], frames[N_FRAMES * 99 / 100]);
}

static void
theme_init (GpoTheme *theme)
{
  *theme
      = (GpoTheme){ .fg = { 0, 0, 0, 1 }, .base = { 1, 1, 1, 1 }, .dim = { 0, 0, 0, 0.6f }, .accent = { 0.2f, 0.4f, 1, 1 } };
  for (int i = 0; i < GPO_N_TONES; i++)
    theme->tone[i] = (GdkRGBA){ 0.1f * (float) i, 0.2f, 0.5f, 1 };
}

static void
draw_ladder (GpoCursor *cursor, cairo_t *cr, const GpoTheme *theme)
{
  double frames[N_FRAMES];
  double began = now ();
  g_autoptr (GpoLadderModel) model = gpo_ladder_model_new (cursor, FALSE);
  gpo_ladder_model_grow (model, 50000);
  printf ("%-36s     %6.1f ms\n", "ladder: 50,000 events taken in", now () - began);
  began = now ();
  gpo_ladder_model_grow (model, 0);
  printf ("%-36s     %6.1f ms, %u rungs\n", "ladder: all the rest", now () - began, gpo_ladder_model_n_rungs (model));
  for (guint i = 0; i < N_FRAMES; i++)
    {
      guint64 n = gpo_cursor_get_length (cursor) * i / N_FRAMES;
      began = now ();
      guint row = gpo_ladder_model_row (model, n);
      gpo_ladder_draw (cr, model, theme, "Sans 11", 1280, 600, row == G_MAXUINT ? 0 : row * (double) GPO_LADDER_ROW, n);
      frames[i] = now () - began;
    }
  tell ("ladder: a frame at any event", frames);
}

static void
draw_map (GpoCursor *cursor, cairo_t *cr, const GpoTheme *theme)
{
  double frames[N_FRAMES];
  g_autoptr (GpoMapModel) model = gpo_map_model_new (gpo_cursor_get_picture (cursor));
  for (guint i = 0; i < N_FRAMES; i++)
    {
      GpoMapLook look = { 0 };
      g_auto (GpoMapLayout) layout = { 0 };
      double began = now ();
      gpo_map_model_set_n (model, gpo_cursor_get_length (cursor) * i / N_FRAMES);
      gpo_map_layout_init (&layout, model, 1280, 600);
      gpo_map_draw (cr, model, &layout, theme, "Sans 11", 1280, 600, &look);
      frames[i] = now () - began;
    }
  tell ("map: a frame at any event", frames);
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    g_error ("usage: view-bench TRACE [EVENTS]");
  g_autoptr (GpoLog) log = make_log (argv[1], argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1000000);
  GpoTheme theme;
  double began = now ();
  g_autoptr (GpoCursor) cursor = gpo_cursor_new (log);
  gpo_cursor_update (cursor, 0);
  printf ("%" G_GUINT64_FORMAT " events, picture in %.0f ms\n", gpo_log_length (log), now () - began);
  theme_init (&theme);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1280, 600);
  cairo_t *cr = cairo_create (surface);
  draw_ladder (cursor, cr, &theme);
  draw_map (cursor, cr, &theme);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
