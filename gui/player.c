/* SPDX-License-Identifier: MIT */
/* player.c: a timer that steps the cursor. */
#include "player.h"
#include "notes.h"

#define FRAME_MS 16
#define LONGEST (G_USEC_PER_SEC)
#define SHORTEST (G_USEC_PER_SEC / 10)

struct _GpoPlayer
{
  GObject parent_instance;
  GpoCursor *cursor;
  double speed;
  gint64 saved;  /* µs of the trace's time that have passed since the last step */
  gint64 before; /* monotonic time of the last frame */
  guint timer;
};

const double gpo_player_speeds[] = { 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 0 };

enum
{
  PROP_PLAYING = 1,
  PROP_SPEED,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GpoPlayer, gpo_player, G_TYPE_OBJECT)

static void
gpo_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_PLAYING)
    g_value_set_boolean (value, gpo_player_get_playing (GPO_PLAYER (object)));
  else if (id == PROP_SPEED)
    g_value_set_double (value, GPO_PLAYER (object)->speed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gpo_player_dispose (GObject *object)
{
  GpoPlayer *player = GPO_PLAYER (object);
  g_clear_handle_id (&player->timer, g_source_remove);
  g_clear_object (&player->cursor);
  G_OBJECT_CLASS (gpo_player_parent_class)->dispose (object);
}

static void
gpo_player_class_init (GpoPlayerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_player_dispose;
  G_OBJECT_CLASS (class)->get_property = gpo_player_get_property;
  props[PROP_PLAYING]
      = g_param_spec_boolean ("playing", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_SPEED]
      = g_param_spec_double ("speed", NULL, NULL, 0.1, 100, 1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPS, props);
}

static void
gpo_player_init (GpoPlayer *player)
{
  player->speed = 1;
}

GpoPlayer *
gpo_player_new (GpoCursor *cursor)
{
  GpoPlayer *player = g_object_new (GPO_TYPE_PLAYER, NULL);
  player->cursor = g_object_ref (cursor);
  return player;
}

/* --- time --- */

/* The event of the subject behind the cursor's, or G_MAXUINT64. */
static guint64
next_event (GpoPlayer *player)
{
  const GpoTrack *track = gpo_cursor_get_track (player->cursor);
  guint64 n = gpo_cursor_get_n (player->cursor);
  if (!track)
    return n + 1 < gpo_cursor_get_length (player->cursor) ? n + 1 : G_MAXUINT64;
  guint i = gpo_track_until (track, n);
  return i < track->n ? track->events[i] : G_MAXUINT64;
}

/* µs between the cursor's event and that one, as they are played. */
static gint64
pause_before (GpoPlayer *player, guint64 next)
{
  GpoLog *log = gpo_cursor_get_log (player->cursor);
  const GpoEvent *a = gpo_log_get (log, gpo_cursor_get_n (player->cursor)), *b = gpo_log_get (log, next);
  return CLAMP (a && b ? b->time - a->time : 0, SHORTEST, LONGEST);
}

void
gpo_player_pass (GpoPlayer *player, gint64 us)
{
  guint64 next;
  player->saved += (gint64) ((double) us * player->speed);
  while ((next = next_event (player)) != G_MAXUINT64)
    {
      gint64 pause = pause_before (player, next);
      if (player->saved < pause)
        return;
      player->saved -= pause;
      gpo_cursor_set_n (player->cursor, next);
      if (gpo_notes_get (gpo_notes_of (player->cursor), next))
        {
          gpo_player_set_playing (player, FALSE); /* somebody has something to say here */
          return;
        }
    }
  gpo_player_set_playing (player, FALSE);
  if (!gpo_cursor_get_track (player->cursor))
    gpo_cursor_set_following (player->cursor, TRUE);
}

static gboolean
on_timer (gpointer data)
{
  GpoPlayer *player = data;
  gint64 now = g_get_monotonic_time ();
  gint64 passed = now - player->before;
  player->before = now;
  gpo_player_pass (player, MIN (passed, LONGEST)); /* a program that was stopped does not leap */
  return G_SOURCE_CONTINUE;
}

gboolean
gpo_player_get_playing (GpoPlayer *player)
{
  return player->timer != 0;
}

void
gpo_player_set_playing (GpoPlayer *player, gboolean playing)
{
  if (playing == gpo_player_get_playing (player))
    return;
  player->saved = 0;
  player->before = g_get_monotonic_time ();
  if (playing)
    player->timer = g_timeout_add (FRAME_MS, on_timer, player);
  else
    g_clear_handle_id (&player->timer, g_source_remove);
  g_object_notify_by_pspec (G_OBJECT (player), props[PROP_PLAYING]);
}

void
gpo_player_toggle (GpoPlayer *player)
{
  guint64 length = gpo_cursor_get_length (player->cursor);
  if (gpo_player_get_playing (player))
    gpo_player_set_playing (player, FALSE);
  else if (next_event (player) != G_MAXUINT64)
    gpo_player_set_playing (player, TRUE);
  else if (length)
    gpo_cursor_set_following (player->cursor, !gpo_cursor_get_following (player->cursor));
}

void
gpo_player_set_speed (GpoPlayer *player, double speed)
{
  speed = CLAMP (speed, 0.1, 100);
  if (speed == player->speed)
    return;
  player->speed = speed;
  g_object_notify_by_pspec (G_OBJECT (player), props[PROP_SPEED]);
}

double
gpo_player_get_speed (GpoPlayer *player)
{
  return player->speed;
}

void
gpo_player_change_speed (GpoPlayer *player, int by)
{
  int last = (int) G_N_ELEMENTS (gpo_player_speeds) - 2, now = 0;
  while (now < last && gpo_player_speeds[now + 1] <= player->speed)
    now++;
  gpo_player_set_speed (player, gpo_player_speeds[CLAMP (now + by, 0, last)]);
}
