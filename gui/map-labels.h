/* SPDX-License-Identifier: MIT */
/* map-labels.h: what stands at a connection, and where there is room for it. Part of map-layout.h. */
#pragma once
#include "map-layout.h"

G_BEGIN_DECLS

/* From the links: fills `labels`. */
void gpo_map_labels (GpoMapLayout *layout, GpoMapModel *model);
/* "SMTP ready ‖ held (+2)", on one line or on two. The caller frees. */
char *gpo_map_label_text (const GpoMapLink *link, guint lines);

G_END_DECLS
