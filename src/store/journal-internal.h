/* SPDX-License-Identifier: MIT */
/* journal-internal.h: the bytes of the journal, shared by writing and replaying it. Host byte order: a
 * journal is read where it was written. */
#pragma once
#include "store/journal.h"

G_BEGIN_DECLS

#define GPO_JOURNAL_BLOCK 4096
#define GPO_JOURNAL_MAGIC 0x4a4f5047 /* "GPOJ" */

typedef struct
{
  guint32 magic;
  guint32 length;       /* bytes of the batch, with this head, without padding */
  guint64 sequence;     /* from 1 on, one more than the batch before */
  guint64 durable_upto; /* all batches up to this one need no journal */
  char boot_id[40];
  guint32 crc;      /* of the files behind */
  guint32 head_crc; /* of all this before it */
} GpoJournalHead;

typedef struct
{
  guint32 kind, path_length, size;
  guint32 first_line; /* lines: so many of the bytes are not theirs, but the file's first line */
  gint64 time;        /* when it was written, seconds since 1970; lines: their offset */
} GpoJournalFile;     /* then the path, then the bytes */

struct GpoJournal
{
  char *root, *real_root; /* as given; without symbolic links */
  gsize size;             /* of a segment */
  dev_t device;
  char boot_id[40];
  int fds[2];
  guint current; /* the segment being filled */
  gsize at;      /* where its next batch goes */
  guint64 sequence, durable_upto;
  guint without;    /* batches before there was a journal */
  gboolean broken;  /* cannot be written */
  GThread *freeing; /* syncs what the other segment tells */
  guint64 freeing_upto;
  guint restored, failed;
};

struct GpoJournalRecord
{
  guint8 *bytes;      /* aligned to blocks */
  gsize length, room; /* used, and allocated */
  guint segment;      /* sealed: where it goes */
  gsize at;
  guint64 sequence;
  int error; /* written: 0 or errno */
};

/* Reads both segments, makes missing files again, and leaves the journal empty. */
void gpo_journal_replay (GpoJournal *journal);

G_END_DECLS
