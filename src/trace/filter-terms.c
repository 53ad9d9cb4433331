/* SPDX-License-Identifier: MIT */
/* filter-terms.c: how far an event came on its way through a filter.
 *
 * A check that nobody passed should say what was tried: the event that passed the most of the first terms,
 * and what it has where the next term wanted something else. Terms are therefore written from the general
 * to the particular: `edge and verb = RCPT and recipient = "carol@sparta.example"`. */
#include "trace/filter-internal.h"
#include "wire/nearest.h"
#include <string.h>

struct GpoFilterName
{
  GpoFilterNode node; /* only where it looks */
};

static const GpoFilterNode *
term (const GpoFilter *filter, guint i)
{
  return &g_array_index (filter->nodes, GpoFilterNode, g_array_index (filter->terms, guint, i));
}

guint
gpo_filter_n_terms (const GpoFilter *filter)
{
  return filter->terms->len;
}

char *
gpo_filter_term_text (const GpoFilter *filter, guint i)
{
  const GpoFilterNode *node = term (filter, i);
  return g_strndup (filter->text + node->start, node->end - node->start);
}

guint
gpo_filter_count_terms (const GpoFilter *filter, GpoLog *log, guint64 n, const GpoEvent *event)
{
  guint i = 0;
  while (i < filter->terms->len
         && gpo_filter_node_passes (filter, g_array_index (filter->terms, guint, i), log, n, event))
    i++;
  return i;
}

gboolean
gpo_filter_term_seen (const GpoFilter *filter, guint i, guint64 n, const GpoEvent *event, GString *out)
{
  const GpoFilterNode *node = term (filter, i);
  g_autoptr (GString) value = g_string_new (NULL);
  if (node->type != GPO_NODE_COMPARE && node->type != GPO_NODE_PRESENT)
    return FALSE;
  const char *text = filter->text + node->start;
  gsize length = strcspn (text, " \t=!<>~");
  if (gpo_filter_node_value (node, n, event, value))
    g_string_append_printf (out, "%.*s = \"%s\"", (int) length, text, value->str);
  else
    g_string_append_printf (out, "no %.*s", (int) length, text);
  return TRUE;
}

guint
gpo_filter_try_terms (const GpoFilter *filter)
{
  guint n = 2;
  for (guint i = 0; i < filter->terms->len; i++)
    {
      const GpoFilterNode *node = term (filter, i);
      if (node->type == GPO_NODE_COMPARE && node->source == GPO_SOURCE_FIELD && node->field == GPO_FIELD_VERB)
        n = MAX (n, i + 1);
    }
  return n;
}

/* --- names --- */

GpoFilterName *
gpo_filter_name_parse (const char *name, GError **error)
{
  g_autoptr (GpoFilterName) made = g_new0 (GpoFilterName, 1);
  if (gpo_filter_source (name, &made->node.source, &made->node.field, &made->node.header))
    return g_steal_pointer (&made);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (guint i = 0; gpo_filter_head_names[i]; i++)
    g_ptr_array_add (words, (gpointer) gpo_filter_head_names[i]);
  for (guint i = 1; i < GPO_FIELD_HIDDEN; i++)
    g_ptr_array_add (words, (gpointer) gpo_field_name ((GpoField) i));
  g_ptr_array_add (words, NULL);
  const char *meant = gpo_nearest_word (name, (const char *const *) words->pdata);
  g_set_error (error, GPO_FILTER_ERROR, GPO_FILTER_ERROR_NAME, "\"%s\" is not a field%s%s%s", name,
               meant ? "; did you mean \"" : "; docs/trace-format.md lists them", meant ? meant : "",
               meant ? "\"?" : "");
  return NULL;
}

void
gpo_filter_name_free (GpoFilterName *name)
{
  g_free (name->node.header);
  g_free (name);
}

gboolean
gpo_filter_name_value (const GpoFilterName *name, guint64 n, const GpoEvent *event, GString *out)
{
  return gpo_filter_node_value (&name->node, n, event, out);
}

/* --- kinds --- */

static guint32
kinds_of (const GpoFilter *filter, guint index)
{
  const GpoFilterNode *node = &g_array_index (filter->nodes, GpoFilterNode, index);
  switch (node->type)
    {
    case GPO_NODE_KIND:
      return (guint32) 1 << node->number;
    case GPO_NODE_AND:
      return kinds_of (filter, node->left) & kinds_of (filter, node->right);
    case GPO_NODE_OR:
      return kinds_of (filter, node->left) | kinds_of (filter, node->right);
    default:
      return G_MAXUINT32;
    }
}

guint32
gpo_filter_kinds (const GpoFilter *filter)
{
  return kinds_of (filter, filter->root);
}
