/* SPDX-License-Identifier: MIT */
/* imap-list.c: LIST and LSUB: RFC 3501 §6.3.8 and §6.3.9, RFC 5258 (LIST-EXTENDED), RFC 3348 (CHILDREN),
 * RFC 6154 (SPECIAL-USE), RFC 5819 (LIST-STATUS).
 *
 *     list = "LIST" [SP "(" [select-opt *(SP select-opt)] ")"] SP mailbox SP (list-mailbox / "(" list-mailbox *(SP list-mailbox) ")")
 *            [SP "RETURN" SP "(" [return-opt *(SP return-opt)] ")"] */
#include "roles/imap-private.h"
#include <string.h>

typedef struct {
  gboolean lsub, extended;
  gboolean select_subscribed, select_special, recursive; /* selection options; REMOTE has nothing to add here */
  gboolean return_subscribed, return_children, return_special;
  guint status;         /* RETURN (STATUS (…)) */
  char *reference;
  GPtrArray *patterns;  /* of char * */
  GPtrArray *names;     /* of char *: those whose STATUS is still to be told */
  guint at;
} List;

static void
list_free (gpointer data)
{
  List *list = data;
  g_free (list->reference);
  g_ptr_array_unref (list->patterns);
  g_ptr_array_unref (list->names);
  g_free (list);
}

/* --- arguments --- */

static gboolean
select_options (GpoImapParser *p, List *list)
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

static gboolean
patterns (GpoImapParser *p, List *list)
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

static gboolean
return_options (GpoImapParser *p, List *list)
{
  if (list->lsub || !gpo_imap_skip (p, ' '))
    return TRUE;
  list->extended = TRUE;
  if (!gpo_imap_word (p, "RETURN") || !gpo_imap_space (p) || !gpo_imap_must (p, '(', "a list of return options"))
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

/* --- matching --- */

/* "*" matches anything, "%" anything without a delimiter. One pass with two points to come back to: a long pattern costs at most
 * its length times the name's. */
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
matches_any (const List *list, const char *name)
{
  for (guint i = 0; i < list->patterns->len; i++)
    {
      g_autofree char *whole = g_strconcat (list->reference, list->patterns->pdata[i], NULL);
      if (g_ascii_strncasecmp (whole, "INBOX", 5) == 0 && (whole[5] == '\0' || whole[5] == '/' || whole[5] == '*' || whole[5] == '%'))
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

static const char *const use_words[] = { NULL, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash", "\\Flagged", "\\All" };

static void
attribute (GString *out, const char *word)
{
  if (out->str[out->len - 1] != '(')
    g_string_append_c (out, ' ');
  g_string_append (out, word);
}

static void
tell (GpoImap *imap, const List *list, const GpoMailboxEntry *entry, gboolean child_info)
{
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, list->lsub ? "* LSUB (" : "* LIST (");
  if (!entry->exists && list->extended)
    attribute (out, "\\NonExistent");
  else if (!entry->selectable && !(list->lsub && entry->subscribed))
    attribute (out, "\\Noselect");
  if (!list->lsub)
    attribute (out, entry->children ? "\\HasChildren" : "\\HasNoChildren");
  if (entry->subscribed && (list->select_subscribed || list->return_subscribed))
    attribute (out, "\\Subscribed");
  if (entry->use && !list->lsub)
    attribute (out, use_words[entry->use]);
  g_string_append (out, ") \"/\" ");
  gpo_imap_append_mailbox (out, entry->name);
  if (child_info)
    g_string_append (out, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
  gpo_imap_end (imap);
}

static gboolean
is_selected (const List *list, const GpoMailboxEntry *entry)
{
  if (list->lsub || list->select_subscribed)
    return entry->subscribed && (!list->select_special || entry->use);
  return entry->exists && (!list->select_special || entry->use);
}

/* Whether something under this name is subscribed (RECURSIVEMATCH, and LSUB with "%"). */
static gboolean
has_subscribed_child (GPtrArray *entries, const char *name)
{
  gsize n = strlen (name);
  for (guint i = 0; i < entries->len; i++)
    {
      const GpoMailboxEntry *other = entries->pdata[i];
      if (other->subscribed && strncmp (other->name, name, n) == 0 && other->name[n] == GPO_MAILBOX_DELIMITER)
        return TRUE;
    }
  return FALSE;
}

static void
tell_all (GpoImap *imap, List *list)
{
  GPtrArray *entries = imap->mailboxes->entries;
  gboolean parents = list->recursive || list->lsub;
  for (guint i = 0; i < entries->len; i++)
    {
      const GpoMailboxEntry *entry = entries->pdata[i];
      if (!matches_any (list, entry->name))
        continue;
      gboolean child = parents && has_subscribed_child (entries, entry->name);
      if (!is_selected (list, entry) && !child)
        continue;
      if (list->lsub && !entry->subscribed)
        {
          GpoMailboxEntry only_name = *entry;
          only_name.selectable = FALSE;
          tell (imap, list, &only_name, FALSE);
          continue;
        }
      tell (imap, list, entry, list->recursive && child);
      if (list->status && entry->selectable)
        g_ptr_array_add (list->names, g_strdup (entry->name));
    }
}

/* --- STATUS of each: RFC 5819 --- */

static void next_status (GpoImap *imap);

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_imap_awake (imap))
    return;
  List *list = imap->job;
  if (mailbox)
    gpo_imap_status_tell (imap, mailbox, list->status);
  gpo_imap_settle (imap);
}

static void
next_status (GpoImap *imap)
{
  List *list = imap->job;
  if (list->at == list->names->len)
    {
      gpo_imap_stream_end (imap);
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_imap_wait (imap);
  gpo_mailboxes_open (imap->mailboxes, list->names->pdata[list->at++], opened, imap);
}

static void
refreshed (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    {
      tell_all (imap, imap->job);
      gpo_imap_stream (imap, next_status);
    }
  gpo_imap_settle (imap);
}

static void
run (GpoImap *imap, gboolean lsub)
{
  GpoImapParser *p = &imap->parser;
  List *list = g_new0 (List, 1);
  list->lsub = lsub;
  list->patterns = g_ptr_array_new_with_free_func (g_free);
  list->names = g_ptr_array_new_with_free_func (g_free);
  gpo_imap_set_job (imap, list, list_free);
  if (!gpo_imap_space (p) || (!lsub && !select_options (p, list)) || !gpo_imap_mailbox (p, &list->reference)
      || !gpo_imap_space (p) || !patterns (p, list) || !return_options (p, list) || !gpo_imap_at_end (p))
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
  gpo_imap_wait (imap);
  gpo_mailboxes_refresh (imap->mailboxes, refreshed, imap);
}

void
gpo_imap_list (GpoImap *imap)
{
  run (imap, FALSE);
}

void
gpo_imap_lsub (GpoImap *imap)
{
  run (imap, TRUE);
}
