/* SPDX-License-Identifier: MIT */
/* desk.h: the half of a session that has the socket.
 *
 * A desk joins a pure session (session.h) to a connection (wire/connection.h): bytes that came are
 * given to the session, and after every call its wishes are carried out: send, encrypt, wait, close.
 * It knows no protocol; server and client ends use the same one. */
#pragma once
#include "roles/post.h"

G_BEGIN_DECLS

typedef struct GpoDesk GpoDesk;

/* Called once when the connection is gone and the desk is about to free itself and its session. */
typedef void (*GpoDeskClosed) (GpoDesk *desk, gpointer data);

/* Serves an accepted connection: `session` (taken over) is a server's end. Records `connect`; when
 * the peer is a client's end of this office, both share its number. tls (may be NULL) is used for
 * STARTTLS; with `implicit_tls` the handshake comes before anything else. */
GpoDesk *gpo_desk_serve (GpoPost *post, GpoRole role, GpoConnection *connection, GpoSession *session,
                         gboolean implicit_tls, GpoDeskClosed closed, gpointer data);
/* The key of an accepted connection in office->outgoing. */
gpointer gpo_desk_call_key (GpoConnection *accepted);
/* The number for a server's session on this connection: the client's end's, if that is ours, else a
 * new one. Sets *client to that end (NULL if it is a stranger). */
guint32 gpo_desk_number (GpoOfficeParts *office, GpoConnection *connection, GpoSession **client);

/* Calls `address:port`; `session` (taken over) is a client's end, whose number, witness and gate are
 * set here. `tls`: for the session's wants_tls; server_name may be NULL. The session hears of the
 * connection by `connected` below. */
GpoDesk *gpo_desk_call (GpoPost *post, const char *address, guint16 port, guint timeout_ms, GpoTls *tls,
                        const char *server_name, GpoSession *session,
                        void (*connected) (GpoSession *session, const GError *error), GpoDeskClosed closed,
                        gpointer data);

/* Owned by the desk. */
GpoSession *gpo_desk_session (GpoDesk *desk);
/* Carries out the session's wishes now (after it was told something from elsewhere). */
void gpo_desk_update (GpoDesk *desk);
/* Cuts the connection at once: a fault, or a host that goes down. */
void gpo_desk_cut (GpoDesk *desk, const char *why);
/* Asks the session to say goodbye (class->shutdown). */
void gpo_desk_shutdown (GpoDesk *desk);

G_END_DECLS
