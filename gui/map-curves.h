/* SPDX-License-Identifier: MIT */
/* map-curves.h: the lines between places, and the envelopes on them and in the piles. Part of map-layout.h.
 */
#pragma once
#include "map-layout.h"

G_BEGIN_DECLS

/* From the frames: fills `ways` and `links`. */
void gpo_map_curves (GpoMapLayout *layout, GpoMapModel *model);
/* From frames and links: fills `tokens`. */
void gpo_map_tokens (GpoMapLayout *layout, GpoMapModel *model);

G_END_DECLS
