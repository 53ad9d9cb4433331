/* SPDX-License-Identifier: MIT */
/* reassembly.c: a table of connections, each with two streams of bytes. Sequence numbers go round: RFC 9293
 * §3.4. */
#include "replay/reassembly.h"
#include "replay/observer.h"
#include <string.h>

/* So many packets of a connection may pass before acknowledged bytes that are not there count as missing: a
 * capture may hold an acknowledgement a little before what it acknowledges. */
#define PATIENCE 8
/* Ended connections are remembered for a while: copies of their last segments still come. */
#define REMEMBERED 4096

typedef struct
{
  guint32 seq;
  gsize captured, length;
  guint8 bytes[];
} Waiting;

typedef struct
{
  gboolean known;    /* `next` is */
  gboolean finished; /* FIN was reached */
  gboolean fin_seen;
  guint32 next, fin;
  gboolean acked_known;
  guint32 acked;      /* by the other side */
  guint impatient;    /* packets since acknowledged bytes are missing */
  GPtrArray *waiting; /* of Waiting, by seq; NULL: none */
  gsize waiting_bytes;
} Stream;

typedef struct
{
  GpoEndpoint low, high;
} Key;

typedef struct
{
  Key key;
  gboolean client_is_low, over;
  const char *first; /* who finished first */
  gpointer own;      /* the user's; NULL: ignored */
  Stream client, server;
} Flow;

struct GpoReassembly
{
  const GpoReassemblyUser *user;
  gpointer data;
  GHashTable *flows; /* Flow, its key first, as a set */
  GQueue ended;      /* of Flow */
  Flow *last;        /* the newest segment's */
};

/* --- the table --- */

static int
compare (const GpoEndpoint *a, const GpoEndpoint *b)
{
  int difference = memcmp (a->address, b->address, sizeof a->address);
  return difference ? difference : (int) a->port - (int) b->port;
}

static guint
key_hash (gconstpointer p)
{
  const Key *key = p;
  guint64 words[4], h = key->low.port * 0x9e3779b97f4a7c15u + key->high.port;
  memcpy (words, key->low.address, 16);
  memcpy (words + 2, key->high.address, 16);
  for (guint i = 0; i < 4; i++)
    h = (h ^ words[i]) * 0xff51afd7ed558ccdu + (h >> 29);
  return (guint) (h ^ h >> 32);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;
  return compare (&x->low, &y->low) == 0 && compare (&x->high, &y->high) == 0 && x->low.v6 == y->low.v6;
}

static void
stream_clear (Stream *stream)
{
  g_clear_pointer (&stream->waiting, g_ptr_array_unref);
  memset (stream, 0, sizeof *stream);
}

static void
flow_free (gpointer data)
{
  Flow *flow = data;
  stream_clear (&flow->client);
  stream_clear (&flow->server);
  g_free (flow);
}

GpoReassembly *
gpo_reassembly_new (const GpoReassemblyUser *user, gpointer data)
{
  GpoReassembly *r = g_new0 (GpoReassembly, 1);
  r->user = user;
  r->data = data;
  r->flows = g_hash_table_new_full (key_hash, key_equal, flow_free, NULL);
  g_queue_init (&r->ended);
  return r;
}

/* --- one stream --- */

static Stream *
stream_of (Flow *flow, gboolean client)
{
  return client ? &flow->client : &flow->server;
}

static void
tell_gap (GpoReassembly *r, Flow *flow, gboolean client, guint64 n)
{
  if (flow->own && n)
    r->user->gap (flow->own, client, n, r->data);
}

/* Bytes that come next. */
static void
tell (GpoReassembly *r, Flow *flow, gboolean client, const guint8 *bytes, gsize captured, gsize length)
{
  Stream *stream = stream_of (flow, client);
  stream->next += (guint32) length;
  if (flow->own && captured)
    r->user->bytes (flow->own, client, bytes, captured, r->data);
  tell_gap (r, flow, client, length - captured);
}

/* A segment of which something may be new: its known front is left out. FALSE if it must wait. */
static gboolean
take_front (GpoReassembly *r, Flow *flow, gboolean client, guint32 seq, const guint8 *bytes, gsize captured,
            gsize length)
{
  Stream *stream = stream_of (flow, client);
  gint32 ahead = (gint32) (seq - stream->next);
  if (ahead > 0)
    return FALSE;
  gsize old = (gsize) - (gint64) ahead;
  if (old >= length)
    return TRUE;
  gsize skipped = MIN (old, captured);
  tell (r, flow, client, bytes + skipped, captured - skipped, length - old);
  return TRUE;
}

static void
take_waiting (GpoReassembly *r, Flow *flow, gboolean client)
{
  Stream *stream = stream_of (flow, client);
  while (stream->waiting && stream->waiting->len)
    {
      Waiting *first = stream->waiting->pdata[0];
      if (!take_front (r, flow, client, first->seq, first->bytes, first->captured, first->length))
        return;
      stream->waiting_bytes -= first->captured;
      g_ptr_array_remove_index (stream->waiting, 0);
    }
}

static void
wait (Stream *stream, const GpoSegment *s, guint32 seq)
{
  Waiting *w = g_malloc (sizeof *w + s->captured);
  w->seq = seq;
  w->captured = s->captured;
  w->length = s->length;
  memcpy (w->bytes, s->bytes, s->captured);
  if (!stream->waiting)
    stream->waiting = g_ptr_array_new_with_free_func (g_free);
  guint i = stream->waiting->len;
  while (i > 0 && (gint32) (((Waiting *) stream->waiting->pdata[i - 1])->seq - seq) > 0)
    i--;
  g_ptr_array_insert (stream->waiting, (gint) i, w);
  stream->waiting_bytes += s->captured;
}

/* What is missing will not come: goes on behind it. `all`: to the first bytes that wait, acknowledged or not.
 */
static void
give_up (GpoReassembly *r, Flow *flow, gboolean client, gboolean all)
{
  Stream *stream = stream_of (flow, client);
  gboolean waits = stream->waiting && stream->waiting->len;
  guint32 to = waits ? ((Waiting *) stream->waiting->pdata[0])->seq : stream->acked;
  if (!waits && (!stream->acked_known || all))
    return;
  gint32 missing = (gint32) (to - stream->next);
  if (missing > 0)
    {
      stream->next = to;
      tell_gap (r, flow, client, (guint64) missing);
    }
  stream->impatient = 0;
  take_waiting (r, flow, client);
}

/* --- ends --- */

static void
finish (GpoReassembly *r, Flow *flow, const char *how)
{
  if (flow->over)
    return;
  flow->over = TRUE;
  for (guint side = 0; side < 2; side++)
    while (stream_of (flow, side)->waiting && stream_of (flow, side)->waiting->len)
      give_up (r, flow, side, TRUE);
  if (flow->own)
    r->user->ended (flow->own, how, r->data);
  flow->own = NULL;
  g_clear_pointer (&flow->client.waiting, g_ptr_array_unref);
  g_clear_pointer (&flow->server.waiting, g_ptr_array_unref);
  g_queue_push_tail (&r->ended, flow);
}

void
gpo_reassembly_free (GpoReassembly *r)
{
  GHashTableIter iter;
  gpointer flow;
  g_hash_table_iter_init (&iter, r->flows);
  while (g_hash_table_iter_next (&iter, &flow, NULL))
    finish (r, flow, "end");
  g_queue_clear (&r->ended);
  g_hash_table_unref (r->flows);
  g_free (r);
}

static void
check_fin (GpoReassembly *r, Flow *flow, gboolean client)
{
  Stream *stream = stream_of (flow, client);
  if (!stream->fin_seen || stream->finished || (gint32) (stream->fin - stream->next) > 0)
    return;
  stream->finished = TRUE;
  if (!flow->first)
    flow->first = client ? "client" : "server";
  if (flow->client.finished && flow->server.finished)
    finish (r, flow, flow->first);
}

/* --- connections --- */

/* Who answers, where no SYN was seen: whose port is a known one, else the lower. */
static gboolean
from_is_client (const GpoSegment *s)
{
  if (s->flags & GPO_TCP_SYN)
    return !(s->flags & GPO_TCP_ACK);
  gboolean from = gpo_protocol_of_port (s->from.port) != GPO_PROTOCOL_NONE;
  gboolean to = gpo_protocol_of_port (s->to.port) != GPO_PROTOCOL_NONE;
  return from != to ? to : s->from.port > s->to.port;
}

static void
forget_old (GpoReassembly *r)
{
  while (r->ended.length > REMEMBERED)
    {
      Flow *flow = g_queue_pop_head (&r->ended);
      if (r->last == flow)
        r->last = NULL;
      g_hash_table_remove (r->flows, flow);
    }
}

static Flow *
open_flow (GpoReassembly *r, const Key *key, const GpoSegment *s)
{
  gboolean client = from_is_client (s);
  Flow *flow = g_new0 (Flow, 1);
  flow->key = *key;
  flow->client_is_low = (compare (&s->from, &key->low) == 0) == client;
  g_hash_table_add (r->flows, flow);
  flow->own = r->user->opened (client ? &s->from : &s->to, client ? &s->to : &s->from,
                               !(s->flags & GPO_TCP_SYN), r->data);
  return flow;
}

/* The segment's connection, made if it begins one; NULL if it says nothing of any. */
static Flow *
find_flow (GpoReassembly *r, const GpoSegment *s)
{
  gboolean low = compare (&s->from, &s->to) < 0;
  Key key = { low ? s->from : s->to, low ? s->to : s->from };
  Flow *flow = r->last && key_equal (r->last, &key) ? r->last : g_hash_table_lookup (r->flows, &key);
  gboolean syn = s->flags & GPO_TCP_SYN;
  if (flow && syn && !(s->flags & GPO_TCP_ACK))
    {
      gboolean client = (compare (&s->from, &flow->key.low) == 0) == flow->client_is_low;
      Stream *stream = stream_of (flow, client);
      /* The same SYN again, or the ports are used for a new connection? */
      gboolean again = client && stream->known && (gint32) (s->seq + 1 - stream->next) <= 0
                       && (gint32) (stream->next - s->seq) < 65536 && !flow->over;
      if (!again)
        {
          finish (r, flow, "end");
          g_queue_remove (&r->ended, flow);
          r->last = NULL;
          g_hash_table_remove (r->flows, flow);
          flow = NULL;
        }
    }
  if (!flow && (syn || s->length > 0) && !(s->flags & GPO_TCP_RST))
    flow = open_flow (r, &key, s);
  return r->last = flow;
}

/* What this segment acknowledges of the other side. */
static void
take_ack (GpoReassembly *r, Flow *flow, gboolean from_client, guint32 ack)
{
  Stream *other = stream_of (flow, !from_client);
  if (!other->known)
    {
      other->known = TRUE;
      other->next = ack;
    }
  if (!other->acked_known || (gint32) (ack - other->acked) > 0)
    other->acked = ack;
  other->acked_known = TRUE;
  /* An acknowledged FIN is a number without a byte. */
  gint32 missing
      = (gint32) (other->acked - other->next) - (other->fin_seen && other->acked == other->fin + 1);
  if (missing <= 0)
    other->impatient = 0;
  else if (++other->impatient > PATIENCE)
    give_up (r, flow, !from_client, FALSE);
}

static void
take_bytes (GpoReassembly *r, Flow *flow, gboolean client, const GpoSegment *s)
{
  Stream *stream = stream_of (flow, client);
  guint32 seq = s->seq + (s->flags & GPO_TCP_SYN ? 1 : 0);
  if (!stream->known)
    {
      stream->known = TRUE;
      stream->next = seq;
    }
  if (s->length && !take_front (r, flow, client, seq, s->bytes, s->captured, s->length))
    wait (stream, s, seq);
  else if (s->length)
    take_waiting (r, flow, client);
  if (s->flags & GPO_TCP_FIN && !stream->fin_seen)
    {
      stream->fin_seen = TRUE;
      stream->fin = seq + (guint32) s->length;
    }
  if (stream->waiting_bytes > GPO_REASSEMBLY_WAITING || (stream->waiting && stream->waiting->len > 8192))
    give_up (r, flow, client, TRUE);
  check_fin (r, flow, client);
}

void
gpo_reassembly_take (GpoReassembly *r, const GpoSegment *s)
{
  Flow *flow = find_flow (r, s);
  if (!flow || flow->over)
    return;
  gboolean client = (compare (&s->from, &flow->key.low) == 0) == flow->client_is_low;
  if (s->flags & GPO_TCP_RST)
    {
      finish (r, flow, "reset");
      forget_old (r);
      return;
    }
  take_bytes (r, flow, client, s);
  if (!flow->over && s->flags & GPO_TCP_ACK)
    {
      take_ack (r, flow, client, s->ack);
      check_fin (r, flow, !client);
    }
  if (flow->over)
    forget_old (r);
}
