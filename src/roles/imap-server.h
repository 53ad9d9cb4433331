/* SPDX-License-Identifier: MIT */
/* imap-server.h: the server's end of an IMAP session: RFC 3501 and the extensions that imap-capability.c
 * lists.
 *
 * A pure session (session.h). Read in this order: imap-session.c (a line becomes a command, a verdict, an
 * edge, a reply), imap-commands.c (the table of commands), imap-select.c, imap-fetch.c, imap-update.c (what
 * may be told when), then each command or extension in the file of its name. */
#pragma once
#include "roles/mail-counter.h"

G_BEGIN_DECLS

/* The server's end of a connection, silent until it greets; freed by gpo_session_free(). */
GpoSession *gpo_imap_server_new (GpoCounter *counter, guint32 number);
/* Whether STARTTLS may be offered (there is a certificate); FALSE at first. */
void gpo_imap_server_offer_tls (GpoSession *session, gboolean offer);
/* Sends the greeting. GPO_OK: not authenticated; GPO_TOO_MANY: BYE; GPO_EMPTY: authenticated as `person` (RFC
 * 3501 §7.1.4). */
void gpo_imap_server_greet (GpoSession *session, GpoVerdict verdict, GpoPerson *person);

G_END_DECLS
