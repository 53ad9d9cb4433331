/* SPDX-License-Identifier: MIT */
/* imap-delete.c: DELETE: RFC 3501 §6.3.4. */
#include "roles/imap-private.h"

void
gpo_imap_delete (GpoImap *imap)
{
  g_autofree char *name = NULL;
  if (!gpo_imap_one_name (imap, &name) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (g_ascii_strcasecmp (name, "INBOX") == 0)
    gpo_imap_answer (imap, GPO_REFUSED, "NO [CANNOT] INBOX cannot be deleted");
  else if (gpo_imap_name_is_good (imap, name))
    {
      gpo_mail_wait (&imap->mail);
      gpo_mailboxes_delete (imap->mailboxes, name, gpo_imap_name_changed, imap);
    }
}
