/* SPDX-License-Identifier: MIT */
/* test-widths.c: no view asks for more room than a small screen has, however large the text: 1280 by 800 px, from
 * 100 to 200 %, over a file and over a running office, whose strip for holding takes room too. A view that does not
 * fit its own place scrolls; that it need not sideways is tested too. */
#include "window-fixture.h"
#include "look.h"
#include "panes.h"
#include "theme.h"

#define MOST 1280
#define HIGHEST 800

static const int zooms[] = { 100, 110, 125, 150, 175, 200 };

static void
setup (void)
{
  setup_recorded ();
  ck_assert (act ("win.letter(uint32 1)"));
}

static gboolean
is_there (gpointer data)
{
  gpo_cursor_set_following (gpo_window_get_cursor (window), TRUE);
  return gpo_letter_view_get_facts (gpo_window_get_letter (window)) != NULL
         && gpo_letter_view_get_facts (gpo_window_get_letter (window))->mailbox != NULL;
}

/* A letter from Alice to Bob has come to the end of its way. */
static void
setup_mail (void)
{
  static const char text[] = "From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: "
                             "Olives\r\n\r\nThey are ripe.\r\n";
  static const char *const to[] = { "bob@sparta.example", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  setup_office ();
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  ck_assert_uint_ne (gpo_office_send (office, "athens", "alice@athens.example", to, bytes, NULL), 0);
  ck_assert (turn_until (is_there, NULL));
}

static void
teardown (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("reset"));
  teardown_window ();
}

/* The text has grown: rules of CSS reach the widgets with the next frame. */
static gboolean
is_zoomed (gpointer data)
{
  return ABS (gpo_theme_zoom (GTK_WIDGET (window)) * 100 - gpo_look_get_zoom ()) < 1;
}

static void
zoom_to (int zoom)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("reset"));
  while (gpo_look_get_zoom () < zoom)
    g_action_group_activate_action (G_ACTION_GROUP (app), "zoom", g_variant_new_string ("in"));
  ck_assert (turn_until (is_zoomed, NULL));
}

static gboolean
is_shown (gpointer view)
{
  return gtk_widget_get_mapped (view) && gtk_widget_get_width (gtk_widget_get_ancestor (view, GTK_TYPE_SCROLLED_WINDOW)) > 0;
}

static int
least_width (GtkWidget *widget)
{
  int least;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* If it is as wide as it may be. */
static int
least_height (GtkWidget *widget)
{
  int least, width = gtk_widget_get_width (widget);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width > 0 ? width : -1, &least, NULL, NULL, NULL);
  return least;
}

/* The widgets that want the most, from the outside to the inside. The caller frees. */
static char *
who_wants_it (GtkWidget *widget, int (*least) (GtkWidget *))
{
  GString *out = g_string_new (NULL);
  while (widget)
    {
      GtkWidget *widest = NULL;
      g_string_append_printf (out, " > %s %d", gtk_widget_get_css_name (widget), least (widget));
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_visible (child) && !GTK_IS_NATIVE (child) && (!widest || least (child) > least (widest)))
          widest = child;
      widget = widest;
    }
  return g_string_free (out, FALSE);
}

/* What a window asks for that is as wide as a small screen. */
static int
least_height_of_window (void)
{
  int least;
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_VERTICAL, MOST, &least, NULL, NULL, NULL);
  return least;
}

/* What the view wants beyond the place it has on a small screen: so far it must be scrolled sideways. */
static int
missing_width (GtkWidget *view)
{
  GtkWidget *page = gtk_widget_get_ancestor (view, GTK_TYPE_SCROLLED_WINDOW);
  int others = gtk_widget_get_width (GTK_WIDGET (window)) - gtk_widget_get_width (page);
  return least_width (view) - (MOST - others);
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
  g_autofree char *who = who_wants_it (GTK_WIDGET (window), least_width);
  ck_assert_msg (least <= MOST, "%s at %d %% wants %d px:%s", pane->name, zoom, least, who);
  int high = least_height_of_window ();
  g_autofree char *whose = who_wants_it (GTK_WIDGET (window), least_height);
  ck_assert_msg (high <= HIGHEST, "%s at %d %% wants a height of %d px:%s", pane->name, zoom, high, whose);
  GtkWidget *seen = gpo_window_get_pane (window, pane->name);
  g_autofree char *wide = who_wants_it (seen, least_width);
  ck_assert_msg (missing_width (seen) <= 0, "%s at %d %% scrolls sideways by %d px:%s", pane->name, zoom,
                 missing_width (seen), wide);
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
  GtkWidget *seen = gpo_window_get_pane (window, "letter");
  g_autofree char *wide = who_wants_it (seen, least_width);
  ck_assert_msg (missing_width (seen) <= 0, "%s scrolls sideways by %d px:%s", tabs[_i], missing_width (seen), wide);
}
END_TEST

static int
page_width (GtkWidget *view)
{
  return gtk_widget_get_width (gtk_widget_get_ancestor (view, GTK_TYPE_SCROLLED_WINDOW));
}

static int width_before;

static gboolean
is_narrower (gpointer view)
{
  return is_shown (view) && page_width (view) < width_before;
}

static gboolean
is_wide_again (gpointer view)
{
  return page_width (view) == width_before;
}

/* With the labs beside it. */
START_TEST (labs_leave_room_for_a_view)
{
  const GpoPane *pane = &gpo_panes[_i];
  g_autofree char *view = g_strdup_printf ("win.view::%s", pane->name);
  zoom_to (100);
  ck_assert (act (view));
  GtkWidget *seen = gpo_window_get_pane (window, pane->name);
  ck_assert (turn_until (is_shown, seen));
  width_before = page_width (seen);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.lab", NULL);
  ck_assert (turn_until (is_narrower, seen));
  int least = least_width (GTK_WIDGET (window)), missing = missing_width (seen);
  g_autofree char *who = who_wants_it (seen, least_width);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.lab", NULL);
  ck_assert (turn_until (is_wide_again, seen));
  ck_assert_msg (least <= MOST, "%s beside the labs wants %d px", pane->name, least);
  ck_assert_msg (missing <= 0, "%s beside the labs scrolls sideways by %d px:%s", pane->name, missing, who);
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
  tcase_add_loop_test (c, labs_leave_room_for_a_view, 0, n_panes ());
  tcase_add_loop_test (c, tabs_of_the_letter_fit_too, 0, G_N_ELEMENTS (tabs));
  suite_add_tcase (s, c);
  TCase *office = tcase_create ("office");
  tcase_add_unchecked_fixture (office, setup_mail, teardown);
  tcase_set_timeout (office, 60);
  tcase_add_loop_test (office, window_fits_on_a_small_screen, 0, n_panes () * (int) G_N_ELEMENTS (zooms));
  suite_add_tcase (s, office);
  return s;
}

#include "check-main.h"
