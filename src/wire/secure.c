/* SPDX-License-Identifier: MIT */
/* secure.c: TLS on a connection, by GnuTLS itself on the connection's own socket.
 *
 * Why not GIO's GTlsConnection: its asynchronous handshake blocks a thread of GLib's shared pool for as long
 * as the peer is silent. Measured: 200 silent clients occupy 46 threads after six seconds and every later
 * handshake waits behind them. GnuTLS's own handshake is a state machine over a non-blocking socket: no
 * thread, no second set of sources, and the same epoll set serves TLS and plaintext. It needs no module
 * at run time either.
 *
 * Order of things: start_tls marks how many queued bytes still go as plaintext; when they are sent, the
 * credentials are loaded (on a worker thread, if they are not yet), the handshake runs step by step, and
 * `secured` tells. Everything sent meanwhile is queued and goes encrypted.
 *
 * A peer that closes without close_notify has simply ended: mail protocols say themselves where a letter
 * ends (RFC 5321 §4.1.1.4), so nothing can be cut off unseen. */
#include "wire/tls.h"
#include "wire/channel.h"
#include <errno.h>
#include <gnutls/x509.h>
#include <sys/epoll.h>

struct _GpoSecure
{
  GpoTls *tls;
  GpoTlsSide side;
  char *server_name;
  gsize plain_left;
  gnutls_session_t session; /* NULL until the handshake begins */
  GpoConnection **loading;  /* the worker's way back; emptied when the connection goes first */
  GError *load_error;       /* told from the main loop's turn */
  GByteArray *stash;        /* decrypted while looking for the end; read first */
  char *description, *doubt;
};

void
gpo_connection_start_tls (GpoConnection *c, GpoTls *tls, GpoTlsSide side, const char *server_name)
{
  g_return_if_fail (c->secure == NULL);
  if (c->life != GPO_LIFE_OPEN)
    return;
  GpoSecure *s = c->secure = g_new0 (GpoSecure, 1);
  s->tls = gpo_tls_ref (tls);
  s->side = side;
  s->server_name = g_strdup (server_name);
  s->plain_left = c->queued;
  c->securing = TRUE;
  if (s->plain_left == 0)
    gpo_loop_again (&c->watch);
  gpo_flow_update (c);
}

gboolean
gpo_connection_is_secure (const GpoConnection *c)
{
  return c->secure && !c->securing;
}

const char *
gpo_connection_tls_description (const GpoConnection *c)
{
  return c->secure ? c->secure->description : NULL;
}

const char *
gpo_connection_tls_doubt (const GpoConnection *c)
{
  return c->secure ? c->secure->doubt : NULL;
}

gsize
gpo_secure_plain_left (const GpoConnection *c)
{
  return c->secure->plain_left;
}

void
gpo_secure_plain_sent (GpoConnection *c, gsize n)
{
  c->secure->plain_left -= n;
  if (c->secure->plain_left == 0)
    gpo_loop_again (&c->watch);
}

guint32
gpo_secure_events (const GpoConnection *c)
{
  if (!c->secure->session)
    return 0;
  return gnutls_record_get_direction (c->secure->session) ? EPOLLOUT : EPOLLIN;
}

/* --- the handshake --- */

void
gpo_secure_failed (GpoConnection *c, const GError *error)
{
  if (c->user->secured)
    c->user->secured (c, error, NULL, c->data);
  gpo_connection_close_now (c, GPO_CLOSE_ERROR, error->message);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer tls, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean ok = gpo_tls_load (tls, &error);
  gpo_tls_work_ends ();
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree GpoConnection **back = data;
  GpoConnection *c = *back;
  if (!c)
    return;
  c->secure->loading = NULL;
  g_task_propagate_boolean (G_TASK (result), &c->secure->load_error);
  gpo_loop_again (&c->watch);
}

static void
load (GpoConnection *c)
{
  GpoSecure *s = c->secure;
  if (s->loading)
    return;
  s->loading = g_new (GpoConnection *, 1);
  *s->loading = c;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, loaded, s->loading);
  g_task_set_task_data (task, gpo_tls_ref (s->tls), (GDestroyNotify) gpo_tls_unref);
  gpo_tls_work_begins ();
  g_task_run_in_thread (task, load_in_thread);
}

static const char *
handshake_trouble (GpoSecure *s, int code)
{
  switch (code)
    {
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      return gnutls_alert_get_name (gnutls_alert_get (s->session));
    case GNUTLS_E_PREMATURE_TERMINATION:
    case GNUTLS_E_PULL_ERROR:
    case GNUTLS_E_PUSH_ERROR:
      return "the peer closed the connection";
    case GNUTLS_E_UNEXPECTED_PACKET:
    case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
    case GNUTLS_E_RECORD_OVERFLOW:
      return "the peer does not speak TLS here";
    default:
      return gnutls_strerror (code);
    }
}

static void
fail_with_code (GpoConnection *c, int code)
{
  if (code != GNUTLS_E_FATAL_ALERT_RECEIVED && c->secure->session)
    gnutls_alert_send_appropriate (c->secure->session, code);
  g_autoptr (GError) error
      = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "TLS handshake failed: %s",
                     c->secure->session ? handshake_trouble (c->secure, code) : gnutls_strerror (code));
  gpo_secure_failed (c, error);
}

static int
make_session (GpoConnection *c)
{
  GpoSecure *s = c->secure;
  guint side = s->side == GPO_TLS_SERVER ? GNUTLS_SERVER : GNUTLS_CLIENT;
  int code = gnutls_init (&s->session, side | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  if (code < 0)
    {
      s->session = NULL;
      return code;
    }
  gnutls_transport_set_int (s->session, c->watch.fd);
  gnutls_handshake_set_timeout (s->session, GNUTLS_INDEFINITE_TIMEOUT);
  if (s->side == GPO_TLS_CLIENT && s->server_name && !g_hostname_is_ip_address (s->server_name))
    gnutls_server_name_set (s->session, GNUTLS_NAME_DNS, s->server_name, strlen (s->server_name));
  return gpo_tls_equip (s->tls, s->session);
}

/* Client: what is wrong with the server's certificate, or NULL. */
static char *
find_doubt (GpoSecure *s)
{
  guint status = 0;
  gnutls_datum_t text = { 0 };
  int code = gnutls_certificate_verify_peers3 (s->session, s->server_name, &status);
  if (code < 0)
    return g_strdup (gnutls_strerror (code));
  if (status == 0)
    return NULL;
  gnutls_certificate_verification_status_print (status, gnutls_certificate_type_get (s->session), &text, 0);
  char *doubt = g_strstrip (g_strndup ((const char *) text.data, text.size));
  gnutls_free (text.data);
  return doubt;
}

static void
handshake_done (GpoConnection *c)
{
  GpoSecure *s = c->secure;
  s->description
      = g_strdup_printf ("%s %s", gnutls_protocol_get_name (gnutls_protocol_get_version (s->session)),
                         gnutls_cipher_get_name (gnutls_cipher_get (s->session)));
  if (s->side == GPO_TLS_CLIENT)
    s->doubt = find_doubt (s);
  if (s->doubt && gpo_tls_insists (s->tls))
    {
      g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                              "the server's certificate is not trusted: %s", s->doubt);
      gnutls_alert_send (s->session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
      gpo_secure_failed (c, error);
      return;
    }
  c->securing = FALSE;
  gpo_connection_touch (c);
  gpo_flow_update (c);
  /* Bytes may stand decrypted behind the handshake already, where no socket event tells of them. */
  gpo_loop_again (&c->watch);
  if (c->user->secured)
    c->user->secured (c, NULL, s->description, c->data);
}

void
gpo_secure_step (GpoConnection *c)
{
  GpoSecure *s = c->secure;
  int code = 0;
  if (s->load_error)
    {
      g_autoptr (GError) error = g_steal_pointer (&s->load_error);
      gpo_secure_failed (c, error);
      return;
    }
  if (!gpo_tls_is_loaded (s->tls))
    {
      load (c);
      return;
    }
  if (!s->session)
    code = make_session (c);
  if (code == 0)
    do
      code = gnutls_handshake (s->session);
    while (code < 0 && code != GNUTLS_E_AGAIN && !gnutls_error_is_fatal (code));
  if (code == GNUTLS_E_AGAIN)
    gpo_flow_update (c);
  else if (code < 0)
    fail_with_code (c, code);
  else
    handshake_done (c);
}

/* --- bytes --- */

static gssize
secure_result (GpoConnection *c, gssize n)
{
  if (n >= 0)
    return n;
  if (n == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;
  if (n == GNUTLS_E_REHANDSHAKE)
    gnutls_alert_send (c->secure->session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
  if (!gnutls_error_is_fatal (n))
    return GPO_IO_AGAIN;
  if (n == GNUTLS_E_PULL_ERROR || n == GNUTLS_E_PUSH_ERROR)
    gpo_connection_fail (c, GPO_CLOSE_RESET, g_strerror (ECONNRESET));
  else
    gpo_connection_fail (c, GPO_CLOSE_ERROR, gnutls_strerror (n));
  return GPO_IO_BROKEN;
}

gssize
gpo_secure_read (GpoConnection *c, guint8 *bytes, gsize n)
{
  GByteArray *stash = c->secure->stash;
  if (!stash)
    return secure_result (c, gnutls_record_recv (c->secure->session, bytes, n));
  gsize take = MIN (n, stash->len);
  memcpy (bytes, stash->data, take);
  g_byte_array_remove_range (stash, 0, take);
  if (stash->len == 0)
    g_clear_pointer (&c->secure->stash, g_byte_array_unref);
  return take;
}

gssize
gpo_secure_write (GpoConnection *c, gconstpointer bytes, gsize n)
{
  gssize sent = secure_result (c, gnutls_record_send (c->secure->session, bytes, n));
  return sent == 0 ? GPO_IO_AGAIN : sent;
}

gboolean
gpo_secure_pending (const GpoConnection *c)
{
  return c->secure->stash || gnutls_record_check_pending (c->secure->session) > 0;
}

gboolean
gpo_secure_peek_end (GpoConnection *c)
{
  if (c->secure->stash)
    return FALSE;
  guint8 *buffer = gpo_loop_buffer (c->watch.loop);
  gssize n = gpo_secure_read (c, buffer, GPO_READ_SIZE);
  if (n > 0)
    {
      c->secure->stash = g_byte_array_new ();
      g_byte_array_append (c->secure->stash, buffer, n);
    }
  return n == 0;
}

gboolean
gpo_secure_goodbye (GpoConnection *c)
{
  return gnutls_bye (c->secure->session, GNUTLS_SHUT_WR) != GNUTLS_E_AGAIN;
}

void
gpo_secure_free (GpoSecure *s)
{
  if (s->loading)
    *s->loading = NULL;
  if (s->session)
    gnutls_deinit (s->session);
  g_clear_pointer (&s->stash, g_byte_array_unref);
  g_clear_error (&s->load_error);
  gpo_tls_unref (s->tls);
  g_free (s->server_name);
  g_free (s->description);
  g_free (s->doubt);
  g_free (s);
}
