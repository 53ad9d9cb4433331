/* SPDX-License-Identifier: MIT */
/* control.c: the control socket's end of who is asked: an office, or a proxy.
 *
 * Connections are few, so each has a thread, which may block: on its socket, on an answer from the
 * owner's thread, on a reader of the log. The owner's thread accepts them, is told when they end, and
 * joins them. */
#include "office/control-socket.h"
#include "office/control.h"
#include "trace/trace-write.h"
#include "trace/transcript.h"
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_LIMIT 8192
/* A guest that neither asks nor takes anything for so long is let go; when the office ends, so. Seconds. */
#define STALL 60
#define STALL_AT_END 2
/* A guest that follows the trace pins the log. It may begin far behind, but not fall so much further
 * behind (events, some 30 MB): else one that has stopped reading would make the office's memory grow. */
#define MAY_FALL_BEHIND (GPO_LOG_MAX_EVENTS / 4)

struct GpoControl
{
  GpoControlOwner owner;
  GSocketListener *listener;
  GCancellable *cancel;
  GPtrArray *guests; /* of Guest */
  GPtrArray *paths;  /* of char *: sockets to remove in the end */
  guint accepting;   /* an accept is under way */
  gboolean closing;
};

typedef struct
{
  GpoControl *control;
  GSocketConnection *connection;
  GThread *thread;
  int wake;   /* eventfd: there are events, or the end */
  int ending; /* atomic */
} Guest;

/* --- a guest's thread --- */

static void
on_news (gpointer data)
{
  Guest *guest = data;
  guint64 one = 1;
  if (write (guest->wake, &one, sizeof one) < 0)
    return; /* it is awake many times over already */
}

/* Waits for news. FALSE if the peer went away. */
static gboolean
wait_for_news (Guest *guest, int fd)
{
  struct pollfd fds[2] = { { .fd = guest->wake, .events = POLLIN }, { .fd = fd, .events = POLLRDHUP } };
  guint64 count;
  while (poll (fds, 2, -1) < 0 && errno == EINTR)
    ;
  if (fds[0].revents && read (guest->wake, &count, sizeof count) < 0)
    return FALSE;
  return g_atomic_int_get (&guest->ending) || !(fds[1].revents & (POLLHUP | POLLERR | POLLRDHUP));
}

/* How far a guest has come. */
typedef struct
{
  Guest *guest;
  GpoLog *log;
  int fd;
  guint64 n;    /* the event it gets next */
  guint64 best; /* the fewest events that it has been behind */
} Follower;

/* Whether to give up on a guest that has taken nothing since `since`. */
static gboolean
is_lost (Follower *f, gint64 since)
{
  gint64 stalled = g_get_monotonic_time () - since;
  return gpo_log_length (f->log) - f->n > f->best + MAY_FALL_BEHIND
         || stalled > (g_atomic_int_get (&f->guest->ending) ? STALL_AT_END : STALL) * G_USEC_PER_SEC;
}

/* Writes all of it as fast as the guest takes it. FALSE if it is gone, or too slow. */
static gboolean
follow (Follower *f, const GString *text)
{
  gint64 since = g_get_monotonic_time ();
  for (gsize done = 0; done < text->len;)
    {
      gssize r = send (f->fd, text->str + done, text->len - done, MSG_DONTWAIT | MSG_NOSIGNAL);
      struct pollfd room = { .fd = f->fd, .events = POLLOUT };
      if (r > 0)
        {
          done += (gsize) r;
          since = g_get_monotonic_time ();
        }
      else if (r < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
      if (done < text->len && is_lost (f, since))
        return FALSE;
      if (r < 0)
        poll (&room, 1, 100);
    }
  f->best = MIN (f->best, gpo_log_length (f->log) - f->n);
  return TRUE;
}

static void
stream_trace (Guest *guest, const char *from)
{
  GpoLog *log = guest->control->owner.log;
  guint64 n = g_ascii_strtoull (from, NULL, 10);
  GpoLogReader *reader = gpo_log_reader_new (log, n, on_news, guest);
  g_autoptr (GString) text = g_string_new (NULL);
  Follower f = { guest, log, g_socket_get_fd (g_socket_connection_get_socket (guest->connection)), 0, 0 };
  gboolean ok = TRUE, last = FALSE;
  f.n = MAX (n, gpo_log_first (log));
  f.best = gpo_log_length (log) - MIN (f.n, gpo_log_length (log));
  gpo_trace_write_head (text, gpo_log_started (log));
  while (ok && !last)
    {
      last = g_atomic_int_get (&guest->ending); /* what was there when the end was said is still written */
      guint64 length = gpo_log_length (log);
      do
        {
          for (; f.n < length && text->len < 65536; f.n++)
            {
              const GpoEvent *event = gpo_log_get (log, f.n);
              if (event)
                gpo_trace_write_event (text, log, f.n, event);
            }
          ok = follow (&f, text);
          g_string_truncate (text, 0);
          gpo_log_reader_release (reader, f.n);
        }
      while (ok && f.n < length);
      if (ok && !last && gpo_log_reader_sleep (reader, f.n))
        ok = wait_for_news (guest, f.fd);
    }
  gpo_log_reader_free (reader);
}

static char *
error_line (const char *message)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "error");
  json_builder_add_string_value (json, valid);
  json_builder_end_object (json);
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *line = gpo_escape_json (json_to_string (root, FALSE));
  return g_strconcat (line, "\n", NULL);
}

/* Answers one request. FALSE when the connection is to end. */
static gboolean
answer (Guest *guest, const char *request, GOutputStream *out)
{
  const GpoControlOwner *owner = &guest->control->owner;
  g_autoptr (GError) error = NULL;
  if (strcmp (request, "trace") == 0 || g_str_has_prefix (request, "trace "))
    {
      stream_trace (guest, request + strlen ("trace"));
      return FALSE;
    }
  g_autofree char *text = gpo_ask_on (owner->context, owner->carry_out, owner->data, request, &error);
  g_autofree char *refusal = error ? error_line (error->message) : NULL;
  const char *last = refusal ? refusal : "{\"done\":true}\n";
  return (!text || g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL))
         && g_output_stream_write_all (out, last, strlen (last), NULL, NULL, NULL);
}

static gboolean guest_gone (gpointer data);

static gpointer
serve_guest (gpointer data)
{
  Guest *guest = data;
  GIOStream *stream = G_IO_STREAM (guest->connection);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  g_autoptr (GString) kept = g_string_new (NULL);
  gboolean ok = TRUE;
  while (ok && kept->len <= LINE_LIMIT)
    {
      char buffer[1024];
      gssize n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        break;
      g_string_append_len (kept, buffer, n);
      for (char *nl; ok && (nl = memchr (kept->str, '\n', kept->len));)
        {
          g_autofree char *line = g_strndup (kept->str, (gsize) (nl - kept->str));
          g_string_erase (kept, 0, nl + 1 - kept->str);
          ok = answer (guest, g_strstrip (line), g_io_stream_get_output_stream (stream));
        }
    }
  g_main_context_invoke (guest->control->owner.context, guest_gone, guest);
  return NULL;
}

/* --- the owner's thread --- */

static void
tell_owner (GpoControl *control)
{
  if (control->owner.guest_gone)
    control->owner.guest_gone (control->owner.data);
}

static gboolean
guest_gone (gpointer data)
{
  Guest *guest = data;
  GpoControl *control = guest->control;
  g_thread_join (guest->thread);
  g_io_stream_close (G_IO_STREAM (guest->connection), NULL, NULL);
  g_object_unref (guest->connection);
  close (guest->wake);
  g_ptr_array_remove (control->guests, guest);
  g_free (guest);
  tell_owner (control);
  return G_SOURCE_REMOVE;
}

static void accept_next (GpoControl *control);

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer data)
{
  GpoControl *control = data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_listener_accept_finish (control->listener, result, NULL, &error);
  control->accepting--;
  if (connection && !control->closing)
    {
      Guest *guest = g_new0 (Guest, 1);
      guest->control = control;
      guest->connection = connection;
      g_socket_set_timeout (g_socket_connection_get_socket (connection), STALL);
      guest->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
      g_ptr_array_add (control->guests, guest);
      guest->thread = g_thread_new ("control", serve_guest, guest);
    }
  else
    g_clear_object (&connection);
  if (!control->closing && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    accept_next (control);
  else
    tell_owner (control);
}

static void
accept_next (GpoControl *control)
{
  control->accepting++;
  g_socket_listener_accept_async (control->listener, control->cancel, on_accepted, control);
}

void
gpo_control_close (GpoControl *control)
{
  control->closing = TRUE;
  g_cancellable_cancel (control->cancel);
  for (guint i = 0; i < control->guests->len; i++)
    {
      Guest *guest = control->guests->pdata[i];
      g_atomic_int_set (&guest->ending, 1);
      on_news (guest);
      g_socket_shutdown (g_socket_connection_get_socket (guest->connection), TRUE, FALSE, NULL);
    }
}

gboolean
gpo_control_is_quiet (GpoControl *control)
{
  return control->guests->len == 0 && control->accepting == 0;
}

void
gpo_control_free (GpoControl *control)
{
  g_socket_listener_close (control->listener);
  g_object_unref (control->listener);
  g_object_unref (control->cancel);
  for (guint i = 0; i < control->paths->len; i++)
    g_unlink (control->paths->pdata[i]);
  g_ptr_array_unref (control->paths);
  g_ptr_array_unref (control->guests);
  g_free (control);
}

/* Whether an office answers there. */
static gboolean
is_alive (const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  return connection != NULL;
}

/* The folder must be ours alone: in /tmp somebody else could have made it first. */
static gboolean
folder_is_ours (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  GStatBuf s;
  return g_mkdir_with_parents (folder, 0700) == 0 && g_lstat (folder, &s) == 0 && S_ISDIR (s.st_mode)
         && s.st_uid == getuid () && (s.st_mode & 022) == 0;
}

static gboolean
open_at (GpoControl *control, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  if (strlen (path) >= 108)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                   "the path is longer than a socket's may be: %s", path);
      return FALSE;
    }
  g_unlink (path);
  address = g_unix_socket_address_new (path);
  mode_t before = umask (0177);
  gboolean ok = g_socket_listener_add_address (control->listener, address, G_SOCKET_TYPE_STREAM,
                                               G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  umask (before);
  if (ok)
    g_ptr_array_add (control->paths, g_strdup (path));
  return ok;
}

GpoControl *
gpo_control_new (const GpoControlOwner *owner)
{
  GpoControl *control = g_new0 (GpoControl, 1);
  control->owner = *owner;
  control->listener = g_socket_listener_new ();
  control->cancel = g_cancellable_new ();
  control->guests = g_ptr_array_new ();
  control->paths = g_ptr_array_new_with_free_func (g_free);
  return control;
}

gboolean
gpo_control_open (GpoControl *control, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "control", NULL);
  if (is_alive (path))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "somebody answers at %s already", path);
      return FALSE;
    }
  return open_at (control, path, error);
}

void
gpo_control_open_users (GpoControl *control, const char *folder, GPtrArray *warnings)
{
  g_autofree char *users = gpo_control_path ();
  g_autoptr (GError) error = NULL;
  if (!folder_is_ours (users))
    g_ptr_array_add (warnings,
                     g_strdup_printf ("no control socket at %s: its folder is not yours alone", users));
  else if (is_alive (users))
    g_ptr_array_add (warnings, g_strdup_printf ("another office of yours is running; to ask this one, give "
                                                "commands --store %s",
                                                folder));
  else if (!open_at (control, users, &error))
    g_ptr_array_add (warnings, g_strdup_printf ("no control socket at %s: %s", users, error->message));
}

void
gpo_control_start (GpoControl *control)
{
  if (control->paths->len)
    accept_next (control);
}
