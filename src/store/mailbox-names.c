/* SPDX-License-Identifier: MIT */
/* mailbox-names.c: which mailboxes a person has.
 *
 *     folders       one a mailbox: mailbox-folder-name.c
 *     subscriptions a name a line
 *     uses          "number name" a line: RFC 6154, as asked for at CREATE
 *     uidvalidity   the largest that any mailbox was given: so none is given twice, though mailboxes come and
 * go */
#include "store/mailbox-names-internal.h"
#include "store/disk.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

char *
gpo_maildirs_path (GpoMaildirs *owner, const char *name)
{
  const char *folder = g_hash_table_lookup (owner->folders, name);
  if (!folder)
    return NULL;
  return *folder ? g_build_filename (owner->path, folder, NULL) : g_strdup (owner->path);
}

static void
names_init (GpoNames *names)
{
  names->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  names->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
gpo_names_clear (GpoNames *names)
{
  g_clear_pointer (&names->folders, g_hash_table_unref);
  g_clear_pointer (&names->subscribed, g_hash_table_unref);
  g_clear_pointer (&names->uses, g_hash_table_unref);
}

static gboolean
read_folders (const char *path, GpoNames *names, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  if (!dir)
    return FALSE;
  g_hash_table_insert (names->folders, g_strdup ("INBOX"), g_strdup (""));
  for (const char *entry; (entry = g_dir_read_name (dir));)
    {
      g_autofree char *child = g_build_filename (path, entry, NULL);
      char *name = gpo_mailbox_from_folder (entry);
      if (name && gpo_maildir_exists (child))
        g_hash_table_insert (names->folders, name, g_strdup (entry));
      else
        g_free (name);
    }
  return TRUE;
}

/* Lines of a file, with CR and LF off; no file: none. */
static char **
read_lines (const char *path, const char *file)
{
  g_autofree char *full = g_build_filename (path, file, NULL), *text = NULL;
  if (!g_file_get_contents (full, &text, NULL, NULL))
    return g_new0 (char *, 1);
  return g_strsplit (text, "\n", -1);
}

gboolean
gpo_names_read (const char *path, GpoNames *names, GError **error)
{
  names_init (names);
  if (!read_folders (path, names, error))
    {
      gpo_names_clear (names);
      return FALSE;
    }
  g_auto (GStrv) subscribed = read_lines (path, "subscriptions");
  g_auto (GStrv) uses = read_lines (path, "uses");
  for (char **line = subscribed; *line; line++)
    if (!gpo_mailbox_name_wrong (*line, strlen (*line)))
      g_hash_table_add (names->subscribed, g_strdup (*line));
  for (char **line = uses; *line; line++)
    {
      char *name;
      guint64 use = g_ascii_strtoull (*line, &name, 10);
      if (*name == ' ' && use > GPO_USE_NONE && use <= GPO_USE_ALL)
        g_hash_table_insert (names->uses, g_strdup (name + 1), GUINT_TO_POINTER ((guint) use));
    }
  return TRUE;
}

static GpoMailboxEntry *
add_entry (GPtrArray *entries, GHashTable *seen, const char *name)
{
  GpoMailboxEntry *entry = g_hash_table_lookup (seen, name);
  if (entry)
    return entry;
  entry = g_new0 (GpoMailboxEntry, 1);
  entry->name = g_strdup (name);
  g_ptr_array_add (entries, entry);
  g_hash_table_insert (seen, entry->name, entry);
  return entry;
}

static void
make_entries (GpoMaildirs *owner)
{
  GPtrArray *entries = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name, use;
  g_hash_table_iter_init (&iter, owner->folders);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      GpoMailboxEntry *entry = add_entry (entries, seen, name);
      entry->exists = entry->selectable = TRUE;
      for (char *slash = strrchr (name, '/'); slash; slash = g_strrstr_len (name, slash - (char *) name, "/"))
        {
          g_autofree char *above = g_strndup (name, (gsize) (slash - (char *) name));
          add_entry (entries, seen, above)->exists = TRUE;
        }
    }
  g_hash_table_iter_init (&iter, owner->subscribed);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    add_entry (entries, seen, name)->subscribed = TRUE;
  g_hash_table_iter_init (&iter, owner->uses);
  while (g_hash_table_iter_next (&iter, &name, &use))
    if (g_hash_table_contains (owner->folders, name))
      add_entry (entries, seen, name)->use = (GpoSpecialUse) GPOINTER_TO_UINT (use);
  gpo_mailboxes_set_entries (&owner->mailboxes, entries);
}

void
gpo_names_take (GpoMaildirs *owner, GpoNames *names)
{
  gpo_names_clear (&(GpoNames){ owner->folders, owner->subscribed, owner->uses });
  owner->folders = names->folders;
  owner->subscribed = names->subscribed;
  owner->uses = names->uses;
  *names = (GpoNames){ NULL };
  make_entries (owner);
}

void
gpo_names_remove_tree (const char *path)
{
  struct stat st;
  if (lstat (path, &st) == 0 && S_ISDIR (st.st_mode))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      for (const char *name; dir && (name = g_dir_read_name (dir));)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          gpo_names_remove_tree (child);
        }
    }
  (void) remove (path);
}

gboolean
gpo_maildirs_read_names (GpoMaildirs *owner, GError **error)
{
  GpoNames names;
  if (!gpo_names_read (owner->path, &names, error))
    return FALSE;
  g_autoptr (GDir) dir = g_dir_open (owner->path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_prefix (name, GPO_NAMES_REMOVED)) /* we were killed while it was emptied */
      {
        g_autofree char *child = g_build_filename (owner->path, name, NULL);
        gpo_names_remove_tree (child);
      }
  gpo_names_take (owner, &names);
  return TRUE;
}

/* The clock may go back; this number may not. */
guint32
gpo_maildirs_next_validity (GpoMaildirs *owner, GError **error)
{
  g_autofree char *path = g_build_filename (owner->path, "uidvalidity", NULL), *text = NULL;
  guint64 last = 0;
  g_mutex_lock (&owner->validity_lock);
  if (g_file_get_contents (path, &text, NULL, NULL))
    last = g_ascii_strtoull (text, NULL, 10);
  guint64 next = MAX (last + 1, (guint64) (g_get_real_time () / G_USEC_PER_SEC));
  g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT "\n", next);
  gboolean ok = next < G_MAXUINT32 && gpo_disk_replace (path, line, error);
  g_mutex_unlock (&owner->validity_lock);
  if (next >= G_MAXUINT32)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s holds no number that another can follow",
                 path);
  return ok ? (guint32) next : 0;
}
