/* SPDX-License-Identifier: MIT */
/* recycler.c: free files as a stack of numbers: the one used last is the one taken first, for its
 * blocks are still in memory. `free/17` is file 17. Only the committer's workers, one at a time, and the
 * opening of the spool come here; the lock is for the count. */
#include "store/recycler.h"
#include "store/disk.h"
#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct GpoRecycler
{
  char *free_dir, *tmp_dir;
  guint limit;
  GMutex lock;
  GArray *numbers; /* guint64, free */
  GArray *limbo;   /* guint64, in free_dir, but the rename may not be durable */
  guint64 next;
};

static char *
free_path (GpoRecycler *recycler, guint64 number)
{
  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT, recycler->free_dir, number);
}

static gboolean
read_free_files (GpoRecycler *recycler, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (recycler->free_dir, 0, error);
  if (dir == NULL)
    return FALSE;
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      guint64 number;
      if (!g_ascii_string_to_unsigned (name, 10, 0, G_MAXINT64, &number, NULL))
        continue;
      recycler->next = MAX (recycler->next, number + 1);
      g_array_append_val (recycler->limbo, number);
    }
  return TRUE;
}

static gboolean
adopt_tmp_files (GpoRecycler *recycler, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (recycler->tmp_dir, 0, error);
  if (dir == NULL)
    return FALSE;
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (recycler->tmp_dir, name, NULL);
      gpo_recycler_put (recycler, path);
    }
  return TRUE;
}

GpoRecycler *
gpo_recycler_open (const char *free_dir, const char *tmp_dir, guint limit, GError **error)
{
  GpoRecycler *recycler = g_new0 (GpoRecycler, 1);
  recycler->free_dir = g_strdup (free_dir);
  recycler->tmp_dir = g_strdup (tmp_dir);
  recycler->limit = limit;
  g_mutex_init (&recycler->lock);
  recycler->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  recycler->limbo = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (!read_free_files (recycler, error) || !adopt_tmp_files (recycler, error))
    g_clear_pointer (&recycler, gpo_recycler_free);
  return recycler;
}

void
gpo_recycler_free (GpoRecycler *recycler)
{
  g_array_free (recycler->numbers, TRUE);
  g_array_free (recycler->limbo, TRUE);
  g_mutex_clear (&recycler->lock);
  g_free (recycler->free_dir);
  g_free (recycler->tmp_dir);
  g_free (recycler);
}

/* The top of the stack. FALSE: empty. */
static gboolean
pop_number (GpoRecycler *recycler, guint64 *number)
{
  g_mutex_lock (&recycler->lock);
  guint n = recycler->numbers->len;
  if (n > 0)
    {
      *number = g_array_index (recycler->numbers, guint64, n - 1);
      g_array_set_size (recycler->numbers, n - 1);
    }
  g_mutex_unlock (&recycler->lock);
  return n > 0;
}

int
gpo_recycler_take (GpoRecycler *recycler, char **path, GError **error)
{
  for (guint64 number; pop_number (recycler, &number);)
    {
      *path = free_path (recycler, number);
      int fd = open (*path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
      if (fd >= 0)
        return fd;
      g_free (*path); /* somebody removed it: no harm */
    }
  *path = g_strdup_printf ("%s/%" G_GUINT64_FORMAT, recycler->tmp_dir, recycler->next++);
  int fd = open (*path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      gpo_disk_error (error, "make", *path);
      g_clear_pointer (path, g_free);
    }
  return fd;
}

gboolean
gpo_recycler_put (GpoRecycler *recycler, const char *path)
{
  g_mutex_lock (&recycler->lock);
  gboolean full = recycler->numbers->len + recycler->limbo->len >= recycler->limit;
  g_mutex_unlock (&recycler->lock);
  if (full)
    return unlink (path) == 0;
  guint64 number = recycler->next++;
  g_autofree char *to = free_path (recycler, number);
  if (rename (path, to) < 0)
    return errno != ENOENT && unlink (path) == 0;
  g_mutex_lock (&recycler->lock);
  g_array_append_val (recycler->limbo, number);
  g_mutex_unlock (&recycler->lock);
  return TRUE;
}

/* Only now, with the rename durable, may the bytes go. */
static void
shorten_large (GpoRecycler *recycler, guint from)
{
  for (guint i = from; i < recycler->limbo->len; i++)
    {
      struct stat st;
      g_autofree char *path = free_path (recycler, g_array_index (recycler->limbo, guint64, i));
      if (stat (path, &st) == 0 && st.st_size > GPO_SPOOL_FREE_BYTES && truncate (path, 0) < 0)
        g_debug ("cannot shorten %s: %s", path, g_strerror (errno));
    }
}

void
gpo_recycler_settled (GpoRecycler *recycler)
{
  shorten_large (recycler, 0);
  g_mutex_lock (&recycler->lock);
  g_array_append_vals (recycler->numbers, recycler->limbo->data, recycler->limbo->len);
  g_array_set_size (recycler->limbo, 0);
  g_mutex_unlock (&recycler->lock);
}

guint
gpo_recycler_count (GpoRecycler *recycler)
{
  g_mutex_lock (&recycler->lock);
  guint n = recycler->numbers->len;
  g_mutex_unlock (&recycler->lock);
  return n;
}
