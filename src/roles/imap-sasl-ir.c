/* SPDX-License-Identifier: MIT */
/* imap-sasl-ir.c: SASL-IR: RFC 4959: AUTHENTICATE may bring the first response with it.
 *
 *     authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] */
#include "roles/imap-private.h"

gboolean
gpo_imap_initial_response (GpoImapParser *p, char **response)
{
  if (!gpo_imap_skip (p, ' '))
    return gpo_imap_at_end (p);
  /* Whether it is base64 is asked where it is used: a mechanism may not want one at all. */
  *response = g_strndup (p->text + p->at, p->length - p->at);
  p->at = p->length;
  return TRUE;
}
