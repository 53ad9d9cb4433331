/* SPDX-License-Identifier: MIT */
/* wire-bench.c: what the wire costs: `wire-bench [BUSY [IDLE [SECONDS]]]`.
 *
 * A child process plays the office's part: an echo server on one thread, by listener.h and connection.h. The
 * parent plays the clients with plain sockets, BUSY (default 50) of them in lockstep: each sends a line and
 * sends the next when the answer is there. Then IDLE (default 1,000) more connect and stay silent, and it is
 * measured again. Printed: round trips a second, CPU of the server for each, memory of an idle
 * connection; then the same over TLS, only the server's costs of a handshake and an idle session. */
#include "wire/listener.h"
#include "wire/tls.h"
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static GpoTls *server_tls; /* NULL: plaintext */

/* --- the server: echoes --- */

static void
echo (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  gpo_connection_send (c, bytes, n);
}

static void
gone (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  gpo_connection_unref (c);
}

static const GpoConnectionUser echo_user = { .received = echo, .closed = gone };

static void
accepted (GpoListener *listener, GpoConnection *c, gpointer data)
{
  gpo_connection_set_user (gpo_connection_ref (c), &echo_user, NULL);
  gpo_connection_set_timeout (c, 300000);
  if (server_tls)
    gpo_connection_start_tls (c, server_tls, GPO_TLS_SERVER, NULL);
}

static const GpoListenerUser listener_user = { .accepted = accepted };

static void
serve (int tell)
{
  g_autoptr (GError) error = NULL;
  GpoListener *listener = gpo_listener_new ("127.0.0.1", 0, &listener_user, NULL, &error);
  if (!listener)
    g_error ("%s", error->message);
  guint16 port = gpo_listener_port (listener);
  if (write (tell, &port, sizeof port) != sizeof port)
    g_error ("the bench is gone");
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* --- the clients --- */

static int
dial (guint16 port)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port) };
  to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  int fd = socket (AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fd < 0 || connect (fd, (struct sockaddr *) &to, sizeof to) < 0)
    g_error ("cannot connect: %s", g_strerror (errno));
  return fd;
}

static const char line[] = "RCPT TO:<bob@sparta.example>\r\n";

/* Lockstep on all sockets; returns round trips a second. */
static double
hammer (const int *fds, int n, double seconds)
{
  g_autofree struct pollfd *polled = g_new0 (struct pollfd, n);
  char answer[sizeof line];
  guint64 trips = 0;
  gint64 begin = g_get_monotonic_time (), now = begin;
  for (int i = 0; i < n; i++)
    {
      polled[i] = (struct pollfd){ fds[i], POLLIN, 0 };
      if (send (fds[i], line, sizeof line - 1, 0) < 0)
        g_error ("send: %s", g_strerror (errno));
    }
  while (now - begin < seconds * G_USEC_PER_SEC)
    {
      poll (polled, n, 1000);
      for (int i = 0; i < n; i++)
        if (polled[i].revents)
          {
            if (recv (fds[i], answer, sizeof line - 1, MSG_WAITALL) != sizeof line - 1
                || send (fds[i], line, sizeof line - 1, 0) < 0)
              g_error ("the server went away");
            trips++;
          }
      now = g_get_monotonic_time ();
    }
  for (int i = 0; i < n; i++)
    if (recv (fds[i], answer, sizeof line - 1, MSG_WAITALL) < 0)
      g_error ("the server went away");
  return trips * (double) G_USEC_PER_SEC / (now - begin);
}

/* The server's CPU seconds and resident KB so far. */
static void
usage (pid_t pid, double *cpu, long *kb)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid), *stat = NULL;
  unsigned long user = 0, kernel = 0;
  long pages = 0;
  if (!g_file_get_contents (path, &stat, NULL, NULL)
      || sscanf (strrchr (stat, ')') + 2,
                 "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld", &user, &kernel,
                 &pages)
             != 3)
    g_error ("%s cannot be read", path);
  *cpu = (double) (user + kernel) / sysconf (_SC_CLK_TCK);
  *kb = pages * (sysconf (_SC_PAGESIZE) / 1024);
}

static void
report (const char *what, pid_t pid, const int *fds, int n, double seconds)
{
  double before, after;
  long kb;
  usage (pid, &before, &kb);
  double rate = hammer (fds, n, seconds);
  usage (pid, &after, &kb);
  printf ("%-28s %8.0f round trips/s   %5.1f µs CPU each   %ld KB resident\n", what, rate,
          (after - before) * 1e6 / (rate * seconds), kb);
}

static pid_t
start_server (guint16 *port)
{
  int told[2];
  if (pipe (told) < 0)
    g_error ("pipe: %s", g_strerror (errno));
  pid_t pid = fork ();
  if (pid == 0)
    serve (told[1]);
  if (pid < 0 || read (told[0], port, sizeof *port) != sizeof *port)
    g_error ("no server");
  return pid;
}

static void
stop_server (pid_t pid)
{
  kill (pid, SIGTERM);
  waitpid (pid, NULL, 0);
}

static void
plaintext (int busy, int idle, double seconds)
{
  guint16 port;
  double cpu;
  long before, after;
  g_autofree int *fds = g_new (int, busy + idle);
  pid_t pid = start_server (&port);
  for (int i = 0; i < busy; i++)
    fds[i] = dial (port);
  report ("plaintext", pid, fds, busy, seconds);
  usage (pid, &cpu, &before);
  for (int i = busy; i < busy + idle; i++)
    fds[i] = dial (port);
  hammer (fds + busy, idle, 0); /* each was heard once */
  usage (pid, &cpu, &after);
  printf ("%d idle connections: %.2f KB each\n", idle, (double) (after - before) / MAX (idle, 1));
  report ("the same, others idle", pid, fds, busy, seconds);
  for (int i = 0; i < busy + idle; i++)
    close (fds[i]);
  stop_server (pid);
}

static gnutls_session_t
dial_tls (guint16 port, gnutls_certificate_credentials_t credentials)
{
  gnutls_session_t session;
  int code, fd = dial (port);
  gnutls_init (&session, GNUTLS_CLIENT);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, fd);
  while ((code = gnutls_handshake (session)) < 0)
    if (gnutls_error_is_fatal (code))
      g_error ("handshake: %s", gnutls_strerror (code));
  return session;
}

static void
encrypted (int idle)
{
  guint16 port;
  double before, after;
  long kb_before, kb_after;
  char answer[sizeof line];
  g_autofree char *folder = g_dir_make_tmp ("wire-bench-XXXXXX", NULL);
  gnutls_certificate_credentials_t credentials;
  gnutls_certificate_allocate_credentials (&credentials);
  server_tls = gpo_tls_new_server (folder, "bench", NULL);
  pid_t pid = start_server (&port);
  g_autofree gnutls_session_t *sessions = g_new (gnutls_session_t, idle + 1);
  sessions[idle] = dial_tls (port, credentials); /* makes the certificate */
  usage (pid, &before, &kb_before);
  gint64 begin = g_get_monotonic_time ();
  for (int i = 0; i < idle; i++)
    {
      sessions[i] = dial_tls (port, credentials);
      gnutls_record_send (sessions[i], line, sizeof line - 1);
      gnutls_record_recv (sessions[i], answer, sizeof line - 1);
    }
  double seconds = (g_get_monotonic_time () - begin) / 1e6;
  usage (pid, &after, &kb_after);
  printf ("TLS: %d handshakes, %.2f ms each (both sides), %.2f ms CPU of the server; idle %.1f KB each\n", idle,
          seconds * 1e3 / idle, (after - before) * 1e3 / idle, (double) (kb_after - kb_before) / idle);
  stop_server (pid);
  static const char *const files[] = { "ca.pem", "ca-key.pem", "bench.pem", ".lock" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);
      unlink (path);
    }
  rmdir (folder);
}

int
main (int argc, char **argv)
{
  int busy = argc > 1 ? atoi (argv[1]) : 50, idle = argc > 2 ? atoi (argv[2]) : 1000;
  double seconds = argc > 3 ? atof (argv[3]) : 2;
  if (busy < 1 || idle < 0 || seconds <= 0)
    {
      fprintf (stderr, "usage: wire-bench [BUSY [IDLE [SECONDS]]]\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  plaintext (busy, idle, seconds);
  encrypted (MAX (idle / 5, 1));
  return 0;
}
