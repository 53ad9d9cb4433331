/* SPDX-License-Identifier: MIT */
/* imap-move.c: MOVE and UID MOVE: RFC 6851. A COPY whose originals are expunged in one go with it. */
#include "roles/imap-private.h"

void
gpo_imap_move (GpoImap *imap)
{
  gpo_imap_copy_letters (imap, TRUE);
}

/* COPYUID comes before the EXPUNGEs, and so untagged: RFC 6851 §4.3. */
void
gpo_imap_moved (GpoImap *imap, const char *code)
{
  gpo_imap_untagged (imap, "OK %s moved", code);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
