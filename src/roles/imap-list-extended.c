/* SPDX-License-Identifier: MIT */
/* imap-list-extended.c: LIST-EXTENDED: RFC 5258: which names LIST chooses, and what it says of them.
 *
 *     select-options = *(SP ("SUBSCRIBED" / "REMOTE" / "RECURSIVEMATCH" / "SPECIAL-USE"))
 *     return-options = *(SP ("SUBSCRIBED" / "CHILDREN" / "SPECIAL-USE" / "STATUS" SP status-items)) */
#include "roles/imap-private.h"

gboolean
gpo_imap_list_select_options (GpoImapParser *p, GpoImapList *list)
{
  if (!gpo_imap_skip (p, '('))
    return TRUE;
  list->extended = TRUE;
  while (!gpo_imap_skip (p, ')'))
    {
      if (gpo_imap_word (p, "SUBSCRIBED"))
        list->select_subscribed = TRUE;
      else if (gpo_imap_word (p, "SPECIAL-USE"))
        list->select_special = TRUE;
      else if (gpo_imap_word (p, "RECURSIVEMATCH"))
        list->recursive = TRUE;
      else if (!gpo_imap_word (p, "REMOTE"))
        return gpo_imap_fail (p, "SUBSCRIBED, REMOTE, RECURSIVEMATCH or SPECIAL-USE");
      if (!gpo_imap_skip (p, ' ') && gpo_imap_peek (p) != ')')
        return gpo_imap_fail (p, "a space or \")\"");
    }
  if (list->recursive && !list->select_subscribed)
    return gpo_imap_fail (p, "SUBSCRIBED beside RECURSIVEMATCH");
  return gpo_imap_space (p);
}

gboolean
gpo_imap_list_return_options (GpoImapParser *p, GpoImapList *list)
{
  if (list->lsub || !gpo_imap_skip (p, ' '))
    return TRUE;
  list->extended = TRUE;
  if (!gpo_imap_word (p, "RETURN") || !gpo_imap_space (p)
      || !gpo_imap_must (p, '(', "a list of return options"))
    return gpo_imap_fail (p, "RETURN (…) or the end of the line");
  while (!gpo_imap_skip (p, ')'))
    {
      if (gpo_imap_word (p, "SUBSCRIBED"))
        list->return_subscribed = TRUE;
      else if (gpo_imap_word (p, "CHILDREN"))
        list->return_children = TRUE;
      else if (gpo_imap_word (p, "SPECIAL-USE"))
        list->return_special = TRUE;
      else if (!gpo_imap_word (p, "STATUS"))
        return gpo_imap_fail (p, "SUBSCRIBED, CHILDREN, SPECIAL-USE or STATUS (…)");
      else if (!gpo_imap_space (p) || !gpo_imap_status_items (p, &list->status))
        return FALSE;
      if (!gpo_imap_skip (p, ' ') && gpo_imap_peek (p) != ')')
        return gpo_imap_fail (p, "a space or \")\"");
    }
  return TRUE;
}

gboolean
gpo_imap_list_selects (const GpoImapList *list, const GpoMailboxEntry *entry)
{
  if (list->lsub || list->select_subscribed)
    return entry->subscribed && (!list->select_special || entry->use);
  return entry->exists && (!list->select_special || entry->use);
}

void
gpo_imap_list_child_info (GString *out)
{
  g_string_append (out, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
}
