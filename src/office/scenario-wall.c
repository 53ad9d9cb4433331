/* SPDX-License-Identifier: MIT */
/* scenario-wall.c: [wall NAME] of a scenario: a wall of glass before somebody else's server. */
#include "office/scenario-read.h"
#include <string.h>

void
gpo_scenario_wall_free (gpointer data)
{
  GpoScenarioWall *wall = data;
  g_free (wall->name);
  g_free (wall->to_address);
  g_free (wall);
}

static gboolean
read_protocol (GpoScenarioReader *r, const char *group, GpoScenarioWall *wall)
{
  static const struct
  {
    const char *word;
    GpoProtocol protocol;
  } known[] = { { "smtp", GPO_PROTOCOL_SMTP }, { "imap", GPO_PROTOCOL_IMAP }, { "pop3", GPO_PROTOCOL_POP3 } };
  g_autofree char *word = gpo_scenario_value (r, group, "protocol");
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (!word || strcmp (word, known[i].word) == 0)
      {
        wall->protocol = known[i].protocol;
        return TRUE;
      }
  return gpo_scenario_wrong (r, group, "protocol", "\"%s\" will not do: say smtp, imap or pop3", word);
}

gboolean
gpo_scenario_read_wall (GpoScenarioReader *r, const char *group, const char *word)
{
  g_autofree char *port = gpo_scenario_needs (r, group, "port", "12500");
  g_autofree char *to = port ? gpo_scenario_needs (r, group, "to", "127.0.0.1:2500") : NULL;
  gint64 number;
  if (!to)
    return FALSE;
  GpoScenarioWall *wall = g_new0 (GpoScenarioWall, 1);
  wall->name = g_strdup (word);
  g_ptr_array_add (r->scenario->walls, wall);
  if (gpo_world_host (r->scenario->world, word))
    return gpo_scenario_wrong (r, group, NULL, "a host is called %s already; give the wall its own name",
                               word);
  if (!gpo_value_number (port, 1, G_MAXUINT16, &number))
    return gpo_scenario_wrong (r, group, "port", "\"%s\" will not do: say a number from 1 to 65535", port);
  if (!gpo_value_is_endpoint (to, &wall->to_address, &wall->to_port))
    return gpo_scenario_wrong (r, group, "to", "\"%s\" will not do: say address and port, as 127.0.0.1:2500",
                               to);
  if (!gpo_value_is_loopback (wall->to_address) && !r->scenario->world->outside)
    return gpo_scenario_wrong (
        r, group, "to", "is outside loopback; a world that is to reach there says outside = yes in [office]");
  wall->port = wall->said_port = (guint16) number;
  return read_protocol (r, group, wall);
}

gboolean
gpo_scenario_move_walls (GpoScenarioReader *r, int base)
{
  for (guint i = 0; i < r->scenario->walls->len; i++)
    {
      GpoScenarioWall *wall = r->scenario->walls->pdata[i];
      g_autofree char *group = g_strconcat ("wall ", wall->name, NULL);
      int port = base == 0 ? 0 : wall->said_port - GPO_PORT_BASE + base;
      if (base != 0 && (port < 1 || port > G_MAXUINT16))
        return gpo_scenario_wrong (
            r, group, "port", "with port base %d it would be port %d; ports go from 1 to 65535", base, port);
      wall->port = (guint16) port;
    }
  return TRUE;
}
