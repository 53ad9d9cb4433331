/* SPDX-License-Identifier: MIT */
/* mailbox-open.c: brings the list of UIDs and the files of a folder together when a mailbox is opened.
 *
 *     in the list and there       it is in the table; what the list says behind its last "s" wins over the
 * name there, not in the list      somebody else delivered it: it gets the next UID in the list, not there
 * somebody removed it; its UID is used up unlinked in the list, there we were killed before we unlinked it:
 * now
 *
 * Without a list, or with one that has no head, all letters get new UIDs under a new and larger UIDVALIDITY.
 *
 * A hundred thousand letters are no reason to wait: list and folder are read at the same time; the files are
 * sorted once by the time of their delivery (mailbox-order.c), which is nearly always the order of the list,
 * so that the next letter of the one is the next of the other; and a letter's file is asked only for what its
 * name does not tell.
 *
 * The folder is not shared with anybody yet, so all of it is done on a reader's thread and its helpers. */
#include "store/mailbox-internal.h"
#include "store/disk.h"
#include "store/maildir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_NAME "glasspost-uidlist"
/* A list with so many more lines than letters is written anew. */
#define LINES_MORE 1000

typedef struct
{
  GpoFolder *folder;
  char *text;
  GpoUidlist list;
  gboolean has_list, rewrite;
  GThread *validity_thread; /* makes a new UIDVALIDITY durable meanwhile */
  GError *validity_error;
  GThread *scan_thread; /* reads the folder meanwhile */
  GpoFolderScan scan;   /* sorted */
  GError *scan_error;
  guint at;       /* the file behind the one found last */
  GString *lines; /* to be added to the list */
  guint64 modseq; /* of all that is found changed */
} Opening;

/* --- the list --- */

static gpointer
next_validity (gpointer data)
{
  Opening *opening = data;
  return GUINT_TO_POINTER (gpo_maildirs_next_validity (opening->folder->owner, &opening->validity_error));
}

/* Two waits for the disk, which the reading of the folder needs not wait for. */
static void
begin_validity (Opening *opening)
{
  opening->validity_thread = g_thread_new ("uidvalidity", next_validity, opening);
}

static gboolean
await_validity (Opening *opening, GError **error)
{
  if (!opening->validity_thread)
    return TRUE;
  guint32 validity = GPOINTER_TO_UINT (g_thread_join (g_steal_pointer (&opening->validity_thread)));
  opening->folder->mailbox.uidvalidity = validity;
  if (opening->validity_error)
    g_propagate_error (error, g_steal_pointer (&opening->validity_error));
  return validity != 0;
}

static gboolean
read_list (Opening *opening, GError **error)
{
  GpoFolder *folder = opening->folder;
  gsize length;
  g_autofree char *path = g_build_filename (folder->path, LIST_NAME, NULL);
  g_autoptr (GError) missing = NULL;
  if (!g_file_get_contents (path, &opening->text, &length, &missing))
    {
      if (!g_error_matches (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return FALSE;
        }
      length = 0;
    }
  opening->has_list = gpo_uidlist_read (&opening->list, opening->text ? opening->text : "", length);
  if (!opening->has_list)
    {
      opening->list = (GpoUidlist){ .uidnext = 1, .first_recent = 1, .modseq = 1 };
      opening->list.entries = g_array_new (FALSE, FALSE, sizeof (GpoUidEntry));
      opening->rewrite = TRUE;
      begin_validity (opening);
    }
  opening->rewrite |= opening->list.damaged > 0 || opening->list.whole < length
                      || opening->list.lines > 2 * opening->list.entries->len + LINES_MORE;
  return TRUE;
}

/* --- the files --- */

static gpointer
scan_files (gpointer data)
{
  Opening *opening = data;
  if (gpo_scan_read (opening->folder->fd, TRUE, TRUE, &opening->scan, &opening->scan_error))
    gpo_scan_sort (&opening->scan);
  return NULL;
}

static void
begin_files (Opening *opening)
{
  opening->scan_thread = g_thread_try_new ("mailbox-scan", scan_files, opening, NULL);
  if (!opening->scan_thread)
    scan_files (opening);
}

static gboolean
await_files (Opening *opening, GError **error)
{
  if (opening->scan_thread)
    g_thread_join (g_steal_pointer (&opening->scan_thread));
  if (!opening->scan_error)
    return TRUE;
  if (error)
    g_propagate_error (error, g_steal_pointer (&opening->scan_error));
  g_clear_error (&opening->scan_error);
  return FALSE;
}

/* The file of this entry: most often the one behind the last. *base: its name, of the scan if there is a
 * file, else to be freed by the caller as *own. */
static GpoFoundFile *
find_file (Opening *opening, const GpoUidEntry *entry, const char **base, char **own)
{
  const GpoFolderScan *scan = &opening->scan;
  guint32 i = opening->at;
  const char *name = i < scan->files->len ? gpo_scan_name (scan, i) : "";
  if (strncmp (name, entry->base, entry->base_length) != 0 || name[entry->base_length] != '\0')
    {
      *own = g_strndup (entry->base, entry->base_length);
      i = gpo_scan_find (scan, *own);
      name = i == GPO_NO_PLACE ? *own : gpo_scan_name (scan, i);
    }
  *base = name;
  if (i == GPO_NO_PLACE)
    return NULL;
  opening->at = i + 1;
  return &g_array_index (scan->files, GpoFoundFile, i);
}

/* A file that readdir() did not give may have been renamed under its eyes. */
static gboolean
look_again (Opening *opening, const char *base, GpoFoundFile *file)
{
  GpoFileRef ref = { .base = base };
  g_autoptr (GString) name = g_string_new (NULL);
  if (!gpo_file_find (opening->folder->fd, &ref, name))
    return FALSE;
  gboolean passed = FALSE;
  const char *info = strstr (name->str, ":2,");
  guint32 flags = info ? gpo_flags_from_marks (info + 3, strlen (info + 3), &passed) : 0;
  *file = (GpoFoundFile){ .flags = flags, .in_new = name->str[0] == 'n', .passed = (guint8) passed };
  return TRUE;
}

/* --- together --- */

static void
remove_file (Opening *opening, const char *base, const GpoFoundFile *file)
{
  g_autoptr (GString) name = g_string_new (NULL);
  (void) unlinkat (opening->folder->fd, gpo_file_name (name, base, file->in_new, file->flags, file->passed),
                   0);
}

/* Keywords nobody named: bits of foreign letters stay in the file's name, and are no flags. */
static guint32
known_flags (GpoFolder *folder, guint32 flags)
{
  guint32 known = GPO_FLAGS_SYSTEM;
  for (guint i = 0; i < folder->mailbox.n_keywords; i++)
    known |= GPO_FLAG_KEYWORD (i);
  return flags & known;
}

static void
take_known (Opening *opening, const GpoUidEntry *entry, const char *base, const GpoFoundFile *file)
{
  GpoFolder *folder = opening->folder;
  guint32 flags = entry->unsettled ? entry->flags : known_flags (folder, file->flags);
  GpoMessage message = {
    .uid = entry->uid, .flags = flags, .modseq = entry->modseq, .date = entry->date, .size = entry->size
  };
  message.letter = gpo_maildir_letter (base);
  if (flags != entry->flags)
    {
      message.modseq = opening->modseq;
      gpo_uidlist_append_flags (opening->lines, entry->uid, entry->uid, opening->modseq, flags);
    }
  GpoFileRow row = { .disk = file->flags, .planned = flags, .in_new = file->in_new, .passed = file->passed };
  guint32 slot = gpo_folder_add (folder, &message, base, &row);
  if (flags != known_flags (folder, file->flags))
    gpo_folder_untidy (folder, slot);
}

static void
take_entry (Opening *opening, const GpoUidEntry *entry)
{
  const char *base;
  g_autofree char *own = NULL;
  GpoFoundFile *file = find_file (opening, entry, &base, &own), other;
  if (!file && !(entry->flags & GPO_FLAG_EXPUNGED) && look_again (opening, base, &other))
    file = &other;
  if (entry->flags & GPO_FLAG_EXPUNGED)
    {
      if (file && entry->unsettled)
        {
          remove_file (opening, base, file);
          file->seen = TRUE;
        }
    }
  else if (!file || file->seen)
    gpo_uidlist_append_gone (opening->lines, entry->uid, entry->uid, opening->modseq, FALSE);
  else
    {
      take_known (opening, entry, base, file);
      file->seen = TRUE;
    }
}

/* A letter that is not in the list. */
typedef struct
{
  const GpoFoundFile *file;
  const char *base;
  gint64 date;
  guint32 size;
  gboolean told; /* the name tells the size; the date is not asked for */
  gboolean gone; /* already, or not ours to read: the next scan looks again */
} Stranger;

/* A stretch of strangers, measured by a thread of its own: to read files is what takes the time. */
typedef struct
{
  int part_fds[2]; /* cur/, new/ */
  Stranger *strangers;
  guint n;
} Stretch;

#define STRETCH_MIN 1000
#define STRETCHES_MAX 4

static gpointer
measure (gpointer data)
{
  const Stretch *stretch = data;
  g_autoptr (GString) name = g_string_new (NULL);
  for (guint i = 0; i < stretch->n; i++)
    {
      Stranger *s = &stretch->strangers[i];
      const GpoFoundFile *file = s->file;
      if (s->told)
        continue;
      gpo_file_name (name, s->base, file->in_new, file->flags, file->passed);
      s->gone = !gpo_folder_measure (stretch->part_fds[file->in_new], name->str + strlen ("cur/"), &s->size,
                                     &s->date);
    }
  return NULL;
}

static void
measure_all (Opening *opening, GArray *strangers, guint untold)
{
  GThread *threads[STRETCHES_MAX] = { NULL };
  Stretch stretches[STRETCHES_MAX];
  int cur = openat (opening->folder->fd, "cur", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int new = openat (opening->folder->fd, "new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  guint n = CLAMP (MIN (g_get_num_processors (), untold / STRETCH_MIN), 1, STRETCHES_MAX), at = 0;
  for (guint i = 0; i < n; i++)
    {
      guint end = (guint) ((guint64) strangers->len * (i + 1) / n);
      stretches[i] = (Stretch){ { cur, new }, (Stranger *) (gpointer) strangers->data + at, end - at };
      at = end;
      if (i + 1 < n)
        threads[i] = g_thread_try_new ("mailbox-open", measure, &stretches[i], NULL);
      if (!threads[i])
        measure (&stretches[i]);
    }
  for (guint i = 0; i < n; i++)
    if (threads[i])
      g_thread_join (threads[i]);
  if (cur >= 0)
    close (cur);
  if (new >= 0)
    close (new);
}

static void
take_stranger (Opening *opening, const Stranger *stranger)
{
  GpoFolder *folder = opening->folder;
  const GpoFoundFile *file = stranger->file;
  guint32 flags = known_flags (folder, file->flags);
  GpoMessage message = { .uid = folder->mailbox.uidnext,
                         .flags = flags,
                         .modseq = opening->modseq,
                         .size = stranger->size,
                         .date = stranger->date,
                         .letter = gpo_maildir_letter (stranger->base) };
  GpoFileRow row = { .disk = file->flags, .planned = flags, .in_new = file->in_new, .passed = file->passed };
  gpo_folder_add (folder, &message, stranger->base, &row);
  if (!opening->rewrite) /* else it will be in the list as that is written whole */
    gpo_uidlist_append_letter (opening->lines, message.uid, message.modseq, message.date, message.size, flags,
                               stranger->base);
}

static void
take_strangers (Opening *opening)
{
  const GpoFolderScan *scan = &opening->scan;
  guint untold = 0;
  g_autoptr (GArray) strangers = g_array_new (FALSE, FALSE, sizeof (Stranger));
  for (guint i = 0; i < scan->files->len; i++)
    {
      const GpoFoundFile *file = &g_array_index (scan->files, GpoFoundFile, i);
      Stranger stranger = { .file = file, .base = gpo_scan_name (scan, i), .date = GPO_DATE_UNKNOWN };
      if (file->seen)
        continue;
      stranger.told = gpo_folder_size_of_name (stranger.base, &stranger.size);
      untold += !stranger.told;
      g_array_append_val (strangers, stranger);
    }
  if (untold)
    measure_all (opening, strangers, untold);
  for (guint i = 0; i < strangers->len; i++)
    if (!g_array_index (strangers, Stranger, i).gone)
      take_stranger (opening, &g_array_index (strangers, Stranger, i));
}

static void
take_list (Opening *opening)
{
  GpoMailbox *mailbox = &opening->folder->mailbox;
  GpoUidlist *list = &opening->list;
  mailbox->uidvalidity = list->uidvalidity;
  opening->folder->list_edition = list->edition;
  mailbox->modseq = list->modseq;
  mailbox->first_recent = list->first_recent;
  for (guint i = 0; i < list->n_keywords; i++)
    mailbox->keywords[mailbox->n_keywords++] = g_steal_pointer (&list->keywords[i]);
  list->n_keywords = 0;
  opening->modseq = list->modseq + 1;
  for (guint i = 0; i < list->entries->len; i++)
    take_entry (opening, &g_array_index (list->entries, GpoUidEntry, i));
  mailbox->uidnext = list->uidnext; /* also above those that are gone */
}

/* --- the file --- */

static gboolean
write_list (Opening *opening, GError **error)
{
  GpoFolder *folder = opening->folder;
  g_autofree char *path = g_build_filename (folder->path, LIST_NAME, NULL);
  if (opening->rewrite)
    {
      g_autoptr (GString) text = gpo_folder_list_text (folder);
      for (guint i = 0; i < folder->untidy->len; i++) /* their names do not say it yet */
        {
          const GpoMessage *m
              = gpo_mailbox_message (&folder->mailbox, g_array_index (folder->untidy, guint32, i));
          gpo_uidlist_append_flags (text, m->uid, m->uid, m->modseq, m->flags);
        }
      if (!gpo_disk_replace (path, text->str, error))
        return FALSE;
      folder->list_edition++;
      g_string_truncate (opening->lines, 0);
      opening->list.whole = text->len;
    }
  gpo_folder_take_list (folder, open (path, O_RDWR | O_CLOEXEC), opening->list.whole);
  if (folder->list_fd < 0)
    return gpo_disk_error (error, "open", path);
  if (opening->lines->len
      && (!gpo_folder_write (folder, GPO_LINES_LOOSE, NULL, NULL, opening->lines, error)
          || fsync (folder->list_fd) < 0))
    return error && *error ? FALSE : gpo_disk_error (error, "sync", path);
  g_string_truncate (folder->loose, 0);
  return TRUE;
}

gboolean
gpo_folder_load (GpoFolder *folder, GError **error)
{
  Opening opening = { .folder = folder, .lines = g_string_new (NULL) };
  begin_files (&opening);
  gboolean ok = read_list (&opening, error);
  ok = await_files (&opening, ok ? error : NULL) && ok;
  if (ok)
    {
      take_list (&opening);
      take_strangers (&opening);
    }
  ok = await_validity (&opening, ok ? error : NULL) && ok;
  ok = ok && write_list (&opening, error);
  folder->list_uidnext = folder->mailbox.uidnext;
  folder->list_modseq = folder->mailbox.modseq;
  folder->unsettled = folder->untidy->len > 0;
  if (ok)
    folder->cache = gpo_mailbox_cache_new (folder->fd, folder->mailbox.uidvalidity);
  if (opening.list.entries)
    gpo_uidlist_clear (&opening.list);
  gpo_scan_clear (&opening.scan);
  g_string_free (opening.lines, TRUE);
  g_free (opening.text);
  return ok;
}
