/* SPDX-License-Identifier: MIT */
/* live-call.c: waiting for a connection's callbacks. */
#include "replay/live-call.h"
#include "wire/tls.h"
#include <string.h>

/* A server that sends a line without end is out of its mind. */
#define MAX_LINE (16 * 1024 * 1024)

struct GpoLiveCall
{
  GMainContext *context;
  GpoConnection *connection;
  GpoTls *tls;
  char *name;
  GString *in;
  gboolean connected, secured, closed;
  GError *error; /* why it could not be connected or secured */
};

static void
on_connected (GpoConnection *c, const GError *error, gpointer data)
{
  GpoLiveCall *call = data;
  call->connected = error == NULL;
  if (error && !call->error)
    call->error = g_error_copy (error);
}

static void
on_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  GpoLiveCall *call = data;
  g_string_append_len (call->in, (const char *) bytes, (gssize) n);
}

static void
on_secured (GpoConnection *c, const GError *error, const char *description, gpointer data)
{
  GpoLiveCall *call = data;
  call->secured = error == NULL;
  if (error && !call->error)
    call->error = g_error_copy (error);
}

static void
on_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  ((GpoLiveCall *) data)->closed = TRUE;
}

static const GpoConnectionUser user
    = { .connected = on_connected, .received = on_received, .secured = on_secured, .closed = on_closed };

static gboolean
on_deadline (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

typedef gboolean (*Condition) (GpoLiveCall *call, gsize n);

/* Waits until the condition holds or the server is gone. FALSE with an error when the time is over. */
static gboolean
wait_for (GpoLiveCall *call, Condition condition, gsize n, guint timeout_ms, const char *what, GError **error)
{
  gboolean late = FALSE;
  GSource *deadline = g_timeout_source_new (timeout_ms);
  g_source_set_callback (deadline, on_deadline, &late, NULL);
  g_source_attach (deadline, call->context);
  g_main_context_push_thread_default (call->context);
  while (!late && !call->closed && !condition (call, n))
    g_main_context_iteration (call->context, TRUE);
  g_main_context_pop_thread_default (call->context);
  g_source_destroy (deadline);
  g_source_unref (deadline);
  if (condition (call, n))
    return TRUE;
  if (late)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s for %.1f s", what, timeout_ms / 1000.0);
  return FALSE;
}

static gboolean
is_connected (GpoLiveCall *call, gsize n)
{
  return call->connected || call->error;
}

static gboolean
is_secured (GpoLiveCall *call, gsize n)
{
  return call->secured || call->error;
}

static gboolean
has_line (GpoLiveCall *call, gsize n)
{
  return memchr (call->in->str, '\n', call->in->len) || call->in->len > MAX_LINE;
}

static gboolean
has_bytes (GpoLiveCall *call, gsize n)
{
  return call->in->len >= n;
}

static gboolean
failed (GpoLiveCall *call, GError **error)
{
  if (!call->error)
    return FALSE;
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&call->error));
  return TRUE;
}

gboolean
gpo_live_call_secure (GpoLiveCall *call, guint timeout_ms, GError **error)
{
  if (!call->tls || call->closed || call->in->len)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                   call->in->len ? "the server spoke on in the clear behind its consent to TLS"
                                 : "the connection is gone");
      return FALSE;
    }
  g_main_context_push_thread_default (call->context);
  gpo_connection_start_tls (call->connection, call->tls, GPO_TLS_CLIENT, call->name);
  g_main_context_pop_thread_default (call->context);
  gboolean good = wait_for (call, is_secured, 0, timeout_ms, "no TLS handshake", error) && call->secured;
  if (!good && !failed (call, error) && error && !*error)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the server hung up during the TLS handshake");
  return good;
}

GpoLiveCall *
gpo_live_call_new (const char *address, guint16 port, GpoTls *tls, gboolean implicit_tls, guint timeout_ms,
                   GError **error)
{
  g_autoptr (GpoLiveCall) call = g_new0 (GpoLiveCall, 1);
  call->context = g_main_context_new ();
  call->in = g_string_new (NULL);
  call->tls = tls ? gpo_tls_ref (tls) : NULL;
  call->name = g_strdup (address);
  g_main_context_push_thread_default (call->context);
  call->connection = gpo_connection_new_outgoing (address, port, timeout_ms, &user, call);
  g_main_context_pop_thread_default (call->context);
  gboolean good = wait_for (call, is_connected, 0, timeout_ms, "nobody answers", error) && call->connected;
  if (!good && !failed (call, error) && error && !*error)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the connection could not be made");
  if (!good || (implicit_tls && !gpo_live_call_secure (call, timeout_ms, error)))
    return NULL;
  return g_steal_pointer (&call);
}

void
gpo_live_call_free (GpoLiveCall *call)
{
  if (!call)
    return;
  g_main_context_push_thread_default (call->context);
  if (call->connection && !call->closed)
    gpo_connection_finish (call->connection);
  while (g_main_context_iteration (call->context, FALSE))
    ;
  if (call->connection)
    {
      gpo_connection_set_user (call->connection, NULL, NULL);
      gpo_connection_abort (call->connection);
      gpo_connection_unref (call->connection);
    }
  while (g_main_context_iteration (call->context, FALSE))
    ;
  g_main_context_pop_thread_default (call->context);
  g_main_context_unref (call->context);
  if (call->tls)
    gpo_tls_unref (call->tls);
  g_clear_error (&call->error);
  g_string_free (call->in, TRUE);
  g_free (call->name);
  g_free (call);
}

void
gpo_live_call_send (GpoLiveCall *call, gconstpointer bytes, gsize n)
{
  g_main_context_push_thread_default (call->context);
  if (!call->closed)
    gpo_connection_send (call->connection, bytes, n);
  g_main_context_pop_thread_default (call->context);
}

gboolean
gpo_live_call_line (GpoLiveCall *call, GString *line, guint timeout_ms, GError **error)
{
  g_string_truncate (line, 0);
  if (!wait_for (call, has_line, 0, timeout_ms, "the server says nothing", error)
      && (!call->closed || !call->in->len))
    return FALSE;
  const char *lf = memchr (call->in->str, '\n', call->in->len);
  gsize n = lf ? (gsize) (lf + 1 - call->in->str) : call->in->len;
  g_string_append_len (line, call->in->str, (gssize) n);
  g_string_erase (call->in, 0, (gssize) n);
  return TRUE;
}

gboolean
gpo_live_call_skip (GpoLiveCall *call, gsize n, guint timeout_ms, GError **error)
{
  while (n > 0)
    {
      if (!wait_for (call, has_bytes, 1, timeout_ms, "the server stops in a literal", error))
        return FALSE;
      gsize take = MIN (n, call->in->len);
      g_string_erase (call->in, 0, (gssize) take);
      n -= take;
    }
  return TRUE;
}
