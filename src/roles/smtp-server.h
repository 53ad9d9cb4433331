/* SPDX-License-Identifier: MIT */
/* smtp-server.h: the server's end of an SMTP session: RFC 5321, RFC 6409.
 *
 * A pure session (session.h): it reads commands, gives verdicts, and lets the table say what follows.
 * What it must know of the world, and where letters go, it asks through a GpoLetterSink, so that a
 * test or a fuzzer can stand in for a post office.
 *
 * Read in this order: smtp-server.c (a line becomes a command, a verdict, an edge, a reply),
 * smtp-transaction.c (MAIL and RCPT), smtp-data.c (DATA), smtp-bdat.c (BDAT), smtp-letter.c (the
 * letter either brings), smtp-auth.c (AUTH). */
#pragma once
#include "letter/envelope.h"
#include "roles/host.h"
#include "roles/session.h"

G_BEGIN_DECLS

typedef struct GpoSmtpServer GpoSmtpServer;
typedef struct GpoLetterSink GpoLetterSink;

struct GpoLetterSink
{
  /* Where mail for this forward-path goes; `person` (may be NULL) is set for GPO_PLACE_MAILBOX. */
  GpoPlace (*place) (GpoLetterSink *sink, const char *path, GpoPerson **person);
  /* Whether the host passes on mail for this foreign path when asked by a stranger. */
  gboolean (*may_relay) (GpoLetterSink *sink, const char *path);
  /* TRUE if the greylist lets this pair through now. */
  gboolean (*greylist) (GpoLetterSink *sink, const char *peer, const char *sender, const char *path);
  /* The number of the letter that a transaction now begins with. *recorded: it comes from a host of this
   * office, and its bytes are in the trace already. */
  guint32 (*letter) (GpoLetterSink *sink, GpoSmtpServer *server, gboolean *recorded);
  /* µs since 1970 on the office's clock. */
  gint64 (*wall) (GpoLetterSink *sink);
  /* The queue's name for a letter. The caller frees. */
  char *(*make_id) (GpoLetterSink *sink, guint32 letter);
  /* Bytes to be stored: what the office adds, then what the client sent. FALSE: pause (the session
   * becomes pending) until gpo_session_resume(). The first call begins a letter. */
  gboolean (*write) (GpoLetterSink *sink, GpoSmtpServer *server, const char *bytes, gsize n);
  /* Throws away what was written. */
  void (*abort) (GpoLetterSink *sink, GpoSmtpServer *server);
  /* The letter is whole: make it durable for every recipient, then call gpo_smtp_server_stored(), now or
   * later. Takes over envelope, added and header. */
  void (*commit) (GpoLetterSink *sink, GpoSmtpServer *server, GpoEnvelope *envelope, GString *added,
                  GString *header, guint64 size, gboolean return_path);
};

/* The server's end of a connection from `peer` (numeric address). `refusal`: why the peer gets no
 * service (GPO_OK: it does; GPO_TOO_MANY: 421; GPO_REFUSED: 554). The greeting is sent by
 * gpo_smtp_server_greet(). */
GpoSession *gpo_smtp_server_new (GpoLog *log, GpoHost *host, GpoRole role, GpoLetterSink *sink,
                                 const char *peer, guint32 number);
void gpo_smtp_server_greet (GpoSession *session, GpoVerdict verdict);
/* Whether STARTTLS may be offered (there is a certificate); FALSE at first. */
void gpo_smtp_server_offer_tls (GpoSession *session, gboolean offer);
/* The answer to commit: `error` NULL: the letter is durable; G_IO_ERROR_NO_SPACE: 452; else 451. */
void gpo_smtp_server_stored (GpoSmtpServer *server, const GError *error);
/* The key (post.h) by which the post office knows a caller of its own; NULL where there is none. */
void gpo_smtp_server_set_call_key (GpoSmtpServer *server, gpointer key);
gpointer gpo_smtp_server_call_key (GpoSmtpServer *server);
/* For sinks: a place to keep what they write to, NULL at first. */
gpointer *gpo_smtp_server_slot (GpoSmtpServer *server);

G_END_DECLS
