/* SPDX-License-Identifier: MIT */
/* mailbox-scan.c: finds out what local readers did to a folder: letters added, renamed (flags), removed.
 *
 * A scan is a job, so it sees the folder as the table will be when its `done` is called (mailbox-internal.h),
 * and every difference is somebody else's doing. Names are compared, not flags: what we believe a file to be
 * called is in its row.
 *
 * readdir() may pass over a file that is renamed meanwhile; so a letter is gone only if two scans in a row
 * did not find it.
 *
 * When to look: when the kernel tells of a file that is not as the table has it, and at NOOP. Looking at a
 * folder of 100,000 letters takes a while, so looks are spaced by eight times what the last one took. */
#include "store/mailbox-internal.h"
#include "store/disk.h"
#include "store/maildir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* --- reading a folder --- */

static void
take_name (GpoFolderScan *scan, const char *name, gboolean in_new)
{
  const char *info = strstr (name, ":2,");
  gsize base = info ? (gsize) (info - name) : strlen (name);
  gboolean passed = FALSE;
  GpoFoundFile file = { .name = scan->text->len, .in_new = (guint8) in_new };
  if (name[0] == '.')
    return;
  if (info)
    file.flags = gpo_flags_from_marks (info + 3, strlen (info + 3), &passed);
  file.passed = (guint8) passed;
  g_string_append_len (scan->text, name, (gssize) base);
  g_string_append_c (scan->text, '\0');
  GpoPlace place = { gpo_name_moment (name), scan->files->len };
  g_array_append_val (scan->places, place);
  g_array_append_val (scan->files, file);
}

static gboolean
read_part (int folder_fd, const char *part, GpoFolderScan *scan, GError **error)
{
  int fd = openat (folder_fd, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (!dir)
    {
      gpo_disk_error (error, "read the mailbox's folder", part);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  errno = 0;
  for (struct dirent *entry; (entry = readdir (dir)); errno = 0)
    take_name (scan, entry->d_name, *part == 'n');
  gboolean ok = errno == 0 || gpo_disk_error (error, "read the mailbox's folder", part);
  closedir (dir);
  return ok;
}

/* new/ first: a letter that moves from new/ to cur/ meanwhile is seen twice rather than never. */
gboolean
gpo_scan_read (int folder_fd, gboolean with_new, gboolean with_cur, GpoFolderScan *scan, GError **error)
{
  scan->text = g_string_sized_new (4096);
  scan->files = g_array_new (FALSE, FALSE, sizeof (GpoFoundFile));
  scan->places = g_array_new (FALSE, FALSE, sizeof (GpoPlace));
  scan->did_new = with_new;
  scan->did_cur = with_cur;
  return (!with_new || read_part (folder_fd, "new", scan, error))
         && (!with_cur || read_part (folder_fd, "cur", scan, error));
}

void
gpo_scan_clear (GpoFolderScan *scan)
{
  if (scan->text)
    g_string_free (scan->text, TRUE);
  g_clear_pointer (&scan->files, g_array_unref);
  g_clear_pointer (&scan->places, g_array_unref);
  scan->text = NULL;
}

/* --- comparing --- */

typedef struct
{
  GpoJob job;
  GpoFolder *folder;
  GpoFolderScan scan;
  gint64 took;
  GArray *waiters; /* of GpoWaiter; served with the change that follows */
} Scan;

static void
answer (GArray *waiters, const GError *error)
{
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  for (guint i = 0; i < waiters->len; i++)
    {
      GpoWaiter *waiter = &g_array_index (waiters, GpoWaiter, i);
      waiter->done (own, waiter->data);
    }
}

static guint32
known (GpoFolder *folder, guint32 flags)
{
  return flags & (GPO_FLAG_KEYWORD (folder->mailbox.n_keywords) - 1) & GPO_FLAGS_ALL;
}

/* A file of a letter that the table has. */
static void
compare_known (GpoFolder *folder, guint32 slot, const GpoFoundFile *file, GpoChange *flags)
{
  GpoFileRow *row = gpo_folder_row (folder, slot);
  const GpoMessage *message = gpo_mailbox_message (&folder->mailbox, slot);
  if (message->flags & GPO_FLAG_EXPUNGED)
    return; /* ours to unlink, or somebody put it back: then it stays out of sight until the next start */
  row->missed = 0;
  if (row->pending || row->untidy)
    return;
  gboolean same = file->flags == row->disk;
  row->in_new = file->in_new;
  row->passed = file->passed;
  row->disk = file->flags;
  guint32 now = known (folder, file->flags);
  if (same || now == message->flags)
    return;
  row->planned = now;
  g_array_append_val (flags->slots, slot);
  g_array_append_val (flags->flags, now);
}

static void
add_stranger (GpoFolder *folder, const char *base, const GpoFoundFile *file, GpoChange *change)
{
  GpoMaildirName parsed;
  if (g_hash_table_contains (folder->coming, base) || !gpo_maildir_parse (base, &parsed))
    return;
  GpoAdded added = { .base = g_strdup (base), .letter = parsed.letter, .measure = TRUE };
  added.row = (GpoFileRow){ .disk = file->flags,
                            .planned = known (folder, file->flags),
                            .in_new = file->in_new,
                            .passed = file->passed };
  g_hash_table_add (folder->coming, g_strdup (base));
  g_array_append_val (change->added, added);
}

static int
compare_added (gconstpointer a, gconstpointer b)
{
  const char *first = ((const GpoAdded *) a)->base, *second = ((const GpoAdded *) b)->base;
  guint64 x = gpo_name_moment (first), y = gpo_name_moment (second);
  return x < y ? -1 : x > y ? 1 : strcmp (first, second);
}

static int
compare_slots (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return (x > y) - (x < y);
}

/* readdir() has no order; lines in the list want one. */
static void
sort_flags (GpoChange *change)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < change->slots->len; i++)
    {
      guint64 pair = (guint64) g_array_index (change->slots, guint32, i) << 32
                     | g_array_index (change->flags, guint32, i);
      g_array_append_val (pairs, pair);
    }
  g_array_sort (pairs, compare_slots);
  for (guint i = 0; i < pairs->len; i++)
    {
      g_array_index (change->slots, guint32, i) = (guint32) (g_array_index (pairs, guint64, i) >> 32);
      g_array_index (change->flags, guint32, i) = (guint32) g_array_index (pairs, guint64, i);
    }
}

/* Letters not found: once, look again; twice, gone. */
static void
find_missing (Scan *scan, GpoChange *gone)
{
  GpoFolder *folder = scan->folder;
  g_autofree guint8 *found = g_malloc0 (folder->mailbox.n_slots);
  for (guint i = 0; i < scan->scan.files->len; i++)
    {
      const char *base = gpo_scan_name (&scan->scan, i);
      guint32 slot = gpo_folder_find (folder, base);
      if (slot != GPO_NO_PLACE)
        found[slot] = 1;
    }
  for (guint32 slot = 0; slot < folder->mailbox.n_slots; slot++)
    {
      GpoFileRow *row = gpo_folder_row (folder, slot);
      gboolean looked = row->in_new ? scan->scan.did_new : scan->scan.did_cur;
      if (found[slot] || !looked || row->leaving
          || gpo_mailbox_message (&folder->mailbox, slot)->flags & GPO_FLAG_EXPUNGED)
        continue;
      if (!row->missed || !scan->scan.did_cur || !scan->scan.did_new)
        {
          row->missed = 1;
          folder->dirty_new = folder->dirty_cur = TRUE;
        }
      else
        {
          row->leaving = 1;
          g_array_append_val (gone->slots, slot);
        }
    }
}

static void submit_scan (GpoFolder *folder, GArray *waiters);

typedef struct
{
  GpoFolder *folder;
  GArray *waiters;
  gboolean failed; /* what was found could not be written to the list */
} Followed;

static void
note_failure (const GError *error, gpointer data)
{
  ((Followed *) data)->failed |= error != NULL;
}

/* What the scan found is in the table now, or the folder has to be looked at once more. */
static void
followed (const GError *error, gpointer data)
{
  Followed *follow = data;
  GpoFolder *folder = follow->folder;
  folder->scanning = FALSE;
  note_failure (error, follow);
  if (!follow->failed && (folder->dirty_new || folder->dirty_cur) && follow->waiters->len)
    submit_scan (folder, g_steal_pointer (&follow->waiters));
  else
    {
      answer (follow->waiters, error);
      if (folder->dirty_new || folder->dirty_cur || folder->rescans->len)
        gpo_folder_look (folder, FALSE, FALSE);
    }
  if (follow->failed) /* not at once, a full disk stays full for a while, but when somebody asks */
    folder->dirty_new = folder->dirty_cur = TRUE;
  g_clear_pointer (&follow->waiters, g_array_unref);
  gpo_mailbox_unref (&folder->mailbox);
  g_free (follow);
}

static void
compare (Scan *scan)
{
  GpoFolder *folder = scan->folder;
  GpoChange *change = gpo_change_new (folder), *gone = gpo_change_new (folder);
  change->flags = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < scan->scan.files->len; i++)
    {
      const GpoFoundFile *file = &g_array_index (scan->scan.files, GpoFoundFile, i);
      const char *base = gpo_scan_name (&scan->scan, i);
      guint32 slot = gpo_folder_find (folder, base);
      if (slot != GPO_NO_PLACE)
        compare_known (folder, slot, file, change);
      else
        add_stranger (folder, base, file, change);
    }
  g_array_sort (change->added, compare_added);
  sort_flags (change);
  find_missing (scan, gone);
  Followed *follow = g_new0 (Followed, 1);
  follow->folder = gpo_folder (gpo_mailbox_ref (&folder->mailbox));
  follow->waiters = g_array_ref (scan->waiters);
  change->done = note_failure;
  change->data = follow;
  gpo_change_start (change); /* in this order; an empty one is over soon */
  gone->done = followed;
  gone->data = follow;
  gpo_change_start (gone);
}

static gboolean
scan_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Scan *scan = (Scan *) job;
  gint64 began = g_get_monotonic_time ();
  gboolean ok = gpo_scan_read (scan->folder->fd, scan->scan.did_new, scan->scan.did_cur, &scan->scan, error);
  scan->took = g_get_monotonic_time () - began;
  return ok;
}

static void
scan_done (GpoJob *job, const GError *error)
{
  Scan *scan = (Scan *) job;
  GpoFolder *folder = scan->folder;
  folder->scan_not_before = g_get_monotonic_time () + 8 * scan->took;
  if (!error)
    compare (scan);
  else
    {
      folder->scanning = FALSE;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !folder->mailbox.gone)
        gpo_mailbox_tell_gone (&folder->mailbox);
      answer (scan->waiters, error);
      g_autoptr (GArray) others = g_steal_pointer (&folder->rescans);
      folder->rescans = g_array_new (FALSE, FALSE, sizeof (GpoWaiter));
      answer (others, error);
    }
  gpo_scan_clear (&scan->scan);
  g_array_unref (scan->waiters);
  gpo_mailbox_unref (&folder->mailbox);
  g_free (scan);
}

static const GpoJobClass scan_class = { .publish = scan_publish, .done = scan_done };

/* --- when --- */

static void
submit_scan (GpoFolder *folder, GArray *waiters)
{
  Scan *scan = g_new0 (Scan, 1);
  scan->job.klass = &scan_class;
  scan->folder = gpo_folder (gpo_mailbox_ref (&folder->mailbox));
  scan->scan.did_new = folder->dirty_new;
  scan->scan.did_cur = folder->dirty_cur;
  scan->waiters = waiters;
  folder->dirty_new = folder->dirty_cur = FALSE;
  folder->scanning = TRUE;
  gpo_committer_add (gpo_store_committer (folder->owner->store), &scan->job);
}

static gboolean
scan_now (gpointer data)
{
  GpoFolder *folder = data;
  g_clear_pointer (&folder->scan_later, g_source_unref);
  gpo_folder_look (folder, FALSE, FALSE);
  return G_SOURCE_REMOVE;
}

void
gpo_folder_look (GpoFolder *folder, gboolean in_new, gboolean in_cur)
{
  folder->dirty_new |= in_new;
  folder->dirty_cur |= in_cur;
  if (folder->rescans
          ->len) /* those who ask now want to know all; the scan under way may have been too early */
    folder->dirty_new = folder->dirty_cur = TRUE;
  if (folder->loading || folder->scanning || folder->mailbox.gone
      || !(folder->dirty_new || folder->dirty_cur))
    return;
  gint64 wait = folder->scan_not_before - g_get_monotonic_time ();
  if (wait <= 0 || folder->rescans->len)
    {
      submit_scan (folder, folder->rescans);
      folder->rescans = g_array_new (FALSE, FALSE, sizeof (GpoWaiter));
    }
  else if (!folder->scan_later)
    {
      folder->scan_later = g_timeout_source_new ((guint) (wait / 1000 + 1));
      g_source_set_callback (folder->scan_later, scan_now, folder, NULL);
      g_source_attach (folder->scan_later, folder->owner->context);
    }
}

void
gpo_folder_rescan (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data)
{
  GpoFolder *folder = gpo_folder (mailbox);
  GpoWaiter waiter = { done, data };
  gpo_watch_drain ();
  if (!folder->watched)
    folder->dirty_new = folder->dirty_cur = TRUE;
  if (mailbox->gone || (!folder->scanning && !folder->dirty_new && !folder->dirty_cur))
    {
      gpo_maildirs_later (folder->owner, NULL, done, data);
      return;
    }
  g_array_append_val (folder->rescans, waiter);
  gpo_folder_look (folder, FALSE, FALSE);
}

/* --- what the kernel tells --- */

/* Most events are of our own making: those are as the table has it, or as it soon will. */
void
gpo_folder_event (GpoFolder *folder, gboolean in_new, gboolean came, char *name)
{
  if (!name || folder->loading)
    {
      gpo_folder_look (folder, TRUE, TRUE);
      return;
    }
  char *info = strstr (name, ":2,");
  gboolean passed = FALSE;
  guint32 flags = info ? gpo_flags_from_marks (info + 3, strlen (info + 3), &passed) : 0;
  if (info)
    *info = '\0';
  guint32 slot = gpo_folder_find (folder, name);
  gboolean known_name = slot != GPO_NO_PLACE;
  if (name[0] == '.' || (!known_name && !came) || g_hash_table_contains (folder->coming, name))
    return;
  GpoFileRow *row = known_name ? gpo_folder_row (folder, slot) : NULL;
  if (row
      && (row->pending || row->untidy || row->leaving
          || gpo_mailbox_message (&folder->mailbox, slot)->flags & GPO_FLAG_EXPUNGED))
    return;
  gboolean is_so
      = row && (gboolean) row->in_new == in_new && row->disk == flags && row->passed == (guint8) passed;
  if (is_so != came)
    gpo_folder_look (folder, in_new, !in_new);
}
