/* SPDX-License-Identifier: MIT */
/* imap-id.c: ID: RFC 2971: who we are; what the client says of itself is in the trace and nowhere else. */
#include "roles/imap-private.h"

/* id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil) */
static gboolean
id_params (GpoImapParser *p)
{
  if (gpo_imap_word (p, "NIL"))
    return TRUE;
  if (!gpo_imap_must (p, '(', "NIL or a list of names and values"))
    return FALSE;
  for (guint n = 0; !gpo_imap_skip (p, ')'); n++)
    {
      g_autofree char *name = NULL, *value = NULL;
      if (n == 30)
        return gpo_imap_fail (p, "at most 30 names");
      if (n > 0 && !gpo_imap_space (p))
        return FALSE;
      if (!gpo_imap_string (p, &name, "a name in quotes") || !gpo_imap_space (p)
          || !gpo_imap_nstring (p, &value, "a value in quotes, or NIL"))
        return FALSE;
    }
  return TRUE;
}

void
gpo_imap_id (GpoImap *imap)
{
  if (!gpo_imap_space (&imap->parser) || !id_params (&imap->parser) || !gpo_imap_at_end (&imap->parser))
    {
      gpo_imap_bad (imap);
      return;
    }
  gpo_imap_untagged (imap, "ID (\"name\" \"glasspost\" \"version\" \"%s\")", GPO_VERSION);
  gpo_imap_answer (imap, GPO_OK, NULL);
}
