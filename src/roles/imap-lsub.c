/* SPDX-License-Identifier: MIT */
/* imap-lsub.c: LSUB: RFC 3501 §6.3.9: the names subscribed, whether mailboxes have them or not. */
#include "roles/imap-private.h"

void
gpo_imap_lsub (GpoImap *imap)
{
  gpo_imap_list_run (imap, TRUE);
}
