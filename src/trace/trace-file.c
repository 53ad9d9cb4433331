/* SPDX-License-Identifier: MIT */
/* trace-file.c: the thread that writes the trace file.
 *
 * It sleeps in the log's wake-up. Once woken it lets a moment pass before it looks again, so that a
 * busy office pays for one wake-up per batch and not per event. Lines gather in one buffer that goes
 * to the kernel when it is large or when the log is caught up. */
#include "trace/trace-file.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "trace/trace-write.h"

#define BUFFER_BYTES (256 * 1024)
/* How long events may gather after a wake-up: what `tail -f` is behind at most. */
#define GATHER_MS 5

struct GpoTraceFile
{
  GpoLog *log;
  GpoLogReader *reader;
  GThread *thread;
  char *path;
  int fd;
  gboolean device; /* not a file of our own */
  GpoTraceFileFailed failed;
  gpointer data;

  GMutex lock;
  GCond wake, progress;
  gboolean woken, ending, broken;
  guint n_syncing; /* somebody waits in sync_to: do not gather */
  guint64 written;
  GString *buffer; /* of the thread */
};

static void
woken (gpointer data)
{
  GpoTraceFile *file = data;
  g_mutex_lock (&file->lock);
  file->woken = TRUE;
  g_cond_broadcast (&file->wake);
  g_mutex_unlock (&file->lock);
}

/* --- the file --- */

/* /dev/stdout may be a file that somebody appends to: it is neither moved away nor emptied. */
static gboolean
is_device (const char *path)
{
  return g_str_has_prefix (path, "/dev/") || g_str_has_prefix (path, "/proc/");
}

static int
open_trace (const char *path, GError **error)
{
  struct stat st;
  gboolean device = is_device (path);
  if (!device && stat (path, &st) == 0 && S_ISREG (st.st_mode) && st.st_size > 0)
    {
      g_autofree char *kept = g_strconcat (path, "~", NULL);
      if (g_rename (path, kept) != 0)
        {
          int code = errno;
          g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                       "cannot keep the trace that is there as %s: %s; name another file", kept,
                       g_strerror (code));
          return -1;
        }
    }
  int fd = open (path, O_WRONLY | O_CREAT | (device ? 0 : O_TRUNC) | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                   "cannot create the trace file %s: %s; name a file in a folder that can be written", path,
                   g_strerror (code));
    }
  return fd;
}

static void
report (GpoTraceFile *file, int code)
{
  g_mutex_lock (&file->lock);
  file->broken = TRUE;
  g_cond_broadcast (&file->progress);
  g_mutex_unlock (&file->lock);
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, (int) g_io_error_from_errno (code),
                                          "the trace file %s ends at event %" G_GUINT64_FORMAT
                                          ": %s; the office goes on without it. Make room and start it anew",
                                          file->path, file->written, g_strerror (code));
  if (file->failed)
    file->failed (error, file->data);
}

/* An error cut the buffer after so many bytes: takes the piece of a line that is in the file out again, so
 * that every line is whole. What is no file of its own (a pipe, a device) keeps it. */
static void
drop_torn_line (GpoTraceFile *file, gsize done)
{
  struct stat st;
  const char *end = done ? memrchr (file->buffer->str, '\n', done) : NULL;
  gsize whole = end ? (gsize) (end + 1 - file->buffer->str) : 0;
  if (done > whole && !file->device && fstat (file->fd, &st) == 0)
    (void) !ftruncate (file->fd, st.st_size - (goffset) (done - whole));
}

/* Gives the buffer to the kernel and lets the events below n go. */
static void
flush (GpoTraceFile *file, guint64 n)
{
  for (gsize done = 0; done < file->buffer->len && !file->broken;)
    {
      gssize w = write (file->fd, file->buffer->str + done, file->buffer->len - done);
      if (w < 0 && errno == EINTR)
        continue;
      if (w < 0)
        {
          int code = errno;
          drop_torn_line (file, done);
          report (file, code);
        }
      else
        done += (gsize) w;
    }
  /* One huge letter must not keep its memory for good. */
  if (file->buffer->allocated_len > 8 * BUFFER_BYTES)
    {
      g_string_free (file->buffer, TRUE);
      file->buffer = g_string_sized_new (2 * BUFFER_BYTES);
    }
  g_string_truncate (file->buffer, 0);
  gpo_log_reader_release (file->reader, n);
  g_mutex_lock (&file->lock);
  if (!file->broken)
    file->written = n;
  if (file->n_syncing)
    g_cond_broadcast (&file->progress);
  g_mutex_unlock (&file->lock);
}

/* Writes everything the log holds from n on. Returns the number of the next event. */
static guint64
catch_up (GpoTraceFile *file, guint64 n)
{
  guint64 length;
  while (n < (length = gpo_log_length (file->log)))
    {
      for (guint64 batch = MIN (length, n + 1024); n < batch && file->buffer->len < BUFFER_BYTES; n++)
        if (!file->broken)
          gpo_trace_write_event (file->buffer, file->log, n, gpo_log_get (file->log, n));
      if (file->buffer->len >= BUFFER_BYTES || file->broken)
        flush (file, n);
    }
  flush (file, n);
  return n;
}

static void
wait_for_more (GpoTraceFile *file)
{
  g_mutex_lock (&file->lock);
  while (!file->woken && !file->ending)
    g_cond_wait (&file->wake, &file->lock);
  file->woken = FALSE;
  gint64 until = g_get_monotonic_time () + GATHER_MS * G_TIME_SPAN_MILLISECOND;
  while (!file->ending && file->n_syncing == 0 && g_cond_wait_until (&file->wake, &file->lock, until))
    ;
  g_mutex_unlock (&file->lock);
}

static gpointer
write_trace (gpointer data)
{
  GpoTraceFile *file = data;
  sigset_t pipes;
  sigemptyset (&pipes);
  sigaddset (&pipes, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipes, NULL);
  for (guint64 n = file->written;;)
    {
      /* Asked before catching up: what was appended before close() is written. */
      g_mutex_lock (&file->lock);
      gboolean ending = file->ending;
      g_mutex_unlock (&file->lock);
      n = catch_up (file, n);
      gpo_log_reader_prepare (file->reader);
      if (ending)
        return NULL;
      if (gpo_log_reader_sleep (file->reader, n))
        wait_for_more (file);
    }
}

/* --- the interface --- */

GpoTraceFile *
gpo_trace_file_new (GpoLog *log, const char *path, GpoTraceFileFailed failed, gpointer data, GError **error)
{
  int fd = open_trace (path, error);
  if (fd < 0)
    return NULL;
  GpoTraceFile *file = g_new0 (GpoTraceFile, 1);
  file->log = log;
  file->fd = fd;
  file->path = g_strdup (path);
  file->device = is_device (path);
  file->failed = failed;
  file->data = data;
  file->buffer = g_string_sized_new (2 * BUFFER_BYTES);
  g_mutex_init (&file->lock);
  g_cond_init (&file->wake);
  g_cond_init (&file->progress);
  gpo_trace_write_head (file->buffer, gpo_log_started (log));
  file->written = gpo_log_first (log);
  file->reader = gpo_log_reader_new (log, file->written, woken, file);
  gpo_log_reader_set_paced (file->reader, TRUE);
  flush (file, file->written); /* the head is there before anything happens: a kill leaves no empty file */
  file->thread = g_thread_new ("trace-file", write_trace, file);
  return file;
}

gboolean
gpo_trace_file_sync_to (GpoTraceFile *file, guint64 n)
{
  g_mutex_lock (&file->lock);
  file->n_syncing++;
  g_cond_broadcast (&file->wake);
  while (file->written < n && !file->broken)
    g_cond_wait (&file->progress, &file->lock);
  file->n_syncing--;
  gboolean whole = !file->broken;
  g_mutex_unlock (&file->lock);
  return whole;
}

guint64
gpo_trace_file_written (GpoTraceFile *file)
{
  g_mutex_lock (&file->lock);
  guint64 written = file->written;
  g_mutex_unlock (&file->lock);
  return written;
}

gboolean
gpo_trace_file_close (GpoTraceFile *file)
{
  g_mutex_lock (&file->lock);
  file->ending = TRUE;
  g_cond_broadcast (&file->wake);
  g_mutex_unlock (&file->lock);
  g_thread_join (file->thread);
  gpo_log_reader_free (file->reader);
  /* Some file systems tell of a full disk only now. */
  if (close (file->fd) != 0 && errno != EINTR && !file->broken)
    report (file, errno);
  gboolean whole = !file->broken;
  g_string_free (file->buffer, TRUE);
  g_mutex_clear (&file->lock);
  g_cond_clear (&file->wake);
  g_cond_clear (&file->progress);
  g_free (file->path);
  g_free (file);
  return whole;
}
