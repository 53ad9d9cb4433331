/* SPDX-License-Identifier: MIT */
/* imap-create.c: CREATE: RFC 3501 §6.3.3. */
#include "roles/imap-private.h"
#include <string.h>

void
gpo_imap_create (GpoImap *imap)
{
  g_autofree char *name = NULL;
  GpoSpecialUse use = GPO_USE_NONE;
  gboolean possible;
  if (!gpo_imap_one_name (imap, &name) || !gpo_imap_create_use (&imap->parser, &use, &possible)
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
  if (!possible)
    {
      gpo_imap_answer (
          imap, GPO_REFUSED,
          "NO [USEATTR] a mailbox has one of \\Archive, \\Drafts, \\Junk, \\Sent, \\Trash, \\Flagged, \\All");
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_create (imap->mailboxes, name, use, gpo_imap_name_changed, imap);
}
