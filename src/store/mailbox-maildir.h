/* SPDX-License-Identifier: MIT */
/* mailbox-maildir.h: the mailboxes of one person on disk: a Maildir with Maildir++ subfolders.
 *
 *     Maildir            INBOX
 *     Maildir/.Lists.Work  Lists/Work: "." between the levels, each level in modified UTF-7 (RFC 3501
 * §5.1.3), a "." in it as &AC4- Maildir/subscriptions, Maildir/uidvalidity        and in each folder an index
 * of UIDs and a cache of GpoLetterInfo
 */
#pragma once
#include "store/mailbox.h"
#include "store/store.h"

G_BEGIN_DECLS

/* The mailboxes under a Maildir that exists (gpo_maildir_create()). `host` stands in the names of new files.
 * Reads the names at once; no letter is touched before a mailbox is opened. */
GpoMailboxes *gpo_maildir_mailboxes_new (GpoStore *store, const char *path, const char *host,
                                         const char *person, GError **error);
/* Letters were delivered into the folder (gpo_incoming_commit()): looks at once, without waiting for the file
 * monitor. A mailbox that is not open is not touched. */
void gpo_maildir_mailboxes_delivered (GpoMailboxes *mailboxes, const char *path);

G_END_DECLS
