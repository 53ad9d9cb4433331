/* SPDX-License-Identifier: MIT */
/* mailbox-cache.h: what a mailbox keeps of its letters beside the letters: ENVELOPE, BODY, BODYSTRUCTURE, the
 * header.
 *
 * One file a mailbox, "glasspost-cache", that only grows: a head with the UIDVALIDITY, then a record a
 * letter, each with its UID, lengths and a checksum. It holds nothing that is not in the letters: whatever is
 * wrong with it, it is thrown away and made again, letter by letter as they are asked for. It is never
 * synced.
 *
 * Threads: records are made on readers' threads; reading them and the rest is the office's. */
#pragma once
#include "store/mailbox.h"

G_BEGIN_DECLS

typedef struct GpoMailboxCache GpoMailboxCache;

/* A letter's longer header is not kept. */
#define GPO_CACHE_HEADER_MAX (64 * 1024)

/* The cache in the open folder. Touches nothing yet. Letters are known by slot here. */
GpoMailboxCache *gpo_mailbox_cache_new (int folder_fd, guint32 uidvalidity);
void gpo_mailbox_cache_free (GpoMailboxCache *cache);

/* Reads which records there are, if that was not done: uids[slot] ascending. Blocks; a reader's thread. */
void gpo_mailbox_cache_load (GpoMailboxCache *cache, const guint32 *uids, guint32 n);
/* Whether the cache was read. Any thread. */
gboolean gpo_mailbox_cache_is_loaded (GpoMailboxCache *cache);
/* Whether there is a record for this slot. Any thread. */
gboolean gpo_mailbox_cache_has (GpoMailboxCache *cache, guint32 slot);

/* Records to be written, in one go. */
typedef struct
{
  GString *bytes;
  GArray *slots;  /* of guint32 */
  GArray *starts; /* of guint64: in `bytes` */
} GpoCacheRecords;

void gpo_cache_records_init (GpoCacheRecords *records);
void gpo_cache_records_clear (GpoCacheRecords *records);
/* Makes the record of a letter from its bytes in CRLF form. Pure. */
void gpo_cache_records_add (GpoCacheRecords *records, guint32 slot, guint32 uid, const char *letter,
                            gsize length);
/* Writes them. Where the disk is full they are kept in memory. Blocks; a reader's thread. */
void gpo_mailbox_cache_write (GpoMailboxCache *cache, GpoCacheRecords *records);

/* What is kept of a slot's letter; FALSE if nothing is. The office's thread. The text stays valid until this
 * was called for other letters some times. */
gboolean gpo_mailbox_cache_info (GpoMailboxCache *cache, guint32 slot, guint32 uid, GpoLetterInfo *out);

G_END_DECLS
