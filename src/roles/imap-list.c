/* SPDX-License-Identifier: MIT */
/* imap-list.c: LIST: RFC 3501 §6.3.8. LSUB (imap-lsub.c) goes the same way.
 *
 *     list = "LIST" [SP "(" select-options ")"] SP mailbox SP (list-mailbox / "(" list-mailbox *(SP
 * list-mailbox) ")") [SP "RETURN" SP "(" return-options ")"]
 *
 * The options are LIST-EXTENDED's (imap-list-extended.c); attributes come from imap-children.c and
 * imap-special-use.c, and what RETURN (STATUS …) adds from imap-list-status.c. */
#include "roles/imap-private.h"
#include <string.h>

static void
list_free (gpointer data)
{
  GpoImapList *list = data;
  g_free (list->reference);
  g_ptr_array_unref (list->patterns);
  g_ptr_array_unref (list->names);
  g_free (list);
}

/* --- arguments --- */

static gboolean
patterns (GpoImapParser *p, GpoImapList *list)
{
  gboolean many = !list->lsub && gpo_imap_skip (p, '(');
  do
    {
      char *pattern = NULL;
      if (!gpo_imap_list_mailbox (p, &pattern))
        return FALSE;
      g_ptr_array_add (list->patterns, pattern);
    }
  while (many && gpo_imap_skip (p, ' '));
  list->extended |= many;
  return !many || gpo_imap_must (p, ')', "a space or \")\"");
}

/* --- matching --- */

/* "*" matches anything, "%" anything without a delimiter. One pass with two points to come back to: a long
 * pattern costs at most its length times the name's. */
static gboolean
matches (const char *pattern, const char *name)
{
  gsize n = strlen (name);
  g_autofree guint8 *reach = g_malloc0 (n + 1); /* reach[i]: the pattern so far matches the first i bytes */
  reach[0] = 1;
  for (; *pattern; pattern++)
    if (*pattern == '*' || *pattern == '%')
      {
        for (gsize i = 1; i <= n; i++)
          reach[i] |= reach[i - 1] && (*pattern == '*' || name[i - 1] != GPO_MAILBOX_DELIMITER);
      }
    else
      {
        for (gsize i = n; i > 0; i--)
          reach[i] = reach[i - 1] && name[i - 1] == *pattern;
        reach[0] = 0;
      }
  return reach[n];
}

/* INBOX at the beginning of a pattern is INBOX in any case. */
static gboolean
matches_any (const GpoImapList *list, const char *name)
{
  for (guint i = 0; i < list->patterns->len; i++)
    {
      g_autofree char *whole = g_strconcat (list->reference, list->patterns->pdata[i], NULL);
      if (g_ascii_strncasecmp (whole, "INBOX", 5) == 0
          && (whole[5] == '\0' || whole[5] == '/' || whole[5] == '*' || whole[5] == '%'))
        memcpy (whole, "INBOX", 5);
      if (matches (whole, name))
        return TRUE;
      if (strcmp (name, "INBOX") == 0)
        {
          g_autofree char *upper = g_ascii_strup (whole, -1);
          if (matches (upper, name))
            return TRUE;
        }
    }
  return FALSE;
}

/* --- responses --- */

void
gpo_imap_list_attribute (GString *out, const char *word)
{
  if (out->str[out->len - 1] != '(')
    g_string_append_c (out, ' ');
  g_string_append (out, word);
}

static void
tell (GpoImap *imap, const GpoImapList *list, const GpoMailboxEntry *entry, gboolean child_info)
{
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, list->lsub ? "* LSUB (" : "* LIST (");
  if (!entry->exists && list->extended)
    gpo_imap_list_attribute (out, "\\NonExistent");
  else if (!entry->selectable && !(list->lsub && entry->subscribed))
    gpo_imap_list_attribute (out, "\\Noselect");
  if (!list->lsub)
    gpo_imap_children_attribute (out, entry);
  if (entry->subscribed && (list->select_subscribed || list->return_subscribed))
    gpo_imap_list_attribute (out, "\\Subscribed");
  if (!list->lsub)
    gpo_imap_special_use_attribute (out, entry);
  g_string_append (out, ") \"/\" ");
  gpo_imap_append_mailbox (out, entry->name);
  if (child_info)
    gpo_imap_list_child_info (out);
  gpo_imap_end (imap);
}

/* Whether something under this name is chosen. `beyond`: something that the pattern does not name itself, as with
 * "%". */
static gboolean
has_chosen_child (const GpoImapList *list, GPtrArray *entries, const char *name, gboolean beyond)
{
  gsize n = strlen (name);
  for (guint i = 0; i < entries->len; i++)
    {
      const GpoMailboxEntry *other = entries->pdata[i];
      if (strncmp (other->name, name, n) == 0 && other->name[n] == GPO_MAILBOX_DELIMITER
          && gpo_imap_list_selects (list, other) && !(beyond && matches_any (list, other->name)))
        return TRUE;
    }
  return FALSE;
}

/* A name that is not chosen is told for the sake of those under it which the answer would not name else: by
 * RECURSIVEMATCH (RFC 5258 §3.3 and §3.5), and by LSUB, which calls it \Noselect (RFC 3501 §6.3.9). */
static void
tell_all (GpoImap *imap, GpoImapList *list)
{
  GPtrArray *entries = imap->mailboxes->entries;
  for (guint i = 0; i < entries->len; i++)
    {
      const GpoMailboxEntry *entry = entries->pdata[i];
      if (!matches_any (list, entry->name))
        continue;
      if (!gpo_imap_list_selects (list, entry)
          && !((list->recursive || list->lsub) && has_chosen_child (list, entries, entry->name, TRUE)))
        continue;
      if (list->lsub && !entry->subscribed)
        {
          GpoMailboxEntry only_name = *entry;
          only_name.selectable = FALSE;
          tell (imap, list, &only_name, FALSE);
          continue;
        }
      tell (imap, list, entry, list->recursive && has_chosen_child (list, entries, entry->name, FALSE));
      if (list->status && entry->selectable)
        g_ptr_array_add (list->names, g_strdup (entry->name));
    }
}

static void
refreshed (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    {
      tell_all (imap, imap->job);
      gpo_imap_stream (imap, gpo_imap_list_status);
    }
  gpo_imap_settle (imap);
}

void
gpo_imap_list_run (GpoImap *imap, gboolean lsub)
{
  GpoImapParser *p = &imap->parser;
  GpoImapList *list = g_new0 (GpoImapList, 1);
  list->lsub = lsub;
  list->patterns = g_ptr_array_new_with_free_func (g_free);
  list->names = g_ptr_array_new_with_free_func (g_free);
  gpo_imap_set_job (imap, list, list_free);
  if (!gpo_imap_space (p) || (!lsub && !gpo_imap_list_select_options (p, list))
      || !gpo_imap_mailbox (p, &list->reference) || !gpo_imap_space (p) || !patterns (p, list)
      || !gpo_imap_list_return_options (p, list) || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  if (!lsub && !list->extended && *(char *) list->patterns->pdata[0] == '\0')
    {
      /* The delimiter and the root: RFC 3501 §6.3.8. */
      gpo_imap_untagged (imap, "LIST (\\Noselect) \"/\" \"\"");
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_refresh (imap->mailboxes, refreshed, imap);
}

void
gpo_imap_list (GpoImap *imap)
{
  gpo_imap_list_run (imap, FALSE);
}
