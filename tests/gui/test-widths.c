/* SPDX-License-Identifier: MIT */
/* test-widths.c: no view asks for more room than a small screen has, however large the text: 1280 px, from 100 to 200 %. */
#include "window-fixture.h"
#include "look.h"
#include "panes.h"

#define MOST 1280

static const int zooms[] = { 100, 110, 125, 150, 175, 200 };

static void
setup (void)
{
  g_autofree char *path = recorded_trace ();
  setup_app ();
  open_path (path);
  ck_assert (act ("win.letter(uint32 1)"));
}

static void
teardown (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("reset"));
  close_window ();
  teardown_app ();
}

static void
zoom_to (int zoom)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("reset"));
  while (gpo_look_get_zoom () < zoom)
    g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("in"));
}

static gboolean
is_shown (gpointer view)
{
  return gtk_widget_get_mapped (view);
}

static int
least_width (GtkWidget *widget)
{
  int least;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* The widgets that want the most, from the outside to the inside. The caller frees. */
static char *
who_wants_it (GtkWidget *widget)
{
  GString *out = g_string_new (NULL);
  while (widget)
    {
      GtkWidget *widest = NULL;
      g_string_append_printf (out, " > %s %d", gtk_widget_get_css_name (widget), least_width (widget));
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_visible (child) && (!widest || least_width (child) > least_width (widest)))
          widest = child;
      widget = widest;
    }
  return g_string_free (out, FALSE);
}

/* One row a view a size of text. */
START_TEST (window_fits_on_a_small_screen)
{
  const GpoPane *pane = &gpo_panes[(guint) _i / G_N_ELEMENTS (zooms)];
  int zoom = zooms[(guint) _i % G_N_ELEMENTS (zooms)];
  g_autofree char *view = g_strdup_printf ("win.view::%s", pane->name);
  zoom_to (zoom);
  ck_assert (act (view));
  ck_assert (turn_until (is_shown, gpo_window_get_pane (window, pane->name)));
  int least = least_width (GTK_WIDGET (window));
  g_autofree char *who = who_wants_it (GTK_WIDGET (window));
  ck_assert_msg (least <= MOST, "%s at %d %% wants %d px:%s", pane->name, zoom, least, who);
}
END_TEST

static const char *const tabs[] = { "win.letter-tab::parts", "win.letter-tab::bytes", "win.letter-tab::hops" };

START_TEST (tabs_of_the_letter_fit_too)
{
  zoom_to (200);
  ck_assert (act ("win.view::letter"));
  ck_assert (act (tabs[_i]));
  ck_assert (turn_until (is_shown, gpo_window_get_pane (window, "letter")));
  int least = least_width (GTK_WIDGET (window));
  ck_assert_msg (least <= MOST, "%s wants %d px", tabs[_i], least);
}
END_TEST

static int
n_panes (void)
{
  int n = 0;
  while (gpo_panes[n].name)
    n++;
  return n;
}

static Suite *
suite (void)
{
  Suite *s = suite_create ("widths");
  TCase *c = tcase_create ("widths");
  tcase_add_unchecked_fixture (c, setup, teardown);
  tcase_set_timeout (c, 60);
  tcase_add_loop_test (c, window_fits_on_a_small_screen, 0, n_panes () * (int) G_N_ELEMENTS (zooms));
  tcase_add_loop_test (c, tabs_of_the_letter_fit_too, 0, G_N_ELEMENTS (tabs));
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
