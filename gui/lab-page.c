/* SPDX-License-Identifier: MIT */
/* lab-page.c: libcmark reads, a walk over its tree writes. See lab-page.h. */
#include "lab-page.h"
#include <cmark.h>
#include <string.h>

static GtkTextTag *
tag (GtkTextBuffer *buffer, const char *name)
{
  GtkTextTag *found = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), name);
  if (found)
    return found;
  found = gtk_text_buffer_create_tag (buffer, name, NULL, NULL);
  if (strcmp (name, "heading") == 0)
    g_object_set (found, "weight", PANGO_WEIGHT_BOLD, "scale", 1.25, "pixels-below-lines", 6, NULL);
  else if (strcmp (name, "strong") == 0)
    g_object_set (found, "weight", PANGO_WEIGHT_BOLD, NULL);
  else if (strcmp (name, "emph") == 0)
    g_object_set (found, "style", PANGO_STYLE_ITALIC, NULL);
  else if (strcmp (name, "code") == 0)
    g_object_set (found, "family", "monospace", NULL);
  else if (strcmp (name, "block") == 0)
    g_object_set (found, "family", "monospace", "left-margin", 18, "scale", 0.9, NULL);
  return found;
}

static void
put (GtkTextBuffer *buffer, const char *text, const char *name)
{
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (buffer, &end);
  if (name)
    gtk_text_buffer_insert_with_tags (buffer, &end, text, -1, tag (buffer, name), NULL);
  else
    gtk_text_buffer_insert (buffer, &end, text, -1);
}

/* Two line feeds between blocks, none at the start. */
static void
separate (GtkTextBuffer *buffer, gboolean tight)
{
  if (gtk_text_buffer_get_char_count (buffer) > 0)
    put (buffer, tight ? "\n" : "\n\n", NULL);
}

static void
enter (GtkTextBuffer *buffer, cmark_node *node, const char **style)
{
  cmark_node *parent = cmark_node_parent (node);
  gboolean in_item = parent && cmark_node_get_type (parent) == CMARK_NODE_ITEM;
  switch (cmark_node_get_type (node))
    {
    case CMARK_NODE_HEADING:
      separate (buffer, FALSE);
      *style = "heading";
      break;
    case CMARK_NODE_PARAGRAPH:
      if (!in_item || cmark_node_previous (node))
        separate (buffer, FALSE);
      break;
    case CMARK_NODE_ITEM:
      separate (buffer, cmark_node_previous (node) != NULL);
      if (cmark_node_get_list_type (parent) == CMARK_ORDERED_LIST)
        {
          int number = cmark_node_get_list_start (parent);
          for (cmark_node *before = node; (before = cmark_node_previous (before));)
            number++;
          g_autofree char *text = g_strdup_printf ("%d. ", number);
          put (buffer, text, NULL);
        }
      else
        put (buffer, "• ", NULL);
      break;
    case CMARK_NODE_CODE_BLOCK:
      {
        g_autofree char *text = g_strdup (cmark_node_get_literal (node));
        separate (buffer, FALSE);
        put (buffer, g_strchomp (text), "block");
        break;
      }
    case CMARK_NODE_TEXT:
      put (buffer, cmark_node_get_literal (node), *style);
      break;
    case CMARK_NODE_CODE:
      put (buffer, cmark_node_get_literal (node), "code");
      break;
    case CMARK_NODE_SOFTBREAK:
      put (buffer, " ", *style);
      break;
    case CMARK_NODE_LINEBREAK:
      put (buffer, "\n", NULL);
      break;
    case CMARK_NODE_EMPH:
      *style = "emph";
      break;
    case CMARK_NODE_STRONG:
      *style = "strong";
      break;
    default:
      break;
    }
}

void
gpo_lab_page_show (GtkTextBuffer *buffer, const char *title, const char *markdown)
{
  gtk_text_buffer_set_text (buffer, "", 0);
  if (title)
    put (buffer, title, "heading");
  cmark_node *document = cmark_parse_document (markdown, strlen (markdown), CMARK_OPT_VALIDATE_UTF8);
  cmark_iter *iter = cmark_iter_new (document);
  const char *style = NULL;
  for (cmark_event_type type; (type = cmark_iter_next (iter)) != CMARK_EVENT_DONE;)
    {
      cmark_node *node = cmark_iter_get_node (iter);
      cmark_node_type kind = cmark_node_get_type (node);
      if (type == CMARK_EVENT_ENTER)
        enter (buffer, node, &style);
      else if (kind == CMARK_NODE_EMPH || kind == CMARK_NODE_STRONG || kind == CMARK_NODE_HEADING)
        style = NULL;
    }
  cmark_iter_free (iter);
  cmark_node_free (document);
}
