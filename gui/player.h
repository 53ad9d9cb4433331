/* SPDX-License-Identifier: MIT */
/* player.h: moves the cursor on as time goes by.
 *
 * Events of the subject are shown in the pace they were recorded, times the speed; but no pause is longer
 * than a second and none shorter than a tenth: a session on the loopback takes three milliseconds, and nobody
 * sees anything of those. At an event with a note it pauses. At the end playing stops, and the cursor follows
 * a running office again.
 *
 * Properties: "playing", "speed", with notify. Main thread only. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

#define GPO_TYPE_PLAYER (gpo_player_get_type ())
G_DECLARE_FINAL_TYPE (GpoPlayer, gpo_player, GPO, PLAYER, GObject)

GpoPlayer *gpo_player_new (GpoCursor *cursor);
gboolean gpo_player_get_playing (GpoPlayer *player);
void gpo_player_set_playing (GpoPlayer *player, gboolean playing);
/* Play or pause, as the space bar does: pausing a cursor that follows keeps it where it is. */
void gpo_player_toggle (GpoPlayer *player);
/* 0.1 to 100; 1 at first. */
void gpo_player_set_speed (GpoPlayer *player, double speed);
double gpo_player_get_speed (GpoPlayer *player);
/* The speeds to choose from, slowest first, ended by 0. */
extern const double gpo_player_speeds[];
/* So many of them faster, or slower; no further than there are. */
void gpo_player_change_speed (GpoPlayer *player, int by);
/* Lets this much time pass, in µs; the timer calls it, and tests. */
void gpo_player_pass (GpoPlayer *player, gint64 us);

G_END_DECLS
