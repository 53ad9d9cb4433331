/* SPDX-License-Identifier: MIT */
/* office-walls.c: the scenario's glass walls: proxies that write to the office's own trace, and number
 * sessions and letters as the office does, so that a stranger's server is seen beside its hosts. */
#include "office/office-private.h"
#include "office/proxy.h"

static guint32
next_session (gpointer office)
{
  return gpo_office_next_session (&((GpoOffice *) office)->parts);
}

static guint32
next_letter (gpointer office)
{
  return gpo_store_next_letter (((GpoOffice *) office)->parts.store);
}

gboolean
gpo_office_open_walls (GpoOffice *office, GError **error)
{
  office->walls = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_proxy_free);
  for (guint i = 0; i < office->scenario->walls->len; i++)
    {
      GpoScenarioWall *wall = office->scenario->walls->pdata[i];
      GpoProxy *proxy = gpo_proxy_new (office->parts.log,
                                       &(GpoProxyOptions){ .listen_address = "127.0.0.1",
                                                           .listen_port = wall->port,
                                                           .to_address = wall->to_address,
                                                           .to_port = wall->to_port,
                                                           .protocol = wall->protocol,
                                                           .name = wall->name,
                                                           .next_session = next_session,
                                                           .next_letter = next_letter,
                                                           .data = office },
                                       error);
      if (!proxy)
        {
          g_prefix_error (error, "wall %s: ", wall->name);
          return FALSE;
        }
      wall->port = gpo_proxy_port (proxy);
      g_ptr_array_add (office->walls, proxy);
    }
  return TRUE;
}

void
gpo_office_close_walls (GpoOffice *office)
{
  g_clear_pointer (&office->walls, g_ptr_array_unref);
}

const GPtrArray *
gpo_office_walls (GpoOffice *office)
{
  return office->scenario->walls;
}

void
gpo_office_describe_walls (GpoOffice *office)
{
  for (guint i = 0; i < office->scenario->walls->len; i++)
    {
      const GpoScenarioWall *wall = office->scenario->walls->pdata[i];
      g_autofree char *hop = g_strdup_printf ("%s:%u", wall->to_address, wall->to_port);
      GpoEventBuilder b;
      gpo_office_event (office, &b, GPO_KIND_OFFICE, "wall");
      gpo_event_add_text (&b, GPO_FIELD_NAME, wall->name, -1);
      gpo_event_add_text (&b, GPO_FIELD_NEXT_HOP, hop, -1);
      gpo_log_append (office->parts.log, &b);
    }
}
