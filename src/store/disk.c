/* SPDX-License-Identifier: MIT */
/* disk.c: steps on files, each finished or refused; nothing in between is left to the caller. */
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
gpo_disk_error (GError **error, const char *what, const char *path)
{
  int saved = errno;
  int code = saved == EDQUOT ? G_IO_ERROR_NO_SPACE : (int) g_io_error_from_errno (saved);
  g_set_error (error, G_IO_ERROR, code, "cannot %s %s: %s", what, path, g_strerror (saved));
  errno = saved;
  return FALSE;
}

gboolean
gpo_disk_write (int fd, struct iovec *parts, int n_parts, guint64 offset)
{
  while (n_parts > 0)
    {
      gssize n = pwritev (fd, parts, n_parts, (off_t) offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      offset += (guint64) n;
      for (; n_parts > 0 && (gsize) n >= parts->iov_len; parts++, n_parts--)
        n -= (gssize) parts->iov_len;
      if (n_parts > 0)
        {
          parts->iov_base = (char *) parts->iov_base + n;
          parts->iov_len -= (gsize) n;
        }
    }
  return TRUE;
}

gboolean
gpo_disk_copy (int from, int to, guint64 offset)
{
  g_autofree char *block = g_malloc (256 * 1024);
  for (off_t at = 0;;)
    {
      gssize n = pread (from, block, 256 * 1024, at);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0;
      struct iovec part = { block, (gsize) n };
      if (!gpo_disk_write (to, &part, 1, offset + (guint64) at))
        return FALSE;
      at += n;
    }
}

gboolean
gpo_disk_cut (int fd, guint64 size)
{
  struct stat st;
  if (fstat (fd, &st) < 0)
    return FALSE;
  return st.st_size <= (off_t) size || ftruncate (fd, (off_t) size) == 0;
}

gboolean
gpo_disk_sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return gpo_disk_error (error, "open folder", path);
  gboolean ok = fsync (fd) == 0;
  if (!ok)
    gpo_disk_error (error, "sync folder", path);
  close (fd);
  return ok;
}

/* Folders that wait to be synced together: of the thread that opens a store. */
static GPrivate gathered = G_PRIVATE_INIT ((GDestroyNotify) g_hash_table_unref);

void
gpo_disk_gather (void)
{
  g_private_replace (&gathered, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL));
}

gboolean
gpo_disk_sync_gathered (GError **error)
{
  GHashTable *folders = g_private_get (&gathered);
  GHashTableIter iter;
  gpointer folder;
  gboolean ok = TRUE;
  g_hash_table_iter_init (&iter, folders);
  while (ok && g_hash_table_iter_next (&iter, &folder, NULL))
    ok = gpo_disk_sync_folder (folder, error);
  g_private_replace (&gathered, NULL);
  return ok;
}

static gboolean
sync_or_gather (const char *path, GError **error)
{
  GHashTable *folders = g_private_get (&gathered);
  if (!folders)
    return gpo_disk_sync_folder (path, error);
  g_hash_table_add (folders, g_strdup (path));
  return TRUE;
}

gboolean
gpo_disk_make_folder (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  if (mkdir (path, 0700) == 0)
    return sync_or_gather (parent, error);
  if (errno == EEXIST && g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (errno != ENOENT || strcmp (parent, path) == 0)
    return gpo_disk_error (error, "make folder", path);
  if (!gpo_disk_make_folder (parent, error))
    return FALSE;
  if (mkdir (path, 0700) < 0 && errno != EEXIST)
    return gpo_disk_error (error, "make folder", path);
  return sync_or_gather (parent, error);
}

gboolean
gpo_disk_replace (const char *path, const char *text, GError **error)
{
  g_autofree char *fresh = g_strconcat (path, ".new", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (fresh, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return gpo_disk_error (error, "make", fresh);
  struct iovec part = { (char *) text, strlen (text) };
  gboolean ok = gpo_disk_write (fd, &part, 1, 0) && fsync (fd) == 0;
  if (!ok)
    gpo_disk_error (error, "write", fresh);
  close (fd);
  if (ok && rename (fresh, path) < 0)
    ok = gpo_disk_error (error, "replace", path);
  if (!ok)
    {
      unlink (fresh);
      return FALSE;
    }
  return gpo_disk_sync_folder (folder, error);
}

void
gpo_disk_spread (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  int flags = 0;
  if (ioctl (fd, FS_IOC_GETFLAGS, &flags) == 0 && !(flags & FS_TOPDIR_FL))
    {
      flags |= FS_TOPDIR_FL;
      (void) ioctl (fd, FS_IOC_SETFLAGS, &flags);
    }
  close (fd);
}
