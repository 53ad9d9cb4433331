/* SPDX-License-Identifier: MIT */
/* journal.h: letters and UIDs of the last seconds a second time, in one file, so that one write makes many
 * durable.
 *
 * To make a letter durable where it lies costs a commit of the file system's journal: new inode, new bytes,
 * new name. The same bytes written over a file that is there already cost one write, and ten letters fit into
 * it. So a busy office writes its letters into their mailboxes and queues without waiting, and waits for the
 * journal alone; the file system takes its time for the rest.
 *
 *     ROOT/journal.0, ROOT/journal.1   the two segments: one fills while what the other tells becomes durable
 *
 *     segment = *batch                 ; each begins at a multiple of 4,096 bytes and is synced as one
 *     batch   = head *file             ; head: sequence number, durable-upto, boot ID, length, CRC-32
 *     file    = kind path bytes        ; path below ROOT; bytes: all of a letter, or lines of a list of UIDs
 *
 * What stays true:
 *  - a file is whole under a temporary name before the batch that tells of it is written, and in its place
 *    before anybody is told so;
 *  - several batches may be written at a time, but each counts only when all before it are there: a batch
 *    behind a gap was promised to nobody;
 *  - all batches up to `durable-upto` have become durable without the journal; a segment is written over only
 *    then. A sync of the whole file system for other reasons is made use of too;
 *  - so after a kill nothing needs to be done: the files are there. After a power cut (the boot ID is another
 *    one) the files of the later batches are looked up, and those that are missing or torn are made again;
 *  - lines are written where they were, and only into the file they were written to: it is known by its first
 *    line, which is another one whenever a list is written anew;
 *  - what a sync has promised to be gone (an expunged letter) is never brought back. What was removed without
 *    one may be, and is sent twice: RFC 5321 §6.1 prefers that to a loss.
 *
 * The segments are made when an office proves to be busy, and not on a small or full disk. A worker in its
 * turn, but for opening and closing. */
#pragma once
#include <gio/gio.h>
#include <sys/types.h>
#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct GpoJournal GpoJournal;
typedef struct GpoJournalRecord GpoJournalRecord;

#define GPO_JOURNAL_SEGMENT (16 * 1024 * 1024) /* bytes of one segment */
#define GPO_JOURNAL_FILE (64 * 1024)           /* larger files are synced themselves */

typedef enum
{
  GPO_JOURNAL_EXACT,   /* a file of a queue: where the path says */
  GPO_JOURNAL_MAILBOX, /* a letter: somebody may have moved it to cur/ and given it flags */
  GPO_JOURNAL_LINES    /* a piece of a file that grows, behind its first line (gpo_journal_add_lines()) */
} GpoJournalKind;

/* The journal of the store in folder `root`. Makes what a power cut took again, and leaves a message about
 * what it could not. NULL and `error` if a segment cannot be read. */
GpoJournal *gpo_journal_open (const char *root, GError **error);
/* Syncs what is not durable yet, and lets go. */
void gpo_journal_close (GpoJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoJournal, gpo_journal_close)

/* --- a batch: begun, filled, sealed, written, ended --- */

/* A batch's bytes on their way into the journal; used for one batch after the other. The caller frees. */
GpoJournalRecord *gpo_journal_record_new (void);
void gpo_journal_record_free (GpoJournalRecord *record);
/* Begins a batch. FALSE: not now (not busy, no room, an error before): sync the files themselves. */
gboolean gpo_journal_begin (GpoJournal *journal, GpoJournalRecord *record);
/* Adds a file that will be at `path`; `fd` (or -1) is it. FALSE: it cannot be in the journal (it is too
 * large, outside of the store, or on another device). */
gboolean gpo_journal_add (GpoJournal *journal, GpoJournalRecord *record, GpoJournalKind kind, int fd,
                          const char *path, const struct iovec *parts, int n_parts);
/* Adds what was written at `offset` of the file open as `fd`, whose name is `path`. Its first line, which
 * ends before `offset`, tells it from others that have the name before or after it. FALSE as above. */
gboolean gpo_journal_add_lines (GpoJournal *journal, GpoJournalRecord *record, int fd, const char *path,
                                goffset offset, const char *first_line, const struct iovec *lines);
/* TRUE if the batch fits behind the one before it. Else all before it must have ended when it is sealed. */
gboolean gpo_journal_fits (GpoJournal *journal, GpoJournalRecord *record);
/* Gives the batch its number and its place. FALSE: sync the files themselves. */
gboolean gpo_journal_seal (GpoJournal *journal, GpoJournalRecord *record);
/* Writes a sealed batch and waits for the disk. Any thread, and while others do the same. */
void gpo_journal_write (GpoJournal *journal, GpoJournalRecord *record);
/* After gpo_journal_write(), for one batch after the other. TRUE: it is durable. FALSE: it could not be
 * written, or one before it could not: sync the files themselves. */
gboolean gpo_journal_end (GpoJournal *journal, GpoJournalRecord *record);
gboolean gpo_journal_is_on (GpoJournal *journal, dev_t device);
/* Syncs the whole file system. TRUE: gpo_journal_synced() may be called, if no batch is under way. */
gboolean gpo_journal_sync_all (GpoJournal *journal);
/* The whole file system was synced after this batch, or all of them (NULL), had their names: the journal is
 * worth nothing any more up to there, and says so. */
void gpo_journal_synced (GpoJournal *journal, GpoJournalRecord *record);
/* TRUE if there are batches that a removal must not outlive: a removal needs a sync of the whole then. */
gboolean gpo_journal_in_use (GpoJournal *journal);

/* Files made again when it was opened, and those that could not be. */
guint gpo_journal_restored (GpoJournal *journal);
guint gpo_journal_failed (GpoJournal *journal);

/* For tests: begins at the first letter, with segments of this size, and takes this for the boot ID. Before
 * gpo_journal_open(); 0 and NULL: as usual. */
void gpo_journal_set_test (gsize segment, const char *boot_id);

G_END_DECLS
