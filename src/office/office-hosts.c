/* SPDX-License-Identifier: MIT */
/* office-hosts.c: posts, their folders, their listeners; hosts that go down and come up; and the events
 * that describe the world. */
#include "office/office-private.h"
#include "roles/desk.h"
#include "roles/gateway.h"
#include "roles/post-counter.h"
#include "store/disk.h"
#include "store/maildir.h"
#include "store/spool.h"
#include "wire/listener.h"
#include "wire/tls.h"
#include <string.h>

/* What serves a connection of each role. A role without one is not listened for. */
static void (*const serve[GPO_N_ROLES]) (GpoPost *post, GpoRole role, GpoConnection *connection) = {
  [GPO_ROLE_SMTP] = gpo_post_serve_smtp, [GPO_ROLE_SUBMISSION] = gpo_post_serve_smtp,
  [GPO_ROLE_IMAP] = gpo_post_serve_mail, [GPO_ROLE_IMAPS] = gpo_post_serve_mail,
  [GPO_ROLE_POP3] = gpo_post_serve_mail,
};

/* One role of one host. */
typedef struct
{
  GpoOffice *office;
  GpoPost *post;
  GpoRole role;
  GpoListener *listener; /* NULL while the host is down */
  guint16 port;          /* the same after it was down */
} Counter;

GpoPost *
gpo_office_post (GpoOffice *office, const char *name)
{
  GpoHost *host = gpo_world_host (office->parts.world, name);
  for (guint i = 0; host && i < office->parts.posts->len; i++)
    if (((GpoPost *) office->parts.posts->pdata[i])->host == host)
      return office->parts.posts->pdata[i];
  return NULL;
}

/* --- listening --- */

static void
accepted (GpoListener *listener, GpoConnection *connection, gpointer data)
{
  Counter *counter = data;
  serve[counter->role](counter->post, counter->role, connection);
}

static void
exhausted (GpoListener *listener, const char *text, gpointer data)
{
  Counter *counter = data;
  gpo_office_note (counter->office, "%s takes no connections for a moment: %s", counter->post->host->name,
                   text);
}

static const GpoListenerUser listener_user = { accepted, exhausted };

static gboolean
listen_at (Counter *counter, GError **error)
{
  GpoHost *host = counter->post->host;
  g_autoptr (GError) own = NULL;
  counter->listener = gpo_listener_new (host->address, counter->port, &listener_user, counter, &own);
  if (!counter->listener)
    {
      g_set_error (error, own->domain, own->code, "%s of %s: %s", gpo_role_name (counter->role), host->name,
                   own->message);
      return FALSE;
    }
  counter->port = gpo_listener_port (counter->listener);
  counter->post->port[counter->role] = counter->port;
  g_hash_table_insert (counter->office->parts.listening, GUINT_TO_POINTER ((guint) counter->port), host);
  return TRUE;
}

/* The port stays known as the office's own: a call to a host that is down is still an inner one. */
static void
listen_no_more (Counter *counter)
{
  g_clear_pointer (&counter->listener, gpo_listener_free);
}

static void
counter_free (gpointer data)
{
  Counter *counter = data;
  listen_no_more (counter);
  g_free (counter);
}

static gboolean
open_counters (GpoOffice *office, GpoPost *post, GError **error)
{
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      if (!post->host->has_role[role] || !serve[role])
        continue;
      Counter *counter = g_new0 (Counter, 1);
      counter->office = office;
      counter->post = post;
      counter->role = (GpoRole) role;
      counter->port = post->host->port[role];
      g_ptr_array_add (office->counters, counter);
      if (!listen_at (counter, error))
        return FALSE;
      if (post->host->down)
        listen_no_more (counter);
    }
  return TRUE;
}

GPtrArray *
gpo_office_counters_new (void)
{
  return g_ptr_array_new_with_free_func (counter_free);
}

void
gpo_office_close_listeners (GpoOffice *office)
{
  g_ptr_array_set_size (office->counters, 0);
}

/* --- folders and posts --- */

/* "Sent/2025" of Maildir++ is the folder ".Sent.2025". */
static gboolean
make_mailboxes (GpoOffice *office, GpoHost *host, GpoPerson *person, GError **error)
{
  g_autofree char *inbox = gpo_store_maildir_path (office->parts.store, host->name, person->login);
  if (!gpo_maildir_exists (inbox) && !gpo_maildir_create (inbox, FALSE, error))
    return FALSE;
  for (char **box = person->mailboxes; box && *box; box++)
    {
      g_autofree char *dotted = g_strdelimit (g_strdup (*box), "/", '.');
      g_autofree char *path = g_strconcat (inbox, "/.", dotted, NULL);
      if (!gpo_maildir_exists (path) && !gpo_maildir_create (path, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
open_post (GpoOffice *office, GpoHost *host, GPtrArray *recoveries, GError **error)
{
  GpoStore *store = office->parts.store;
  if (!gpo_store_add_host (store, host->name, error))
    return FALSE;
  GHashTableIter iter;
  gpointer person;
  g_hash_table_iter_init (&iter, host->persons);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    if (!make_mailboxes (office, host, person, error))
      return FALSE;
  GpoPost *post = g_new0 (GpoPost, 1);
  gpo_post_init (post, &office->parts, host);
  g_ptr_array_add (office->parts.posts, post);
  g_autofree char *spool = gpo_store_spool_path (store, host->name);
  GpoSpoolRecovery *recovery = NULL;
  post->spool = gpo_spool_open (store, spool, &recovery, error);
  g_ptr_array_add (recoveries, recovery);
  if (!post->spool)
    return FALSE;
  if (host->tls != GPO_TLS_NONE)
    {
      g_autofree char *folder = gpo_store_tls_path (store);
      const char *names[] = { host->domain, NULL };
      post->tls = gpo_tls_new_server (folder, host->name, names);
    }
  if (host->has_role[GPO_ROLE_IMAP] || host->has_role[GPO_ROLE_IMAPS] || host->has_role[GPO_ROLE_POP3])
    gpo_post_open_counter (post);
  return open_counters (office, post, error);
}

static void
recovery_free (gpointer data)
{
  if (data)
    gpo_spool_recovery_free (data);
}

/* Gives a gateway what its queue held when the office was last closed, by will or by accident. */
static void
take_up (GpoOffice *office, GpoPost *post, GpoSpoolRecovery *recovery)
{
  for (guint i = 0; i < recovery->entries->len; i++)
    {
      GpoSpoolEntry *entry = recovery->entries->pdata[i];
      gpo_gateway_add (post->gateway, g_steal_pointer (&entry->envelope), entry->size);
    }
  if (recovery->orphans)
    gpo_office_note (office,
                     "%s: %u letters were cut off before they were taken (no 250 was said), and are gone",
                     post->host->name, recovery->orphans);
  for (guint i = 0; i < recovery->damaged->len; i++)
    gpo_office_note (office, "%s: a letter in the queue could not be read and lies in damaged/: %s",
                     post->host->name, (char *) recovery->damaged->pdata[i]);
}

gboolean
gpo_office_open_hosts (GpoOffice *office, GError **error)
{
  GPtrArray *hosts = office->parts.world->hosts;
  g_autoptr (GPtrArray) recoveries = g_ptr_array_new_with_free_func (recovery_free);
  gboolean ok = TRUE;
  gpo_disk_gather ();
  for (guint i = 0; ok && i < hosts->len; i++)
    ok = open_post (office, hosts->pdata[i], recoveries, error);
  if (!gpo_disk_sync_gathered (ok ? error : NULL) || !ok)
    return FALSE;
  gpo_office_describe (office);
  for (guint i = 0; i < hosts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      post->gateway = gpo_gateway_new (post);
    }
  for (guint i = 0; i < hosts->len; i++)
    take_up (office, office->parts.posts->pdata[i], recoveries->pdata[i]);
  return TRUE;
}

void
gpo_office_load_tls (GpoOffice *office)
{
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      if (post->tls)
        gpo_tls_load_in_background (post->tls);
    }
}

void
gpo_office_free_hosts (GpoOffice *office)
{
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      g_clear_pointer (&post->gateway, gpo_gateway_free);
    }
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      gpo_post_close_counter (post);
      g_clear_pointer (&post->spool, gpo_spool_close);
      g_clear_pointer (&post->tls, gpo_tls_unref);
      gpo_post_finish (post);
      g_free (post);
    }
  g_ptr_array_set_size (office->parts.posts, 0);
}

/* --- down and up --- */

gboolean
gpo_office_set_down (GpoOffice *office, GpoPost *post, gboolean down, GError **error)
{
  if (post->host->down == down)
    return TRUE;
  for (guint i = 0; i < office->counters->len; i++)
    {
      Counter *counter = office->counters->pdata[i];
      if (counter->post == post && down)
        listen_no_more (counter);
      else if (counter->post == post && !counter->listener && !listen_at (counter, error))
        return FALSE;
    }
  post->host->down = down;
  GpoEventBuilder b;
  gpo_office_event (office, &b, GPO_KIND_OFFICE, down ? "down" : "up");
  b.event.host = post->host->symbol;
  gpo_log_append (office->parts.log, &b);
  if (down)
    {
      g_autoptr (GList) desks = g_hash_table_get_keys (post->desks);
      for (GList *d = desks; d; d = d->next)
        if (g_hash_table_contains (post->desks, d->data))
          gpo_desk_cut (d->data, "the host went down");
    }
  return TRUE;
}

/* --- events --- */

void
gpo_office_event (GpoOffice *office, GpoEventBuilder *b, GpoKind kind, const char *action)
{
  gpo_event_begin (b, kind);
  gpo_event_add_symbol (b, GPO_FIELD_ACTION, gpo_symbol (action));
}

void
gpo_office_note (GpoOffice *office, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_NOTE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_log_append (office->parts.log, &b);
}

static void
describe_host (GpoOffice *office, GpoPost *post)
{
  GpoHost *host = post->host;
  g_autoptr (GString) roles = g_string_new (NULL);
  for (int role = 0; role < GPO_N_ROLES; role++)
    if (post->port[role])
      g_string_append_printf (roles, "%s%s:%u", roles->len ? " " : "", gpo_role_name ((GpoRole) role),
                              post->port[role]);
  GpoEventBuilder b;
  gpo_office_event (office, &b, GPO_KIND_OFFICE, "host");
  b.event.host = host->symbol;
  gpo_event_add_text (&b, GPO_FIELD_NAME, host->name, -1);
  gpo_event_add_text (&b, GPO_FIELD_DOMAIN, host->domain, -1);
  gpo_event_add_text (&b, GPO_FIELD_ADDRESS, host->address, -1);
  gpo_event_add_text (&b, GPO_FIELD_ROLES, roles->str, -1);
  gpo_event_add_text (&b, GPO_FIELD_TYPE, host->relay ? "gateway" : "town", -1);
  if (host->down)
    gpo_event_add_text (&b, GPO_FIELD_STATE, "down", -1);
  gpo_log_append (office->parts.log, &b);
  g_autoptr (GList) persons = g_list_sort (g_hash_table_get_keys (host->persons), (GCompareFunc) strcmp);
  for (GList *p = persons; p; p = p->next)
    {
      GpoPerson *person = g_hash_table_lookup (host->persons, p->data);
      gpo_office_event (office, &b, GPO_KIND_OFFICE, "person");
      b.event.host = host->symbol;
      gpo_event_add_text (&b, GPO_FIELD_PERSON, person->login, -1);
      gpo_event_add_text (&b, GPO_FIELD_NAME, person->name, -1);
      gpo_log_append (office->parts.log, &b);
    }
}

static void
describe_routes (GpoOffice *office, GHashTable *routes, GpoSymbol host)
{
  g_autoptr (GList) domains = g_list_sort (g_hash_table_get_keys (routes), (GCompareFunc) strcmp);
  for (GList *d = domains; d; d = d->next)
    {
      GpoEventBuilder b;
      gpo_office_event (office, &b, GPO_KIND_OFFICE, "route");
      b.event.host = host;
      gpo_event_add_text (&b, GPO_FIELD_DOMAIN, d->data, -1);
      gpo_event_add_text (&b, GPO_FIELD_NEXT_HOP, g_hash_table_lookup (routes, d->data), -1);
      gpo_log_append (office->parts.log, &b);
    }
}

static void
describe_fault (const GpoFault *fault, gpointer gate)
{
  gpo_gate_tell_fault (gate, fault, TRUE);
}

void
gpo_office_describe (GpoOffice *office)
{
  GpoWorld *world = office->parts.world;
  GpoEventBuilder b;
  gpo_office_event (office, &b, GPO_KIND_OFFICE, "start");
  gpo_event_add_text (&b, GPO_FIELD_TITLE, world->title, -1);
  /* its name alone: a trace is handed on, and where it was recorded is nobody's business */
  g_autofree char *scenario = g_path_get_basename (office->scenario->name);
  gpo_event_add_text (&b, GPO_FIELD_SCENARIO, scenario, -1);
  gpo_event_add_text (&b, GPO_FIELD_NAME, "glasspost " GPO_VERSION, -1);
  gpo_log_append (office->parts.log, &b);
  for (guint i = 0; i < office->parts.posts->len; i++)
    describe_host (office, office->parts.posts->pdata[i]);
  g_autoptr (GList) domains = g_list_sort (g_hash_table_get_keys (world->zone), (GCompareFunc) strcmp);
  for (GList *d = domains; d; d = d->next)
    {
      GpoZoneEntry *entry = g_hash_table_lookup (world->zone, d->data);
      g_autoptr (GString) answer = g_string_new (NULL);
      for (guint i = 0; i < entry->mx->len; i++)
        {
          GpoMx *mx = entry->mx->pdata[i];
          g_string_append_printf (answer, "%s%u %s", i ? ", " : "", mx->preference, mx->exchange);
        }
      gpo_office_event (office, &b, GPO_KIND_OFFICE, "mx");
      gpo_event_add_text (&b, GPO_FIELD_DOMAIN, entry->domain, -1);
      gpo_event_add_text (&b, GPO_FIELD_ANSWER, answer->str, -1);
      gpo_log_append (office->parts.log, &b);
    }
  describe_routes (office, world->routes, 0);
  for (guint i = 0; i < world->hosts->len; i++)
    {
      GpoHost *host = world->hosts->pdata[i];
      describe_routes (office, host->routes, host->symbol);
    }
  gpo_office_describe_walls (office);
  gpo_gate_each_fault (office->parts.gate, describe_fault, office->parts.gate);
}
