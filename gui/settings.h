/* SPDX-License-Identifier: MIT */
/* settings.h: what the window remembers from one run to the next: a key file in the user's configuration
 * folder, glasspost/window.ini. What cannot be read or written is as if it had never been set: nothing
 * depends on it.
 *
 * Main thread only. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* The value of a key, or the fallback. The caller frees a text. */
char *gpo_settings_get_text (const char *key, const char *fallback);
int gpo_settings_get_number (const char *key, int fallback);
/* Sets and writes. */
void gpo_settings_set_text (const char *key, const char *value);
void gpo_settings_set_number (const char *key, int value);
/* Forgets what was read, for tests: the next question reads the file again. */
void gpo_settings_forget (void);

G_END_DECLS
