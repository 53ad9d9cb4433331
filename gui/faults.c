/* SPDX-License-Identifier: MIT */
/* faults.c: a table of faults, the menus, and asking. */
#include "faults.h"
#include "i18n.h"
#include <string.h>

static const struct
{
  const char *name, *label, *rule; /* what stands behind "fault add NAME-HOST at HOST" */
} rules[] = {
  { "slow", N_ ("_Slow: Two Seconds a Command"), "when line and from = client do delay 2s" },
  { "rcpt-451", N_ ("Next RCPT: _451, Try Again Later"),
    "when smtp and from = client and verb = RCPT do reply 451 4.3.0 Not now, try again later times 1" },
  { "rcpt-550", N_ ("Next RCPT: _550, Refused"),
    "when smtp and from = client and verb = RCPT do reply 550 5.7.1 Not accepted here times 1" },
  { "drop-data", N_ ("Drop the _Connection after the Next Letter's Data"),
    "when smtp and from = client and verb = end-of-data do drop times 1" },
};

static const struct
{
  const char *speed, *label;
} speeds[] = {
  { "0", N_ ("Stand S_till") },        { "0.1", N_ ("A _Tenth") },
  { "1", N_ ("_Real Time") },          { "10", N_ ("T_en Times") },
  { "60", N_ ("A _Minute a Second") }, { "3600", N_ ("An _Hour a Second") },
  { "86400", N_ ("A _Day a Second") },
};

typedef struct
{
  GpoWindow *window; /* owns this */
  GpoCursor *cursor;
  GpoOffice *office;
  GpoMapView *map;
  guint64 seen; /* events looked at for what the clock does */
} Faults;

/* --- asking --- */

static void
on_answer (char *answer, const GError *error, gpointer data)
{
  GWeakRef *ref = data;
  g_autoptr (GpoWindow) window = g_weak_ref_get (ref);
  if (window && error)
    gpo_window_show_problem (window, error->message);
  g_weak_ref_clear (ref);
  g_free (ref);
}

static void
ask (Faults *faults, const char *intent)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, faults->window);
  gpo_office_tell (faults->office, intent, on_answer, ref);
}

char *
gpo_fault_intent (const char *name, const char *host)
{
  if (strcmp (name, "clear") == 0)
    return g_strdup_printf ("fault clear %s", host);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].name, name) == 0)
      return g_strdup_printf ("fault add %s-%s at %s %s", name, host, host, rules[i].rule);
  return NULL;
}

static const char *
chosen_host (Faults *faults)
{
  guint32 number;
  return gpo_cursor_get_subject (faults->cursor, &number) == GPO_SUBJECT_HOST
             ? gpo_symbol_name ((GpoSymbol) number)
             : NULL;
}

/* --- actions --- */

static void
on_host_down (GSimpleAction *action, GVariant *state, gpointer data)
{
  const char *host = chosen_host (data);
  if (!host)
    return;
  g_autofree char *intent
      = g_strdup_printf ("host %s %s", g_variant_get_boolean (state) ? "down" : "up", host);
  ask (data, intent); /* the state follows the trace */
}

static void
on_fault (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *host = chosen_host (data);
  g_autofree char *intent = host ? gpo_fault_intent (g_variant_get_string (parameter, NULL), host) : NULL;
  if (intent)
    ask (data, intent);
}

static void
on_clock_skip (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ask (data, "clock skip");
}

static void
on_clock_speed (GSimpleAction *action, GVariant *state, gpointer data)
{
  g_autofree char *intent = g_strdup_printf ("clock speed %s", g_variant_get_string (state, NULL));
  ask (data, intent);
}

static void
on_host_menu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Faults *faults = data;
  gtk_widget_activate_action (GTK_WIDGET (faults->window), "win.view", "s", "map");
  gpo_map_view_open_menu (faults->map);
}

static const GActionEntry actions[] = {
  { "host-down", NULL, NULL, "false", on_host_down }, { "fault", on_fault, "s", NULL, NULL },
  { "clock-skip", on_clock_skip, NULL, NULL, NULL },  { "clock-speed", NULL, "s", "'1'", on_clock_speed },
  { "host-menu", on_host_menu, NULL, NULL, NULL },
};

/* --- keeping up --- */

static GSimpleAction *
action_named (Faults *faults, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (faults->window), name));
}

static void
set_state (Faults *faults, const char *name, GVariant *state)
{
  g_autoptr (GVariant) now = g_action_get_state (G_ACTION (action_named (faults, name)));
  g_variant_ref_sink (state);
  if (!g_variant_equal (now, state))
    g_simple_action_set_state (action_named (faults, name), state);
  g_variant_unref (state);
}

/* Whoever changed the clock: the trace says so. */
static void
look_at_clock (Faults *faults)
{
  GpoLog *log = gpo_cursor_get_log (faults->cursor);
  guint64 length = gpo_cursor_get_length (faults->cursor);
  for (faults->seen = MAX (faults->seen, gpo_log_first (log)); faults->seen < length; faults->seen++)
    {
      const GpoEvent *event = gpo_log_get (log, faults->seen);
      const char *speed
          = event && event->kind == GPO_KIND_CLOCK ? gpo_event_text (event, GPO_FIELD_SPEED, NULL) : NULL;
      if (speed)
        set_state (faults, "clock-speed", g_variant_new_string (speed));
    }
}

static void
refresh (Faults *faults)
{
  const char *host = chosen_host (faults);
  GpoPicture *picture = gpo_cursor_get_picture (faults->cursor);
  const GpoHostTrack *track = host ? gpo_picture_host_of (picture, gpo_symbol (host)) : NULL;
  gboolean can = faults->office && track && track->domain;
  g_simple_action_set_enabled (action_named (faults, "host-down"), can);
  g_simple_action_set_enabled (action_named (faults, "fault"), can);
  g_simple_action_set_enabled (action_named (faults, "clock-skip"), faults->office != NULL);
  g_simple_action_set_enabled (action_named (faults, "clock-speed"), faults->office != NULL);
  set_state (faults, "host-down",
             g_variant_new_boolean (track && gpo_picture_host_is_down (picture, track, G_MAXUINT64)));
  if (faults->office)
    look_at_clock (faults);
}

static void
on_changed (GpoCursor *cursor, GParamSpec *spec, GpoMapView *map)
{
  refresh (g_object_get_data (G_OBJECT (map), "gpo-faults"));
}

/* --- menus --- */

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) host = g_menu_new (), wrong = g_menu_new (), clock = g_menu_new (), speed = g_menu_new (),
                    none = g_menu_new ();
  g_menu_append (host, _ ("Host is _Down"), "win.host-down");
  g_menu_append (host, _ ("This Menu on the _Map"), "win.host-menu");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (host));
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *action = g_strconcat ("win.fault::", rules[i].name, NULL);
      g_menu_append (wrong, _ (rules[i].label), action);
    }
  g_menu_append (none, _ ("Clear the _Faults of This Host"), "win.fault::clear");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (wrong));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (none));
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    {
      g_autofree char *action = g_strconcat ("win.clock-speed::", speeds[i].speed, NULL);
      g_menu_append (speed, _ (speeds[i].label), action);
    }
  g_menu_append (clock, _ ("Skip to the _Next Retry"), "win.clock-skip");
  g_menu_append_submenu (clock, _ ("Clock S_peed"), G_MENU_MODEL (speed));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (clock));
  return G_MENU_MODEL (menu);
}

void
gpo_faults_attach (GpoWindow *window, GpoMapView *map)
{
  Faults *faults = g_new0 (Faults, 1);
  g_autoptr (GMenuModel) menu = make_menu ();
  faults->window = window;
  faults->map = map;
  faults->cursor = gpo_window_get_cursor (window);
  faults->office = gpo_source_get_office (gpo_window_get_source (window));
  g_object_set_data_full (G_OBJECT (window), "gpo-faults", faults, g_free);
  g_object_set_data (G_OBJECT (map), "gpo-faults", faults);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), faults);
  gpo_map_view_set_menu (map, menu);
  gpo_window_add_menu (window, _ ("_Faults and Clock"), menu);
  /* on the map, which goes before the window's data does */
  g_signal_connect_object (faults->cursor, "notify::subject", G_CALLBACK (on_changed), map, 0);
  g_signal_connect_object (faults->cursor, "notify::length", G_CALLBACK (on_changed), map, 0);
  refresh (faults);
}
