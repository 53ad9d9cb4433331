/* SPDX-License-Identifier: MIT */
/* scenario-groups.c: each kind of group of a scenario. docs/scenario.md describes them to people. */
#include "office/fault.h"
#include "office/scenario-read.h"
#include "protocol/sasl.h"
#include "store/store.h"
#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* --- [office] --- */

static gboolean
read_time (GpoScenarioReader *r, const char *group)
{
  g_autofree char *speed = gpo_scenario_value (r, group, "speed");
  g_autofree char *start = gpo_scenario_value (r, group, "start");
  if (speed)
    {
      char *end;
      double x = g_ascii_strtod (speed, &end);
      if (end == speed || *end || !isfinite (x) || x < 0 || x > 1e6)
        return gpo_scenario_wrong (r, group, "speed",
                                   "\"%s\" will not do: say how many seconds pass in one, from 0 "
                                   "(the clock stands) to 1000000",
                                   speed);
      r->scenario->speed = x;
    }
  if (start)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
      g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (start, utc);
      if (!date || g_date_time_get_year (date) < 1970)
        return gpo_scenario_wrong (r, group, "start",
                                   "\"%s\" will not do: say a time like 2025-03-01T09:00:00Z", start);
      r->scenario->start = g_date_time_to_unix (date) * G_USEC_PER_SEC;
    }
  return TRUE;
}

static gboolean
read_office (GpoScenarioReader *r, const char *group, const char *word)
{
  static const GpoValueRow rows[] = {
    { "title", GPO_VALUE_IS_TEXT, G_STRUCT_OFFSET (GpoWorld, title) },
    { "outside", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoWorld, outside) },
    { NULL },
  };
  g_autofree char *trace = gpo_scenario_value (r, group, "trace");
  if (trace)
    r->scenario->trace = g_canonicalize_filename (trace, r->folder);
  return gpo_scenario_table (r, group, rows, r->scenario->world)
         && gpo_scenario_table (r, group, gpo_limit_rows, &r->limits) && read_time (r, group);
}

/* --- [host NAME] --- */

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

static gboolean
read_host (GpoScenarioReader *r, const char *group, const char *word)
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

/* --- [person NAME] --- */

/* Mailboxes become folders called ".A.B" for "A/B" (Maildir++), so a name may not hold what would
 * lead elsewhere, nor "." itself. */
static gboolean
mailbox_is_good (const char *name)
{
  if (!*name || name[0] == '/' || g_str_has_suffix (name, "/") || strstr (name, "//") || strlen (name) > 100)
    return FALSE;
  for (const char *p = name; *p; p++)
    if (!g_ascii_isalnum (*p) && !strchr (" -_/", *p))
      return FALSE;
  return g_ascii_strcasecmp (name, "INBOX") != 0;
}

static gboolean
read_person (GpoScenarioReader *r, const char *group, const char *word)
{
  const char *sign = strchr (word, '@');
  g_autofree char *login = g_ascii_strdown (word, sign ? sign - word : -1);
  g_autofree char *at = sign ? g_strdup (sign + 1) : gpo_scenario_needs (r, group, "at", "sparta");
  g_autofree char *name = gpo_scenario_value (r, group, "name");
  g_autofree char *password = gpo_scenario_value (r, group, "password");
  g_autofree char *mailboxes = gpo_scenario_value (r, group, "mailboxes");
  GpoHost *host = at ? gpo_scenario_host (r, group, sign ? NULL : "at", at) : NULL;
  if (!host)
    return FALSE;
  if (!gpo_store_name_is_safe (login) || strlen (login) > 64
      || strspn (login, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != strlen (login))
    return gpo_scenario_wrong (r, group, NULL,
                               "a person's name is of at most 64 letters, digits and . - _ +");
  if (sign && g_key_file_has_key (r->keys, group, "at", NULL))
    return gpo_scenario_wrong (r, group, "at", "the group's name says %s already", sign);
  if (gpo_host_person (host, login))
    return gpo_scenario_wrong (r, group, NULL, "there is a %s at %s already", login, host->name);
  if (password && !*password)
    return gpo_scenario_wrong (r, group, "password", "is empty; leave the line out for the password %s",
                               GPO_TOY_PASSWORD);
  GpoPerson *person = gpo_host_add_person (host, login, name, password ? password : GPO_TOY_PASSWORD);
  person->mailboxes = mailboxes ? gpo_value_list (mailboxes) : NULL;
  for (char **box = person->mailboxes; box && *box; box++)
    if (!mailbox_is_good (*box))
      return gpo_scenario_wrong (r, group, "mailboxes",
                                 "\"%s\" will not do: letters, digits, blanks, - and _, with / "
                                 "between a mailbox and one inside it; INBOX is there by itself",
                                 *box);
  return TRUE;
}

/* --- [alias ADDRESS] --- */

static gboolean
read_alias (GpoScenarioReader *r, const char *group, const char *word)
{
  const char *sign = strrchr (word, '@');
  g_autofree char *members = gpo_scenario_needs (r, group, "members", "bob; carol@sparta.example");
  if (!members)
    return FALSE;
  if (!sign || sign == word)
    return gpo_scenario_wrong (r, group, NULL, "needs an address: [alias %s@%s]", "friends",
                               "sparta.example");
  GpoHost *host = gpo_scenario_host (r, group, NULL, sign + 1);
  if (!host)
    return FALSE;
  g_auto (GStrv) list = gpo_value_list (members);
  for (char **member = list; *member; member++)
    {
      if (!strchr (*member, '@'))
        {
          g_autofree char *local = g_steal_pointer (member);
          *member = g_strconcat (local, "@", host->domain, NULL);
        }
      const char *at = strrchr (*member, '@');
      if (at == *member || !gpo_value_is_domain (at + 1) || strpbrk (*member, " <>\"\t\r\n"))
        return gpo_scenario_wrong (r, group, "members", "\"%s\" is no address", *member);
    }
  if (!list[0])
    return gpo_scenario_wrong (r, group, "members", "names nobody");
  g_autofree char *local = g_ascii_strdown (word, sign - word);
  if (gpo_host_person (host, local))
    return gpo_scenario_wrong (r, group, NULL, "%s is a person at %s", local, host->name);
  g_hash_table_replace (host->aliases, g_steal_pointer (&local), g_steal_pointer (&list));
  return TRUE;
}

/* --- [mx DOMAIN] and [route DOMAIN] --- */

static int
by_preference (gconstpointer a, gconstpointer b)
{
  const GpoMx *x = *(GpoMx *const *) a, *y = *(GpoMx *const *) b;
  return x->preference < y->preference ? -1 : x->preference > y->preference;
}

static void
mx_free (gpointer data)
{
  GpoMx *mx = data;
  g_free (mx->exchange);
  g_free (mx);
}

/* The domain behind mx or route, in small letters; NULL and what is wrong. */
static char *
group_domain (GpoScenarioReader *r, const char *group, const char *word)
{
  GpoHost *host = gpo_world_host (r->scenario->world, word);
  const char *domain = host ? host->domain : word;
  if (gpo_value_is_domain (domain) && strchr (domain, '.'))
    return g_ascii_strdown (domain, -1);
  gpo_scenario_wrong (r, group, NULL, "needs a domain like sparta.example");
  return NULL;
}

static gboolean
read_mx (GpoScenarioReader *r, const char *group, const char *word)
{
  g_autofree char *domain = group_domain (r, group, word);
  g_auto (GStrv) keys = g_key_file_get_keys (r->keys, group, NULL, NULL);
  if (!domain)
    return FALSE;
  if (g_hash_table_contains (r->scenario->world->zone, domain))
    return gpo_scenario_wrong (r, group, NULL, "the MX records of %s are there already", domain);
  GpoZoneEntry *entry = g_new0 (GpoZoneEntry, 1);
  entry->domain = g_steal_pointer (&domain);
  entry->mx = g_ptr_array_new_with_free_func (mx_free);
  g_hash_table_insert (r->scenario->world->zone, entry->domain, entry);
  for (char **key = keys; key && *key; key++)
    {
      g_autofree char *value = gpo_scenario_value (r, group, *key);
      gint64 preference;
      GpoHost *host = strchr (*key, '.') ? gpo_world_host (r->scenario->world, *key)
                                         : gpo_scenario_host (r, group, *key, *key);
      if (r->error)
        return FALSE;
      if (!host && !gpo_value_is_domain (*key))
        return gpo_scenario_wrong (r, group, *key, "is no name of a host");
      if (!value || !gpo_value_number (value, 0, 65535, &preference))
        return gpo_scenario_wrong (r, group, *key,
                                   "\"%s\" will not do: say a preference from 0 to 65535; the lowest "
                                   "is tried first",
                                   value ? value : "");
      GpoMx *mx = g_new0 (GpoMx, 1);
      mx->preference = (guint) preference;
      mx->exchange = g_ascii_strdown (host ? host->domain : *key, -1);
      g_ptr_array_add (entry->mx, mx);
    }
  if (entry->mx->len == 0)
    return gpo_scenario_wrong (r, group, NULL, "needs at least one host, for example: gateway = 10");
  g_ptr_array_sort (entry->mx, by_preference);
  return TRUE;
}

static gboolean
read_route (GpoScenarioReader *r, const char *group, const char *word)
{
  g_autofree char *domain = group_domain (r, group, word);
  g_autofree char *hop = domain ? gpo_scenario_needs (r, group, "next-hop", "127.0.0.1:2500") : NULL;
  g_autofree char *at = gpo_scenario_value (r, group, "at");
  GHashTable *routes = r->scenario->world->routes;
  guint16 port;
  if (!hop)
    return FALSE;
  if (at)
    {
      GpoHost *host = gpo_scenario_host (r, group, "at", at);
      if (!host)
        return FALSE;
      routes = host->routes;
    }
  if (!gpo_value_is_endpoint (hop, NULL, &port) && !gpo_scenario_host (r, group, "next-hop", hop))
    return FALSE;
  if (g_hash_table_contains (routes, domain))
    return gpo_scenario_wrong (r, group, NULL, "there is a route to %s already", domain);
  g_hash_table_insert (routes, g_steal_pointer (&domain), g_steal_pointer (&hop));
  return TRUE;
}

/* --- [retry] --- */

static gboolean
read_retry (GpoScenarioReader *r, const char *group, const char *word)
{
  static const gint64 longest = G_GINT64_CONSTANT (366) * 24 * 3600 * G_USEC_PER_SEC;
  static const GpoValueRow rows[] = {
    { "warn-after", GPO_VALUE_IS_DURATION, G_STRUCT_OFFSET (GpoRetry, warn_after), NULL, 0, longest },
    { "give-up", GPO_VALUE_IS_DURATION, G_STRUCT_OFFSET (GpoRetry, give_up), NULL, 1, longest },
    { NULL },
  };
  GpoRetry *retry = &r->scenario->world->retry;
  g_autofree char *intervals = gpo_scenario_value (r, group, "intervals");
  if (intervals)
    {
      g_auto (GStrv) list = gpo_value_list (intervals);
      guint n = g_strv_length (list);
      retry->n_intervals = 0;
      retry->intervals = g_renew (gint64, retry->intervals, n + 1);
      for (guint i = 0; i < n; i++)
        if (!gpo_duration_parse (list[i], &retry->intervals[retry->n_intervals++])
            || retry->intervals[i] < G_USEC_PER_SEC / 100 || retry->intervals[i] > longest)
          return gpo_scenario_wrong (r, group, "intervals", "\"%s\" will not do: say times like 5m, 30m, 2h",
                                     list[i]);
      if (n == 0)
        return gpo_scenario_wrong (r, group, "intervals", "say times like 5m, 30m, 2h; the last one repeats");
    }
  return gpo_scenario_table (r, group, rows, retry);
}

/* --- [fault NAME] --- */

static gboolean
read_fault (GpoScenarioReader *r, const char *group, const char *word)
{
  static const GpoValueRow rows[] = {
    { "times", GPO_VALUE_IS_COUNT, G_STRUCT_OFFSET (GpoScenarioFault, times), NULL, 0, 1000000 },
    { NULL },
  };
  GpoScenarioFault *fault = g_new0 (GpoScenarioFault, 1);
  g_ptr_array_add (r->scenario->faults, fault);
  fault->name = g_strdup (word);
  fault->when = gpo_scenario_needs (r, group, "when", "host = gateway and verb = DATA");
  fault->action = fault->when ? gpo_scenario_needs (r, group, "do", "delay 2s") : NULL;
  if (!fault->action || !gpo_scenario_table (r, group, rows, fault))
    return FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoFault) rule = gpo_fault_new (word, fault->when, fault->action, fault->times, &error);
  if (!rule)
    return gpo_scenario_wrong (r, group, error->code == GPO_FAULT_ERROR_WHEN ? "when" : "do", "%s",
                               error->message);
  return TRUE;
}

/* --- [letter NAME] --- */

/* "bob@sparta.example/Archive" */
static gboolean
letter_mailbox (GpoScenarioReader *r, const char *group, GpoScenarioLetter *letter, const char *mailbox)
{
  const char *sign = strchr (mailbox, '@');
  const char *slash = sign ? strchr (sign, '/') : NULL;
  g_autofree char *domain
      = sign ? g_strndup (sign + 1, slash ? (gsize) (slash - sign - 1) : strlen (sign + 1)) : NULL;
  g_autofree char *login = sign ? g_strndup (mailbox, (gsize) (sign - mailbox)) : NULL;
  if (!sign)
    return gpo_scenario_wrong (r, group, "mailbox",
                               "\"%s\" will not do: say bob@sparta.example, or "
                               "bob@sparta.example/Archive for another mailbox than INBOX",
                               mailbox);
  GpoHost *host = gpo_scenario_host (r, group, "mailbox", domain);
  if (!host)
    return FALSE;
  letter->person = gpo_host_person (host, login);
  letter->folder = slash && g_ascii_strcasecmp (slash + 1, "INBOX") != 0 ? g_strdup (slash + 1) : NULL;
  if (!letter->person)
    return gpo_scenario_wrong (r, group, "mailbox", "there is no %s at %s", login, host->name);
  if (letter->folder
      && (!letter->person->mailboxes
          || !g_strv_contains ((const char *const *) letter->person->mailboxes, letter->folder)))
    return gpo_scenario_wrong (r, group, "mailbox",
                               "%s has no mailbox \"%s\"; add it to the mailboxes of [person %s]", login,
                               letter->folder, login);
  return TRUE;
}

static gboolean
read_letter (GpoScenarioReader *r, const char *group, const char *word)
{
  GpoScenarioLetter *letter = g_new0 (GpoScenarioLetter, 1);
  g_ptr_array_add (r->scenario->letters, letter);
  g_autofree char *file = gpo_scenario_needs (r, group, "file", "welcome.eml");
  g_autofree char *mailbox = gpo_scenario_value (r, group, "mailbox");
  g_autofree char *queue = gpo_scenario_value (r, group, "queue");
  g_autofree char *to = gpo_scenario_value (r, group, "to");
  letter->name = g_strdup (word);
  letter->flags = gpo_scenario_value (r, group, "flags");
  letter->from = gpo_scenario_value (r, group, "from");
  letter->to = gpo_value_list (to ? to : "");
  if (!file)
    return FALSE;
  letter->file = g_canonicalize_filename (file, r->folder);
  if (!mailbox == !queue)
    return gpo_scenario_wrong (r, group, NULL,
                               "needs either a mailbox (bob@sparta.example) or a queue (athens)");
  if (letter->flags && (!mailbox || strspn (letter->flags, "DFPRST") != strlen (letter->flags)))
    return gpo_scenario_wrong (r, group, "flags",
                               "a letter in a mailbox has flags of D (draft), F (flagged), "
                               "P (passed on), R (replied), S (seen), T (deleted)");
  if (mailbox && (letter->from || letter->to[0]))
    return gpo_scenario_wrong (r, group, letter->from ? "from" : "to",
                               "a letter in a mailbox has no envelope any more");
  if (mailbox)
    return letter_mailbox (r, group, letter, mailbox);
  letter->queue = gpo_scenario_host (r, group, "queue", queue);
  if (letter->queue && !letter->to[0])
    return gpo_scenario_wrong (r, group, NULL, "a letter in a queue needs its envelope: from = and to =");
  return letter->queue != NULL;
}

const GpoScenarioKind gpo_scenario_kinds[] = {
  { "office", FALSE, read_office }, { "host", TRUE, read_host },
  { "person", TRUE, read_person },  { "alias", TRUE, read_alias },
  { "mx", TRUE, read_mx },          { "route", TRUE, read_route },
  { "retry", FALSE, read_retry },   { "fault", TRUE, read_fault },
  { "letter", TRUE, read_letter },  { "wall", TRUE, gpo_scenario_read_wall },
  { NULL },
};
