/* SPDX-License-Identifier: MIT */
/* journal-replay.c: what a power cut took is made again from the journal. */
#include "store/disk.h"
#include "store/journal-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define UNDER_WAY 64 /* more batches than ever are written at the same time */

typedef struct
{
  guint64 sequence;
  gboolean same_boot;
  const guint8 *files; /* in a segment */
  gsize length;
} Batch;

/* --- reading --- */

static gboolean
read_head (const guint8 *at, gsize left, GpoJournalHead *head)
{
  if (left < sizeof *head)
    return FALSE;
  memcpy (head, at, sizeof *head);
  return head->magic == GPO_JOURNAL_MAGIC && head->length >= sizeof *head && head->length <= left
         && head->head_crc == crc32 (0, at, offsetof (GpoJournalHead, head_crc))
         && head->crc == crc32 (0, at + sizeof *head, (guint) (head->length - sizeof *head));
}

/* The batches of a segment follow each other by number; the first that does not is left from its last use, or
 * was being written in the end and is nobody's promise. */
static void
read_segment (GpoJournal *journal, const guint8 *bytes, gsize size, GArray *batches)
{
  GpoJournalHead head;
  guint64 before = 0;
  for (gsize at = 0; at < size && read_head (bytes + at, size - at, &head);)
    {
      if (before && head.sequence != before + 1)
        break;
      Batch batch = { head.sequence, strncmp (head.boot_id, journal->boot_id, sizeof head.boot_id) == 0,
                      bytes + at + sizeof head, head.length - sizeof head };
      g_array_append_val (batches, batch);
      before = head.sequence;
      journal->sequence = MAX (journal->sequence, head.sequence);
      journal->durable_upto = MAX (journal->durable_upto, head.durable_upto);
      at += (head.length + GPO_JOURNAL_BLOCK - 1) / GPO_JOURNAL_BLOCK * GPO_JOURNAL_BLOCK;
    }
}

static int
by_sequence (gconstpointer a, gconstpointer b)
{
  guint64 x = ((const Batch *) a)->sequence, y = ((const Batch *) b)->sequence;
  return (x > y) - (x < y);
}

/* --- files --- */

static gboolean
holds (const char *path, const guint8 *bytes, gsize size)
{
  struct stat st;
  g_autofree char *found = NULL;
  gsize length;
  return lstat (path, &st) == 0 && S_ISREG (st.st_mode) && (gsize) st.st_size == size
         && g_file_get_contents (path, &found, &length, NULL) && length == size
         && memcmp (found, bytes, size) == 0;
}

/* Where the letter new/NAME is now: a reader may have moved it to cur/NAME:2,FLAGS. The caller frees. */
static char *
find_in_mailbox (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *mailbox = g_path_get_dirname (folder);
  g_autofree char *name = g_path_get_basename (path), *cur = g_build_filename (mailbox, "cur", NULL);
  gsize base = strcspn (name, ":");
  g_autoptr (GDir) dir = g_dir_open (cur, 0, NULL);
  for (const char *entry; dir && (entry = g_dir_read_name (dir));)
    if (strncmp (entry, name, base) == 0 && (entry[base] == '\0' || entry[base] == ':'))
      return g_build_filename (cur, entry, NULL);
  return g_strdup (path);
}

/* Whole or not at all: a name that the store's own recovery clears away, then the rename. */
static gboolean
make_again (GpoJournal *journal, const char *path, const GpoJournalFile *file, const guint8 *bytes,
            GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *fresh = g_build_filename (journal->root, "journal.file", NULL);
  struct iovec part = { (gpointer) bytes, file->size };
  struct timespec times[2] = { { file->time, 0 }, { file->time, 0 } };
  if (!gpo_disk_make_folder (folder, error))
    return FALSE;
  int fd = open (fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok = fd >= 0 && gpo_disk_write (fd, &part, 1, 0) && futimens (fd, times) == 0 && fsync (fd) == 0;
  int why = errno;
  if (fd >= 0)
    close (fd);
  errno = why;
  if (ok && rename (fresh, path) == 0)
    return TRUE;
  gpo_disk_error (error, "make again", path);
  unlink (fresh);
  return FALSE;
}

/* --- lines --- */

/* Whether these bytes are in the file there. */
static gboolean
stands (int fd, gsize at, const guint8 *bytes, gsize size)
{
  g_autofree guint8 *found = g_malloc (size + 1);
  return pread (fd, found, size, (off_t) at) == (gssize) size && memcmp (found, bytes, size) == 0;
}

/* Ends the line before `at`, of which a power cut may have taken a piece: what was lost there was promised to
 * nobody. */
static gboolean
end_line_before (int fd, gsize at)
{
  struct stat st;
  if (fstat (fd, &st) < 0)
    return FALSE;
  gsize from = MIN ((gsize) st.st_size, at - 1);
  g_autofree char *filling = g_malloc (at - from);
  memset (filling, '\n', at - from);
  struct iovec part = { filling, at - from };
  return gpo_disk_write (fd, &part, 1, from);
}

/* A list that is gone was removed with its mailbox; one with another first line was written anew, durably,
 * and with all this in it. */
static void
restore_lines (GpoJournal *journal, const GpoJournalFile *file, const char *name, const guint8 *bytes)
{
  g_autofree char *path = g_build_filename (journal->root, name, NULL);
  gsize at = (gsize) file->time;
  struct iovec part = { (gpointer) (bytes + file->first_line), file->size - file->first_line };
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean there = fd >= 0 && stands (fd, 0, bytes, file->first_line);
  if (there ? !stands (fd, at, part.iov_base, part.iov_len)
                  && !(end_line_before (fd, at) && gpo_disk_write (fd, &part, 1, at))
            : fd < 0 && errno != ENOENT)
    {
      journal->failed++;
      g_warning ("the list of UIDs %s could not be restored from the journal: %s", path, g_strerror (errno));
    }
  if (fd >= 0)
    close (fd);
}

/* --- batches --- */

static void
restore_file (GpoJournal *journal, const GpoJournalFile *file, const char *name, const guint8 *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (journal->root, name, NULL);
  g_autofree char *place = file->kind == GPO_JOURNAL_MAILBOX ? find_in_mailbox (path) : g_strdup (path);
  if (holds (path, bytes, file->size) || holds (place, bytes, file->size))
    return;
  if (make_again (journal, place, file, bytes, &error))
    journal->restored++;
  else
    {
      journal->failed++;
      g_warning ("a letter that was promised could not be restored from the journal: %s", error->message);
    }
}

static void
restore_batch (GpoJournal *journal, const Batch *batch)
{
  for (gsize at = 0; at + sizeof (GpoJournalFile) <= batch->length;)
    {
      GpoJournalFile file;
      memcpy (&file, batch->files + at, sizeof file);
      at += sizeof file;
      if (file.path_length > batch->length - at || file.size > batch->length - at - file.path_length
          || file.first_line > file.size)
        return; /* the CRC was right, so this was never written by us */
      g_autofree char *name = g_strndup ((const char *) batch->files + at, file.path_length);
      if (file.kind == GPO_JOURNAL_LINES)
        restore_lines (journal, &file, name, batch->files + at + file.path_length);
      else
        restore_file (journal, &file, name, batch->files + at + file.path_length);
      at += file.path_length + file.size;
    }
}

void
gpo_journal_replay (GpoJournal *journal)
{
  g_autoptr (GArray) batches = g_array_new (FALSE, FALSE, sizeof (Batch));
  GMappedFile *maps[2] = { NULL, NULL };
  for (guint i = 0; i < 2; i++)
    if (journal->fds[i] >= 0 && (maps[i] = g_mapped_file_new_from_fd (journal->fds[i], FALSE, NULL)))
      {
        gsize size = g_mapped_file_get_length (maps[i]);
        journal->size = size ? size : journal->size;
        if (size)
          read_segment (journal, (const guint8 *) g_mapped_file_get_contents (maps[i]), size, batches);
      }
  g_array_sort (batches, by_sequence);
  for (guint i = 0; i < batches->len; i++)
    {
      const Batch *batch = &g_array_index (batches, Batch, i);
      if (batch->sequence > journal->durable_upto && !batch->same_boot)
        restore_batch (journal, batch);
    }
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&maps[i], g_mapped_file_unref);
  if (journal->fds[0] < 0 || journal->fds[1] < 0)
    {
      journal->broken = journal->fds[0] != journal->fds[1]; /* half a journal: read, not written */
      return;
    }
  if (gpo_journal_in_use (journal) && !gpo_journal_sync_all (journal))
    {
      journal->broken = TRUE;
      return;
    }
  gpo_journal_synced (journal, NULL);
  /* batches behind a gap keep their numbers to themselves */
  journal->sequence += UNDER_WAY;
  journal->durable_upto = journal->sequence;
}
