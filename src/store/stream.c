/* SPDX-License-Identifier: MIT */
/* stream.c: blocks from the office's thread into a file.
 *
 * At most one thread works on a stream at a time (`working`), so blocks are written in order. Writing
 * each block to the device is begun at once, so that little is left to wait for at the end, and a large
 * letter never fills the page cache with bytes to be written. */
#include "store/stream.h"
#include "store/disk.h"
#include "store/incoming.h"
#include "store/store-internal.h"

#include <fcntl.h>
#include <unistd.h>

#define BEHIND (8 * 1024 * 1024) /* bytes that may be on their way to the device */

struct GpoStream
{
  GpoStore *store;
  char *path;
  int fd; /* the working thread's, then the job's */
  guint64 written;
  GError *error;

  GMutex lock;   /* all below */
  GQueue blocks; /* of GBytes */
  gsize backlog; /* bytes in them */
  gboolean working, aborted;
  gboolean paused; /* the writer waits for `drained` */
  GpoJob *job;     /* set by finish */

  void (*drained) (gpointer); /* the owner's thread only */
  gpointer user_data;
  gboolean released; /* owner's thread: finished or aborted */
  gint refs;
};

/* Tells the owner's context that there is room again, or that an aborted file is gone. */
typedef struct
{
  GpoJob job;
  GpoStream *stream;
} Notice;

static void
stream_unref (GpoStream *stream)
{
  if (!g_atomic_int_dec_and_test (&stream->refs))
    return;
  if (stream->fd >= 0)
    close (stream->fd);
  g_clear_error (&stream->error);
  g_mutex_clear (&stream->lock);
  g_free (stream->path);
  g_free (stream);
}

static void
notice_done (GpoJob *job, const GError *error)
{
  GpoStream *stream = ((Notice *) job)->stream;
  if (!stream->released && stream->drained)
    stream->drained (stream->user_data);
  stream_unref (stream);
  g_free (job);
}

static const GpoJobClass notice_class = { .done = notice_done };

static void
post_notice (GpoStream *stream, gboolean announced)
{
  Notice *notice = g_new0 (Notice, 1);
  notice->job.klass = &notice_class;
  notice->job.announced = announced;
  notice->stream = stream;
  g_atomic_int_inc (&stream->refs);
  gpo_committer_post (gpo_store_committer (stream->store), &notice->job);
}

GpoStream *
gpo_stream_new (GpoStore *store, guint32 letter, void (*drained) (gpointer), gpointer user_data)
{
  static guint count;
  GpoStream *stream = g_new0 (GpoStream, 1);
  stream->store = store;
  stream->path = g_strdup_printf ("%s/L%u.%u", gpo_store_tmp (store), letter, ++count);
  stream->fd = -1;
  stream->drained = drained;
  stream->user_data = user_data;
  stream->refs = 1;
  g_mutex_init (&stream->lock);
  g_queue_init (&stream->blocks);
  return stream;
}

/* Called with the lock held: sees that a thread works on it. */
static void
wake (GpoStream *stream)
{
  if (stream->working)
    return;
  stream->working = TRUE;
  g_atomic_int_inc (&stream->refs);
  g_thread_pool_push (gpo_store_streams (stream->store), stream, NULL);
}

gboolean
gpo_stream_push (GpoStream *stream, GBytes *block)
{
  g_mutex_lock (&stream->lock);
  g_queue_push_tail (&stream->blocks, block);
  stream->backlog += g_bytes_get_size (block);
  gboolean room = stream->backlog <= GPO_INCOMING_BACKLOG;
  stream->paused |= !room;
  wake (stream);
  g_mutex_unlock (&stream->lock);
  return room;
}

void
gpo_stream_finish (GpoStream *stream, GpoJob *job)
{
  job->announced = TRUE;
  gpo_committer_announce (gpo_store_committer (stream->store));
  stream->released = TRUE;
  g_mutex_lock (&stream->lock);
  stream->job = job;
  wake (stream);
  g_mutex_unlock (&stream->lock);
}

void
gpo_stream_abort (GpoStream *stream)
{
  stream->released = TRUE;
  gpo_committer_announce (gpo_store_committer (stream->store));
  g_mutex_lock (&stream->lock);
  stream->aborted = TRUE;
  wake (stream);
  g_mutex_unlock (&stream->lock);
}

const char *
gpo_stream_path (GpoStream *stream)
{
  return stream->path;
}

int
gpo_stream_fd (GpoStream *stream)
{
  return stream->fd;
}

const GError *
gpo_stream_error (GpoStream *stream)
{
  return stream->error;
}

void
gpo_stream_remove (GpoStream *stream)
{
  if (stream->fd >= 0)
    unlink (stream->path);
  stream_unref (stream);
}

/* --- the stream thread --- */

static gboolean
write_block (GpoStream *stream, GBytes *block, GError **error)
{
  gsize n;
  struct iovec part = { (gpointer) g_bytes_get_data (block, &n), 0 };
  part.iov_len = n;
  if (stream->fd < 0)
    stream->fd = open (stream->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (stream->fd < 0)
    return gpo_disk_error (error, "make", stream->path);
  if (!gpo_disk_write (stream->fd, &part, 1, stream->written))
    return gpo_disk_error (error, "write", stream->path);
  (void) sync_file_range (stream->fd, (off_t) stream->written, (off_t) n, SYNC_FILE_RANGE_WRITE);
  stream->written += n;
  const guint wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (stream->written > BEHIND
      && sync_file_range (stream->fd, (off_t) (stream->written - BEHIND), (off_t) n, wait) < 0)
    return gpo_disk_error (error, "write", stream->path);
  return TRUE;
}

/* The last wait, here, so that small letters in the batch need not wait for a large one. */
static void
finish (GpoStream *stream, GpoJob *job)
{
  const guint wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (stream->error == NULL && sync_file_range (stream->fd, 0, 0, wait) < 0)
    gpo_disk_error (&stream->error, "write", stream->path);
  gpo_committer_add (gpo_store_committer (stream->store), job);
}

/* The next block; NULL when there is none, and then `working` is over. */
static GBytes *
next_block (GpoStream *stream, GpoJob **job, gboolean *aborted)
{
  g_mutex_lock (&stream->lock);
  GBytes *block = g_queue_pop_head (&stream->blocks);
  *aborted = stream->aborted;
  *job = stream->job;
  if (block == NULL)
    stream->working = FALSE;
  g_mutex_unlock (&stream->lock);
  return block;
}

static void
block_written (GpoStream *stream, gsize n)
{
  g_mutex_lock (&stream->lock);
  stream->backlog -= n;
  gboolean tell = stream->paused && stream->backlog <= GPO_INCOMING_BACKLOG / 2;
  if (tell)
    stream->paused = FALSE;
  g_mutex_unlock (&stream->lock);
  if (tell)
    post_notice (stream, FALSE);
}

void
gpo_stream_work (gpointer data, gpointer unused)
{
  GpoStream *stream = data;
  GpoJob *job;
  gboolean aborted;
  for (GBytes *block; (block = next_block (stream, &job, &aborted));)
    {
      gsize n = g_bytes_get_size (block);
      if (!aborted && stream->error == NULL)
        write_block (stream, block, &stream->error);
      g_bytes_unref (block);
      block_written (stream, n);
    }
  if (aborted)
    {
      if (stream->fd >= 0)
        unlink (stream->path);
      post_notice (stream, TRUE);
      stream_unref (stream);
    }
  else if (job)
    finish (stream, job);
  stream_unref (stream);
}
