/* SPDX-License-Identifier: MIT */
/* log-private.h: what the files of the log share.
 *
 *     log.c         chunks of events: appending, dropping, asking
 *     log-reader.c  readers on other threads: what they pin, when they are woken, how far they may be behind
 *     blocks.c      memory for the fields of events
 *     spill.c       a file for the bytes of large letters */
#pragma once
#include "trace/blocks.h"
#include "trace/log.h"
#include "trace/spill.h"

G_BEGIN_DECLS

#define GPO_LOG_CHUNK 1024
#define GPO_LOG_DIRECTORY 1024

typedef struct GpoLogBlock GpoLogBlock;

typedef struct
{
  GpoEvent events[GPO_LOG_CHUNK];
  GpoLogBlock *blocks;
  gsize bytes;      /* of all its blocks */
  guint64 total;    /* the log's `total` when the chunk began */
  gint64 spill_end; /* the spill file up to here belongs to this chunk and older ones */
} GpoLogChunk;

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
  guint64 length, first;      /* published; see the accessors */
  GpoBlocks *blocks;          /* for the fields of events */
  GpoLogChunk ***directories; /* DIRECTORIES of them, then GPO_LOG_DIRECTORY chunks each */
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

  GpoSpill *spill;
};

/* The chunk in which event n lies; it must be there. */
static inline GpoLogChunk *
gpo_log_chunk (GpoLog *log, guint64 n)
{
  guint64 c = n / GPO_LOG_CHUNK;
  return log->directories[c / GPO_LOG_DIRECTORY][c % GPO_LOG_DIRECTORY];
}

/* --- log-reader.c, for the writer --- */

/* Whether some reader may still touch what is before n. Under the lock. */
gboolean gpo_log_is_pinned (GpoLog *log, guint64 n);
/* Wakes those who sleep. */
void gpo_log_wake_readers (GpoLog *log);
/* Waits until no paced reader is further behind than the log allows. */
void gpo_log_await_readers (GpoLog *log);

G_END_DECLS
