/* SPDX-License-Identifier: MIT */
/* imap-enable.c: ENABLE: RFC 5161. What can be enabled is CONDSTORE (imap-condstore.c). */
#include "roles/imap-private.h"

/* Unknown capabilities are passed over: RFC 5161 §3.1. */
void
gpo_imap_enable (GpoImap *imap)
{
  gboolean condstore = FALSE;
  const char *word;
  gsize length;
  do
    {
      if (!gpo_imap_space (&imap->parser) || !gpo_imap_atom (&imap->parser, &word, &length, "a capability"))
        {
          gpo_imap_bad (imap);
          return;
        }
      condstore |= length == 9 && g_ascii_strncasecmp (word, "CONDSTORE", 9) == 0;
    }
  while (imap->parser.at < imap->parser.length);
  gboolean news = condstore && gpo_imap_condstore_enable (imap);
  gpo_imap_untagged (imap, news ? "ENABLED CONDSTORE" : "ENABLED");
  gpo_imap_answer (imap, GPO_OK, NULL);
}
