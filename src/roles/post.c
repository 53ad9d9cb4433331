/* SPDX-License-Identifier: MIT */
/* post.c: where letters go at one host: mailboxes here, or the queue.
 *
 *     the client's bytes → GpoIncoming → gpo_post_deliver → a file in each mailbox, one in the queue
 *                                                         → `letter` and `mailbox` events → 250
 *
 * The order is what makes 250 a promise (RFC 5321 §6.1): durable first, then the events, then the
 * answer, then the gateway. */
#include "roles/post.h"
#include "letter/address.h"
#include "letter/bounce.h"
#include "letter/received.h"
#include "roles/desk.h"
#include "roles/gateway.h"
#include <string.h>

/* How long a stranger waits on the greylist, µs on the office's clock. */
#define GREYLIST_WAIT (60 * G_USEC_PER_SEC)
/* Aliases may name aliases, but not forever. */
#define ALIAS_DEPTH 8

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

GpoPlace
gpo_post_place (GpoPost *post, const char *path, GpoPerson **person)
{
  GpoHost *host = post->host;
  const char *domain = gpo_path_domain (path);
  if (domain && !gpo_host_is_local (host, domain, strlen (domain)))
    {
      g_autofree char *literal = g_strdup_printf ("[%s]", host->address);
      if (g_ascii_strcasecmp (domain, literal) != 0)
        return GPO_PLACE_ELSEWHERE;
    }
  g_autofree char *local = gpo_path_local (path);
  g_autofree char *lower = g_ascii_strdown (local, -1);
  GpoPerson *found = g_hash_table_lookup (host->persons, lower);
  if (!found && g_hash_table_contains (host->aliases, lower))
    return GPO_PLACE_ALIAS;
  if (!found && gpo_path_is_postmaster (path))
    found = host->first;
  if (found && person)
    *person = found;
  return found ? GPO_PLACE_MAILBOX : GPO_PLACE_NOWHERE;
}

static GpoPost *
post_of (GpoLetterSink *sink)
{
  return (GpoPost *) sink;
}

static GpoPlace
sink_place (GpoLetterSink *sink, const char *path, GpoPerson **person)
{
  return gpo_post_place (post_of (sink), path, person);
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

/* --- delivering --- */

typedef struct
{
  GpoPost *post;
  GpoSession *session;
  GpoEnvelope *envelope; /* of the letter as it came */
  GpoEnvelope *onward;   /* recipients elsewhere, or NULL */
  GPtrArray *persons;    /* of GpoPerson: mailboxes here, each once */
  GString *added, *header, *prefix;
  guint64 size;
  GpoDeliveredFunc done;
  gpointer user_data;
} Delivery;

static void
delivery_free (Delivery *d)
{
  gpo_envelope_free (d->envelope);
  if (d->onward)
    gpo_envelope_free (d->onward);
  g_ptr_array_unref (d->persons);
  if (d->added)
    g_string_free (d->added, TRUE);
  if (d->header)
    g_string_free (d->header, TRUE);
  if (d->prefix)
    g_string_free (d->prefix, TRUE);
  g_free (d);
}

static void
add_onward (Delivery *d, const GpoRecipient *like, const char *path)
{
  if (!d->onward)
    {
      d->onward = gpo_envelope_copy (d->envelope);
      g_ptr_array_set_size (d->onward->recipients, 0);
    }
  GpoRecipient *recipient = gpo_envelope_add (d->onward, path);
  recipient->notify = like->notify;
  recipient->orcpt = g_strdup (like->orcpt);
}

static char **
alias_members (GpoPost *post, const char *path)
{
  g_autofree char *local = gpo_path_local (path);
  g_autofree char *lower = g_ascii_strdown (local, -1);
  return g_hash_table_lookup (post->host->aliases, lower);
}

static void
sort_path (Delivery *d, const GpoRecipient *like, const char *path, guint depth)
{
  GpoPerson *person = NULL;
  switch (gpo_post_place (d->post, path, &person))
    {
    case GPO_PLACE_MAILBOX:
      if (!g_ptr_array_find (d->persons, person, NULL))
        g_ptr_array_add (d->persons, person);
      break;
    case GPO_PLACE_ALIAS:
      {
        char **members = alias_members (d->post, path);
        for (char **m = members; m && *m && depth < ALIAS_DEPTH; m++)
          sort_path (d, like, *m, depth + 1);
        break;
      }
    case GPO_PLACE_ELSEWHERE:
      add_onward (d, like, path);
      break;
    case GPO_PLACE_NOWHERE:
      break;
    }
}

/* The letter is whole: what it is, and what this host put in front of it. */
static void
letter_event (Delivery *d)
{
  GpoEventBuilder b;
  gpo_post_event (d->post, &b, GPO_KIND_LETTER, d->envelope->letter);
  if (d->session)
    {
      b.event.session = d->session->number;
      b.event.protocol = (guint8) d->session->protocol;
    }
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) d->size);
  gpo_event_add_text (&b, GPO_FIELD_NAME, d->envelope->id, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, d->envelope->reverse_path, -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, d->envelope->recipients->len);
  if (d->added)
    gpo_event_add_text (&b, GPO_FIELD_ADDED, d->added->str, (gssize) d->added->len);
  if (d->header)
    gpo_event_add_text (&b, GPO_FIELD_HEADER, d->header->str, (gssize) d->header->len);
  gpo_log_append (d->post->office->log, &b);
}

static void
mailbox_event (Delivery *d, GpoPerson *person, const char *file)
{
  GpoEventBuilder b;
  static GpoSymbol deliver;
  if (!deliver)
    deliver = gpo_symbol ("deliver");
  char mailbox[160];
  g_snprintf (mailbox, sizeof mailbox, "%s/INBOX", person->login);
  gpo_post_event (d->post, &b, GPO_KIND_MAILBOX, d->envelope->letter);
  if (d->session)
    b.event.session = d->session->number;
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, deliver);
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, mailbox, -1);
  gpo_event_add_text (&b, GPO_FIELD_NAME, file, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, d->envelope->reverse_path, -1);
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) (d->size + (d->added ? d->added->len : 0)));
  if (d->prefix)
    gpo_event_add_text (&b, GPO_FIELD_ADDED, d->prefix->str, (gssize) d->prefix->len);
  if (d->header)
    gpo_event_add_text (&b, GPO_FIELD_HEADER, d->header->str, (gssize) d->header->len);
  gpo_log_append (d->post->office->log, &b);
}

/* Everybody behind this path has a mailbox here. */
static gboolean
ends_here (GpoPost *post, const char *path, guint depth)
{
  GpoPlace place = gpo_post_place (post, path, NULL);
  if (place != GPO_PLACE_ALIAS || depth >= ALIAS_DEPTH)
    return place == GPO_PLACE_MAILBOX;
  char **members = alias_members (post, path);
  for (char **m = members; m && *m; m++)
    if (!ends_here (post, *m, depth + 1))
      return FALSE;
  return members && *members;
}

static void
mark_delivered (Delivery *d)
{
  for (guint i = 0; i < d->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (d->envelope, i);
      if (ends_here (d->post, recipient->path, 0))
        recipient->state = GPO_RCPT_DELIVERED;
    }
}

static void
delivered (const char *const *names, guint n_targets, const GError *error, gpointer data)
{
  Delivery *d = data;
  if (!error)
    {
      letter_event (d);
      for (guint i = 0; i < d->persons->len; i++)
        {
          GpoPerson *person = d->persons->pdata[i];
          mailbox_event (d, person, names[i]);
          if (d->post->delivered)
            d->post->delivered (d->post, person->login, "INBOX");
        }
    }
  d->done (error, d->user_data);
  if (!error && d->onward && d->post->gateway)
    gpo_gateway_add (d->post->gateway, g_steal_pointer (&d->onward),
                     d->size + (d->added ? d->added->len : 0));
  if (!error && d->persons->len > 0)
    {
      mark_delivered (d);
      gpo_post_report (d->post, d->envelope, GPO_BOUNCE_DELIVERED, d->header ? d->header->str : "",
                       d->header ? d->header->len : 0);
    }
  delivery_free (d);
}

void
gpo_post_deliver (GpoPost *post, GpoArrival *arrival, GpoSession *session, GpoDeliveredFunc done,
                  gpointer user_data)
{
  Delivery *d = g_new0 (Delivery, 1);
  d->post = post;
  d->session = session;
  d->envelope = arrival->envelope;
  d->added = arrival->added;
  d->header = arrival->header;
  d->size = arrival->size;
  d->done = done;
  d->user_data = user_data;
  d->persons = g_ptr_array_new ();
  for (guint i = 0; i < d->envelope->recipients->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (d->envelope, i);
      if (recipient->state == GPO_RCPT_WAITING)
        sort_path (d, recipient, recipient->path, 0);
    }
  if (!arrival->return_path && d->persons->len > 0)
    gpo_return_path_append (d->prefix = g_string_new (NULL), d->envelope->reverse_path);
  guint n = d->persons->len + (d->onward ? 1 : 0);
  g_autofree GpoTarget *targets = g_new0 (GpoTarget, n);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  /* A file made now has this date by itself, unless the office's clock is elsewhere. */
  gint64 ahead = ABS (d->envelope->arrived - g_get_real_time ());
  for (guint i = 0; i < d->persons->len; i++)
    {
      GpoPerson *person = d->persons->pdata[i];
      char *path = gpo_store_maildir_path (post->office->store, post->host->name, person->login);
      g_ptr_array_add (paths, path);
      targets[i].kind = GPO_TARGET_MAILDIR;
      targets[i].maildir = path;
      targets[i].date = ahead > G_USEC_PER_SEC ? d->envelope->arrived / G_USEC_PER_SEC : 0;
      targets[i].prefix = d->prefix ? d->prefix->str : NULL;
      targets[i].prefix_length = d->prefix ? d->prefix->len : 0;
    }
  if (d->onward)
    targets[n - 1] = (GpoTarget){ .kind = GPO_TARGET_SPOOL, .spool = post->spool, .envelope = d->onward };
  if (n == 0)
    {
      /* Only names that went away between RCPT and now: nothing to keep, and that must be said. */
      g_autoptr (GError) error
          = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no recipient is left");
      gpo_incoming_abort (arrival->incoming);
      done (error, user_data);
      delivery_free (d);
      return;
    }
  gpo_incoming_commit (arrival->incoming, targets, n, delivered, d);
}

/* --- reports: letters of our own --- */

static void
report_done (const GError *error, gpointer data)
{
  GpoPost *post = data;
  if (!error)
    return;
  GpoEventBuilder b;
  g_autofree char *text = g_strdup_printf ("a report could not be stored: %s", error->message);
  gpo_post_event (post, &b, GPO_KIND_NOTE, 0);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_log_append (post->office->log, &b);
}

guint
gpo_post_report (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length)
{
  return gpo_post_report_then (post, envelope, kind, letter, length, report_done, post);
}

guint
gpo_post_report_then (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length,
                      GpoDeliveredFunc done, gpointer user_data)
{
  g_autoptr (GArray) wanted = gpo_bounce_wanted (envelope, (GpoBounceKind) kind);
  if (wanted->len == 0)
    return 0;
  guint32 number = gpo_store_next_letter (post->office->store);
  g_autofree char *id = gpo_spool_make_id (number);
  gint64 now = gpo_clock_wall (post->office->clock);
  GpoBounce bounce = { .kind = (GpoBounceKind) kind,
                       .host = post->host->domain,
                       .id = id,
                       .now = now,
                       .give_up = envelope->arrived + post->host->world->retry.give_up,
                       .envelope = envelope,
                       .recipients = wanted,
                       .letter = letter,
                       .length = length };
  GpoEnvelope *to = NULL;
  g_autoptr (GBytes) bytes = gpo_bounce_write (&bounce, &to);
  for (guint i = 0; i < wanted->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (envelope, g_array_index (wanted, guint, i));
      if (kind == GPO_BOUNCE_DELAYED)
        recipient->warned = TRUE;
      else
        recipient->reported = TRUE;
    }
  to->letter = number;
  g_free (to->id);
  to->id = g_steal_pointer (&id);
  to->arrived = now;
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);
  /* Recorded like any other content, so that the trace holds it once. */
  GpoEventBuilder b;
  gpo_post_event (post, &b, GPO_KIND_DATA, number);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, post->host->symbol);
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, 0);
  gpo_log_append_data (post->office->log, &b, text, n, FALSE);
  const char *end = g_strstr_len (text, (gssize) n, "\r\n\r\n");
  gpo_post_event (post, &b, GPO_KIND_NOTE, number);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, "a report to the sender was written", -1);
  gpo_event_add_number (&b, GPO_FIELD_WAS, envelope->letter);
  gpo_log_append (post->office->log, &b);
  GpoArrival arrival = { .incoming = gpo_incoming_new (post->office->store, number),
                         .envelope = to,
                         .header = g_string_new_len (text, end ? end + 4 - text : (gssize) n),
                         .size = n };
  gpo_incoming_write (arrival.incoming, text, n);
  gpo_post_deliver (post, &arrival, NULL, done, user_data);
  return wanted->len;
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
