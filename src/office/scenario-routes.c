/* SPDX-License-Identifier: MIT */
/* scenario-routes.c: [mx DOMAIN], [route DOMAIN] and [retry]: where a letter goes next, and when again. */
#include "office/scenario-read.h"
#include <string.h>

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

gboolean
gpo_scenario_read_mx (GpoScenarioReader *r, const char *group, const char *word)
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

gboolean
gpo_scenario_read_route (GpoScenarioReader *r, const char *group, const char *word)
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

gboolean
gpo_scenario_read_retry (GpoScenarioReader *r, const char *group, const char *word)
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
