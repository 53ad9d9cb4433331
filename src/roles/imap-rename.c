/* SPDX-License-Identifier: MIT */
/* imap-rename.c: RENAME: RFC 3501 §6.3.5. */
#include "roles/imap-private.h"

void
gpo_imap_rename (GpoImap *imap)
{
  g_autofree char *from = NULL, *to = NULL;
  if (!gpo_imap_one_name (imap, &from) || !gpo_imap_one_name (imap, &to) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (gpo_imap_name_is_good (imap, from) && gpo_imap_name_is_good (imap, to))
    {
      gpo_mail_wait (&imap->mail);
      gpo_mailboxes_rename (imap->mailboxes, from, to, gpo_imap_name_changed, imap);
    }
}
