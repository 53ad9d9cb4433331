/* SPDX-License-Identifier: MIT */
/* mail-reader-private.h: what the files of the mail reader share: mail-reader.c (reading), mail-sending.c
 * (letters that go out). */
#pragma once
#include "office/mail-reader.h"
#include "office/office-private.h"
#include "roles/desk.h"

G_BEGIN_DECLS

struct GpoMailReader
{
  gatomicrefcount refs;
  GpoOffice *office;
  const GpoPerson *person;
  GpoReaderWay way;
  gboolean tls;
  GMainContext *context; /* the caller's */
  GThreadPool *workers;  /* Maildir: one, so that tasks are done in order */

  /* the caller's thread */
  gboolean closed;
  void (*news) (gpointer data);
  gpointer news_data;

  /* the office's thread */
  gboolean leaving;
  GpoSession *session; /* IMAP: the one that stays; POP3: the visit under way; NULL: none */
  GpoMaildrop *maildrop;
  GQueue jobs; /* of Job: given to the session, or waiting for the next visit, in order */
};

/* --- mail-reader.c --- */

/* Any thread. */
GpoMailReader *gpo_mail_reader_ref (GpoMailReader *reader);
void gpo_mail_reader_unref (GpoMailReader *reader);
/* Runs `call` on the context, after what was sent there before. */
void gpo_mail_reader_post (GMainContext *context, GSourceFunc call, gpointer data);
/* What a session of this person needs to know. */
GpoReaderOptions gpo_mail_reader_options (const GpoMailReader *reader);
/* Calls this role of the person's host, on the office's thread. FALSE: the host has no such counter; the
 * session is freed. */
gboolean gpo_mail_reader_dial (GpoMailReader *reader, GpoRole role, GpoSession *session,
                               void (*connected) (GpoSession *, const GError *), GpoDeskClosed closed,
                               gpointer data);

G_END_DECLS
