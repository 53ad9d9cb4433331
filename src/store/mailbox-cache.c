/* SPDX-License-Identifier: MIT */
/* mailbox-cache.c: the file of kept descriptions.
 *
 *     file   = head *record
 *     head   = "glasspost-cache" LF, version and UIDVALIDITY as 32-bit numbers, 8 NULs
 *     record = Record, envelope, body, bodystructure, header, 0 to 7 NULs
 *
 * Numbers are in the machine's own order: a cache of another machine has another head and is made again.
 *
 * It is read through windows of some blocks, not mapped: the kernel keeps the file's pages anyway, a mapping
 * of a hundred thousand letters' headers would count as ours, and one that somebody cuts would kill the
 * office (SIGBUS). */
#include "store/mailbox-cache.h"
#include "letter/structure.h"
#include "store/disk.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "glasspost-cache"
#define VERSION 2u
#define MAGIC 0x47504f43u
#define WINDOW (64 * 1024)
#define WINDOWS 24
#define BLOCK (1024 * 1024)
#define NOTHING G_MAXUINT32 /* no record; else its place in units of 8 bytes */

typedef struct
{
  char title[16];
  guint32 version, uidvalidity;
  guint64 zero;
} Head;

typedef struct
{
  guint32 magic, uid;
  guint32 lengths[4]; /* envelope, body, bodystructure, header */
  guint32 total;      /* of the record, a multiple of 8 */
  guint32 checksum;   /* of all but itself */
} Record;

typedef struct
{
  guint64 start;
  gsize length;
  char *bytes;
  guint64 used;
} Window;

struct GpoMailboxCache
{
  int folder_fd, fd;
  guint32 uidvalidity;
  GMutex lock;    /* `places`, `size`, `loaded`, `fd` */
  GMutex work;    /* one thread reads or writes the file's end */
  GArray *places; /* of guint32, by slot */
  guint64 size;   /* the file's end */
  gboolean loaded;
  Window windows[WINDOWS];
  guint64 clock;
};

GpoMailboxCache *
gpo_mailbox_cache_new (int folder_fd, guint32 uidvalidity)
{
  GpoMailboxCache *cache = g_new0 (GpoMailboxCache, 1);
  cache->folder_fd = folder_fd;
  cache->fd = -1;
  cache->uidvalidity = uidvalidity;
  cache->places = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_mutex_init (&cache->lock);
  g_mutex_init (&cache->work);
  return cache;
}

void
gpo_mailbox_cache_free (GpoMailboxCache *cache)
{
  if (cache->fd >= 0)
    close (cache->fd);
  for (guint i = 0; i < WINDOWS; i++)
    g_free (cache->windows[i].bytes);
  g_array_unref (cache->places);
  g_mutex_clear (&cache->lock);
  g_mutex_clear (&cache->work);
  g_free (cache);
}

/* FNV-1a over words of 8 bytes: it has to notice a torn or overwritten record, nothing more. Four sums side
 * by side, since each step of one waits for the step before. */
#define LANES 4
#define PRIME G_GUINT64_CONSTANT (1099511628211)

static inline void
mix (guint64 *sums, const char *bytes)
{
  guint64 words[LANES];
  memcpy (words, bytes, sizeof words);
  for (guint i = 0; i < LANES; i++)
    sums[i] = (sums[i] ^ words[i]) * PRIME;
}

static guint32
checksum (const Record *record, const char *rest)
{
  const guint64 start = G_GUINT64_CONSTANT (14695981039346656037);
  guint64 sums[LANES] = { start, start, start, start }, hash = start;
  Record head = *record;
  G_STATIC_ASSERT (sizeof head == sizeof sums);
  head.checksum = 0;
  mix (sums, (const char *) &head);
  gsize left = record->total - sizeof head;
  for (; left >= sizeof sums; left -= sizeof sums, rest += sizeof sums)
    mix (sums, rest);
  char last[sizeof sums] = { 0 };
  memcpy (last, rest, left);
  mix (sums, last);
  for (guint i = 0; i < LANES; i++)
    hash = (hash ^ sums[i]) * PRIME;
  return (guint32) (hash ^ hash >> 32);
}

/* A whole and right record at the beginning of these bytes. */
static gboolean
is_record (const char *bytes, gsize length)
{
  Record record;
  if (length < sizeof record)
    return FALSE;
  memcpy (&record, bytes, sizeof record);
  guint64 sum = sizeof record;
  for (guint i = 0; i < 4; i++)
    sum += record.lengths[i];
  return record.magic == MAGIC && record.total % 8 == 0 && sum <= record.total && record.total - sum < 8
         && record.total <= length && checksum (&record, bytes + sizeof record) == record.checksum;
}

/* --- reading which there are --- */

static void
set_place (GpoMailboxCache *cache, guint32 slot, guint32 place)
{
  static const guint32 nothing = NOTHING;
  while (cache->places->len <= slot)
    g_array_append_val (cache->places, nothing);
  g_array_index (cache->places, guint32, slot) = place;
}

/* Records are made in the order of slots nearly always, so the one behind the last is looked at first. */
static void
note_record (GpoMailboxCache *cache, const char *bytes, guint64 at, const guint32 *uids, guint32 n,
             guint32 *next)
{
  Record record;
  memcpy (&record, bytes, sizeof record);
  guint32 low = 0, high = n;
  if (*next < n && uids[*next] == record.uid)
    low = high = *next;
  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;
      if (uids[middle] < record.uid)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == n || uids[low] != record.uid)
    return;
  set_place (cache, low, (guint32) (at / 8));
  *next = low + 1;
}

/* Goes through all records; returns where the right ones end. */
static guint64
walk (GpoMailboxCache *cache, int fd, const guint32 *uids, guint32 n)
{
  gsize size = BLOCK, have = 0, used = 0;
  g_autofree char *block = g_malloc (size);
  guint64 at = sizeof (Head);
  guint32 next = 0;
  for (;;)
    {
      while (is_record (block + used, have - used))
        {
          note_record (cache, block + used, at, uids, n, &next);
          at += ((Record *) (gpointer) (block + used))->total;
          used += ((Record *) (gpointer) (block + used))->total;
        }
      memmove (block, block + used, have - used);
      have -= used;
      used = 0;
      if (have == size)
        {
          if (size >= 64 * BLOCK) /* no record is that long */
            return at;
          block = g_realloc (block, size *= 2);
        }
      gssize got = pread (fd, block + have, size - have, (off_t) (at + have));
      if (got <= 0)
        return at;
      have += (gsize) got;
    }
}

static gboolean
has_head (GpoMailboxCache *cache, int fd)
{
  Head head;
  return pread (fd, &head, sizeof head, 0) == sizeof head && memcmp (head.title, FILE_NAME "\n", 16) == 0
         && head.version == VERSION && head.uidvalidity == cache->uidvalidity;
}

/* Opens the file, a new one if it is of no use; what is damaged is cut off. -1: without a file. */
static int
open_file (GpoMailboxCache *cache, const guint32 *uids, guint32 n, guint64 *end)
{
  int fd = openat (cache->folder_fd, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  *end = sizeof (Head);
  if (fd < 0)
    return -1;
  if (has_head (cache, fd))
    *end = walk (cache, fd, uids, n);
  else
    {
      Head head = { .title = FILE_NAME "\n", .version = VERSION, .uidvalidity = cache->uidvalidity };
      struct iovec part = { &head, sizeof head };
      if (ftruncate (fd, 0) < 0 || !gpo_disk_write (fd, &part, 1, 0))
        {
          close (fd);
          return -1;
        }
    }
  if (!gpo_disk_cut (fd, *end))
    {
      close (fd);
      return -1;
    }
  return fd;
}

void
gpo_mailbox_cache_load (GpoMailboxCache *cache, const guint32 *uids, guint32 n)
{
  g_mutex_lock (&cache->work);
  if (!gpo_mailbox_cache_is_loaded (cache))
    {
      guint64 end;
      int fd = open_file (cache, uids, n, &end);
      g_mutex_lock (&cache->lock);
      cache->fd = fd;
      cache->size = end;
      cache->loaded = TRUE;
      g_mutex_unlock (&cache->lock);
    }
  g_mutex_unlock (&cache->work);
}

gboolean
gpo_mailbox_cache_is_loaded (GpoMailboxCache *cache)
{
  g_mutex_lock (&cache->lock);
  gboolean loaded = cache->loaded;
  g_mutex_unlock (&cache->lock);
  return loaded;
}

static guint32
get_place (GpoMailboxCache *cache, guint32 slot)
{
  g_mutex_lock (&cache->lock);
  guint32 place
      = cache->loaded && slot < cache->places->len ? g_array_index (cache->places, guint32, slot) : NOTHING;
  g_mutex_unlock (&cache->lock);
  return place;
}

gboolean
gpo_mailbox_cache_has (GpoMailboxCache *cache, guint32 slot)
{
  return get_place (cache, slot) != NOTHING;
}

/* --- records --- */

void
gpo_cache_records_init (GpoCacheRecords *records)
{
  records->bytes = g_string_new (NULL);
  records->slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  records->starts = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
gpo_cache_records_clear (GpoCacheRecords *records)
{
  g_string_free (records->bytes, TRUE);
  g_array_unref (records->slots);
  g_array_unref (records->starts);
}

void
gpo_cache_records_add (GpoCacheRecords *records, guint32 slot, guint32 uid, const char *letter, gsize length)
{
  GString *out = records->bytes;
  guint64 start = out->len;
  Record record = { .magic = MAGIC, .uid = uid };
  gsize ends[5] = { start + sizeof record };
  g_auto (GpoAnatomy) anatomy;
  gpo_anatomy_init (&anatomy, letter, length);
  g_string_append_len (out, (const char *) &record, sizeof record);
  gpo_imap_envelope_append (out, letter, anatomy.parts[0].header);
  ends[1] = out->len;
  gpo_imap_structure_append (out, &anatomy, 0, FALSE);
  ends[2] = out->len;
  gpo_imap_structure_append (out, &anatomy, 0, TRUE);
  ends[3] = out->len;
  if (anatomy.parts[0].header.length <= GPO_CACHE_HEADER_MAX)
    g_string_append_len (out, letter + anatomy.parts[0].header.start,
                         (gssize) anatomy.parts[0].header.length);
  ends[4] = out->len;
  for (guint i = 0; i < 4; i++)
    record.lengths[i] = (guint32) (ends[i + 1] - ends[i]);
  while ((out->len - start) % 8)
    g_string_append_c (out, '\0');
  record.total = (guint32) (out->len - start);
  record.checksum = checksum (&record, out->str + start + sizeof record);
  memcpy (out->str + start, &record, sizeof record);
  g_array_append_val (records->slots, slot);
  g_array_append_val (records->starts, start);
}

void
gpo_mailbox_cache_write (GpoMailboxCache *cache, GpoCacheRecords *records)
{
  struct iovec part = { records->bytes->str, records->bytes->len };
  g_mutex_lock (&cache->work);
  if (cache->fd >= 0 && records->slots->len && gpo_disk_write (cache->fd, &part, 1, cache->size))
    {
      g_mutex_lock (&cache->lock);
      for (guint i = 0; i < records->slots->len; i++)
        set_place (cache, g_array_index (records->slots, guint32, i),
                   (guint32) ((cache->size + g_array_index (records->starts, guint64, i)) / 8));
      cache->size += records->bytes->len;
      g_mutex_unlock (&cache->lock);
    }
  g_mutex_unlock (&cache->work);
}

/* --- reading them --- */

static Window *
oldest (GpoMailboxCache *cache)
{
  Window *window = &cache->windows[0];
  for (guint i = 1; i < WINDOWS; i++)
    if (cache->windows[i].used < window->used)
      window = &cache->windows[i];
  return window;
}

/* At least `need` bytes at `at`, if the file has them. */
static const char *
look (GpoMailboxCache *cache, guint64 at, gsize need, gsize *have)
{
  Window *window = NULL;
  for (guint i = 0; i < WINDOWS && !window; i++)
    if (cache->windows[i].start <= at && at + need <= cache->windows[i].start + cache->windows[i].length)
      window = &cache->windows[i];
  if (!window)
    {
      gsize size = MAX (WINDOW, need);
      window = oldest (cache);
      g_free (window->bytes);
      window->bytes = g_malloc (size);
      window->start = at;
      gssize got = pread (cache->fd, window->bytes, size, (off_t) at);
      window->length = (gsize) MAX (got, 0);
    }
  window->used = ++cache->clock;
  *have = (gsize) (window->start + window->length - at);
  return window->bytes + (at - window->start);
}

gboolean
gpo_mailbox_cache_info (GpoMailboxCache *cache, guint32 slot, guint32 uid, GpoLetterInfo *out)
{
  guint32 place = get_place (cache, slot);
  Record record;
  gsize have;
  if (place == NOTHING)
    return FALSE;
  guint64 at = (guint64) place * 8;
  const char *bytes = look (cache, at, sizeof record, &have);
  if (have < sizeof record)
    return FALSE;
  memcpy (&record, bytes, sizeof record);
  if (record.magic == MAGIC && have < record.total)
    bytes = look (cache, at, record.total, &have);
  if (!is_record (bytes, have) || record.uid != uid)
    {
      g_mutex_lock (&cache->lock);
      set_place (cache, slot, NOTHING);
      g_mutex_unlock (&cache->lock);
      return FALSE;
    }
  const char *text = bytes + sizeof record;
  *out = (GpoLetterInfo){ .envelope_length = record.lengths[0],
                          .body_length = record.lengths[1],
                          .bodystructure_length = record.lengths[2],
                          .header_length = record.lengths[3] };
  out->envelope = text;
  out->body = out->envelope + record.lengths[0];
  out->bodystructure = out->body + record.lengths[1];
  out->header = record.lengths[3] ? out->bodystructure + record.lengths[2] : NULL;
  return TRUE;
}
