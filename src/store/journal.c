/* SPDX-License-Identifier: MIT */
/* journal.c: the two segments, writing batches into them, and the sync that makes one free again.
 *
 * A batch is padded to whole blocks and never shares one with another: a block that was promised is never
 * written again. The segments are filled with zeros first, so that a write changes bytes only and needs no
 * commit of the file system's own journal. Measured (ext4, 40 KB of letters in a batch): 0.18 ms; the same
 * ten letters as files, written and synced together: 0.7 to 1.2 ms.
 *
 * The segments are written past the page cache (O_DIRECT) where the file system can: nobody reads them again
 * but after a crash, and a batch costs a fifth less CPU. That asks for blocks in aligned memory. And they are
 * open with O_DSYNC: a write is done when its bytes are on the disk. Batches may be written at the same time:
 * a disk syncs two in hardly more time than one. */
#include "store/journal.h"
#include "store/disk.h"
#include "store/journal-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>

#define BUSY_BATCHES 32 /* so many batches must have gone without before it is worth its bytes */
#define ROOM_TIMES 8    /* free space must be so many times what it takes */
#define FIRST_ROOM ((gsize) 64 * 1024) /* bytes; most batches are smaller */

static gsize test_segment;
static const char *test_boot_id;

void
gpo_journal_set_test (gsize segment, const char *boot_id)
{
  test_segment = segment;
  test_boot_id = boot_id;
}

/* --- segments --- */

static char *
segment_path (GpoJournal *journal, guint i)
{
  return g_strdup_printf ("%s/journal.%u", journal->root, i);
}

/* Room for it, as zeros on the disk. */
static gboolean
fill_segment (GpoJournal *journal, int fd)
{
  g_autofree char *zeros = g_malloc0 (1024 * 1024);
  for (gsize at = 0; at < journal->size; at += 1024 * 1024)
    {
      struct iovec part = { zeros, MIN (journal->size - at, 1024 * 1024) };
      if (!gpo_disk_write (fd, &part, 1, at))
        return FALSE;
    }
  return fsync (fd) == 0;
}

/* From here on it is written past the page cache, where the file system can. */
static void
pass_cache (GpoJournal *journal)
{
  for (guint i = 0; i < 2; i++)
    if (journal->fds[i] >= 0)
      (void) fcntl (journal->fds[i], F_SETFL, O_DIRECT);
}

/* Both, and their names, durably. Failing is no error: the letters are synced themselves then. */
static void
make_segments (GpoJournal *journal)
{
  struct statvfs fs;
  gboolean ok = statvfs (journal->root, &fs) == 0
                && (guint64) fs.f_bavail * fs.f_frsize > (guint64) journal->size * 2 * ROOM_TIMES;
  for (guint i = 0; ok && i < 2; i++)
    {
      g_autofree char *path = segment_path (journal, i);
      journal->fds[i] = open (path, O_RDWR | O_CREAT | O_DSYNC | O_CLOEXEC | O_NOFOLLOW, 0600);
      ok = journal->fds[i] >= 0 && fill_segment (journal, journal->fds[i]);
    }
  if (ok && gpo_disk_sync_folder (journal->root, NULL))
    {
      pass_cache (journal);
      return;
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = segment_path (journal, i);
      if (journal->fds[i] >= 0)
        close (journal->fds[i]);
      journal->fds[i] = -1;
      unlink (path);
    }
  journal->broken = TRUE;
}

gboolean
gpo_journal_sync_all (GpoJournal *journal)
{
  int fd = open (journal->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && syncfs (fd) == 0;
  if (fd >= 0)
    close (fd);
  return ok;
}

/* --- making a segment free --- */

/* On a thread of its own, so that letters go on into the other segment. */
static gpointer
free_segment (gpointer data)
{
  GpoJournal *journal = data;
  return GINT_TO_POINTER (gpo_journal_sync_all (journal));
}

static void
await_freeing (GpoJournal *journal)
{
  if (journal->freeing == NULL)
    return;
  if (g_thread_join (g_steal_pointer (&journal->freeing)))
    journal->durable_upto = MAX (journal->durable_upto, journal->freeing_upto);
  else
    journal->broken = TRUE;
}

/* The other segment, whose batches must be durable by now. */
static gboolean
change_segment (GpoJournal *journal)
{
  await_freeing (journal);
  if (journal->broken)
    return FALSE;
  journal->current = !journal->current;
  journal->at = 0;
  journal->freeing_upto = journal->sequence;
  journal->freeing = g_thread_new ("journal", free_segment, journal);
  return TRUE;
}

/* --- the bytes of a batch --- */

GpoJournalRecord *
gpo_journal_record_new (void)
{
  return g_new0 (GpoJournalRecord, 1);
}

void
gpo_journal_record_free (GpoJournalRecord *record)
{
  g_aligned_free (record->bytes);
  g_free (record);
}

/* Room for n more bytes. */
static guint8 *
extend (GpoJournalRecord *record, gsize n)
{
  gsize wanted = record->length + n;
  if (wanted > record->room)
    {
      gsize room = MAX (MAX (FIRST_ROOM, 2 * record->room), wanted);
      guint8 *wider = g_aligned_alloc (1, room, GPO_JOURNAL_BLOCK);
      if (record->length)
        memcpy (wider, record->bytes, record->length);
      g_aligned_free (record->bytes);
      record->bytes = wider;
      record->room = room;
    }
  record->length = wanted;
  return record->bytes + wanted - n;
}

static void
append (GpoJournalRecord *record, gconstpointer bytes, gsize n)
{
  memcpy (extend (record, n), bytes, n);
}

gboolean
gpo_journal_begin (GpoJournal *journal, GpoJournalRecord *record)
{
  if (journal->fds[0] < 0 && !journal->broken && (test_segment || ++journal->without > BUSY_BATCHES))
    make_segments (journal);
  if (journal->fds[0] < 0 || journal->broken)
    return FALSE;
  record->length = 0;
  extend (record, sizeof (GpoJournalHead));
  return TRUE;
}

/* Where the path below ROOT begins; NULL: it is not below. */
static const char *
below_root (GpoJournal *journal, const char *path)
{
  const char *rest = NULL;
  if (g_str_has_prefix (path, journal->root))
    rest = path + strlen (journal->root);
  else if (g_str_has_prefix (path, journal->real_root))
    rest = path + strlen (journal->real_root);
  return rest && *rest == '/' ? rest + 1 : NULL;
}

static gboolean
add (GpoJournal *journal, GpoJournalRecord *record, GpoJournalFile file, int fd, const char *path,
     const struct iovec *parts, int n_parts)
{
  struct stat st;
  gsize size = 0;
  const char *name = below_root (journal, path);
  for (int i = 0; i < n_parts; i++)
    size += parts[i].iov_len;
  if (size > GPO_JOURNAL_FILE || !name || (fd >= 0 && (fstat (fd, &st) < 0 || st.st_dev != journal->device))
      || record->length + size + 8192 > journal->size)
    return FALSE;
  file.path_length = (guint32) strlen (name);
  file.size = (guint32) size;
  append (record, &file, sizeof file);
  append (record, name, file.path_length);
  for (int i = 0; i < n_parts; i++)
    append (record, parts[i].iov_base, parts[i].iov_len);
  return TRUE;
}

gboolean
gpo_journal_add (GpoJournal *journal, GpoJournalRecord *record, GpoJournalKind kind, int fd, const char *path,
                 const struct iovec *parts, int n_parts)
{
  GpoJournalFile file = { .kind = kind, .time = g_get_real_time () / G_USEC_PER_SEC };
  return add (journal, record, file, fd, path, parts, n_parts);
}

gboolean
gpo_journal_add_lines (GpoJournal *journal, GpoJournalRecord *record, int fd, const char *path,
                       goffset offset, const char *first_line, const struct iovec *lines)
{
  struct iovec parts[2] = { { (char *) first_line, strlen (first_line) }, *lines };
  GpoJournalFile file
      = { .kind = GPO_JOURNAL_LINES, .first_line = (guint32) parts[0].iov_len, .time = offset };
  return add (journal, record, file, fd, path, parts, 2);
}

/* --- writing a batch --- */

gboolean
gpo_journal_fits (GpoJournal *journal, GpoJournalRecord *record)
{
  return journal->at + record->length + GPO_JOURNAL_BLOCK <= journal->size;
}

static void
write_head (GpoJournal *journal, GpoJournalRecord *record)
{
  GpoJournalHead head = { .magic = GPO_JOURNAL_MAGIC,
                          .length = (guint32) record->length,
                          .sequence = record->sequence,
                          .durable_upto = journal->durable_upto };
  memcpy (head.boot_id, journal->boot_id, sizeof head.boot_id);
  head.crc = (guint32) crc32 (0, record->bytes + sizeof head, (guint) (record->length - sizeof head));
  head.head_crc = (guint32) crc32 (0, (const guint8 *) &head, offsetof (GpoJournalHead, head_crc));
  memcpy (record->bytes, &head, sizeof head);
}

gboolean
gpo_journal_seal (GpoJournal *journal, GpoJournalRecord *record)
{
  if (journal->broken || (!gpo_journal_fits (journal, record) && !change_segment (journal)))
    return FALSE;
  record->sequence = ++journal->sequence;
  record->segment = journal->current;
  record->at = journal->at;
  write_head (journal, record);
  gsize rest = record->length % GPO_JOURNAL_BLOCK, padding = rest ? GPO_JOURNAL_BLOCK - rest : 0;
  memset (extend (record, padding), 0, padding);
  journal->at += record->length;
  return TRUE;
}

/* Some file systems take the flag O_DIRECT and then no write. */
static gboolean
write_blocks (int fd, GpoJournalRecord *record)
{
  struct iovec blocks = { record->bytes, record->length };
  if (gpo_disk_write (fd, &blocks, 1, record->at))
    return TRUE;
  if (errno != EINVAL || fcntl (fd, F_SETFL, 0) < 0)
    return FALSE;
  blocks = (struct iovec){ record->bytes, record->length };
  return gpo_disk_write (fd, &blocks, 1, record->at);
}

void
gpo_journal_write (GpoJournal *journal, GpoJournalRecord *record)
{
  int fd = journal->fds[record->segment];
  record->error = write_blocks (fd, record) ? 0 : errno;
}

gboolean
gpo_journal_end (GpoJournal *journal, GpoJournalRecord *record)
{
  if (record->error && !journal->broken)
    {
      g_warning (
          "the journal in %s cannot be written any more (%s); letters are synced one by one from now on",
          journal->root, g_strerror (record->error));
      journal->broken = TRUE;
    }
  return !journal->broken;
}

gboolean
gpo_journal_is_on (GpoJournal *journal, dev_t device)
{
  return journal->device == device;
}

/* A batch without files. While others are under way no segment can become free: the head of the next batch
 * says what the note would. */
static void
write_note (GpoJournal *journal, gboolean alone)
{
  GpoJournalRecord *note = gpo_journal_record_new ();
  if (gpo_journal_begin (journal, note) && (alone || gpo_journal_fits (journal, note))
      && gpo_journal_seal (journal, note))
    {
      gpo_journal_write (journal, note);
      gpo_journal_end (journal, note);
    }
  gpo_journal_record_free (note);
}

void
gpo_journal_synced (GpoJournal *journal, GpoJournalRecord *record)
{
  if (!gpo_journal_in_use (journal))
    return;
  /* the note needs no journal either */
  journal->durable_upto = record ? record->sequence : journal->sequence + 1;
  write_note (journal, !record);
}

gboolean
gpo_journal_in_use (GpoJournal *journal)
{
  return journal->fds[0] >= 0 && journal->durable_upto < journal->sequence;
}

/* --- life --- */

static void
read_boot_id (GpoJournal *journal)
{
  g_autofree char *text = NULL;
  if (test_boot_id)
    text = g_strdup (test_boot_id);
  else if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
    text = g_strdup ("unknown"); /* restores after a kill too, which finds all files there */
  strncpy (journal->boot_id, g_strstrip (text), sizeof journal->boot_id - 1);
}

GpoJournal *
gpo_journal_open (const char *root, GError **error)
{
  struct stat st;
  GpoJournal *journal = g_new0 (GpoJournal, 1);
  journal->root = g_strdup (root);
  journal->size = test_segment ? test_segment : GPO_JOURNAL_SEGMENT;
  journal->fds[0] = journal->fds[1] = -1;
  read_boot_id (journal);
  if (stat (root, &st) < 0)
    {
      gpo_disk_error (error, "find folder", root);
      g_clear_pointer (&journal, gpo_journal_close);
      return NULL;
    }
  journal->device = st.st_dev;
  char *real_root = realpath (root, NULL);
  journal->real_root = g_strdup (real_root ? real_root : root);
  free (real_root);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = segment_path (journal, i);
      journal->fds[i] = open (path, O_RDWR | O_DSYNC | O_CLOEXEC | O_NOFOLLOW);
      if (journal->fds[i] >= 0 || errno == ENOENT)
        continue;
      gpo_disk_error (error, "open", path);
      g_clear_pointer (&journal, gpo_journal_close);
      return NULL;
    }
  gpo_journal_replay (journal);
  pass_cache (journal);
  return journal;
}

void
gpo_journal_close (GpoJournal *journal)
{
  await_freeing (journal);
  if (gpo_journal_in_use (journal) && gpo_journal_sync_all (journal))
    gpo_journal_synced (journal, NULL);
  await_freeing (journal); /* that note may have begun the other segment */
  for (guint i = 0; i < 2; i++)
    if (journal->fds[i] >= 0)
      close (journal->fds[i]);
  g_free (journal->root);
  g_free (journal->real_root);
  g_free (journal);
}

guint
gpo_journal_restored (GpoJournal *journal)
{
  return journal->restored;
}

guint
gpo_journal_failed (GpoJournal *journal)
{
  return journal->failed;
}
