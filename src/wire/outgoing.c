/* SPDX-License-Identifier: MIT */
/* outgoing.c: making a connection to somebody else.
 *
 * A name is looked up by the system on GLib's worker thread; a numeric address needs no look-up. The
 * addresses are tried in turn until one answers; one deadline holds for all of it. The last failure is
 * the one that is told. */
#include "wire/channel.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct _GpoOutgoing
{
  GpoConnection *c; /* NULL: the connection is gone, only the look-up still runs */
  char *name;       /* as the caller wrote it */
  guint16 port;
  GCancellable *lookup;
  GList *addresses; /* of GInetAddress: those not tried yet */
  int error;        /* errno of the last try */
  GError *failure;  /* of the look-up */
};

static void
give_up (GpoConnection *c, int code, const char *why)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, code, "cannot connect to %s port %u: %s",
                                          c->outgoing->name, c->outgoing->port, why);
  if (c->user->connected)
    c->user->connected (c, error, c->data);
  gpo_connection_close_now (c, GPO_CLOSE_ERROR, error->message);
}

/* Begins with the next address; 0 or an errno. */
static int
begin (GpoConnection *c, GInetAddress *address)
{
  struct sockaddr_storage storage;
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new (address, c->outgoing->port);
  gssize length = g_socket_address_get_native_size (target);
  if (!g_socket_address_to_native (target, &storage, sizeof storage, NULL))
    return EAFNOSUPPORT;
  int fd = socket (storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  if (connect (fd, (struct sockaddr *) &storage, length) < 0 && errno != EINPROGRESS)
    {
      int error = errno;
      close (fd);
      return error;
    }
  gpo_loop_set_fd (&c->watch, fd, EPOLLOUT);
  gpo_connection_name_local (c, fd);
  if (c->user->calling)
    c->user->calling (c, c->data);
  return 0;
}

static void
try_next (GpoConnection *c)
{
  GpoOutgoing *o = c->outgoing;
  while (o->addresses)
    {
      g_autoptr (GInetAddress) address = o->addresses->data;
      o->addresses = g_list_delete_link (o->addresses, o->addresses);
      o->error = begin (c, address);
      if (o->error == 0)
        return;
    }
  give_up (c, g_io_error_from_errno (o->error), g_strerror (o->error));
}

static void
looked_up (GObject *resolver, GAsyncResult *result, gpointer data)
{
  GpoOutgoing *o = data;
  o->addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &o->failure);
  g_clear_object (&o->lookup);
  if (!o->c)
    gpo_outgoing_free (o);
  else
    gpo_loop_again (&o->c->watch);
}

GpoConnection *
gpo_connection_new_outgoing (const char *address, guint16 port, guint timeout_ms,
                             const GpoConnectionUser *user, gpointer data)
{
  GpoConnection *c = gpo_connection_alloc (user, data);
  GpoOutgoing *o = c->outgoing = g_new0 (GpoOutgoing, 1);
  o->c = c;
  o->name = g_strdup (address);
  o->port = port;
  o->addresses = g_list_prepend (NULL, g_inet_address_new_from_string (address));
  if (o->addresses->data)
    gpo_loop_again (&c->watch);
  else
    {
      g_autoptr (GResolver) resolver = g_resolver_get_default ();
      g_clear_pointer (&o->addresses, g_list_free);
      o->lookup = g_cancellable_new ();
      g_resolver_lookup_by_name_async (resolver, address, o->lookup, looked_up, o);
    }
  if (timeout_ms)
    gpo_loop_set_deadline (&c->watch, g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND);
  return c;
}

/* Runs while connecting: at the first turn, and when the socket has an answer. */
void
gpo_outgoing_ready (GpoConnection *c)
{
  int error = 0, fd = c->watch.fd;
  socklen_t length = sizeof error;
  if (fd < 0)
    {
      if (c->outgoing->failure)
        give_up (c, G_IO_ERROR_HOST_NOT_FOUND, c->outgoing->failure->message);
      else
        try_next (c);
      return;
    }
  getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error)
    {
      c->outgoing->error = error;
      gpo_loop_set_fd (&c->watch, -1, 0);
      close (fd);
      try_next (c);
      return;
    }
  g_clear_pointer (&c->outgoing, gpo_outgoing_free);
  gpo_connection_adopt (c, fd);
  gpo_connection_touch (c);
  if (c->user->connected)
    c->user->connected (c, NULL, c->data);
}

void
gpo_outgoing_due (GpoConnection *c)
{
  give_up (c, G_IO_ERROR_TIMED_OUT, "no answer in time");
}

void
gpo_outgoing_free (GpoOutgoing *o)
{
  o->c = NULL;
  if (o->lookup) /* looked_up() comes back here */
    {
      g_cancellable_cancel (o->lookup);
      return;
    }
  g_list_free_full (o->addresses, g_object_unref);
  g_clear_error (&o->failure);
  g_free (o->name);
  g_free (o);
}
