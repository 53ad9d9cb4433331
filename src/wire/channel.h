/* SPDX-License-Identifier: MIT */
/* channel.h: the inside of a GpoConnection, shared by the files that make one work:
 * connection.c (its life), flow.c (bytes in and out), outgoing.c (connecting), secure.c (TLS).
 * Private to src/wire. */
#pragma once
#include "wire/connection.h"
#include "wire/loop.h"
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

typedef struct _GpoSecure GpoSecure;     /* secure.c */
typedef struct _GpoOutgoing GpoOutgoing; /* outgoing.c */

/* A connection's life, in order. TLS, once it stands, changes how bytes move, not the life. */
typedef enum
{
  GPO_LIFE_CONNECTING,
  GPO_LIFE_OPEN,
  GPO_LIFE_FINISHING, /* finish was called: queued output is flushed, input dropped */
  GPO_LIFE_LINGERING, /* our side is shut; waiting for the peer's */
  GPO_LIFE_CLOSED,
} GpoLife;

struct _GpoConnection
{
  GpoWatch watch; /* first: a GpoWatch * is a GpoConnection * */
  const GpoConnectionUser *user;
  gpointer data;
  guint refs; /* of users; at 0 the connection closes */
  guint pins; /* of running callbacks; at 0 refs and 0 pins the memory goes */
  guint timeout_ms;
  guint8 life;   /* GpoLife */
  guint8 reason; /* GpoCloseReason of `failure` */
  guint reading : 1;
  guint ended : 1;        /* the peer sends no more */
  guint deferred_end : 1; /* the peer's end stands behind unread bytes while reading is held */
  guint unread : 1;       /* bytes stand at the socket while reading is held: it is not watched for them */
  guint partial : 1;      /* what is read does not start the deadline anew */
  guint full : 1;         /* has reached the high-water mark: `drained` is owed */
  guint securing : 1;     /* TLS is wanted and does not stand yet */
  guint own_ref : 1;      /* finish keeps the connection alive until it is closed */
  guint16 local_port, peer_port;
  GQueue out;       /* of GBytes */
  gsize out_offset; /* bytes of the first that are sent */
  gsize queued;
  char *failure;                      /* what broke inside a call; told from the main loop */
  char *local_address, *peer_address;
  GpoSecure *secure;                  /* NULL without TLS */
  GpoOutgoing *outgoing;              /* NULL once connected */
};

/* What reading and writing say besides a count. */
#define GPO_IO_AGAIN (-1)
#define GPO_IO_BROKEN (-2) /* c->failure and c->reason say why */

/* connection.c */
void gpo_connection_close_now (GpoConnection *c, GpoCloseReason reason, const char *text);
/* Notes a failure inside a call; the main loop closes the connection. */
void gpo_connection_fail (GpoConnection *c, GpoCloseReason reason, const char *text);
/* Notes the socket's own address and port. */
void gpo_connection_name_local (GpoConnection *c, int fd);
/* A socket stands (accepted or connected): names its ends, begins to watch it. */
void gpo_connection_adopt (GpoConnection *c, int fd);
/* The deadline of the present part of its life, counted from now. */
void gpo_connection_touch (GpoConnection *c);
GpoConnection *gpo_connection_alloc (const GpoConnectionUser *user, gpointer data);

/* flow.c */
void gpo_flow_ready (GpoConnection *c, guint32 events);
void gpo_flow_update (GpoConnection *c); /* watches for what is wanted now */
void gpo_flow_goodbye (GpoConnection *c);
void gpo_flow_clear (GpoConnection *c);

/* outgoing.c */
void gpo_outgoing_ready (GpoConnection *c);
void gpo_outgoing_due (GpoConnection *c);
void gpo_outgoing_free (GpoOutgoing *outgoing);

/* secure.c */
gsize gpo_secure_plain_left (const GpoConnection *c); /* queued bytes that still go as plaintext */
void gpo_secure_plain_sent (GpoConnection *c, gsize n);
void gpo_secure_step (GpoConnection *c);            /* carries the handshake on */
guint32 gpo_secure_events (const GpoConnection *c); /* what the handshake waits for; 0: not the socket */
gssize gpo_secure_read (GpoConnection *c, guint8 *bytes, gsize n);
gssize gpo_secure_write (GpoConnection *c, gconstpointer bytes, gsize n);
gboolean gpo_secure_pending (const GpoConnection *c); /* decrypted bytes wait inside */
gboolean gpo_secure_goodbye (GpoConnection *c);       /* FALSE: again when the socket takes bytes */
/* Held, and the socket says the peer ended: looks behind close_notify. TRUE: nothing but the end is
 * left. Bytes found are kept and come first from gpo_secure_read(). */
gboolean gpo_secure_peek_end (GpoConnection *c);
void gpo_secure_failed (GpoConnection *c, const GError *error);
void gpo_secure_free (GpoSecure *secure);

/* tls.c */
gboolean gpo_tls_is_loaded (GpoTls *tls);
/* Gives a session its priorities and credentials; tls is loaded. GnuTLS's result. */
int gpo_tls_equip (GpoTls *tls, gnutls_session_t session);
/* Whether a doubtful certificate ends the connection. */
gboolean gpo_tls_insists (const GpoTls *tls);

G_END_DECLS
