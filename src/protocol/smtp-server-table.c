/* SPDX-License-Identifier: MIT */
/* smtp-server-table.c: the states of an SMTP server: RFC 5321 §4.1.4 and the extensions that add states.
 *
 *     connected → greeted → ready → mail → rcpt → data → ready …
 *                                             ↘ chunk ⇄ bdat
 *
 * Rows that accept name their state. Refusals that leave the state as it is are written once, with
 * wildcards, at the end. Replies are defaults; a session may say more (a queue ID, an address). */
#include "protocol/smtp.h"

static const char *const states[] = {
#define X(name, word) word,
  GPO_SMTP_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_SMTP_INPUTS (X)
#undef X
};

/* One row a line, short names; the order within a state is that of a conversation. */
#define ROW(from, input, verdict, to, reply, spec)                                                   \
  { GPO_SMTP_##from, GPO_SMTP_IN_##input, GPO_##verdict, GPO_SMTP_##to, reply, spec }
#define ANY_STATE(input, verdict, to, reply, spec)                                                   \
  { GPO_ANY, GPO_SMTP_IN_##input, GPO_##verdict, to, reply, spec }
#define ANY_BOTH(verdict, to, reply, spec) { GPO_ANY, GPO_ANY, GPO_##verdict, to, reply, spec }

static const GpoEdge edges[] = {
  ROW (CONNECTED, CONNECT, OK, GREETED, "220 ready", "RFC 5321 §3.1"),
  ROW (CONNECTED, CONNECT, REFUSED, TURNED_AWAY, "554 5.7.1 no service for you here", "RFC 5321 §3.1"),
  ROW (CONNECTED, CONNECT, TOO_MANY, CLOSED, "421 4.7.0 too many connections, try again later",
       "RFC 5321 §3.8"),

  ROW (TURNED_AWAY, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §3.1"),

  ROW (GREETED, EHLO, OK, READY, "250", "RFC 5321 §4.1.1.1"),
  ROW (GREETED, HELO, OK, READY, "250", "RFC 5321 §4.1.1.1"),
  ROW (GREETED, STARTTLS, MORE, TLS, "220 2.0.0 go ahead", "RFC 3207 §4"),
  ROW (GREETED, RSET, OK, GREETED, "250 2.0.0 nothing to forget", "RFC 5321 §4.1.1.5"),
  ROW (GREETED, NOOP, OK, GREETED, "250 2.0.0 still here", "RFC 5321 §4.1.1.9"),
  ROW (GREETED, HELP, OK, GREETED, "214 2.0.0 see RFC 5321", "RFC 5321 §4.1.1.8"),
  ROW (GREETED, VRFY, OK, GREETED, "252 2.1.5 try to send, then we shall see", "RFC 5321 §4.1.1.6"),
  ROW (GREETED, EXPN, OK, GREETED, "250", "RFC 5321 §4.1.1.7"),
  ROW (GREETED, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §4.1.1.10"),

  ROW (TLS, HANDSHAKE, OK, GREETED, NULL, "RFC 3207 §4.2"),
  ROW (TLS, HANDSHAKE, REFUSED, CLOSED, NULL, "RFC 3207 §4.1"),

  ROW (READY, EHLO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (READY, HELO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (READY, STARTTLS, MORE, TLS, "220 2.0.0 go ahead", "RFC 3207 §4"),
  ROW (READY, AUTH, MORE, AUTH, "334", "RFC 4954 §4"),
  ROW (READY, AUTH, OK, READY, "235 2.7.0 welcome", "RFC 4954 §4"),
  ROW (READY, MAIL, OK, MAIL, "250 2.1.0 sender noted", "RFC 5321 §4.1.1.2"),
  ROW (READY, RSET, OK, READY, "250 2.0.0 nothing to forget", "RFC 5321 §4.1.1.5"),
  ROW (READY, NOOP, OK, READY, "250 2.0.0 still here", "RFC 5321 §4.1.1.9"),
  ROW (READY, HELP, OK, READY, "214 2.0.0 see RFC 5321", "RFC 5321 §4.1.1.8"),
  ROW (READY, VRFY, OK, READY, "252 2.1.5 try to send, then we shall see", "RFC 5321 §4.1.1.6"),
  ROW (READY, EXPN, OK, READY, "250", "RFC 5321 §4.1.1.7"),
  ROW (READY, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §4.1.1.10"),

  ROW (AUTH, RESPONSE, MORE, AUTH, "334", "RFC 4954 §4"),
  ROW (AUTH, RESPONSE, OK, READY, "235 2.7.0 welcome", "RFC 4954 §4"),
  ROW (AUTH, RESPONSE, REFUSED, READY, "535 5.7.8 wrong name or password", "RFC 4954 §6"),
  ROW (AUTH, RESPONSE, SYNTAX, READY, "501 5.5.2 that is not base64, or you cancelled", "RFC 4954 §4"),
  ROW (AUTH, RESPONSE, TOO_LONG, READY, "500 5.5.6 the answer is too long", "RFC 4954 §4"),
  ROW (AUTH, RESPONSE, DEFERRED, READY, "454 4.7.0 cannot check that now", "RFC 4954 §6"),

  ROW (MAIL, RCPT, OK, RCPT, "250 2.1.5 recipient noted", "RFC 5321 §4.1.1.3"),
  ROW (MAIL, DATA, SEQUENCE, MAIL, "554 5.5.1 no valid recipients: RCPT first", "RFC 5321 §3.3"),
  ROW (MAIL, BDAT, SEQUENCE, MAIL, "554 5.5.1 no valid recipients: RCPT first", "RFC 3030 §2"),
  ROW (MAIL, RSET, OK, READY, "250 2.0.0 forgotten", "RFC 5321 §4.1.1.5"),
  ROW (MAIL, EHLO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (MAIL, HELO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (MAIL, NOOP, OK, MAIL, "250 2.0.0 still here", "RFC 5321 §4.1.1.9"),
  ROW (MAIL, HELP, OK, MAIL, "214 2.0.0 see RFC 5321", "RFC 5321 §4.1.1.8"),
  ROW (MAIL, VRFY, OK, MAIL, "252 2.1.5 try to send, then we shall see", "RFC 5321 §4.1.1.6"),
  ROW (MAIL, EXPN, OK, MAIL, "250", "RFC 5321 §4.1.1.7"),
  ROW (MAIL, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §4.1.1.10"),

  ROW (RCPT, RCPT, OK, RCPT, "250 2.1.5 recipient noted", "RFC 5321 §4.1.1.3"),
  ROW (RCPT, DATA, MORE, DATA, "354 go on, end with a line that holds a dot alone", "RFC 5321 §4.1.1.4"),
  ROW (RCPT, BDAT, MORE, CHUNK, NULL, "RFC 3030 §2"),
  ROW (RCPT, RSET, OK, READY, "250 2.0.0 forgotten", "RFC 5321 §4.1.1.5"),
  ROW (RCPT, EHLO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (RCPT, HELO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (RCPT, NOOP, OK, RCPT, "250 2.0.0 still here", "RFC 5321 §4.1.1.9"),
  ROW (RCPT, HELP, OK, RCPT, "214 2.0.0 see RFC 5321", "RFC 5321 §4.1.1.8"),
  ROW (RCPT, VRFY, OK, RCPT, "252 2.1.5 try to send, then we shall see", "RFC 5321 §4.1.1.6"),
  ROW (RCPT, EXPN, OK, RCPT, "250", "RFC 5321 §4.1.1.7"),
  ROW (RCPT, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §4.1.1.10"),

  ROW (DATA, END_OF_DATA, OK, READY, "250 2.0.0 taken", "RFC 5321 §4.1.1.4"),
  ROW (DATA, END_OF_DATA, REFUSED, READY, "554 5.6.0 not taken", "RFC 5321 §4.2.5"),
  ROW (DATA, END_OF_DATA, DEFERRED, READY, "451 4.3.0 not taken now, try again later", "RFC 5321 §4.2.5"),
  ROW (DATA, END_OF_DATA, TOO_BIG, READY, "552 5.3.4 the letter is too big", "RFC 5321 §4.5.3.1.9"),
  ROW (DATA, END_OF_DATA, TOO_LONG, READY, "500 5.6.0 a line of the letter is too long", "RFC 5321 §4.5.3.1.6"),
  ROW (DATA, END_OF_DATA, SYNTAX, READY, "550 5.6.11 a line of the letter ends in a bare LF or CR",
       "RFC 5321 §2.3.8"),

  ROW (CHUNK, CHUNK_END, OK, BDAT, "250 2.0.0 octets received", "RFC 3030 §2"),
  ROW (CHUNK, CHUNK_END, TOO_BIG, READY, "552 5.3.4 the letter is too big", "RFC 3030 §2"),
  ROW (CHUNK, CHUNK_END, DEFERRED, READY, "451 4.3.0 not taken now, try again later", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, OK, READY, "250 2.0.0 taken", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, REFUSED, READY, "554 5.6.0 not taken", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, DEFERRED, READY, "451 4.3.0 not taken now, try again later", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, TOO_BIG, READY, "552 5.3.4 the letter is too big", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, TOO_LONG, READY, "500 5.6.0 a line of the letter is too long", "RFC 3030 §2"),
  ROW (CHUNK, LAST_CHUNK_END, SYNTAX, READY, "550 5.6.11 a line of the letter ends in a bare LF or CR",
       "RFC 3030 §3"),
  ROW (BDAT, BDAT, MORE, CHUNK, NULL, "RFC 3030 §2"),
  ROW (BDAT, RSET, OK, READY, "250 2.0.0 forgotten", "RFC 3030 §2"),
  ROW (BDAT, EHLO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (BDAT, HELO, OK, READY, "250", "RFC 5321 §4.1.4"),
  ROW (BDAT, NOOP, OK, BDAT, "250 2.0.0 still here", "RFC 5321 §4.1.1.9"),
  ROW (BDAT, QUIT, OK, CLOSED, "221 2.0.0 goodbye", "RFC 5321 §4.1.1.10"),

  /* Refusals: the state stays, whatever it is. */
  ANY_STATE (EHLO, SYNTAX, GPO_SAME, "501 5.5.4 syntax: EHLO your.host.name", "RFC 5321 §4.1.1.1"),
  ANY_STATE (HELO, SYNTAX, GPO_SAME, "501 5.5.4 syntax: HELO your.host.name", "RFC 5321 §4.1.1.1"),
  ANY_STATE (MAIL, SYNTAX, GPO_SAME, "501 5.5.4 syntax: MAIL FROM:<address>", "RFC 5321 §4.1.1.2"),
  ANY_STATE (MAIL, UNSUPPORTED, GPO_SAME, "555 5.5.4 parameter not offered here", "RFC 5321 §4.1.1.11"),
  ANY_STATE (MAIL, TOO_BIG, GPO_SAME, "552 5.3.4 the letter is too big", "RFC 1870 §6.1"),
  ANY_STATE (MAIL, REFUSED, GPO_SAME, "550 5.7.1 not from you", "RFC 5321 §3.3"),
  ANY_STATE (MAIL, DEFERRED, GPO_SAME, "451 4.3.0 not now, try again later", "RFC 5321 §3.3"),
  ANY_STATE (MAIL, NEEDS_AUTH, GPO_SAME, "530 5.7.0 log in first: AUTH", "RFC 6409 §4.3"),
  ANY_STATE (MAIL, NEEDS_TLS, GPO_SAME, "530 5.7.0 encrypt first: STARTTLS", "RFC 3207 §4"),
  ANY_STATE (MAIL, SEQUENCE, GPO_SAME, "503 5.5.1 wrong order", "RFC 5321 §4.1.4"),
  ANY_STATE (RCPT, SYNTAX, GPO_SAME, "501 5.5.4 syntax: RCPT TO:<address>", "RFC 5321 §4.1.1.3"),
  ANY_STATE (RCPT, UNSUPPORTED, GPO_SAME, "555 5.5.4 parameter not offered here", "RFC 5321 §4.1.1.11"),
  ANY_STATE (RCPT, REFUSED, GPO_SAME, "550 5.1.1 no such person here", "RFC 5321 §3.3"),
  ANY_STATE (RCPT, DEFERRED, GPO_SAME, "450 4.2.0 not now, try again later", "RFC 5321 §3.3"),
  ANY_STATE (RCPT, TOO_MANY, GPO_SAME, "452 4.5.3 too many recipients, send the rest separately",
             "RFC 5321 §4.5.3.1.10"),
  ANY_STATE (RCPT, SEQUENCE, GPO_SAME, "503 5.5.1 wrong order: MAIL first", "RFC 5321 §4.1.1.3"),
  ANY_STATE (DATA, SYNTAX, GPO_SAME, "501 5.5.4 syntax: DATA, without argument", "RFC 5321 §4.1.1.4"),
  ANY_STATE (DATA, REFUSED, GPO_SAME, "554 5.5.0 not now", "RFC 5321 §4.1.1.4"),
  ANY_STATE (DATA, DEFERRED, GPO_SAME, "451 4.3.0 not now, try again later", "RFC 5321 §4.1.1.4"),
  ANY_STATE (BDAT, SYNTAX, GPO_SAME, "501 5.5.4 syntax: BDAT octets [LAST]", "RFC 3030 §2"),
  ANY_STATE (BDAT, TOO_BIG, GPO_SAME, "552 5.3.4 the letter is too big", "RFC 3030 §2"),
  ANY_STATE (VRFY, REFUSED, GPO_SAME, "550 5.1.1 no such person here", "RFC 5321 §3.5.3"),
  ANY_STATE (EXPN, REFUSED, GPO_SAME, "550 5.1.1 no such list here", "RFC 5321 §3.5.3"),
  ANY_STATE (STARTTLS, SEQUENCE, GPO_SAME, "503 5.5.1 wrong order: already encrypted, or mail under way",
             "RFC 3207 §4.2"),
  ANY_STATE (STARTTLS, UNSUPPORTED, GPO_SAME, "502 5.5.1 TLS is not offered here", "RFC 3207 §4"),
  ANY_STATE (STARTTLS, DEFERRED, GPO_SAME, "454 4.7.0 TLS is not available now", "RFC 3207 §4"),
  ANY_STATE (AUTH, SYNTAX, GPO_SAME, "501 5.5.4 syntax: AUTH mechanism [initial-response]", "RFC 4954 §4"),
  ANY_STATE (AUTH, UNSUPPORTED, GPO_SAME, "504 5.5.4 mechanism not offered here", "RFC 4954 §4"),
  ANY_STATE (AUTH, REFUSED, GPO_SAME, "535 5.7.8 wrong name or password", "RFC 4954 §6"),
  ANY_STATE (AUTH, NEEDS_TLS, GPO_SAME, "538 5.7.11 encrypt first: STARTTLS", "RFC 4954 §6"),
  ANY_STATE (AUTH, SEQUENCE, GPO_SAME, "503 5.5.1 wrong order: logged in already, or mail under way",
             "RFC 4954 §4"),
  ANY_STATE (UNKNOWN, UNKNOWN, GPO_SAME, "500 5.5.2 no such command", "RFC 5321 §4.2.4"),
  ANY_STATE (TIMEOUT, CLOSING, GPO_SMTP_CLOSED, "421 4.4.2 you were silent too long, goodbye", "RFC 5321 §4.5.3.2.7"),
  ANY_STATE (SHUTDOWN, CLOSING, GPO_SMTP_CLOSED, "421 4.3.2 this office is closing, goodbye", "RFC 5321 §3.8"),
  ANY_STATE (LOST, CLOSING, GPO_SMTP_CLOSED, NULL, "RFC 5321 §3.8"),
  ANY_BOTH (SYNTAX, GPO_SAME, "501 5.5.4 wrong argument", "RFC 5321 §4.2.4"),
  ANY_BOTH (SEQUENCE, GPO_SAME, "503 5.5.1 wrong order", "RFC 5321 §4.1.4"),
  ANY_BOTH (UNSUPPORTED, GPO_SAME, "502 5.5.1 not offered here", "RFC 5321 §4.2.4"),
  ANY_BOTH (TOO_LONG, GPO_SAME, "500 5.5.2 the line is too long", "RFC 5321 §4.5.3.1.4"),
  ANY_BOTH (NEEDS_TLS, GPO_SAME, "530 5.7.0 encrypt first: STARTTLS", "RFC 3207 §4"),
  ANY_BOTH (TOO_BIG, GPO_SAME, "552 5.3.4 too big", "RFC 5321 §4.5.3.1.9"),
  ANY_BOTH (REFUSED, GPO_SAME, "550 5.7.1 refused", "RFC 5321 §4.2.1"),
  ANY_BOTH (DEFERRED, GPO_SAME, "451 4.3.0 not now, try again later", "RFC 5321 §4.2.1"),
  ANY_BOTH (CLOSING, GPO_SMTP_CLOSED, "421 4.7.0 too many errors, goodbye", "RFC 5321 §3.8"),
};

const GpoMachine gpo_smtp_server_machine = {
  .name = "smtp-server",
  .title = "What an SMTP server is waiting for",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_SMTP_N_STATES,
  .n_inputs = GPO_SMTP_N_INPUTS,
  .initial = GPO_SMTP_CONNECTED,
  .final = GPO_SMTP_CLOSED,
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
