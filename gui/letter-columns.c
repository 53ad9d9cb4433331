/* SPDX-License-Identifier: MIT */
/* letter-columns.c: rows of the lists in the letter view. */
#include "letter-columns.h"
#include "event-words.h"
#include <string.h>

const GpoLetterRow *
gpo_letter_row_get (GtkListBoxRow *row)
{
  return row ? g_object_get_data (G_OBJECT (row), "about") : NULL;
}

GtkBox *
gpo_letter_row_add (GtkListBox *list, const GpoLetterRow *about)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  if (about)
    g_object_set_data_full (G_OBJECT (row), "about", g_memdup2 (about, sizeof *about), g_free);
  else
    {
      gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_widget_set_focusable (row, FALSE);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_append (list, row);
  return GTK_BOX (box);
}

static GtkWidget *
add_label (GtkBox *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE)); /* no byte that is not there */
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
  return label;
}

/* No more of a value than a screen can have. */
#define VALUE_SHOWN 2000

static char *
harmless (const char *text)
{
  gsize length = strlen (text);
  if (length <= VALUE_SHOWN)
    return gpo_shown_text (text, length);
  const char *end = g_utf8_find_prev_char (text, text + VALUE_SHOWN);
  g_autofree char *begin = gpo_shown_text (text, end ? (gsize) (end - text) : VALUE_SHOWN);
  return g_strconcat (begin, " …", NULL);
}

void
gpo_letter_row_text (GtkBox *box, const char *text, const char *css_class)
{
  g_autofree char *shown = harmless (text);
  gtk_label_set_text (GTK_LABEL (add_label (box, css_class)), shown);
}

void
gpo_letter_row_field (GtkBox *box, const char *name, const char *value, const char *css_class)
{
  g_autofree char *shown_name = harmless (name), *shown = harmless (value);
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s:</b> %s", shown_name, shown);
  gtk_label_set_markup (GTK_LABEL (add_label (box, css_class)), markup);
}

void
gpo_letter_list_empty (GtkListBox *list)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, child);
}
