/* SPDX-License-Identifier: MIT */
/* imap-create.c: CREATE: RFC 3501 §6.3.3. */
#include "roles/imap-private.h"
#include <string.h>

void
gpo_imap_create (GpoImap *imap)
{
  g_autofree char *name = NULL;
  GpoSpecialUse use = GPO_USE_NONE;
  if (!gpo_imap_one_name (imap, &name) || !gpo_imap_create_use (&imap->parser, &use)
      || !gpo_imap_at_end (&imap->parser))
    {
      gpo_imap_bad (imap);
      return;
    }
  /* "a/" says that others will be under it, which any mailbox allows: RFC 3501 §6.3.3. */
  gsize n = strlen (name);
  if (n > 1 && name[n - 1] == GPO_MAILBOX_DELIMITER)
    name[n - 1] = '\0';
  if (!gpo_imap_name_is_good (imap, name))
    return;
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_create (imap->mailboxes, name, use, gpo_imap_name_changed, imap);
}
