/* SPDX-License-Identifier: MIT */
/* letter-columns.h: the three objects of a letter as lists of rows: envelope, header, data.
 *
 * Rows are plain list box rows; what a row is about (bytes of the stored form, an event, a part) hangs on it
 * and is read with gpo_letter_row_get(). Long letters have their first GPO_LETTER_ROWS rows and say so. */
#pragma once
#include "replay/letter-facts.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_LETTER_ROWS 400

/* What a row is about. */
typedef struct
{
  GpoSpan span;  /* length 0: no bytes of the letter */
  guint64 event; /* that brought it; G_MAXUINT64: none */
  gint part;     /* index in facts->parts; -1: none */
} GpoLetterRow;

/* NULL for a row that is only a heading. */
const GpoLetterRow *gpo_letter_row_get (GtkListBoxRow *row);

/* Empties the list and fills it. */
void gpo_letter_show_envelope (GtkListBox *list, const GpoLetterFacts *facts, GpoLog *log);
void gpo_letter_show_header (GtkListBox *list, const GpoLetterFacts *facts);
void gpo_letter_show_parts (GtkListBox *list, const GpoLetterFacts *facts);

/* For the three of them: a row with a vertical box in it; what it is about is copied, NULL makes a heading.
 * Text that was in a letter is made harmless. */
GtkBox *gpo_letter_row_add (GtkListBox *list, const GpoLetterRow *about);
void gpo_letter_row_text (GtkBox *box, const char *text, const char *css_class);
/* The value in a lighter type behind its bold name. */
void gpo_letter_row_field (GtkBox *box, const char *name, const char *value, const char *css_class);
void gpo_letter_list_empty (GtkListBox *list);

G_END_DECLS
