/* SPDX-License-Identifier: MIT */
/* filter-names.c: what the names in a filter stand for: the head of the event, a field, a header field. */
#include "trace/filter-internal.h"
#include <string.h>

const char *const gpo_filter_head_names[]
    = { "n", "time", "kind", "host", "protocol", "session", "letter", "class", NULL };

gboolean
gpo_filter_source (const char *name, GpoSource *source, GpoField *field, char **header)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  *field = 0;
  if (g_str_has_prefix (lower, "header.") && lower[7])
    {
      *source = GPO_SOURCE_HEADER;
      if (header)
        *header = g_strdup (lower + 7);
      return TRUE;
    }
  for (guint i = 0; gpo_filter_head_names[i]; i++)
    if (strcmp (lower, gpo_filter_head_names[i]) == 0)
      {
        *source = (GpoSource) i;
        return TRUE;
      }
  gboolean any = g_str_has_prefix (name, "field.") && name[6] && strlen (name) <= 70;
  int number = any ? gpo_field_intern (name + 6) : gpo_field_from_name (name);
  if (number < 0 && !any)
    number = gpo_field_from_name (lower);
  *source = GPO_SOURCE_FIELD;
  *field = (GpoField) number;
  return number >= 0 && number != GPO_FIELD_HIDDEN;
}

gboolean
gpo_filter_is_number (GpoSource source, GpoField field)
{
  static const GpoField numbers[]
      = { GPO_FIELD_CODE, GPO_FIELD_CAUSE,  GPO_FIELD_OFFSET, GPO_FIELD_LENGTH, GPO_FIELD_SIZE,
          GPO_FIELD_UID,  GPO_FIELD_NUMBER, GPO_FIELD_COUNT,  GPO_FIELD_DUE,    GPO_FIELD_ATTEMPT };
  for (guint i = 0; source == GPO_SOURCE_FIELD && i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i] == field)
      return TRUE;
  return source == GPO_SOURCE_N || source == GPO_SOURCE_TIME || source == GPO_SOURCE_SESSION
         || source == GPO_SOURCE_LETTER || source == GPO_SOURCE_CLASS;
}
