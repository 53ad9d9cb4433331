/* SPDX-License-Identifier: MIT */
/* pop3-stls.c: STLS: RFC 2595 §4. */
#include "roles/pop3-private.h"

void
gpo_pop3_stls (GpoPop3 *pop3)
{
  GpoSession *session = &pop3->mail.session;
  if (!pop3->mail.offers_tls || session->tls)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_STLS, GPO_UNSUPPORTED, NULL);
      return;
    }
  gpo_pop3_answer (pop3, GPO_POP3_IN_STLS, GPO_MORE, NULL);
  /* What came in plain behind the command is not the client's that will be behind TLS. */
  gpo_session_discard (session);
  session->wants_tls = TRUE;
  session->pending = GPO_PENDING_TLS;
}
