/* SPDX-License-Identifier: MIT */
/* imap-server-table.c: the states of an IMAP server: RFC 3501 §3.
 *
 *                   +----------------------+
 *                   |connection established|
 *                   +----------------------+
 *                              ||
 *                              \/
 *            +--------------------------------------+
 *            |          server greeting             |
 *            +--------------------------------------+
 *                      || (1)       || (2)        || (3)
 *                      \/           ||            ||
 *            +-----------------+    ||            ||
 *            |Not Authenticated|    ||            ||
 *            +-----------------+    ||            ||
 *             || (7)   || (4)       ||            ||
 *             ||       \/           \/            ||
 *             ||     +----------------+           ||
 *             ||     | Authenticated  |<=++       ||
 *             ||     +----------------+  ||       ||
 *             ||       || (7)   || (5)   || (6)   ||
 *             ||       ||       \/       ||       ||
 *             ||       ||    +--------+  ||       ||
 *             ||       ||    |Selected|==++       ||
 *             ||       ||    +--------+           ||
 *             ||       ||       || (7)            ||
 *             \/       \/       \/                \/
 *            +--------------------------------------+
 *            |               Logout                 |
 *            +--------------------------------------+
 *
 * The rows that are these arrows have their numbers. Rows that accept name their state; refusals that leave
 * the state as it is are written once, at the end. Replies begin with OK, NO, BAD, BYE or PREAUTH; a
 * session puts the tag in front and may say more. */
#include "protocol/imap.h"

static const char *const states[] = {
#define X(name, word) word,
  GPO_IMAP_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_IMAP_INPUTS (X)
#undef X
};

#define ROW(from, input, verdict, to, reply, spec)                                                   \
  { GPO_IMAP_##from, GPO_IMAP_IN_##input, GPO_##verdict, GPO_IMAP_##to, reply, spec, 0 }
/* A row that is one of the arrows. */
#define ARROW(number, from, input, verdict, to, reply, spec)                                         \
  { GPO_IMAP_##from, GPO_IMAP_IN_##input, GPO_##verdict, GPO_IMAP_##to, reply, spec, number }
#define ANY_STATE(input, verdict, to, reply, spec)                                                   \
  { GPO_ANY, GPO_IMAP_IN_##input, GPO_##verdict, to, reply, spec, 0 }
/* Arrow 7 from everywhere. */
#define END(input, reply, spec) { GPO_ANY, GPO_IMAP_IN_##input, GPO_CLOSING, GPO_IMAP_LOGOUT, reply, spec, 7 }
#define ANY_INPUT(from, verdict, to, reply, spec)                                                    \
  { GPO_IMAP_##from, GPO_ANY, GPO_##verdict, to, reply, spec }
#define ANY_BOTH(verdict, to, reply, spec) { GPO_ANY, GPO_ANY, GPO_##verdict, to, reply, spec }

/* Commands of any state: RFC 3501 §6.1. */
#define IN_ANY_STATE(state)                                                                          \
  ROW (state, CAPABILITY, OK, state, "OK CAPABILITY completed", "RFC 3501 §6.1.1"),                  \
  ROW (state, NOOP, OK, state, "OK NOOP completed", "RFC 3501 §6.1.2"),                              \
  ARROW (7, state, LOGOUT, OK, LOGOUT, "OK LOGOUT completed", "RFC 3501 §6.1.3"), \
  ROW (state, ID, OK, state, "OK ID completed", "RFC 2971 §3.1")

/* Commands of the authenticated state, which the selected one has too: RFC 3501 §6.3. */
#define IN_AUTHENTICATED(state, idle, append)                                                        \
  ROW (state, ENABLE, OK, state, "OK ENABLE completed", "RFC 5161 §3.1"),                            \
  ROW (state, CREATE, OK, state, "OK CREATE completed", "RFC 3501 §6.3.3"),                          \
  ROW (state, DELETE, OK, state, "OK DELETE completed", "RFC 3501 §6.3.4"),                          \
  ROW (state, RENAME, OK, state, "OK RENAME completed", "RFC 3501 §6.3.5"),                          \
  ROW (state, SUBSCRIBE, OK, state, "OK SUBSCRIBE completed", "RFC 3501 §6.3.6"),                    \
  ROW (state, UNSUBSCRIBE, OK, state, "OK UNSUBSCRIBE completed", "RFC 3501 §6.3.7"),                \
  ROW (state, LIST, OK, state, "OK LIST completed", "RFC 3501 §6.3.8"),                              \
  ROW (state, LSUB, OK, state, "OK LSUB completed", "RFC 3501 §6.3.9"),                              \
  ROW (state, NAMESPACE, OK, state, "OK NAMESPACE completed", "RFC 2342 §5"),                        \
  ROW (state, STATUS, OK, state, "OK STATUS completed", "RFC 3501 §6.3.10"),                         \
  ROW (state, APPEND, MORE, append, "+ ready for the letter", "RFC 3501 §6.3.11"),                   \
  ROW (append, LITERAL_END, OK, state, "OK APPEND completed", "RFC 3501 §6.3.11"),                   \
  ROW (append, LITERAL_END, REFUSED, state, "NO APPEND failed", "RFC 3501 §6.3.11"),                 \
  ROW (append, LITERAL_END, SYNTAX, state, "BAD APPEND ends with its literal", "RFC 3501 §6.3.11"),  \
  ROW (state, IDLE, MORE, idle, "+ idling", "RFC 2177 §3"),                                          \
  ROW (idle, DONE, OK, state, "OK IDLE completed", "RFC 2177 §3"),                                   \
  ROW (idle, DONE, SYNTAX, state, "BAD expected DONE to end IDLE", "RFC 2177 §3"),                   \
  ARROW (5, state, SELECT, OK, SELECTED, "OK [READ-WRITE] SELECT completed", "RFC 3501 §6.3.1"), \
  ARROW (5, state, EXAMINE, OK, SELECTED, "OK [READ-ONLY] EXAMINE completed", "RFC 3501 §6.3.2")

#define SELECTED_ROW(input, reply, spec) ROW (SELECTED, input, OK, SELECTED, reply, spec)

static const GpoEdge edges[] = {
  ARROW (1, CONNECTED, CONNECT, OK, NOT_AUTHENTICATED, "OK ready", "RFC 3501 §7.1.1"),
  ARROW (2, CONNECTED, CONNECT, EMPTY, AUTHENTICATED, "PREAUTH welcome", "RFC 3501 §7.1.4"),
  ARROW (3, CONNECTED, CONNECT, TOO_MANY, LOGOUT, "BYE too many connections", "RFC 3501 §7.1.5"),

  IN_ANY_STATE (NOT_AUTHENTICATED),
  ROW (NOT_AUTHENTICATED, STARTTLS, MORE, TLS, "OK begin TLS now", "RFC 3501 §6.2.1"),
  ROW (TLS, HANDSHAKE, OK, NOT_AUTHENTICATED, NULL, "RFC 3501 §6.2.1"),
  ARROW (7, TLS, HANDSHAKE, REFUSED, LOGOUT, NULL, "RFC 3501 §6.2.1"),
  ARROW (4, NOT_AUTHENTICATED, LOGIN, OK, AUTHENTICATED, "OK LOGIN completed", "RFC 3501 §6.2.3"),
  ARROW (4, NOT_AUTHENTICATED, AUTHENTICATE, OK, AUTHENTICATED, "OK AUTHENTICATE completed", "RFC 3501 §6.2.2"),
  ROW (NOT_AUTHENTICATED, AUTHENTICATE, MORE, AUTHENTICATE, "+ ", "RFC 3501 §6.2.2"),
  ROW (AUTHENTICATE, RESPONSE, MORE, AUTHENTICATE, "+ ", "RFC 3501 §6.2.2"),
  ARROW (4, AUTHENTICATE, RESPONSE, OK, AUTHENTICATED, "OK AUTHENTICATE completed", "RFC 3501 §6.2.2"),
  ROW (AUTHENTICATE, RESPONSE, REFUSED, NOT_AUTHENTICATED, "NO [AUTHENTICATIONFAILED] wrong name or password",
       "RFC 5530 §3"),
  ROW (AUTHENTICATE, RESPONSE, SYNTAX, NOT_AUTHENTICATED, "BAD authentication given up", "RFC 3501 §6.2.2"),
  ROW (AUTHENTICATE, RESPONSE, TOO_LONG, NOT_AUTHENTICATED, "BAD the line is too long", "RFC 3501 §6.2.2"),

  IN_ANY_STATE (AUTHENTICATED),
  IN_AUTHENTICATED (AUTHENTICATED, IDLE, APPEND),

  IN_ANY_STATE (SELECTED),
  IN_AUTHENTICATED (SELECTED, SELECTED_IDLE, SELECTED_APPEND),
  ARROW (6, SELECTED, SELECT, REFUSED, AUTHENTICATED, "NO SELECT failed", "RFC 3501 §6.3.1"),
  ARROW (6, SELECTED, EXAMINE, REFUSED, AUTHENTICATED, "NO EXAMINE failed", "RFC 3501 §6.3.2"),
  ARROW (6, SELECTED, CLOSE, OK, AUTHENTICATED, "OK CLOSE completed", "RFC 3501 §6.4.2"),
  ARROW (6, SELECTED, UNSELECT, OK, AUTHENTICATED, "OK UNSELECT completed", "RFC 3691 §2"),
  SELECTED_ROW (CHECK, "OK CHECK completed", "RFC 3501 §6.4.1"),
  SELECTED_ROW (EXPUNGE, "OK EXPUNGE completed", "RFC 3501 §6.4.3"),
  SELECTED_ROW (SEARCH, "OK SEARCH completed", "RFC 3501 §6.4.4"),
  SELECTED_ROW (FETCH, "OK FETCH completed", "RFC 3501 §6.4.5"),
  SELECTED_ROW (STORE, "OK STORE completed", "RFC 3501 §6.4.6"),
  SELECTED_ROW (COPY, "OK COPY completed", "RFC 3501 §6.4.7"),
  SELECTED_ROW (MOVE, "OK MOVE completed", "RFC 6851 §3.1"),
  SELECTED_ROW (UID_EXPUNGE, "OK UID EXPUNGE completed", "RFC 4315 §2.1"),
  SELECTED_ROW (UID_SEARCH, "OK UID SEARCH completed", "RFC 3501 §6.4.8"),
  SELECTED_ROW (UID_FETCH, "OK UID FETCH completed", "RFC 3501 §6.4.8"),
  SELECTED_ROW (UID_STORE, "OK UID STORE completed", "RFC 3501 §6.4.8"),
  SELECTED_ROW (UID_COPY, "OK UID COPY completed", "RFC 3501 §6.4.8"),
  SELECTED_ROW (UID_MOVE, "OK UID MOVE completed", "RFC 6851 §3.2"),
  ROW (SELECTED, FETCH, PARTIAL, SELECTED, "NO [EXPUNGEISSUED] some letters no longer exist", "RFC 5530 §3"),
  ROW (SELECTED, UID_FETCH, PARTIAL, SELECTED, "NO [EXPUNGEISSUED] some letters no longer exist", "RFC 5530 §3"),
  ROW (SELECTED, STORE, PARTIAL, SELECTED, "OK [MODIFIED] some letters had changed", "RFC 7162 §3.1.3"),
  ROW (SELECTED, UID_STORE, PARTIAL, SELECTED, "OK [MODIFIED] some letters had changed", "RFC 7162 §3.1.3"),
  ARROW (7, SELECTED, GONE, CLOSING, LOGOUT, "BYE the selected mailbox was deleted", "RFC 3501 §7.1.5"),
  ARROW (7, SELECTED_IDLE, GONE, CLOSING, LOGOUT, "BYE the selected mailbox was deleted", "RFC 3501 §7.1.5"),

  /* Ends. */
  END (TIMEOUT, "BYE you were silent for too long", "RFC 3501 §5.4"),
  END (SHUTDOWN, "BYE the office closes", "RFC 3501 §3.4"),
  END (LOST, NULL, "RFC 3501 §3.4"),
  { GPO_ANY, GPO_ANY, GPO_CLOSING, GPO_IMAP_LOGOUT, "BYE too many bad commands", "RFC 3501 §7.1.5", 7 },

  /* Refusals; the state stays. */
  ANY_INPUT (NOT_AUTHENTICATED, SEQUENCE, GPO_SAME, "BAD log in first", "RFC 3501 §3.1"),
  ANY_INPUT (AUTHENTICATED, SEQUENCE, GPO_SAME, "BAD select a mailbox first", "RFC 3501 §3.2"),
  { GPO_IMAP_AUTHENTICATED, GPO_IMAP_IN_LOGIN, GPO_SEQUENCE, GPO_SAME, "BAD you are logged in already", "RFC 3501 §6.2" },
  { GPO_IMAP_AUTHENTICATED, GPO_IMAP_IN_AUTHENTICATE, GPO_SEQUENCE, GPO_SAME, "BAD you are logged in already", "RFC 3501 §6.2" },
  { GPO_IMAP_AUTHENTICATED, GPO_IMAP_IN_STARTTLS, GPO_SEQUENCE, GPO_SAME, "BAD STARTTLS comes before login", "RFC 3501 §6.2.1" },
  ANY_INPUT (SELECTED, SEQUENCE, GPO_SAME, "BAD you are logged in already", "RFC 3501 §6.2"),
  ANY_STATE (LOGIN, REFUSED, GPO_SAME, "NO [AUTHENTICATIONFAILED] wrong name or password", "RFC 5530 §3"),
  ANY_STATE (AUTHENTICATE, REFUSED, GPO_SAME, "NO [AUTHENTICATIONFAILED] wrong name or password", "RFC 5530 §3"),
  ANY_STATE (LOGIN, NEEDS_TLS, GPO_SAME, "NO [PRIVACYREQUIRED] say STARTTLS first", "RFC 5530 §3"),
  ANY_STATE (AUTHENTICATE, NEEDS_TLS, GPO_SAME, "NO [PRIVACYREQUIRED] say STARTTLS first", "RFC 5530 §3"),
  ANY_STATE (AUTHENTICATE, UNSUPPORTED, GPO_SAME, "NO [CANNOT] no such mechanism here", "RFC 3501 §6.2.2"),
  ANY_STATE (STARTTLS, UNSUPPORTED, GPO_SAME, "BAD TLS is not offered, or on already", "RFC 3501 §6.2.1"),
  ANY_BOTH (REFUSED, GPO_SAME, "NO that cannot be done", "RFC 3501 §7.1.2"),
  ANY_BOTH (SYNTAX, GPO_SAME, "BAD the arguments are wrong", "RFC 3501 §7.1.3"),
  ANY_BOTH (UNKNOWN, GPO_SAME, "BAD no such command", "RFC 3501 §7.1.3"),
  ANY_BOTH (TOO_LONG, GPO_SAME, "BAD the command is too long", "RFC 7162 §4"),
  ANY_BOTH (TOO_BIG, GPO_SAME, "NO [TOOBIG] the literal is too big", "RFC 7888 §4"),
  ANY_BOTH (SEQUENCE, GPO_SAME, "BAD not now", "RFC 3501 §7.1.3"),
};

const GpoMachine gpo_imap_server_machine = {
  .name = "imap-server",
  .title = "An IMAP server",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_IMAP_N_STATES,
  .n_inputs = GPO_IMAP_N_INPUTS,
  .initial = GPO_IMAP_CONNECTED,
  .final = GPO_IMAP_LOGOUT,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
