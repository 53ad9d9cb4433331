/* SPDX-License-Identifier: MIT */
/* host.c: making and asking the little world. */
#include "roles/host.h"
#include "letter/address.h"
#include <string.h>

static const char *const role_names[] = { "smtp", "submission", "imap", "imaps", "pop3" };

const char *
gpo_role_name (GpoRole role)
{
  return role_names[role];
}

void
gpo_limits_default (GpoLimits *limits)
{
  *limits = (GpoLimits){
    .command_line = 2048,
    .text_line = 1000,
    .recipients = 1000,
    .letter = 64 * 1024 * 1024,
    .connections = 2000,
    .connections_per_peer = 1500,
    .errors = 20,
    .hops = 30,
    .command_timeout = 300,
    .data_timeout = 180,
    .imap_timeout = 1800,
    .pop3_timeout = 600,
    .literal = 64 * 1024 * 1024,
  };
}

static void
person_free (gpointer data)
{
  GpoPerson *person = data;
  g_free (person->login);
  g_free (person->name);
  g_free (person->password);
  g_strfreev (person->mailboxes);
  g_free (person);
}

static void
host_free (gpointer data)
{
  GpoHost *host = data;
  g_free (host->name);
  g_free (host->domain);
  g_free (host->address);
  g_strfreev (host->relay_domains);
  g_hash_table_unref (host->persons);
  g_hash_table_unref (host->aliases);
  g_strfreev (host->mechanisms);
  g_strfreev (host->blocklist);
  g_strfreev (host->spam_words);
  g_free (host->preauth);
  g_free (host->smarthost);
  g_hash_table_unref (host->routes);
  g_clear_pointer (&host->extensions_off, g_hash_table_unref);
  g_free (host);
}

static void
zone_entry_free (gpointer data)
{
  GpoZoneEntry *entry = data;
  g_free (entry->domain);
  g_ptr_array_unref (entry->mx);
  g_free (entry);
}

GpoWorld *
gpo_world_new (void)
{
  GpoWorld *world = g_new0 (GpoWorld, 1);
  world->hosts = g_ptr_array_new_with_free_func (host_free);
  world->zone = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, zone_entry_free);
  world->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return world;
}

void
gpo_world_free (GpoWorld *world)
{
  g_free (world->title);
  g_ptr_array_unref (world->hosts);
  g_hash_table_unref (world->zone);
  g_hash_table_unref (world->routes);
  g_free (world->retry.intervals);
  g_free (world);
}

GpoHost *
gpo_world_add_host (GpoWorld *world, const char *name, const char *domain)
{
  GpoHost *host = g_new0 (GpoHost, 1);
  host->world = world;
  host->name = g_strdup (name);
  host->domain = g_ascii_strdown (domain, -1);
  host->symbol = gpo_symbol_try (name, strlen (name));
  host->address = g_strdup ("127.0.0.1");
  host->persons = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, person_free);
  host->aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  host->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  host->tls = GPO_TLS_OFFERED;
  host->vrfy = TRUE;
  gpo_limits_default (&host->limits);
  g_ptr_array_add (world->hosts, host);
  return host;
}

GpoPerson *
gpo_host_add_person (GpoHost *host, const char *login, const char *name, const char *password)
{
  GpoPerson *person = g_new0 (GpoPerson, 1);
  person->login = g_ascii_strdown (login, -1);
  person->name = g_strdup (name);
  person->password = g_strdup (password);
  person->host = host;
  if (!host->first)
    host->first = person;
  g_hash_table_replace (host->persons, person->login, person);
  return person;
}

GpoHost *
gpo_world_host (const GpoWorld *world, const char *name)
{
  for (guint i = 0; i < world->hosts->len; i++)
    {
      GpoHost *host = world->hosts->pdata[i];
      if (g_ascii_strcasecmp (host->name, name) == 0 || g_ascii_strcasecmp (host->domain, name) == 0)
        return host;
    }
  return NULL;
}

const char *
gpo_host_route (const GpoHost *host, const char *domain)
{
  g_autofree char *lower = g_ascii_strdown (domain, -1);
  const char *route = g_hash_table_lookup (host->routes, lower);
  if (!route)
    route = g_hash_table_lookup (host->world->routes, lower);
  return route ? route : host->smarthost;
}

gboolean
gpo_host_is_local (const GpoHost *host, const char *domain, gsize length)
{
  return strlen (host->domain) == length && g_ascii_strncasecmp (host->domain, domain, length) == 0;
}

GpoPerson *
gpo_host_person (const GpoHost *host, const char *login)
{
  const char *at = strrchr (login, '@');
  if (at && !gpo_host_is_local (host, at + 1, strlen (at + 1)))
    return NULL;
  g_autofree char *lower = g_ascii_strdown (login, at ? at - login : -1);
  return g_hash_table_lookup (host->persons, lower);
}

/* The key of persons and aliases: a path's local part without quotes, in lower case. */
static char *
local_key (const char *path)
{
  g_autofree char *local = gpo_path_local (path);
  return g_ascii_strdown (local, -1);
}

GpoPlace
gpo_host_place (const GpoHost *host, const char *path, GpoPerson **person)
{
  const char *domain = gpo_path_domain (path);
  if (domain && !gpo_host_is_local (host, domain, strlen (domain)))
    {
      g_autofree char *literal = g_strdup_printf ("[%s]", host->address);
      if (g_ascii_strcasecmp (domain, literal) != 0)
        return GPO_PLACE_ELSEWHERE;
    }
  g_autofree char *key = local_key (path);
  GpoPerson *found = g_hash_table_lookup (host->persons, key);
  if (!found && g_hash_table_contains (host->aliases, key))
    return GPO_PLACE_ALIAS;
  if (!found && gpo_path_is_postmaster (path))
    found = host->first;
  if (found && person)
    *person = found;
  return found ? GPO_PLACE_MAILBOX : GPO_PLACE_NOWHERE;
}

char **
gpo_host_alias (const GpoHost *host, const char *path)
{
  g_autofree char *key = local_key (path);
  return g_hash_table_lookup (host->aliases, key);
}
