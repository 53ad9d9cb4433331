/* SPDX-License-Identifier: MIT */
/* caption.h: the event that is looked at, in plain words, and whose it is: the line under the views.
 *
 *     Event 330, session 4 at sparta: The server answers QUIT with 221: done.
 *
 * It is the event whose row the transcript marks and whose rung the ladder marks: the newest one of what is
 * chosen. Where the cursor has gone past it, the caption says so and names the event it is at. */
#pragma once
#include "cursor.h"

G_BEGIN_DECLS

/* "" if there is no event yet. The caller frees. */
char *gpo_caption (GpoCursor *cursor);

G_END_DECLS
