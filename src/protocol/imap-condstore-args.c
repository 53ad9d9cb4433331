/* SPDX-License-Identifier: MIT */
/* imap-condstore-args.c: what CONDSTORE adds to FETCH and SEARCH: RFC 7162 §3.1.4.1 and §3.1.5.
 *
 *     modifier   = SP "(" "CHANGEDSINCE" SP mod-sequence-value ")"
 *     modseq-key = "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer */
#include "protocol/imap.h"

gboolean
gpo_imap_changed_since (GpoImapParser *parser, GpoFetchArgs *args)
{
  if (!gpo_imap_skip (parser, ' '))
    return TRUE;
  if (!gpo_imap_must (parser, '(', "(CHANGEDSINCE number)") || !gpo_imap_word (parser, "CHANGEDSINCE"))
    return gpo_imap_fail (parser, "(CHANGEDSINCE number)");
  return gpo_imap_space (parser) && gpo_imap_number64 (parser, &args->changed_since, "a mod-sequence")
         && gpo_imap_must (parser, ')', "\")\"");
}

/* All flags of a letter share one mod-sequence here, so that the entry makes no difference. */
gboolean
gpo_imap_modseq_key (GpoImapParser *parser, GpoSearchKey *key)
{
  g_autofree char *entry = NULL;
  if (!gpo_imap_space (parser))
    return FALSE;
  if (gpo_imap_peek (parser) == '"')
    {
      if (!gpo_imap_string (parser, &entry, "an entry name") || !gpo_imap_space (parser))
        return FALSE;
      if (!gpo_imap_word (parser, "priv") && !gpo_imap_word (parser, "shared")
          && !gpo_imap_word (parser, "all"))
        return gpo_imap_fail (parser, "priv, shared or all");
      if (!gpo_imap_space (parser))
        return FALSE;
    }
  return gpo_imap_number64 (parser, &key->number, "a mod-sequence");
}
