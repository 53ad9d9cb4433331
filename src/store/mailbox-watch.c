/* SPDX-License-Identifier: MIT */
/* mailbox-watch.c: an inotify instance a thread, made with the first folder and closed with the last. */
#include "store/mailbox-watch.h"
#include <errno.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

typedef struct
{
  gpointer folder;
  GpoWatchFunc func;
  gboolean in_new;
} Watch;

typedef struct
{
  int fd;
  GSource *source;
  GHashTable *watches; /* watch descriptor → Watch */
} Watcher;

static GPrivate watcher_key;

static void
tell_all (Watcher *watcher)
{
  g_autoptr (GList) descriptors = g_hash_table_get_keys (watcher->watches);
  for (GList *d = descriptors; d; d = d->next)
    {
      Watch *watch = g_hash_table_lookup (watcher->watches, d->data);
      if (watch)
        watch->func (watch->folder, watch->in_new, TRUE, NULL);
    }
}

static void
take_event (Watcher *watcher, struct inotify_event *event)
{
  Watch *watch = g_hash_table_lookup (watcher->watches, GINT_TO_POINTER (event->wd));
  if (event->mask & IN_Q_OVERFLOW)
    tell_all (watcher);
  else if (watch && event->len)
    watch->func (watch->folder, watch->in_new, (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0, event->name);
  else if (watch && event->mask & (IN_DELETE_SELF | IN_MOVE_SELF))
    watch->func (watch->folder, watch->in_new, FALSE, NULL);
}

/* FALSE: nothing more is there. */
static gboolean
take_events (Watcher *watcher)
{
  char buffer[32 * 1024] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  gssize n = read (watcher->fd, buffer, sizeof buffer);
  for (char *p = buffer; p < buffer + n;)
    {
      struct inotify_event *event = (struct inotify_event *) (gpointer) p;
      p += sizeof *event + event->len;
      take_event (watcher, event);
      if (g_private_get (&watcher_key) != watcher)
        return FALSE; /* the last folder closed */
    }
  return n > 0 || (n < 0 && errno == EINTR);
}

/* One read a turn: a flood must not keep the sessions waiting. */
static gboolean
readable (int fd, GIOCondition condition, gpointer data)
{
  take_events (data);
  return G_SOURCE_CONTINUE;
}

void
gpo_watch_drain (void)
{
  Watcher *watcher = g_private_get (&watcher_key);
  while (watcher && take_events (watcher))
    watcher = g_private_get (&watcher_key);
}

static Watcher *
get_watcher (GMainContext *context)
{
  Watcher *watcher = g_private_get (&watcher_key);
  if (watcher)
    return watcher;
  int fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0)
    return NULL;
  watcher = g_new0 (Watcher, 1);
  watcher->fd = fd;
  watcher->watches = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  watcher->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (watcher->source, "mailbox watch");
  g_source_set_callback (watcher->source, G_SOURCE_FUNC (readable), watcher, NULL);
  g_source_attach (watcher->source, context);
  g_private_set (&watcher_key, watcher);
  return watcher;
}

static gboolean
add_one (Watcher *watcher, const char *path, gboolean in_new, gpointer folder, GpoWatchFunc func)
{
  g_autofree char *part = g_build_filename (path, in_new ? "new" : "cur", NULL);
  int wd = inotify_add_watch (
      watcher->fd, part, IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR);
  if (wd < 0)
    return FALSE;
  Watch *watch = g_new (Watch, 1);
  *watch = (Watch){ folder, func, in_new };
  g_hash_table_insert (watcher->watches, GINT_TO_POINTER (wd), watch);
  return TRUE;
}

gboolean
gpo_watch_add (GMainContext *context, const char *path, gpointer folder, GpoWatchFunc func)
{
  Watcher *watcher = get_watcher (context);
  gboolean ok = watcher && add_one (watcher, path, TRUE, folder, func)
                && add_one (watcher, path, FALSE, folder, func);
  if (!ok)
    gpo_watch_remove (folder);
  return ok;
}

void
gpo_watch_remove (gpointer folder)
{
  Watcher *watcher = g_private_get (&watcher_key);
  GHashTableIter iter;
  gpointer wd, watch;
  if (!watcher)
    return;
  g_hash_table_iter_init (&iter, watcher->watches);
  while (g_hash_table_iter_next (&iter, &wd, &watch))
    if (((Watch *) watch)->folder == folder)
      {
        (void) inotify_rm_watch (watcher->fd, GPOINTER_TO_INT (wd));
        g_hash_table_iter_remove (&iter);
      }
  if (g_hash_table_size (watcher->watches))
    return;
  g_source_destroy (watcher->source);
  g_source_unref (watcher->source);
  close (watcher->fd);
  g_hash_table_unref (watcher->watches);
  g_free (watcher);
  g_private_set (&watcher_key, NULL);
}
