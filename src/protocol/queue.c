/* SPDX-License-Identifier: MIT */
/* queue.c: the table of a letter's life in a queue. See queue.h for what the verdicts mean. */
#include "protocol/queue.h"

#define S(name) GPO_QUEUE_##name
#define I(name) GPO_QUEUE_IN_##name

static const char *const states[] = {
#define X(name, word) word,
  GPO_QUEUE_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_QUEUE_INPUTS (X)
#undef X
};

static const GpoEdge edges[] = {
  { S (RECEIVED), I (ACCEPTED), GPO_OK, S (QUEUED), NULL, "RFC 5321 §6.1" },

  { S (QUEUED), I (ROUTE), GPO_OK, S (ROUTED), NULL, "RFC 5321 §5.1" },
  { S (QUEUED), I (ROUTE), GPO_EMPTY, S (DELIVERED), NULL, "RFC 5321 §6.1" },
  { S (QUEUED), I (ROUTE), GPO_DEFERRED, S (DEFERRED), NULL, "RFC 5321 §5.1" },
  { S (QUEUED), I (ROUTE), GPO_REFUSED, S (BOUNCED), NULL, "RFC 5321 §5.1" },

  { S (ROUTED), I (CALL), GPO_OK, S (SENDING), NULL, "RFC 5321 §2.3.5" },
  { S (ROUTED), I (CALL), GPO_PARTIAL, S (QUEUED), NULL, "RFC 5321 §5.1" },
  { S (ROUTED), I (CALL), GPO_DEFERRED, S (DEFERRED), NULL, "RFC 5321 §4.5.4.1" },
  { S (ROUTED), I (CALL), GPO_REFUSED, S (BOUNCED), NULL, "RFC 5321 §3.1" },

  { S (SENDING), I (REPLY), GPO_OK, S (DELIVERED), NULL, "RFC 5321 §6.1" },
  { S (SENDING), I (REPLY), GPO_PARTIAL, S (QUEUED), NULL, "RFC 5321 §4.5.4.1" },
  { S (SENDING), I (REPLY), GPO_DEFERRED, S (DEFERRED), NULL, "RFC 5321 §4.5.4.1" },
  { S (SENDING), I (REPLY), GPO_REFUSED, S (BOUNCED), NULL, "RFC 5321 §6.1" },
  { S (SENDING), I (LOST), GPO_PARTIAL, S (QUEUED), NULL, "RFC 5321 §3.8" },
  { S (SENDING), I (LOST), GPO_DEFERRED, S (DEFERRED), NULL, "RFC 5321 §3.8" },

  { S (DEFERRED), I (RETRY), GPO_OK, S (QUEUED), NULL, "RFC 5321 §4.5.4.1" },
  { S (DEFERRED), I (WARN), GPO_OK, S (DEFERRED), NULL, "RFC 3461 §4.1" },
  { S (DEFERRED), I (EXPIRE), GPO_REFUSED, S (BOUNCED), NULL, "RFC 5321 §4.5.4.1" },

  { S (QUEUED), I (HOLD), GPO_OK, S (HELD), NULL, "design" },
  { S (ROUTED), I (HOLD), GPO_OK, S (HELD), NULL, "design" },
  { S (DEFERRED), I (HOLD), GPO_OK, S (HELD), NULL, "design" },
  { S (HELD), I (RELEASE), GPO_OK, S (QUEUED), NULL, "design" },
  { S (QUEUED), I (REMOVE), GPO_OK, S (REMOVED), NULL, "design" },
  { S (ROUTED), I (REMOVE), GPO_OK, S (REMOVED), NULL, "design" },
  { S (DEFERRED), I (REMOVE), GPO_OK, S (REMOVED), NULL, "design" },
  { S (HELD), I (REMOVE), GPO_OK, S (REMOVED), NULL, "design" },
  { GPO_ANY, GPO_ANY, GPO_SEQUENCE, GPO_SAME, NULL, "design" },
};

const GpoMachine gpo_queue_machine = {
  .name = "queue",
  .title = "A letter in the queue of one host, from received to delivered or bounced",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_QUEUE_N_STATES,
  .n_inputs = GPO_QUEUE_N_INPUTS,
  .initial = S (RECEIVED),
  .final = GPO_ANY,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
