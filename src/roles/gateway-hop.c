/* SPDX-License-Identifier: MIT */
/* gateway-hop.c: one next hop: who waits for it, and the calls to it: RFC 5321 §4.5.4.1, §5.1.
 *
 * A call goes to the exchanges of the route in their order until one is ready, and then takes letter
 * after letter from those who wait. When the last call fails before it was ready, everybody who waits is
 * told so at once: a host that is down is asked once, not once a letter. */
#include "roles/gateway-private.h"

#define CONNECT_MS (30 * 1000)
/* How long a connection is kept for further letters. */
#define IDLE_MS 1000

struct GpoCall
{
  GpoHop *hop; /* NULL once it takes no letters any more */
  GpoGateway *gateway;
  GPtrArray *order; /* of GpoExchange, borrowed from the hop's route */
  guint at;         /* which of them */
  gboolean no_tls;  /* encryption failed the last time */
  gboolean soft;    /* an exchange failed for now only */
  GpoSender *sender;
  GpoDesk *desk;
  GpoQueued *letter; /* being sent, or NULL */
  gboolean was_ready;
  gboolean telling; /* its letter is being settled; it will be ready again at once */
};

static void dial (GpoCall *call);
static void wake (GpoHop *hop);

/* --- who waits --- */

void
gpo_hop_free (gpointer data)
{
  GpoHop *hop = data;
  g_queue_clear (&hop->letters);
  g_ptr_array_unref (hop->calls);
  gpo_route_free (hop->route);
  g_free (hop);
}

/* A hop that nobody needs goes. */
static void
release (GpoHop *hop)
{
  if (!hop->letters.length && !hop->calls->len && !hop->pins)
    g_hash_table_remove (hop->gateway->hops, hop->route->key);
}

void
gpo_hop_add (GpoQueued *letter, GpoRoute *route)
{
  GpoGateway *gateway = letter->gateway;
  GpoHop *hop = g_hash_table_lookup (gateway->hops, route->key);
  if (!hop)
    {
      hop = g_new0 (GpoHop, 1);
      hop->gateway = gateway;
      hop->route = route;
      hop->calls = g_ptr_array_new ();
      hop->most = GPO_GATEWAY_CALLS;
      g_hash_table_insert (gateway->hops, route->key, hop);
    }
  else
    gpo_route_free (route);
  g_queue_push_tail (&hop->letters, letter);
  letter->hop = hop;
  letter->waiting = hop->letters.tail;
  gpo_queued_take (letter, GPO_QUEUE_IN_ROUTE, GPO_OK, 0, 0);
  wake (hop);
}

void
gpo_hop_remove (GpoQueued *letter)
{
  GpoHop *hop = letter->hop;
  if (letter->waiting)
    g_queue_delete_link (&hop->letters, letter->waiting);
  letter->waiting = NULL;
  letter->hop = NULL;
  if (hop)
    release (hop);
}

/* --- a letter's bytes --- */

static gssize
read_letter (gpointer source, guint64 offset, char *buffer, gsize n, GError **error)
{
  return gpo_spool_reader_read (source, offset, buffer, n, error);
}

static void
free_letter (gpointer source)
{
  gpo_spool_reader_free (source);
}

static const GpoLetterSource spooled = { read_letter, free_letter };

/* --- giving letters to calls --- */

/* The whole batch has the same fate. */
static void
settle_all (GpoQueued *letter, GpoQueueInput input, const GpoOutcome *outcome, const char *remote)
{
  for (guint i = 0; i < letter->round->batch->len; i++)
    gpo_queued_outcome (letter, i, outcome, remote, FALSE);
  gpo_queued_settle (letter, input, 0, 0);
}

static void
give (GpoCall *call, GpoQueued *letter)
{
  GpoGateway *gateway = call->gateway;
  GpoSession *session = gpo_sender_session (call->sender);
  g_autoptr (GError) error = NULL;
  GpoSpoolReader *reader = gpo_spool_open_letter (gateway->post->spool, letter->envelope->id, &error);
  g_queue_delete_link (&call->hop->letters, letter->waiting);
  letter->waiting = NULL;
  gpo_queued_set_reason (letter, NULL);
  gpo_queued_take (letter, GPO_QUEUE_IN_CALL, GPO_OK, session->number, session->cause);
  if (!reader)
    {
      GpoOutcome outcome = { .state = GPO_RCPT_WAITING, .status = "4.3.0", .reply = error->message };
      settle_all (letter, GPO_QUEUE_IN_REPLY, &outcome, NULL);
      return;
    }
  GpoMailing mailing = { .envelope = letter->envelope,
                         .recipients = (const guint *) letter->round->batch->data,
                         .n_recipients = letter->round->batch->len,
                         .size = gpo_spool_reader_size (reader),
                         .class = &spooled,
                         .source = reader,
                         .recorded = gpo_post_has_recorded (gateway->post, letter->envelope->letter) };
  call->letter = letter;
  gpo_sender_send (call->sender, &mailing);
}

static void
next_letter (GpoCall *call)
{
  GpoHop *hop = call->hop;
  while (hop && call->hop == hop && hop->letters.length && gpo_sender_is_ready (call->sender)
         && !call->gateway->stopping)
    give (call, hop->letters.head->data);
  if (call->gateway->stopping && !call->letter)
    gpo_sender_quit (call->sender);
}

static void
on_ready (GpoSender *sender, gpointer data)
{
  GpoCall *call = data;
  call->was_ready = TRUE;
  next_letter (call);
  if (call->hop)
    wake (call->hop);
}

/* 452 behind recipients that were taken means: the rest in another transaction (RFC 5321 §4.5.3.1.10). */
static gboolean
only_too_many (const GpoOutcome *outcomes, guint i)
{
  if (outcomes[i].state != GPO_RCPT_WAITING || (outcomes[i].code != 452 && outcomes[i].code != 552))
    return FALSE;
  for (guint k = 0; k < i; k++)
    if (outcomes[k].state == GPO_RCPT_RELAYED)
      return TRUE;
  return FALSE;
}

static void
on_sent (GpoSender *sender, const GpoOutcome *outcomes, guint n, gpointer data)
{
  GpoCall *call = data;
  GpoQueued *letter = g_steal_pointer (&call->letter);
  GpoSession *session = gpo_sender_session (sender);
  gboolean lost = FALSE, dsn = gpo_sender_offer (sender)->dsn;
  const char *remote = gpo_sender_server (sender);
  for (guint i = 0; i < n; i++)
    {
      guint index = g_array_index (letter->round->batch, guint, i);
      gpo_queued_outcome (letter, i, &outcomes[i], remote, dsn);
      if (only_too_many (outcomes, i))
        g_array_append_val (letter->round->later, index);
      lost |= outcomes[i].state == GPO_RCPT_WAITING && !outcomes[i].code;
    }
  call->telling = !lost;
  gpo_queued_settle (letter, lost ? GPO_QUEUE_IN_LOST : GPO_QUEUE_IN_REPLY, session->number, session->cause);
  call->telling = FALSE;
}

/* --- calls that fail --- */

/* Nobody can be reached: everybody who waits is told. */
static void
fail_waiting (GpoHop *hop, const GpoOutcome *why, const char *remote)
{
  GQueue letters = hop->letters;
  g_queue_init (&hop->letters);
  hop->pins++;
  for (GpoQueued *letter; (letter = g_queue_pop_head (&letters));)
    {
      letter->waiting = NULL;
      settle_all (letter, GPO_QUEUE_IN_CALL, why, remote);
    }
  hop->pins--;
}

/* A call that takes no letters any more; its connection may still be saying goodbye. */
static void
detach (GpoCall *call)
{
  GpoHop *hop = g_steal_pointer (&call->hop);
  if (hop)
    g_ptr_array_remove_fast (hop->calls, call);
}

static GpoCall *
call_new (GpoHop *hop)
{
  GpoCall *call = g_new0 (GpoCall, 1);
  call->hop = hop;
  call->gateway = hop->gateway;
  g_ptr_array_add (hop->calls, call);
  g_ptr_array_add (hop->gateway->dials, call);
  return call;
}

/* The same call once more, to the next exchange or without encryption. */
static void
dial_again (GpoCall *old, gboolean no_tls)
{
  GpoHop *hop = old->hop;
  GpoCall *call = call_new (hop);
  call->order = g_steal_pointer (&old->order);
  call->at = old->at + (no_tls ? 0 : 1);
  call->no_tls = no_tls;
  call->soft = old->soft;
  detach (old);
  dial (call);
}

static void
call_failed (GpoCall *call, const GpoOutcome *why)
{
  GpoHop *hop = call->hop;
  const GpoExchange *exchange = call->order->pdata[call->at];
  gboolean tls = call->sender && gpo_sender_tls_failed (call->sender) && !call->no_tls;
  call->soft |= why->state == GPO_RCPT_WAITING;
  if (!call->gateway->stopping && (tls || call->at + 1 < call->order->len))
    {
      dial_again (call, tls);
      return;
    }
  GpoOutcome fate = *why;
  fate.state = call->soft ? GPO_RCPT_WAITING : GPO_RCPT_FAILED;
  if (fate.state == GPO_RCPT_WAITING && *fate.status == '5')
    *fate.status = '4';
  detach (call);
  if (hop->calls->len)
    hop->most = hop->calls->len; /* the others do the work */
  else if (!call->gateway->stopping)
    {
      g_autofree char *words = call->sender ? g_strdup_printf ("%s: %s", exchange->name, why->reply) : NULL;
      if (words && !why->code)
        fate.reply = words;
      fail_waiting (hop, &fate, exchange->name);
    }
}

static void
on_ended (GpoSender *sender, const GpoOutcome *why, gpointer data)
{
  GpoCall *call = data;
  GpoHop *hop = call->hop;
  if (!hop)
    return;
  hop->pins++;
  if (why && !call->was_ready)
    call_failed (call, why);
  else
    {
      detach (call);
      wake (hop);
    }
  hop->pins--;
  release (hop);
}

static const GpoSenderUser sender_user = { on_ready, on_sent, on_ended };

/* --- dialling --- */

static void
call_free (GpoCall *call)
{
  GpoHop *hop = call->hop;
  detach (call);
  if (hop)
    release (hop);
  g_ptr_array_remove_fast (call->gateway->dials, call);
  g_clear_pointer (&call->order, g_ptr_array_unref);
  g_free (call);
}

static void
on_closed (GpoDesk *desk, gpointer data)
{
  GpoCall *call = data;
  GpoGateway *gateway = call->gateway;
  gpo_sender_forget (call->sender);
  call_free (call);
  if (gateway->stopping && !gateway->dials->len && gateway->stopped)
    {
      void (*stopped) (gpointer) = g_steal_pointer (&gateway->stopped);
      stopped (gateway->stopped_data);
    }
}

static void
dial (GpoCall *call)
{
  GpoGateway *gateway = call->gateway;
  GpoPost *post = gateway->post;
  const GpoExchange *exchange = call->order->pdata[call->at];
  if (exchange->port == 0)
    {
      g_autofree char *text = g_strdup_printf ("%s does not listen for mail", exchange->name);
      GpoOutcome why = { .state = GPO_RCPT_WAITING, .status = "4.4.1", .reply = text };
      call_failed (call, &why);
      call_free (call);
      return;
    }
  GpoSenderOptions options = { .name = post->host->domain,
                               .tls = call->no_tls ? GPO_SENDER_TLS_NONE : GPO_SENDER_TLS_WHERE_OFFERED,
                               .idle_ms = IDLE_MS };
  call->sender = gpo_sender_new (&options, post->office->log, post->host->symbol, 0, &sender_user, call);
  call->desk
      = gpo_desk_call (post, exchange->address, exchange->port, CONNECT_MS, gateway->tls, exchange->name,
                       gpo_sender_session (call->sender), gpo_sender_connected, on_closed, call);
}

/* How many calls will be ready soon, or are idle now. */
static GpoCall *
find_idle (GpoHop *hop, guint *coming)
{
  *coming = 0;
  for (guint i = 0; i < hop->calls->len; i++)
    {
      GpoCall *call = hop->calls->pdata[i];
      if (!call->was_ready || call->telling)
        ++*coming;
      else if (!call->letter && gpo_sender_is_ready (call->sender))
        return call;
    }
  return NULL;
}

static void
wake (GpoHop *hop)
{
  guint coming;
  if (hop->gateway->stopping || !hop->letters.length)
    return;
  GpoCall *idle = find_idle (hop, &coming);
  if (idle)
    next_letter (idle);
  else if (coming < hop->letters.length && hop->calls->len < hop->most)
    {
      GpoCall *call = call_new (hop);
      call->order = gpo_route_order (hop->route, hop->gateway->random);
      dial (call);
    }
}

/* --- the end --- */

void
gpo_hops_stop (GpoGateway *gateway)
{
  g_autoptr (GPtrArray) dials = g_ptr_array_copy (gateway->dials, NULL, NULL);
  for (guint i = 0; i < dials->len; i++)
    {
      GpoCall *call = dials->pdata[i];
      if (call->was_ready)
        gpo_desk_shutdown (call->desk);
      else
        gpo_desk_cut (call->desk, "the office is stopping");
    }
}

void
gpo_hops_cut (GpoGateway *gateway)
{
  while (gateway->dials->len)
    {
      GpoCall *call = gateway->dials->pdata[0];
      gpo_sender_forget (call->sender);
      gpo_desk_cut (call->desk, "the gateway is gone");
    }
}
