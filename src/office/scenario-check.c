/* SPDX-License-Identifier: MIT */
/* scenario-check.c: what must be true of a world as a whole: its ports, its aliases, and the outside.
 *
 * An office with toy passwords on the open net would be an open relay within the hour. So nothing
 * listens on or sends to another address than loopback unless [office] says `outside = yes`, and then
 * every person needs a password of her own. */
#include "office/scenario-read.h"
#include <string.h>

static gboolean
wrong_at_host (GpoScenarioReader *r, const GpoHost *host, const char *key, const char *text)
{
  g_autofree char *group = g_strconcat ("host ", host->name, NULL);
  return gpo_scenario_wrong (r, group, key, "%s", text);
}

/* --- ports --- */

static gboolean
same_place (const GpoHost *a, const GpoHost *b)
{
  static const char *const all[] = { "0.0.0.0", "::", NULL };
  return strcmp (a->address, b->address) == 0 || g_strv_contains (all, a->address)
         || g_strv_contains (all, b->address);
}

/* Whether an earlier listener than (host number h, role) has its port; its place is told. */
static gboolean
taken (const GpoWorld *world, guint h, int role, const GpoHost **other, int *other_role)
{
  const GpoHost *host = world->hosts->pdata[h];
  for (guint i = 0; i <= h; i++)
    for (int k = 0; k < (i == h ? role : GPO_N_ROLES); k++)
      {
        const GpoHost *earlier = world->hosts->pdata[i];
        if (earlier->has_role[k] && earlier->port[k] == host->port[role] && same_place (earlier, host))
          {
            *other = earlier;
            *other_role = k;
            return TRUE;
          }
      }
  return FALSE;
}

static gboolean
check_port (GpoScenarioReader *r, guint h, int role)
{
  GpoHost *host = r->scenario->world->hosts->pdata[h];
  const GpoHost *other;
  int other_role;
  if (!host->has_role[role] || !taken (r->scenario->world, h, role, &other, &other_role))
    return TRUE;
  g_autofree char *key = g_strconcat ("port-", gpo_role_name ((GpoRole) role), NULL);
  g_autofree char *text
      = g_strdup_printf ("%s of %s has port %u already; give %s another with %s or port-base",
                         gpo_role_name ((GpoRole) other_role), other->name, host->port[role],
                         gpo_role_name ((GpoRole) role), key);
  return wrong_at_host (r, host, key, text);
}

/* Moves the ports from GPO_PORT_BASE to another base. */
static gboolean
move_ports (GpoScenarioReader *r, int base)
{
  for (guint h = 0; h < r->scenario->world->hosts->len; h++)
    for (int role = 0; role < GPO_N_ROLES; role++)
      {
        GpoHost *host = r->scenario->world->hosts->pdata[h];
        int port = base == 0 ? 0 : host->port[role] - GPO_PORT_BASE + base;
        if (!host->has_role[role])
          continue;
        host->said_port[role] = host->port[role];
        if (base != 0 && (port < 1 || port > 65535))
          {
            g_autofree char *text
                = g_strdup_printf ("with port base %d, %s would be on port %d; ports go from 1 to 65535",
                                   base, gpo_role_name ((GpoRole) role), port);
            return wrong_at_host (r, host, NULL, text);
          }
        host->port[role] = (guint16) port;
      }
  return TRUE;
}

/* --- the outside --- */

#define ASK "is outside loopback; a world that is to reach there says outside = yes in [office]"

static gboolean
hop_is_inside (const GpoWorld *world, const char *hop)
{
  g_autofree char *address = NULL;
  guint16 port;
  return gpo_world_host (world, hop)
         || (gpo_value_is_endpoint (hop, &address, &port) && gpo_value_is_loopback (address));
}

static const char *
outside_route (const GpoWorld *world, GHashTable *routes)
{
  GHashTableIter iter;
  gpointer domain, hop;
  g_hash_table_iter_init (&iter, routes);
  while (g_hash_table_iter_next (&iter, &domain, &hop))
    if (!hop_is_inside (world, hop))
      return domain;
  return NULL;
}

/* What of the world reaches outside: the group and key of the first such thing. */
static gboolean
reaches_outside (const GpoWorld *world, char **group, const char **key)
{
  const char *domain = outside_route (world, world->routes);
  for (guint h = 0; h < world->hosts->len; h++)
    {
      const GpoHost *host = world->hosts->pdata[h];
      *key = !gpo_value_is_loopback (host->address)                       ? "address"
             : host->smarthost && !hop_is_inside (world, host->smarthost) ? "smarthost"
             : host->real_dns                                             ? "real-dns"
                                                                          : NULL;
      *group = *key ? g_strconcat ("host ", host->name, NULL) : NULL;
      if (*key)
        return TRUE;
      if (!domain)
        domain = outside_route (world, host->routes);
    }
  *key = "next-hop";
  *group = domain ? g_strconcat ("route ", domain, NULL) : NULL;
  return domain != NULL;
}

static gboolean
check_outside (GpoScenarioReader *r)
{
  const GpoWorld *world = r->scenario->world;
  g_autofree char *group = NULL;
  const char *key;
  if (!reaches_outside (world, &group, &key))
    return TRUE;
  if (!world->outside)
    return gpo_scenario_wrong (r, group, key, ASK);
  for (guint h = 0; h < world->hosts->len; h++)
    {
      const GpoHost *host = world->hosts->pdata[h];
      GHashTableIter iter;
      gpointer person;
      g_hash_table_iter_init (&iter, host->persons);
      while (g_hash_table_iter_next (&iter, NULL, &person))
        if (strcmp (((GpoPerson *) person)->password, GPO_TOY_PASSWORD) == 0)
          return gpo_scenario_wrong (r, group, key,
                                     "reaches outside loopback, but %s at %s has the toy password; give "
                                     "every person a password of her own",
                                     ((GpoPerson *) person)->login, host->name);
    }
  return TRUE;
}

/* --- aliases --- */

/* A letter for somebody behind an alias who is not there would be taken, and nobody would get it. */
static char *
lost_member (const GpoHost *host, const char *path, guint depth)
{
  char **members = gpo_host_alias (host, path);
  if (depth >= GPO_ALIAS_DEPTH)
    return g_strdup_printf (
        "it leads through more than %d aliases, perhaps in a circle; name people, or fewer aliases",
        GPO_ALIAS_DEPTH);
  for (char **m = members; m && *m; m++)
    {
      GpoPlace place = gpo_host_place (host, *m, NULL);
      char *lost
          = place == GPO_PLACE_ALIAS ? lost_member (host, *m, depth + 1)
            : place == GPO_PLACE_NOWHERE
                ? g_strdup_printf ("there is no %s at %s; add a [person] or leave it out", *m, host->name)
                : NULL;
      if (lost)
        return lost;
    }
  return NULL;
}

static gboolean
check_aliases (GpoScenarioReader *r)
{
  g_auto (GStrv) groups = g_key_file_get_groups (r->keys, NULL);
  for (char **group = groups; *group; group++)
    {
      const char *path = strchr (*group, ' ');
      if (!g_str_has_prefix (*group, "alias ") || !path)
        continue;
      g_autofree char *address = g_strstrip (g_strdup (path));
      const GpoHost *host = gpo_world_host (r->scenario->world, strrchr (address, '@') + 1);
      g_autofree char *lost = lost_member (host, address, 0);
      if (lost)
        return gpo_scenario_wrong (r, *group, "members", "%s", lost);
    }
  return TRUE;
}

/* --- the rest --- */

static gboolean
check_hosts (GpoScenarioReader *r)
{
  GpoWorld *world = r->scenario->world;
  guint16 port;
  if (world->hosts->len == 0)
    {
      g_set_error (&r->error, GPO_SCENARIO_ERROR, GPO_SCENARIO_ERROR_WRONG,
                   "%s: there is no host; begin with the default world: glasspost serve --print-scenario",
                   r->name);
      return FALSE;
    }
  for (guint h = 0; h < world->hosts->len; h++)
    {
      GpoHost *host = world->hosts->pdata[h];
      g_autofree char *group = g_strconcat ("host ", host->name, NULL);
      if (host->smarthost && !gpo_value_is_endpoint (host->smarthost, NULL, &port)
          && !gpo_scenario_host (r, group, "smarthost", host->smarthost))
        return FALSE;
      if (host->smarthost && gpo_world_host (world, host->smarthost) == host)
        return wrong_at_host (r, host, "smarthost", "a host cannot be its own next hop");
      for (int role = 0; role < GPO_N_ROLES; role++)
        if (!check_port (r, h, role))
          return FALSE;
    }
  return TRUE;
}

gboolean
gpo_scenario_check (GpoScenarioReader *r, int port_base)
{
  if (!r->scenario->world->title)
    r->scenario->world->title = g_strdup ("A world of mail");
  return check_hosts (r) && check_aliases (r) && check_outside (r)
         && (port_base < 0 || (move_ports (r, port_base) && gpo_scenario_move_walls (r, port_base)));
}
