/* SPDX-License-Identifier: MIT */
/* letter-text.h: one letter as of event n in words: `glasspost show TRACE --letter N --as …`.
 *
 * The text twin of the window's letter view, from the same facts. Pure: harmless for a terminal. */
#pragma once
#include "replay/letter-facts.h"

G_BEGIN_DECLS

/* Appends one side of the letter as lines: "envelope", "header", "data", "bytes" or "hops"; NULL: envelope,
 * header and data. FALSE: `as` is none of them, and nothing is appended. `picture` is what the facts are of.
 */
gboolean gpo_letter_to_text (GString *out, GpoPicture *picture, const GpoLetterFacts *facts, const char *as);

G_END_DECLS
