/* SPDX-License-Identifier: MIT */
/* json-line.c: what json-glib cannot take without harm is refused before it sees it. */
#include "trace/json-line.h"
#include <string.h>

#define MAX_BRACKETS 1000

static const char *
unfit (const char *text, gsize length)
{
  guint brackets = 0;
  for (const char *p = text, *end = text + length; p < end; p++)
    {
      if (*p == 0 || (*p == '\\' && end - p >= 6 && memcmp (p, "\\u0000", 6) == 0))
        return "it is not strict JSON, and it holds a NUL";
      if ((*p == '{' || *p == '[') && ++brackets > MAX_BRACKETS)
        return "it is not strict JSON, or nested too deeply";
    }
  return NULL;
}

/* Whether something stands behind the first object: json-glib would take the last one for all. */
static gboolean
goes_on (const char *text, gsize length)
{
  gint depth = 0;
  gboolean quoted = FALSE;
  for (const char *p = text, *end = text + length; p < end; p++)
    if (quoted && *p == '\\')
      p++;
    else if (*p == '"')
      quoted = !quoted;
    else if (!quoted && (*p == '{' || *p == '['))
      depth++;
    else if (!quoted && (*p == '}' || *p == ']') && --depth == 0)
      for (p++; p < end; p++)
        if (!g_ascii_isspace (*p))
          return TRUE;
  return FALSE;
}

JsonNode *
gpo_json_line_parse (const char *line, gsize length, const char **problem)
{
  *problem = unfit (line, length);
  if (!*problem && goes_on (line, length))
    *problem = "something stands behind its end; two lines were written as one, or it was edited";
  if (*problem)
    return NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, line, (gssize) length, NULL))
    {
      *problem = "it is not JSON; the line is torn or was edited";
      return NULL;
    }
  JsonNode *root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    {
      *problem = "it is not a JSON object";
      return NULL;
    }
  return json_node_ref (root);
}

static JsonNode *
member (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node : NULL;
}

const char *
gpo_json_line_text (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, G_TYPE_STRING);
  return node ? json_node_get_string (node) : NULL;
}

gint64
gpo_json_line_number (JsonObject *object, const char *name, gint64 otherwise)
{
  JsonNode *node = member (object, name, G_TYPE_INT64);
  return node ? json_node_get_int (node) : otherwise;
}
