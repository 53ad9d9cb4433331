/* SPDX-License-Identifier: MIT */
/* imap-list-status.c: LIST-STATUS: RFC 5819: behind the names a STATUS of each that can be selected. */
#include "roles/imap-private.h"

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_mail_awake (&imap->mail))
    return;
  GpoImapList *list = imap->job;
  if (mailbox)
    gpo_imap_status_tell (imap, mailbox, list->status);
  gpo_imap_settle (imap);
}

void
gpo_imap_list_status (GpoImap *imap)
{
  GpoImapList *list = imap->job;
  if (list->at == list->names->len)
    {
      gpo_imap_stream_end (imap);
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_open (imap->mailboxes, list->names->pdata[list->at++], opened, imap);
}
