/* SPDX-License-Identifier: MIT */
/* smtp-client.c: the table of the SMTP client: RFC 5321 §3 and §4, RFC 2920, RFC 3207, RFC 4954.
 *
 * The client says what stands in a row's reply column when it takes the row. A reply's class is its
 * verdict: 2xx ok, 3xx more, 4xx deferred, 5xx refused, 421 closing; a reply that is none, or of a class
 * that cannot be here, is syntax: the two are out of step, and only closing helps.
 *
 * Run by src/roles/smtp-sender.c, drawn by the window, printed by `glasspost machine smtp-client`. */
#include "protocol/smtp-client.h"

#define S(name) GPO_SMTP_CLIENT_##name
#define I(name) GPO_SMTP_CLIENT_IN_##name

static const char *const states[] = {
#define X(name, word) word,
  GPO_SMTP_CLIENT_STATES (X)
#undef X
};

static const char *const inputs[] = {
#define X(name, word) word,
  GPO_SMTP_CLIENT_INPUTS (X)
#undef X
};

static const GpoEdge edges[] = {
  /* connection and greeting */
  { S (CONNECTING), I (CONNECTED), GPO_OK, S (GREETING), NULL, "RFC 5321 §3.1" },
  { S (CONNECTING), I (CONNECTED), GPO_DEFERRED, S (CLOSED), NULL, "RFC 5321 §5.1" },
  { S (GREETING), I (REPLY), GPO_OK, S (EHLO), "EHLO", "RFC 5321 §4.1.1.1" },
  { S (GREETING), I (REPLY), GPO_REFUSED, S (QUIT), "QUIT", "RFC 5321 §3.1" },
  { S (GREETING), I (REPLY), GPO_DEFERRED, S (QUIT), "QUIT", "RFC 5321 §3.1" },

  /* hello */
  { S (EHLO), I (REPLY), GPO_OK, S (READY), NULL, "RFC 5321 §4.1.1.1" },
  { S (EHLO), I (REPLY), GPO_REFUSED, S (HELO), "HELO", "RFC 5321 §3.2" },
  { S (EHLO), I (REPLY), GPO_DEFERRED, S (QUIT), "QUIT", "RFC 5321 §3.2" },
  { S (HELO), I (REPLY), GPO_OK, S (READY), NULL, "RFC 5321 §4.1.1.1" },
  { S (HELO), I (REPLY), GPO_REFUSED, S (QUIT), "QUIT", "RFC 5321 §3.2" },
  { S (HELO), I (REPLY), GPO_DEFERRED, S (QUIT), "QUIT", "RFC 5321 §3.2" },

  /* encryption: what was learnt before it is forgotten, so EHLO is said again */
  { S (READY), I (STARTTLS), GPO_OK, S (STARTTLS), "STARTTLS", "RFC 3207 §4" },
  { S (STARTTLS), I (REPLY), GPO_OK, S (TLS), NULL, "RFC 3207 §4" },
  { S (STARTTLS), I (REPLY), GPO_REFUSED, S (READY), NULL, "RFC 3207 §4" },
  { S (STARTTLS), I (REPLY), GPO_DEFERRED, S (READY), NULL, "RFC 3207 §4" },
  { S (TLS), I (HANDSHAKE), GPO_OK, S (EHLO), "EHLO", "RFC 3207 §4.2" },
  { S (TLS), I (HANDSHAKE), GPO_REFUSED, S (CLOSED), NULL, "RFC 3207 §4.1" },

  /* who is there */
  { S (READY), I (AUTH), GPO_OK, S (AUTH), "AUTH", "RFC 4954 §4" },
  { S (AUTH), I (REPLY), GPO_MORE, S (AUTH), NULL, "RFC 4954 §4" },
  { S (AUTH), I (REPLY), GPO_OK, S (READY), NULL, "RFC 4954 §4" },
  { S (AUTH), I (REPLY), GPO_REFUSED, S (READY), NULL, "RFC 4954 §6" },
  { S (AUTH), I (REPLY), GPO_DEFERRED, S (READY), NULL, "RFC 4954 §6" },

  /* a letter */
  { S (READY), I (MAIL), GPO_OK, S (MAIL), "MAIL", "RFC 5321 §4.1.1.2" },
  { S (MAIL), I (REPLY), GPO_OK, S (RCPT), NULL, "RFC 5321 §3.3" },
  { S (MAIL), I (REPLY), GPO_REFUSED, S (VOID), NULL, "RFC 5321 §3.3" },
  { S (MAIL), I (REPLY), GPO_DEFERRED, S (VOID), NULL, "RFC 5321 §3.3" },
  { S (RCPT), I (REPLY), GPO_OK, S (RCPT), NULL, "RFC 5321 §4.1.1.3" },
  { S (RCPT), I (REPLY), GPO_REFUSED, GPO_SAME, NULL, "RFC 5321 §3.3" },
  { S (RCPT), I (REPLY), GPO_DEFERRED, GPO_SAME, NULL, "RFC 5321 §4.5.4.1" },
  { S (RCPT), I (DATA), GPO_OK, S (DATA), "DATA", "RFC 5321 §4.1.1.4" },
  { S (RCPT), I (DATA), GPO_EMPTY, S (VOID), NULL, "RFC 2920 §3.1" },
  { S (RCPT), I (RSET), GPO_OK, S (RSET), "RSET", "RFC 5321 §4.1.1.5" },
  { S (DATA), I (REPLY), GPO_MORE, S (LETTER), NULL, "RFC 5321 §4.1.1.4" },
  { S (DATA), I (REPLY), GPO_REFUSED, S (RSET), "RSET", "RFC 5321 §3.3" },
  { S (DATA), I (REPLY), GPO_DEFERRED, S (RSET), "RSET", "RFC 5321 §3.3" },
  { S (LETTER), I (REPLY), GPO_OK, S (READY), NULL, "RFC 5321 §4.1.1.4" },
  { S (LETTER), I (REPLY), GPO_REFUSED, S (READY), NULL, "RFC 5321 §4.1.1.4" },
  { S (LETTER), I (REPLY), GPO_DEFERRED, S (READY), NULL, "RFC 5321 §4.1.1.4" },

  /* nobody is left: eat the answers, then begin anew. A 354 gets a lonely dot. */
  { S (VOID), I (REPLY), GPO_OK, S (VOID), NULL, "RFC 2920 §3.1" },
  { S (VOID), I (REPLY), GPO_MORE, S (VOID), ".", "RFC 2920 §3.1" },
  { S (VOID), I (REPLY), GPO_REFUSED, GPO_SAME, NULL, "RFC 2920 §3.1" },
  { S (VOID), I (REPLY), GPO_DEFERRED, GPO_SAME, NULL, "RFC 2920 §3.1" },
  { S (VOID), I (RSET), GPO_OK, S (RSET), "RSET", "RFC 5321 §4.1.1.5" },
  { S (RSET), I (REPLY), GPO_OK, S (READY), NULL, "RFC 5321 §4.1.1.5" },
  { S (RSET), I (REPLY), GPO_REFUSED, S (QUIT), "QUIT", "RFC 5321 §4.1.1.5" },
  { S (RSET), I (REPLY), GPO_DEFERRED, S (QUIT), "QUIT", "RFC 5321 §4.1.1.5" },

  /* the end */
  { S (READY), I (QUIT), GPO_OK, S (QUIT), "QUIT", "RFC 5321 §4.1.1.10" },
  { S (QUIT), I (REPLY), GPO_OK, S (CLOSED), NULL, "RFC 5321 §4.1.1.10" },
  { S (QUIT), I (REPLY), GPO_REFUSED, S (CLOSED), NULL, "RFC 5321 §4.1.1.10" },
  { S (QUIT), I (REPLY), GPO_DEFERRED, S (CLOSED), NULL, "RFC 5321 §4.1.1.10" },
  { S (QUIT), I (LOST), GPO_OK, S (CLOSED), NULL, "RFC 5321 §4.1.1.10" },
  { GPO_ANY, I (REPLY), GPO_CLOSING, S (CLOSED), NULL, "RFC 5321 §3.8" },
  { GPO_ANY, I (REPLY), GPO_SYNTAX, S (CLOSED), NULL, "RFC 5321 §4.2" },
  { GPO_ANY, I (TIMEOUT), GPO_DEFERRED, S (CLOSED), NULL, "RFC 5321 §4.5.3.2" },
  { GPO_ANY, I (LOST), GPO_DEFERRED, S (CLOSED), NULL, "RFC 5321 §3.8" },
  { GPO_ANY, GPO_ANY, GPO_SEQUENCE, GPO_SAME, NULL, "RFC 5321 §4.1.4" },
};

const GpoMachine gpo_smtp_client_machine = {
  .name = "smtp-client",
  .title = "The SMTP client of a reader or gateway: which reply it waits for",
  .states = states,
  .inputs = inputs,
  .n_states = GPO_SMTP_CLIENT_N_STATES,
  .n_inputs = GPO_SMTP_CLIENT_N_INPUTS,
  .initial = S (CONNECTING),
  .final = S (CLOSED),
  .edges = edges,
  .n_edges = G_N_ELEMENTS (edges),
};
