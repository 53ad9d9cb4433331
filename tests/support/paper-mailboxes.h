/* SPDX-License-Identifier: MIT */
/* paper-mailboxes.h: mailboxes in memory, for tests, fuzzers and dialogues of IMAP and POP3.
 *
 * As store/mailbox.h asks, every callback comes later: paper_run() makes them come. One counter of sparta.example, where
 * Bob and Carol live. A local reader of the Maildir is played by calling the mailbox with a NULL view. */
#pragma once
#include "roles/mail-counter.h"

typedef struct
{
  GpoCounter counter;
  GpoWorld *world;
  GpoHost *host;
  GpoLog *log;
  guint32 letters; /* the last letter's number */
  guint32 uidvalidity;
  GQueue later;       /* of closures */
  gboolean disk_full; /* whatever is to be changed fails */
  gsize slow_append;  /* gpo_append_write() says "pause" every time */
} PaperCounter;

PaperCounter *paper_counter_new (void);
/* All sessions must be gone. */
void paper_counter_free (PaperCounter *paper);
/* Makes what waits come, and what that brings. FALSE: nothing waited. */
gboolean paper_run (PaperCounter *paper);
/* Bob's mailbox of this name, opened at once; NULL if there is none. The caller unrefs. */
GpoMailbox *paper_mailbox (PaperCounter *paper, const char *name);
/* Delivers a letter into one, as the post office does. Returns its UID. */
guint32 paper_deliver (GpoMailbox *mailbox, const char *letter, gssize length, guint32 flags);

/* A session over a counter: what a desk does, without a socket. */
typedef struct
{
  PaperCounter *paper;
  GpoSession *session;
  GString *said;  /* everything the server said and nobody took yet */
  gboolean stuck; /* the peer does not read: output stays where it is */
} PaperClient;

PaperClient *paper_client_imap (PaperCounter *paper, guint32 number);
PaperClient *paper_client_pop3 (PaperCounter *paper, guint32 number);
void paper_client_free (PaperClient *client);
/* Gives bytes, `piece` at a time (0: all at once), and lets everything happen. */
void paper_client_say (PaperClient *client, const char *bytes, gsize n, gsize piece);
/* Takes the output, plays the handshake, gives turns, until nothing happens any more. */
void paper_client_settle (PaperClient *client);
/* Says a line and CRLF, and takes all that was said since. The caller frees. */
char *paper_client_ask (PaperClient *client, const char *line);
char *paper_client_take (PaperClient *client);
