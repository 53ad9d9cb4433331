/* SPDX-License-Identifier: MIT */
/* mailbox-folder.c: an open mailbox: its letters' files, and its list of UIDs on disk (uidlist.h). */
#include "store/mailbox-internal.h"
#include "letter/anatomy.h"
#include "store/disk.h"
#include "store/maildir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GpoFolder *
folder_init (GpoMaildirs *owner, const char *name, const char *path)
{
  GpoFolder *folder = g_new0 (GpoFolder, 1);
  gpo_mailbox_init (&folder->mailbox, &gpo_folder_class, &owner->mailboxes, name);
  folder->owner = owner;
  folder->path = g_strdup (path);
  folder->fd = folder->list_fd = -1;
  folder->rows = g_array_new (FALSE, TRUE, sizeof (GpoFileRow));
  folder->names = g_string_chunk_new (16 * 1024);
  folder->places = g_array_new (FALSE, FALSE, sizeof (GpoPlace));
  folder->coming = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  folder->loose = g_string_new (NULL);
  folder->untidy = g_array_new (FALSE, FALSE, sizeof (guint32));
  folder->rescans = g_array_new (FALSE, FALSE, sizeof (GpoWaiter));
  return folder;
}

static void
watched (gpointer data, gboolean in_new, gboolean came, char *name)
{
  gpo_folder_event (data, in_new, came, name);
}

GpoFolder *
gpo_folder_new (GpoMaildirs *owner, const char *name, const char *path)
{
  GpoFolder *folder = folder_init (owner, name, path);
  folder->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  folder->watched = folder->fd >= 0 && gpo_watch_add (owner->context, path, folder, watched);
  return folder;
}

void
gpo_folder_free (GpoFolder *folder)
{
  gpo_watch_remove (folder);
  if (folder->scan_later)
    {
      g_source_destroy (folder->scan_later);
      g_source_unref (folder->scan_later);
    }
  g_clear_pointer (&folder->cache, gpo_mailbox_cache_free);
  if (folder->fd >= 0)
    close (folder->fd);
  if (folder->list_fd >= 0)
    close (folder->list_fd);
  g_array_unref (folder->places);
  g_hash_table_unref (folder->coming);
  g_string_chunk_free (folder->names);
  g_array_unref (folder->rows);
  g_string_free (folder->loose, TRUE);
  g_array_unref (folder->untidy);
  g_array_unref (folder->rescans);
  gpo_mailbox_finish (&folder->mailbox);
  g_free (folder->path);
  g_free (folder);
}

guint32
gpo_folder_add (GpoFolder *folder, const GpoMessage *message, const char *base, const GpoFileRow *row)
{
  GpoMessage own = *message;
  own.file = g_string_chunk_insert (folder->names, base);
  g_array_append_val (folder->rows, *row);
  guint32 slot = gpo_mailbox_add (&folder->mailbox, &own);
  gpo_folder_place (folder, slot);
  return slot;
}

/* --- names --- */

const char *
gpo_file_name (GString *out, const char *base, gboolean in_new, guint32 flags, gboolean passed)
{
  char marks[GPO_MARKS_MAX];
  g_string_assign (out, in_new ? "new/" : "cur/");
  g_string_append (out, base);
  if (!in_new)
    {
      gpo_flags_to_marks (flags & GPO_FLAGS_ALL, passed, marks);
      g_string_append_len (out, ":2,", 3);
      g_string_append (out, marks);
    }
  return out->str;
}

GpoFileRef
gpo_folder_ref (GpoFolder *folder, guint32 slot)
{
  const GpoFileRow *row = gpo_folder_row (folder, slot);
  return (GpoFileRef){ gpo_mailbox_message (&folder->mailbox, slot)->file, row->disk, row->planned,
                       row->in_new, row->passed };
}

static gboolean
exists (int folder_fd, const char *name)
{
  return faccessat (folder_fd, name, F_OK, 0) == 0;
}

/* A local reader renamed it: looks through the folder. */
static gboolean
search (int folder_fd, const char *part, const char *base, GString *out)
{
  gsize length = strlen (base);
  int fd = openat (folder_fd, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  gboolean found = FALSE;
  for (struct dirent *entry; !found && dir && (entry = readdir (dir));)
    if (strncmp (entry->d_name, base, length) == 0
        && (entry->d_name[length] == '\0' || entry->d_name[length] == ':'))
      {
        g_string_printf (out, "%s/%s", part, entry->d_name);
        found = TRUE;
      }
  if (dir)
    closedir (dir);
  else if (fd >= 0)
    close (fd);
  return found;
}

gboolean
gpo_file_find (int folder_fd, const GpoFileRef *ref, GString *out)
{
  return exists (folder_fd, gpo_file_name (out, ref->base, ref->in_new, ref->disk, ref->passed))
         || exists (folder_fd, gpo_file_name (out, ref->base, FALSE, ref->planned, ref->passed))
         || search (folder_fd, "new", ref->base, out) || search (folder_fd, "cur", ref->base, out);
}

/* --- sizes --- */

/* The size in CRLF form of what cannot be told by its name: a deliverer elsewhere may have written bare LFs.
 */
static gboolean
count_crlf (int folder_fd, const char *name, guint64 *size)
{
  gsize room = 64 * 1024;
  g_autofree char *block = g_malloc (room);
  int fd = openat (folder_fd, name, O_RDONLY | O_CLOEXEC);
  gssize n = -1;
  char last = 0;
  *size = 0;
  while (fd >= 0 && (n = read (fd, block, room)) > 0)
    {
      *size += (guint64) n + gpo_count_bare_lf (block, (GpoSpan){ 0, (gsize) n });
      if (last == '\r' && *block == '\n')
        (*size)--;
      last = block[n - 1];
    }
  if (fd >= 0)
    close (fd);
  return n == 0;
}

/* "…,W=4096": the size in CRLF form, as Courier and Dovecot write it. Ours are in CRLF form, so S= is enough. */
gboolean
gpo_folder_size_of_name (const char *name, guint32 *size)
{
  const char *w = strstr (name, ",W=");
  GpoMaildirName parsed;
  guint64 bytes = 0;
  if (w)
    bytes = g_ascii_strtoull (w + 3, NULL, 10);
  else if (gpo_maildir_parse (name, &parsed) && parsed.letter && parsed.size > 0)
    bytes = (guint64) parsed.size;
  *size = (guint32) MIN (bytes, G_MAXUINT32);
  return bytes > 0;
}

gboolean
gpo_folder_measure (int fd, const char *name, guint32 *size, gint64 *date)
{
  const char *slash = strrchr (name, '/');
  struct stat st;
  guint64 bytes;
  if (fstatat (fd, name, &st, 0) < 0)
    return FALSE;
  if (!gpo_folder_size_of_name (slash ? slash + 1 : name, size) || *size < (guint64) st.st_size)
    {
      if (!count_crlf (fd, name, &bytes))
        return FALSE;
      *size = (guint32) MIN (bytes, G_MAXUINT32);
    }
  *date = st.st_mtim.tv_sec;
  return TRUE;
}

/* --- the list --- */

/* The lines at the end of the list are durable with the job. The list's path is asked of the kernel, since a
 * mailbox may get another name at any time. */
static void
promise (GpoFolder *folder, GpoLinesUse use, GpoJob *job, GpoBatch *batch)
{
  char link[64], path[PATH_MAX];
  g_autoptr (GString) head = g_string_new (NULL);
  struct iovec part = { folder->loose->str, folder->loose->len };
  g_snprintf (link, sizeof link, "/proc/self/fd/%d", folder->list_fd);
  gssize length = readlink (link, path, sizeof path - 1);
  path[MAX (length, 0)] = '\0';
  gpo_uidlist_append_head (head, folder->mailbox.uidvalidity, folder->list_edition);
  gpo_batch_sync_lines (batch, job, dup (folder->list_fd),
                        use == GPO_LINES_PROMISED && length > 0 ? path : NULL,
                        (goffset) (folder->list_size - part.iov_len), head->str, &part);
  g_string_truncate (folder->loose, 0);
}

gboolean
gpo_folder_write (GpoFolder *folder, GpoLinesUse use, GpoJob *job, GpoBatch *batch, const GString *lines,
                  GError **error)
{
  struct iovec part = { lines->str, lines->len };
  if (!gpo_disk_write (folder->list_fd, &part, 1, folder->list_size))
    {
      int why = errno;
      (void) gpo_disk_cut (folder->list_fd, folder->list_size);
      errno = why;
      return gpo_disk_error (error, "write the list of UIDs in", folder->path);
    }
  folder->list_size += lines->len;
  if (use == GPO_LINES_SETTLED) /* as empty lines, which say nothing */
    for (gsize i = 0; i < lines->len; i++)
      g_string_append_c (folder->loose, '\n');
  else
    g_string_append_len (folder->loose, lines->str, (gssize) lines->len);
  if (use >= GPO_LINES_PROMISED)
    promise (folder, use, job, batch);
  return TRUE;
}

void
gpo_folder_take_list (GpoFolder *folder, int fd, gsize size)
{
  if (folder->list_fd >= 0)
    close (folder->list_fd);
  folder->list_fd = fd;
  folder->list_size = size;
  g_string_truncate (folder->loose, 0);
}

GString *
gpo_folder_list_text (GpoFolder *folder)
{
  GpoMailbox *mailbox = &folder->mailbox;
  GString *out = g_string_sized_new (mailbox->n_messages * 96 + 128);
  gpo_uidlist_append_head (out, mailbox->uidvalidity, folder->list_edition + 1);
  for (guint i = 0; i < mailbox->n_keywords; i++)
    gpo_uidlist_append_keyword (out, i, mailbox->keywords[i]);
  for (guint32 slot = 0; slot < mailbox->n_slots; slot++)
    {
      const GpoMessage *m = gpo_mailbox_message (mailbox, slot);
      if (!(m->flags & GPO_FLAG_EXPUNGED))
        gpo_uidlist_append_letter (out, m->uid, m->modseq, m->date, m->size, m->flags, m->file);
    }
  gpo_uidlist_append_next (out, mailbox->uidnext, mailbox->first_recent, mailbox->modseq);
  return out;
}

/* --- the class --- */

/* It stays open for a while (mailbox-maildir.c closes it). */
static void
closed (GpoMailbox *mailbox)
{
  gpo_folder (mailbox)->unused_since = g_get_monotonic_time ();
}

const GpoMailboxClass gpo_folder_class = {
  .load_info = gpo_folder_load_info,
  .info = gpo_folder_info,
  .load_dates = gpo_folder_load_dates,
  .read = gpo_folder_read,
  .append_begin = gpo_folder_append_begin,
  .append_write = gpo_folder_append_write,
  .append_abort = gpo_folder_append_abort,
  .append_commit = gpo_folder_append_commit,
  .store = gpo_folder_store,
  .expunge = gpo_folder_expunge,
  .copy = gpo_folder_copy,
  .rescan = gpo_folder_rescan,
  .add_keyword = gpo_folder_add_keyword,
  .claimed = gpo_folder_claimed,
  .closed = closed,
};
