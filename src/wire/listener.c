/* SPDX-License-Identifier: MIT */
/* listener.c: accepting.
 *
 * When the descriptors run out, accept() fails and the listening socket stays readable: without a pause the
 * loop would spin. So the listener looks away for a second and tells its user once. */
#include "wire/listener.h"
#include "wire/channel.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define ACCEPTS_A_TURN 64
#define PAUSE_US G_TIME_SPAN_SECOND

struct _GpoListener
{
  GpoWatch watch; /* first */
  guint refs;     /* one for the user, one while a callback runs */
  const GpoListenerUser *user;
  gpointer data;
  guint16 port;
  gboolean accepting;
  gboolean paused;
};

static void
listener_unref (GpoListener *listener)
{
  if (--listener->refs > 0)
    return;
  g_free (listener);
}

static void
update (GpoListener *listener)
{
  gpo_loop_set_events (&listener->watch, listener->accepting && !listener->paused ? EPOLLIN : 0);
}

static void
listener_exhausted (GpoListener *listener, int error)
{
  g_autofree char *text
      = g_strdup_printf ("port %u: no new connections for a moment: %s; raise the limit with ulimit -n",
                         listener->port, g_strerror (error));
  listener->paused = TRUE;
  update (listener);
  gpo_loop_set_deadline (&listener->watch, g_get_monotonic_time () + PAUSE_US);
  if (listener->user->exhausted)
    listener->user->exhausted (listener, text, listener->data);
}

static void
listener_ready (GpoWatch *watch, guint32 events)
{
  GpoListener *listener = (GpoListener *) watch;
  listener->refs++;
  for (int i = 0; i < ACCEPTS_A_TURN && watch->loop && listener->accepting && !listener->paused; i++)
    {
      int fd = accept4 (watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        {
          g_autoptr (GpoConnection) c = gpo_connection_new_accepted (fd, NULL, NULL);
          listener->user->accepted (listener, c, listener->data);
        }
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        listener_exhausted (listener, errno);
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        break;
    }
  listener_unref (listener);
}

static void
listener_due (GpoWatch *watch)
{
  GpoListener *listener = (GpoListener *) watch;
  listener->paused = FALSE;
  update (listener);
}

static int
listen_on (GSocketAddress *where, int *error)
{
  struct sockaddr_storage storage;
  int on = 1;
  g_socket_address_to_native (where, &storage, sizeof storage, NULL);
  int fd = socket (storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
      && bind (fd, (struct sockaddr *) &storage, g_socket_address_get_native_size (where)) == 0
      && listen (fd, BACKLOG) == 0)
    return fd;
  *error = errno;
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
explain (GError **error, const char *address, guint16 port, int code)
{
  int io_code = g_io_error_from_errno (code);
  if (code == EADDRINUSE)
    g_set_error (error, G_IO_ERROR, io_code,
                 "port %u is in use by another program; move all ports with --port-base", port);
  else if (code == EACCES)
    g_set_error (error, G_IO_ERROR, io_code,
                 "port %u needs rights this program does not have; choose one above 1023, with --port-base",
                 port);
  else if (code == EADDRNOTAVAIL)
    g_set_error (error, G_IO_ERROR, io_code,
                 "the address %s is not one of this machine's; `ip address` lists those that are", address);
  else
    g_set_error (error, G_IO_ERROR, io_code, "cannot listen on %s port %u: %s", address, port,
                 g_strerror (code));
}

static guint16
bound_port (int fd)
{
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getsockname (fd, (struct sockaddr *) &storage, &length) < 0)
    return 0;
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (&storage, length);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

GpoListener *
gpo_listener_new (const char *address, guint16 port, const GpoListenerUser *user, gpointer data,
                  GError **error)
{
  int code = 0;
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  if (!where)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is not a numeric address such as 127.0.0.1 or ::1", address);
      return NULL;
    }
  int fd = listen_on (where, &code);
  if (fd < 0)
    {
      explain (error, address, port, code);
      return NULL;
    }
  GpoListener *listener = g_new0 (GpoListener, 1);
  listener->watch.ready = listener_ready;
  listener->watch.due = listener_due;
  listener->refs = 1;
  listener->user = user;
  listener->data = data;
  listener->port = bound_port (fd);
  listener->accepting = TRUE;
  gpo_loop_join (&listener->watch);
  gpo_loop_set_fd (&listener->watch, fd, EPOLLIN);
  return listener;
}

guint16
gpo_listener_port (const GpoListener *listener)
{
  return listener->port;
}

void
gpo_listener_set_accepting (GpoListener *listener, gboolean accepting)
{
  listener->accepting = accepting;
  update (listener);
}

void
gpo_listener_free (GpoListener *listener)
{
  int fd = listener->watch.fd;
  gpo_loop_leave (&listener->watch);
  close (fd);
  listener_unref (listener);
}
