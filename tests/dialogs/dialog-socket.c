/* SPDX-License-Identifier: MIT */
/* dialog-socket.c: starts `glasspost serve` and speaks with it over TCP on loopback.
 *
 * Everything that waits has a deadline: for the ports file by inotify, for bytes by the socket's
 * time-out, for the end of the process by its output ending. */
#include "dialog-socket.h"
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define DEADLINE_S 20 /* generous: a machine under load is no failure */

struct ServedOffice
{
  DialogTransport transport; /* first: the transport is the office */
  GSubprocess *process;
  char *folder, *ports_path, *ports, *trace;
};

/* --- sessions --- */

typedef struct
{
  GSocketConnection *connection;
  GIOStream *stream; /* the connection, or TLS over it */
} SocketSession;

/* Finds "HOST ROLE ADDRESS PORT" in the ports file. */
static GSocketConnectable *
find_port (const ServedOffice *office, const char *host, const char *role)
{
  g_auto (GStrv) lines = g_strsplit (office->ports, "\n", -1);
  for (char **line = lines; *line; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);
      if (g_strv_length (words) == 4 && strcmp (words[0], host) == 0 && strcmp (words[1], role) == 0)
        return G_SOCKET_CONNECTABLE (g_inet_socket_address_new_from_string (words[2], (guint) atoi (words[3])));
    }
  return NULL;
}

static gpointer
open_session (DialogTransport *transport, const char *host, const char *role, GError **error)
{
  g_autoptr (GSocketConnectable) where = find_port ((ServedOffice *) transport, host, role);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  if (!where)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the office has no %s at %s", role, host);
      return NULL;
    }
  g_socket_client_set_timeout (client, DEADLINE_S);
  GSocketConnection *connection = g_socket_client_connect (client, where, NULL, error);
  if (!connection)
    return NULL;
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  SocketSession *session = g_new0 (SocketSession, 1);
  session->connection = connection;
  session->stream = g_object_ref (G_IO_STREAM (connection));
  return session;
}

static gboolean
send_bytes (DialogTransport *transport, gpointer data, const char *bytes, gsize n, GError **error)
{
  SocketSession *session = data;
  return g_output_stream_write_all (g_io_stream_get_output_stream (session->stream), bytes, n, NULL, NULL, error);
}

static gboolean
receive_bytes (DialogTransport *transport, gpointer data, GString *in, GError **error)
{
  SocketSession *session = data;
  g_autoptr (GError) failed = NULL;
  char buffer[4096];
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (session->stream), buffer, sizeof buffer, NULL, &failed);
  if (n > 0)
    g_string_append_len (in, buffer, n);
  else if (n < 0 && g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the server said nothing for %d s", DEADLINE_S);
  /* a server that closes while we still send resets the connection: it has hung up all the same */
  else if (n < 0 && !g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
           && !g_error_matches (failed, G_TLS_ERROR, G_TLS_ERROR_EOF))
    g_propagate_error (error, g_steal_pointer (&failed));
  return n > 0;
}

static gboolean
trust (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flaws, gpointer data)
{
  return TRUE; /* the office's own certificate; that clients can check it is tested with real ones */
}

static gboolean
start_tls (DialogTransport *transport, gpointer data, GError **error)
{
  SocketSession *session = data;
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (session->stream, NULL, error);
  if (!tls)
    return FALSE;
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (trust), NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, error))
    return FALSE;
  g_set_object (&session->stream, tls);
  return TRUE;
}

static void
stop (DialogTransport *transport, gpointer data)
{
  g_subprocess_send_signal (((ServedOffice *) transport)->process, SIGTERM);
}

static void
close_session (DialogTransport *transport, gpointer data)
{
  SocketSession *session = data;
  g_io_stream_close (session->stream, NULL, NULL);
  g_object_unref (session->stream);
  g_object_unref (session->connection);
  g_free (session);
}

/* --- the office --- */

/* Waits until something is in the pipe or the folder, or the pipe has ended; FALSE when time is over. */
static gboolean
wait_for_news (int pipe_fd, int watch, gint64 deadline)
{
  gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
  struct pollfd fds[] = { { .fd = pipe_fd, .events = POLLIN }, { .fd = watch, .events = POLLIN } };
  char news[4096];
  if (left <= 0 || poll (fds, G_N_ELEMENTS (fds), (int) left) <= 0)
    return FALSE;
  /* what it says is not ours to judge: it is drained so that it never waits for us */
  if (fds[0].revents & (POLLIN | POLLHUP) && read (pipe_fd, news, sizeof news) == 0)
    return FALSE;
  return !(fds[1].revents & POLLIN) || read (watch, news, sizeof news) > 0;
}

static gboolean
wait_for_ports (ServedOffice *office, int watch, GError **error)
{
  int out = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (office->process)));
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  do
    {
      g_clear_pointer (&office->ports, g_free);
      if (g_file_get_contents (office->ports_path, &office->ports, NULL, NULL) && *office->ports)
        return TRUE;
    }
  while (wait_for_news (out, watch, deadline));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "glasspost serve ended, or was not ready in %d s", DEADLINE_S);
  return FALSE;
}

static void
free_office (ServedOffice *office)
{
  if (office->ports_path)
    g_unlink (office->ports_path);
  if (office->trace)
    g_unlink (office->trace);
  if (office->folder)
    g_rmdir (office->folder);
  g_clear_object (&office->process);
  g_free (office->folder);
  g_free (office->ports_path);
  g_free (office->ports);
  g_free (office->trace);
  g_free (office);
}

static gboolean
spawn (ServedOffice *office, const char *program, const char *scenario, GError **error)
{
  const char *argv[] = { program,
                         "serve",
                         "--temporary",
                         "--port-base",
                         "0",
                         "--ports",
                         office->ports_path,
                         "--trace",
                         office->trace,
                         scenario ? "--scenario" : NULL,
                         scenario,
                         NULL };
  office->process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
  return office->process != NULL;
}

ServedOffice *
served_office_start (const char *program, const char *scenario, GError **error)
{
  ServedOffice *office = g_new0 (ServedOffice, 1);
  office->transport = (DialogTransport){ open_session, send_bytes, receive_bytes, start_tls, stop, close_session };
  office->folder = g_dir_make_tmp ("dialog-XXXXXX", error);
  int watch = inotify_init1 (IN_CLOEXEC);
  gboolean good = office->folder && inotify_add_watch (watch, office->folder, IN_CLOSE_WRITE | IN_MOVED_TO) >= 0;
  if (good)
    {
      office->ports_path = g_build_filename (office->folder, "ports", NULL);
      office->trace = g_build_filename (office->folder, "trace", NULL);
      good = spawn (office, program, scenario, error) && wait_for_ports (office, watch, error);
    }
  close (watch);
  if (good)
    return office;
  if (office->process)
    g_subprocess_force_exit (office->process);
  free_office (office);
  return NULL;
}

gboolean
served_office_stop (ServedOffice *office, DialogRows *rows, GError **error)
{
  int out = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (office->process)));
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  g_subprocess_send_signal (office->process, SIGTERM);
  while (wait_for_news (out, -1, deadline))
    ;
  gboolean in_time = g_get_monotonic_time () < deadline;
  if (!in_time)
    g_subprocess_force_exit (office->process);
  g_subprocess_wait (office->process, NULL, NULL);
  gboolean good
      = in_time && g_subprocess_get_if_exited (office->process) && g_subprocess_get_exit_status (office->process) == 0;
  if (!good)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "glasspost serve %s",
                 in_time ? "did not end with status 0" : "did not end after SIGTERM");
  good = good && (!rows || dialog_rows_read (rows, office->trace, error));
  free_office (office);
  return good;
}

DialogTransport *
served_office_transport (ServedOffice *office)
{
  return &office->transport;
}
