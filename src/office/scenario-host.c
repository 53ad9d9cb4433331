/* SPDX-License-Identifier: MIT */
/* scenario-host.c: [host NAME]: a host's domain, roles, ports, limits and manners. */
#include "office/scenario-read.h"
#include "protocol/sasl.h"
#include "store/store.h"
#include <gio/gio.h>
#include <string.h>

static const char *const role_words[] = { "smtp", "submission", "imap", "imaps", "pop3", NULL };
static const char *const tls_words[] = { "none", "offered", "required", NULL };
static const char *const bare_lf_words[] = { "refuse", "accept", NULL };
static const char *const extension_words[]
    = { "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES",
        "CHUNKING",   "DSN",  "STARTTLS", "AUTH",     NULL };

guint
gpo_role_port (GpoRole role)
{
  static const guint ports[GPO_N_ROLES] = { 25, 587, 143, 993, 110 };
  return ports[role];
}

static gboolean
read_ports (GpoScenarioReader *r, const char *group, GpoHost *host)
{
  g_autofree char *base_text = gpo_scenario_value (r, group, "port-base");
  gint64 base = GPO_PORT_BASE + 1000 * (gint64) r->scenario->world->hosts->len, port;
  if (base_text && !gpo_value_number (base_text, 0, 65000, &base))
    return gpo_scenario_wrong (r, group, "port-base",
                               "\"%s\" will not do: say a number from 0 to 65000; the "
                               "well-known port is added to it",
                               base_text);
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      g_autofree char *key = g_strconcat ("port-", role_words[role], NULL);
      g_autofree char *text = gpo_scenario_value (r, group, key);
      port = base + gpo_role_port ((GpoRole) role);
      if (text && !gpo_value_number (text, 1, 65535, &port))
        return gpo_scenario_wrong (r, group, key, "\"%s\" will not do: say a port from 1 to 65535", text);
      if (text && !host->has_role[role])
        return gpo_scenario_wrong (r, group, key, "the host does not have this role; add %s to its roles",
                                   role_words[role]);
      if (!text && host->has_role[role] && port > 65535)
        return gpo_scenario_wrong (r, group, "port-base", "makes port %d for %s, but 65535 is the last",
                                   (int) port, role_words[role]);
      host->port[role] = host->has_role[role] ? (guint16) port : 0;
    }
  return TRUE;
}

static gboolean
read_roles (GpoScenarioReader *r, const char *group, GpoHost *host)
{
  struct
  {
    char **roles, **extensions;
  } lists = { NULL, NULL };
  const GpoValueRow rows[] = { { "roles", GPO_VALUE_IS_WORDS, 0, role_words },
                               { "extensions-off", GPO_VALUE_IS_WORDS, sizeof (char **), extension_words },
                               { NULL } };
  gboolean ok = gpo_scenario_table (r, group, rows, &lists);
  if (!lists.roles)
    lists.roles = gpo_value_list ("smtp; submission; imap; imaps; pop3");
  for (int role = 0; role < GPO_N_ROLES; role++)
    host->has_role[role] = g_strv_contains ((const char *const *) lists.roles, role_words[role]);
  if (lists.extensions)
    {
      host->extensions_off = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (char **word = lists.extensions; *word; word++)
        g_hash_table_add (host->extensions_off, g_strdup (*word));
    }
  g_strfreev (lists.roles);
  g_strfreev (lists.extensions);
  return ok;
}

static gboolean
read_host_keys (GpoScenarioReader *r, const char *group, GpoHost *host)
{
  const GpoValueRow rows[] = {
    { "address", GPO_VALUE_IS_TEXT, G_STRUCT_OFFSET (GpoHost, address) },
    { "tls", GPO_VALUE_IS_CHOICE, G_STRUCT_OFFSET (GpoHost, tls), tls_words },
    { "bare-lf", GPO_VALUE_IS_CHOICE, G_STRUCT_OFFSET (GpoHost, bare_lf), bare_lf_words },
    { "vrfy", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoHost, vrfy) },
    { "mechanisms", GPO_VALUE_IS_WORDS, G_STRUCT_OFFSET (GpoHost, mechanisms), gpo_sasl_mechanisms () },
    { "greylist", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoHost, greylist) },
    { "blocklist", GPO_VALUE_IS_LIST, G_STRUCT_OFFSET (GpoHost, blocklist) },
    { "spam-words", GPO_VALUE_IS_LIST, G_STRUCT_OFFSET (GpoHost, spam_words) },
    { "imap-preauth", GPO_VALUE_IS_TEXT, G_STRUCT_OFFSET (GpoHost, preauth) },
    { "relay", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoHost, relay) },
    { "relay-domains", GPO_VALUE_IS_LIST, G_STRUCT_OFFSET (GpoHost, relay_domains) },
    { "smarthost", GPO_VALUE_IS_TEXT, G_STRUCT_OFFSET (GpoHost, smarthost) },
    { "real-dns", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoHost, real_dns) },
    { "down", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoHost, down) },
    { NULL },
  };
  host->mechanisms = g_strdupv ((char **) gpo_sasl_mechanisms ());
  host->limits = r->limits;
  if (!gpo_scenario_table (r, group, rows, host)
      || !gpo_scenario_table (r, group, gpo_limit_rows, &host->limits) || !read_roles (r, group, host)
      || !read_ports (r, group, host))
    return FALSE;
  if (!g_hostname_is_ip_address (host->address))
    return gpo_scenario_wrong (r, group, "address",
                               "\"%s\" will not do: say a numeric address like 127.0.0.1 or ::1",
                               host->address);
  if (host->relay_domains && !host->relay)
    return gpo_scenario_wrong (r, group, "relay-domains", "means nothing without relay = yes");
  return TRUE;
}

gboolean
gpo_scenario_read_host (GpoScenarioReader *r, const char *group, const char *word)
{
  GpoWorld *world = r->scenario->world;
  g_autofree char *domain = gpo_scenario_value (r, group, "domain");
  if (!gpo_store_name_is_safe (word) || strlen (word) > 40
      || strspn (word, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (word))
    return gpo_scenario_wrong (r, group, NULL,
                               "a host's name is of at most 40 small letters, digits and hyphens");
  if (!domain)
    domain = g_strconcat (word, ".example", NULL);
  if (!gpo_value_is_domain (domain) || !strchr (domain, '.'))
    return gpo_scenario_wrong (r, group, "domain", "\"%s\" will not do: say a domain like athens.example",
                               domain);
  GpoHost *other = gpo_world_host (world, domain);
  if (other || (other = gpo_world_host (world, word)))
    return gpo_scenario_wrong (r, group, "domain", "\"%s\" is host %s already", domain, other->name);
  GpoHost *host = gpo_world_add_host (world, word, domain);
  if (!host->symbol)
    return gpo_scenario_wrong (r, group, NULL, "too many different hosts");
  return read_host_keys (r, group, host);
}
