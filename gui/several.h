/* SPDX-License-Identifier: MIT */
/* several.h: sessions that were chosen by hand, and their events in one track. Part of the cursor. */
#pragma once
#include "replay/picture.h"

G_BEGIN_DECLS

typedef struct GpoSeveral GpoSeveral;

/* Of these sessions; the numbers are copied, doubles left out. */
GpoSeveral *gpo_several_new (const guint32 *numbers, guint n);
void gpo_several_free (GpoSeveral *several);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoSeveral, gpo_several_free)
/* In ascending order; valid as long as it is. */
const guint32 *gpo_several_numbers (const GpoSeveral *several, guint *n);
gboolean gpo_several_has (const GpoSeveral *several, guint32 session);
/* Whether both are of the same sessions; NULL is of none. */
gboolean gpo_several_equal (const GpoSeveral *a, const GpoSeveral *b);
/* Their events in the picture's order; takes in what it has gained. Always the same picture, please. */
const GpoTrack *gpo_several_track (GpoSeveral *several, GpoPicture *picture);

G_END_DECLS
