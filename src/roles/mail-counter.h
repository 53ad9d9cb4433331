/* SPDX-License-Identifier: MIT */
/* mail-counter.h: the mailbox counter of a host: what its IMAP and POP3 sessions share and ask.
 *
 * A pure session knows persons and mailboxes through this, so that a test stands in for the disk. It is also
 * where changes of mailboxes are recorded: each is one `mailbox` event, whoever made it. */
#pragma once
#include "roles/host.h"
#include "roles/session.h"
#include "store/view.h"

G_BEGIN_DECLS

typedef struct GpoCounter GpoCounter;

struct GpoCounter
{
  GpoHost *host;
  GpoLog *log;
  /* The mailboxes of a person of this host, made when first asked for (gpo_counter_mailboxes() keeps them).
   * NULL and `error` if they cannot be read. */
  GpoMailboxes *(*open) (GpoCounter *counter, GpoPerson *person, GError **error);
  /* µs since 1970 on the office's clock. */
  gint64 (*wall) (GpoCounter *counter);
  /* A new letter's number. */
  guint32 (*next_letter) (GpoCounter *counter);
  gpointer data;
  GHashTable *persons;   /* GpoPerson → GpoMailboxes */
  GHashTable *maildrops; /* set of GpoPerson: those a POP3 session has locked (RFC 1939 §4) */
  guint32 first_letter;  /* letters from this number on came while this trace was written: their bytes are in
                            it … */
  GHashTable *recorded;  /* … and so are those of these older ones: they were fetched whole */
};

/* Fills a zeroed counter; the caller has set open, wall, next_letter, data and first_letter. */
void gpo_counter_init (GpoCounter *counter, GpoHost *host, GpoLog *log);
/* All sessions must be gone. */
void gpo_counter_finish (GpoCounter *counter);
GpoMailboxes *gpo_counter_mailboxes (GpoCounter *counter, GpoPerson *person, GError **error);
/* Whether the letter's bytes are in the trace already. */
gboolean gpo_counter_knows (GpoCounter *counter, guint32 letter);
void gpo_counter_note_recorded (GpoCounter *counter, guint32 letter);
/* "bob/INBOX". The caller frees. */
char *gpo_counter_mailbox_name (GpoMailbox *mailbox);
/* Appends flags as IMAP writes them, with spaces between. */
void gpo_counter_flags_append (GString *out, const GpoMailbox *mailbox, guint32 flags);

G_END_DECLS
