/* SPDX-License-Identifier: MIT */
/* loop.h: file descriptors and deadlines, many of them, behind one GSource.
 *
 * GLib's own way, a GSource for each socket, costs at every turn of the main loop a walk over all
 * sources and a poll() over all descriptors: a thousand idle connections make a busy one slow. Here all
 * descriptors of a main context are in one epoll set, and GLib sees only that set's descriptor; all
 * deadlines are in one sorted list, and GLib sees only the earliest. A turn costs what is ready, not
 * what exists.
 *
 * A GpoWatch is embedded in what it watches and belongs to the thread of its loop. Private to src/wire. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct _GpoLoop GpoLoop;
typedef struct _GpoWatch GpoWatch;

struct _GpoWatch
{
  /* Some of EPOLLIN, EPOLLOUT … happened; 0: gpo_loop_again() was asked for. May free the watch. */
  void (*ready) (GpoWatch *watch, guint32 events);
  /* The deadline passed; it is cleared before the call. May free the watch. */
  void (*due) (GpoWatch *watch);
  GpoLoop *loop;
  int fd; /* -1: none at the moment */
  /*< private >*/
  guint32 events;
  gint64 deadline, armed_at; /* µs, monotonic; 0: none. The list is sorted by armed_at <= deadline */
  GSequenceIter *armed;
  GList again_link;
  gboolean again;
};

/* The read buffer of a loop. Whoever reads uses it within one callback and leaves nothing behind. */
#define GPO_READ_SIZE (64 * 1024)
guint8 *gpo_loop_buffer (GpoLoop *loop);

/* Sets the watch up in the loop of the thread-default GMainContext. ready and due are set already. */
void gpo_loop_join (GpoWatch *watch);
/* Takes the watch out: nothing of it is called any more. Does not close the descriptor. */
void gpo_loop_leave (GpoWatch *watch);
/* Watches fd; -1 stops watching the present one. Does not close anything. */
void gpo_loop_set_fd (GpoWatch *watch, int fd, guint32 events);
/* Changes what is watched for; no system call when nothing changes. EPOLLERR and EPOLLHUP always come. */
void gpo_loop_set_events (GpoWatch *watch, guint32 events);
/* Calls `ready` with 0 at the next turn. */
void gpo_loop_again (GpoWatch *watch);
/* Calls `due` once at that time (g_get_monotonic_time()); 0: never. Moving a deadline to later, which
 * every byte on a connection does, is an assignment: the list is put right when the old time comes. */
void gpo_loop_set_deadline (GpoWatch *watch, gint64 when);

G_END_DECLS
