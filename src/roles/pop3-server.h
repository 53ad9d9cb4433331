/* SPDX-License-Identifier: MIT */
/* pop3-server.h: the server's end of a POP3 session: RFC 1939 and its extensions.
 *
 * A pure session (session.h) over the same mailboxes as IMAP's: the maildrop is a person's INBOX as it was at
 * login. One POP3 session at a time has it (RFC 1939 §4); IMAP sessions do not mind. Read pop3-session.c
 * first, then pop3-transaction.c. */
#pragma once
#include "roles/mail-counter.h"

G_BEGIN_DECLS

/* The server's end of a connection, silent until it greets; freed by gpo_session_free(). */
GpoSession *gpo_pop3_server_new (GpoCounter *counter, guint32 number);
/* Whether STLS may be offered (there is a certificate); FALSE at first. */
void gpo_pop3_server_offer_tls (GpoSession *session, gboolean offer);
/* Sends the greeting: GPO_OK or GPO_TOO_MANY. */
void gpo_pop3_server_greet (GpoSession *session, GpoVerdict verdict);

G_END_DECLS
