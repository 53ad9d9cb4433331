/* SPDX-License-Identifier: MIT */
/* mailbox-names.c: which mailboxes there are, and CREATE, DELETE, RENAME, SUBSCRIBE: RFC 3501 §6.3.3 to
 * §6.3.7.
 *
 *     mailbox   "INBOX"     the Maildir itself
 *               "A/B.c"     its folder ".A.B&AC4-c": "." between levels, each level in modified UTF-7
 *     file      subscriptions   a name a line
 *               uses            "number name" a line: RFC 6154, as asked for at CREATE
 *               uidvalidity     the largest that any mailbox was given: so none is given twice, though
 * mailboxes come and go
 *
 * A folder is removed by renaming it to "..removed.N" first, which no reader takes for a mailbox, and emptied
 * after that. These are rare: each is one job, with all its waiting. */
#include "store/mailbox-names.h"
#include "store/disk.h"
#include "protocol/utf7.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMOVED "..removed."

/* --- names --- */

char *
gpo_mailbox_to_folder (const char *name)
{
  g_auto (GStrv) levels = g_strsplit (name, "/", -1);
  GString *folder = g_string_new (NULL);
  if (strcmp (name, "INBOX") == 0)
    return g_string_free (folder, FALSE);
  for (char **level = levels; *level; level++)
    {
      g_autofree char *encoded = gpo_utf7_encode (*level);
      g_auto (GStrv) parts = g_strsplit (encoded, ".", -1);
      g_autofree char *dotless = g_strjoinv ("&AC4-", parts);
      g_string_append_printf (folder, ".%s", dotless);
    }
  return g_string_free (folder, FALSE);
}

/* Other programs write plain UTF-8; such a level is taken as it is. */
static char *
decode_level (const char *level)
{
  g_auto (GStrv) parts = g_strsplit (level, "&AC4-", -1);
  g_autofree char *dotted = g_strjoinv (".", parts);
  char *name = gpo_utf7_decode (dotted, strlen (dotted));
  return name ? name : g_strdup (level);
}

char *
gpo_mailbox_from_folder (const char *folder)
{
  if (*folder == '\0')
    return g_strdup ("INBOX");
  if (folder[0] != '.' || folder[1] == '.' || folder[1] == '\0')
    return NULL;
  g_auto (GStrv) levels = g_strsplit (folder + 1, ".", -1);
  for (char **level = levels; *level; level++)
    {
      char *name = decode_level (*level);
      g_free (*level);
      *level = name;
    }
  char *name = g_strjoinv ("/", levels);
  if (gpo_mailbox_name_wrong (name, strlen (name)) || g_ascii_strcasecmp (name, "INBOX") == 0)
    g_clear_pointer (&name, g_free);
  return name;
}

char *
gpo_maildirs_path (GpoMaildirs *owner, const char *name)
{
  const char *folder = g_hash_table_lookup (owner->folders, name);
  if (!folder)
    return NULL;
  return *folder ? g_build_filename (owner->path, folder, NULL) : g_strdup (owner->path);
}

/* --- what is there --- */

typedef struct
{
  GHashTable *folders, *subscribed, *uses;
} Names;

static void
names_init (Names *names)
{
  names->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  names->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
names_clear (Names *names)
{
  g_clear_pointer (&names->folders, g_hash_table_unref);
  g_clear_pointer (&names->subscribed, g_hash_table_unref);
  g_clear_pointer (&names->uses, g_hash_table_unref);
}

static gboolean
read_folders (const char *path, Names *names, GError **error)
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

static gboolean
read_names (const char *path, Names *names, GError **error)
{
  names_init (names);
  if (!read_folders (path, names, error))
    {
      names_clear (names);
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

static void
take_names (GpoMaildirs *owner, Names *names)
{
  names_clear (&(Names){ owner->folders, owner->subscribed, owner->uses });
  owner->folders = names->folders;
  owner->subscribed = names->subscribed;
  owner->uses = names->uses;
  *names = (Names){ NULL };
  make_entries (owner);
}

/* --- removing folders --- */

static void
remove_tree (const char *path)
{
  struct stat st;
  if (lstat (path, &st) == 0 && S_ISDIR (st.st_mode))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      for (const char *name; dir && (name = g_dir_read_name (dir));)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  (void) remove (path);
}

gboolean
gpo_maildirs_read_names (GpoMaildirs *owner, GError **error)
{
  Names names;
  if (!read_names (owner->path, &names, error))
    return FALSE;
  g_autoptr (GDir) dir = g_dir_open (owner->path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_prefix (name, REMOVED)) /* we were killed while it was emptied */
      {
        g_autofree char *child = g_build_filename (owner->path, name, NULL);
        remove_tree (child);
      }
  take_names (owner, &names);
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

/* --- one job for all that changes names --- */

typedef struct NameJob NameJob;
struct NameJob
{
  GpoJob job;
  GpoMaildirs *owner;
  GPtrArray *from, *to; /* of char *: paths; from NULL: `to` is made; to NULL: `from` is removed */
  const char *file;     /* replaced with `text` behind that */
  char *text;
  Names names;                      /* as it is then */
  GPtrArray *old_names, *new_names; /* of open mailboxes that are renamed; a new one NULL: deleted */
  GpoMailboxFunc done;
  gpointer data;
};

static gboolean
name_step (NameJob *job, const char *from, const char *to, GError **error)
{
  if (!from)
    return gpo_maildir_create (to, TRUE, error);
  g_autofree char *away = g_strdup_printf ("%s/" REMOVED "%d.%u", job->owner->path, (int) getpid (),
                                           g_atomic_int_add (&job->owner->removed, 1));
  if (rename (from, to ? to : away) < 0)
    return gpo_disk_error (error, to ? "rename" : "remove", from);
  if (!gpo_disk_sync_folder (job->owner->path, error))
    return FALSE;
  if (!to)
    remove_tree (away);
  return TRUE;
}

static gboolean
name_write (GpoJob *base, GpoBatch *batch, GError **error)
{
  NameJob *job = (NameJob *) base;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < job->from->len; i++)
    ok = name_step (job, job->from->pdata[i], job->to->pdata[i], error);
  if (ok && job->file)
    {
      g_autofree char *path = g_build_filename (job->owner->path, job->file, NULL);
      ok = gpo_disk_replace (path, job->text, error);
    }
  return read_names (job->owner->path, &job->names, ok ? error : NULL) && ok;
}

/* What is open goes on under its new name. */
static void
rename_open (GpoMaildirs *owner, const char *old, const char *name)
{
  GpoFolder *folder = g_hash_table_lookup (owner->mailboxes.mailboxes, old);
  if (!folder)
    return;
  g_hash_table_remove (owner->mailboxes.mailboxes, old);
  if (!name)
    {
      gpo_mailbox_ref (&folder->mailbox);
      gpo_mailbox_tell_gone (&folder->mailbox);
      gpo_mailbox_unref (&folder->mailbox);
      char *key = folder->mailbox.name; /* under a name of its own, so that it is closed one day */
      folder->mailbox.name = g_strdup_printf ("%s//%p", key, (gpointer) folder);
      g_free (key);
      g_hash_table_insert (owner->mailboxes.mailboxes, folder->mailbox.name, folder);
      return;
    }
  g_free (folder->mailbox.name);
  folder->mailbox.name = g_strdup (name);
  char *path = gpo_maildirs_path (owner, name);
  if (path)
    {
      g_free (folder->path);
      folder->path = path;
    }
  g_hash_table_insert (owner->mailboxes.mailboxes, folder->mailbox.name, folder);
}

static void
name_done (GpoJob *base, const GError *error)
{
  NameJob *job = (NameJob *) base;
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  if (job->names.folders)
    take_names (job->owner, &job->names);
  for (guint i = 0; !error && i < job->old_names->len; i++)
    rename_open (job->owner, job->old_names->pdata[i], job->new_names->pdata[i]);
  if (job->done)
    job->done (own, job->data);
  g_ptr_array_unref (job->from);
  g_ptr_array_unref (job->to);
  g_ptr_array_unref (job->old_names);
  g_ptr_array_unref (job->new_names);
  g_free (job->text);
  g_free (job);
}

static const GpoJobClass name_class = { .write = name_write, .done = name_done };

static NameJob *
name_job_new (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  NameJob *job = g_new0 (NameJob, 1);
  job->job.klass = &name_class;
  job->owner = (GpoMaildirs *) mailboxes;
  job->from = g_ptr_array_new_with_free_func (g_free);
  job->to = g_ptr_array_new_with_free_func (g_free);
  job->old_names = g_ptr_array_new_with_free_func (g_free);
  job->new_names = g_ptr_array_new_with_free_func (g_free);
  job->done = done;
  job->data = data;
  return job;
}

static void
name_job_start (NameJob *job)
{
  gpo_committer_add (gpo_store_committer (job->owner->store), &job->job);
}

static void G_GNUC_PRINTF (5, 6) refuse (GpoMailboxes *mailboxes, GpoMailboxError code, GpoMailboxFunc done,
                                         gpointer data, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autoptr (GError) error = g_error_new_literal (GPO_MAILBOX_ERROR, code, text);
  gpo_maildirs_later ((GpoMaildirs *) mailboxes, error, done, data);
}

void
gpo_maildirs_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  name_job_start (name_job_new (mailboxes, done, data));
}

/* --- CREATE --- */

static void
add_making (NameJob *job, const char *name)
{
  g_autofree char *folder = gpo_mailbox_to_folder (name);
  g_ptr_array_add (job->from, NULL);
  g_ptr_array_add (job->to, g_build_filename (job->owner->path, folder, NULL));
}

/* The levels above that are no mailboxes yet. */
static void
add_levels_above (NameJob *job, const char *name)
{
  for (const char *slash = strchr (name, '/'); slash; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *above = g_strndup (name, (gsize) (slash - name));
      if (!g_hash_table_contains (job->owner->folders, above))
        add_making (job, above);
    }
}

static char *
uses_text (GpoMaildirs *owner, const char *name, GpoSpecialUse use)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer other, other_use;
  g_hash_table_iter_init (&iter, owner->uses);
  while (g_hash_table_iter_next (&iter, &other, &other_use))
    if (strcmp (other, name) != 0 && g_hash_table_contains (owner->folders, other))
      g_string_append_printf (text, "%u %s\n", GPOINTER_TO_UINT (other_use), (char *) other);
  g_string_append_printf (text, "%u %s\n", use, name);
  return g_string_free (text, FALSE);
}

static gboolean
name_is_free (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  const char *wrong = gpo_mailbox_name_wrong (name, strlen (name));
  g_autofree char *folder = wrong ? NULL : gpo_mailbox_to_folder (name);
  if (folder && strlen (folder) > 255)
    wrong = "as a folder's name it is over 255 bytes long";
  if (wrong)
    refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "%s", wrong);
  else if (g_hash_table_contains (((GpoMaildirs *) mailboxes)->folders, name))
    refuse (mailboxes, GPO_MAILBOX_ERROR_EXISTS, done, data, "there is a mailbox \"%s\" already", name);
  else
    return TRUE;
  return FALSE;
}

void
gpo_maildirs_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                     gpointer data)
{
  if (!name_is_free (mailboxes, name, done, data))
    return;
  NameJob *job = name_job_new (mailboxes, done, data);
  add_levels_above (job, name);
  add_making (job, name);
  if (use)
    {
      job->file = "uses";
      job->text = uses_text (job->owner, name, use);
    }
  name_job_start (job);
}

/* --- DELETE --- */

void
gpo_maildirs_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  const GpoMailboxEntry *entry = gpo_mailboxes_find (mailboxes, name);
  if (strcmp (name, "INBOX") == 0)
    refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "%s cannot be deleted", name);
  else if (!entry || !entry->exists)
    refuse (mailboxes, GPO_MAILBOX_ERROR_NONEXISTENT, done, data, "there is no mailbox \"%s\"", name);
  else if (!entry->selectable)
    refuse (mailboxes, GPO_MAILBOX_ERROR_CHILDREN, done, data, "there are mailboxes under \"%s\"", name);
  else
    {
      NameJob *job = name_job_new (mailboxes, done, data);
      g_ptr_array_add (job->from, gpo_maildirs_path (job->owner, name));
      g_ptr_array_add (job->to, NULL);
      g_ptr_array_add (job->old_names, g_strdup (name));
      g_ptr_array_add (job->new_names, NULL);
      name_job_start (job);
    }
}

/* --- RENAME --- */

static void
add_renames (NameJob *job, const char *from, const char *to)
{
  GHashTableIter iter;
  gpointer name;
  gsize length = strlen (from);
  g_hash_table_iter_init (&iter, job->owner->folders);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const char *rest = (const char *) name + length;
      if (strncmp (name, from, length) != 0 || (*rest != '\0' && *rest != '/'))
        continue;
      g_autofree char *fresh = g_strconcat (to, rest, NULL);
      g_autofree char *folder = gpo_mailbox_to_folder (fresh);
      g_ptr_array_add (job->from, gpo_maildirs_path (job->owner, name));
      g_ptr_array_add (job->to, g_build_filename (job->owner->path, folder, NULL));
      g_ptr_array_add (job->old_names, g_strdup (name));
      g_ptr_array_add (job->new_names, g_steal_pointer (&fresh));
    }
}

/* INBOX stays, and its letters move (RFC 3501 §6.3.5): CREATE, open both, MOVE all. */
typedef struct
{
  GpoMailboxes *mailboxes;
  char *to;
  GpoMailbox *inbox;
  GpoMailboxFunc done;
  gpointer data;
} InboxRename;

static void
inbox_end (InboxRename *rename, const GError *error)
{
  rename->done (error, rename->data);
  g_clear_pointer (&rename->inbox, gpo_mailbox_unref);
  g_free (rename->to);
  g_free (rename);
}

static void
inbox_moved (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  inbox_end (data, error);
}

static void
inbox_target_open (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  InboxRename *rename = data;
  g_autoptr (GpoMailbox) to = mailbox;
  if (error)
    {
      inbox_end (rename, error);
      return;
    }
  g_autofree guint32 *slots = g_new (guint32, rename->inbox->n_slots + 1);
  for (guint32 i = 0; i < rename->inbox->n_slots; i++)
    slots[i] = i;
  gpo_mailbox_copy (rename->inbox, slots, rename->inbox->n_slots, to, TRUE, NULL, inbox_moved, rename);
}

static void
inbox_open (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  InboxRename *rename = data;
  rename->inbox = mailbox;
  if (error)
    inbox_end (rename, error);
  else
    gpo_mailboxes_open (rename->mailboxes, rename->to, inbox_target_open, rename);
}

static void
inbox_target_made (const GError *error, gpointer data)
{
  InboxRename *rename = data;
  if (error)
    inbox_end (rename, error);
  else
    gpo_mailboxes_open (rename->mailboxes, "INBOX", inbox_open, rename);
}

void
gpo_maildirs_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                     gpointer data)
{
  const GpoMailboxEntry *entry = gpo_mailboxes_find (mailboxes, from);
  gsize length = strlen (from);
  if (!entry || !entry->exists)
    refuse (mailboxes, GPO_MAILBOX_ERROR_NONEXISTENT, done, data, "there is no mailbox \"%s\"", from);
  else if (!name_is_free (mailboxes, to, done, data))
    return;
  else if (strcmp (from, "INBOX") == 0)
    {
      InboxRename *rename = g_new0 (InboxRename, 1);
      *rename = (InboxRename){ mailboxes, g_strdup (to), NULL, done, data };
      gpo_maildirs_create (mailboxes, to, GPO_USE_NONE, inbox_target_made, rename);
    }
  else if (strncmp (to, from, length) == 0 && to[length] == '/')
    refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "\"%s\" would be under itself", to);
  else
    {
      NameJob *job = name_job_new (mailboxes, done, data);
      add_levels_above (job, to);
      add_renames (job, from, to);
      name_job_start (job);
    }
}

/* --- SUBSCRIBE --- */

void
gpo_maildirs_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                        gpointer data)
{
  GpoMaildirs *owner = (GpoMaildirs *) mailboxes;
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer other;
  /* In the table at once, so that two in a row do not undo each other; the answer waits for the disk. */
  if (on)
    g_hash_table_add (owner->subscribed, g_strdup (name));
  else
    g_hash_table_remove (owner->subscribed, name);
  g_hash_table_iter_init (&iter, owner->subscribed);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    g_string_append_printf (text, "%s\n", (char *) other);
  NameJob *job = name_job_new (mailboxes, done, data);
  job->file = "subscriptions";
  job->text = g_string_free (text, FALSE);
  name_job_start (job);
}
