/* SPDX-License-Identifier: MIT */
/* map-places.h: a place on the map: host, reader, everybody else. Part of map-draw.h. */
#pragma once
#include "ink.h"
#include "map-draw.h"

G_BEGIN_DECLS

void gpo_map_draw_place (GpoInk *ink, const GpoMapPlace *place, const GpoMapFrame *frame,
                         const GpoMapLook *look);

G_END_DECLS
