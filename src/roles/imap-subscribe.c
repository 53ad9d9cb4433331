/* SPDX-License-Identifier: MIT */
/* imap-subscribe.c: SUBSCRIBE and UNSUBSCRIBE: RFC 3501 §6.3.6 and §6.3.7. A name may be subscribed that no
 * mailbox has. */
#include "roles/imap-private.h"

void
gpo_imap_subscribe (GpoImap *imap)
{
  g_autofree char *name = NULL;
  if (!gpo_imap_one_name (imap, &name) || !gpo_imap_at_end (&imap->parser))
    gpo_imap_bad (imap);
  else if (gpo_imap_name_is_good (imap, name))
    {
      gpo_mail_wait (&imap->mail);
      gpo_mailboxes_subscribe (imap->mailboxes, name, imap->input == GPO_IMAP_IN_SUBSCRIBE,
                               gpo_imap_name_changed, imap);
    }
}
