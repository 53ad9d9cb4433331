/* SPDX-License-Identifier: MIT */
/* app.h: the program glasspost-window: org.glasspost.Glasspost.
 *
 *     glasspost-window [--scenario F] [--store DIR] [--temporary] [--port-base N] [--trace FILE]   runs an
 * office glasspost-window FILE…                                                                    opens
 * traces
 *
 * The office runs inside the program and ends with its window. */
#pragma once
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_APP (gpo_app_get_type ())
G_DECLARE_FINAL_TYPE (GpoApp, gpo_app, GPO, APP, GtkApplication)

GpoApp *gpo_app_new (void);
/* Opens a window on a source and presents it. */
GpoWindow *gpo_app_show (GpoApp *app, GpoSource *source);

G_END_DECLS
