/* SPDX-License-Identifier: MIT */
/* take-pictures.c: opens a trace in the window and writes what it looks like.
 *
 *     take-pictures TRACE OUT.png WIDTH HEIGHT light|dark n|end SUBJECT [ACTION…]
 *
 * TRACE "office" is a running office instead. SUBJECT is everything, session:N or letter:N; an ACTION is a
 * detailed action name, done in order ("win.view::ladder"), "run:COMMAND", which a shell starts with the office's
 * ports in $ATHENS, $GATEWAY and $SPARTA (SMTP) and does not wait for, "say:LINE", typed in the terminal,
 * "compare:TRACE", "edit:REPLY", typed over the held reply, or what makes another window the picture: "tour:N", the
 * tour at a card, and "shortcuts". What pops up over a window is in its picture. The script take-pictures.sh makes
 * all pictures of docs/pictures. */
#include "app.h"
#include "diff-view.h"
#include "hold-bar.h"
#include "terminal-view.h"
#include "tour.h"
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char **argv;
  int argc;
  GpoWindow *window;
  GtkWidget *shown; /* what is saved: the window, or the tour */
  gboolean done;
} Job;

static gboolean
turn_until (gboolean (*ready) (gpointer), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (!ready (data) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  return ready (data);
}

static gboolean
is_loaded (gpointer data)
{
  Job *job = data;
  return gpo_source_get_progress (gpo_window_get_source (job->window)) >= 1
         && gtk_widget_get_width (GTK_WIDGET (job->window)) > 0;
}

/* Frames have been drawn since: the lists are laid out and scrolled. */
static gboolean
is_settled (gpointer data)
{
  gint64 *until = data;
  return g_get_monotonic_time () > *until && !g_main_context_pending (NULL);
}

static void
settle (void)
{
  gint64 until = g_get_monotonic_time () + 700000;
  turn_until (is_settled, &until);
}

static void
choose (GpoCursor *cursor, const char *subject)
{
  if (g_str_has_prefix (subject, "session:"))
    gpo_cursor_choose (cursor, GPO_SUBJECT_SESSION, (guint32) atoi (subject + 8));
  else if (g_str_has_prefix (subject, "letter:"))
    gpo_cursor_choose (cursor, GPO_SUBJECT_LETTER, (guint32) atoi (subject + 7));
}

static void
draw (cairo_t *cr, GtkWidget *widget, double x, double y)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  gsk_render_node_draw (node, cr);
  cairo_restore (cr);
  gsk_render_node_unref (node);
}

/* What pops up is a surface of its own, at a place that its parent's surface counts. */
static void
draw_popovers (cairo_t *cr, GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child))
      draw_popovers (cr, child);
    else if (gtk_widget_get_mapped (child))
      {
        GdkPopup *popup = GDK_POPUP (gtk_native_get_surface (GTK_NATIVE (child)));
        draw (cr, child, gdk_popup_get_position_x (popup), gdk_popup_get_position_y (popup));
      }
}

static void
save (GtkWidget *widget, const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  int width = gdk_paintable_get_intrinsic_width (paintable), height = gdk_paintable_get_intrinsic_height (paintable);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  draw (cr, widget, 0, 0);
  draw_popovers (cr, widget);
  cairo_destroy (cr);
  if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
    g_error ("%s cannot be written", path);
  cairo_surface_destroy (surface);
}

static GpoSource *
open_source (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (name);
  GpoOfficeConfig config = { .no_control = TRUE };
  if (strcmp (name, "office") == 0)
    config.scenario = gpo_scenario_load (NULL, 0, &error);
  GpoSource *source = config.scenario ? gpo_source_new_office (&config, &error)
                      : error         ? NULL
                                      : gpo_source_new_file (file, &error);
  if (!source)
    g_error ("%s", error->message);
  return source;
}

/* Starts a command beside an office, and gives it a second. */
static void
run (Job *job, const char *command)
{
  static const char *const names[] = { "athens", "gateway", "sparta" };
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (job->window));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const GpoHost *host = gpo_world_host ((GpoWorld *) gpo_office_world (office), names[i]);
      g_autofree char *name = g_ascii_strup (names[i], -1),
                      *port = g_strdup_printf ("%u", gpo_office_port (office, host, GPO_ROLE_SMTP));
      g_setenv (name, port, TRUE);
    }
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "sh", "-c", command, NULL);
  settle ();
}

static void
on_activate (GApplication *app, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoSource) source = open_source (job->argv[1]);
  g_action_group_change_action_state (G_ACTION_GROUP (app), "style", g_variant_new_string (job->argv[5]));
  job->window = gpo_window_new (GTK_APPLICATION (app), source);
  job->shown = GTK_WIDGET (job->window);
  gtk_window_set_decorated (GTK_WINDOW (job->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (job->window), atoi (job->argv[3]), atoi (job->argv[4]));
  gtk_window_present (GTK_WINDOW (job->window));
  turn_until (is_loaded, job);
  GpoCursor *cursor = gpo_window_get_cursor (job->window);
  choose (cursor, job->argv[7]);
  if (strcmp (job->argv[6], "end") != 0)
    gpo_cursor_set_n (cursor, g_ascii_strtoull (job->argv[6], NULL, 10));
  for (int i = 8; i < job->argc; i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      if (g_str_has_prefix (job->argv[i], "run:"))
        {
          run (job, job->argv[i] + 4);
          continue;
        }
      if (g_str_has_prefix (job->argv[i], "say:"))
        {
          GpoTerminalView *terminal = GPO_TERMINAL_VIEW (gpo_window_get_pane (job->window, "terminal"));
          gtk_editable_set_text (gpo_terminal_view_get_entry (terminal), job->argv[i] + 4);
          g_signal_emit_by_name (gpo_terminal_view_get_entry (terminal), "activate");
          continue;
        }
      if (g_str_has_prefix (job->argv[i], "compare:"))
        {
          g_autoptr (GFile) file = g_file_new_for_path (job->argv[i] + 8);
          if (!gpo_diff_view_compare (GPO_DIFF_VIEW (gpo_window_get_pane (job->window, "compare")), file, &error))
            g_error ("%s", error->message);
          continue;
        }
      if (g_str_has_prefix (job->argv[i], "edit:"))
        {
          gpo_hold_editor_set_text (gpo_hold_bar_get_editor (gpo_hold_bar_of (job->window)), job->argv[i] + 5);
          continue;
        }
      if (strcmp (job->argv[i], "shortcuts") == 0)
        {
          job->shown = GTK_WIDGET (gpo_window_get_help (job->window));
          gtk_window_present (GTK_WINDOW (job->shown));
          continue;
        }
      if (g_str_has_prefix (job->argv[i], "tour:"))
        {
          job->shown = gpo_tour_show (GTK_WINDOW (job->window));
          for (int card = atoi (job->argv[i] + 5); card > 0; card--)
            gpo_tour_next (job->shown);
          continue;
        }
      if (!g_action_parse_detailed_name (job->argv[i], &name, &target, &error))
        g_error ("%s", error->message);
      gtk_widget_activate_action_variant (GTK_WIDGET (job->window), name, target);
      settle (); /* the next one may scroll in what this one shows */
    }
  settle ();
  save (job->shown, job->argv[2]);
  g_application_quit (app);
}

int
main (int argc, char **argv)
{
  if (argc < 8)
    g_error ("usage: take-pictures TRACE OUT.png WIDTH HEIGHT light|dark N|end SUBJECT [ACTION…]");
  Job job = { .argv = argv, .argc = argc };
  g_autoptr (GpoApp) app = gpo_app_new ();
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), &job);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
