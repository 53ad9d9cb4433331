/* SPDX-License-Identifier: MIT */
/* imap-starttls.c: STARTTLS: RFC 3501 §6.2.1. */
#include "roles/imap-private.h"

void
gpo_imap_starttls (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  if (!imap->mail.offers_tls || imap->mail.session.tls)
    {
      gpo_imap_answer (imap, GPO_UNSUPPORTED, NULL);
      return;
    }
  gpo_imap_answer (imap, GPO_MORE, NULL);
  /* What came in plain behind the command is not the client's that will be behind TLS. */
  gpo_session_discard (&imap->mail.session);
  imap->mail.session.wants_tls = TRUE;
  imap->mail.session.pending = GPO_PENDING_TLS;
}
