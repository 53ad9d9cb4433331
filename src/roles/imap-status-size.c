/* SPDX-License-Identifier: MIT */
/* imap-status-size.c: STATUS=SIZE: RFC 8438. */
#include "roles/imap-private.h"

/* The sum is kept as letters come and go, so that asking costs nothing. It is that of RFC822.SIZE: in CRLF
 * form. */
guint64
gpo_imap_status_size (const GpoMailbox *mailbox)
{
  return mailbox->size;
}
