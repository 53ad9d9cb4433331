/* SPDX-License-Identifier: MIT */
/* imap-within.c: WITHIN: RFC 5032: SEARCH by how long ago a letter came, in seconds and not in days.
 *
 *     within-key = ("YOUNGER" / "OLDER") SP nz-number */
#include "protocol/imap.h"

gboolean
gpo_imap_within_args (GpoImapParser *parser, GpoSearchKey *key)
{
  guint32 seconds = 0;
  if (!gpo_imap_space (parser) || !gpo_imap_number (parser, &seconds, "a number of seconds"))
    return FALSE;
  key->number = seconds;
  return seconds > 0 || gpo_imap_fail (parser, "a number of seconds from 1 on");
}

gboolean
gpo_imap_within (const GpoSearchKey *key, gint64 date, gint64 now)
{
  gint64 limit = now - (gint64) key->number;
  return key->kind == GPO_SEARCH_YOUNGER ? date >= limit : date <= limit;
}
