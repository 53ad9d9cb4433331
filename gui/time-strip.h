/* SPDX-License-Identifier: MIT */
/* time-strip.h: the whole trace as a strip, from the first event to the last: how busy it was, where
 * something was refused or deferred, where letters arrived; and the cursor. Dragging over it moves the
 * cursor; so do the arrow and page keys. */
#pragma once
#include "cursor.h"
#include "density.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_TIME_STRIP (gpo_time_strip_get_type ())
G_DECLARE_FINAL_TYPE (GpoTimeStrip, gpo_time_strip, GPO, TIME_STRIP, GtkWidget)

/* Once. */
void gpo_time_strip_set_cursor (GpoTimeStrip *strip, GpoCursor *cursor);
/* What is drawn; for tests. */
const GpoDensity *gpo_time_strip_get_density (GpoTimeStrip *strip);

G_END_DECLS
