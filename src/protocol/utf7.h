/* SPDX-License-Identifier: MIT */
/* utf7.h: modified UTF-7, in which IMAP4rev1 writes the names of mailboxes: RFC 3501 §5.1.3.
 *
 * Pure; any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Appends UTF-8 as modified UTF-7. Invalid UTF-8 is a caller's error. */
void gpo_utf7_append (GString *out, const char *utf8);
char *gpo_utf7_encode (const char *utf8);
/* The UTF-8 of a name in modified UTF-7, or NULL if it is not well formed (a lone surrogate, base64 for what
 * could be written plainly, a shift without end, NUL, bytes beyond ASCII). The caller frees. */
char *gpo_utf7_decode (const char *utf7, gsize length);

G_END_DECLS
