/* SPDX-License-Identifier: MIT */
/* flow.c: bytes in and out of a connection.
 *
 * Out: a send with nothing queued goes straight to the socket, so a batch of replies is one system
 * call. What does not fit is queued as chunks and leaves, many chunks a call, when the socket is
 * writable. The user watches gpo_connection_queued() and hears `drained`.
 *
 * In: reads go to the loop's one buffer and from there to `received`. A short read from a plain socket
 * has emptied it, so there is no second read only to hear EAGAIN. After TURNS full reads others get
 * their turn.
 *
 * Holding is lazy. set_reading (FALSE) changes nothing in the kernel; if bytes come all the same (`unread`),
 * their event is switched off here until they are wanted: a client that waits for its answer costs no call.
 * The peer's end stays watched (EPOLLRDHUP), and is told while holding if no unread byte stands before it. */
#include "wire/channel.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define TURNS 4
#define CHUNKS 32

static void
io_broken (GpoConnection *c, int error)
{
  if (c->life == GPO_LIFE_LINGERING) /* everything was said; how the peer leaves does not matter */
    {
      gpo_connection_fail (c, c->reason, "closed");
      return;
    }
  gboolean reset = error == ECONNRESET || error == EPIPE || error == ETIMEDOUT;
  gpo_connection_fail (c, reset ? GPO_CLOSE_RESET : GPO_CLOSE_ERROR, g_strerror (error));
}

static gssize
io_result (GpoConnection *c, gssize n)
{
  if (n >= 0)
    return n;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    return GPO_IO_AGAIN;
  io_broken (c, errno);
  return GPO_IO_BROKEN;
}

static gboolean
encrypted (const GpoConnection *c)
{
  return c->secure && !c->securing;
}

/* --- out --- */

/* Sends the head of the queue, at most `limit` bytes. */
static gssize
write_chunks (GpoConnection *c, gsize limit)
{
  gsize n;
  GBytes *head = g_queue_peek_head (&c->out);
  const guint8 *bytes = g_bytes_get_data (head, &n);
  if (encrypted (c))
    return gpo_secure_write (c, bytes + c->out_offset, n - c->out_offset);
  struct iovec parts[CHUNKS];
  int n_parts = 0;
  gsize skip = c->out_offset;
  for (GList *l = c->out.head; l && n_parts < CHUNKS && limit > 0; l = l->next, skip = 0)
    {
      bytes = g_bytes_get_data (l->data, &n);
      gsize take = MIN (n - skip, limit);
      parts[n_parts++] = (struct iovec){ (guint8 *) bytes + skip, take };
      limit -= take;
    }
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };
  return io_result (c, sendmsg (c->watch.fd, &message, MSG_NOSIGNAL));
}

static void
drop_sent (GpoConnection *c, gsize n)
{
  c->queued -= n;
  c->out_offset += n;
  while (!g_queue_is_empty (&c->out))
    {
      GBytes *head = g_queue_peek_head (&c->out);
      if (c->out_offset < g_bytes_get_size (head))
        return;
      c->out_offset -= g_bytes_get_size (head);
      g_bytes_unref (g_queue_pop_head (&c->out));
    }
}

/* Sends what the socket takes. */
static void
flush (GpoConnection *c)
{
  while (c->queued > 0 && !c->failure)
    {
      gsize limit = c->securing ? gpo_secure_plain_left (c) : c->queued;
      if (limit == 0)
        return;
      gssize n = write_chunks (c, limit);
      if (n < 0)
        return;
      drop_sent (c, n);
      if (c->securing)
        gpo_secure_plain_sent (c, n);
      gpo_connection_touch (c);
    }
}

/* Sends directly while nothing is queued; returns how many bytes went. `more` is MSG_MORE or 0. */
static gsize
send_at_once (GpoConnection *c, const guint8 *bytes, gsize n, int more)
{
  gsize sent = 0;
  if (c->queued > 0 || c->life != GPO_LIFE_OPEN || c->securing)
    return 0;
  while (sent < n)
    {
      gssize taken = encrypted (c)
                         ? gpo_secure_write (c, bytes + sent, n - sent)
                         : io_result (c, send (c->watch.fd, bytes + sent, n - sent, MSG_NOSIGNAL | more));
      if (taken < 0)
        break;
      sent += taken;
    }
  if (sent > 0)
    gpo_connection_touch (c);
  return sent;
}

static void
enqueue (GpoConnection *c, GBytes *bytes)
{
  c->queued += g_bytes_get_size (bytes);
  g_queue_push_tail (&c->out, bytes);
  if (c->queued >= GPO_HIGH_WATER)
    c->full = TRUE;
  gpo_flow_update (c);
}

static void
send_copy (GpoConnection *c, gconstpointer bytes, gsize n, int more)
{
  if (n == 0 || c->life > GPO_LIFE_OPEN || c->failure)
    return;
  gsize sent = send_at_once (c, bytes, n, more);
  if (sent < n && !c->failure)
    enqueue (c, g_bytes_new ((const guint8 *) bytes + sent, n - sent));
}

void
gpo_connection_send (GpoConnection *c, gconstpointer bytes, gsize n)
{
  send_copy (c, bytes, n, 0);
}

void
gpo_connection_send_last (GpoConnection *c, gconstpointer bytes, gsize n)
{
  send_copy (c, bytes, n, MSG_MORE);
  gpo_connection_finish (c);
}

void
gpo_connection_send_bytes (GpoConnection *c, GBytes *bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  if (n == 0 || c->life > GPO_LIFE_OPEN || c->failure)
    return;
  gsize sent = send_at_once (c, data, n, 0);
  if (sent < n && !c->failure)
    enqueue (c, g_bytes_new_from_bytes (bytes, sent, n - sent));
}

/* Ends our side: close_notify, FIN. Then the peer's end is awaited, so that bytes it had under way do
 * not turn our last reply into a reset. */
void
gpo_flow_goodbye (GpoConnection *c)
{
  if (encrypted (c) && !c->failure && !gpo_secure_goodbye (c))
    {
      gpo_flow_update (c);
      return;
    }
  shutdown (c->watch.fd, SHUT_WR);
  c->life = GPO_LIFE_LINGERING;
  gpo_connection_touch (c);
  if (c->ended)
    gpo_connection_fail (c, c->reason, "the peer closed the connection");
  else
    gpo_flow_update (c);
}

void
gpo_flow_clear (GpoConnection *c)
{
  g_queue_clear_full (&c->out, (GDestroyNotify) g_bytes_unref);
  c->queued = c->out_offset = 0;
}

/* --- in --- */

static gboolean
wants_input (const GpoConnection *c)
{
  return !c->ended && !c->securing && (c->reading || c->life > GPO_LIFE_OPEN);
}

static void
peer_ended (GpoConnection *c)
{
  c->ended = TRUE;
  if (c->life == GPO_LIFE_LINGERING)
    gpo_connection_close_now (c, c->reason,
                              c->reason == GPO_CLOSE_PEER ? "the peer closed the connection" : "closed");
  else if (c->life == GPO_LIFE_OPEN && c->user->ended)
    c->user->ended (c, c->data);
  else
    gpo_connection_finish (c);
}

static void
read_some (GpoConnection *c)
{
  guint8 *buffer = gpo_loop_buffer (c->watch.loop);
  for (int turn = 0; turn < TURNS && wants_input (c) && c->life != GPO_LIFE_CLOSED; turn++)
    {
      gssize n = encrypted (c) ? gpo_secure_read (c, buffer, GPO_READ_SIZE)
                               : io_result (c, recv (c->watch.fd, buffer, GPO_READ_SIZE, 0));
      if (n < 0)
        return;
      if (n == 0)
        {
          peer_ended (c);
          return;
        }
      if (c->life == GPO_LIFE_OPEN)
        {
          if (!c->partial)
            gpo_connection_touch (c);
          if (c->user->received)
            c->user->received (c, buffer, n, c->data);
        }
      if (c->life == GPO_LIFE_CLOSED || (encrypted (c) ? !gpo_secure_pending (c) : n < GPO_READ_SIZE))
        return;
    }
  if (c->life != GPO_LIFE_CLOSED && encrypted (c) && wants_input (c) && gpo_secure_pending (c))
    gpo_loop_again (&c->watch);
}

/* The peer ended or vanished while we do not read. */
static void
hung_up (GpoConnection *c, guint32 events)
{
  int error = 0;
  socklen_t length = sizeof error;
  guint8 byte;
  if (events & (EPOLLERR | EPOLLHUP))
    {
      getsockopt (c->watch.fd, SOL_SOCKET, SO_ERROR, &error, &length);
      io_broken (c, error ? error : ECONNRESET);
    }
  else if (events & EPOLLRDHUP)
    {
      if (encrypted (c) ? gpo_secure_peek_end (c) : recv (c->watch.fd, &byte, 1, MSG_PEEK) == 0)
        peer_ended (c);
      else
        c->deferred_end = TRUE; /* the bytes first, when reading goes on */
    }
}

/* --- both --- */

void
gpo_flow_update (GpoConnection *c)
{
  guint32 events = 0;
  if (c->life == GPO_LIFE_CLOSED || c->life == GPO_LIFE_CONNECTING)
    return;
  if (c->securing && gpo_secure_plain_left (c) == 0)
    {
      gpo_loop_set_events (&c->watch, gpo_secure_events (c));
      return;
    }
  if (wants_input (c))
    c->unread = FALSE;
  if (wants_input (c) || (!c->ended && !c->unread && c->watch.events & EPOLLIN))
    events |= EPOLLIN;
  if (!c->ended && !c->deferred_end)
    events |= EPOLLRDHUP;
  if (c->queued > 0 || c->life == GPO_LIFE_FINISHING)
    events |= EPOLLOUT;
  gpo_loop_set_events (&c->watch, events);
}

static void
after_output (GpoConnection *c)
{
  if (c->life == GPO_LIFE_FINISHING && c->queued == 0 && !c->failure)
    gpo_flow_goodbye (c);
  else if (c->full && c->queued < GPO_LOW_WATER && c->life == GPO_LIFE_OPEN)
    {
      c->full = FALSE;
      if (c->user->drained)
        c->user->drained (c, c->data);
    }
}

void
gpo_flow_ready (GpoConnection *c, guint32 events)
{
  if (c->securing && gpo_secure_plain_left (c) == 0)
    {
      gpo_secure_step (c);
      return;
    }
  if (events & EPOLLOUT || c->life == GPO_LIFE_FINISHING)
    {
      flush (c);
      after_output (c);
    }
  if (c->life == GPO_LIFE_CLOSED)
    return;
  if (wants_input (c))
    read_some (c);
  else
    {
      c->unread = (events & EPOLLIN) != 0;
      if (!c->ended || events & (EPOLLERR | EPOLLHUP))
        hung_up (c, events);
    }
  if (c->life != GPO_LIFE_CLOSED)
    gpo_flow_update (c);
}
