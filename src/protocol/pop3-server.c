/* SPDX-License-Identifier: MIT */
/* pop3-server.c: the states of a POP3 server: RFC 1939 §3 to §6.
 *
 *     connected → authorization ⇄ user / authenticate / tls
 *                      ↓ (PASS, APOP, AUTH: the maildrop is locked)
 *                 transaction → update → closed
 *
 * Letters are removed in the update state only, which QUIT alone leads to: a session that ends in any other way removes nothing. */
#include "protocol/pop3.h"

static const char *const states[] = {
#define X(name, word) word,
  GPO_POP3_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_POP3_INPUTS (X)
#undef X
};

#define ROW(from, input, verdict, to, reply, spec)                                                   \
  { GPO_POP3_##from, GPO_POP3_IN_##input, GPO_##verdict, GPO_POP3_##to, reply, spec }
#define ANY_STATE(input, verdict, to, reply, spec)                                                   \
  { GPO_ANY, GPO_POP3_IN_##input, GPO_##verdict, to, reply, spec }
#define ANY_INPUT(from, verdict, to, reply, spec)                                                    \
  { GPO_POP3_##from, GPO_ANY, GPO_##verdict, to, reply, spec }
#define ANY_BOTH(verdict, to, reply, spec) { GPO_ANY, GPO_ANY, GPO_##verdict, to, reply, spec }

static const GpoEdge edges[] = {
  ROW (CONNECTED, CONNECT, OK, AUTHORIZATION, "+OK ready", "RFC 1939 §4"),
  ROW (CONNECTED, CONNECT, TOO_MANY, CLOSED, "-ERR [SYS/TEMP] too many connections", "RFC 3206 §4"),

  ROW (AUTHORIZATION, CAPA, OK, AUTHORIZATION, "+OK", "RFC 2449 §5"),
  ROW (AUTHORIZATION, STLS, MORE, TLS, "+OK begin TLS now", "RFC 2595 §4"),
  ROW (TLS, HANDSHAKE, OK, AUTHORIZATION, NULL, "RFC 2595 §4"),
  ROW (TLS, HANDSHAKE, REFUSED, CLOSED, NULL, "RFC 2595 §4"),
  ROW (AUTHORIZATION, USER, OK, USER, "+OK now the password", "RFC 1939 §7"),
  ROW (USER, USER, OK, USER, "+OK now the password", "RFC 1939 §7"),
  ROW (USER, CAPA, OK, USER, "+OK", "RFC 2449 §5"),
  ROW (USER, PASS, OK, TRANSACTION, "+OK the maildrop is yours", "RFC 1939 §7"),
  ROW (USER, PASS, REFUSED, AUTHORIZATION, "-ERR [AUTH] wrong name or password", "RFC 3206 §4"),
  ROW (USER, PASS, DEFERRED, AUTHORIZATION, "-ERR [IN-USE] the maildrop is locked by another session", "RFC 2449 §8"),
  ROW (AUTHORIZATION, APOP, OK, TRANSACTION, "+OK the maildrop is yours", "RFC 1939 §7"),
  ROW (AUTHORIZATION, AUTH, EMPTY, AUTHORIZATION, "+OK", "RFC 5034 §4"),
  ROW (AUTHORIZATION, AUTH, MORE, AUTHENTICATE, "+ ", "RFC 5034 §4"),
  ROW (AUTHORIZATION, AUTH, OK, TRANSACTION, "+OK the maildrop is yours", "RFC 5034 §4"),
  ROW (AUTHENTICATE, RESPONSE, MORE, AUTHENTICATE, "+ ", "RFC 5034 §4"),
  ROW (AUTHENTICATE, RESPONSE, OK, TRANSACTION, "+OK the maildrop is yours", "RFC 5034 §4"),
  ROW (AUTHENTICATE, RESPONSE, REFUSED, AUTHORIZATION, "-ERR [AUTH] wrong name or password", "RFC 3206 §4"),
  ROW (AUTHENTICATE, RESPONSE, DEFERRED, AUTHORIZATION, "-ERR [IN-USE] the maildrop is locked by another session",
       "RFC 2449 §8"),
  ROW (AUTHENTICATE, RESPONSE, SYNTAX, AUTHORIZATION, "-ERR authentication given up", "RFC 5034 §4"),
  ROW (AUTHENTICATE, RESPONSE, TOO_LONG, AUTHORIZATION, "-ERR the line is too long", "RFC 5034 §4"),
  ROW (AUTHORIZATION, QUIT, OK, CLOSED, "+OK goodbye", "RFC 1939 §4"),
  ROW (USER, QUIT, OK, CLOSED, "+OK goodbye", "RFC 1939 §4"),

  ROW (TRANSACTION, STAT, OK, TRANSACTION, "+OK", "RFC 1939 §5"),
  ROW (TRANSACTION, LIST, OK, TRANSACTION, "+OK", "RFC 1939 §5"),
  ROW (TRANSACTION, RETR, OK, TRANSACTION, "+OK the letter follows", "RFC 1939 §5"),
  ROW (TRANSACTION, DELE, OK, TRANSACTION, "+OK marked, and removed at QUIT", "RFC 1939 §5"),
  ROW (TRANSACTION, NOOP, OK, TRANSACTION, "+OK", "RFC 1939 §5"),
  ROW (TRANSACTION, RSET, OK, TRANSACTION, "+OK no letter is marked", "RFC 1939 §5"),
  ROW (TRANSACTION, TOP, OK, TRANSACTION, "+OK the top follows", "RFC 1939 §7"),
  ROW (TRANSACTION, UIDL, OK, TRANSACTION, "+OK", "RFC 1939 §7"),
  ROW (TRANSACTION, CAPA, OK, TRANSACTION, "+OK", "RFC 2449 §5"),
  ROW (TRANSACTION, QUIT, OK, UPDATE, NULL, "RFC 1939 §6"),
  ROW (UPDATE, UPDATED, OK, CLOSED, "+OK goodbye", "RFC 1939 §6"),
  ROW (UPDATE, UPDATED, REFUSED, CLOSED, "-ERR [SYS/TEMP] some letters marked were not removed", "RFC 1939 §6"),

  /* Nothing is removed when a session ends in another way: RFC 1939 §3. */
  ANY_STATE (TIMEOUT, CLOSING, GPO_POP3_CLOSED, NULL, "RFC 1939 §3"),
  ANY_STATE (SHUTDOWN, CLOSING, GPO_POP3_CLOSED, "-ERR [SYS/TEMP] the office closes", "RFC 3206 §4"),
  ANY_STATE (LOST, CLOSING, GPO_POP3_CLOSED, NULL, "RFC 1939 §3"),
  ANY_BOTH (CLOSING, GPO_POP3_CLOSED, "-ERR too many bad commands", "RFC 1939 §3"),

  /* Refusals; the state stays. */
  ANY_STATE (APOP, REFUSED, GPO_SAME, "-ERR [AUTH] wrong name or digest", "RFC 3206 §4"),
  ANY_STATE (APOP, DEFERRED, GPO_SAME, "-ERR [IN-USE] the maildrop is locked by another session", "RFC 2449 §8"),
  ANY_STATE (AUTH, REFUSED, GPO_SAME, "-ERR [AUTH] wrong name or password", "RFC 3206 §4"),
  ANY_STATE (AUTH, DEFERRED, GPO_SAME, "-ERR [IN-USE] the maildrop is locked by another session", "RFC 2449 §8"),
  ANY_STATE (AUTH, UNSUPPORTED, GPO_SAME, "-ERR no such mechanism here", "RFC 5034 §4"),
  ANY_STATE (STLS, UNSUPPORTED, GPO_SAME, "-ERR TLS is not offered, or on already", "RFC 2595 §4"),
  ANY_INPUT (AUTHORIZATION, SEQUENCE, GPO_SAME, "-ERR log in first", "RFC 1939 §4"),
  ANY_INPUT (USER, SEQUENCE, GPO_SAME, "-ERR expected PASS", "RFC 1939 §7"),
  ANY_INPUT (TRANSACTION, SEQUENCE, GPO_SAME, "-ERR you are logged in already", "RFC 1939 §5"),
  ANY_BOTH (NEEDS_TLS, GPO_SAME, "-ERR [AUTH] say STLS first", "RFC 2595 §2.2"),
  ANY_BOTH (REFUSED, GPO_SAME, "-ERR no such letter", "RFC 1939 §5"),
  ANY_BOTH (SYNTAX, GPO_SAME, "-ERR the arguments are wrong", "RFC 1939 §3"),
  ANY_BOTH (UNKNOWN, GPO_SAME, "-ERR no such command", "RFC 1939 §3"),
  ANY_BOTH (TOO_LONG, GPO_SAME, "-ERR the line is too long", "RFC 2449 §4"),
  ANY_BOTH (SEQUENCE, GPO_SAME, "-ERR not now", "RFC 1939 §3"),
};

const GpoMachine gpo_pop3_server_machine = {
  .name = "pop3-server",
  .title = "A POP3 server",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_POP3_N_STATES,
  .n_inputs = GPO_POP3_N_INPUTS,
  .initial = GPO_POP3_CONNECTED,
  .final = GPO_POP3_CLOSED,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
