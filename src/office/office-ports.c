/* SPDX-License-Identifier: MIT */
/* office-ports.c: texts that name ports, in an office that was moved to others. */
#include "office/office-private.h"
#include <string.h>

/* The port in use where the scenario says `said`; `said` itself if it says no such port. */
static guint
port_in_use (GpoOffice *office, guint said)
{
  const GpoWorld *world = gpo_office_world (office);
  for (guint h = 0; h < world->hosts->len; h++)
    for (int role = 0; role < GPO_N_ROLES; role++)
      {
        const GpoHost *host = world->hosts->pdata[h];
        guint now = gpo_office_port (office, host, (GpoRole) role);
        if (host->said_port[role] == said && now)
          return now;
      }
  const GPtrArray *walls = gpo_office_walls (office);
  for (guint i = 0; i < walls->len; i++)
    {
      const GpoScenarioWall *wall = walls->pdata[i];
      if (wall->said_port == said)
        return wall->port;
    }
  return said;
}

char *
gpo_office_ports_in_use (GpoOffice *office, const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *p = text; *p;)
    {
      gsize n = strspn (p, "0123456789");
      guint64 said = n >= 4 && n <= 5 ? g_ascii_strtoull (p, NULL, 10) : 0;
      if (said > 0 && said <= G_MAXUINT16)
        g_string_append_printf (out, "%u", port_in_use (office, (guint) said));
      else
        g_string_append_len (out, p, (gssize) MAX (n, 1));
      p += MAX (n, 1);
    }
  return g_string_free (out, FALSE);
}
