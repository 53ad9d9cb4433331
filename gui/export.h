/* SPDX-License-Identifier: MIT */
/* export.h: a view as a picture, a page or a text: by the same code that draws the window.
 *
 * The ladder is exported whole (a PDF of it has as many pages as it needs), the map on a sheet of its own
 * size, every other view as it is shown. Pictures are written whole or not at all. */
#pragma once
#include "window.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_EXPORT_SVG,
  GPO_EXPORT_PNG,
  GPO_EXPORT_PDF,
  GPO_EXPORT_TEXT,
  GPO_EXPORT_MERMAID,
  GPO_N_EXPORTS
} GpoExportFormat;

/* "svg", "png", "pdf", "txt", "mmd": also the ending of a file's name. */
const char *gpo_export_ending (GpoExportFormat format);
/* -1: there is none. */
int gpo_export_from_ending (const char *ending);

/* The view of this name (panes.h) in this form. NULL and *error if the view has no such form, or is too long
 * for a picture. */
GBytes *gpo_export_pane (GpoWindow *window, const char *pane, GpoExportFormat format, GError **error);
/* What is chosen, in a line or a few: the event at the cursor, or on the map the chosen host. The caller
 * frees. */
char *gpo_export_chosen (GpoWindow *window, const char *pane);

/* Adds win.copy, win.copy-picture, win.export (s: a format) and win.export-to ((ss): format, file), and their
 * menu. */
void gpo_export_attach (GpoWindow *window);

G_END_DECLS
