/* SPDX-License-Identifier: MIT */
/* imap-client.c: the table of a mail reader's IMAP: RFC 3501 §3, §6 and §7, RFC 2177, RFC 6851.
 *
 * A tagged response's word is its verdict: OK ok, NO refused, BAD syntax; BYE is closing. A greeting of PREAUTH is
 * empty: there is nothing left to log in for.
 *
 * Run by src/roles/imap-reader.c, drawn by the window, printed by `glasspost machine imap-client`. */
#include "protocol/imap-client.h"

static const char *const states[] = {
#define X(name, word) word,
  GPO_IMAP_CLIENT_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_IMAP_CLIENT_INPUTS (X)
#undef X
};

#define ROW(from, input, verdict, to, reply, spec)                                                   \
  { GPO_IMAP_CLIENT_##from, GPO_IMAP_CLIENT_IN_##input, GPO_##verdict, GPO_IMAP_CLIENT_##to, reply, spec }
#define ANY_STATE(input, verdict, spec)                                                              \
  { GPO_ANY, GPO_IMAP_CLIENT_IN_##input, GPO_##verdict, GPO_IMAP_CLIENT_CLOSED, NULL, spec }

/* A command said in state `at`; its answer is awaited in `waits`, and leads back whatever it says. */
#define COMMAND(at, input, waits, word, spec)                                                        \
  ROW (at, input, OK, waits, word, spec),                                                            \
  ROW (waits, REPLY, OK, at, NULL, "RFC 3501 §7.1.1"),                                               \
  ROW (waits, REPLY, REFUSED, at, NULL, "RFC 3501 §7.1.2"),                                          \
  ROW (waits, REPLY, SYNTAX, at, NULL, "RFC 3501 §7.1.3")

/* A literal in a command waits for the server's "+". */
#define LITERAL(waits) ROW (waits, CONTINUE, MORE, waits, NULL, "RFC 3501 §7.5")

static const GpoEdge edges[] = {
  /* connection and greeting */
  ROW (CONNECTING, CONNECTED, OK, GREETING, NULL, "RFC 3501 §2.1"),
  ROW (CONNECTING, CONNECTED, DEFERRED, CLOSED, NULL, "RFC 3501 §2.1"),
  ROW (GREETING, REPLY, OK, NOT_AUTHENTICATED, NULL, "RFC 3501 §7.1.1"),
  ROW (GREETING, REPLY, EMPTY, AUTHENTICATED, NULL, "RFC 3501 §7.1.4"),

  /* who is there */
  COMMAND (NOT_AUTHENTICATED, CAPABILITY, CAPABILITY, "CAPABILITY", "RFC 3501 §6.1.1"),
  ROW (NOT_AUTHENTICATED, STARTTLS, OK, STARTTLS, "STARTTLS", "RFC 3501 §6.2.1"),
  ROW (STARTTLS, REPLY, OK, TLS, NULL, "RFC 3501 §6.2.1"),
  ROW (STARTTLS, REPLY, REFUSED, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.1"),
  ROW (STARTTLS, REPLY, SYNTAX, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.1"),
  ROW (TLS, HANDSHAKE, OK, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.1"),
  ROW (TLS, HANDSHAKE, REFUSED, CLOSED, NULL, "RFC 3501 §6.2.1"),
  ROW (NOT_AUTHENTICATED, LOGIN, OK, LOGIN, "LOGIN", "RFC 3501 §6.2.3"),
  LITERAL (LOGIN),
  ROW (LOGIN, REPLY, OK, AUTHENTICATED, NULL, "RFC 3501 §6.2.3"),
  ROW (LOGIN, REPLY, REFUSED, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.3"),
  ROW (LOGIN, REPLY, SYNTAX, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.3"),

  /* authenticated */
  COMMAND (AUTHENTICATED, LIST, LIST, "LIST", "RFC 3501 §6.3.8"),
  COMMAND (AUTHENTICATED, STATUS, STATUS, "STATUS", "RFC 3501 §6.3.10"),
  COMMAND (AUTHENTICATED, CREATE, CREATE, "CREATE", "RFC 3501 §6.3.3"),
  COMMAND (AUTHENTICATED, APPEND, APPEND, "APPEND", "RFC 3501 §6.3.11"),
  LITERAL (APPEND),
  ROW (AUTHENTICATED, SELECT, OK, SELECT, "SELECT", "RFC 3501 §6.3.1"),
  ROW (SELECTED, SELECT, OK, SELECT, "SELECT", "RFC 3501 §6.3.1"),
  ROW (SELECT, REPLY, OK, SELECTED, NULL, "RFC 3501 §6.3.1"),
  ROW (SELECT, REPLY, REFUSED, AUTHENTICATED, NULL, "RFC 3501 §6.3.1"),
  ROW (SELECT, REPLY, SYNTAX, AUTHENTICATED, NULL, "RFC 3501 §6.3.1"),

  /* selected */
  COMMAND (SELECTED, LIST, SELECTED_LIST, "LIST", "RFC 3501 §6.3.8"),
  COMMAND (SELECTED, STATUS, SELECTED_STATUS, "STATUS", "RFC 3501 §6.3.10"),
  COMMAND (SELECTED, CREATE, SELECTED_CREATE, "CREATE", "RFC 3501 §6.3.3"),
  COMMAND (SELECTED, APPEND, SELECTED_APPEND, "APPEND", "RFC 3501 §6.3.11"),
  LITERAL (SELECTED_APPEND),
  COMMAND (SELECTED, NOOP, NOOP, "NOOP", "RFC 3501 §6.1.2"),
  COMMAND (SELECTED, SEARCH, SEARCH, "UID SEARCH", "RFC 3501 §6.4.8"),
  LITERAL (SEARCH),
  COMMAND (SELECTED, FETCH, FETCH, "UID FETCH", "RFC 3501 §6.4.8"),
  COMMAND (SELECTED, STORE, STORE, "UID STORE", "RFC 3501 §6.4.8"),
  COMMAND (SELECTED, MOVE, MOVE, "UID MOVE", "RFC 6851 §3.2"),
  ROW (SELECTED, COPY, OK, MOVE, "UID COPY", "RFC 3501 §6.4.8"),
  COMMAND (SELECTED, EXPUNGE, EXPUNGE, "UID EXPUNGE", "RFC 4315 §2.1"),
  ROW (SELECTED, IDLE, OK, IDLE, "IDLE", "RFC 2177 §3"),
  ROW (IDLE, CONTINUE, MORE, IDLING, NULL, "RFC 2177 §3"),
  ROW (IDLE, REPLY, REFUSED, SELECTED, NULL, "RFC 2177 §3"),
  ROW (IDLE, REPLY, SYNTAX, SELECTED, NULL, "RFC 2177 §3"),
  ROW (IDLING, DONE, OK, DONE, "DONE", "RFC 2177 §3"),
  ROW (DONE, REPLY, OK, SELECTED, NULL, "RFC 2177 §3"),
  ROW (DONE, REPLY, REFUSED, SELECTED, NULL, "RFC 2177 §3"),
  ROW (DONE, REPLY, SYNTAX, SELECTED, NULL, "RFC 2177 §3"),

  /* the end */
  ROW (NOT_AUTHENTICATED, LOGOUT, OK, LOGOUT, "LOGOUT", "RFC 3501 §6.1.3"),
  ROW (AUTHENTICATED, LOGOUT, OK, LOGOUT, "LOGOUT", "RFC 3501 §6.1.3"),
  ROW (SELECTED, LOGOUT, OK, LOGOUT, "LOGOUT", "RFC 3501 §6.1.3"),
  ROW (LOGOUT, REPLY, OK, CLOSED, NULL, "RFC 3501 §6.1.3"),
  ROW (LOGOUT, LOST, OK, CLOSED, NULL, "RFC 3501 §3.4"),
  ANY_STATE (REPLY, CLOSING, "RFC 3501 §7.1.5"), /* BYE that nobody asked for */
  ANY_STATE (REPLY, SYNTAX, "RFC 3501 §7"),      /* what is no response, or none that can come here */
  ANY_STATE (TIMEOUT, DEFERRED, "RFC 3501 §5.4"),
  ANY_STATE (LOST, DEFERRED, "RFC 3501 §3.4"),
  { GPO_ANY, GPO_ANY, GPO_SEQUENCE, GPO_SAME, NULL, "RFC 3501 §5.5" },
};

const GpoMachine gpo_imap_client_machine = {
  .name = "imap-client",
  .title = "A mail reader's IMAP: which answer it waits for",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_IMAP_CLIENT_N_STATES,
  .n_inputs = GPO_IMAP_CLIENT_N_INPUTS,
  .initial = GPO_IMAP_CLIENT_CONNECTING,
  .final = GPO_IMAP_CLIENT_CLOSED,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
