/* SPDX-License-Identifier: MIT */
/* clock-jumps.h: where in a trace the office's clock jumped or changed its pace: the `clock` events, which
 * belong to no session and no letter, yet change what all of them see. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

/* The `clock` events of the cursor's trace, up to its length. Made on first use, belongs to the cursor; what
 * the trace gains is taken in with each call. */
const GpoTrack *gpo_clock_jumps_of (GpoCursor *cursor);

G_END_DECLS
