/* SPDX-License-Identifier: MIT */
/* imap-namespace.c: NAMESPACE: RFC 2342: one personal namespace without a prefix, and nobody else's. */
#include "roles/imap-private.h"

void
gpo_imap_namespace (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_untagged (imap, "NAMESPACE ((\"\" \"%c\")) NIL NIL", GPO_MAILBOX_DELIMITER);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
