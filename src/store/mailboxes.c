/* SPDX-License-Identifier: MIT */
/* mailboxes.c: the names of one person's mailboxes: RFC 3501 §5.1, RFC 6154.
 *
 * Names are UTF-8 here; the wire's modified UTF-7 is protocol/utf7.h's. INBOX is INBOX in any case, also as
 * the first level of a longer name. A name that could leave the store never reaches the class. */
#include "store/mailbox.h"
#include <string.h>

void
gpo_mailbox_entry_free (GpoMailboxEntry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

void
gpo_mailboxes_init (GpoMailboxes *mailboxes, const GpoMailboxesClass *class, const char *person)
{
  mailboxes->class = class;
  mailboxes->person = g_strdup (person);
  mailboxes->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_mailbox_entry_free);
  mailboxes->mailboxes = g_hash_table_new (g_str_hash, g_str_equal);
}

void
gpo_mailboxes_finish (GpoMailboxes *mailboxes)
{
  g_free (mailboxes->person);
  g_ptr_array_unref (mailboxes->entries);
  g_hash_table_unref (mailboxes->mailboxes);
}

void
gpo_mailboxes_free (GpoMailboxes *mailboxes)
{
  mailboxes->class->free (mailboxes);
}

/* --- names --- */

static const char *
level_wrong (const char *level, gsize length)
{
  if (length == 0)
    return "nothing stands between two delimiters";
  if (strncmp (level, "..", length) == 0 || (length == 1 && *level == '.'))
    return "\".\" and \"..\" are no names";
  return NULL;
}

const char *
gpo_mailbox_name_wrong (const char *name, gsize length)
{
  if (length == 0)
    return "the name is empty";
  if (length > GPO_MAILBOX_NAME_MAX)
    return "the name is over 255 bytes long";
  for (gsize i = 0; i < length; i++)
    if ((guchar) name[i] < 0x20 || name[i] == 0x7f)
      return "the name holds a control character";
  if (!g_utf8_validate (name, length, NULL))
    return "the name is not UTF-8";
  if (*name == '~')
    return "the name begins with \"~\"";
  for (gsize start = 0; start <= length;)
    {
      const char *slash = memchr (name + start, GPO_MAILBOX_DELIMITER, length - start);
      gsize end = slash ? (gsize) (slash - name) : length;
      const char *wrong = level_wrong (name + start, end - start);
      if (wrong)
        return wrong;
      start = end + 1;
    }
  return NULL;
}

/* "inbox" → "INBOX", "Inbox/x" → "INBOX/x". The caller frees. */
static char *
canonical (const char *name)
{
  char *own = g_strdup (name);
  if (g_ascii_strncasecmp (own, "INBOX", 5) == 0 && (own[5] == '\0' || own[5] == GPO_MAILBOX_DELIMITER))
    memcpy (own, "INBOX", 5);
  return own;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *x = (*(GpoMailboxEntry *const *) a)->name, *y = (*(GpoMailboxEntry *const *) b)->name;
  gboolean x_first = strcmp (x, "INBOX") == 0, y_first = strcmp (y, "INBOX") == 0;
  return x_first != y_first ? y_first - x_first : strcmp (x, y);
}

static const struct
{
  const char *name;
  GpoSpecialUse use;
} uses[] = {
  { "Archive", GPO_USE_ARCHIVE }, { "Drafts", GPO_USE_DRAFTS }, { "Junk", GPO_USE_JUNK },
  { "Sent", GPO_USE_SENT },       { "Trash", GPO_USE_TRASH },   { "Spam", GPO_USE_JUNK },
};

static void
finish_entries (GPtrArray *entries)
{
  guint taken = 0;
  for (guint i = 0; i < entries->len; i++)
    taken |= 1u << ((GpoMailboxEntry *) entries->pdata[i])->use;
  g_autoptr (GHashTable) parents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = entries->len; i-- > 0;)
    {
      GpoMailboxEntry *entry = entries->pdata[i];
      for (guint u = 0; u < G_N_ELEMENTS (uses) && !entry->use; u++)
        if (strcmp (uses[u].name, entry->name) == 0 && !(taken & 1u << uses[u].use))
          entry->use = uses[u].use;
      const char *slash = entry->exists ? strrchr (entry->name, GPO_MAILBOX_DELIMITER) : NULL;
      for (; slash; slash = g_strrstr_len (entry->name, slash - entry->name, "/"))
        g_hash_table_add (parents, g_strndup (entry->name, slash - entry->name));
    }
  for (guint i = 0; i < entries->len; i++)
    {
      GpoMailboxEntry *entry = entries->pdata[i];
      entry->children = g_hash_table_contains (parents, entry->name);
    }
}

void
gpo_mailboxes_set_entries (GpoMailboxes *mailboxes, GPtrArray *entries)
{
  g_ptr_array_set_free_func (entries, (GDestroyNotify) gpo_mailbox_entry_free);
  g_ptr_array_sort (entries, compare_names);
  finish_entries (entries);
  g_ptr_array_unref (mailboxes->entries);
  mailboxes->entries = entries;
}

const GpoMailboxEntry *
gpo_mailboxes_find (GpoMailboxes *mailboxes, const char *name)
{
  g_autofree char *own = canonical (name);
  for (guint i = 0; i < mailboxes->entries->len; i++)
    {
      const GpoMailboxEntry *entry = mailboxes->entries->pdata[i];
      if (strcmp (entry->name, own) == 0)
        return entry;
    }
  return NULL;
}

/* --- to the class --- */

void
gpo_mailboxes_open (GpoMailboxes *mailboxes, const char *name, GpoMailboxOpenFunc done, gpointer data)
{
  g_autofree char *own = canonical (name);
  mailboxes->class->open (mailboxes, own, done, data);
}

void
gpo_mailboxes_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  mailboxes->class->refresh (mailboxes, done, data);
}

void
gpo_mailboxes_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                      gpointer data)
{
  g_autofree char *own = canonical (name);
  mailboxes->class->create (mailboxes, own, use, done, data);
}

void
gpo_mailboxes_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  g_autofree char *own = canonical (name);
  mailboxes->class->delete (mailboxes, own, done, data);
}

void
gpo_mailboxes_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                      gpointer data)
{
  g_autofree char *own_from = canonical (from), *own_to = canonical (to);
  mailboxes->class->rename (mailboxes, own_from, own_to, done, data);
}

void
gpo_mailboxes_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                         gpointer data)
{
  g_autofree char *own = canonical (name);
  mailboxes->class->subscribe (mailboxes, own, on, done, data);
}
