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
 * The bytes of letters go to the spill file once they are more than a few kilobytes; the event keeps only
 * where. When its chunk goes, so do they. */
#include "trace/log-private.h"
#include <string.h>

#define DIRECTORIES 65536
#define BLOCK_BYTES (16 * 1024)
#define BLOCK_HEAD (sizeof (GpoLogBlock))
/* A letter's bytes up to this length lie beside the events; more of it goes to the spill file. */
#define INLINE_CONTENT 8192

struct GpoLogBlock
{
  GpoLogBlock *next;
  guint32 size, used;
  guint8 bytes[];
};

GpoLog *
gpo_log_new (void)
{
  GpoLog *log = g_new0 (GpoLog, 1);
  log->directories = g_new0 (GpoLogChunk **, DIRECTORIES);
  log->blocks = gpo_blocks_new (BLOCK_BYTES);
  log->max_events = GPO_LOG_MAX_EVENTS;
  log->max_bytes = GPO_LOG_MAX_BYTES;
  log->backlog = GPO_LOG_BACKLOG;
  log->enabled = TRUE;
  log->epoch = g_get_monotonic_time ();
  log->started = g_get_real_time ();
  log->readers = g_ptr_array_new ();
  log->spill = gpo_spill_new ();
  g_mutex_init (&log->lock);
  g_cond_init (&log->released);
  return log;
}

/* A block as usual, or one that was made larger for a long text. */
static gboolean
is_usual (const GpoLogBlock *block)
{
  return block->size == BLOCK_BYTES - BLOCK_HEAD;
}

static void
chunk_free (GpoLog *log, GpoLogChunk *chunk)
{
  for (GpoLogBlock *block = chunk->blocks, *next; block; block = next)
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
  guint64 n_chunks = (log->length + GPO_LOG_CHUNK - 1) / GPO_LOG_CHUNK;
  for (guint64 c = log->first / GPO_LOG_CHUNK; log->first < log->length && c < n_chunks; c++)
    chunk_free (log, log->directories[c / GPO_LOG_DIRECTORY][c % GPO_LOG_DIRECTORY]);
  for (guint64 d = 0; d < DIRECTORIES && d <= n_chunks / GPO_LOG_DIRECTORY; d++)
    g_free (log->directories[d]);
  g_free (log->directories);
  gpo_blocks_free (log->blocks);
  g_ptr_array_unref (log->readers);
  g_mutex_clear (&log->lock);
  g_cond_clear (&log->released);
  gpo_spill_free (log->spill);
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
  g_return_if_fail (log->length == log->first && n / GPO_LOG_CHUNK / GPO_LOG_DIRECTORY < DIRECTORIES);
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

const GpoEvent *
gpo_log_get (GpoLog *log, guint64 n)
{
  if (n >= gpo_log_length (log) || n < gpo_log_first (log))
    return NULL;
  return &gpo_log_chunk (log, n)->events[n % GPO_LOG_CHUNK];
}

/* --- writing --- */

static GpoLogChunk *
chunk_for_append (GpoLog *log)
{
  guint64 c = log->length / GPO_LOG_CHUNK;
  if (log->length % GPO_LOG_CHUNK != 0 && log->length != log->first)
    return log->directories[c / GPO_LOG_DIRECTORY][c % GPO_LOG_DIRECTORY];
  GpoLogChunk ***directory = &log->directories[c / GPO_LOG_DIRECTORY];
  if (!*directory)
    *directory = g_new0 (GpoLogChunk *, GPO_LOG_DIRECTORY);
  /* Only the head is cleared: each event is written whole before it is published. */
  GpoLogChunk *chunk = g_malloc (sizeof (GpoLogChunk));
  memset ((char *) chunk + sizeof chunk->events, 0, sizeof (GpoLogChunk) - sizeof chunk->events);
  chunk->total = log->total;
  (*directory)[c % GPO_LOG_DIRECTORY] = chunk;
  __atomic_store_n (&log->memory, log->memory + sizeof (GpoLogChunk), __ATOMIC_RELAXED);
  return chunk;
}

static guint8 *
chunk_bytes (GpoLog *log, GpoLogChunk *chunk, guint32 n)
{
  GpoLogBlock *block = chunk->blocks;
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
  return (log->max_events && log->length - log->first > log->max_events + GPO_LOG_CHUNK)
         || (log->max_bytes && log->memory > log->max_bytes);
}

guint64
gpo_log_wanted_first (GpoLog *log)
{
  guint64 length = gpo_log_length (log), first = gpo_log_first (log);
  if (log->max_bytes && gpo_log_memory (log) > log->max_bytes)
    return MIN (length, first + (length - first) / 16 + GPO_LOG_CHUNK);
  if (log->max_events && length - first > log->max_events)
    return length - log->max_events;
  return first;
}

/* Drops the oldest chunk if no reader still needs it. */
static gboolean
drop_oldest (GpoLog *log)
{
  guint64 next_first = (log->first / GPO_LOG_CHUNK + 1) * GPO_LOG_CHUNK;
  if (next_first >= log->length)
    return FALSE;
  g_mutex_lock (&log->lock);
  if (gpo_log_is_pinned (log, next_first))
    {
      g_mutex_unlock (&log->lock);
      return FALSE;
    }
  guint64 c = log->first / GPO_LOG_CHUNK;
  GpoLogChunk *chunk = gpo_log_chunk (log, log->first);
  __atomic_store_n (&log->first, next_first, __ATOMIC_RELEASE);
  log->directories[c / GPO_LOG_DIRECTORY][c % GPO_LOG_DIRECTORY] = NULL;
  g_mutex_unlock (&log->lock);
  __atomic_store_n (&log->memory, log->memory - sizeof (GpoLogChunk) - chunk->bytes, __ATOMIC_RELAXED);
  gpo_spill_forget (log->spill, chunk->spill_end);
  chunk_free (log, chunk);
  return TRUE;
}

static guint64
append (GpoLog *log, GpoEventBuilder *b)
{
  GpoLogChunk *chunk = chunk_for_append (log);
  GpoEvent *event = &chunk->events[log->length % GPO_LOG_CHUNK];
  *event = b->event;
  event->n_bytes = b->used;
  guint8 *bytes = chunk_bytes (log, chunk, b->used);
  memcpy (bytes, b->bytes, b->used);
  event->fields = bytes;
  chunk->spill_end = gpo_spill_end (log->spill);
  log->total += sizeof (GpoEvent) + b->used;
  gpo_event_clear (b);
  guint64 n = log->length;
  /* Ordered against n_asleep below: either the reader sees the event or we see that it sleeps. */
  __atomic_store_n (&log->length, n + 1, __ATOMIC_SEQ_CST);
  if (g_atomic_int_get (&log->n_asleep))
    gpo_log_wake_readers (log);
  /* Looked at each time an eighth of the backlog has been appended. */
  if (log->backlog && log->total - log->paced_at >= log->backlog / 8)
    gpo_log_await_readers (log);
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
  gint64 where;
  if (n > INLINE_CONTENT && gpo_spill_write (log->spill, bytes, n, &where))
    {
      gpo_event_add_number (b, GPO_FIELD_HIDDEN, where);
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
  gint64 where;
  const char *text = gpo_event_text (gpo_event_peek (b), GPO_FIELD_TEXT, &length);
  /* The length field says how much to read back, so it must be the true one. */
  if (!text || length <= INLINE_CONTENT
      || gpo_event_number (&b->event, GPO_FIELD_LENGTH, -1) != (gint64) length
      || !gpo_spill_write (log->spill, text, length, &where))
    return FALSE;
  gpo_event_begin (&moved, GPO_KIND_DATA);
  moved.event = b->event;
  gpo_field_iter_init (&iter, &b->event);
  while (gpo_field_iter_next (&iter))
    if (iter.field == GPO_FIELD_TEXT)
      gpo_event_add_number (&moved, GPO_FIELD_HIDDEN, where);
    else
      gpo_event_add_value (&moved, &iter);
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
  return gpo_spill_read (log->spill, offset, (gsize) gpo_event_number (event, GPO_FIELD_LENGTH, 0));
}
