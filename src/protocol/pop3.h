/* SPDX-License-Identifier: MIT */
/* pop3.h: the states and the command grammar of POP3: RFC 1939, RFC 2449 (CAPA), RFC 2595 (STLS), RFC 5034 (AUTH).
 *
 * The three states of RFC 1939 §3 are AUTHORIZATION, TRANSACTION and UPDATE; the others are the moments within the first in
 * which something is under way. */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

#define GPO_POP3_STATES(X)                                                                           \
  X (CONNECTED, "connected")         /* no greeting yet */                                           \
  X (AUTHORIZATION, "authorization") /* RFC 1939 §4 */                                               \
  X (USER, "user")                   /* a name was given: its PASS comes */                          \
  X (AUTHENTICATE, "authenticate")   /* a challenge was sent: the answer comes */                    \
  X (TLS, "tls")                     /* +OK to STLS sent: the handshake comes */                     \
  X (TRANSACTION, "transaction")     /* §5: the maildrop is locked */                                \
  X (UPDATE, "update")               /* §6: letters marked are removed, the lock goes */             \
  X (CLOSED, "closed")

#define GPO_POP3_INPUTS(X)                                                                           \
  X (USER, "USER") X (PASS, "PASS") X (APOP, "APOP") X (AUTH, "AUTH") X (STLS, "STLS")               \
  X (STAT, "STAT") X (LIST, "LIST") X (RETR, "RETR") X (DELE, "DELE") X (NOOP, "NOOP")               \
  X (RSET, "RSET") X (TOP, "TOP") X (UIDL, "UIDL") X (CAPA, "CAPA") X (QUIT, "QUIT")                 \
  X (UNKNOWN, "unknown")     /* a line that is no command of ours */                                 \
  X (CONNECT, "connect")     /* the connection was made */                                           \
  X (RESPONSE, "response")   /* a line of an AUTH exchange */                                        \
  X (HANDSHAKE, "handshake") /* TLS is on, or failed */                                              \
  X (UPDATED, "updated")     /* the letters marked are removed, or could not be */                   \
  X (TIMEOUT, "timeout") X (SHUTDOWN, "shutdown") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_POP3_##name,
  GPO_POP3_STATES (X)
#undef X
  GPO_POP3_N_STATES
} GpoPop3State;

typedef enum {
#define X(name, word) GPO_POP3_IN_##name,
  GPO_POP3_INPUTS (X)
#undef X
  GPO_POP3_N_INPUTS
} GpoPop3Input;

extern const GpoMachine gpo_pop3_server_machine;

/* --- the command grammar: pop3-command.c --- */

typedef struct {
  GpoPop3Input input;   /* USER … QUIT, or UNKNOWN */
  const char *argument; /* behind the keyword and one space, in the line; NULL: none */
  gsize length;
} GpoPop3Command;

/* command = keyword *(SP argument): RFC 1939 §3. Never fails. */
void gpo_pop3_command_parse (const char *line, gsize length, GpoPop3Command *command);
/* The next argument, a number of at most 31 bits, off the front of the rest. FALSE: there is none, or it is no number. */
gboolean gpo_pop3_number (GpoPop3Command *command, guint32 *number);

G_END_DECLS
