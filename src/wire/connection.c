/* SPDX-License-Identifier: MIT */
/* connection.c: the life of a connection: made, open, finishing, lingering, closed.
 *
 * Bytes move in flow.c, connecting is in outgoing.c, TLS in secure.c. Here is who keeps it alive, when its
 * time is up, and how it ends.
 *
 * The user owns references; the loop owns none, so dropping the last one closes. Only a finishing
 * connection holds itself (own_ref), since its user may be gone before the last byte is.
 * Callbacks come from the main loop only: what breaks inside a call is noted (gpo_connection_fail) and told
 * at the next turn. */
#include "wire/channel.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a finishing connection waits for a peer that takes no bytes. */
#define FLUSH_MS 30000

static const GpoConnectionUser deaf;

static void
free_if_unused (GpoConnection *c)
{
  if (c->refs > 0 || c->pins > 0)
    return;
  g_free (c->local_address);
  g_free (c->peer_address);
  g_free (c->failure);
  g_free (c);
}

/* Keeps the memory, not the connection, while callbacks run: the user may drop it in one of them. */
static GpoConnection *
pin (GpoConnection *c)
{
  c->pins++;
  return c;
}

static void
unpin (GpoConnection *c)
{
  c->pins--;
  free_if_unused (c);
}

const char *
gpo_close_reason_name (GpoCloseReason reason)
{
  static const char *const names[] = { "peer", "reset", "error", "ours" };
  return names[reason];
}

static void
connection_ready (GpoWatch *watch, guint32 events)
{
  GpoConnection *c = pin ((GpoConnection *) watch);
  if (c->failure)
    gpo_connection_close_now (c, c->reason, c->failure);
  else if (c->life == GPO_LIFE_CONNECTING)
    gpo_outgoing_ready (c);
  else
    gpo_flow_ready (c, events);
  unpin (c);
}

static void
connection_due (GpoWatch *watch)
{
  GpoConnection *c = pin ((GpoConnection *) watch);
  if (c->life == GPO_LIFE_CONNECTING)
    gpo_outgoing_due (c);
  else if (c->life == GPO_LIFE_OPEN && c->securing)
    {
      g_autoptr (GError) error
          = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                         "the peer did not finish the TLS handshake in %u ms", c->timeout_ms);
      gpo_secure_failed (c, error);
    }
  else if (c->life == GPO_LIFE_OPEN && c->user->timed_out)
    c->user->timed_out (c, c->data);
  else if (c->life == GPO_LIFE_FINISHING)
    gpo_connection_close_now (c, GPO_CLOSE_OURS, "closed; the peer did not take the last bytes");
  else if (c->life == GPO_LIFE_LINGERING)
    gpo_connection_close_now (c, GPO_CLOSE_OURS, "closed; the peer did not close its side");
  unpin (c);
}

GpoConnection *
gpo_connection_alloc (const GpoConnectionUser *user, gpointer data)
{
  GpoConnection *c = g_new0 (GpoConnection, 1);
  c->refs = 1;
  c->reading = TRUE;
  c->watch.ready = connection_ready;
  c->watch.due = connection_due;
  gpo_connection_set_user (c, user, data);
  gpo_loop_join (&c->watch);
  return c;
}

/* Without GSocketAddress, whose objects cost more than the rest of a new connection. */
static void
name_end (const struct sockaddr_storage *storage, char **address, guint16 *port)
{
  const struct sockaddr_in *v4 = (const struct sockaddr_in *) storage;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) storage;
  char text[INET6_ADDRSTRLEN];
  if (storage->ss_family != AF_INET && storage->ss_family != AF_INET6)
    return;
  gboolean is_v4 = storage->ss_family == AF_INET;
  inet_ntop (storage->ss_family, is_v4 ? (gconstpointer) &v4->sin_addr : &v6->sin6_addr, text, sizeof text);
  g_free (*address);
  *address = g_strdup (text);
  *port = ntohs (is_v4 ? v4->sin_port : v6->sin6_port);
}

void
gpo_connection_name_local (GpoConnection *c, int fd)
{
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getsockname (fd, (struct sockaddr *) &storage, &length) == 0)
    name_end (&storage, &c->local_address, &c->local_port);
}

void
gpo_connection_adopt (GpoConnection *c, int fd)
{
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  gpo_connection_name_local (c, fd);
  if (getpeername (fd, (struct sockaddr *) &storage, &length) == 0)
    name_end (&storage, &c->peer_address, &c->peer_port);
  int on = 1;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c->life = GPO_LIFE_OPEN;
  if (c->watch.fd != fd)
    gpo_loop_set_fd (&c->watch, fd, EPOLLIN | EPOLLRDHUP);
  gpo_flow_update (c);
}

GpoConnection *
gpo_connection_new_accepted (int fd, const GpoConnectionUser *user, gpointer data)
{
  GpoConnection *c = gpo_connection_alloc (user, data);
  gpo_connection_adopt (c, fd);
  return c;
}

GpoConnection *
gpo_connection_ref (GpoConnection *c)
{
  c->refs++;
  return c;
}

/* Lets go of the socket and of everything that is only needed while it is open. */
static void
release (GpoConnection *c)
{
  int fd = c->watch.fd;
  c->life = GPO_LIFE_CLOSED;
  g_clear_pointer (&c->secure, gpo_secure_free);
  g_clear_pointer (&c->outgoing, gpo_outgoing_free);
  gpo_loop_leave (&c->watch);
  if (fd >= 0)
    close (fd);
  gpo_flow_clear (c);
}

void
gpo_connection_unref (GpoConnection *c)
{
  if (--c->refs > 0)
    return;
  gpo_connection_abort (c);
  free_if_unused (c);
}

void
gpo_connection_set_user (GpoConnection *c, const GpoConnectionUser *user, gpointer data)
{
  c->user = user ? user : &deaf;
  c->data = data;
}

void
gpo_connection_fail (GpoConnection *c, GpoCloseReason reason, const char *text)
{
  if (c->failure)
    return;
  c->failure = g_strdup (text);
  c->reason = reason;
  gpo_loop_again (&c->watch);
}

void
gpo_connection_close_now (GpoConnection *c, GpoCloseReason reason, const char *text)
{
  if (c->life == GPO_LIFE_CLOSED)
    return;
  g_autofree char *own_text = g_strdup (text); /* it may be c->failure */
  gboolean own_ref = c->own_ref;
  c->own_ref = FALSE;
  pin (c);
  release (c);
  if (c->user->closed)
    c->user->closed (c, reason, own_text, c->data);
  if (own_ref)
    gpo_connection_unref (c);
  unpin (c);
}

void
gpo_connection_finish (GpoConnection *c)
{
  if (c->life > GPO_LIFE_OPEN)
    return;
  c->own_ref = TRUE;
  gpo_connection_ref (c);
  if (c->life == GPO_LIFE_CONNECTING || c->securing || c->failure)
    {
      gpo_connection_fail (c, GPO_CLOSE_OURS, "closed before it was ready");
      return;
    }
  c->life = GPO_LIFE_FINISHING;
  c->reason = c->ended ? GPO_CLOSE_PEER : GPO_CLOSE_OURS;
  gpo_connection_touch (c);
  if (c->queued == 0)
    gpo_flow_goodbye (c);
  else
    gpo_flow_update (c);
}

void
gpo_connection_abort (GpoConnection *c)
{
  if (c->life == GPO_LIFE_CLOSED)
    return;
  struct linger reset = { .l_onoff = 1, .l_linger = 0 };
  if (c->watch.fd >= 0)
    setsockopt (c->watch.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  gpo_connection_set_user (c, NULL, NULL);
  release (c);
  if (c->own_ref)
    {
      c->own_ref = FALSE;
      gpo_connection_unref (c);
    }
}

void
gpo_connection_touch (GpoConnection *c)
{
  guint ms = c->timeout_ms;
  if (c->life == GPO_LIFE_CONNECTING || c->life == GPO_LIFE_CLOSED)
    return;
  if (c->life == GPO_LIFE_FINISHING)
    ms = FLUSH_MS;
  else if (c->life == GPO_LIFE_LINGERING)
    ms = GPO_LINGER_MS;
  gpo_loop_set_deadline (&c->watch, ms ? g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND : 0);
}

void
gpo_connection_set_timeout (GpoConnection *c, guint ms)
{
  if (c->partial && c->timeout_ms == ms)
    return;
  c->timeout_ms = ms;
  if (c->life == GPO_LIFE_OPEN)
    gpo_connection_touch (c);
}

void
gpo_connection_set_partial (GpoConnection *c, gboolean partial)
{
  c->partial = partial;
}

void
gpo_connection_set_reading (GpoConnection *c, gboolean reading)
{
  if (c->reading == !!reading)
    return;
  c->reading = !!reading;
  /* Holding asks the kernel for nothing: if bytes come, flow.c sees that they are not wanted yet. */
  if (!reading || c->life != GPO_LIFE_OPEN)
    return;
  c->deferred_end = FALSE;
  gpo_flow_update (c);
  if (gpo_connection_is_secure (c) && gpo_secure_pending (c))
    gpo_loop_again (&c->watch);
}

gboolean
gpo_connection_is_open (const GpoConnection *c)
{
  return c->life == GPO_LIFE_OPEN && !c->failure;
}

gsize
gpo_connection_queued (const GpoConnection *c)
{
  return c->queued;
}

const char *
gpo_connection_local_address (const GpoConnection *c)
{
  return c->local_address ? c->local_address : "";
}

guint16
gpo_connection_local_port (const GpoConnection *c)
{
  return c->local_port;
}

const char *
gpo_connection_peer_address (const GpoConnection *c)
{
  return c->peer_address ? c->peer_address : "";
}

guint16
gpo_connection_peer_port (const GpoConnection *c)
{
  return c->peer_port;
}
