/* SPDX-License-Identifier: MIT */
/* imap-check.c: CHECK: RFC 3501 §6.4.1: there is nothing to keep house of, so it is a NOOP, as the RFC
 * allows. */
#include "roles/imap-private.h"

void
gpo_imap_check (GpoImap *imap)
{
  gpo_imap_noop (imap);
}
