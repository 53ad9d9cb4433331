/* SPDX-License-Identifier: MIT */
/* store.c: the root folder: its lock, its layout, and what all parts of the store share. */
#include "store/letter-counter.h"
#include "store/disk.h"
#include "store/stream.h"
#include "store/store-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define STREAM_THREADS 2

struct GpoStore
{
  char *root, *tmp;
  int lock;
  GMainContext *context; /* the opener's */
  GpoCommitter *committer;
  GThreadPool *streams;
  GpoLetterCounter *counter;
  GpoJournal *journal;
};

gboolean
gpo_store_name_is_safe (const char *name)
{
  if (name == NULL || *name == '\0' || *name == '.' || strlen (name) > 200)
    return FALSE;
  for (const guchar *p = (const guchar *) name; *p; p++)
    if (*p == '/' || *p < 0x20 || *p == 0x7f)
      return FALSE;
  return TRUE;
}

/* The lock goes with the process, however it ends; the text in the file is only for people. */
static int
take_lock (const char *root, GError **error)
{
  g_autofree char *path = g_build_filename (root, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  char text[32] = "";
  if (fd < 0)
    {
      gpo_disk_error (error, "open", path);
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      int busy = errno == EWOULDBLOCK;
      gssize n = busy ? pread (fd, text, sizeof text - 1, 0) : 0;
      text[MAX (n, 0)] = '\0';
      if (busy)
        g_set_error (
            error, G_IO_ERROR, G_IO_ERROR_BUSY,
            "the store %s is in use by process %s; end that office, or choose another folder with --store",
            root, *text ? g_strstrip (text) : "?");
      else
        gpo_disk_error (error, "lock", path);
      close (fd);
      return -1;
    }
  int n = g_snprintf (text, sizeof text, "%d\n", (int) getpid ());
  if (ftruncate (fd, 0) < 0 || pwrite (fd, text, (gsize) n, 0) != n)
    {
      gpo_disk_error (error, "write", path);
      close (fd);
      return -1;
    }
  return fd;
}

/* Letters that were coming in when the last office ended: none of them was answered with 250. */
static gboolean
empty_folder (const char *path, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      if (unlink (file) < 0)
        return gpo_disk_error (error, "remove", file);
    }
  return dir != NULL;
}

static gboolean
open_parts (GpoStore *store, GMainContext *context, GError **error)
{
  g_autofree char *tls = gpo_store_tls_path (store);
  g_autofree char *counter = g_build_filename (store->root, "counter", NULL);
  if (!gpo_disk_make_folder (store->root, error) || (store->lock = take_lock (store->root, error)) < 0)
    return FALSE;
  gpo_disk_spread (store->root);
  if (!gpo_disk_make_folder (store->tmp, error) || !gpo_disk_make_folder (tls, error)
      || !empty_folder (store->tmp, error))
    return FALSE;
  store->journal = gpo_journal_open (store->root, error);
  if (store->journal == NULL)
    return FALSE;
  store->committer = gpo_committer_new (context);
  gpo_committer_set_journal (store->committer, store->journal);
  store->streams = g_thread_pool_new (gpo_stream_work, NULL, STREAM_THREADS, FALSE, NULL);
  store->counter = gpo_letter_counter_open (counter, store->committer, error);
  return store->counter != NULL;
}

GpoStore *
gpo_store_open (const char *root, GMainContext *context, GError **error)
{
  GpoStore *store = g_new0 (GpoStore, 1);
  store->root = g_canonicalize_filename (root, NULL);
  store->tmp = g_build_filename (store->root, "tmp", NULL);
  store->lock = -1;
  store->context = context;
  if (!open_parts (store, context, error))
    g_clear_pointer (&store, gpo_store_close);
  return store;
}

void
gpo_store_flush (GpoStore *store)
{
  gpo_committer_flush (store->committer);
}

void
gpo_store_close (GpoStore *store)
{
  if (store->committer)
    gpo_committer_flush (store->committer);
  if (store->streams)
    g_thread_pool_free (store->streams, FALSE, TRUE);
  if (store->counter)
    gpo_letter_counter_close (store->counter);
  g_clear_pointer (&store->committer, gpo_committer_free);
  g_clear_pointer (&store->journal, gpo_journal_close);
  if (store->lock >= 0)
    close (store->lock);
  g_free (store->root);
  g_free (store->tmp);
  g_free (store);
}

gboolean
gpo_store_add_host (GpoStore *store, const char *host, GError **error)
{
  if (!gpo_store_name_is_safe (host))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                   "a host cannot be called \"%s\": its name is a folder's", host ? host : "");
      return FALSE;
    }
  g_autofree char *folder = g_build_filename (store->root, host, NULL);
  g_autofree char *mail = g_build_filename (folder, "mail", NULL);
  if (!gpo_disk_make_folder (mail, error))
    return FALSE;
  gpo_disk_spread (folder);
  gpo_disk_spread (mail);
  return TRUE;
}

char *
gpo_store_spool_path (GpoStore *store, const char *host)
{
  return g_build_filename (store->root, host, "spool", NULL);
}

char *
gpo_store_maildir_path (GpoStore *store, const char *host, const char *person)
{
  return g_build_filename (store->root, host, "mail", person, "Maildir", NULL);
}

char *
gpo_store_tls_path (GpoStore *store)
{
  return g_build_filename (store->root, "tls", NULL);
}

guint32
gpo_store_next_letter (GpoStore *store)
{
  return gpo_letter_counter_next (store->counter);
}

guint32
gpo_store_first_letter (GpoStore *store)
{
  return gpo_letter_counter_first (store->counter);
}

GpoJournal *
gpo_store_journal (GpoStore *store)
{
  return store->journal;
}

GpoCommitter *
gpo_store_committer (GpoStore *store)
{
  return store->committer;
}

GMainContext *
gpo_store_context (GpoStore *store)
{
  return store->context;
}

GThreadPool *
gpo_store_streams (GpoStore *store)
{
  return store->streams;
}

const char *
gpo_store_tmp (GpoStore *store)
{
  return store->tmp;
}
