/* SPDX-License-Identifier: MIT */
/* smtp.h: the state tables and the command grammar of SMTP: RFC 5321 and its extensions.
 *
 * Two machines: the server's (smtp-server-table.c), which every daemon and gateway runs, and the client's
 * (smtp-client.c), which readers and gateways run. The tables are the only place where a state
 * follows from another. */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

/* --- the server --- X(NAME, "word") */
#define GPO_SMTP_STATES(X)                                                                           \
  X (CONNECTED, "connected") /* nothing said yet */                                                  \
  X (GREETED, "greeted")     /* 220 sent; no EHLO yet, or not since STARTTLS */                      \
  X (TURNED_AWAY, "turned-away") /* 554 sent: only QUIT is left */                                   \
  X (READY, "ready")         /* EHLO or HELO done, no transaction */                                 \
  X (MAIL, "mail")           /* reverse-path given, no recipient yet */                              \
  X (RCPT, "rcpt")           /* at least one recipient accepted */                                   \
  X (DATA, "data")           /* 354 sent: lines of the letter until CRLF.CRLF */                     \
  X (CHUNK, "chunk")         /* octets of a BDAT chunk */                                            \
  X (BDAT, "bdat")           /* between two chunks */                                                \
  X (AUTH, "auth")           /* 334 sent: the client's answer comes */                               \
  X (TLS, "tls")             /* 220 to STARTTLS sent: the handshake comes */                         \
  X (CLOSED, "closed")

/* Verbs stand as they are on the wire; what is no command has a word in lower case. */
#define GPO_SMTP_INPUTS(X)                                                                           \
  X (HELO, "HELO") X (EHLO, "EHLO") X (MAIL, "MAIL") X (RCPT, "RCPT") X (DATA, "DATA")               \
  X (BDAT, "BDAT") X (RSET, "RSET") X (NOOP, "NOOP") X (QUIT, "QUIT") X (VRFY, "VRFY")               \
  X (EXPN, "EXPN") X (HELP, "HELP") X (STARTTLS, "STARTTLS") X (AUTH, "AUTH")                        \
  X (UNKNOWN, "unknown")         /* a line that is no command of ours */                             \
  X (CONNECT, "connect")         /* the connection was made */                                       \
  X (END_OF_DATA, "end-of-data") /* CRLF.CRLF */                                                     \
  X (CHUNK_END, "chunk-end")     /* the octets of a chunk are here */                                \
  X (LAST_CHUNK_END, "last-chunk-end")                                                               \
  X (RESPONSE, "response")       /* a line of an AUTH exchange */                                    \
  X (HANDSHAKE, "handshake")     /* TLS is on, or failed */                                          \
  X (TIMEOUT, "timeout") X (SHUTDOWN, "shutdown") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_SMTP_##name,
  GPO_SMTP_STATES (X)
#undef X
  GPO_SMTP_N_STATES
} GpoSmtpState;

typedef enum {
#define X(name, word) GPO_SMTP_IN_##name,
  GPO_SMTP_INPUTS (X)
#undef X
  GPO_SMTP_N_INPUTS
} GpoSmtpInput;

extern const GpoMachine gpo_smtp_server_machine;

/* --- the command grammar: smtp-command.c --- */

/* A stretch of the command line; text is NULL where it is missing. */
typedef struct {
  const char *text;
  gsize length;
} GpoSlice;

typedef struct {
  GpoSmtpInput input;    /* HELO … AUTH, or UNKNOWN */
  GpoSlice verb;
  GpoSlice argument;      /* behind the verb and one space, without trailing spaces */
  gboolean has_argument;
} GpoSmtpCommand;

/* Splits a line (without its ending) into verb and argument: RFC 5321 §2.4, §4.1.1. Never fails:
 * what is no command has input UNKNOWN. */
void gpo_smtp_command_parse (const char *line, gsize length, GpoSmtpCommand *command);

/* Steps over "FROM:" or "TO:" (and spaces behind the colon, which RFC 5321 §4.1.1.2 does not allow but
 * people type; *spaces counts them). FALSE if the prefix is not there. */
gboolean gpo_smtp_path_prefix (GpoSlice *argument, const char *prefix, guint *spaces);

/* One esmtp-param (RFC 5321 §4.1.2): keyword ["=" value]. */
typedef struct {
  GpoSlice keyword, value; /* value.text is NULL without "=" */
} GpoSmtpParam;

typedef enum { GPO_PARAM_END, GPO_PARAM_OK, GPO_PARAM_BAD } GpoParamResult;
/* Takes the next parameter off the front of `rest`. BAD leaves `rest` at the offending byte. */
GpoParamResult gpo_smtp_param_next (GpoSlice *rest, GpoSmtpParam *param);
/* Whether the keyword is this one, ASCII case ignored. */
gboolean gpo_slice_is (GpoSlice span, const char *word);
/* The slice as a string. The caller frees. */
char *gpo_slice_dup (GpoSlice span);
/* Decodes xtext (RFC 3461 §4): NULL if it is malformed. The caller frees. */
char *gpo_xtext_decode (GpoSlice span);
/* Encodes as xtext. The caller frees. */
char *gpo_xtext_encode (const char *text);
/* A number of at most 20 digits, or -1 (RFC 1870 §4). */
gint64 gpo_slice_number (GpoSlice span);

/* --- the client --- */
extern const GpoMachine gpo_smtp_client_machine;

G_END_DECLS
