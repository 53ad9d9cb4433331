/* SPDX-License-Identifier: MIT */
/* imap-special-use.c: SPECIAL-USE and CREATE-SPECIAL-USE: RFC 6154: which mailbox is for what. */
#include "roles/imap-private.h"
#include <string.h>

static const char *const words[]
    = { NULL, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash", "\\Flagged", "\\All" };

void
gpo_imap_special_use_attribute (GString *out, const GpoMailboxEntry *entry)
{
  if (entry->use)
    gpo_imap_list_attribute (out, words[entry->use]);
}

static GpoSpecialUse
use_of (const char *text, gsize length)
{
  for (guint i = 1; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == length + 1 && g_ascii_strncasecmp (words[i] + 1, text, length) == 0)
      return (GpoSpecialUse) i;
  return GPO_USE_NONE;
}

/* create-param = "USE" SP "(" [use-attr *(SP use-attr)] ")"    ; RFC 6154 §6
 * use-attr     = "\" atom
 * A mailbox has one use here; more, and those that nobody knows, are good syntax and cannot be had: RFC 6154
 * §3. */
gboolean
gpo_imap_create_use (GpoImapParser *p, GpoSpecialUse *use, gboolean *possible)
{
  guint n = 0;
  const char *text;
  gsize length;
  *possible = TRUE;
  if (!gpo_imap_skip (p, ' '))
    return TRUE;
  if (!gpo_imap_must (p, '(', "(USE (\\Sent))") || !gpo_imap_word (p, "USE") || !gpo_imap_space (p)
      || !gpo_imap_must (p, '(', "a list of special uses"))
    return gpo_imap_fail (p, "(USE (\\Sent))");
  while (gpo_imap_peek (p) != ')')
    {
      if ((n++ && !gpo_imap_space (p)) || !gpo_imap_must (p, '\\', "a special use, as \\Sent")
          || !gpo_imap_atom (p, &text, &length, "a special use, as \\Sent"))
        return FALSE;
      *use = use_of (text, length);
      *possible = n == 1 && *use != GPO_USE_NONE;
    }
  return gpo_imap_must (p, ')', "\")\"") && gpo_imap_must (p, ')', "\")\"");
}
