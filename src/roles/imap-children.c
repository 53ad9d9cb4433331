/* SPDX-License-Identifier: MIT */
/* imap-children.c: CHILDREN: RFC 3348: whether there are mailboxes under a name, without asking for them. */
#include "roles/imap-private.h"

void
gpo_imap_children_attribute (GString *out, const GpoMailboxEntry *entry)
{
  gpo_imap_list_attribute (out, entry->children ? "\\HasChildren" : "\\HasNoChildren");
}
