/* SPDX-License-Identifier: MIT */
/* route.c: finding the next hop: RFC 5321 §5.1, RFC 7505 §3. See route.h for the order. */
#include "roles/route.h"
#include <gio/gio.h>
#include <string.h>

static void
exchange_free (gpointer data)
{
  GpoExchange *exchange = data;
  g_free (exchange->name);
  g_free (exchange->address);
  g_free (exchange);
}

static GpoRoute *
route_new (void)
{
  GpoRoute *route = g_new0 (GpoRoute, 1);
  route->exchanges = g_ptr_array_new_with_free_func (exchange_free);
  return route;
}

void
gpo_route_free (GpoRoute *route)
{
  g_free (route->key);
  g_free (route->reason);
  g_ptr_array_unref (route->exchanges);
  g_free (route);
}

G_GNUC_PRINTF (4, 5)
static void
no_route (GpoRoute *route, GpoRouteResult result, const char *status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_ptr_array_set_size (route->exchanges, 0);
  g_free (route->reason);
  route->result = result;
  route->status = status;
  route->reason = g_strdup_vprintf (format, args);
  va_end (args);
}

/* --- the trace --- */

static void
record (GpoPost *post, guint32 letter, const char *domain, const char *type, const char *answer, gboolean ok)
{
  GpoEventBuilder b;
  gpo_post_event (post, &b, GPO_KIND_LOOKUP, letter);
  gpo_event_add_text (&b, GPO_FIELD_DOMAIN, domain, -1);
  gpo_event_add_symbol (&b, GPO_FIELD_TYPE, gpo_symbol (type));
  gpo_event_add_text (&b, GPO_FIELD_ANSWER, answer, -1);
  gpo_event_add_symbol (&b, GPO_FIELD_RESULT, gpo_symbol (ok ? "ok" : "none"));
  gpo_log_append (post->office->log, &b);
}

/* --- exchanges --- */

/* Where a host of this world listens for SMTP now; 0: it does not. */
static guint16
smtp_port (GpoPost *post, const GpoHost *host)
{
  for (guint i = 0; post->office->posts && i < post->office->posts->len; i++)
    {
      const GpoPost *other = post->office->posts->pdata[i];
      if (other->host == host)
        return (guint16) other->port[GPO_ROLE_SMTP];
    }
  return host->port[GPO_ROLE_SMTP];
}

static void
add_exchange (GpoRoute *route, const char *name, const char *address, guint16 port, guint preference)
{
  GpoExchange *exchange = g_new (GpoExchange, 1);
  *exchange = (GpoExchange){ g_strdup (name), g_strdup (address), port, preference };
  g_ptr_array_add (route->exchanges, exchange);
}

static void
add_host (GpoPost *post, GpoRoute *route, const GpoHost *host, guint preference)
{
  add_exchange (route, host->domain, host->address, smtp_port (post, host), preference);
}

/* A host of the world by its mail domain alone. */
static GpoHost *
host_of_domain (GpoPost *post, const char *domain)
{
  GpoHost *host = gpo_world_host (post->office->world, domain);
  return host && gpo_host_is_local (host, domain, strlen (domain)) ? host : NULL;
}

/* --- a next hop that the scenario names: "sparta" or "ADDRESS:PORT" --- */

static void
by_next_hop (GpoPost *post, GpoRoute *route, const char *next_hop)
{
  GpoHost *host = gpo_world_host (post->office->world, next_hop);
  if (host == post->host)
    no_route (route, GPO_ROUTE_NONE, "5.4.6", "the next hop %s is this host itself", next_hop);
  else if (host)
    add_host (post, route, host, 0);
  else
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnectable) parsed = g_network_address_parse (next_hop, 25, &error);
      if (!parsed)
        {
          no_route (route, GPO_ROUTE_NONE, "5.4.4", "the next hop \"%s\" is neither a host nor ADDRESS:PORT",
                    next_hop);
          return;
        }
      GNetworkAddress *address = G_NETWORK_ADDRESS (parsed);
      add_exchange (route, next_hop, g_network_address_get_hostname (address),
                    g_network_address_get_port (address), 0);
    }
}

/* --- the zone's MX records --- */

/* Leaves out this host, its equals and everything worse (RFC 5321 §5.1). Returns the preference below
 * which a record may be used. */
static guint
own_preference (GpoPost *post, const GpoZoneEntry *entry)
{
  guint own = G_MAXUINT;
  for (guint i = 0; i < entry->mx->len; i++)
    {
      const GpoMx *mx = entry->mx->pdata[i];
      if (gpo_world_host (post->office->world, mx->exchange) == post->host)
        own = MIN (own, mx->preference);
    }
  return own;
}

static char *
mx_answer (const GpoZoneEntry *entry)
{
  GString *answer = g_string_new (NULL);
  for (guint i = 0; i < entry->mx->len; i++)
    {
      const GpoMx *mx = entry->mx->pdata[i];
      g_string_append_printf (answer, "%s%u %s", i ? ", " : "", mx->preference, mx->exchange);
    }
  return g_string_free (answer, FALSE);
}

static void
by_mx (GpoPost *post, GpoRoute *route, const char *domain, const GpoZoneEntry *entry)
{
  guint own = own_preference (post, entry);
  const GpoMx *only = entry->mx->len == 1 ? entry->mx->pdata[0] : NULL;
  if (only && strcmp (only->exchange, ".") == 0)
    {
      no_route (route, GPO_ROUTE_NONE, "5.1.10", "%s takes no mail: its MX record is null", domain);
      return;
    }
  for (guint i = 0; i < entry->mx->len; i++)
    {
      const GpoMx *mx = entry->mx->pdata[i];
      GpoHost *host = gpo_world_host (post->office->world, mx->exchange);
      if (mx->preference < own && host)
        add_host (post, route, host, mx->preference);
    }
  if (route->exchanges->len)
    return;
  if (own != G_MAXUINT)
    no_route (route, GPO_ROUTE_NONE, "5.4.6",
              "mail for %s loops: this host is its best MX and has no route of its own to it", domain);
  else
    no_route (route, GPO_ROUTE_NONE, "5.4.4", "no MX of %s is a host that is known", domain);
}

static gboolean
by_zone (GpoPost *post, GpoRoute *route, const char *domain, guint32 letter)
{
  const GpoZoneEntry *entry = g_hash_table_lookup (post->office->world->zone, domain);
  if (entry && entry->mx->len)
    {
      g_autofree char *answer = mx_answer (entry);
      record (post, letter, domain, "MX", answer, TRUE);
      by_mx (post, route, domain, entry);
      return TRUE;
    }
  record (post, letter, domain, "MX", NULL, FALSE);
  GpoHost *host = host_of_domain (post, domain);
  record (post, letter, domain, "A", host ? host->address : NULL, host != NULL);
  if (host == post->host)
    no_route (route, GPO_ROUTE_NONE, "5.4.6", "mail for %s loops: it is this host itself", domain);
  else if (host)
    add_host (post, route, host, 0);
  return host != NULL;
}

/* --- finishing --- */

static gboolean
is_inside (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  return inet ? g_inet_address_get_is_loopback (inet) : g_ascii_strcasecmp (address, "localhost") == 0;
}

/* Nothing leaves the machine unless the scenario asks for it by name. */
static void
refuse_outside (GpoPost *post, GpoRoute *route)
{
  for (guint i = 0; i < route->exchanges->len && !post->office->world->outside; i++)
    {
      const GpoExchange *exchange = route->exchanges->pdata[i];
      if (is_inside (exchange->address))
        continue;
      g_autofree char *name = g_strdup (exchange->name);
      no_route (route, GPO_ROUTE_NONE, "5.4.4",
                "%s is outside this machine, and the scenario does not ask for sending there", name);
    }
}

static void
make_key (GpoRoute *route)
{
  GString *key = g_string_new (NULL);
  for (guint i = 0; i < route->exchanges->len; i++)
    {
      const GpoExchange *exchange = route->exchanges->pdata[i];
      g_string_append_printf (key, "%s%s", i ? "," : "", exchange->name);
    }
  route->key = g_string_free (key, FALSE);
}

static void
finish (GpoPost *post, GpoRoute *route, GpoRouteFunc done, gpointer data)
{
  refuse_outside (post, route);
  make_key (route);
  done (route, data);
}

/* --- the real DNS --- */

typedef struct
{
  GpoPost *post;
  GpoRoute *route;
  char *domain;
  guint32 letter;
  GpoRouteFunc done;
  gpointer data;
} Question;

static void
question_free (Question *question)
{
  g_clear_pointer (&question->route, gpo_route_free);
  g_free (question->domain);
  g_free (question);
}

static int
compare_preference (gconstpointer a, gconstpointer b)
{
  const GpoExchange *x = *(GpoExchange *const *) a, *y = *(GpoExchange *const *) b;
  return x->preference < y->preference ? -1 : x->preference > y->preference;
}

/* RFC 5321 §5.1: this host, its equals and everything worse are left out here too. */
static void
cut_own_name (Question *question)
{
  GPtrArray *exchanges = question->route->exchanges;
  for (guint i = 0; i < exchanges->len; i++)
    {
      const GpoExchange *own = exchanges->pdata[i];
      if (gpo_world_host (question->post->office->world, own->name) != question->post->host)
        continue;
      guint preference = own->preference;
      while (i > 0 && ((GpoExchange *) exchanges->pdata[i - 1])->preference == preference)
        i--;
      g_ptr_array_set_size (exchanges, (int) i);
      if (i == 0)
        no_route (question->route, GPO_ROUTE_NONE, "5.4.6",
                  "mail for %s loops: this host is its best MX and has no route of its own to it",
                  question->domain);
      return;
    }
}

static void
take_records (Question *question, GList *records)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  for (GList *r = records; r; r = r->next)
    {
      guint16 preference;
      g_autofree char *name = NULL;
      g_variant_get (r->data, "(qs)", &preference, &name);
      g_string_append_printf (answer, "%s%u %s", r == records ? "" : ", ", preference, name);
      if (*name && strcmp (name, ".") != 0)
        add_exchange (question->route, name, name, 25, preference);
    }
  g_ptr_array_sort (question->route->exchanges, compare_preference);
  record (question->post, question->letter, question->domain, "MX", answer->str, TRUE);
  if (!question->route->exchanges->len)
    no_route (question->route, GPO_ROUTE_NONE, "5.1.10", "%s takes no mail: its MX record is null",
              question->domain);
  else
    cut_own_name (question);
}

static void
dns_answered (GObject *resolver, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (GError) error = NULL;
  GList *records = g_resolver_lookup_records_finish (G_RESOLVER (resolver), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      question_free (question);
      return;
    }
  if (records)
    take_records (question, records);
  else
    {
      record (question->post, question->letter, question->domain, "MX", NULL, FALSE);
      if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
        /* no MX: the domain itself, whose address the system looks up when it is called */
        add_exchange (question->route, question->domain, question->domain, 25, 0);
      else
        no_route (question->route, GPO_ROUTE_LATER, "4.4.3", "the DNS did not answer for %s: %s",
                  question->domain, error ? error->message : "no reason given");
    }
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
  finish (question->post, g_steal_pointer (&question->route), question->done, question->data);
  question_free (question);
}

static void
ask_dns (GpoPost *post, GpoRoute *route, const char *domain, guint32 letter, GCancellable *cancellable,
         GpoRouteFunc done, gpointer data)
{
  Question *question = g_new (Question, 1);
  *question = (Question){ post, route, g_strdup (domain), letter, done, data };
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_resolver_lookup_records_async (resolver, domain, G_RESOLVER_RECORD_MX, cancellable, dns_answered,
                                   question);
}

/* --- the question --- */

void
gpo_route_find (GpoPost *post, const char *domain, guint32 letter, GCancellable *cancellable,
                GpoRouteFunc done, gpointer data)
{
  GpoRoute *route = route_new ();
  g_autofree char *lower = domain ? g_ascii_strdown (domain, -1) : NULL;
  const char *next_hop = lower ? gpo_host_route (post->host, lower) : post->host->smarthost;
  if (next_hop)
    {
      record (post, letter, lower ? lower : "", "route", next_hop, TRUE);
      by_next_hop (post, route, next_hop);
    }
  else if (!lower)
    no_route (route, GPO_ROUTE_NONE, "5.1.3", "the address has no domain");
  else if (*lower == '[')
    no_route (route, GPO_ROUTE_NONE, "5.4.4", "%s is an address, and mail goes by names here", lower);
  else if (by_zone (post, route, lower, letter))
    ;
  else if (post->host->real_dns)
    {
      ask_dns (post, route, lower, letter, cancellable, done, data);
      return;
    }
  else
    no_route (route, GPO_ROUTE_NONE, "5.1.2", "no such domain: %s is neither in the zone nor a host", lower);
  finish (post, route, done, data);
}

GPtrArray *
gpo_route_order (const GpoRoute *route, GRand *random)
{
  GPtrArray *order = g_ptr_array_sized_new (route->exchanges->len);
  for (guint i = 0; i < route->exchanges->len; i++)
    g_ptr_array_add (order, route->exchanges->pdata[i]);
  for (guint i = 0, end; i < order->len; i = end)
    {
      guint preference = ((GpoExchange *) order->pdata[i])->preference;
      for (end = i + 1; end < order->len && ((GpoExchange *) order->pdata[end])->preference == preference;)
        end++;
      for (guint k = end - 1; k > i; k--)
        {
          guint other = (guint) g_rand_int_range (random, (gint32) i, (gint32) k + 1);
          gpointer swapped = order->pdata[k];
          order->pdata[k] = order->pdata[other];
          order->pdata[other] = swapped;
        }
    }
  return order;
}
