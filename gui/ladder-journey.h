/* SPDX-License-Identifier: MIT */
/* ladder-journey.h: one letter's way across all hosts: its own events, and what was said around them in the
 * sessions that carried it (the greeting, EHLO, TLS, MAIL FROM), which do not name it. */
#pragma once
#include "replay/picture.h"

G_BEGIN_DECLS

/* The numbers of the events (guint32), ascending. The caller frees (g_array_unref). */
GArray *gpo_ladder_journey (GpoPicture *picture, const GpoLetterTrack *letter);

G_END_DECLS
