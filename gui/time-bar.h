/* SPDX-License-Identifier: MIT */
/* time-bar.h: play, pause, step, speed, the strip of the whole trace, and what time it is there. */
#pragma once
#include "cursor.h"
#include "density.h"
#include "player.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_TIME_BAR (gpo_time_bar_get_type ())
G_DECLARE_FINAL_TYPE (GpoTimeBar, gpo_time_bar, GPO, TIME_BAR, GtkWidget)

/* Once. `live`: there is an office to follow. */
void gpo_time_bar_set_cursor (GpoTimeBar *bar, GpoCursor *cursor, gboolean live);
/* What plays; belongs to the bar. */
GpoPlayer *gpo_time_bar_get_player (GpoTimeBar *bar);
/* What it shows, for tests: "0.368 s · 331/536", and the strip's columns. */
const char *gpo_time_bar_get_clock (GpoTimeBar *bar);
const GpoDensity *gpo_time_bar_get_density (GpoTimeBar *bar);

G_END_DECLS
