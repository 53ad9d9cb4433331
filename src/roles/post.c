/* SPDX-License-Identifier: MIT */
/* post.c: a host at work: who has a place here, what its SMTP sessions ask, whom it lets in.
 *
 * What becomes of a letter that is whole is in post-delivery.c, the reports to its sender in post-report.c.
 */
#include "roles/post.h"
#include "letter/address.h"
#include "roles/desk.h"
#include <string.h>

/* How long a stranger waits on the greylist, µs on the office's clock. */
#define GREYLIST_WAIT (60 * G_USEC_PER_SEC)

guint32
gpo_office_next_session (GpoOfficeParts *office)
{
  return ++office->last_session;
}

void
gpo_post_event (GpoPost *post, GpoEventBuilder *b, GpoKind kind, guint32 letter)
{
  gpo_event_begin (b, kind);
  b->event.host = post->host->symbol;
  b->event.letter = letter;
}

/* --- where does it go? --- */

static GpoPost *
post_of (GpoLetterSink *sink)
{
  return (GpoPost *) sink;
}

static GpoPlace
sink_place (GpoLetterSink *sink, const char *path, GpoPerson **person)
{
  return gpo_host_place (post_of (sink)->host, path, person);
}

static gboolean
sink_may_relay (GpoLetterSink *sink, const char *path)
{
  GpoHost *host = post_of (sink)->host;
  const char *domain = gpo_path_domain (path);
  if (!host->relay || !domain)
    return FALSE;
  g_autofree char *lower = g_ascii_strdown (domain, -1);
  if (host->relay_domains)
    return g_strv_contains ((const char *const *) host->relay_domains, lower);
  return gpo_world_host (host->world, lower) || g_hash_table_contains (host->world->zone, lower)
         || g_hash_table_contains (host->world->routes, lower)
         || (host->routes && g_hash_table_contains (host->routes, lower));
}

static gboolean
sink_greylist (GpoLetterSink *sink, const char *peer, const char *sender, const char *path)
{
  GpoPost *post = post_of (sink);
  g_autofree char *key = g_strdup_printf ("%s %s %s", peer, sender, path);
  gint64 now = gpo_clock_now (post->office->clock);
  gint64 *first = g_hash_table_lookup (post->greylist, key);
  if (first)
    return now - *first >= GREYLIST_WAIT;
  first = g_new (gint64, 1);
  *first = now;
  g_hash_table_insert (post->greylist, g_steal_pointer (&key), first);
  return FALSE;
}

/* --- letters coming in --- */

gboolean
gpo_post_has_recorded (GpoPost *post, guint32 letter)
{
  return letter && letter >= gpo_store_first_letter (post->office->store);
}

static guint32
sink_letter (GpoLetterSink *sink, GpoSmtpServer *server, gboolean *recorded)
{
  GpoPost *post = post_of (sink);
  gpointer key = gpo_smtp_server_call_key (server);
  GpoSession *client = key ? g_hash_table_lookup (post->office->outgoing, key) : NULL;
  if (!client || !client->letter)
    return *recorded = FALSE, gpo_store_next_letter (post->office->store);
  *recorded = gpo_post_has_recorded (post, client->letter);
  return client->letter;
}

static gint64
sink_wall (GpoLetterSink *sink)
{
  return gpo_clock_wall (post_of (sink)->office->clock);
}

static char *
sink_make_id (GpoLetterSink *sink, guint32 letter)
{
  return gpo_spool_make_id (letter);
}

static void
sink_drained (gpointer data)
{
  gpo_session_resume (data);
}

static gboolean
sink_write (GpoLetterSink *sink, GpoSmtpServer *server, const char *bytes, gsize n)
{
  GpoPost *post = post_of (sink);
  gpointer *slot = gpo_smtp_server_slot (server);
  GpoIncoming *incoming = *slot;
  if (!incoming)
    {
      *slot = incoming = gpo_incoming_new (post->office->store, ((GpoSession *) server)->letter);
      gpo_incoming_set_drained (incoming, sink_drained, server);
    }
  return gpo_incoming_write (incoming, bytes, n);
}

static void
sink_abort (GpoLetterSink *sink, GpoSmtpServer *server)
{
  gpointer *slot = gpo_smtp_server_slot (server);
  g_clear_pointer ((GpoIncoming **) slot, gpo_incoming_abort);
}

static void
sink_done (const GError *error, gpointer data)
{
  gpo_smtp_server_stored (data, error);
}

static void
sink_commit (GpoLetterSink *sink, GpoSmtpServer *server, GpoEnvelope *envelope, GString *added,
             GString *header, guint64 size, gboolean return_path)
{
  GpoArrival arrival = { .incoming = g_steal_pointer ((GpoIncoming **) gpo_smtp_server_slot (server)),
                         .envelope = envelope,
                         .return_path = return_path,
                         .added = added,
                         .header = header,
                         .size = size };
  gpo_post_deliver (post_of (sink), &arrival, (GpoSession *) server, sink_done, server);
}

/* --- the post itself --- */

void
gpo_post_init (GpoPost *post, GpoOfficeParts *office, GpoHost *host)
{
  post->sink = (GpoLetterSink){
    .place = sink_place,
    .may_relay = sink_may_relay,
    .greylist = sink_greylist,
    .letter = sink_letter,
    .wall = sink_wall,
    .make_id = sink_make_id,
    .write = sink_write,
    .abort = sink_abort,
    .commit = sink_commit,
  };
  post->office = office;
  post->host = host;
  post->desks = g_hash_table_new (NULL, NULL);
  post->connections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  post->greylist = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
gpo_post_finish (GpoPost *post)
{
  g_clear_pointer (&post->desks, g_hash_table_unref);
  g_clear_pointer (&post->connections, g_hash_table_unref);
  g_clear_pointer (&post->greylist, g_hash_table_unref);
}

/* How many connections the host has in all. */
static guint
count_connections (GpoPost *post)
{
  GHashTableIter iter;
  gpointer n;
  guint sum = 0;
  g_hash_table_iter_init (&iter, post->connections);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    sum += GPOINTER_TO_UINT (n);
  return sum;
}

GpoVerdict
gpo_post_judge_caller (GpoPost *post, const char *address)
{
  const GpoLimits *limits = &post->host->limits;
  guint own = GPOINTER_TO_UINT (g_hash_table_lookup (post->connections, address));
  if ((limits->connections_per_peer && own > limits->connections_per_peer)
      || (limits->connections && count_connections (post) > limits->connections))
    return GPO_TOO_MANY;
  for (char **b = post->host->blocklist; b && *b; b++)
    if (strcmp (*b, address) == 0)
      return GPO_REFUSED;
  return GPO_OK;
}

void
gpo_post_serve_smtp (GpoPost *post, GpoRole role, GpoConnection *connection)
{
  GpoSession *client;
  guint32 number = gpo_desk_number (post->office, connection, &client);
  const char *peer = gpo_connection_peer_address (connection);
  GpoSession *session = gpo_smtp_server_new (post->office->log, post->host, role, &post->sink, peer, number);
  gpo_smtp_server_set_call_key ((GpoSmtpServer *) session, gpo_desk_call_key (connection));
  gpo_smtp_server_offer_tls (session, post->tls && post->host->tls != GPO_TLS_NONE);
  GpoDesk *desk = gpo_desk_serve (post, role, connection, session, FALSE, NULL, NULL);
  gpo_smtp_server_greet (session, gpo_post_judge_caller (post, peer));
  gpo_desk_update (desk);
}
