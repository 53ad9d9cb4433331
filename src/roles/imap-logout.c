/* SPDX-License-Identifier: MIT */
/* imap-logout.c: LOGOUT: RFC 3501 §6.1.3. Arrow 7 of the states. */
#include "roles/imap-private.h"

void
gpo_imap_logout (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_untagged (imap, "BYE come again");
  gpo_imap_answer (imap, GPO_OK, NULL);
}
