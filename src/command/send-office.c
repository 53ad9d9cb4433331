/* SPDX-License-Identifier: MIT */
/* send-office.c: where `glasspost send` hands a letter in when it is told no server: at the running office,
 * with the host that the writer lives at. */
#include "command/send.h"
#include <json-glib/json-glib.h>
#include <string.h>
#include "letter/address.h"
#include "office/control.h"

typedef struct
{
  const char *domain; /* of the writer; NULL: she has none */
  GpoSendOffice *out;
  gboolean home; /* out is the writer's own host */
} Search;

/* One host of the office's answer. The writer's own is taken, else the first that takes letters from people.
 */
static void
take_host (const char *line, gpointer data)
{
  Search *search = data;
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *host = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64 port = host ? json_object_get_int_member_with_default (host, "submission", 0) : 0;
  if (port <= 0 || port > 65535 || search->home)
    return;
  const char *domain = json_object_get_string_member_with_default (host, "domain", "");
  search->home = search->domain && g_ascii_strcasecmp (domain, search->domain) == 0;
  if (search->out->server && !search->home)
    return;
  g_free (search->out->server);
  g_free (search->out->ca);
  search->out->server = g_strdup_printf (
      "%s:%d", json_object_get_string_member_with_default (host, "address", "127.0.0.1"), (int) port);
  search->out->ca = g_strdup (json_object_get_string_member_with_default (host, "ca", NULL));
}

void
gpo_send_find_office (const char *from, GpoSendOffice *out)
{
  Search search = { .domain = gpo_path_domain (from), .out = out };
  gpo_control_ask (NULL, "hosts", take_host, &search, NULL);
  if (!out->server)
    out->server = g_strdup (GPO_SEND_DEFAULT);
}

void
gpo_send_office_clear (GpoSendOffice *office)
{
  g_clear_pointer (&office->server, g_free);
  g_clear_pointer (&office->ca, g_free);
}
