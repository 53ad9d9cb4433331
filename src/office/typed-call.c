/* SPDX-License-Identifier: MIT */
/* typed-call.c: what is typed goes to the office's thread, what is heard comes back.
 *
 * What stays true: the call's fields belong to one thread each, as marked; what crosses over is a Message,
 * which one side at a time holds. A call that was freed lives on until its messages are back. */
#include "office/typed-call.h"
#include "office/office-private.h"
#include "replay/observer.h"
#include "wire/connection.h"
#include "wire/tls.h"
#include <string.h>

#define CONNECT_MS (10 * 1000)

struct GpoTypedCall
{
  gatomicrefcount refs;
  GpoOffice *office;              /* NULL: there is none */
  GMainContext *caller, *calling; /* where it is used, where its connection lives */

  /* the caller's thread */
  const GpoTypedCallUser *user; /* NULL: freed */
  gpointer data;
  gboolean over; /* it was told: nobody is there to send to, perhaps not even an office */

  /* the other one */
  char *who, *address, *server_name;
  guint16 port;
  GpoProtocol protocol;
  gboolean tls_first;
  GpoTls *tls;
  GpoConnection *connection; /* NULL once it is over; it holds a reference to us */
  gboolean stood;            /* it was made */
  GpoSession *end;           /* by which the server's end finds us, a host of this world; else NULL */
  gpointer key;              /* … under this key */
  GpoObserver *observer;     /* of a server elsewhere; else NULL */
  GpoObserved *observed;
};

typedef struct Message Message;
struct Message
{
  GpoTypedCall *call; /* a reference */
  void (*deliver) (Message *message);
  char *text;
  gsize length;
};

static GpoTypedCall *
ref (GpoTypedCall *call)
{
  g_atomic_ref_count_inc (&call->refs);
  return call;
}

static void
unref (GpoTypedCall *call)
{
  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  g_main_context_unref (call->caller);
  g_main_context_unref (call->calling);
  g_free (call->who);
  g_free (call->address);
  g_free (call->server_name);
  g_free (call);
}

static void
message_free (gpointer data)
{
  Message *message = data;
  g_free (message->text);
  unref (message->call);
  g_free (message);
}

static gboolean
deliver (gpointer data)
{
  Message *message = data;
  message->deliver (message);
  return G_SOURCE_REMOVE;
}

/* Calls `function` on the context, after what was sent there before; `text` is taken over. */
static void
post (GpoTypedCall *call, GMainContext *context, void (*function) (Message *message), char *text,
      gsize length)
{
  Message *message = g_new0 (Message, 1);
  g_autoptr (GSource) source = g_idle_source_new ();
  *message = (Message){ .call = ref (call), .deliver = function, .text = text, .length = length };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, message, message_free);
  g_source_attach (source, context);
}

/* --- callbacks, on the caller's thread --- */

static void
give_connected (Message *m)
{
  if (m->call->user)
    m->call->user->connected (m->text, (guint16) m->length, m->call->data);
}

static void
give_received (Message *m)
{
  if (m->call->user)
    m->call->user->received (m->text, m->length, m->call->data);
}

/* "problem\0description\0doubt": what is not there is empty. */
static void
give_secured (Message *m)
{
  const char *part[3] = { m->text };
  for (int i = 1; i < 3; i++)
    part[i] = part[i - 1] + strlen (part[i - 1]) + 1;
  for (int i = 0; i < 3; i++)
    part[i] = *part[i] ? part[i] : NULL;
  if (m->call->user)
    m->call->user->secured (part[0], part[1], part[2], m->call->data);
}

static void
give_closed (Message *m)
{
  m->call->over = TRUE;
  if (m->call->user)
    m->call->user->closed (m->text, m->call->data);
}

/* --- recording --- */

static guint32
next_letter (gpointer store)
{
  return gpo_store_next_letter (store);
}

/* Who listens there: the server's end records what a host of this world hears. */
static void
choose_witness (GpoTypedCall *call)
{
  static const GpoSessionClass class = { .free = NULL };
  GpoOfficeParts *parts = &call->office->parts;
  guint32 number = gpo_office_next_session (parts);
  if (g_hash_table_contains (parts->listening, GUINT_TO_POINTER ((guint) call->port)))
    {
      call->end = g_new0 (GpoSession, 1);
      gpo_session_init (call->end, &class, gpo_machine_named ("smtp-client"), parts->log,
                        gpo_symbol (call->who), number, call->protocol);
      call->end->client = TRUE;
      call->end->witness = FALSE;
      return;
    }
  g_autofree char *host = gpo_observer_host_name (call->address, call->port);
  call->observer = gpo_observer_new (parts->log);
  gpo_observer_set_numbers (call->observer, next_letter, parts->store);
  call->observed
      = gpo_observed_new (call->observer, call->protocol, gpo_symbol_try (host, strlen (host)), number);
}

static void
record_end (GpoTypedCall *call, GpoCloseReason reason, const char *why)
{
  if (call->observed && call->stood)
    {
      gpo_observed_end (call->observed, reason == GPO_CLOSE_PEER);
      gpo_observed_closed (call->observed, gpo_close_reason_name (reason), why);
    }
  else if (call->observed)
    {
      g_autofree char *words = g_strdup_printf ("%s calls, and is not answered: %s", call->who, why);
      gpo_observed_note (call->observed, words);
    }
  g_clear_pointer (&call->observed, gpo_observed_free);
  g_clear_pointer (&call->observer, gpo_observer_free);
}

static void
forget_key (GpoTypedCall *call)
{
  if (call->key)
    g_hash_table_remove (call->office->parts.outgoing, call->key);
  call->key = NULL;
}

/* The call is over, and its connection is gone or goes. */
static void
end_call (GpoTypedCall *call, GpoCloseReason reason, const char *why)
{
  if (!call->connection)
    return;
  record_end (call, reason, why);
  forget_key (call);
  if (call->end)
    gpo_session_finish (call->end);
  g_clear_pointer (&call->end, g_free);
  gpo_connection_set_user (call->connection, NULL, NULL);
  g_clear_pointer (&call->connection, gpo_connection_unref);
  g_clear_pointer (&call->tls, gpo_tls_unref);
  if (call->office)
    g_ptr_array_remove (call->office->typed_calls, call);
  unref (call);
}

void
gpo_typed_call_cut (GpoTypedCall *call, const char *why)
{
  gpo_connection_abort (call->connection);
  post (call, call->caller, give_closed, g_strdup (why), 0);
  end_call (call, GPO_CLOSE_OURS, why);
}

/* --- what the connection tells --- */

/* A host of this world finds us by its two ports. */
static void
on_calling (GpoConnection *c, gpointer data)
{
  GpoTypedCall *call = data;
  if (!call->end)
    return;
  forget_key (call);
  call->key = gpo_call_key (gpo_connection_local_port (c), call->port);
  g_hash_table_insert (call->office->parts.outgoing, call->key, call->end);
}

static void
on_connected (GpoConnection *c, const GError *error, gpointer data)
{
  GpoTypedCall *call = data;
  const char *address = gpo_connection_peer_address (c);
  if (error)
    return; /* `closed` follows */
  call->stood = TRUE;
  if (call->observed)
    {
      g_autofree char *from
          = g_strdup_printf ("%s:%u", gpo_connection_local_address (c), gpo_connection_local_port (c));
      g_autofree char *to = g_strdup_printf ("%s:%u", address, gpo_connection_peer_port (c));
      gpo_observed_connected (call->observed, from, to, call->who);
    }
  post (call, call->caller, give_connected, g_strdup (address), gpo_connection_peer_port (c));
  if (call->tls_first)
    gpo_connection_start_tls (c, call->tls, GPO_TLS_CLIENT, call->server_name);
}

static void
on_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  GpoTypedCall *call = data;
  if (call->observed)
    gpo_observed_receive (call->observed, FALSE, (const char *) bytes, n);
  post (call, call->caller, give_received, g_memdup2 (bytes, n), n);
}

static void
on_secured (GpoConnection *c, const GError *error, const char *description, gpointer data)
{
  GpoTypedCall *call = data;
  const char *parts[] = { error ? error->message : "", error ? "" : description,
                          error ? NULL : gpo_connection_tls_doubt (c) };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_len (text, parts[i] ? parts[i] : "", parts[i] ? (gssize) strlen (parts[i]) + 1 : 1);
  if (call->observed)
    {
      gpo_observed_told_tls (call->observed, error ? NULL : description, error ? error->message : NULL);
      gpo_observed_secured (call->observed, error == NULL);
    }
  gsize length = text->len;
  post (call, call->caller, give_secured, g_string_free (text, FALSE), length);
}

static void
on_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  GpoTypedCall *call = data;
  post (call, call->caller, give_closed, g_strdup (text), 0);
  end_call (call, reason, text);
}

static const GpoConnectionUser user = {
  .calling = on_calling,
  .connected = on_connected,
  .received = on_received,
  .secured = on_secured,
  .closed = on_closed,
};

/* --- what the caller asks for, where the connection lives --- */

static void
do_call (Message *m)
{
  GpoTypedCall *call = m->call;
  g_autofree char *folder = call->office ? gpo_store_tls_path (call->office->parts.store) : NULL;
  if (call->office && call->office->closing)
    {
      post (call, call->caller, give_closed, g_strdup ("the office closes"), 0);
      return;
    }
  call->tls = gpo_tls_new_client (GPO_TLS_TRUST_ANY, folder);
  if (call->office)
    {
      choose_witness (call);
      g_ptr_array_add (call->office->typed_calls, call);
    }
  call->connection = gpo_connection_new_outgoing (call->address, call->port, CONNECT_MS, &user, ref (call));
}

static void
do_send (Message *m)
{
  GpoTypedCall *call = m->call;
  if (!call->connection)
    return;
  if (call->observed)
    gpo_observed_receive (call->observed, TRUE, m->text, m->length);
  gpo_connection_send (call->connection, m->text, m->length);
}

static void
do_secure (Message *m)
{
  GpoTypedCall *call = m->call;
  if (call->connection)
    gpo_connection_start_tls (call->connection, call->tls, GPO_TLS_CLIENT, call->server_name);
}

static void
do_hang_up (Message *m)
{
  if (m->call->connection)
    gpo_typed_call_cut (m->call, "hung up, without goodbye");
}

/* --- the caller's side --- */

GpoTypedCall *
gpo_typed_call_new (GpoOffice *office, const GpoTypedCallOptions *options, const GpoTypedCallUser *told,
                    gpointer data)
{
  GpoTypedCall *call = g_new0 (GpoTypedCall, 1);
  g_atomic_ref_count_init (&call->refs);
  call->office = office;
  call->caller = g_main_context_ref_thread_default ();
  call->calling = g_main_context_ref (office ? office->context : call->caller);
  call->user = told;
  call->data = data;
  call->who = g_strdup (options->who);
  call->address = g_strdup (options->address);
  call->server_name = g_strdup (options->server_name);
  call->port = options->port;
  call->protocol = options->protocol;
  call->tls_first = options->tls;
  post (call, call->calling, do_call, NULL, 0);
  return call;
}

void
gpo_typed_call_send (GpoTypedCall *call, const char *bytes, gsize n)
{
  if (!call->over)
    post (call, call->calling, do_send, g_memdup2 (bytes, n), n);
}

void
gpo_typed_call_secure (GpoTypedCall *call)
{
  if (!call->over)
    post (call, call->calling, do_secure, NULL, 0);
}

void
gpo_typed_call_free (GpoTypedCall *call)
{
  call->user = NULL;
  if (!call->over)
    post (call, call->calling, do_hang_up, NULL, 0);
  unref (call);
}
