/* SPDX-License-Identifier: MIT */
/* imap-special-use.c: SPECIAL-USE and CREATE-SPECIAL-USE: RFC 6154: which mailbox is for what. */
#include "roles/imap-private.h"

static const char *const words[]
    = { NULL, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash", "\\Flagged", "\\All" };

void
gpo_imap_special_use_attribute (GString *out, const GpoMailboxEntry *entry)
{
  if (entry->use)
    gpo_imap_list_attribute (out, words[entry->use]);
}

/* [SP "(USE (" use-attr *(SP use-attr) "))"] */
gboolean
gpo_imap_create_use (GpoImapParser *p, GpoSpecialUse *use)
{
  if (!gpo_imap_skip (p, ' '))
    return TRUE;
  if (!gpo_imap_must (p, '(', "(USE (\\Sent))") || !gpo_imap_word (p, "USE") || !gpo_imap_space (p)
      || !gpo_imap_must (p, '(', "a list of special uses"))
    return gpo_imap_fail (p, "(USE (\\Sent))");
  for (guint i = 1; i < G_N_ELEMENTS (words) && !*use; i++)
    if (gpo_imap_word (p, words[i]))
      *use = (GpoSpecialUse) i;
  if (!*use)
    return gpo_imap_fail (p, "\\Archive, \\Drafts, \\Junk, \\Sent, \\Trash, \\Flagged or \\All");
  return gpo_imap_must (p, ')', "one special use and \")\"") && gpo_imap_must (p, ')', "\")\"");
}
