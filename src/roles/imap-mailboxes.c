/* SPDX-License-Identifier: MIT */
/* imap-mailboxes.c: what the commands that change names of mailboxes share: CREATE, DELETE, RENAME,
 * SUBSCRIBE, UNSUBSCRIBE. */
#include "roles/imap-private.h"
#include <string.h>

void
gpo_imap_name_changed (const GError *error, gpointer data)
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

/* A name that cannot be a mailbox is refused before the store hears of it. */
gboolean
gpo_imap_name_is_good (GpoImap *imap, const char *name)
{
  const char *wrong = gpo_mailbox_name_wrong (name, strlen (name));
  if (wrong)
    gpo_imap_answerf (imap, GPO_REFUSED, "NO [CANNOT] %s", wrong);
  return wrong == NULL;
}

gboolean
gpo_imap_one_name (GpoImap *imap, char **name)
{
  return gpo_imap_space (&imap->parser) && gpo_imap_mailbox (&imap->parser, name);
}
