/* SPDX-License-Identifier: MIT */
/* look.h: how all windows look: light, dark or high contrast, and how large their text is. Actions
 * `app.style`, `app.zoom`; both are remembered. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the actions and applies what is remembered. Once, when the program has a display. */
void gpo_look_start (GtkApplication *app);
/* Text is this many hundredths of its usual size. */
int gpo_look_get_zoom (void);

G_END_DECLS
