/* SPDX-License-Identifier: MIT */
/* spool.c: changes to a queue on disk, each a job for the committer, and reading letters from it.
 *
 * How letters come in is in delivery.c, how a queue is found again in recovery.c, what becomes of
 * finished files in recycler.c.
 *
 *   envelope-file = "letter-size: " 1*DIGIT LF envelope-text      ; letter/envelope.c */
#include "store/disk.h"
#include "store/store-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_EVERY 64 /* removals: so often the directory is synced, for their files to be used again */

struct GpoSpool
{
  GpoStore *store;
  char *queue, *tmp;
  GpoRecycler *recycler;
  guint refs;
  guint removals;
  GHashTable *reading;  /* ID → number of readers */
  GHashTable *removing; /* IDs whose removal is under way */
};

struct GpoSpoolReader
{
  GpoSpool *spool;
  char *id;
  int fd;
  guint64 size;
};

/* --- opening --- */

GpoSpool *
gpo_spool_open (GpoStore *store, const char *dir, GpoSpoolRecovery **recovery, GError **error)
{
  static const char *const parts[] = { "queue", "free", "damaged", "tmp" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (dir, parts[i], NULL);
      if (!gpo_disk_make_folder (path, error))
        return NULL;
    }
  g_autofree char *free_dir = g_build_filename (dir, "free", NULL);
  g_autofree char *tmp = g_build_filename (dir, "tmp", NULL);
  GpoRecycler *recycler = gpo_recycler_open (free_dir, tmp, GPO_SPOOL_FREE_FILES, error);
  GpoSpoolRecovery *found = recycler ? gpo_spool_recover (dir, recycler, error) : NULL;
  if (found == NULL)
    {
      g_clear_pointer (&recycler, gpo_recycler_free);
      return NULL;
    }
  if (recovery)
    *recovery = found;
  else
    gpo_spool_recovery_free (found);
  GpoSpool *spool = g_new0 (GpoSpool, 1);
  spool->store = store;
  spool->queue = g_build_filename (dir, "queue", NULL);
  spool->tmp = g_steal_pointer (&tmp);
  spool->recycler = recycler;
  spool->refs = 1;
  spool->reading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  spool->removing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return spool;
}

GpoSpool *
gpo_spool_ref (GpoSpool *spool)
{
  spool->refs++;
  return spool;
}

void
gpo_spool_unref (GpoSpool *spool)
{
  if (--spool->refs > 0)
    return;
  gpo_recycler_free (spool->recycler);
  g_hash_table_unref (spool->reading);
  g_hash_table_unref (spool->removing);
  g_free (spool->queue);
  g_free (spool->tmp);
  g_free (spool);
}

void
gpo_spool_close (GpoSpool *spool)
{
  gpo_spool_unref (spool);
}

GpoRecycler *
gpo_spool_recycler (GpoSpool *spool)
{
  return spool->recycler;
}

const char *
gpo_spool_queue (GpoSpool *spool)
{
  return spool->queue;
}

const char *
gpo_spool_tmp (GpoSpool *spool)
{
  return spool->tmp;
}

guint
gpo_spool_free_files (GpoSpool *spool)
{
  return gpo_recycler_count (spool->recycler);
}

/* --- names and texts --- */

char *
gpo_spool_make_id (guint32 letter)
{
  static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  char tail[5] = "";
  guint32 chance = g_random_int ();
  for (int i = 0; i < 4; i++, chance /= 36)
    tail[i] = digits[chance % 36];
  return g_strdup_printf ("L%u-%s", letter, tail);
}

guint32
gpo_spool_id_letter (const char *id)
{
  char *end;
  if (id[0] != 'L' || !g_ascii_isdigit (id[1]))
    return 0;
  guint64 letter = g_ascii_strtoull (id + 1, &end, 10);
  return *end == '-' && letter <= G_MAXUINT32 ? (guint32) letter : 0;
}

char *
gpo_spool_envelope_text (const GpoEnvelope *envelope, guint64 letter_size)
{
  g_autofree char *text = gpo_envelope_to_text (envelope);
  return g_strdup_printf ("letter-size: %" G_GUINT64_FORMAT "\n%s", letter_size, text);
}

GpoEnvelope *
gpo_spool_read_envelope (const char *text, gsize length, guint64 *letter_size, GError **error)
{
  static const char head[] = "letter-size: ";
  if (length < sizeof head || memcmp (text, head, sizeof head - 1) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "envelope, line 1: expected \"%s\"", head);
      return NULL;
    }
  *letter_size = g_ascii_strtoull (text + sizeof head - 1, NULL, 10);
  return gpo_envelope_from_text (text, length, error);
}

char *
gpo_spool_write_file (GpoSpool *spool, GpoJob *job, GpoBatch *batch, struct iovec *parts, int n_parts,
                      const char *place, GError **error)
{
  char *path;
  guint64 size = 0;
  int fd = gpo_recycler_take (spool->recycler, &path, error);
  if (fd < 0)
    return NULL;
  if (place)
    gpo_batch_sync_letter (batch, job, GPO_JOURNAL_EXACT, fd, place, parts, n_parts);
  else
    gpo_batch_sync_file (batch, job, fd);
  for (int i = 0; i < n_parts; i++)
    size += parts[i].iov_len;
  if (gpo_disk_write (fd, parts, n_parts, 0) && gpo_disk_cut (fd, size))
    return path;
  gpo_disk_error (error, "write", path);
  unlink (path);
  g_free (path);
  return NULL;
}

/* --- changes: one kind of job for both --- */

typedef struct
{
  GpoJob job;
  GpoSpool *spool;
  char *id;
  char *envelope_path, *letter_path;
  char *text;      /* update: the new envelope */
  char *fresh;     /* update: the file it was written to */
  gboolean in_use; /* remove: somebody reads the letter, so its file is not used again */
  GpoSpoolFunc callback;
  gpointer user_data;
} Change;

static gboolean
not_there (const char *id, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no letter %s in the queue", id);
  return FALSE;
}

static gboolean
update_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Change *change = (Change *) job;
  struct stat st;
  char head[48];
  gpo_batch_sync_folder (batch, job, change->spool->queue);
  if (stat (change->letter_path, &st) < 0)
    return not_there (change->id, error);
  g_snprintf (head, sizeof head, "letter-size: %" G_GINT64_FORMAT "\n", (gint64) st.st_size);
  struct iovec parts[2] = { { head, strlen (head) }, { change->text, strlen (change->text) } };
  change->fresh = gpo_spool_write_file (change->spool, job, batch, parts, 2, NULL, error);
  return change->fresh != NULL;
}

/* The two files change places, so that no inode is freed; the old one can be used again. */
static gboolean
update_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Change *change = (Change *) job;
  int rc = renameat2 (AT_FDCWD, change->fresh, AT_FDCWD, change->envelope_path, RENAME_EXCHANGE);
  if (rc == 0)
    {
      gpo_recycler_put (change->spool->recycler, change->fresh);
      g_clear_pointer (&change->fresh, g_free);
      return TRUE;
    }
  if (errno == ENOENT || access (change->envelope_path, F_OK) < 0)
    return not_there (change->id, error);
  if (rename (change->fresh, change->envelope_path) < 0) /* a file system that cannot exchange */
    return gpo_disk_error (error, "replace", change->envelope_path);
  g_clear_pointer (&change->fresh, g_free);
  return TRUE;
}

/* Envelope first: without it there is no letter. */
static gboolean
remove_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Change *change = (Change *) job;
  GpoRecycler *recycler = change->spool->recycler;
  gpo_batch_sync_folder (batch, job, change->spool->queue);
  if (!gpo_recycler_put (recycler, change->envelope_path))
    return errno == ENOENT ? not_there (change->id, error)
                           : gpo_disk_error (error, "remove", change->envelope_path);
  if (change->in_use ? unlink (change->letter_path) < 0 : !gpo_recycler_put (recycler, change->letter_path))
    return errno == ENOENT || gpo_disk_error (error, "remove", change->letter_path);
  return TRUE;
}

static void
change_settle (GpoJob *job, gboolean ok, gboolean synced)
{
  Change *change = (Change *) job;
  if (change->fresh)
    gpo_recycler_put (change->spool->recycler, change->fresh);
  if (ok && synced)
    gpo_recycler_settled (change->spool->recycler);
}

static void
change_done (GpoJob *job, const GError *error)
{
  Change *change = (Change *) job;
  if (change->text == NULL)
    g_hash_table_remove (change->spool->removing, change->id);
  if (change->callback)
    change->callback (error, change->user_data);
  gpo_spool_unref (change->spool);
  g_free (change->id);
  g_free (change->envelope_path);
  g_free (change->letter_path);
  g_free (change->text);
  g_free (change->fresh);
  g_free (change);
}

static const GpoJobClass update_class = { FALSE, update_write, update_publish, change_settle, change_done };
static const GpoJobClass remove_class = { FALSE, NULL, remove_publish, change_settle, change_done };

static Change *
change_new (GpoSpool *spool, const GpoJobClass *klass, const char *id, GpoSpoolFunc callback,
            gpointer user_data)
{
  Change *change = g_new0 (Change, 1);
  change->job.klass = klass;
  change->spool = gpo_spool_ref (spool);
  change->id = g_strdup (id);
  change->envelope_path = g_strconcat (spool->queue, "/", id, ".envelope", NULL);
  change->letter_path = g_strconcat (spool->queue, "/", id, ".letter", NULL);
  change->callback = callback;
  change->user_data = user_data;
  return change;
}

void
gpo_spool_update (GpoSpool *spool, const GpoEnvelope *envelope, gboolean durable, GpoSpoolFunc callback,
                  gpointer user_data)
{
  Change *change = change_new (spool, &update_class, envelope->id, callback, user_data);
  change->text = gpo_envelope_to_text (envelope);
  change->job.durable = durable;
  gpo_committer_add (gpo_store_committer (spool->store), &change->job);
}

void
gpo_spool_remove (GpoSpool *spool, const char *id, GpoSpoolFunc callback, gpointer user_data)
{
  Change *change = change_new (spool, &remove_class, id, callback, user_data);
  change->job.durable = ++spool->removals % SYNC_EVERY == 0;
  change->in_use = g_hash_table_contains (spool->reading, id);
  g_hash_table_add (spool->removing, g_strdup (id));
  gpo_committer_add (gpo_store_committer (spool->store), &change->job);
}

/* --- reading --- */

GpoSpoolReader *
gpo_spool_open_letter (GpoSpool *spool, const char *id, GError **error)
{
  g_autofree char *path = g_strconcat (spool->queue, "/", id, ".letter", NULL);
  struct stat st;
  if (g_hash_table_contains (spool->removing, id))
    {
      not_there (id, error);
      return NULL;
    }
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 || fstat (fd, &st) < 0)
    {
      gpo_disk_error (error, "open", path);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  GpoSpoolReader *reader = g_new0 (GpoSpoolReader, 1);
  *reader = (GpoSpoolReader){ gpo_spool_ref (spool), g_strdup (id), fd, (guint64) st.st_size };
  guint readers = GPOINTER_TO_UINT (g_hash_table_lookup (spool->reading, id));
  g_hash_table_insert (spool->reading, g_strdup (id), GUINT_TO_POINTER (readers + 1));
  return reader;
}

guint64
gpo_spool_reader_size (GpoSpoolReader *reader)
{
  return reader->size;
}

gssize
gpo_spool_reader_read (GpoSpoolReader *reader, guint64 offset, char *buffer, gsize n, GError **error)
{
  gssize got;
  do
    got = pread (reader->fd, buffer, n, (off_t) offset);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    gpo_disk_error (error, "read letter", reader->id);
  return got;
}

void
gpo_spool_reader_free (GpoSpoolReader *reader)
{
  guint readers = GPOINTER_TO_UINT (g_hash_table_lookup (reader->spool->reading, reader->id));
  if (readers > 1)
    g_hash_table_insert (reader->spool->reading, g_strdup (reader->id), GUINT_TO_POINTER (readers - 1));
  else
    g_hash_table_remove (reader->spool->reading, reader->id);
  close (reader->fd);
  gpo_spool_unref (reader->spool);
  g_free (reader->id);
  g_free (reader);
}
