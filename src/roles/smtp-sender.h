/* SPDX-License-Identifier: MIT */
/* smtp-sender.h: the SMTP client as a pure session: RFC 5321 §2.3.2 calls it the client, once sender-SMTP.
 *
 * It greets, encrypts and logs in as it was told, and then says `ready`. Its user (a gateway, the command
 * `send`, a mail reader) gives it letters one after the other; for each comes `sent` with what became of
 * every recipient, and then `ready` again. When it can go on no longer there is one `ended`.
 *
 * What stays true:
 *  - a letter is never changed on its way (dot-stuffing apart). Where the server does not offer what the
 *    letter needs (8BITMIME, SMTPUTF8, its size), its recipients fail and nothing is sent;
 *  - every letter given gets its `sent` exactly once, also when the connection breaks: a recipient
 *    whose fate is not known is deferred;
 *  - the letter is read in blocks as the connection takes them: its size costs no memory. */
#pragma once
#include "letter/envelope.h"
#include "protocol/sasl.h"
#include "protocol/smtp-client.h"
#include "roles/session.h"

G_BEGIN_DECLS

typedef struct GpoSender GpoSender;

/* Where a letter's bytes come from. */
typedef struct
{
  /* Up to n bytes from `offset` on; 0 at the end, -1 and *error. */
  gssize (*read) (gpointer source, guint64 offset, char *buffer, gsize n, GError **error);
  void (*free) (gpointer source);
} GpoLetterSource;

/* A letter to send. */
typedef struct
{
  const GpoEnvelope *envelope; /* must stay until `sent` */
  const guint *recipients;     /* indices in the envelope, of those to send to; copied */
  guint n_recipients;
  guint64 size; /* bytes of the letter, in CRLF form; for SIZE= */
  const GpoLetterSource *class;
  gpointer source;   /* freed by class->free in every case */
  gboolean recorded; /* the letter's bytes are in the trace already */
} GpoMailing;

/* What became of one recipient, or why the connection ended. */
typedef struct
{
  GpoRecipientState state; /* RELAYED, FAILED, or WAITING: try again later */
  int code;                /* SMTP code, 0 if no server said so */
  char status[12];         /* "4.4.1"; never empty */
  char *reply;             /* "451 4.7.1 later", or our own words: "the connection was refused" */
} GpoOutcome;

typedef struct
{
  /* The server waits for a letter: call gpo_sender_send() now or later, or gpo_sender_quit(). */
  void (*ready) (GpoSender *sender, gpointer data);
  /* outcomes[i] belongs to recipients[i] of the mailing; valid during the call. */
  void (*sent) (GpoSender *sender, const GpoOutcome *outcomes, guint n, gpointer data);
  /* No letter can be sent any more. `why` is NULL after gpo_sender_quit() or when idle long enough;
   * else FAILED means that trying this host again is useless. The session still ends by itself. */
  void (*ended) (GpoSender *sender, const GpoOutcome *why, gpointer data);
} GpoSenderUser;

typedef enum
{
  GPO_SENDER_TLS_NONE,          /* never STARTTLS */
  GPO_SENDER_TLS_WHERE_OFFERED, /* opportunistic: RFC 3207 §4.1 */
  GPO_SENDER_TLS_REQUIRED,
  GPO_SENDER_TLS_IMPLICIT /* the connection begins with the handshake (RFC 8314 §3) */
} GpoSenderTls;

/* Everything is copied. */
typedef struct
{
  const char *name; /* what we call ourselves in EHLO */
  GpoSenderTls tls;
  const char *user; /* NULL: no AUTH */
  const char *password;
  const char *mechanism;  /* NULL: the best that both know */
  gboolean no_pipelining; /* one command at a time, for the lesson and the tests */
  guint idle_ms;          /* says QUIT after so long without a letter; 0: waits for ever */
} GpoSenderOptions;

/* A client's session for host `host`. Give it to gpo_desk_call() with gpo_sender_connected(). */
GpoSender *gpo_sender_new (const GpoSenderOptions *options, GpoLog *log, GpoSymbol host, guint32 number,
                           const GpoSenderUser *user, gpointer data);
GpoSession *gpo_sender_session (GpoSender *sender);
/* The connection stands (error NULL) or could not be made. */
void gpo_sender_connected (GpoSession *session, const GError *error);
/* Forgets the user: nothing is called any more. */
void gpo_sender_forget (GpoSender *sender);

/* Sends a letter; only between `ready` and the next `sent`. */
void gpo_sender_send (GpoSender *sender, const GpoMailing *mailing);
/* The same for a letter in memory, in CRLF form (a reference is taken), and all recipients of its envelope.
 */
void gpo_sender_send_bytes (GpoSender *sender, const GpoEnvelope *envelope, GBytes *letter);
/* Says goodbye after the letter that is under way. */
void gpo_sender_quit (GpoSender *sender);
gboolean gpo_sender_is_ready (const GpoSender *sender);
/* What the server offered; valid from `ready` on. */
const GpoSmtpOffer *gpo_sender_offer (const GpoSender *sender);
/* How the server calls itself, or NULL. */
const char *gpo_sender_server (const GpoSender *sender);
/* Whether it ended because encryption could not be agreed on: another call without it may do. */
gboolean gpo_sender_tls_failed (const GpoSender *sender);

void gpo_outcome_clear (GpoOutcome *outcome);

G_END_DECLS
