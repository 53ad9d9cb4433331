/* SPDX-License-Identifier: MIT */
/* mailbox-read.c: reads letters, whole, and makes what is kept of them (mailbox-cache.c), on readers'
 * threads.
 *
 * A file that its deliverer wrote with bare LFs is given with CRLF (RFC 3501 §2.3.4). Nothing is kept of a
 * letter that was read: the kernel does that. */
#include "store/mailbox-internal.h"
#include "letter/anatomy.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  GpoReaderTask task;
  GpoFolder *folder;
  guint n;
  guint32 *slots, *uids;
  guint32 *sizes; /* in CRLF form, as the table has it */
  GpoFileRef *refs;
  gsize most;
  GPtrArray *letters; /* of GBytes or NULL */
  guint32 *all_uids;  /* of all slots, when the cache is to be read */
  guint32 n_all;
  GpoMailboxReadFunc read;
  GpoMailboxFunc done;
  gpointer data;
} Reading;

/* --- one letter --- */

/* Every LF without a CR before it gets one. `room` is the size that is expected. */
static GBytes *
to_crlf (const char *from, gsize length, gsize room)
{
  GByteArray *out = g_byte_array_sized_new ((guint) MAX (room, length));
  for (gsize at = 0; at < length;)
    {
      const char *lf = memchr (from + at, '\n', length - at);
      gsize end = lf ? (gsize) (lf - from) : length;
      g_byte_array_append (out, (const guint8 *) from + at, (guint) (end - at));
      if (!lf)
        break;
      gboolean bare = end == 0 || from[end - 1] != '\r';
      g_byte_array_append (out, (const guint8 *) (bare ? "\r\n" : "\n"), bare ? 2 : 1);
      at = end + 1;
    }
  return g_byte_array_free_to_bytes (out);
}

static int
open_letter (int folder_fd, const GpoFileRef *ref, GString *name)
{
  int fd = openat (folder_fd, gpo_file_name (name, ref->base, ref->in_new, ref->disk, ref->passed),
                   O_RDONLY | O_CLOEXEC);
  for (guint tries = 0; fd < 0 && errno == ENOENT && tries < 3; tries++)
    {
      if (!gpo_file_find (folder_fd, ref, name))
        break;
      fd = openat (folder_fd, name->str, O_RDONLY | O_CLOEXEC);
    }
  return fd;
}

/* Reads up to `room` bytes from the beginning; -1: it cannot be read. */
static gssize
read_up_to (int fd, char *bytes, gsize room)
{
  gsize have = 0;
  for (gssize n; have < room; have += (gsize) n)
    if ((n = pread (fd, bytes + have, room - have, (off_t) have)) < 0)
      return -1;
    else if (n == 0)
      break;
  return (gssize) have;
}

/* The whole file: as long as the table says, at most, or else as long as it is. NULL: it cannot be read. */
static char *
read_whole (int fd, guint32 size, gsize *length)
{
  struct stat st;
  gsize room = (gsize) MIN (size, G_MAXINT32) + 1;
  char *bytes = g_malloc (room);
  gssize have = read_up_to (fd, bytes, room);
  if (have == (gssize) room && fstat (fd, &st) == 0 && st.st_size <= G_MAXINT32)
    {
      room = MAX ((gsize) st.st_size, room);
      bytes = g_realloc (bytes, room);
      have = read_up_to (fd, bytes, room);
    }
  else if (have == (gssize) room)
    have = -1;
  if (have < 0)
    g_clear_pointer (&bytes, g_free);
  *length = (gsize) MAX (have, 0);
  return bytes;
}

/* NULL: it is gone, or cannot be read. */
static GBytes *
read_letter (int folder_fd, const GpoFileRef *ref, guint32 size, GString *name)
{
  int fd = open_letter (folder_fd, ref, name);
  gsize have = 0;
  char *bytes = fd >= 0 ? read_whole (fd, size, &have) : NULL;
  if (fd >= 0)
    close (fd);
  if (!bytes || have == size || gpo_count_bare_lf (bytes, (GpoSpan){ 0, have }) == 0)
    return bytes ? g_bytes_new_take (bytes, have) : NULL;
  GBytes *converted = to_crlf (bytes, have, size);
  g_free (bytes);
  return converted;
}

/* --- tasks --- */

static Reading *
reading_new (GpoMailbox *mailbox, guint n)
{
  Reading *reading = g_new0 (Reading, 1);
  reading->folder = gpo_folder (gpo_mailbox_ref (mailbox));
  reading->slots = g_new (guint32, n);
  reading->uids = g_new (guint32, n);
  reading->sizes = g_new (guint32, n);
  reading->refs = g_new (GpoFileRef, n);
  return reading;
}

static void
reading_add (Reading *reading, guint32 slot)
{
  const GpoMessage *message = gpo_mailbox_message (&reading->folder->mailbox, slot);
  guint i = reading->n++;
  reading->slots[i] = slot;
  reading->uids[i] = message->uid;
  reading->sizes[i] = message->size;
  reading->refs[i] = gpo_folder_ref (reading->folder, slot);
}

static void
reading_free (Reading *reading)
{
  g_clear_pointer (&reading->letters, g_ptr_array_unref);
  g_free (reading->slots);
  g_free (reading->uids);
  g_free (reading->sizes);
  g_free (reading->refs);
  g_free (reading->all_uids);
  gpo_mailbox_unref (&reading->folder->mailbox);
  g_free (reading);
}

static void
unref_letter (gpointer letter)
{
  if (letter)
    g_bytes_unref (letter);
}

static void
read_work (GpoReaderTask *task)
{
  Reading *reading = (Reading *) task;
  gsize sum = 0;
  g_autoptr (GString) name = g_string_new (NULL);
  reading->letters = g_ptr_array_new_with_free_func (unref_letter);
  for (guint i = 0; i < reading->n && (i == 0 || sum < reading->most); i++)
    {
      GBytes *letter = read_letter (reading->folder->fd, &reading->refs[i], reading->sizes[i], name);
      g_ptr_array_add (reading->letters, letter);
      sum += letter ? g_bytes_get_size (letter) : 0;
    }
}

/* A size that a name told wrongly (S=, W=) is put right when the letter was read. */
static void
correct_size (GpoMailbox *mailbox, guint32 slot, gsize size)
{
  GpoMessage *message = gpo_mailbox_message (mailbox, slot);
  if (message->size == size || message->flags & GPO_FLAG_EXPUNGED)
    return;
  mailbox->size += size - message->size;
  message->size = (guint32) size;
}

static void
read_finished (GpoReaderTask *task)
{
  Reading *reading = (Reading *) task;
  GpoMailbox *mailbox = &reading->folder->mailbox;
  for (guint i = 0; i < reading->letters->len; i++)
    {
      GBytes *letter = reading->letters->pdata[i];
      if (letter)
        correct_size (mailbox, reading->slots[i], g_bytes_get_size (letter));
      /* An expunged letter is gone for everybody, though its file may lie there a moment longer. */
      if (gpo_mailbox_message (mailbox, reading->slots[i])->flags & GPO_FLAG_EXPUNGED)
        g_clear_pointer (&reading->letters->pdata[i], g_bytes_unref);
    }
  reading->read ((GBytes *const *) reading->letters->pdata, reading->letters->len, reading->data);
  reading_free (reading);
}

void
gpo_folder_read (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most, GpoMailboxReadFunc done,
                 gpointer data)
{
  Reading *reading = reading_new (mailbox, n);
  reading->task.work = read_work;
  reading->task.finished = read_finished;
  reading->most = most;
  reading->read = done;
  reading->data = data;
  for (guint i = 0; i < n; i++)
    reading_add (reading, slots[i]);
  gpo_reader_start (reading->folder->owner, &reading->task);
}

/* --- what is kept --- */

gboolean
gpo_folder_info (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out)
{
  const GpoMessage *message = gpo_mailbox_message (mailbox, slot);
  return !(message->flags & GPO_FLAG_EXPUNGED)
         && gpo_mailbox_cache_info (gpo_folder (mailbox)->cache, slot, message->uid, out);
}

static void
info_work (GpoReaderTask *task)
{
  Reading *reading = (Reading *) task;
  GpoMailboxCache *cache = reading->folder->cache;
  GpoCacheRecords records;
  g_autoptr (GString) name = g_string_new (NULL);
  if (reading->all_uids)
    gpo_mailbox_cache_load (cache, reading->all_uids, reading->n_all);
  gpo_cache_records_init (&records);
  for (guint i = 0; i < reading->n; i++)
    {
      if (gpo_mailbox_cache_has (cache, reading->slots[i]))
        continue;
      g_autoptr (GBytes) letter
          = read_letter (reading->folder->fd, &reading->refs[i], reading->sizes[i], name);
      if (!letter)
        continue;
      gsize length;
      const char *bytes = g_bytes_get_data (letter, &length);
      gpo_cache_records_add (&records, reading->slots[i], reading->uids[i], bytes ? bytes : "", length);
      reading->sizes[i] = (guint32) length;
    }
  gpo_mailbox_cache_write (cache, &records);
  gpo_cache_records_clear (&records);
}

static void
info_finished (GpoReaderTask *task)
{
  Reading *reading = (Reading *) task;
  GpoMailbox *mailbox = &reading->folder->mailbox;
  for (guint i = 0; i < reading->n; i++)
    correct_size (mailbox, reading->slots[i], reading->sizes[i]);
  reading->done (NULL, reading->data);
  reading_free (reading);
}

void
gpo_folder_load_info (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data)
{
  Reading *reading = reading_new (mailbox, n);
  reading->task.work = info_work;
  reading->task.finished = info_finished;
  reading->done = done;
  reading->data = data;
  for (guint i = 0; i < n; i++)
    if (!(gpo_mailbox_message (mailbox, slots[i])->flags & GPO_FLAG_EXPUNGED))
      reading_add (reading, slots[i]);
  if (!gpo_mailbox_cache_is_loaded (reading->folder->cache))
    {
      reading->n_all = mailbox->n_slots;
      reading->all_uids = g_new (guint32, mailbox->n_slots);
      for (guint32 slot = 0; slot < mailbox->n_slots; slot++)
        reading->all_uids[slot] = gpo_mailbox_message (mailbox, slot)->uid;
    }
  gpo_reader_start (reading->folder->owner, &reading->task);
}
