/* SPDX-License-Identifier: MIT */
/* diff-model.h: the comparison of the window's trace with another as a list: a heading a session, then its
 * lines.
 *
 * A row is made when it is looked at. The comparison is that of replay/compare.h, of what both traces hold
 * when it is made. */
#pragma once
#include "replay/compare.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* One row. Texts belong to it. */
#define GPO_TYPE_DIFF_ROW (gpo_diff_row_get_type ())
G_DECLARE_FINAL_TYPE (GpoDiffRow, gpo_diff_row, GPO, DIFF_ROW, GObject)
/* "=" the same, "~" with a remark, "!" differs, "-" only here, "+" only there; "" of a heading. Static. */
const char *gpo_diff_row_get_sign (GpoDiffRow *row);
/* What stands left (of a heading: all of it) and right; "" where there is nothing. */
const char *gpo_diff_row_get_left (GpoDiffRow *row);
const char *gpo_diff_row_get_right (GpoDiffRow *row);
/* How they differ, in words, or NULL. */
const char *gpo_diff_row_get_note (GpoDiffRow *row);
/* The event of the window's trace, or G_MAXUINT64. */
guint64 gpo_diff_row_get_event (GpoDiffRow *row);

#define GPO_TYPE_DIFF_MODEL (gpo_diff_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoDiffModel, gpo_diff_model, GPO, DIFF_MODEL, GObject)

/* Reads the other trace and compares. `picture` is that of the window and must outlive the model. NULL and
 * `error` if the file is no trace. */
GpoDiffModel *gpo_diff_model_new (GpoPicture *picture, const char *path, GError **error);
const GpoComparison *gpo_diff_model_get_comparison (GpoDiffModel *model);
/* Leaves out what is the same. */
void gpo_diff_model_set_brief (GpoDiffModel *model, gboolean brief);

G_END_DECLS
