/* SPDX-License-Identifier: MIT */
/* window-time.c: one table of actions, one of keys. */
#include "window-time.h"

/* --- actions --- */

static void
on_go (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoCursor *cursor = gpo_window_get_cursor (data);
  const char *where = g_variant_get_string (parameter, NULL);
  guint64 n = gpo_cursor_get_n (cursor);
  if (g_str_equal (where, "start"))
    gpo_cursor_set_n (cursor, 0);
  else if (g_str_equal (where, "end"))
    gpo_cursor_set_following (cursor, TRUE);
  else if (g_str_equal (where, "forward-all"))
    gpo_cursor_set_n (cursor, n + 1);
  else if (g_str_equal (where, "back-all"))
    gpo_cursor_set_n (cursor, n ? n - 1 : 0);
  else
    gpo_cursor_step (cursor, g_str_equal (where, "back") ? -1 : 1);
}

static void
on_goto (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_cursor_set_n (gpo_window_get_cursor (data), g_variant_get_uint64 (parameter));
}

static void
on_play (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_player_toggle (gpo_window_get_player (data));
}

static void
on_speed (GSimpleAction *action, GVariant *state, gpointer data)
{
  gpo_player_set_speed (gpo_window_get_player (data), g_variant_get_double (state));
}

static void
on_speed_by (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoPlayer *player = gpo_window_get_player (data);
  const char *how = g_variant_get_string (parameter, NULL);
  if (g_str_equal (how, "usual"))
    gpo_player_set_speed (player, 1);
  else
    gpo_player_change_speed (player, g_str_equal (how, "slower") ? -1 : 1);
}

static void
show_speed (GpoPlayer *player, GParamSpec *spec, gpointer data)
{
  GAction *action = g_action_map_lookup_action (data, "speed");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_double (gpo_player_get_speed (player)));
}

static const GActionEntry actions[] = {
  { "go", on_go, "s", NULL, NULL },
  { "goto", on_goto, "t", NULL, NULL },
  { "play", on_play, NULL, NULL, NULL },
  { "speed", NULL, "d", "1.0", on_speed },
  { "speed-by", on_speed_by, "s", NULL, NULL },
};

/* --- keys as in players --- */

static const struct
{
  guint key;
  const char *action;
} keys[] = {
  { GDK_KEY_space, "win.play" },
  { GDK_KEY_period, "win.go::forward" },
  { GDK_KEY_comma, "win.go::back" },
  { GDK_KEY_greater, "win.go::forward-all" },
  { GDK_KEY_less, "win.go::back-all" },
  { GDK_KEY_Home, "win.go::start" },
  { GDK_KEY_End, "win.go::end" },
  { GDK_KEY_plus, "win.speed-by::faster" },
  { GDK_KEY_KP_Add, "win.speed-by::faster" },
  { GDK_KEY_minus, "win.speed-by::slower" },
  { GDK_KEY_KP_Subtract, "win.speed-by::slower" },
  { GDK_KEY_BackSpace, "win.speed-by::usual" },
  { GDK_KEY_slash, "win.filter" },
  { GDK_KEY_e, "win.error::next" },
  { GDK_KEY_E, "win.error::previous" },
  { GDK_KEY_n, "win.note" },
  { GDK_KEY_bracketleft, "win.marker::previous" },
  { GDK_KEY_bracketright, "win.marker::next" },
};

/* 0 to 9: so many tenths of the trace. */
static void
go_to_tenth (GpoWindow *window, guint tenth)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  guint64 first = gpo_log_first (gpo_cursor_get_log (cursor)), length = gpo_cursor_get_length (cursor);
  gpo_cursor_set_n (cursor, first + (length - MIN (first, length)) * tenth / 10);
}

gboolean
gpo_window_press (GpoWindow *window, guint key)
{
  if (key >= GDK_KEY_0 && key <= GDK_KEY_9)
    {
      go_to_tenth (window, key - GDK_KEY_0);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == key)
      {
        g_autofree char *name = NULL;
        g_autoptr (GVariant) target = NULL;
        g_action_parse_detailed_name (keys[i].action, &name, &target, NULL);
        return gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
      }
  return FALSE;
}

/* Before the focused widget gets the key, unless somebody types, or presses a button with the space bar. */
static gboolean
on_key (GpoWindow *window, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK) || GTK_IS_EDITABLE (focus))
    return FALSE;
  if (key == GDK_KEY_space && (GTK_IS_BUTTON (focus) || GTK_IS_TOGGLE_BUTTON (focus)))
    return FALSE;
  return gpo_window_press (window, key);
}

void
gpo_window_time_attach (GpoWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_object (gpo_window_get_player (window), "notify::speed", G_CALLBACK (show_speed), window,
                           0);
  GtkEventController *controller = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (controller, "key-pressed", G_CALLBACK (on_key), window);
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}
