/* SPDX-License-Identifier: MIT */
/* committer-batch.c: the steps of one batch; how its files are synced.
 *
 * How a batch is synced, and why (ext4, 4 KB letters, a batch of 8 / of 32, letters per second):
 *
 *     fsync each file, rename, fsync the directory            2,700 /  2,900
 *     syncfs, rename, fsync the directory                     5,700 /  8,600
 *     sync_file_range each, rename, syncfs                    7,200 / 10,000      this one
 *
 * sync_file_range() waits until the bytes are on the device, without a commit of the journal; the
 * rename follows them, and the one commit that syncfs() forces makes bytes, sizes and names durable.
 * A journal writes what came first before what came next, so a name never shows before its bytes; on
 * file systems that do not promise this each file is fsynced before its rename. syncfs() also waits
 * for what other programs wrote; when that takes long, files and directories are fsynced one by one
 * for a while. When syncfs() fails they are too, to learn whose error it was.
 *
 * Small letters alone go another way (journal.h): one write of all their bytes into the journal, then the
 * renames, and no sync. A batch in which anything else must be durable is synced as above, which makes the
 * letters of the journal durable as well. */
#include "store/committer-internal.h"
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SLOW_SYNC (250 * G_TIME_SPAN_MILLISECOND) /* a syncfs() that took longer waited for others */
#define AVOID_SYNC (2 * G_TIME_SPAN_SECOND)       /* so long it is not used then */
#define XFS_MAGIC 0x58465342

/* A file whose bytes must be durable. */
typedef struct
{
  GpoJob *job;
  int fd; /* -1: a link to one before it */
  const char
      *path;      /* a letter's, the job's: in the journal, if the batch is. Else its folder is synced too */
  gboolean lines; /* no name waits for these bytes; in the journal as well */
} BatchFile;

/* A folder whose entries must be. */
typedef struct
{
  GpoJob *job;
  char *path;
} BatchFolder;

typedef struct
{
  dev_t id;
  int fd;           /* any file or folder on it */
  gboolean ordered; /* its journal keeps names behind bytes */
} Device;

void
gpo_batch_init (GpoBatch *batch)
{
  *batch = (GpoBatch){ .record = gpo_journal_record_new (),
                       .files = g_array_new (FALSE, FALSE, sizeof (BatchFile)),
                       .folders = g_array_new (FALSE, FALSE, sizeof (BatchFolder)),
                       .devices = g_array_new (FALSE, FALSE, sizeof (Device)) };
}

void
gpo_batch_finish (GpoBatch *batch)
{
  gpo_journal_record_free (batch->record);
  g_array_free (batch->files, TRUE);
  g_array_free (batch->folders, TRUE);
  g_array_free (batch->devices, TRUE);
}

/* --- what must be durable --- */

static Device *
batch_device (GpoBatch *batch, dev_t id, int fd, const char *path)
{
  for (guint i = 0; i < batch->devices->len; i++)
    if (g_array_index (batch->devices, Device, i).id == id)
      return &g_array_index (batch->devices, Device, i);
  Device device = { id, fd >= 0 ? dup (fd) : open (path, O_RDONLY | O_CLOEXEC), FALSE };
  struct statfs fs;
  if (device.fd >= 0 && fstatfs (device.fd, &fs) == 0)
    device.ordered = fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_MAGIC || fs.f_type == BTRFS_SUPER_MAGIC
                     || fs.f_type == TMPFS_MAGIC;
  g_array_append_val (batch->devices, device);
  return &g_array_index (batch->devices, Device, batch->devices->len - 1);
}

static void
add_folder (GpoBatch *batch, GpoJob *job, char *path)
{
  BatchFolder folder = { job, path };
  g_array_append_val (batch->folders, folder);
}

void
gpo_batch_sync_file (GpoBatch *batch, GpoJob *job, int fd)
{
  BatchFile file = { .job = job, .fd = fd };
  g_array_append_val (batch->files, file);
  if (job->durable)
    batch->use = GPO_BATCH_SYNCED;
}

void
gpo_batch_sync_folder (GpoBatch *batch, GpoJob *job, const char *path)
{
  add_folder (batch, job, g_strdup (path));
  if (job->durable)
    batch->use = GPO_BATCH_SYNCED;
}

/* TRUE if the journal takes what the batch has so far. */
static gboolean
use_journal (GpoBatch *batch)
{
  if (batch->use == GPO_BATCH_UNTRIED)
    batch->use = batch->journal && gpo_journal_begin (batch->journal, batch->record) ? GPO_BATCH_FILLING
                                                                                     : GPO_BATCH_SYNCED;
  return batch->use == GPO_BATCH_FILLING;
}

void
gpo_batch_sync_letter (GpoBatch *batch, GpoJob *job, GpoJournalKind kind, int fd, const char *path,
                       const struct iovec *parts, int n_parts)
{
  BatchFile file = { .job = job, .fd = fd, .path = path };
  g_array_append_val (batch->files, file);
  if (use_journal (batch) && !gpo_journal_add (batch->journal, batch->record, kind, fd, path, parts, n_parts))
    batch->use = GPO_BATCH_SYNCED;
}

void
gpo_batch_sync_lines (GpoBatch *batch, GpoJob *job, int fd, const char *path, goffset offset,
                      const char *first_line, const struct iovec *lines)
{
  BatchFile file = { .job = job, .fd = fd, .lines = TRUE };
  g_array_append_val (batch->files, file);
  if (!path
      || (use_journal (batch)
          && !gpo_journal_add_lines (batch->journal, batch->record, fd, path, offset, first_line, lines)))
    batch->use = GPO_BATCH_SYNCED;
}

void
gpo_batch_leave_journal (GpoBatch *batch)
{
  batch->use = GPO_BATCH_SYNCED;
  if (batch->journal && gpo_journal_in_use (batch->journal) && gpo_journal_sync_all (batch->journal))
    gpo_journal_synced (batch->journal, NULL);
}

static void
fail_from_errno (GpoJob *job, const char *what, const char *path)
{
  if (job->error == NULL)
    gpo_disk_error (&job->error, what, path);
}

/* --- write, order, publish, settle --- */

void
gpo_batch_write (GpoBatch *batch, GpoJournal *journal)
{
  batch->journal = journal;
  batch->durable = batch->journaled = batch->refused = FALSE;
  batch->use = GPO_BATCH_UNTRIED;
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    {
      batch->durable |= job->durable;
      if (job->klass->write)
        job->klass->write (job, batch, &job->error);
      batch->refused |= job->error != NULL;
    }
}

gboolean
gpo_batch_suits_journal (const GpoBatch *batch)
{
  return batch->use == GPO_BATCH_FILLING && !batch->refused;
}

static gboolean
must_come_first (const GpoBatch *batch, const BatchFile *file)
{
  return file->fd >= 0 && !file->lines && !(batch->journaled && file->path);
}

/* Starts them all, then waits for each. */
void
gpo_batch_order (GpoBatch *batch)
{
  GArray *files = batch->files;
  for (guint i = 0; i < files->len; i++)
    if (must_come_first (batch, &g_array_index (files, BatchFile, i)))
      (void) sync_file_range (g_array_index (files, BatchFile, i).fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  for (guint i = 0; i < files->len; i++)
    {
      BatchFile *file = &g_array_index (files, BatchFile, i);
      struct stat st;
      if (file->job->error || !must_come_first (batch, file))
        continue;
      gboolean ordered
          = fstat (file->fd, &st) == 0 && batch_device (batch, st.st_dev, file->fd, NULL)->ordered;
      const guint wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
      int rc = ordered ? sync_file_range (file->fd, 0, 0, wait) : fsync (file->fd);
      if (rc < 0)
        fail_from_errno (file->job, "sync", "a letter's file");
    }
}

void
gpo_batch_publish (GpoBatch *batch)
{
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    {
      if (job->error == NULL && job->klass->publish)
        job->klass->publish (job, batch, &job->error);
      batch->refused |= job->error != NULL;
    }
}

void
gpo_batch_settle (GpoBatch *batch, gboolean synced)
{
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    if (job->klass->settle)
      job->klass->settle (job, job->error == NULL, synced);
}

void
gpo_batch_clear (GpoBatch *batch)
{
  for (guint i = 0; i < batch->files->len; i++)
    if (g_array_index (batch->files, BatchFile, i).fd >= 0)
      close (g_array_index (batch->files, BatchFile, i).fd);
  for (guint i = 0; i < batch->folders->len; i++)
    g_free (g_array_index (batch->folders, BatchFolder, i).path);
  for (guint i = 0; i < batch->devices->len; i++)
    if (g_array_index (batch->devices, Device, i).fd >= 0)
      close (g_array_index (batch->devices, Device, i).fd);
  g_array_set_size (batch->files, 0);
  g_array_set_size (batch->folders, 0);
  g_array_set_size (batch->devices, 0);
}

/* --- sync --- */

/* What the journal would have told. */
static void
gather_folders (GpoBatch *batch)
{
  for (guint i = 0; i < batch->files->len; i++)
    {
      const BatchFile *file = &g_array_index (batch->files, BatchFile, i);
      if (file->path && !batch->journaled)
        add_folder (batch, file->job, g_path_get_dirname (file->path));
    }
}

static void
free_result (gpointer error)
{
  g_clear_error ((GError **) &error);
}

/* The slow way: each file, then each directory once. An error is found to be somebody's. */
static void
sync_each (GpoBatch *batch)
{
  g_autoptr (GHashTable) results = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_result);
  for (guint i = 0; i < batch->files->len; i++)
    {
      BatchFile *file = &g_array_index (batch->files, BatchFile, i);
      if (file->fd >= 0 && file->job->error == NULL && fsync (file->fd) < 0)
        fail_from_errno (file->job, "sync", "a letter's file");
    }
  for (guint i = 0; i < batch->folders->len; i++)
    {
      BatchFolder *folder = &g_array_index (batch->folders, BatchFolder, i);
      GError *error = NULL;
      if (!g_hash_table_contains (results, folder->path))
        {
          gpo_disk_sync_folder (folder->path, &error);
          g_hash_table_insert (results, folder->path, error); /* NULL: it went well */
        }
      error = g_hash_table_lookup (results, folder->path);
      if (error && folder->job->error == NULL)
        folder->job->error = g_error_copy (error);
    }
}

/* The file systems of all that no step before has looked at. */
static void
gather_devices (GpoBatch *batch)
{
  struct stat st;
  const char *known = NULL; /* a folder whose device is in the batch: letters of a batch often share one */
  for (guint i = 0; i < batch->files->len; i++)
    {
      const BatchFile *file = &g_array_index (batch->files, BatchFile, i);
      if (file->fd >= 0 && fstat (file->fd, &st) == 0)
        batch_device (batch, st.st_dev, file->fd, NULL);
    }
  for (guint i = 0; i < batch->folders->len; i++)
    {
      BatchFolder *folder = &g_array_index (batch->folders, BatchFolder, i);
      if (folder->job->error || (known && strcmp (known, folder->path) == 0))
        continue;
      if (stat (folder->path, &st) < 0)
        {
          fail_from_errno (folder->job, "find folder", folder->path);
          continue;
        }
      batch_device (batch, st.st_dev, -1, folder->path);
      known = folder->path;
    }
}

static void
sync_all (GpoBatch *batch, gint64 *avoid_until)
{
  gint64 began = g_get_monotonic_time ();
  /* a sync that the journal knows nothing of would let it bring back what is removed here */
  gboolean used = batch->journal && gpo_journal_in_use (batch->journal), same_device = FALSE;
  gboolean ok = used || began >= *avoid_until;
  gather_folders (batch);
  gather_devices (batch);
  for (guint i = 0; ok && i < batch->devices->len; i++)
    {
      Device *device = &g_array_index (batch->devices, Device, i);
      ok = syncfs (device->fd) == 0;
      same_device |= used && gpo_journal_is_on (batch->journal, device->id);
    }
  if (ok && same_device)
    gpo_journal_synced (batch->journal, batch->plain && batch->journaled ? batch->record : NULL);
  if (!ok)
    sync_each (batch);
  else if (g_get_monotonic_time () - began > SLOW_SYNC)
    *avoid_until = g_get_monotonic_time () + AVOID_SYNC;
}

/* A batch in the journal is synced nevertheless if publish asked for more, or if a job failed there: the
 * journal would bring back what was refused. */
gboolean
gpo_batch_sync (GpoBatch *batch, gint64 *avoid_until)
{
  gboolean wanted = batch->durable && (!batch->journaled || !gpo_batch_suits_journal (batch));
  if (wanted)
    sync_all (batch, avoid_until);
  return wanted;
}
