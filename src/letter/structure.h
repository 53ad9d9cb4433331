/* SPDX-License-Identifier: MIT */
/* structure.h: how IMAP describes a letter: ENVELOPE and BODYSTRUCTURE of RFC 3501 §7.4.2.
 *
 * The text as it goes on the wire, made once from the bytes and kept with the mailbox. Values are the raw
 * ones of the header, unfolded and not decoded, as the RFC wants; what cannot stand in a quoted string is a
 * literal.
 *
 * A broken letter is never an error: what cannot be read is NIL or the default of RFC 2045 §5.2. Pure; any
 * thread. */
#pragma once
#include "letter/anatomy.h"

G_BEGIN_DECLS

/* Appends a string: quoted if it can be, else a literal (RFC 3501 §4.3); text NULL: NIL. NULs are left out.
 */
void gpo_imap_string_append (GString *out, const char *text, gsize length);

/* Appends "(date subject from sender reply-to to cc bcc in-reply-to message-id)" for a header. */
void gpo_imap_envelope_append (GString *out, const char *bytes, GpoSpan header);

/* Appends the addresses of a field's unfolded value as people write them, without comments and white space
 * within an address: "name <mailbox@host>", a line each. */
void gpo_addresses_plain_append (GString *out, const char *text, gsize length);

/* Appends BODYSTRUCTURE (extended) or BODY of a part; part 0 is the letter. */
void gpo_imap_structure_append (GString *out, const GpoAnatomy *anatomy, gint part, gboolean extended);

G_END_DECLS
