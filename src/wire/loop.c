/* SPDX-License-Identifier: MIT */
/* loop.c: one GSource for all sockets and deadlines of a main context. See loop.h.
 *
 * What stays true:
 *  - a watch that left is never called, even if its event is already fetched: leaving strikes it out
 *    of the batch at hand;
 *  - one turn handles at most BATCH events, so other sources of the context get their turn. */
#include "wire/loop.h"
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64

struct _GpoLoop
{
  GSource source;
  GMainContext *context; /* not referenced: the source is attached to it */
  guint watches;
  int epoll;
  gpointer epoll_tag;
  GQueue again;
  GSequence *deadlines;
  struct epoll_event batch[BATCH];
  int n_batch;
  guint8 buffer[GPO_READ_SIZE];
};

G_LOCK_DEFINE_STATIC (loops);
static GHashTable *loops; /* GMainContext → GpoLoop, both unowned */

static int
compare_armed (gconstpointer a, gconstpointer b, gpointer unused)
{
  gint64 x = ((const GpoWatch *) a)->armed_at, y = ((const GpoWatch *) b)->armed_at;
  return x < y ? -1 : x > y;
}

static gint64
first_deadline (GpoLoop *loop)
{
  GSequenceIter *first = g_sequence_get_begin_iter (loop->deadlines);
  return g_sequence_iter_is_end (first) ? 0 : ((GpoWatch *) g_sequence_get (first))->armed_at;
}

static gboolean
loop_prepare (GSource *source, int *timeout)
{
  GpoLoop *loop = (GpoLoop *) source;
  *timeout = -1;
  if (!g_queue_is_empty (&loop->again))
    return TRUE;
  gint64 first = first_deadline (loop);
  if (first == 0)
    return FALSE;
  gint64 left = first - g_source_get_time (source);
  *timeout = left <= 0 ? 0 : (int) MIN ((left + 999) / 1000, G_MAXINT);
  return left <= 0;
}

static gboolean
loop_check (GSource *source)
{
  GpoLoop *loop = (GpoLoop *) source;
  if (g_source_query_unix_fd (source, loop->epoll_tag) || !g_queue_is_empty (&loop->again))
    return TRUE;
  gint64 first = first_deadline (loop);
  return first != 0 && first <= g_source_get_time (source);
}

static void
run_again (GpoLoop *loop)
{
  for (guint n = loop->again.length; n > 0 && loop->again.length > 0; n--)
    {
      GpoWatch *watch = g_queue_pop_head_link (&loop->again)->data;
      watch->again = FALSE;
      watch->ready (watch, 0);
    }
}

static void
arm (GpoWatch *watch, gint64 when)
{
  watch->armed_at = when;
  if (watch->armed)
    g_sequence_sort_changed (watch->armed, compare_armed, NULL);
  else
    watch->armed = g_sequence_insert_sorted (watch->loop->deadlines, watch, compare_armed, NULL);
}

static void
disarm (GpoWatch *watch)
{
  g_clear_pointer (&watch->armed, g_sequence_remove);
}

static void
run_deadlines (GpoLoop *loop, gint64 now)
{
  while (!g_sequence_is_empty (loop->deadlines))
    {
      GpoWatch *watch = g_sequence_get (g_sequence_get_begin_iter (loop->deadlines));
      if (watch->armed_at > now)
        return;
      if (watch->deadline > now) /* it was moved since it was armed */
        {
          arm (watch, watch->deadline);
          continue;
        }
      gboolean passed = watch->deadline != 0;
      watch->deadline = 0;
      disarm (watch);
      if (passed)
        watch->due (watch);
    }
}

static gboolean
loop_dispatch (GSource *source, GSourceFunc unused, gpointer unused_data)
{
  GpoLoop *loop = (GpoLoop *) source;
  g_source_ref (source);
  run_again (loop);
  run_deadlines (loop, g_get_monotonic_time ());
  loop->n_batch = epoll_wait (loop->epoll, loop->batch, BATCH, 0);
  for (int i = 0; i < loop->n_batch; i++)
    {
      GpoWatch *watch = loop->batch[i].data.ptr;
      if (watch)
        watch->ready (watch, loop->batch[i].events);
    }
  loop->n_batch = 0;
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static void
loop_finalize (GSource *source)
{
  GpoLoop *loop = (GpoLoop *) source;
  close (loop->epoll);
  g_sequence_free (loop->deadlines);
}

static GSourceFuncs loop_funcs = { loop_prepare, loop_check, loop_dispatch, loop_finalize };

static GpoLoop *
loop_new (GMainContext *context)
{
  GpoLoop *loop = (GpoLoop *) g_source_new (&loop_funcs, sizeof (GpoLoop));
  g_source_set_static_name (&loop->source, "glasspost sockets");
  /* Nobody runs the loop from inside, and GLib need not see to it: it would take our descriptor away and put
   * it back around each dispatch, and each of both wakes the loop up through its own eventfd. */
  g_source_set_can_recurse (&loop->source, TRUE);
  loop->context = context;
  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (loop->epoll < 0)
    g_error ("epoll: %s", g_strerror (errno));
  loop->epoll_tag = g_source_add_unix_fd (&loop->source, loop->epoll, G_IO_IN);
  g_queue_init (&loop->again);
  loop->deadlines = g_sequence_new (NULL);
  g_source_attach (&loop->source, context);
  return loop;
}

guint8 *
gpo_loop_buffer (GpoLoop *loop)
{
  return loop->buffer;
}

void
gpo_loop_join (GpoWatch *watch)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  G_LOCK (loops);
  if (!loops)
    loops = g_hash_table_new (NULL, NULL);
  GpoLoop *loop = g_hash_table_lookup (loops, context);
  if (!loop)
    g_hash_table_insert (loops, context, loop = loop_new (context));
  loop->watches++;
  G_UNLOCK (loops);
  watch->loop = loop;
  watch->fd = -1;
  watch->again_link.data = watch;
}

void
gpo_loop_leave (GpoWatch *watch)
{
  GpoLoop *loop = watch->loop;
  gpo_loop_set_fd (watch, -1, 0);
  disarm (watch);
  if (watch->again)
    g_queue_unlink (&loop->again, &watch->again_link);
  watch->again = FALSE;
  watch->loop = NULL;
  G_LOCK (loops);
  gboolean last = --loop->watches == 0;
  if (last)
    g_hash_table_remove (loops, loop->context);
  G_UNLOCK (loops);
  if (last)
    {
      g_source_destroy (&loop->source);
      g_source_unref (&loop->source);
    }
}

void
gpo_loop_set_fd (GpoWatch *watch, int fd, guint32 events)
{
  GpoLoop *loop = watch->loop;
  if (watch->fd >= 0)
    {
      epoll_ctl (loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
      for (int i = 0; i < loop->n_batch; i++)
        if (loop->batch[i].data.ptr == watch)
          loop->batch[i].data.ptr = NULL;
    }
  watch->fd = fd;
  watch->events = events;
  if (fd < 0)
    return;
  struct epoll_event event = { .events = events, .data.ptr = watch };
  if (epoll_ctl (loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
    g_critical ("epoll cannot watch descriptor %d: %s", fd, g_strerror (errno));
}

void
gpo_loop_set_events (GpoWatch *watch, guint32 events)
{
  if (watch->fd < 0 || watch->events == events)
    return;
  struct epoll_event event = { .events = events, .data.ptr = watch };
  watch->events = events;
  epoll_ctl (watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void
gpo_loop_again (GpoWatch *watch)
{
  if (watch->again)
    return;
  watch->again = TRUE;
  g_queue_push_tail_link (&watch->loop->again, &watch->again_link);
}

void
gpo_loop_set_deadline (GpoWatch *watch, gint64 when)
{
  watch->deadline = when;
  if (when != 0 && (!watch->armed || when < watch->armed_at))
    arm (watch, when);
}
