/* SPDX-License-Identifier: MIT */
/* test-closing.c: a window that is closed while something hangs over it, or while its trace is being read. */
#include "window-fixture.h"
#include <glib/gstdio.h>

/* Where each popover comes from: an action, in a view. */
static const struct
{
  const char *view, *action;
} cases[] = {
  { "win.view::map", "win.host-menu" },
  { "win.view::transcript", "win.note" },
  { "win.view::transcript", "win.breakpoints" },
};

static GtkWidget *
open_popover (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      gboolean is_open = GTK_IS_POPOVER (child) && gtk_widget_get_mapped (child);
      GtkWidget *found = is_open ? child : open_popover (child);
      if (found)
        return found;
    }
  return NULL;
}

/* The map opens its menu once it has been laid out. */
static gboolean
opens_popover (gpointer action)
{
  if (!open_popover (GTK_WIDGET (window)))
    act (action);
  return open_popover (GTK_WIDGET (window)) != NULL;
}

static gboolean
is_shown (gpointer data)
{
  return gtk_widget_get_mapped (GTK_WIDGET (window)) && gtk_widget_get_width (GTK_WIDGET (window)) > 0;
}

/* Whether the window was still there when the popover closed. */
static void
on_closed (GtkPopover *popover, gboolean *in_time)
{
  *in_time = gtk_widget_get_realized (GTK_WIDGET (window));
}

START_TEST (popover_closes_before_its_window)
{
  gboolean in_time = FALSE;
  open_office ();
  ck_assert (turn_until (is_shown, NULL));
  ck_assert (act (cases[_i].view));
  ck_assert (turn_until (opens_popover, (gpointer) cases[_i].action));
  g_signal_connect (open_popover (GTK_WIDGET (window)), "closed", G_CALLBACK (on_closed), &in_time);
  close_window ();
  ck_assert (in_time);
}
END_TEST

/* Its thread is waited for, and what it says of the end reaches nobody. */
START_TEST (window_closes_while_its_trace_is_read)
{
  g_autofree char *path = recorded_trace ();
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (GpoSource) source = gpo_source_new_file (file, &error);
      ck_assert_msg (source != NULL, "%s", error ? error->message : "");
      window = gpo_app_show (app, source);
      for (guint turn = 0; turn < i; turn++)
        g_main_context_iteration (NULL, FALSE);
      g_clear_object (&source);
      close_window ();
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
END_TEST

/* A client calls, and its first words are logged while the window's own wake-up for them is still to come. */
static void
call (GpoOffice *office)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GpoWorld *world = (GpoWorld *) gpo_office_world (office);
  guint port = gpo_office_port (office, gpo_world_host (world, "athens"), GPO_ROLE_SMTP);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port, NULL, &error);
  char greeting[4] = { 0 };
  ck_assert_msg (connection != NULL, "%s", error ? error->message : "");
  ck_assert_msg (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), greeting, 3, NULL, &error)
                     == 3,
                 "%s", error ? error->message : "");
  ck_assert_str_eq (greeting, "220");
}

/* Its trace is whole and nobody writes it any more. */
START_TEST (office_ends_with_its_window)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("glasspost-closing-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "office.trace", NULL), *text = NULL;
  GpoOfficeConfig config = { .scenario = gpo_scenario_load (NULL, 0, &error), .trace = path, .no_control = TRUE };
  g_autoptr (GpoSource) source = gpo_source_new_office (&config, &error);
  ck_assert_msg (source != NULL, "%s", error ? error->message : "");
  window = gpo_app_show (app, source);
  ck_assert (turn_until (is_shown, NULL));
  GpoOffice *office = gpo_source_get_office (source);
  g_clear_object (&source);
  call (office);
  close_window ();
  ck_assert (g_file_get_contents (path, &text, NULL, &error));
  const char *last = strrchr (g_strchomp (text), '\n');
  ck_assert_ptr_nonnull (last);
  ck_assert_msg (strstr (last, "\"office\"") && strstr (last, "\"stop\""), "%s", last);
  g_remove (path);
  g_rmdir (folder);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("closing");
  TCase *tc = tcase_create ("closing");
  tcase_add_unchecked_fixture (tc, setup_app, teardown_app);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, popover_closes_before_its_window, 0, (int) G_N_ELEMENTS (cases));
  tcase_add_test (tc, window_closes_while_its_trace_is_read);
  tcase_add_test (tc, office_ends_with_its_window);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
