/* SPDX-License-Identifier: MIT */
/* smtp-private.h: what the files of the SMTP server share. */
#pragma once
#include "protocol/sasl.h"
#include "protocol/smtp.h"
#include "roles/smtp-server.h"

G_BEGIN_DECLS

/* A letter's header is looked at (hops, missing fields) up to this many bytes. */
#define GPO_HEADER_LIMIT (64 * 1024)

/* A letter while its bytes come: smtp-letter.c. */
typedef struct
{
  gboolean active;
  gboolean dots;        /* DATA: dot-stuffed lines; BDAT: counted octets */
  gboolean line_start;  /* the next byte begins a line that follows CRLF (or DATA) */
  gboolean cr;          /* the last byte seen was CR */
  gboolean header_done; /* the header was written on */
  gboolean return_path; /* a Return-Path stands in front */
  guint64 wire;         /* bytes taken off the wire: the trace's offset */
  guint64 size;         /* bytes of the letter, dots undone */
  guint64 lines;
  gsize column;       /* bytes of the current line */
  guchar high;        /* all bytes ored: 8-bit? */
  GpoVerdict verdict; /* GPO_OK until something is wrong; the first reason stays */
  char *reply;        /* and what to say then */
  GString *header;    /* the header as it came, until and after header_done */
  GString *added;     /* what the office puts in front */
  guint64 chunk_left; /* octets of this BDAT still to come */
  gboolean last_chunk;
} GpoSmtpLetter;

struct GpoSmtpServer
{
  GpoSession session;
  GpoHost *server_host;
  GpoRole role;
  GpoLetterSink *sink;
  gpointer sink_slot;
  char *peer;
  gpointer call_key;
  char *helo;
  gboolean esmtp, offers_tls;
  guint errors;
  guint64 discard;      /* octets of a refused BDAT to throw away */
  gboolean out_of_step; /* nobody knows where they end: the session ends */
  gboolean leaving;     /* the office closes: 421 as soon as no letter is under way */
  gboolean asked;       /* the line at hand was recorded and the gate has it */
  GpoEnvelope *envelope;
  gboolean recorded; /* the letter comes from a host of this office, and the trace has its bytes */
  GpoPerson *person; /* who logged in */
  GpoSasl *sasl;
  char *sasl_user; /* password callback's last name, for the trace */
  GpoSmtpLetter letter;
};

/* Takes the edge and sends the reply: `text` or, if NULL, the row's own. `extra` as in
 * gpo_session_take(). The one place where a verdict becomes an answer. */
void gpo_smtp_answer (GpoSmtpServer *server, GpoSmtpInput input, GpoVerdict verdict, const char *text,
                      GpoEventBuilder *extra);
/* Whether the EHLO keyword is offered on this host now. */
gboolean gpo_smtp_offers (GpoSmtpServer *server, const char *keyword);
/* Forgets the transaction: RSET, EHLO, end of a letter. */
void gpo_smtp_reset (GpoSmtpServer *server);
void gpo_smtp_note (GpoSmtpServer *server, const char *words);

/* smtp-hello.c */
void gpo_smtp_hello (GpoSmtpServer *server, GpoSmtpCommand *command);
void gpo_smtp_starttls (GpoSmtpServer *server, GpoSmtpCommand *command);
/* GpoSessionClass.secured: the handshake is done. */
void gpo_smtp_secured (GpoSession *session, const char *description, const GError *error);
/* smtp-transaction.c */
void gpo_smtp_mail (GpoSmtpServer *server, GpoSlice argument);
void gpo_smtp_rcpt (GpoSmtpServer *server, GpoSlice argument);
void gpo_smtp_vrfy (GpoSmtpServer *server, GpoSlice argument);
void gpo_smtp_expn (GpoSmtpServer *server, GpoSlice argument);
/* smtp-letter.c */

/* A letter begins: by DATA with dots, by BDAT without. */
void gpo_smtp_letter_begin (GpoSmtpServer *server, gboolean dots);
/* The first thing that is wrong decides; the rest of the letter is read and dropped. Takes `reply` over. */
void gpo_smtp_letter_fail (GpoSmtpLetter *letter, GpoVerdict verdict, char *reply);
/* Looks at line ends, line length and 8-bit bytes, up to and with one LF, or at a piece of a line without LF.
 */
void gpo_smtp_letter_inspect (GpoSmtpServer *server, const char *bytes, gsize n, gboolean has_lf);
/* Bytes of the letter proper, in order, dots undone. */
void gpo_smtp_letter_keep (GpoSmtpServer *server, const char *bytes, gsize n);
/* All bytes have come: it is handed to the sink, or refused. */
void gpo_smtp_letter_finish (GpoSmtpServer *server);
void gpo_smtp_letter_clear (GpoSmtpServer *server);
/* smtp-data.c */
void gpo_smtp_data (GpoSmtpServer *server);
gboolean gpo_smtp_take_data (GpoSmtpServer *server);
/* smtp-bdat.c */
void gpo_smtp_bdat (GpoSmtpServer *server, GpoSlice argument);
/* The octets of a refused chunk follow its command whatever is answered: they are no commands (RFC 3030 §2).
 */
void gpo_smtp_discard_chunk (GpoSmtpServer *server, GpoSlice argument);
gboolean gpo_smtp_take_chunk (GpoSmtpServer *server);
/* smtp-auth.c */
void gpo_smtp_auth (GpoSmtpServer *server, GpoSlice argument);
void gpo_smtp_auth_response (GpoSmtpServer *server, const char *line, gsize length);
GString *gpo_smtp_auth_keyword (GpoSmtpServer *server);

G_END_DECLS
