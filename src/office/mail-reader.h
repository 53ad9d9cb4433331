/* SPDX-License-Identifier: MIT */
/* mail-reader.h: a person of the world who reads and sends mail: the reader's sessions, on the office's own
 * thread.
 *
 * It is an ordinary client: it calls its host over loopback, and all it does is in the trace, under the
 * person's name. Only the third way leaves no trace of its own, which is its lesson: who has the Maildir
 * needs no protocol.
 *
 *     caller's thread          office's thread                         workers
 *     ask, send ──────────── imap-reader, pop3-reader, smtp-sender    maildir-reader
 *     done    ◀───────────────────────┴──────────────────────────────────┘
 *
 * Made, used and freed on one thread, whose thread-default context must run; callbacks come there. */
#pragma once
#include "office/office.h"
#include "roles/reader.h"

G_BEGIN_DECLS

typedef struct GpoMailReader GpoMailReader;

typedef enum
{
  GPO_WAY_IMAP,
  GPO_WAY_POP3,
  GPO_WAY_MAILDIR,
  GPO_N_WAYS
} GpoReaderWay;
/* "imap", "pop3", "maildir": static. */
const char *gpo_reader_way_name (GpoReaderWay way);

/* A reader for a person of the office's world. tls: STARTTLS, for reading and sending. `news` (may be NULL)
 * is told when the server says, unasked, that something changed (IMAP only). The office must outlive it. */
GpoMailReader *gpo_mail_reader_new (GpoOffice *office, const GpoPerson *person, GpoReaderWay way,
                                    gboolean tls, void (*news) (gpointer data), gpointer data);
/* Says goodbye where somebody listens. No callback comes any more. */
void gpo_mail_reader_free (GpoMailReader *reader);

/* Takes the task over. `done` is called once, in the order of asking, unless the reader is freed before; the
 * answer is its own. */
void gpo_mail_reader_ask (GpoMailReader *reader, GpoReaderTask *task,
                          void (*done) (GpoReaderAnswer *answer, gpointer data), gpointer data);

/* Sends a letter (CRLF form) by submission, logged in as the person. `done`: problem NULL: the host has taken
 * it for everybody; else a sentence for whom it did not, and why. */
void gpo_mail_reader_send (GpoMailReader *reader, const char *reverse_path, const char *const *recipients,
                           GBytes *letter, void (*done) (const char *problem, gpointer data), gpointer data);

G_END_DECLS
