/* SPDX-License-Identifier: MIT */
/* control-client.c: the other end of the control socket, for commands. */
#include "office/control.h"
#include <gio/gunixsocketaddress.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

char *
gpo_control_path (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  if (runtime && *runtime == '/')
    return g_build_filename (runtime, "glasspost", "control", NULL);
  return g_strdup_printf ("/tmp/glasspost-%u/control", (guint) getuid ());
}

char *
gpo_control_default_store (void)
{
  return g_build_filename (g_get_user_data_dir (), "glasspost", NULL);
}

GSocketConnection *
gpo_control_connect (const char *store, const char *request, GError **error)
{
  g_autofree char *path = store ? g_build_filename (store, "control", NULL) : gpo_control_path ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autofree char *line = g_strconcat (request, "\n", NULL);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  if (!connection)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "no office is running (nobody answers at %s); start one: "
                   "glasspost serve",
                   path);
      return NULL;
    }
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  if (!g_output_stream_write_all (out, line, strlen (line), NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&connection);
}

/* Reads the line that ends an answer; TRUE if this is one. */
static gboolean
is_last (const char *line, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (!object)
    return FALSE;
  const char *refusal = json_object_get_string_member_with_default (object, "error", NULL);
  if (refusal)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, refusal);
  return refusal || json_object_has_member (object, "done");
}

gboolean
gpo_control_ask (const char *store, const char *request, void (*each) (const char *, gpointer), gpointer data,
                 GError **error)
{
  g_autoptr (GSocketConnection) connection = gpo_control_connect (store, request, error);
  if (!connection)
    return FALSE;
  g_autoptr (GDataInputStream) in
      = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  for (;;)
    {
      g_autoptr (GError) refusal = NULL;
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, error);
      if (!line)
        {
          if (error && !*error)
            g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                                 "the office closed before it had answered");
          return FALSE;
        }
      if (is_last (line, &refusal))
        {
          if (!refusal)
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&refusal));
          return FALSE;
        }
      if (each)
        each (line, data);
    }
}
