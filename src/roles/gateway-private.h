/* SPDX-License-Identifier: MIT */
/* gateway-private.h: what the files of the gateway share.
 *
 *     gateway.c         the queue as a whole: adding, listing, holding, stopping
 *     gateway-letter.c  one letter's stay: its next try, its warning, its expiry, its end
 *     gateway-state.c   the one writer of its state
 *     gateway-round.c   one try of it
 *     gateway-report.c  what its sender is told
 *     gateway-hop.c     one next hop: the letters that wait for it and the calls to it
 *
 * A letter's try is a *round*: every recipient that waits is looked up; those with the same next hop are a
 * *batch*, which waits at its hop until a call takes it; the rest of the round follows after it. */
#pragma once
#include "letter/bounce.h"
#include "protocol/queue.h"
#include "roles/desk.h"
#include "roles/gateway.h"
#include "roles/route.h"
#include "roles/smtp-sender.h"

G_BEGIN_DECLS

/* Connections to one next hop at a time. */
#define GPO_GATEWAY_CALLS 8
/* Recipients of one transaction: every server must take so many (RFC 5321 §4.5.3.1.8). */
#define GPO_GATEWAY_RECIPIENTS 100

typedef struct GpoQueued GpoQueued;
typedef struct GpoHop GpoHop;
typedef struct GpoCall GpoCall;

/* The recipients of a letter while it is being tried, as indices (guint). */
typedef struct
{
  GArray *todo;    /* to be looked up */
  GArray *batch;   /* to be sent to `hop` now */
  GArray *later;   /* looked up, but for another hop: after this batch */
  GpoRoute *route; /* of the batch; NULL once the hop has it */
} GpoRound;

/* A letter in the queue. */
struct GpoQueued
{
  GpoGateway *gateway;
  GList *link; /* in gateway->letters */
  GpoEnvelope *envelope;
  guint64 size;
  guint8 state;     /* GpoQueueState; written by gpo_queued_take() only */
  gboolean asking;  /* a question to the DNS is out */
  gboolean unsaved; /* the envelope changed since it was written */
  guint reporting;  /* reports being stored */
  guint attempts;   /* rounds that ended */
  gint64 due;       /* next try, µs on the office's clock; -1: none */
  GpoTimer *timer;
  char *reason;    /* last answer or cause of waiting, or NULL */
  GpoRound *round; /* NULL while it is not being tried */
  GpoHop *hop;     /* where it waits, or NULL */
  GList *waiting;  /* its place there */
};

struct GpoHop
{
  GpoGateway *gateway;
  GpoRoute *route;
  GQueue letters;   /* of GpoQueued in state routed, oldest first */
  GPtrArray *calls; /* of GpoCall: connecting, busy or idle */
  guint most;       /* calls at a time; less after the server refused one more */
  guint pins;       /* somebody works on it: it must not go */
};

struct GpoGateway
{
  GpoPost *post;
  GpoTls *tls;
  GRand *random;
  GQueue letters;     /* of GpoQueued, oldest first */
  GHashTable *by_id;  /* envelope->id → GpoQueued */
  GHashTable *hops;   /* route key → GpoHop */
  GPtrArray *dials;   /* of GpoCall: every connection, until it is gone */
  GPtrArray *reports; /* of reports being stored */
  GCancellable *cancellable;
  gboolean stopping;
  void (*stopped) (gpointer);
  gpointer stopped_data;
};

/* --- gateway-letter.c --- */

/* A letter in state received, at the end of the queue; takes over the envelope. */
GpoQueued *gpo_queued_new (GpoGateway *gateway, GpoEnvelope *envelope, guint64 size);
/* Takes it out of the queue in memory; the disk is the caller's. */
void gpo_queued_free (GpoQueued *letter);
/* Stops what it waits for: its timer, its place at a hop, its round. */
void gpo_queued_withdraw (GpoQueued *letter);
/* When the next try is due if this one brought nothing: µs on the office's clock. */
gint64 gpo_queued_next_try (const GpoQueued *letter);
/* All reports that were due are stored, or none was: the letter waits on, or goes. */
void gpo_queued_reported (GpoQueued *letter);

/* --- gateway-state.c --- */

/* The one writer of a letter's state: takes the edge and records it, and the letter's place in the
 * queue with it. session 0: none; cause 0: none. */
void gpo_queued_take (GpoQueued *letter, GpoQueueInput input, GpoVerdict verdict, guint32 session,
                      guint64 cause);
/* Why it waits, for the record; copied. */
void gpo_queued_set_reason (GpoQueued *letter, const char *reason);

/* --- gateway-round.c --- */

/* In state queued: looks the recipients up and hands the first batch to its hop. */
void gpo_queued_try (GpoQueued *letter);
/* What an attempt brought for the batch's recipient i. */
void gpo_queued_outcome (GpoQueued *letter, guint i, const GpoOutcome *outcome, const char *remote,
                         gboolean dsn);
/* All of the batch have their outcome: the edge `input`, then reports, the next batch, or the wait. */
void gpo_queued_settle (GpoQueued *letter, GpoQueueInput input, guint32 session, guint64 cause);
void gpo_round_free (GpoRound *round);

/* --- gateway-report.c --- */

/* Tells the sender all that is due after a round; gpo_queued_reported() follows. */
void gpo_queued_report (GpoQueued *letter);
/* The report of this kind only, if one is due; gpo_queued_reported() follows when it is stored. */
void gpo_queued_report_kind (GpoQueued *letter, GpoBounceKind kind);
/* The gateway is gone before its reports are stored. */
void gpo_queued_forget_reports (GpoGateway *gateway);

/* --- gateway-hop.c --- */

/* The letter's batch waits for this route's hop (the route is taken over). */
void gpo_hop_add (GpoQueued *letter, GpoRoute *route);
void gpo_hop_remove (GpoQueued *letter);
/* Says goodbye on every connection, after the letter that is under way. */
void gpo_hops_stop (GpoGateway *gateway);
void gpo_hop_free (gpointer hop);
/* Cuts every connection. */
void gpo_hops_cut (GpoGateway *gateway);

G_END_DECLS
