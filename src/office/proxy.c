/* SPDX-License-Identifier: MIT */
/* proxy.c: two connections side by side, and the end of both. */
#include "office/proxy-private.h"
#include <string.h>

/* --- ends --- */

static void
free_relay (GpoSession *session)
{
  GpoRelay *r = (GpoRelay *) session;
  if (r->observed)
    gpo_observed_free (r->observed);
  g_string_free (r->from_server, TRUE);
  gpo_session_finish (session);
  g_free (r);
}

static void
forget_connection (GpoConnection **connection)
{
  if (!*connection)
    return;
  gpo_connection_set_user (*connection, NULL, NULL);
  g_clear_pointer (connection, gpo_connection_unref);
}

/* Both sides are told; what is queued for them still goes. */
static void
end_relay (GpoRelay *r, gboolean server_first, const char *why)
{
  if (r->over)
    return;
  r->over = TRUE;
  if (r->observed)
    {
      gpo_observed_end (r->observed, server_first);
      gpo_observed_closed (r->observed, server_first ? "ours" : "peer", why);
    }
  if (r->client)
    gpo_connection_finish (r->client);
  if (r->server)
    gpo_connection_finish (r->server);
  forget_connection (&r->client);
  forget_connection (&r->server);
  if (g_hash_table_remove (r->proxy->relays, r))
    gpo_session_free (&r->session);
}

/* --- passing on --- */

static void
begin_observing (GpoRelay *r, GpoProtocol protocol)
{
  char from[64], to[300];
  r->decided = TRUE;
  if (protocol == GPO_PROTOCOL_NONE)
    return; /* it is passed on all the same */
  g_snprintf (from, sizeof from, "%s:%u", gpo_connection_peer_address (r->client),
              gpo_connection_peer_port (r->client));
  g_snprintf (to, sizeof to, "%s:%u", r->proxy->to_address, r->proxy->to_port);
  r->observed = gpo_observed_new (r->proxy->observer, protocol, r->session.host, r->session.number);
  r->session.protocol = protocol;
  gpo_observed_connected (r->observed, from, to, NULL);
}

/* A relay may be gone behind this. */
static void
after (GpoRelay *r)
{
  gboolean done = r->client_ended && (!r->observed || gpo_observed_n_asked (r->observed) == 0);
  /* The server has gone, and what it had said was held. */
  gboolean gone = !r->server && r->session.pending == GPO_PENDING_NONE;
  if (r->session.closing)
    end_relay (r, TRUE, "cut at the gate");
  else if (gone || done)
    end_relay (r, gone, gone ? "the server closed first" : "the client closed first");
}

static void
pass_on (GpoRelay *r, gboolean from_client, const char *bytes, gsize n)
{
  GpoConnection *there = from_client ? r->server : r->client, *here = from_client ? r->client : r->server;
  if (!r->decided)
    begin_observing (r, gpo_protocol_guess (from_client ? "" : bytes, from_client ? 0 : n,
                                            from_client ? bytes : "", from_client ? n : 0));
  if (r->proxy->gate && r->observed)
    {
      if (from_client)
        gpo_relay_from_client (r, bytes, n);
      else
        gpo_relay_from_server (r, bytes, n);
      gpo_relay_pump (r);
    }
  else
    {
      if (r->observed)
        gpo_observed_receive (r->observed, from_client, bytes, n);
      if (there)
        gpo_connection_send (there, bytes, n);
    }
  /* Who speaks faster than the other side listens has to wait. */
  if (there && here && gpo_connection_queued (there) >= GPO_HIGH_WATER)
    gpo_connection_set_reading (here, FALSE);
}

static void
on_changed (GpoSession *session, gpointer data)
{
  GpoRelay *r = data;
  if (r->pumping)
    return;
  gpo_relay_pump (r);
  after (r);
}

/* --- the client --- */

static void
client_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  pass_on (data, TRUE, (const char *) bytes, n);
  after (data);
}

static void
client_drained (GpoConnection *c, gpointer data)
{
  GpoRelay *r = data;
  if (r->server)
    gpo_connection_set_reading (r->server, TRUE);
}

static void
client_ended (GpoConnection *c, gpointer data)
{
  ((GpoRelay *) data)->client_ended = TRUE;
  after (data);
}

static void
client_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  GpoRelay *r = data;
  forget_connection (&r->client);
  end_relay (r, FALSE, text);
}

static const GpoConnectionUser client_user = {
  .received = client_received,
  .drained = client_drained,
  .ended = client_ended,
  .closed = client_closed,
};

/* --- the server --- */

static void
server_connected (GpoConnection *c, const GError *error, gpointer data)
{
  GpoRelay *r = data;
  r->connected = error == NULL;
  if (r->connected && r->client)
    gpo_connection_set_reading (r->client, TRUE);
}

static void
server_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  pass_on (data, FALSE, (const char *) bytes, n);
  after (data);
}

static void
server_drained (GpoConnection *c, gpointer data)
{
  GpoRelay *r = data;
  if (r->client)
    gpo_connection_set_reading (r->client, TRUE);
}

static void
server_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  GpoRelay *r = data;
  forget_connection (&r->server);
  if (!r->connected)
    {
      GpoEventBuilder b;
      gpo_session_event (&r->session, &b, GPO_KIND_NOTE);
      g_autofree char *words = g_strdup_printf ("the server does not answer: %s", text);
      gpo_event_add_text (&b, GPO_FIELD_TEXT, words, -1);
      gpo_log_append (r->proxy->log, &b);
    }
  if (r->session.pending == GPO_PENDING_NONE)
    end_relay (r, TRUE, text);
}

static const GpoConnectionUser server_user = {
  .connected = server_connected,
  .received = server_received,
  .drained = server_drained,
  .closed = server_closed,
};

/* --- the listener --- */

static void
on_accepted (GpoListener *listener, GpoConnection *c, gpointer data)
{
  GpoProxy *proxy = data;
  GpoRelay *r = g_new0 (GpoRelay, 1);
  r->proxy = proxy;
  gpo_relay_init_session (r, free_relay);
  r->session.changed = on_changed;
  r->session.changed_data = r;
  g_hash_table_add (proxy->relays, r);
  r->client = gpo_connection_ref (c);
  gpo_connection_set_user (c, &client_user, r);
  gpo_connection_set_reading (c, FALSE); /* until the server is there */
  if (proxy->protocol != GPO_PROTOCOL_NONE)
    begin_observing (r, proxy->protocol);
  r->server = gpo_connection_new_outgoing (proxy->to_address, proxy->to_port, 30000, &server_user, r);
}

GpoProxy *
gpo_proxy_new (GpoLog *log, const GpoProxyOptions *options, GError **error)
{
  static const GpoListenerUser user = { .accepted = on_accepted };
  GpoProxy *proxy = g_new0 (GpoProxy, 1);
  proxy->log = log;
  proxy->listener = gpo_listener_new (options->listen_address, options->listen_port, &user, proxy, error);
  if (!proxy->listener)
    {
      g_free (proxy);
      return NULL;
    }
  proxy->observer = gpo_observer_new (log);
  proxy->gate = options->gate;
  proxy->to_address = g_strdup (options->to_address);
  proxy->to_port = options->to_port;
  proxy->next_session = options->next_session;
  proxy->data = options->data;
  if (options->next_letter)
    gpo_observer_set_numbers (proxy->observer, options->next_letter, options->data);
  proxy->host_name = options->name ? g_strdup (options->name)
                                   : gpo_observer_host_name (options->to_address, options->to_port);
  /* A port that any server may have by chance says nothing: what is said then tells (pass_on()). */
  gboolean known = options->protocol == GPO_PROTOCOL_NONE && options->to_port < 10000;
  proxy->protocol = known ? gpo_protocol_of_port (options->to_port) : options->protocol;
  proxy->relays = g_hash_table_new (NULL, NULL);
  return proxy;
}

void
gpo_proxy_free (GpoProxy *proxy)
{
  g_clear_pointer (&proxy->listener, gpo_listener_free);
  g_autoptr (GList) relays = g_hash_table_get_keys (proxy->relays);
  for (GList *l = relays; l; l = l->next)
    end_relay (l->data, TRUE, "the proxy ends");
  g_hash_table_unref (proxy->relays);
  gpo_observer_free (proxy->observer);
  g_free (proxy->to_address);
  g_free (proxy->host_name);
  g_free (proxy);
}

guint16
gpo_proxy_port (const GpoProxy *proxy)
{
  return gpo_listener_port (proxy->listener);
}
