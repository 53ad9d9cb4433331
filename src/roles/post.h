/* SPDX-License-Identifier: MIT */
/* post.h: a host at work: what its daemon, gateway and mailbox counter share.
 *
 *     GpoOfficeParts   one an office: trace, store, clock, gate, numbers of connections
 *     GpoPost          one a host: the host's data, its queue on disk, its gateway
 *
 * A letter, once its bytes are here, goes the same way wherever it came from (a client, a bounce of our
 * own): gpo_post_deliver() sorts the recipients into mailboxes of this host and the queue, makes the
 * letter durable at all of them together, records it, and hands the queued part to the gateway. */
#pragma once
#include "letter/envelope.h"
#include "roles/clock.h"
#include "roles/host.h"
#include "roles/session.h"
#include "roles/smtp-server.h"
#include "store/incoming.h"
#include "wire/connection.h"

G_BEGIN_DECLS

typedef struct GpoPost GpoPost;
typedef struct GpoGateway GpoGateway;

/* Made by the office (or a test) and outlives all posts. */
typedef struct
{
  GpoWorld *world;
  GpoLog *log;
  GpoStore *store;
  GpoClock *clock;
  GpoGate *gate;         /* NULL: nothing is held and nothing fails on purpose */
  guint32 last_session;  /* number of the newest connection */
  GHashTable *outgoing;  /* gpo_call_key() → GpoSession of the client's end of a call of ours */
  GHashTable *listening; /* port → GpoHost: where hosts of this office listen; a call to one of them is
                          * an inner one, and the server's end is the witness */
  GPtrArray *posts;      /* of GpoPost */
  gboolean stopping;
  void (*desk_gone) (gpointer data); /* a desk has left its post's set; may be NULL */
  gpointer desk_gone_data;
} GpoOfficeParts;

/* By which the two ends of a call within the office find each other. Both ports belong to it: the kernel
 * gives one port to two callers at a time if they call different listeners. */
static inline gpointer
gpo_call_key (guint16 client_port, guint16 server_port)
{
  return GUINT_TO_POINTER ((guint) client_port << 16 | server_port);
}

struct GpoPost
{
  GpoLetterSink sink; /* what SMTP sessions of this host ask; set by gpo_post_init() */
  GpoOfficeParts *office;
  GpoHost *host;
  GpoSpool *spool;         /* NULL while the host has no queue */
  GpoGateway *gateway;     /* NULL in tests without relaying */
  GpoTls *tls;             /* the host's certificate; NULL: TLS is not offered */
  guint port[GPO_N_ROLES]; /* where it listens now; 0: it does not */
  GHashTable *desks;       /* set of GpoDesk: every connection of the host, either end */
  GHashTable *connections; /* peer address → number of connections; the desks count */
  GHashTable *greylist;    /* "peer sender recipient" → when it was first seen, µs on the clock */
  gpointer mailboxes;      /* the mailbox counter's shared state (IMAP, POP3); NULL until it is made */
  void (*delivered) (GpoPost *post, const char *person,
                     const char *folder); /* tells it of new letters; may be NULL */
};

/* Fills a zeroed post: a host of the office at work. Spool, gateway, TLS and ports are set by the caller. */
void gpo_post_init (GpoPost *post, GpoOfficeParts *office, GpoHost *host);
/* Frees what the post holds, not the post, and not what the caller set. */
void gpo_post_finish (GpoPost *post);

/* What became of gpo_post_deliver(): error NULL: the letter is durable for every recipient. */
typedef void (*GpoDeliveredFunc) (const GError *error, gpointer user_data);

/* Whether the bytes of this letter are in the trace: it came in while the trace was written. */
gboolean gpo_post_has_recorded (GpoPost *post, guint32 letter);

/* A letter that is here, whole: what gpo_post_deliver() takes over. */
typedef struct
{
  GpoIncoming *incoming; /* taken over; holds `added` and then the client's bytes */
  GpoEnvelope *envelope; /* taken over; letter, id and arrived are set */
  gboolean return_path;  /* a Return-Path stands in front already: every recipient is local */
  GString *added;        /* taken over: the bytes the office put in front; may be NULL */
  GString *header;       /* taken over: the header as the client sent it (at most 64 KB); may be NULL */
  guint64 size;          /* bytes the client sent */
} GpoArrival;

/* Delivers for every recipient of the envelope in state WAITING: those with a mailbox here get a
 * Return-Path in front, aliases are expanded, everything else goes to the queue as one entry and then
 * to the gateway. `session` (may be NULL) is whom the events belong to; it must live until `done`. */
void gpo_post_deliver (GpoPost *post, GpoArrival *arrival, GpoSession *session, GpoDeliveredFunc done,
                       gpointer user_data);

/* Writes and delivers a report (letter/bounce.h) about `envelope` to its sender, if one of this kind is
 * wanted for any recipient; marks those as told. `letter` may be the header alone. Returns the number of
 * recipients reported. */
guint gpo_post_report (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length);
/* The same, and `done` is called when it is stored or could not be; not called at all if it returns 0. */
guint gpo_post_report_then (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length,
                            GpoDeliveredFunc done, gpointer user_data);

/* Serves SMTP or submission on an accepted connection: session, desk, greeting. */
void gpo_post_serve_smtp (GpoPost *post, GpoRole role, GpoConnection *connection);

/* Whether a caller from this address is let in: GPO_OK, GPO_TOO_MANY, GPO_REFUSED. Called after its desk was
 * made. */
GpoVerdict gpo_post_judge_caller (GpoPost *post, const char *address);

/* A new connection's number. */
guint32 gpo_office_next_session (GpoOfficeParts *office);
/* Begins event `kind` of this host outside any session (queue, lookup, mailbox); the caller appends it. */
void gpo_post_event (GpoPost *post, GpoEventBuilder *b, GpoKind kind, guint32 letter);

G_END_DECLS
