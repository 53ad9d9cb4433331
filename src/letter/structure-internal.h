/* SPDX-License-Identifier: MIT */
/* structure-internal.h: what the files of structure.h share. */
#pragma once
#include "letter/structure.h"

G_BEGIN_DECLS

/* Unfolds: the line endings go, the white space behind them stays (RFC 5322 §2.2.3). Gives the span within
 * *text, which is in `bytes`, or in `scratch` if there were any. */
GpoSpan gpo_imap_unfold (const char *bytes, GpoSpan value, GString *scratch, const char **text);
/* Appends a field's value as a string, unfolded; an empty one as NIL. */
void gpo_imap_value_append (GString *out, const char *bytes, const GpoSpan *value, GString *scratch);
/* Appends "((name adl mailbox host) …)" for an unfolded value, or NIL if there is no address in it. */
void gpo_imap_addresses_append (GString *out, const char *text, gsize length);

G_END_DECLS
