/* SPDX-License-Identifier: MIT */
/* desk.c: carrying out a session's wishes on a connection.
 *
 * After every call into the session, update() looks at its wishes in one place and one order: send,
 * encrypt, close, read or not, time-out. A session that waits for the disk outlives its connection:
 * the letter it has taken is stored all the same, though nobody hears the 250. */
#include "roles/desk.h"

/* A buffer that grew larger than this is given back when it is empty: idle sessions stay small. */
#define KEEP_BUFFER 4096

struct GpoDesk
{
  GpoPost *post;
  GpoSession *session;
  GpoConnection *connection; /* NULL once it is gone */
  GpoTls *tls;
  char *server_name, *counted; /* counted: the peer's address while it is counted */
  guint16 called_port;         /* of the listener that we call */
  gpointer outgoing;           /* the key under which office->outgoing knows us; NULL: it does not */
  gboolean recorded;           /* `connect` was recorded by this end, so `close` is too */
  gboolean implicit_tls, finishing, in_call;
  gboolean peer_ended; /* it says no more, and waits for answers */
  GSource *turn;       /* a session that streams has its next turn; NULL: it does not wait for one */
  void (*connected) (GpoSession *, const GError *);
  GpoDeskClosed closed;
  gpointer data;
};

static void
forget_outgoing (GpoDesk *desk)
{
  if (desk->outgoing)
    g_hash_table_remove (desk->post->office->outgoing, desk->outgoing);
  desk->outgoing = NULL;
}

static void
forget_turn (GpoDesk *desk)
{
  if (desk->turn)
    g_source_destroy (desk->turn);
  g_clear_pointer (&desk->turn, g_source_unref);
}

static void
desk_free (GpoDesk *desk)
{
  forget_turn (desk);
  if (desk->closed)
    desk->closed (desk, desk->data);
  forget_outgoing (desk);
  if (desk->counted)
    {
      GHashTable *connections = desk->post->connections;
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (connections, desk->counted));
      if (n <= 1)
        g_hash_table_remove (connections, desk->counted);
      else
        g_hash_table_insert (connections, g_strdup (desk->counted), GUINT_TO_POINTER (n - 1));
      g_free (desk->counted);
    }
  gpo_session_free (desk->session);
  if (desk->connection)
    {
      gpo_connection_set_user (desk->connection, NULL, NULL);
      gpo_connection_unref (desk->connection);
    }
  g_free (desk->server_name);
  GpoOfficeParts *office = desk->post->office;
  g_hash_table_remove (desk->post->desks, desk);
  g_free (desk);
  if (office->desk_gone)
    office->desk_gone (office->desk_gone_data);
}

static gboolean on_turn (gpointer data);

/* A session that gave up its turn though the connection takes more goes on when all others had theirs:
 * the connection tells that it drained only when it had been full. */
static void
arrange_turn (GpoDesk *desk)
{
  gboolean waits = desk->session->pending == GPO_PENDING_OUTPUT || desk->session->streams;
  if (desk->turn || !waits || !gpo_session_has_room (desk->session))
    return;
  desk->turn = g_idle_source_new ();
  g_source_set_priority (desk->turn, G_PRIORITY_DEFAULT);
  g_source_set_callback (desk->turn, on_turn, desk, NULL);
  g_source_attach (desk->turn, g_main_context_get_thread_default ());
}

/* Whether an answer to what the peer has said is still to come, from the disk, a lookup, or piece by piece.
 */
static gboolean
owes_answer (const GpoSession *session)
{
  return session->streams || session->pending == GPO_PENDING_STORE || session->pending == GPO_PENDING_LOOKUP
         || session->pending == GPO_PENDING_OUTPUT;
}

static void
empty_output (GpoSession *session)
{
  if (session->out->allocated_len <= KEEP_BUFFER)
    {
      g_string_truncate (session->out, 0);
      return;
    }
  g_string_free (session->out, TRUE);
  session->out = g_string_sized_new (0);
}

static void
update (GpoDesk *desk)
{
  GpoSession *session = desk->session;
  GpoConnection *c = desk->connection;
  if (!c || desk->in_call)
    return;
  gboolean last = (session->closing || (desk->peer_ended && !owes_answer (session))) && session->pending != GPO_PENDING_GATE && !desk->finishing;
  if (last)
    {
      desk->finishing = TRUE;
      gpo_connection_send_last (c, session->out->str, session->out->len);
      empty_output (session);
      return;
    }
  if (session->out->len > 0)
    {
      gpo_connection_send (c, session->out->str, session->out->len);
      empty_output (session);
    }
  session->unsent = gpo_connection_queued (c);
  arrange_turn (desk);
  if (session->wants_tls && session->pending == GPO_PENDING_TLS)
    {
      session->wants_tls = FALSE;
      gpo_connection_start_tls (c, desk->tls, session->client ? GPO_TLS_CLIENT : GPO_TLS_SERVER,
                                desk->server_name);
    }
  gboolean waits = session->pending != GPO_PENDING_NONE;
  /* Who does not read our replies is not read from: they would pile up here. `drained` comes back here. */
  gboolean full = !session->client && session->unsent >= GPO_HIGH_WATER;
  gpo_connection_set_reading (c, (!waits && !full) || session->pending == GPO_PENDING_TLS);
  gpo_connection_set_partial (c, session->partial && !waits);
  gpo_connection_set_timeout (c, waits ? 0 : session->timeout_ms);
}

static void
session_changed (GpoSession *session, gpointer data)
{
  GpoDesk *desk = data;
  if (desk->in_call)
    return;
  if (!desk->connection && session->pending != GPO_PENDING_STORE)
    desk_free (desk); /* it only waited for the disk */
  else
    update (desk);
}

/* --- what the connection tells --- */

/* The server's end of an inner call finds us by its two ports. */
static void
on_calling (GpoConnection *c, gpointer data)
{
  GpoDesk *desk = data;
  if (desk->session->witness)
    return;
  forget_outgoing (desk);
  desk->outgoing = gpo_call_key (gpo_connection_local_port (c), desk->called_port);
  g_hash_table_insert (desk->post->office->outgoing, desk->outgoing, desk->session);
}

static void
on_connected (GpoConnection *c, const GError *error, gpointer data)
{
  GpoDesk *desk = data;
  GpoSession *session = desk->session;
  if (session->witness && !error)
    {
      GpoEventBuilder b;
      g_autofree char *to
          = g_strdup_printf ("%s:%u", gpo_connection_peer_address (c), gpo_connection_peer_port (c));
      g_autofree char *from
          = g_strdup_printf ("%s:%u", gpo_connection_local_address (c), gpo_connection_local_port (c));
      gpo_session_event (session, &b, GPO_KIND_CONNECT);
      gpo_event_add_text (&b, GPO_FIELD_SIDE, "client", -1);
      gpo_event_add_text (&b, GPO_FIELD_FROM, from, -1);
      gpo_event_add_text (&b, GPO_FIELD_TO, to, -1);
      gpo_log_append (session->log, &b);
      desk->recorded = TRUE;
    }
  if (error)
    session->closing = TRUE;
  if (desk->connected)
    desk->connected (session, error);
  update (desk);
}

static void
on_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  GpoDesk *desk = data;
  desk->in_call = TRUE;
  gpo_session_receive (desk->session, (const char *) bytes, n);
  desk->in_call = FALSE;
  update (desk);
}

static void
on_drained (GpoConnection *c, gpointer data)
{
  GpoDesk *desk = data;
  GpoSession *session = desk->session;
  session->unsent = gpo_connection_queued (c);
  desk->in_call = TRUE;
  if (session->class->drained)
    session->class->drained (session);
  else if (session->pending == GPO_PENDING_OUTPUT)
    session->pending = GPO_PENDING_NONE;
  if (session->pending == GPO_PENDING_NONE)
    gpo_session_resume (session);
  desk->in_call = FALSE;
  update (desk);
}

static gboolean
on_turn (gpointer data)
{
  GpoDesk *desk = data;
  forget_turn (desk);
  on_drained (desk->connection, desk);
  return G_SOURCE_REMOVE;
}

static void
on_secured (GpoConnection *c, const GError *error, const char *description, gpointer data)
{
  GpoDesk *desk = data;
  GpoSession *session = desk->session;
  session->tls = error == NULL;
  desk->in_call = TRUE;
  if (session->pending == GPO_PENDING_TLS)
    session->pending = GPO_PENDING_NONE;
  session->class->secured (session, description, error);
  if (session->pending == GPO_PENDING_NONE)
    gpo_session_resume (session);
  desk->in_call = FALSE;
  update (desk);
}

static void
on_timed_out (GpoConnection *c, gpointer data)
{
  GpoDesk *desk = data;
  GpoSession *session = desk->session;
  /* While somebody holds a line, silence is nobody's fault: the time begins anew. */
  if (!session->gate || !session->gate->holding)
    session->class->timed_out (session);
  update (desk);
}

/* The peer says no more, as `nc -N` does behind a file. What it has said is answered first. */
static void
on_ended (GpoConnection *c, gpointer data)
{
  GpoDesk *desk = data;
  if (desk->session->client || !owes_answer (desk->session))
    gpo_connection_finish (c);
  else
    desk->peer_ended = TRUE;
}

static void
on_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  GpoDesk *desk = data;
  GpoSession *session = desk->session;
  gpo_connection_set_user (c, NULL, NULL);
  g_clear_pointer (&desk->connection, gpo_connection_unref);
  forget_turn (desk);
  session->out->len = 0;
  session->class->lost (session, text);
  if (desk->recorded)
    {
      GpoEventBuilder b;
      gpo_session_event (session, &b, GPO_KIND_CLOSE);
      gpo_event_add_text (&b, GPO_FIELD_RESULT, gpo_close_reason_name (reason), -1);
      gpo_event_add_text (&b, GPO_FIELD_REASON, text, -1);
      gpo_log_append (session->log, &b);
    }
  if (session->pending != GPO_PENDING_STORE)
    desk_free (desk);
}

static const GpoConnectionUser user = {
  .calling = on_calling,
  .connected = on_connected,
  .received = on_received,
  .drained = on_drained,
  .secured = on_secured,
  .timed_out = on_timed_out,
  .ended = on_ended,
  .closed = on_closed,
};

/* --- making desks --- */

static GpoDesk *
desk_new (GpoPost *post, GpoSession *session, GpoTls *tls, GpoDeskClosed closed, gpointer data)
{
  GpoDesk *desk = g_new0 (GpoDesk, 1);
  desk->post = post;
  desk->session = session;
  desk->tls = tls;
  desk->closed = closed;
  desk->data = data;
  session->gate = post->office->gate;
  session->changed = session_changed;
  session->changed_data = desk;
  g_hash_table_add (post->desks, desk);
  return desk;
}

gpointer
gpo_desk_call_key (GpoConnection *accepted)
{
  return gpo_call_key (gpo_connection_peer_port (accepted), gpo_connection_local_port (accepted));
}

guint32
gpo_desk_number (GpoOfficeParts *office, GpoConnection *connection, GpoSession **client)
{
  *client = g_hash_table_lookup (office->outgoing, gpo_desk_call_key (connection));
  return *client ? (*client)->number : gpo_office_next_session (office);
}

static void
record_accepted (GpoDesk *desk, GpoRole role, GpoSession *client)
{
  GpoConnection *c = desk->connection;
  GpoEventBuilder b;
  char from[64], to[64];
  g_snprintf (from, sizeof from, "%s:%u", gpo_connection_peer_address (c), gpo_connection_peer_port (c));
  g_snprintf (to, sizeof to, "%s:%u", gpo_connection_local_address (c), gpo_connection_local_port (c));
  gpo_session_event (desk->session, &b, GPO_KIND_CONNECT);
  gpo_event_add_symbol (&b, GPO_FIELD_ROLE, gpo_symbol (gpo_role_name (role)));
  gpo_event_add_text (&b, GPO_FIELD_SIDE, "server", -1);
  gpo_event_add_text (&b, GPO_FIELD_FROM, from, -1);
  gpo_event_add_text (&b, GPO_FIELD_TO, to, -1);
  if (client)
    gpo_event_add_symbol (&b, GPO_FIELD_NAME, client->host);
  gpo_log_append (desk->session->log, &b);
  desk->recorded = TRUE;
}

GpoDesk *
gpo_desk_serve (GpoPost *post, GpoRole role, GpoConnection *connection, GpoSession *session,
                gboolean implicit_tls, GpoDeskClosed closed, gpointer data)
{
  GpoDesk *desk = desk_new (post, session, post->tls, closed, data);
  desk->connection = gpo_connection_ref (connection);
  GpoSession *client = g_hash_table_lookup (post->office->outgoing, gpo_desk_call_key (connection));
  desk->counted = g_strdup (gpo_connection_peer_address (connection));
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (post->connections, desk->counted));
  g_hash_table_insert (post->connections, g_strdup (desk->counted), GUINT_TO_POINTER (n + 1));
  record_accepted (desk, role, client);
  gpo_connection_set_user (connection, &user, desk);
  if (implicit_tls)
    {
      session->pending = GPO_PENDING_TLS;
      session->wants_tls = TRUE;
    }
  update (desk);
  return desk;
}

GpoDesk *
gpo_desk_call (GpoPost *post, const char *address, guint16 port, guint timeout_ms, GpoTls *tls,
               const char *server_name, GpoSession *session,
               void (*connected) (GpoSession *session, const GError *error), GpoDeskClosed closed,
               gpointer data)
{
  GpoOfficeParts *office = post->office;
  GpoDesk *desk = desk_new (post, session, tls, closed, data);
  desk->server_name = g_strdup (server_name);
  desk->connected = connected;
  session->client = TRUE;
  session->number = gpo_office_next_session (office);
  session->witness = !g_hash_table_contains (office->listening, GUINT_TO_POINTER ((guint) port));
  desk->called_port = port;
  desk->connection = gpo_connection_new_outgoing (address, port, timeout_ms, &user, desk);
  return desk;
}

GpoSession *
gpo_desk_session (GpoDesk *desk)
{
  return desk->session;
}

void
gpo_desk_update (GpoDesk *desk)
{
  update (desk);
}

void
gpo_desk_cut (GpoDesk *desk, const char *why)
{
  GpoConnection *c = desk->connection;
  if (!c)
    return;
  gpo_connection_ref (c);
  gpo_connection_abort (c);
  on_closed (c, GPO_CLOSE_OURS, why, desk);
  gpo_connection_unref (c);
}

void
gpo_desk_shutdown (GpoDesk *desk)
{
  if (!desk->connection)
    return;
  desk->session->class->shutdown (desk->session);
  update (desk);
}
