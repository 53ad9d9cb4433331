/* SPDX-License-Identifier: MIT */
/* nearest.h: what somebody probably meant.
 *
 * Words that a person typed wrong (a command, a key of a scenario, a field of a filter) are refused
 * with the nearest word that would have been right. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* The word in the NULL-terminated list `words` that takes the fewest single letters added, removed,
 * changed or swapped to come from `word`, ASCII case ignored; the first of equals. NULL if none is
 * near enough to be meant (more than a third of its letters differ). Belongs to `words`. */
const char *gpo_nearest_word (const char *word, const char *const *words);

G_END_DECLS
