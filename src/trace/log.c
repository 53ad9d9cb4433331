/* SPDX-License-Identifier: MIT */
/* log.c: chunks of events that never move.
 *
 * A chunk holds 1,024 events and the blocks of bytes their fields lie in. Chunks are found through a
 * directory of two levels, whose first level is a fixed array, so that a reader needs no lock: it
 * reads the published length with acquire order, and everything below it is there and stays there.
 *
 * Going back is the delicate part. The oldest chunk is dropped only by the writer, only when the log
 * is over its limits, and only if every reader has released it; `first` is raised before the chunk
 * is freed, and a new reader pins under the lock that guards dropping.
 *
 * The bytes of letters go to a spill file (unlinked, on disk) once they are more than a few
 * kilobytes; the event keeps only where. When its chunk goes, the hole is punched out of the file.
 *
 * A paced reader (the file writer) that falls behind holds the writer up: `total` counts every byte
 * that was ever appended, each chunk knows what it was when the chunk began, and the difference to the
 * chunk a reader has pinned is how far it is behind. */
#include "trace/log.h"
#include "trace/blocks.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_EVENTS 1024
#define DIRECTORY_CHUNKS 1024
#define DIRECTORIES 65536
#define BLOCK_BYTES (16 * 1024)
#define BLOCK_HEAD (sizeof (Block))
/* A letter's bytes up to this length lie beside the events; more of it goes to the spill file. */
#define INLINE_CONTENT 8192

typedef struct Block Block;
struct Block
{
  Block *next;
  guint32 size, used;
  guint8 bytes[];
};

typedef struct
{
  GpoEvent events[CHUNK_EVENTS];
  Block *blocks;
  gsize bytes;       /* of all its blocks */
  guint64 total;     /* the log's `total` when the chunk began */
  goffset spill_end; /* the spill file up to here belongs to this chunk and older ones */
} Chunk;

struct GpoLogReader
{
  GpoLog *log;
  guint64 pinned;
  void (*wake) (gpointer);
  gpointer data;
  gboolean asleep, paced;
};

struct GpoLog
{
  guint64 length, first; /* published; see the accessors */
  GpoBlocks *blocks;     /* of BLOCK_BYTES */
  Chunk ***directories;  /* DIRECTORIES of them, then DIRECTORY_CHUNKS chunks each */
  gsize memory;
  guint64 max_events;
  gsize max_bytes;
  gboolean enabled;
  gint64 epoch, started;
  GpoClockFunc clock;
  gpointer clock_data;

  guint64 total, paced_at; /* bytes ever appended; what it was when readers were last waited for */
  gsize backlog;
  GCond released;
  gint waiting; /* the writer waits for a paced reader */

  GMutex lock; /* readers, dropping */
  GPtrArray *readers;
  gint n_asleep;

  int spill_fd;
  goffset spill_used, spill_punched;
};

GpoLog *
gpo_log_new (void)
{
  GpoLog *log = g_new0 (GpoLog, 1);
  log->directories = g_new0 (Chunk **, DIRECTORIES);
  log->blocks = gpo_blocks_new (BLOCK_BYTES);
  log->max_events = GPO_LOG_MAX_EVENTS;
  log->max_bytes = GPO_LOG_MAX_BYTES;
  log->backlog = GPO_LOG_BACKLOG;
  log->enabled = TRUE;
  log->epoch = g_get_monotonic_time ();
  log->started = g_get_real_time ();
  log->readers = g_ptr_array_new ();
  log->spill_fd = -1;
  g_mutex_init (&log->lock);
  g_cond_init (&log->released);
  return log;
}

/* A block as usual, or one that was made larger for a long text. */
static gboolean
is_usual (const Block *block)
{
  return block->size == BLOCK_BYTES - BLOCK_HEAD;
}

static void
chunk_free (GpoLog *log, Chunk *chunk)
{
  for (Block *block = chunk->blocks, *next; block; block = next)
    {
      next = block->next;
      if (is_usual (block))
        gpo_blocks_give (log->blocks, block);
      else
        g_free (block);
    }
  g_free (chunk);
}

void
gpo_log_free (GpoLog *log)
{
  g_return_if_fail (log->readers->len == 0);
  guint64 n_chunks = (log->length + CHUNK_EVENTS - 1) / CHUNK_EVENTS;
  for (guint64 c = log->first / CHUNK_EVENTS; log->first < log->length && c < n_chunks; c++)
    chunk_free (log, log->directories[c / DIRECTORY_CHUNKS][c % DIRECTORY_CHUNKS]);
  for (guint64 d = 0; d < DIRECTORIES && d <= n_chunks / DIRECTORY_CHUNKS; d++)
    g_free (log->directories[d]);
  g_free (log->directories);
  gpo_blocks_free (log->blocks);
  g_ptr_array_unref (log->readers);
  g_mutex_clear (&log->lock);
  g_cond_clear (&log->released);
  if (log->spill_fd >= 0)
    close (log->spill_fd);
  g_free (log);
}

void
gpo_log_set_clock (GpoLog *log, GpoClockFunc clock, gpointer data)
{
  log->clock = clock;
  log->clock_data = data;
}

void
gpo_log_set_limits (GpoLog *log, guint64 events, gsize bytes)
{
  log->max_events = events;
  log->max_bytes = bytes;
}

void
gpo_log_set_backlog (GpoLog *log, gsize bytes)
{
  log->backlog = bytes;
}

void
gpo_log_set_first (GpoLog *log, guint64 n)
{
  g_return_if_fail (log->length == log->first && n / CHUNK_EVENTS / DIRECTORY_CHUNKS < DIRECTORIES);
  __atomic_store_n (&log->first, n, __ATOMIC_RELEASE);
  __atomic_store_n (&log->length, n, __ATOMIC_RELEASE);
}

void
gpo_log_set_enabled (GpoLog *log, gboolean enabled)
{
  log->enabled = enabled;
}

gint64
gpo_log_started (GpoLog *log)
{
  return __atomic_load_n (&log->started, __ATOMIC_RELAXED);
}

void
gpo_log_set_started (GpoLog *log, gint64 wall)
{
  __atomic_store_n (&log->started, wall, __ATOMIC_RELAXED);
}

guint64
gpo_log_length (GpoLog *log)
{
  return __atomic_load_n (&log->length, __ATOMIC_ACQUIRE);
}

guint64
gpo_log_first (GpoLog *log)
{
  return __atomic_load_n (&log->first, __ATOMIC_ACQUIRE);
}

gsize
gpo_log_memory (GpoLog *log)
{
  return __atomic_load_n (&log->memory, __ATOMIC_RELAXED);
}

static Chunk *
chunk_of (GpoLog *log, guint64 n)
{
  guint64 c = n / CHUNK_EVENTS;
  return log->directories[c / DIRECTORY_CHUNKS][c % DIRECTORY_CHUNKS];
}

const GpoEvent *
gpo_log_get (GpoLog *log, guint64 n)
{
  if (n >= gpo_log_length (log) || n < gpo_log_first (log))
    return NULL;
  return &chunk_of (log, n)->events[n % CHUNK_EVENTS];
}

/* --- writing --- */

static Chunk *
chunk_for_append (GpoLog *log)
{
  guint64 c = log->length / CHUNK_EVENTS;
  if (log->length % CHUNK_EVENTS != 0 && log->length != log->first)
    return log->directories[c / DIRECTORY_CHUNKS][c % DIRECTORY_CHUNKS];
  Chunk ***directory = &log->directories[c / DIRECTORY_CHUNKS];
  if (!*directory)
    *directory = g_new0 (Chunk *, DIRECTORY_CHUNKS);
  /* Only the head is cleared: each event is written whole before it is published. */
  Chunk *chunk = g_malloc (sizeof (Chunk));
  memset ((char *) chunk + sizeof chunk->events, 0, sizeof (Chunk) - sizeof chunk->events);
  chunk->total = log->total;
  (*directory)[c % DIRECTORY_CHUNKS] = chunk;
  __atomic_store_n (&log->memory, log->memory + sizeof (Chunk), __ATOMIC_RELAXED);
  return chunk;
}

static guint8 *
chunk_bytes (GpoLog *log, Chunk *chunk, guint32 n)
{
  Block *block = chunk->blocks;
  if (!block || block->size - block->used < n)
    {
      guint32 size = MAX (n, BLOCK_BYTES - BLOCK_HEAD);
      block = n <= BLOCK_BYTES - BLOCK_HEAD ? gpo_blocks_take (log->blocks) : g_malloc (BLOCK_HEAD + size);
      block->size = size;
      block->used = 0;
      block->next = chunk->blocks;
      chunk->blocks = block;
      chunk->bytes += BLOCK_HEAD + size;
      __atomic_store_n (&log->memory, log->memory + BLOCK_HEAD + size, __ATOMIC_RELAXED);
    }
  guint8 *bytes = block->bytes + block->used;
  block->used += n;
  return bytes;
}

static gboolean
over_limits (GpoLog *log)
{
  return (log->max_events && log->length - log->first > log->max_events + CHUNK_EVENTS)
         || (log->max_bytes && log->memory > log->max_bytes);
}

/* Drops the oldest chunk if no reader still needs it. */
static gboolean
drop_oldest (GpoLog *log)
{
  guint64 next_first = (log->first / CHUNK_EVENTS + 1) * CHUNK_EVENTS;
  if (next_first >= log->length)
    return FALSE;
  g_mutex_lock (&log->lock);
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      if (__atomic_load_n (&reader->pinned, __ATOMIC_ACQUIRE) < next_first)
        {
          g_mutex_unlock (&log->lock);
          return FALSE;
        }
    }
  guint64 c = log->first / CHUNK_EVENTS;
  Chunk *chunk = chunk_of (log, log->first);
  __atomic_store_n (&log->first, next_first, __ATOMIC_RELEASE);
  log->directories[c / DIRECTORY_CHUNKS][c % DIRECTORY_CHUNKS] = NULL;
  g_mutex_unlock (&log->lock);
  __atomic_store_n (&log->memory, log->memory - sizeof (Chunk) - chunk->bytes, __ATOMIC_RELAXED);
  if (chunk->spill_end > log->spill_punched)
    {
      fallocate (log->spill_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, log->spill_punched,
                 chunk->spill_end - log->spill_punched);
      log->spill_punched = chunk->spill_end;
    }
  chunk_free (log, chunk);
  return TRUE;
}

static void
wake_readers (GpoLog *log)
{
  if (g_atomic_int_get (&log->n_asleep) == 0)
    return;
  g_mutex_lock (&log->lock);
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      if (reader->asleep)
        {
          reader->asleep = FALSE;
          g_atomic_int_add (&log->n_asleep, -1);
          reader->wake (reader->data);
        }
    }
  g_mutex_unlock (&log->lock);
}

/* Whether some paced reader is more than the backlog behind. Under the lock. */
static gboolean
reader_behind (GpoLog *log)
{
  for (guint i = 0; i < log->readers->len; i++)
    {
      GpoLogReader *reader = log->readers->pdata[i];
      guint64 pinned = __atomic_load_n (&reader->pinned, __ATOMIC_SEQ_CST);
      if (reader->paced && pinned < log->length && log->total - chunk_of (log, pinned)->total > log->backlog)
        return TRUE;
    }
  return FALSE;
}

/* Holds the writer up while a paced reader is too far behind. Looked at each time an eighth of the
 * backlog has been appended. */
static void
keep_pace (GpoLog *log)
{
  if (!log->backlog || log->total - log->paced_at < log->backlog / 8)
    return;
  log->paced_at = log->total;
  g_mutex_lock (&log->lock);
  g_atomic_int_set (&log->waiting, TRUE);
  while (reader_behind (log))
    g_cond_wait (&log->released, &log->lock);
  g_atomic_int_set (&log->waiting, FALSE);
  g_mutex_unlock (&log->lock);
}

static guint64
append (GpoLog *log, GpoEventBuilder *b)
{
  Chunk *chunk = chunk_for_append (log);
  GpoEvent *event = &chunk->events[log->length % CHUNK_EVENTS];
  *event = b->event;
  event->n_bytes = b->used;
  guint8 *bytes = chunk_bytes (log, chunk, b->used);
  memcpy (bytes, b->bytes, b->used);
  event->fields = bytes;
  chunk->spill_end = log->spill_used;
  log->total += sizeof (GpoEvent) + b->used;
  gpo_event_clear (b);
  guint64 n = log->length;
  /* Ordered against n_asleep below: either the reader sees the event or we see that it sleeps. */
  __atomic_store_n (&log->length, n + 1, __ATOMIC_SEQ_CST);
  wake_readers (log);
  keep_pace (log);
  while (over_limits (log) && drop_oldest (log))
    ;
  return n;
}

guint64
gpo_log_append (GpoLog *log, GpoEventBuilder *b)
{
  if (!log->enabled)
    {
      gpo_event_clear (b);
      return log->length;
    }
  if (b->event.time == 0)
    b->event.time = log->clock ? log->clock (log->clock_data) : g_get_monotonic_time () - log->epoch;
  return append (log, b);
}

/* --- the bytes of letters --- */

/* A file without a name. /var/tmp is a disk where /tmp may be memory. */
static int
open_spill (void)
{
  const char *wished = g_getenv ("TMPDIR");
  const char *folders[] = { wished && *wished ? wished : "/var/tmp", g_get_tmp_dir () };
  int fd = -1;
  for (guint i = 0; fd < 0 && i < G_N_ELEMENTS (folders); i++)
    {
      fd = open (folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        break;
      g_autofree char *path = g_build_filename (folders[i], "glasspost-XXXXXX", NULL);
      fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        unlink (path);
    }
  return fd;
}

static gboolean
spill (GpoLog *log, const char *bytes, gsize n)
{
  if (log->spill_fd < 0)
    log->spill_fd = open_spill ();
  for (gsize done = 0; done < n;)
    {
      gssize w = log->spill_fd < 0
                     ? -1
                     : pwrite (log->spill_fd, bytes + done, n - done, log->spill_used + (goffset) done);
      if (w < 0 && errno == EINTR)
        continue;
      if (w <= 0)
        return FALSE;
      done += (gsize) w;
    }
  return TRUE;
}

guint64
gpo_log_append_data (GpoLog *log, GpoEventBuilder *b, const char *bytes, gsize n, gboolean recorded)
{
  if (!log->enabled)
    {
      gpo_event_clear (b);
      return log->length;
    }
  b->event.kind = GPO_KIND_DATA;
  gpo_event_add_number (b, GPO_FIELD_LENGTH, (gint64) n);
  if (recorded)
    return gpo_log_append (log, b);
  /* A full disk costs the content in the trace, not the letter: then the bytes lie in memory. */
  if (n > INLINE_CONTENT && spill (log, bytes, n))
    {
      gpo_event_add_number (b, GPO_FIELD_HIDDEN, log->spill_used);
      log->spill_used += (goffset) n;
      log->total += n;
    }
  else
    gpo_event_add_text (b, GPO_FIELD_TEXT, bytes, (gssize) n);
  return gpo_log_append (log, b);
}

/* The event again, its long text moved to the spill file, every field in its place. */
static gboolean
spill_text (GpoLog *log, GpoEventBuilder *b)
{
  GpoEventBuilder moved;
  GpoFieldIter iter;
  gsize length;
  const char *text = gpo_event_text (gpo_event_peek (b), GPO_FIELD_TEXT, &length);
  /* The length field says how much to read back, so it must be the true one. */
  if (!text || length <= INLINE_CONTENT
      || gpo_event_number (&b->event, GPO_FIELD_LENGTH, -1) != (gint64) length || !spill (log, text, length))
    return FALSE;
  gpo_event_begin (&moved, GPO_KIND_DATA);
  moved.event = b->event;
  gpo_field_iter_init (&iter, &b->event);
  while (gpo_field_iter_next (&iter))
    if (iter.field == GPO_FIELD_TEXT)
      gpo_event_add_number (&moved, GPO_FIELD_HIDDEN, log->spill_used);
    else
      gpo_event_add_value (&moved, &iter);
  log->spill_used += (goffset) length;
  log->total += length;
  append (log, &moved);
  gpo_event_clear (b);
  return TRUE;
}

guint64
gpo_log_append_read (GpoLog *log, GpoEventBuilder *b)
{
  if (b->event.kind == GPO_KIND_DATA && spill_text (log, b))
    return log->length - 1;
  return append (log, b);
}

GBytes *
gpo_log_content (GpoLog *log, const GpoEvent *event)
{
  gsize length;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  if (text)
    return g_bytes_new (text, length);
  gint64 offset = gpo_event_number (event, GPO_FIELD_HIDDEN, -1);
  if (offset < 0)
    return NULL;
  length = (gsize) gpo_event_number (event, GPO_FIELD_LENGTH, 0);
  g_autofree char *bytes = g_malloc (length);
  for (gsize done = 0; done < length;)
    {
      gssize r = pread (log->spill_fd, bytes + done, length - done, offset + (goffset) done);
      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        return NULL;
      done += (gsize) r;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

/* --- readers --- */

GpoLogReader *
gpo_log_reader_new (GpoLog *log, guint64 from, void (*wake) (gpointer), gpointer data)
{
  GpoLogReader *reader = g_new0 (GpoLogReader, 1);
  reader->log = log;
  reader->wake = wake;
  reader->data = data;
  g_mutex_lock (&log->lock);
  reader->pinned = MAX (from, log->first);
  g_ptr_array_add (log->readers, reader);
  g_mutex_unlock (&log->lock);
  return reader;
}

void
gpo_log_reader_free (GpoLogReader *reader)
{
  g_mutex_lock (&reader->log->lock);
  g_ptr_array_remove_fast (reader->log->readers, reader);
  if (reader->asleep)
    g_atomic_int_add (&reader->log->n_asleep, -1);
  g_cond_signal (&reader->log->released);
  g_mutex_unlock (&reader->log->lock);
  g_free (reader);
}

void
gpo_log_reader_release (GpoLogReader *reader, guint64 n)
{
  GpoLog *log = reader->log;
  if (n <= reader->pinned)
    return;
  /* Ordered against `waiting`: either the writer sees the release or we see that it waits. */
  __atomic_store_n (&reader->pinned, n, __ATOMIC_SEQ_CST);
  if (!g_atomic_int_get (&log->waiting))
    return;
  g_mutex_lock (&log->lock);
  g_cond_signal (&log->released);
  g_mutex_unlock (&log->lock);
}

void
gpo_log_reader_set_paced (GpoLogReader *reader, gboolean paced)
{
  g_mutex_lock (&reader->log->lock);
  reader->paced = paced;
  g_cond_signal (&reader->log->released);
  g_mutex_unlock (&reader->log->lock);
}

guint64
gpo_log_wanted_first (GpoLog *log)
{
  guint64 length = gpo_log_length (log), first = gpo_log_first (log);
  if (log->max_bytes && gpo_log_memory (log) > log->max_bytes)
    return MIN (length, first + (length - first) / 16 + CHUNK_EVENTS);
  if (log->max_events && length - first > log->max_events)
    return length - log->max_events;
  return first;
}

gboolean
gpo_log_reader_sleep (GpoLogReader *reader, guint64 n)
{
  GpoLog *log = reader->log;
  gboolean sleeps = FALSE;
  g_return_val_if_fail (reader->wake, FALSE);
  g_mutex_lock (&log->lock);
  if (!reader->asleep)
    {
      reader->asleep = TRUE;
      g_atomic_int_inc (&log->n_asleep);
    }
  if (__atomic_load_n (&log->length, __ATOMIC_SEQ_CST) > n)
    {
      reader->asleep = FALSE;
      g_atomic_int_add (&log->n_asleep, -1);
    }
  else
    sleeps = TRUE;
  g_mutex_unlock (&log->lock);
  return sleeps;
}
