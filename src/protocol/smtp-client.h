/* SPDX-License-Identifier: MIT */
/* smtp-client.h: the client's half of SMTP: what it waits for, and how it reads a reply.
 *
 * A state says which reply is awaited; a row that leads to ehlo, helo, starttls, rset or quit says that
 * command (its text stands in the row). In `ready` the client chooses: STARTTLS, AUTH, MAIL or QUIT.
 *
 * With PIPELINING (RFC 2920) MAIL, every RCPT and DATA go out together. The states are the same: they say
 * which of the replies under way comes next. `void` is where a transaction goes whose MAIL or
 * recipients were all refused: what was said in advance is still answered, and no answer counts. */
#pragma once
#include "protocol/smtp.h"

G_BEGIN_DECLS

/* X(NAME, "word") */
#define GPO_SMTP_CLIENT_STATES(X)                                                                    \
  X (CONNECTING, "connecting") /* the connection is being made */                                    \
  X (GREETING, "greeting")     /* 220 is awaited */                                                  \
  X (EHLO, "ehlo")             /* the answer to EHLO, with the extensions */                         \
  X (HELO, "helo")             /* EHLO was refused: the answer to HELO */                            \
  X (STARTTLS, "starttls")     /* the answer to STARTTLS */                                          \
  X (TLS, "tls")               /* the handshake */                                                   \
  X (AUTH, "auth")             /* a challenge or the answer to a proof */                            \
  X (READY, "ready")           /* nothing: no transaction */                                         \
  X (MAIL, "mail")             /* the answer to MAIL */                                              \
  X (RCPT, "rcpt")             /* the answers to RCPT, one each */                                   \
  X (DATA, "data")             /* 354 */                                                             \
  X (LETTER, "letter")         /* the letter is being sent, then its final answer */                 \
  X (VOID, "void")             /* answers that do not count any more */                              \
  X (RSET, "rset")             /* the answer to RSET */                                              \
  X (QUIT, "quit")             /* 221, or the end */                                                 \
  X (CLOSED, "closed")

/* Commands stand as they are on the wire: "the client says it now". */
#define GPO_SMTP_CLIENT_INPUTS(X)                                                                    \
  X (CONNECTED, "connected") /* the connection stands, or could not be made */                       \
  X (REPLY, "reply")         /* a whole reply; its verdict is its class */                           \
  X (HANDSHAKE, "handshake")                                                                         \
  X (STARTTLS, "STARTTLS") X (AUTH, "AUTH") X (MAIL, "MAIL") X (DATA, "DATA") X (RSET, "RSET")       \
  X (QUIT, "QUIT")                                                                                   \
  X (TIMEOUT, "timeout") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_SMTP_CLIENT_##name,
  GPO_SMTP_CLIENT_STATES (X)
#undef X
  GPO_SMTP_CLIENT_N_STATES
} GpoSmtpClientState;

typedef enum {
#define X(name, word) GPO_SMTP_CLIENT_IN_##name,
  GPO_SMTP_CLIENT_INPUTS (X)
#undef X
  GPO_SMTP_CLIENT_N_INPUTS
} GpoSmtpClientInput;

/* --- the reply grammar: smtp-reply.c --- */

/* RFC 5321 §4.5.3.1.5 allows 512 bytes a line; servers are known to send more. */
#define GPO_SMTP_REPLY_LINE_MAX 2048
#define GPO_SMTP_REPLY_LINES_MAX 256
/* Of a longer reply the rest of the text is dropped; the code is still read. */
#define GPO_SMTP_REPLY_TEXT_MAX 8192

/* One line of a reply. */
typedef struct {
  int code;         /* 200 to 599 */
  gboolean more;    /* "-" behind the code: another line follows */
  GpoSlice status;  /* "2.1.5" of RFC 2034, or text NULL */
  GpoSlice text;    /* behind code and separator, with the status */
} GpoSmtpReplyLine;

/* Reads one line without its ending. FALSE if it is no reply line. */
gboolean gpo_smtp_reply_line_parse (const char *line, gsize length, GpoSmtpReplyLine *out);

/* A reply while its lines come in. */
typedef struct {
  int code;       /* 0: no line yet */
  guint n_lines;
  char status[12]; /* of the last line that has one, or "" */
  GString *text;  /* the lines' texts without codes, joined by \n; owned */
} GpoSmtpReply;

typedef enum { GPO_REPLY_MORE, GPO_REPLY_WHOLE, GPO_REPLY_BAD } GpoReplyResult;

void gpo_smtp_reply_init (GpoSmtpReply *reply);
void gpo_smtp_reply_clear (GpoSmtpReply *reply);
/* Empties it for the next reply. */
void gpo_smtp_reply_reset (GpoSmtpReply *reply);
/* Adds a line without its ending. BAD: no reply line, another code than the lines before (RFC 5321 §4.2.1
 * wants the same in each), or too many lines: client and server are out of step. */
GpoReplyResult gpo_smtp_reply_add (GpoSmtpReply *reply, const char *line, gsize length);
/* Its class as a verdict: OK, MORE, DEFERRED, REFUSED; CLOSING for 421. */
GpoVerdict gpo_smtp_reply_verdict (const GpoSmtpReply *reply);
/* "450 4.2.0 come back later": code and the first line's text (all lines, joined by spaces, with
 * `all`), control bytes as spaces. The caller frees. */
char *gpo_smtp_reply_words (const GpoSmtpReply *reply, gboolean all);

/* --- what EHLO offered --- */

typedef struct {
  gboolean pipelining, eightbitmime, smtputf8, dsn, starttls, enhanced, chunking;
  gint64 size;      /* -1: not offered; 0: offered, no fixed limit (RFC 1870 §4) */
  char *auth;       /* mechanisms in upper case, separated by spaces, or NULL; owned */
  char *name;       /* how the server calls itself; owned */
} GpoSmtpOffer;

/* Reads the answer to EHLO (or to HELO: then nothing is offered). Clears what was there before. */
void gpo_smtp_offer_parse (GpoSmtpOffer *offer, const GpoSmtpReply *reply, gboolean esmtp);
void gpo_smtp_offer_clear (GpoSmtpOffer *offer);

G_END_DECLS
