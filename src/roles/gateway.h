/* SPDX-License-Identifier: MIT */
/* gateway.h: store and forward: the queue of one host at work.
 *
 * Every letter in the queue has a life of its own, a machine (protocol/queue): received, queued,
 * routed, sending, deferred, delivered, bounced. The gateway finds the next hop (MX by preference, then
 * the domain itself), calls it, sends what waits for it over a few connections, and decides what a
 * refusal means. It acts on the envelope alone. */
#pragma once
#include "roles/post.h"

G_BEGIN_DECLS

/* A gateway without letters; the post must outlive it. The caller frees. */
GpoGateway *gpo_gateway_new (GpoPost *post);
/* Ends all calls; what is under way stays in the queue on disk. */
void gpo_gateway_free (GpoGateway *gateway);

/* A letter that is durable in post->spool now. Takes over the envelope. It is sent as soon as possible. */
void gpo_gateway_add (GpoGateway *gateway, GpoEnvelope *envelope, guint64 size);
/* Finishes what is being sent, starts nothing new; calls `done` when no call is left. */
void gpo_gateway_stop (GpoGateway *gateway, void (*done) (gpointer), gpointer data);

typedef enum
{
  GPO_QUEUE_HOLD,
  GPO_QUEUE_RELEASE,
  GPO_QUEUE_RETRY,
  GPO_QUEUE_REMOVE
} GpoQueueAction;
/* Acts on the letter with this ID or number, or on all with id NULL. Returns how many it found. */
guint gpo_gateway_act (GpoGateway *gateway, const char *id, GpoQueueAction action);

typedef struct
{
  const GpoEnvelope *envelope;
  guint64 size;
  const char *state; /* word of the queue machine's state */
  gint64 due;        /* next try, µs on the office's clock; -1: none planned */
  guint attempts;
  const char *reason;   /* last answer or cause of waiting, or NULL */
  const char *next_hop; /* or NULL */
} GpoQueueItem;
/* Calls `each` for every letter in the queue, oldest first. */
void gpo_gateway_list (GpoGateway *gateway, void (*each) (const GpoQueueItem *item, gpointer data),
                       gpointer data);
guint gpo_gateway_length (GpoGateway *gateway);

G_END_DECLS
