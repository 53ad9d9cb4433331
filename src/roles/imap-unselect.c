/* SPDX-License-Identifier: MIT */
/* imap-unselect.c: UNSELECT: RFC 3691: as CLOSE, but nothing is removed. Arrow 6 of the states. */
#include "roles/imap-private.h"

void
gpo_imap_unselect (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_deselect (imap);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
