/* SPDX-License-Identifier: MIT */
/* imap-idle.c: IDLE: RFC 2177. While it lasts, imap-update.c tells what changes as it changes. */
#include "roles/imap-private.h"

void
gpo_imap_idle (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_step_edge (imap, GPO_IMAP_IN_IDLE, GPO_MORE, NULL);
  if (imap->view)
    gpo_imap_update (imap, TRUE);
}

void
gpo_imap_idle_line (GpoImap *imap, const char *line, gsize length)
{
  gboolean done = length == 4 && g_ascii_strncasecmp (line, "DONE", 4) == 0;
  gpo_imap_answer (imap, done ? GPO_OK : GPO_SYNTAX, NULL);
}
