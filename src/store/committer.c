/* SPDX-License-Identifier: MIT */
/* committer.c: the queue of jobs, the worker and its batches; the way back to the owner's context.
 *
 * The worker is one thread. In a prototype two overlapped writing with syncing and gained rate at some
 * sizes of batch, at more CPU; one keeps all jobs in order for free.
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
#include "store/committer.h"
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

typedef struct
{
  GpoJob *head, **tail;
} JobList;

struct GpoCommitter
{
  GMutex lock;
  GCond work;    /* jobs came, or the end */
  GCond settled; /* results came */
  JobList waiting, results;
  guint outstanding; /* added or announced, `done` not yet called */
  guint flushing;    /* somebody waits for `settled` */
  gboolean idle, ending;
  GThread *worker;
  GSource *source;     /* runs `done` of all results */
  gint64 avoid_until;  /* worker only: no syncfs() before this monotonic time */
  GpoJournal *journal; /* or NULL */
};

typedef struct
{
  GpoJob *job;
  int fd;
  char *folder;    /* instead of fd */
  gboolean letter; /* in the journal, if the batch is */
  gboolean lines;  /* no name waits for these bytes */
} BatchItem;

typedef struct
{
  dev_t id;
  int fd;           /* any file or folder on it */
  gboolean ordered; /* its journal keeps names behind bytes */
} Device;

typedef enum
{
  JOURNAL_UNTRIED,
  JOURNAL_FILLING,
  JOURNAL_NO
} JournalUse;

struct GpoBatch
{
  JobList jobs;
  gboolean durable;
  GpoJournal *journal; /* the committer's */
  JournalUse use;
  gboolean journaled;      /* durable by it */
  GArray *files, *folders; /* of BatchItem */
  GArray *devices;
};

static void
list_clear (JobList *list)
{
  list->head = NULL;
  list->tail = &list->head;
}

static void
list_append (JobList *list, GpoJob *job)
{
  job->next = NULL;
  *list->tail = job;
  list->tail = &job->next;
}

/* --- the batch --- */

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

void
gpo_batch_sync_file (GpoBatch *batch, GpoJob *job, int fd)
{
  BatchItem item = { job, fd, NULL, FALSE, FALSE };
  g_array_append_val (batch->files, item);
  if (job->durable)
    batch->use = JOURNAL_NO;
}

void
gpo_batch_sync_folder (GpoBatch *batch, GpoJob *job, const char *path)
{
  BatchItem item = { job, -1, g_strdup (path), FALSE, FALSE };
  g_array_append_val (batch->folders, item);
  if (job->durable)
    batch->use = JOURNAL_NO;
}

/* TRUE if the journal takes what the batch has so far. */
static gboolean
use_journal (GpoBatch *batch)
{
  if (batch->use == JOURNAL_UNTRIED)
    batch->use = batch->journal && gpo_journal_begin (batch->journal) ? JOURNAL_FILLING : JOURNAL_NO;
  return batch->use == JOURNAL_FILLING;
}

void
gpo_batch_sync_letter (GpoBatch *batch, GpoJob *job, GpoJournalKind kind, int fd, const char *path,
                       const struct iovec *parts, int n_parts)
{
  BatchItem file = { job, fd, NULL, TRUE, FALSE },
            folder = { job, -1, g_path_get_dirname (path), TRUE, FALSE };
  if (fd >= 0)
    g_array_append_val (batch->files, file);
  g_array_append_val (batch->folders, folder);
  if (use_journal (batch) && !gpo_journal_add (batch->journal, kind, fd, path, parts, n_parts))
    batch->use = JOURNAL_NO;
}

void
gpo_batch_sync_lines (GpoBatch *batch, GpoJob *job, int fd, const char *path, goffset offset,
                      const char *first_line, const struct iovec *lines)
{
  BatchItem file = { job, fd, NULL, TRUE, TRUE };
  g_array_append_val (batch->files, file);
  if (!path
      || (use_journal (batch)
          && !gpo_journal_add_lines (batch->journal, fd, path, offset, first_line, lines)))
    batch->use = JOURNAL_NO;
}

void
gpo_batch_leave_journal (GpoBatch *batch)
{
  batch->use = JOURNAL_NO;
  if (batch->journal && gpo_journal_in_use (batch->journal) && gpo_journal_sync_all (batch->journal))
    gpo_journal_synced (batch->journal);
}

static void
fail_from_errno (GpoJob *job, const char *what, const char *path)
{
  if (job->error == NULL)
    gpo_disk_error (&job->error, what, path);
}

/* Whether all letters of the batch are in the journal, durably. Not if one failed: the journal would bring
 * back what was refused. */
static gboolean
write_journal (GpoBatch *batch)
{
  gboolean ok = batch->use == JOURNAL_FILLING;
  for (GpoJob *job = batch->jobs.head; ok && job; job = job->next)
    ok = job->error == NULL;
  return ok && gpo_journal_commit (batch->journal);
}

static gboolean
must_come_first (const GpoBatch *batch, const BatchItem *item)
{
  return !item->lines && !(batch->journaled && item->letter);
}

/* Bytes first: starts them all, then waits for each. */
static void
order_files (GpoBatch *batch)
{
  GArray *files = batch->files;
  for (guint i = 0; i < files->len; i++)
    if (must_come_first (batch, &g_array_index (files, BatchItem, i)))
      (void) sync_file_range (g_array_index (files, BatchItem, i).fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  for (guint i = 0; i < files->len; i++)
    {
      BatchItem *item = &g_array_index (files, BatchItem, i);
      struct stat st;
      if (item->job->error || !must_come_first (batch, item))
        continue;
      gboolean ordered
          = fstat (item->fd, &st) == 0 && batch_device (batch, st.st_dev, item->fd, NULL)->ordered;
      const guint wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
      int rc = ordered ? sync_file_range (item->fd, 0, 0, wait) : fsync (item->fd);
      if (rc < 0)
        fail_from_errno (item->job, "sync", "a letter's file");
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
      BatchItem *item = &g_array_index (batch->files, BatchItem, i);
      if (item->job->error == NULL && fsync (item->fd) < 0)
        fail_from_errno (item->job, "sync", "a letter's file");
    }
  for (guint i = 0; i < batch->folders->len; i++)
    {
      BatchItem *item = &g_array_index (batch->folders, BatchItem, i);
      GError *error = NULL;
      if (!g_hash_table_contains (results, item->folder))
        {
          gpo_disk_sync_folder (item->folder, &error);
          g_hash_table_insert (results, item->folder, error); /* NULL: it went well */
        }
      error = g_hash_table_lookup (results, item->folder);
      if (error && item->job->error == NULL)
        item->job->error = g_error_copy (error);
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
      const BatchItem *item = &g_array_index (batch->files, BatchItem, i);
      if (fstat (item->fd, &st) == 0)
        batch_device (batch, st.st_dev, item->fd, NULL);
    }
  for (guint i = 0; i < batch->folders->len; i++)
    {
      BatchItem *item = &g_array_index (batch->folders, BatchItem, i);
      if (item->job->error || (known && strcmp (known, item->folder) == 0))
        continue;
      if (stat (item->folder, &st) < 0)
        {
          fail_from_errno (item->job, "find folder", item->folder);
          continue;
        }
      batch_device (batch, st.st_dev, -1, item->folder);
      known = item->folder;
    }
}

static void
sync_all (GpoCommitter *committer, GpoBatch *batch)
{
  gint64 began = g_get_monotonic_time ();
  /* a sync that the journal knows nothing of would let it bring back what is removed here */
  gboolean used = committer->journal && gpo_journal_in_use (committer->journal), same_device = FALSE;
  gboolean ok = used || began >= committer->avoid_until;
  gather_devices (batch);
  for (guint i = 0; ok && i < batch->devices->len; i++)
    {
      Device *device = &g_array_index (batch->devices, Device, i);
      ok = syncfs (device->fd) == 0;
      same_device |= used && gpo_journal_is_on (committer->journal, device->id);
    }
  if (ok && same_device)
    gpo_journal_synced (committer->journal);
  if (!ok)
    sync_each (batch);
  else if (g_get_monotonic_time () - began > SLOW_SYNC)
    committer->avoid_until = g_get_monotonic_time () + AVOID_SYNC;
}

static void
batch_clear (GpoBatch *batch)
{
  for (guint i = 0; i < batch->files->len; i++)
    close (g_array_index (batch->files, BatchItem, i).fd);
  for (guint i = 0; i < batch->folders->len; i++)
    g_free (g_array_index (batch->folders, BatchItem, i).folder);
  for (guint i = 0; i < batch->devices->len; i++)
    if (g_array_index (batch->devices, Device, i).fd >= 0)
      close (g_array_index (batch->devices, Device, i).fd);
  g_array_set_size (batch->files, 0);
  g_array_set_size (batch->folders, 0);
  g_array_set_size (batch->devices, 0);
}

/* The steps of committer.h, in order. */
static void
batch_run (GpoCommitter *committer, GpoBatch *batch)
{
  batch->durable = batch->journaled = FALSE;
  batch->journal = committer->journal;
  batch->use = JOURNAL_UNTRIED;
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    {
      batch->durable |= job->durable;
      if (job->klass->write)
        job->klass->write (job, batch, &job->error);
    }
  batch->journaled = write_journal (batch);
  order_files (batch);
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    if (job->error == NULL && job->klass->publish)
      job->klass->publish (job, batch, &job->error);
  /* what only publish asked for is not in the journal */
  gboolean synced = batch->durable && (!batch->journaled || batch->use != JOURNAL_FILLING);
  if (synced)
    sync_all (committer, batch);
  for (GpoJob *job = batch->jobs.head; job; job = job->next)
    if (job->klass->settle)
      job->klass->settle (job, job->error == NULL, synced);
  batch_clear (batch);
}

/* --- the worker --- */

/* Waits for jobs and moves up to GPO_BATCH_JOBS of them into the batch. FALSE: the end. */
static gboolean
take_batch (GpoCommitter *committer, GpoBatch *batch)
{
  g_mutex_lock (&committer->lock);
  committer->idle = TRUE;
  while (committer->waiting.head == NULL && !committer->ending)
    g_cond_wait (&committer->work, &committer->lock);
  committer->idle = FALSE;
  list_clear (&batch->jobs);
  for (guint n = 0; committer->waiting.head && n < GPO_BATCH_JOBS; n++)
    {
      GpoJob *job = committer->waiting.head;
      committer->waiting.head = job->next;
      list_append (&batch->jobs, job);
    }
  if (committer->waiting.head == NULL)
    list_clear (&committer->waiting);
  g_mutex_unlock (&committer->lock);
  return batch->jobs.head != NULL;
}

/* Called with the lock held. */
static void
give_results (GpoCommitter *committer, JobList *jobs)
{
  if (committer->results.head == NULL)
    g_source_set_ready_time (committer->source, 0);
  *committer->results.tail = jobs->head;
  committer->results.tail = jobs->tail;
  if (committer->flushing)
    g_cond_broadcast (&committer->settled);
}

static gpointer
work (gpointer data)
{
  GpoCommitter *committer = data;
  GpoBatch batch = { .files = g_array_new (FALSE, FALSE, sizeof (BatchItem)),
                     .folders = g_array_new (FALSE, FALSE, sizeof (BatchItem)),
                     .devices = g_array_new (FALSE, FALSE, sizeof (Device)) };
  while (take_batch (committer, &batch))
    {
      batch_run (committer, &batch);
      g_mutex_lock (&committer->lock);
      give_results (committer, &batch.jobs);
      g_mutex_unlock (&committer->lock);
    }
  g_array_free (batch.files, TRUE);
  g_array_free (batch.folders, TRUE);
  g_array_free (batch.devices, TRUE);
  return NULL;
}

/* --- the owner's side --- */

/* Calls `done` for all results there are, in the order of their jobs. */
static void
call_done (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  GpoJob *job = committer->results.head;
  list_clear (&committer->results);
  g_source_set_ready_time (committer->source, -1);
  g_mutex_unlock (&committer->lock);
  while (job)
    {
      GpoJob *next = job->next;
      g_autoptr (GError) error = g_steal_pointer (&job->error);
      job->klass->done (job, error);
      g_mutex_lock (&committer->lock);
      committer->outstanding--;
      g_mutex_unlock (&committer->lock);
      job = next;
    }
}

typedef struct
{
  GSource source;
  GpoCommitter *committer;
} ResultSource;

static gboolean
result_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  call_done (((ResultSource *) source)->committer);
  return G_SOURCE_CONTINUE;
}

/* Its ready time is the wake-up: 0 when results wait. */
static GSourceFuncs result_funcs = { .dispatch = result_dispatch };

GpoCommitter *
gpo_committer_new (GMainContext *context)
{
  GpoCommitter *committer = g_new0 (GpoCommitter, 1);
  g_mutex_init (&committer->lock);
  g_cond_init (&committer->work);
  g_cond_init (&committer->settled);
  list_clear (&committer->waiting);
  list_clear (&committer->results);
  committer->source = g_source_new (&result_funcs, sizeof (ResultSource));
  ((ResultSource *) committer->source)->committer = committer;
  g_source_set_static_name (committer->source, "store results");
  g_source_attach (committer->source, context);
  committer->worker = g_thread_new ("committer", work, committer);
  return committer;
}

void
gpo_committer_set_journal (GpoCommitter *committer, GpoJournal *journal)
{
  committer->journal = journal;
}

void
gpo_committer_free (GpoCommitter *committer)
{
  gpo_committer_flush (committer);
  g_mutex_lock (&committer->lock);
  committer->ending = TRUE;
  g_cond_signal (&committer->work);
  g_mutex_unlock (&committer->lock);
  g_thread_join (committer->worker);
  g_source_destroy (committer->source);
  g_source_unref (committer->source);
  g_mutex_clear (&committer->lock);
  g_cond_clear (&committer->work);
  g_cond_clear (&committer->settled);
  g_free (committer);
}

void
gpo_committer_add (GpoCommitter *committer, GpoJob *job)
{
  g_mutex_lock (&committer->lock);
  committer->outstanding += job->announced ? 0 : 1;
  list_append (&committer->waiting, job);
  if (committer->idle)
    g_cond_signal (&committer->work);
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_announce (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  committer->outstanding++;
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_post (GpoCommitter *committer, GpoJob *job)
{
  JobList one;
  list_clear (&one);
  g_mutex_lock (&committer->lock);
  committer->outstanding += job->announced ? 0 : 1;
  list_append (&one, job);
  give_results (committer, &one);
  g_mutex_unlock (&committer->lock);
}

void
gpo_committer_flush (GpoCommitter *committer)
{
  g_mutex_lock (&committer->lock);
  while (committer->outstanding > 0)
    {
      committer->flushing++;
      while (committer->results.head == NULL)
        g_cond_wait (&committer->settled, &committer->lock);
      committer->flushing--;
      g_mutex_unlock (&committer->lock);
      call_done (committer);
      g_mutex_lock (&committer->lock);
    }
  g_mutex_unlock (&committer->lock);
}
