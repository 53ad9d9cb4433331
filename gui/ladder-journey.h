/* SPDX-License-Identifier: MIT */
/* ladder-journey.h: one letter's way across all hosts: its own events, and what was said around them in the
 * sessions that carried it (the greeting, EHLO, TLS, MAIL FROM), which do not name it. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

/* The numbers of the events (guint32), ascending. The caller frees (g_array_unref). */
GArray *gpo_ladder_journey (GpoPicture *picture, const GpoLetterTrack *letter);

/* That of the chosen letter; NULL if none is chosen. Belongs to the cursor, valid until the trace grows or something else
 * is chosen; made anew only if the letter has got further. */
const GpoTrack *gpo_journey_of (GpoCursor *cursor);

G_END_DECLS
