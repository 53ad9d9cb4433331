/* SPDX-License-Identifier: MIT */
/* trace-line-slow.c: any line of a trace file, read by json-glib; it also finds the words for an error. */
#include "trace/json-line.h"
#include "trace/trace-line.h"
#include "trace/trace-read.h"
#include <math.h>
#include <string.h>

/* json-glib itself writes 1e83 as "1e+83.0", which is no JSON. */
static gboolean
slow_real (GpoTraceLine *line, gint32 key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite (value))
    return gpo_trace_line_wrong (line, "a number is too large");
  g_ascii_dtostr (text, sizeof text, value);
  return gpo_trace_line_json (line, key, text, strlen (text));
}

static gboolean
slow_value (GpoTraceLine *line, gint32 key, gboolean star, JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  if (type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);
      return star ? gpo_trace_line_star (line, key, text, strlen (text))
                  : gpo_trace_line_text (line, key, text, strlen (text));
    }
  if (star)
    return gpo_trace_line_wrong (line, "a field with `*` must be a string");
  if (type == G_TYPE_INT64)
    return gpo_trace_line_number (line, key, json_node_get_int (node));
  if (type == G_TYPE_BOOLEAN)
    return gpo_trace_line_boolean (line, key, json_node_get_boolean (node));
  if (type == G_TYPE_DOUBLE)
    return slow_real (line, key, json_node_get_double (node));
  g_autofree char *json = json_to_string (node, FALSE);
  g_autoptr (JsonNode) again = json_from_string (json, NULL);
  if (!again)
    return gpo_trace_line_wrong (line, "a number is too large");
  return gpo_trace_line_json (line, key, json, strlen (json));
}

static gboolean
slow_members (GpoTraceLine *line, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gsize length = strlen (name);
      gboolean star = length > 1 && name[length - 1] == '*';
      gint32 key = gpo_trace_line_name (name, length - star);
      if (key < 0)
        return gpo_trace_line_wrong (
            line, "a field's name is empty, longer than 64 bytes, or not plain printable ASCII");
      if (!gpo_trace_line_first_time (line, key))
        return gpo_trace_line_wrong (line, "a field comes with and without `*`");
      if (!slow_value (line, key, star, node))
        return FALSE;
    }
  return gpo_trace_line_whole (line);
}

gboolean
gpo_trace_line_slow (const char *text, gsize length, GpoEventBuilder *b, guint64 *n, GError **error)
{
  GpoTraceLine line;
  gpo_trace_line_begin (&line, text, length, b, n);
  g_autoptr (JsonNode) object = gpo_json_line_parse (text, length, &line.problem);
  if (object && slow_members (&line, json_node_get_object (object)))
    return TRUE;
  gpo_event_clear (b);
  g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_LINE, "%s; the line is left out", line.problem);
  return FALSE;
}
