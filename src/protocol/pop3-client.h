/* SPDX-License-Identifier: MIT */
/* pop3-client.h: the client's half of POP3: which answer a mail reader waits for (RFC 1939 §3 from the other side). */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

/* X(NAME, "word") */
#define GPO_POP3_CLIENT_STATES(X)                                                                    \
  X (CONNECTING, "connecting")       /* the connection is being made */                              \
  X (GREETING, "greeting")           /* +OK is awaited */                                            \
  X (AUTHORIZATION, "authorization") /* nothing is awaited, nobody is logged in */                   \
  X (CAPA, "capa")                   /* what the server can do: +OK is awaited … */                  \
  X (OFFERS, "offers")               /* … and the lines behind it */                                 \
  X (STLS, "stls") X (TLS, "tls")                                                   \
  X (USER, "user") X (PASS, "pass")                                                                  \
  X (TRANSACTION, "transaction")     /* nothing is awaited, the maildrop is ours */                  \
  X (UIDL, "uidl") X (RETR, "retr") X (DELE, "dele")                                                 \
  X (LISTING, "listing")             /* the lines of an answer, up to the one that holds a dot */    \
  X (LETTER, "letter")               /* the lines of a letter, likewise */                           \
  X (QUIT, "quit") X (CLOSED, "closed")

/* Commands stand as they are on the wire: "the client says it now". */
#define GPO_POP3_CLIENT_INPUTS(X)                                                                    \
  X (CONNECTED, "connected")         /* the connection stands, or could not be made */               \
  X (REPLY, "reply")                 /* +OK or -ERR */                                               \
  X (DOT, "dot")                     /* the line that ends an answer of several lines */             \
  X (HANDSHAKE, "handshake")                                                                         \
  X (CAPA, "CAPA") X (STLS, "STLS") X (USER, "USER") X (PASS, "PASS") X (UIDL, "UIDL")               \
  X (RETR, "RETR") X (DELE, "DELE") X (QUIT, "QUIT")                                                 \
  X (TIMEOUT, "timeout") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_POP3_CLIENT_##name,
  GPO_POP3_CLIENT_STATES (X)
#undef X
  GPO_POP3_CLIENT_N_STATES
} GpoPop3ClientState;

typedef enum {
#define X(name, word) GPO_POP3_CLIENT_IN_##name,
  GPO_POP3_CLIENT_INPUTS (X)
#undef X
  GPO_POP3_CLIENT_N_INPUTS
} GpoPop3ClientInput;

extern const GpoMachine gpo_pop3_client_machine;

G_END_DECLS
