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

/* How many rows of the list are in use, while it is filled. */
static guint
used (GtkListBox *list)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (list), "used"));
}

static void
set_used (GtkListBox *list, guint n)
{
  g_object_set_data (G_OBJECT (list), "used", GUINT_TO_POINTER (n));
}

static GtkListBoxRow *
new_row (GtkListBox *list)
{
  GtkWidget *row = gtk_list_box_row_new ();
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), g_object_new (GPO_TYPE_PROSE, NULL));
  gtk_list_box_append (list, row);
  return GTK_LIST_BOX_ROW (row);
}

void
gpo_letter_list_begin (GtkListBox *list)
{
  gtk_list_box_select_row (list, NULL);
  set_used (list, 0);
}

GpoProse *
gpo_letter_row_add (GtkListBox *list, const GpoLetterRow *about)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, (int) used (list));
  if (!row)
    row = new_row (list);
  set_used (list, used (list) + 1);
  g_object_set_data_full (G_OBJECT (row), "about", about ? g_memdup2 (about, sizeof *about) : NULL, g_free);
  gtk_list_box_row_set_selectable (row, about != NULL);
  gtk_list_box_row_set_activatable (row, about != NULL);
  gtk_widget_set_focusable (GTK_WIDGET (row), about != NULL);
  GpoProse *prose = GPO_PROSE (gtk_list_box_row_get_child (row));
  gtk_widget_set_margin_start (GTK_WIDGET (prose), 0);
  gpo_prose_begin (prose);
  return prose;
}

void
gpo_letter_list_end (GtkListBox *list)
{
  GtkListBoxRow *row;
  for (guint i = 0; i < used (list); i++)
    gpo_prose_end (GPO_PROSE (gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (list, (int) i))));
  while ((row = gtk_list_box_get_row_at_index (list, (int) used (list))))
    gtk_list_box_remove (list, GTK_WIDGET (row));
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
gpo_letter_row_text (GpoProse *prose, GpoProseStyle style, const char *text)
{
  g_autofree char *shown = harmless (text);
  gpo_prose_add (prose, style, shown);
}

void
gpo_letter_row_field (GpoProse *prose, GpoProseStyle style, const char *name, const char *value)
{
  g_autofree char *shown_name = harmless (name), *shown = harmless (value);
  g_autofree char *line = g_strdup_printf ("%s: %s", shown_name, shown);
  gpo_prose_add_led (prose, style, strlen (shown_name) + 1, line);
}
