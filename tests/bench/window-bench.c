/* SPDX-License-Identifier: MIT */
/* window-bench.c: the window as a person meets it, timed. The script `window` drives it and prints a table.
 *
 *     window-bench start BEGAN [OPTION…]    the running office: until its first frame is on the display
 *     window-bench trace BEGAN TRACE        opening a long trace, then scrolling, filtering, jumping
 *     window-bench live  BEGAN [OPTION…]    a running office under load: answers words on its input
 *
 * BEGAN is what the monotonic clock said, in seconds, when the program was started. Prints a name and a number a
 * line: milliseconds, MiB, frames a second. A frame is over when the display has drawn it. Its cost is the time that
 * the window's thread computed for it, and what it waited for the display. */
#include "app.h"
#include <gio/gunixinputstream.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_JUMPS 100
#define N_FRAMES 200
/* Nothing more is drawn for so long: the window is at rest (µs). */
#define REST 40000

static struct
{
  gint64 began; /* the program, µs */
  const char *mode;
  GpoApp *app;
  GpoWindow *window;
  guint frames;          /* drawn so far */
  gint64 drawn;          /* when the last one was, µs */
  gint64 last_turn;      /* of the main loop */
  gint64 longest;        /* µs between two turns */
  double waited;         /* for the display so far, ms */
  guint reported_frames; /* live: at the last report */
  gint64 reported_at;
  guint64 reported_events;
} bench;

static void
tell (const char *name, double value)
{
  printf ("%s %.3f\n", name, value);
  fflush (stdout);
}

static double
since (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) / 1000;
}

/* Of the window's thread, ms. */
static double
computed (void)
{
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1000 + (double) t.tv_nsec / 1e6;
}

/* A number of /proc/self/status, MiB. */
static double
memory (const char *name)
{
  g_autofree char *status = NULL;
  const char *line = NULL;
  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    line = strstr (status, name);
  return line ? (double) strtoull (line + strlen (name) + 1, NULL, 10) / 1024 : 0;
}

/* --- frames --- */

static void
on_drawn (GdkFrameClock *clock, gpointer data)
{
  gint64 began = g_get_monotonic_time ();
  double computing = computed ();
  gdk_display_sync (gdk_display_get_default ());
  bench.waited += since (began) - (computed () - computing);
  bench.drawn = g_get_monotonic_time ();
  if (bench.frames++ > 0)
    return;
  tell ("first-frame", since (bench.began));
  bench.longest = 0; /* from now on somebody waits */
}

static gboolean
on_turn (gpointer data)
{
  gint64 now = g_get_monotonic_time ();
  if (bench.last_turn)
    bench.longest = MAX (bench.longest, now - bench.last_turn);
  bench.last_turn = now;
  return G_SOURCE_CONTINUE;
}

/* Until the next frame is drawn, but no longer than a second: what changed nothing on screen draws none. */
static void
wait_frame (void)
{
  guint before = bench.frames;
  gint64 deadline = g_get_monotonic_time () + G_USEC_PER_SEC;
  while (bench.frames == before && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
}

/* Until nothing more is drawn. */
static void
wait_rest (void)
{
  gint64 began = g_get_monotonic_time ();
  while (g_get_monotonic_time () < MAX (bench.drawn, began) + REST)
    g_main_context_iteration (NULL, TRUE);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static void
tell_all (const char *name, double *values, guint n)
{
  qsort (values, n, sizeof *values, by_size);
  printf ("%s %.3f %.3f %.3f\n", name, values[n / 2], values[n * 99 / 100], values[n - 1]);
  fflush (stdout);
}

/* --- with a trace --- */

static gboolean
act (const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_action_parse_detailed_name (detailed, &name, &target, NULL);
  return gtk_widget_activate_action_variant (GTK_WIDGET (bench.window), name, target);
}

static GtkWidget *
find_child (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_child (child, type);
      if (found)
        return found;
    }
  return NULL;
}

static GtkAdjustment *
adjustment_of (const char *pane, GType type)
{
  GtkWidget *list = find_child (gpo_window_get_pane (bench.window, pane), type);
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
}

/* From the top of the middle on, so many pixels a frame. */
static void
scroll (const char *name, GtkAdjustment *adjustment, double by)
{
  double costs[N_FRAMES];
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / 2);
  wait_rest ();
  for (guint i = 0; i < N_FRAMES; i++)
    {
      double before = computed () + bench.waited;
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + by);
      wait_frame ();
      costs[i] = computed () + bench.waited - before;
    }
  tell_all (name, costs, N_FRAMES);
}

/* Scattered over the whole trace, the same in each run. */
static guint64
place (guint i)
{
  guint64 length = gpo_cursor_get_length (gpo_window_get_cursor (bench.window));
  return (guint64) ((double) length * fmod (i * 0.6180339887, 1));
}

/* Milliseconds until the frame with the new place is drawn; and until all that follows from it is. */
static void
jump (const char *pane)
{
  double first[N_JUMPS], rest[N_JUMPS];
  g_autofree char *view = g_strconcat ("win.view::", pane, NULL);
  act (view);
  wait_rest ();
  for (guint i = 0; i < N_JUMPS; i++)
    {
      gint64 began = g_get_monotonic_time ();
      gpo_cursor_set_n (gpo_window_get_cursor (bench.window), place (i + 1));
      wait_frame ();
      first[i] = since (began);
      wait_rest ();
      rest[i] = (double) (bench.drawn - began) / 1000;
    }
  g_autofree char *name = g_strconcat ("jump-", pane, NULL), *all = g_strconcat ("jump-all-", pane, NULL);
  tell_all (name, first, N_JUMPS);
  tell_all (all, rest, N_JUMPS);
}

/* The cost of a frame with each new place. */
static void
frames (const char *pane)
{
  double costs[N_FRAMES];
  g_autofree char *view = g_strconcat ("win.view::", pane, NULL), *name = g_strconcat ("frame-", pane, NULL);
  act (view);
  wait_rest ();
  for (guint i = 0; i < N_FRAMES; i++)
    {
      double before = computed () + bench.waited;
      gpo_cursor_set_n (gpo_window_get_cursor (bench.window), place (i + 1));
      wait_frame ();
      costs[i] = computed () + bench.waited - before;
    }
  tell_all (name, costs, N_FRAMES);
}

static void
filter (void)
{
  static const char *const filters[]
      = { "code >= 500", "code = 250", "smtp and verb = RCPT and code >= 500", "text ~ \"olives\"" };
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      gint64 began = g_get_monotonic_time ();
      gboolean good = gpo_transcript_view_set_filter (gpo_window_get_transcript (bench.window), filters[i]);
      wait_frame ();
      double first = since (began);
      wait_rest ();
      guint rows = g_list_model_get_n_items (
          G_LIST_MODEL (gpo_transcript_view_get_model (gpo_window_get_transcript (bench.window))));
      printf ("filter %.3f %.3f %u %s\n", first, (double) (bench.drawn - began) / 1000, rows,
              good ? filters[i] : "NOT UNDERSTOOD");
    }
  gpo_transcript_view_set_filter (gpo_window_get_transcript (bench.window), "");
  wait_rest ();
}

/* Without animations: a scroll bar that fades, or a letter that moves on the map, is at rest only in the end. */
static void
use (void)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  wait_rest ();
  tell ("resident", memory ("VmRSS:"));
  scroll ("scroll-line", adjustment_of ("transcript", GTK_TYPE_LIST_VIEW), 30);
  scroll ("scroll-page", adjustment_of ("transcript", GTK_TYPE_LIST_VIEW), 600);
  filter ();
  for (const char *const *pane = (const char *const[]){ "transcript", "ladder", "map", "states", "letter", NULL }; *pane;
       pane++)
    jump (*pane);
  frames ("map");
  frames ("ladder");
  scroll ("ladder", adjustment_of ("ladder", GPO_TYPE_LADDER_VIEW), 240);
  tell ("resident-used", memory ("VmRSS:"));
  tell ("resident-most", memory ("VmHWM:"));
  g_application_quit (G_APPLICATION (bench.app));
}

static gboolean
when_loaded (gpointer data)
{
  if (gpo_source_get_progress (gpo_window_get_source (bench.window)) < 1)
    return G_SOURCE_CONTINUE;
  tell ("loaded", since (bench.began));
  tell ("events", (double) gpo_cursor_get_length (gpo_window_get_cursor (bench.window)));
  tell ("longest-pause", (double) bench.longest / 1000);
  tell ("frames-while-loading", bench.frames);
  use ();
  return G_SOURCE_REMOVE;
}

/* --- live --- */

static void
tell_port (void)
{
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (bench.window));
  const GpoHost *host = gpo_world_host ((GpoWorld *) gpo_office_world (office), "sparta");
  tell ("port", gpo_office_port (office, host, GPO_ROLE_SMTP));
}

/* What the last seconds were like. */
static void
report (void)
{
  double seconds = (double) (g_get_monotonic_time () - bench.reported_at) / G_USEC_PER_SEC;
  guint64 events = gpo_cursor_get_length (gpo_window_get_cursor (bench.window));
  printf ("live %.3f %.1f %.1f %.1f %.1f\n", seconds, (bench.frames - bench.reported_frames) / seconds,
          (double) (events - bench.reported_events) / seconds, (double) bench.longest / 1000, computed ());
  fflush (stdout);
}

static void
begin (void)
{
  bench.reported_at = g_get_monotonic_time ();
  bench.reported_frames = bench.frames;
  bench.reported_events = gpo_cursor_get_length (gpo_window_get_cursor (bench.window));
  bench.longest = 0;
}

/* "port", "begin", "report", "quit", or an action: "win.view::map". */
static void
on_word (GObject *object, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (object);
  g_autofree char *word = g_data_input_stream_read_line_finish (input, result, NULL, NULL);
  if (!word || strcmp (word, "quit") == 0)
    {
      g_application_quit (G_APPLICATION (bench.app));
      return;
    }
  if (strcmp (word, "begin") == 0)
    begin ();
  else if (strcmp (word, "report") == 0)
    report ();
  else if (strcmp (word, "port") == 0)
    tell_port ();
  else
    act (word);
  g_data_input_stream_read_line_async (input, G_PRIORITY_HIGH, NULL, on_word, NULL);
}

static void
listen_to_input (void)
{
  g_autoptr (GInputStream) standard = g_unix_input_stream_new (0, FALSE);
  GDataInputStream *input = g_data_input_stream_new (standard);
  g_data_input_stream_read_line_async (input, G_PRIORITY_HIGH, NULL, on_word, NULL);
}

/* --- the program --- */

static gboolean
quit (gpointer app)
{
  g_application_quit (app);
  return G_SOURCE_REMOVE;
}

static void
on_start_drawn (GdkFrameClock *clock, gpointer data)
{
  if (strcmp (bench.mode, "start") == 0)
    g_idle_add (quit, bench.app);
}

static void
on_realized (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_drawn), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_start_drawn), NULL);
}

static void
on_window (GtkApplication *app, GtkWindow *window)
{
  if (!GPO_IS_WINDOW (window) || bench.window)
    return;
  bench.window = GPO_WINDOW (window);
  g_signal_connect (window, "realize", G_CALLBACK (on_realized), NULL);
  g_timeout_add_full (G_PRIORITY_HIGH, 2, on_turn, NULL, NULL);
  if (strcmp (bench.mode, "trace") == 0)
    g_timeout_add (5, when_loaded, NULL);
  if (strcmp (bench.mode, "live") == 0)
    listen_to_input ();
}

int
main (int argc, char **argv)
{
  if (argc < 3)
    g_error ("usage: window-bench start|trace|live BEGAN [OPTION…]");
  bench.mode = argv[1];
  bench.began = (gint64) (g_ascii_strtod (argv[2], NULL) * G_USEC_PER_SEC);
  bench.app = gpo_app_new ();
  g_signal_connect (bench.app, "window-added", G_CALLBACK (on_window), NULL);
  argv[2] = argv[0];
  int status = g_application_run (G_APPLICATION (bench.app), argc - 2, argv + 2);
  g_object_unref (bench.app);
  return status;
}
