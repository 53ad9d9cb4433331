/* SPDX-License-Identifier: MIT */
/* source.h: where a window's trace comes from: an office at work inside this program, or a file.
 *
 * The office runs on its own thread and shares nothing with the window but its log; a file is read by a
 * thread too (trace-loader.h), so the window is usable while it loads. Either way the cursor is told
 * when there is more. Main thread only. */
#pragma once
#include "cursor.h"
#include "office/office.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GPO_TYPE_SOURCE (gpo_source_get_type ())
G_DECLARE_FINAL_TYPE (GpoSource, gpo_source, GPO, SOURCE, GObject)

/* Starts an office; blocks until it is open. The configuration's scenario is taken over. NULL and *error
 * if it cannot be. */
GpoSource *gpo_source_new_office (const GpoOfficeConfig *config, GError **error);
/* Opens a trace file and begins to read it. */
GpoSource *gpo_source_new_file (GFile *file, GError **error);

/* Goes on reading as another process writes the file; to be called before the end of the file was reached. */
void gpo_source_follow (GpoSource *source, GFile *file);

/* Stops reading, then stops the office and waits for it. Without this the last unref does it. */
void gpo_source_close (GpoSource *source);

GpoCursor *gpo_source_get_cursor (GpoSource *source);
/* The office, or NULL: a file takes no intents. */
GpoOffice *gpo_source_get_office (GpoSource *source);
/* "Two towns and a gateway", or the file's name. */
const char *gpo_source_get_title (GpoSource *source);
/* 0 to 1 while a file is being read; 1 when all is there. Property "progress" with notify. */
double gpo_source_get_progress (GpoSource *source);
/* What could not be read, in one sentence, or NULL. Known when progress is 1. */
const char *gpo_source_get_problem (GpoSource *source);

G_END_DECLS
