/* SPDX-License-Identifier: MIT */
/* bytes-view.h: a scrollable that shows the bytes of a letter (bytes-draw.h).
 *
 * Signal "pointed" (guint64 place, gboolean chosen): the pointer or the keys are at this byte of the stored
 * form; chosen: it was clicked, or Enter was pressed. */
#pragma once
#include "bytes-draw.h"
#include "sheet.h"

G_BEGIN_DECLS

#define GPO_TYPE_BYTES_VIEW (gpo_bytes_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoBytesView, gpo_bytes_view, GPO, BYTES_VIEW, GpoSheet)

/* What is shown; NULL: nothing. The facts must stay until they are replaced. */
void gpo_bytes_view_set_facts (GpoBytesView *view, const GpoLetterFacts *facts);
void gpo_bytes_view_set_form (GpoBytesView *view, GpoRowsForm form, gboolean hex);
/* Lights bytes of the stored form and, if asked to, brings them into view. */
void gpo_bytes_view_light (GpoBytesView *view, GpoSpan lit, gboolean show);
GpoSpan gpo_bytes_view_get_lit (GpoBytesView *view);
/* What is drawn now; rows is NULL if there is nothing. For tests and pictures. */
const GpoBytesScene *gpo_bytes_view_get_scene (GpoBytesView *view);

G_END_DECLS
