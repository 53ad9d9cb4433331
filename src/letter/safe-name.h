/* SPDX-License-Identifier: MIT */
/* safe-name.h: a file name from a letter, made harmless: RFC 2183 §2.3 says why.
 *
 * Whoever wrote the letter wrote the name. Pure; any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* A name without folders, control characters and marks that turn the direction of writing, that does not
 * begin with a dot or a dash, has no more than 120 bytes and keeps its ending. `name` NULL or with nothing
 * left: "part-N.bin" with this number. UTF-8. The caller frees. */
char *gpo_safe_name (const char *name, guint number);
/* Whether a character shows nothing, or turns the direction of what follows. */
gboolean gpo_is_invisible (gunichar c);

G_END_DECLS
