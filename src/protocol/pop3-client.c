/* SPDX-License-Identifier: MIT */
/* pop3-client.c: the table of a mail reader's POP3: RFC 1939, RFC 2449 (CAPA), RFC 2595 (STLS).
 *
 * +OK is ok, or `more` where lines follow that a dot ends; -ERR is refused; what is neither is syntax.
 *
 * Run by src/roles/pop3-reader.c, drawn by the window, printed by `glasspost machine pop3-client`. */
#include "protocol/pop3-client.h"

static const char *const states[] = {
#define X(name, word) word,
  GPO_POP3_CLIENT_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_POP3_CLIENT_INPUTS (X)
#undef X
};

#define ROW(from, input, verdict, to, reply, spec)                                                   \
  { GPO_POP3_CLIENT_##from, GPO_POP3_CLIENT_IN_##input, GPO_##verdict, GPO_POP3_CLIENT_##to, reply, spec }
#define ANY_STATE(input, verdict, spec)                                                              \
  { GPO_ANY, GPO_POP3_CLIENT_IN_##input, GPO_##verdict, GPO_POP3_CLIENT_CLOSED, NULL, spec }

static const GpoEdge edges[] = {
  ROW (CONNECTING, CONNECTED, OK, GREETING, NULL, "RFC 1939 §3"),
  ROW (CONNECTING, CONNECTED, DEFERRED, CLOSED, NULL, "RFC 1939 §3"),
  ROW (GREETING, REPLY, OK, AUTHORIZATION, NULL, "RFC 1939 §4"),
  ROW (GREETING, REPLY, REFUSED, CLOSED, NULL, "RFC 3206 §4"),

  /* who is there */
  ROW (AUTHORIZATION, CAPA, OK, CAPA, "CAPA", "RFC 2449 §5"),
  ROW (CAPA, REPLY, MORE, OFFERS, NULL, "RFC 2449 §5"),
  ROW (CAPA, REPLY, REFUSED, AUTHORIZATION, NULL, "RFC 2449 §5"),
  ROW (OFFERS, DOT, OK, AUTHORIZATION, NULL, "RFC 2449 §5"),
  ROW (AUTHORIZATION, STLS, OK, STLS, "STLS", "RFC 2595 §4"),
  ROW (STLS, REPLY, OK, TLS, NULL, "RFC 2595 §4"),
  ROW (STLS, REPLY, REFUSED, AUTHORIZATION, NULL, "RFC 2595 §4"),
  ROW (TLS, HANDSHAKE, OK, AUTHORIZATION, NULL, "RFC 2595 §4"),
  ROW (TLS, HANDSHAKE, REFUSED, CLOSED, NULL, "RFC 2595 §4"),
  ROW (AUTHORIZATION, USER, OK, USER, "USER", "RFC 1939 §7"),
  ROW (USER, REPLY, OK, PASS, "PASS", "RFC 1939 §7"),
  ROW (USER, REPLY, REFUSED, AUTHORIZATION, NULL, "RFC 1939 §7"),
  ROW (PASS, REPLY, OK, TRANSACTION, NULL, "RFC 1939 §7"),
  ROW (PASS, REPLY, REFUSED, AUTHORIZATION, NULL, "RFC 1939 §7"),

  /* the maildrop */
  ROW (TRANSACTION, UIDL, OK, UIDL, "UIDL", "RFC 1939 §7"),
  ROW (UIDL, REPLY, MORE, LISTING, NULL, "RFC 1939 §7"),
  ROW (UIDL, REPLY, REFUSED, TRANSACTION, NULL, "RFC 1939 §7"),
  ROW (LISTING, DOT, OK, TRANSACTION, NULL, "RFC 1939 §3"),
  ROW (TRANSACTION, RETR, OK, RETR, "RETR", "RFC 1939 §5"),
  ROW (RETR, REPLY, MORE, LETTER, NULL, "RFC 1939 §5"),
  ROW (RETR, REPLY, REFUSED, TRANSACTION, NULL, "RFC 1939 §5"),
  ROW (LETTER, DOT, OK, TRANSACTION, NULL, "RFC 1939 §3"),
  ROW (TRANSACTION, DELE, OK, DELE, "DELE", "RFC 1939 §5"),
  ROW (DELE, REPLY, OK, TRANSACTION, NULL, "RFC 1939 §5"),
  ROW (DELE, REPLY, REFUSED, TRANSACTION, NULL, "RFC 1939 §5"),

  /* the end: letters marked go when QUIT is answered */
  ROW (AUTHORIZATION, QUIT, OK, QUIT, "QUIT", "RFC 1939 §4"),
  ROW (TRANSACTION, QUIT, OK, QUIT, "QUIT", "RFC 1939 §6"),
  ROW (QUIT, REPLY, OK, CLOSED, NULL, "RFC 1939 §6"),
  ROW (QUIT, REPLY, REFUSED, CLOSED, NULL, "RFC 1939 §6"),
  ROW (QUIT, LOST, OK, CLOSED, NULL, "RFC 1939 §6"),
  ANY_STATE (REPLY, SYNTAX, "RFC 1939 §3"),
  ANY_STATE (TIMEOUT, DEFERRED, "RFC 1939 §3"),
  ANY_STATE (LOST, DEFERRED, "RFC 1939 §3"),
  { GPO_ANY, GPO_ANY, GPO_SEQUENCE, GPO_SAME, NULL, "RFC 1939 §3" },
};

const GpoMachine gpo_pop3_client_machine = {
  .name = "pop3-client",
  .title = "A mail reader's POP3: which answer it waits for",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_POP3_CLIENT_N_STATES,
  .n_inputs = GPO_POP3_CLIENT_N_INPUTS,
  .initial = GPO_POP3_CLIENT_CONNECTING,
  .final = GPO_POP3_CLIENT_CLOSED,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
