/* SPDX-License-Identifier: MIT */
/* json-line.h: a line that is to be one JSON object, from a file that anyone may have written.
 *
 * Traces, hand-ins and notes are such lines. json-glib takes most of what can be wrong with one; what it
 * takes with harm (a NUL within a text, nesting without end, a member of another type) is kept from it. */
#pragma once
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Parses `length` bytes (any bytes). NULL if they are no object; *problem is then static words that say
 * why, to go behind "line 7: ". Free the node with json_node_unref(). */
JsonNode *gpo_json_line_parse (const char *line, gsize length, const char **problem);

/* A member of the object: NULL, or `otherwise`, if it is not there or of another type. */
const char *gpo_json_line_text (JsonObject *object, const char *name);
gint64 gpo_json_line_number (JsonObject *object, const char *name, gint64 otherwise);

G_END_DECLS
