/* SPDX-License-Identifier: MIT */
/* imap-noop.c: NOOP: RFC 3501 §6.1.2: what did local readers do? Only a mailbox that is selected is looked
 * at. */
#include "roles/imap-private.h"

static void
looked (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    gpo_imap_answer (imap, GPO_OK, NULL);
  gpo_imap_settle (imap);
}

void
gpo_imap_noop (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  if (!imap->view)
    {
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_rescan (imap->view->mailbox, looked, imap);
}
