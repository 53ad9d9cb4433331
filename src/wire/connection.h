/* SPDX-License-Identifier: MIT */
/* connection.h: one TCP connection: bytes in, bytes out, and nothing about their meaning.
 *
 * A GpoConnection is made by a listener (listener.h) or by gpo_connection_new_outgoing(). It belongs
 * to the thread whose GMainContext was the thread-default one at that moment: all calls and all
 * callbacks happen there.
 *
 * What stays true:
 *  - No callback is called from inside one of the functions below; callbacks come from the main loop.
 *  - A callback may do anything to any connection: send, hold, finish, abort, drop the last reference.
 *  - `closed` comes exactly once, as the last callback, unless the user aborted or dropped the
 *    connection: then no callback comes at all.
 *  - Dropping the last reference of an open connection closes it at once, like abort.
 *  - An idle connection owns no buffer. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GpoConnection GpoConnection;
typedef struct _GpoTls GpoTls;

typedef enum
{
  GPO_CLOSE_PEER,  /* the peer finished sending and everything was done */
  GPO_CLOSE_RESET, /* the peer, or the network, cut the connection */
  GPO_CLOSE_ERROR, /* something else failed: connecting, TLS, the socket */
  GPO_CLOSE_OURS,  /* gpo_connection_finish() is done */
} GpoCloseReason;

/* "peer", "reset", "error", "ours": static. */
const char *gpo_close_reason_name (GpoCloseReason reason);

/* What the owner wants to hear. Each member may be NULL. */
typedef struct
{
  /* Outgoing only: the connection stands (error NULL) or could not be made; `closed` follows then. */
  void (*connected) (GpoConnection *c, const GError *error, gpointer data);
  /* Bytes came. They lie in a buffer shared by all connections: valid during the call only. */
  void (*received) (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data);
  /* Queued output fell below GPO_LOW_WATER after having reached GPO_HIGH_WATER. */
  void (*drained) (GpoConnection *c, gpointer data);
  /* TLS stands, `description` says how ("TLS1.3 AES-256-GCM"); or it failed, then `closed` follows. */
  void (*secured) (GpoConnection *c, const GError *error, const char *description, gpointer data);
  /* Nothing was read or written for the time set. Comes once, until the next byte or set_timeout. */
  void (*timed_out) (GpoConnection *c, gpointer data);
  /* The peer sends no more, but may still listen (half-close). The user sends what it has to say
   * and calls finish. NULL: the connection finishes by itself, and `closed` says GPO_CLOSE_PEER.
   * Comes while reading is held too, if no unread byte stands before the end. */
  void (*ended) (GpoConnection *c, gpointer data);
  /* The connection is gone. `text` is for people and never NULL. */
  void (*closed) (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data);
  /* Outgoing only: the call begins, and the local port it is made from is known. Comes before the
   * peer can have accepted it, once for each address tried. */
  void (*calling) (GpoConnection *c, gpointer data);
} GpoConnectionUser;

/* gpo_connection_queued() from which on a polite user stops producing; below the other `drained` comes. */
#define GPO_HIGH_WATER (256 * 1024)
#define GPO_LOW_WATER (64 * 1024)

/* Takes over a connected, non-blocking socket. Reading starts when the main loop next runs. The
 * listener calls this; tests may too. `user` must outlive the connection (it is usually static). */
GpoConnection *gpo_connection_new_accepted (int fd, const GpoConnectionUser *user, gpointer data);

/* Connects to a numeric address or a host name (looked up by the system; its addresses are tried in
 * turn). `connected` tells the outcome, at the latest after timeout_ms (0: the system's own limit).
 * Never fails directly. */
GpoConnection *gpo_connection_new_outgoing (const char *address, guint16 port, guint timeout_ms,
                                            const GpoConnectionUser *user, gpointer data);

GpoConnection *gpo_connection_ref (GpoConnection *c);
void gpo_connection_unref (GpoConnection *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoConnection, gpo_connection_unref)

/* Changes who hears; (c, NULL, NULL) makes it deaf, for an owner that goes before the connection. */
void gpo_connection_set_user (GpoConnection *c, const GpoConnectionUser *user, gpointer data);

/* Sends a copy of n bytes: written at once when nothing is queued, so call it once for a whole batch
 * of replies. What the socket does not take is queued. After finish, abort or closed: ignored. */
void gpo_connection_send (GpoConnection *c, gconstpointer bytes, gsize n);
/* Sends them and then finishes: the last bytes and the end travel together, which wakes the peer once. */
void gpo_connection_send_last (GpoConnection *c, gconstpointer bytes, gsize n);
/* The same as send, without a copy: the bytes are referenced while they are queued. */
void gpo_connection_send_bytes (GpoConnection *c, GBytes *bytes);
/* Bytes accepted by send and not yet taken by the socket. */
gsize gpo_connection_queued (const GpoConnection *c);

/* FALSE holds the connection: `received` does not come, the kernel's window fills and the peer waits.
 * That the peer goes away is still noticed. Cheap: usually no system call. TRUE at first. */
void gpo_connection_set_reading (GpoConnection *c, gboolean reading);

/* Calls `timed_out` when for ms milliseconds no byte was read or written. 0: never. Cheap. */
void gpo_connection_set_timeout (GpoConnection *c, guint ms);
/* What came is the beginning of something, and the time counts until it is whole: until this is FALSE again,
 * more bytes of it do not start it anew. So a peer that sends a line byte by byte gains nothing by it. */
void gpo_connection_set_partial (GpoConnection *c, gboolean partial);

typedef enum
{
  GPO_TLS_SERVER,
  GPO_TLS_CLIENT
} GpoTlsSide;
/* Begins TLS once the output queued so far is flushed; `secured` tells the outcome. Bytes sent from
 * now on go encrypted, and `received` gives no plaintext any more. Bytes received before this call
 * are the user's: a protocol throws away what came behind STARTTLS. server_name: client side only,
 * the name sent as SNI and verified; NULL verifies no name. Holds a reference to `tls`. */
void gpo_connection_start_tls (GpoConnection *c, GpoTls *tls, GpoTlsSide side, const char *server_name);
gboolean gpo_connection_is_secure (const GpoConnection *c);
/* "TLS1.3 AES-256-GCM", or NULL without TLS. Belongs to the connection. */
const char *gpo_connection_tls_description (const GpoConnection *c);
/* Client side: why the server's certificate would not be trusted ("The certificate issuer is
 * unknown."), or NULL if it is. Only with GPO_TLS_TRUST_ANY can this differ from NULL. */
const char *gpo_connection_tls_doubt (const GpoConnection *c);

/* Flushes, says goodbye (TLS close_notify, FIN), reads and drops what the peer still sends, closes when
 * it finishes too or after GPO_LINGER_MS; then `closed`. Nothing is received any more. A connection
 * may be dropped after this: it still flushes, but then set_user (c, NULL, NULL) must come first. */
#define GPO_LINGER_MS 2000
void gpo_connection_finish (GpoConnection *c);
/* Closes at once with a reset; no callback comes any more. */
void gpo_connection_abort (GpoConnection *c);
/* Whether bytes can still be sent: connected, not finishing, not closed. */
gboolean gpo_connection_is_open (const GpoConnection *c);

/* Numeric addresses ("127.0.0.1", "::1") and ports. Empty and 0 while they are not known. */
const char *gpo_connection_local_address (const GpoConnection *c);
guint16 gpo_connection_local_port (const GpoConnection *c);
const char *gpo_connection_peer_address (const GpoConnection *c);
guint16 gpo_connection_peer_port (const GpoConnection *c);

G_END_DECLS
