/* SPDX-License-Identifier: MIT */
/* queue.h: the life of a letter in the queue of one host, as a machine: RFC 5321 §4.5.4, §5.1, §6.1.
 *
 * One letter has one state, though it may have many recipients: they are sent to one next hop after
 * the other, and each attempt's verdict says what is true of the letter then:
 *     ok        every recipient was taken by a next hop
 *     partial   recipients are left that were not tried yet
 *     deferred  recipients are left that were all tried; at least one waits for another time
 *     refused   none is left, and at least one failed for good
 *     empty     nobody was left when it was looked at
 * Run by src/roles/gateway-state.c. */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

/* X(NAME, "word") */
#define GPO_QUEUE_STATES(X)                                                                          \
  X (RECEIVED, "received")   /* durable here, and we said 250: it is ours now */                     \
  X (QUEUED, "queued")       /* waits for its turn */                                                \
  X (ROUTED, "routed")       /* the next hop is known, and is being called */                        \
  X (SENDING, "sending")     /* on a connection */                                                   \
  X (DEFERRED, "deferred")   /* waits for the time of its next try */                                \
  X (HELD, "held")           /* waits for a hand that lets it go */                                  \
  X (DELIVERED, "delivered") /* the next hop has it */                                               \
  X (BOUNCED, "bounced")     /* given up; the sender is told */                                      \
  X (REMOVED, "removed")     /* taken out by hand */

#define GPO_QUEUE_INPUTS(X)                                                                          \
  X (ACCEPTED, "accepted") /* it entered the queue, or was found there at start */                   \
  X (ROUTE, "route")       /* the next hop was looked up */                                          \
  X (CALL, "call")         /* a connection took it, or none could be made */                         \
  X (REPLY, "reply")       /* the next hop answered for all recipients it was asked for */           \
  X (LOST, "lost")         /* the connection broke before the answer */                              \
  X (RETRY, "retry")       /* its time came, or somebody asked */                                    \
  X (WARN, "warn")         /* its sender is told of the delay */                                     \
  X (EXPIRE, "expire")     /* its time is over */                                                    \
  X (HOLD, "hold") X (RELEASE, "release") X (REMOVE, "remove")

typedef enum {
#define X(name, word) GPO_QUEUE_##name,
  GPO_QUEUE_STATES (X)
#undef X
  GPO_QUEUE_N_STATES
} GpoQueueState;

typedef enum {
#define X(name, word) GPO_QUEUE_IN_##name,
  GPO_QUEUE_INPUTS (X)
#undef X
  GPO_QUEUE_N_INPUTS
} GpoQueueInput;

extern const GpoMachine gpo_queue_machine;

G_END_DECLS
