/* SPDX-License-Identifier: MIT */
/* sender-private.h: what the files of the SMTP client share.
 *
 *     smtp-sender.c    arriving in a state, encryption, the end
 *     sender-reply.c   lines, replies, verdicts
 *     sender-auth.c    AUTH
 *     sender-letter.c  MAIL, RCPT, DATA, the letter's bytes, and what became of its recipients */
#pragma once
#include "roles/smtp-sender.h"

G_BEGIN_DECLS

struct GpoSender
{
  GpoSession session;
  const GpoSenderUser *user; /* NULL: nobody listens */
  gpointer data;

  char *name, *login, *password, *mechanism;
  GpoSenderTls tls;
  gboolean no_pipelining;
  guint idle_ms;

  GpoSmtpReply reply;
  gboolean asked; /* the line at hand was recorded and the gate has it */
  GpoSmtpOffer offer;
  gboolean esmtp;
  gboolean tls_tried, tls_failed;
  gboolean authenticated, sasl_done;
  GpoSasl *sasl;
  gboolean quitting, ended;
  gboolean proceeding, again, telling;
  guint inside;  /* depth of calls by the desk */
  GQueue unsaid; /* of UnsaidLine: commands behind one that the gate holds */

  /* the letter under way; class is NULL when there is none */
  GpoMailing mailing;
  guint *recipients;
  GpoOutcome *outcomes;
  guint said, answered; /* RCPTs */
  guint owed;           /* replies to this transaction's commands still to come */
  gboolean ahead;       /* pipelined: DATA was said already */
  gboolean decided;     /* every outcome is final */
  guint64 offset;       /* bytes of the letter read */
  guint64 wire;         /* bytes of it on the wire */
  gboolean all_sent;
  char last[2]; /* the last two bytes sent */
};

/* Says a command: its line is recorded, and the gate may hold it. */
void gpo_sender_say (GpoSender *sender, GpoSmtpInput verb, const char *text);
/* Takes an edge that is no reply. */
void gpo_sender_take (GpoSender *sender, GpoSmtpClientInput input, GpoVerdict verdict);
/* In READY: does what is next. */
void gpo_sender_proceed (GpoSender *sender);
/* Tells the user that it is over. `text` is copied. */
void gpo_sender_end (GpoSender *sender, GpoRecipientState state, int code, const char *status,
                     const char *text);
/* The same in the words of the last reply. */
void gpo_sender_end_by_reply (GpoSender *sender, const char *status);

/* Says what waited behind a command that the gate held. */
void gpo_sender_say_unsaid (GpoSender *sender);
/* What follows from where the edge led, whichever row it was. */
void gpo_sender_arrive (GpoSender *sender, const GpoEdge *edge);
/* How long the state may last: ms, 0 for ever (RFC 5321 §4.5.3.2). */
guint gpo_sender_timeout (const GpoSender *sender);

/* sender-reply.c */
/* GpoSessionClass.take: takes one line of the server's. */
gboolean gpo_sender_take_line (GpoSession *session);

/* sender-auth.c */
void gpo_sender_auth_begin (GpoSender *sender);
void gpo_sender_auth_reply (GpoSender *sender, GpoVerdict verdict);

/* sender-letter.c */
void gpo_sender_letter_reply (GpoSender *sender, guint8 from, GpoVerdict verdict);
/* The letter's fate by a reply that came too early. */
void gpo_sender_letter_decide (GpoSender *sender, GpoVerdict verdict);
/* Sends as much of the letter as there is room for. */
void gpo_sender_pump (GpoSender *sender);
/* Tells the user what became of the letter, if there is one; what is undecided gets these words. */
void gpo_sender_letter_done (GpoSender *sender, const char *status, const char *text);

G_END_DECLS
