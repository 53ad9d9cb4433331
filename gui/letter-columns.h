/* SPDX-License-Identifier: MIT */
/* letter-columns.h: the three objects of a letter as lists of rows: envelope, header, data.
 *
 * Rows are plain list box rows; what a row is about (bytes of the stored form, an event, a part) hangs on it
 * and is read with gpo_letter_row_get(). Long letters have their first GPO_LETTER_ROWS rows and say so. */
#pragma once
#include "prose.h"
#include "replay/letter-facts.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_LETTER_ROWS 400
/* While the end of a growing trace is followed, a letter is looked at so often. */
#define GPO_LETTER_FOLLOW_MS 150

/* What a row is about. */
typedef struct
{
  GpoSpan span;  /* length 0: no bytes of the letter */
  guint64 event; /* that brought it; G_MAXUINT64: none */
  gint part;     /* index in facts->parts; -1: none */
} GpoLetterRow;

/* NULL for a row that is only a heading. */
const GpoLetterRow *gpo_letter_row_get (GtkListBoxRow *row);

/* Says anew what is in the list. */
void gpo_letter_show_envelope (GtkListBox *list, const GpoLetterFacts *facts, GpoLog *log);
void gpo_letter_show_header (GtkListBox *list, const GpoLetterFacts *facts);
void gpo_letter_show_parts (GtkListBox *list, const GpoLetterFacts *facts);

/* For the three of them: begin, rows in their order, end. Rows are used again. What a row is about is copied,
 * NULL makes a heading; its paragraphs are begun. Text that was in a letter is made harmless. */
void gpo_letter_list_begin (GtkListBox *list);
GpoProse *gpo_letter_row_add (GtkListBox *list, const GpoLetterRow *about);
void gpo_letter_row_text (GpoProse *prose, GpoProseStyle style, const char *text);
/* The value in a lighter type behind its bold name. */
void gpo_letter_row_field (GpoProse *prose, GpoProseStyle style, const char *name, const char *value);
void gpo_letter_list_end (GtkListBox *list);

G_END_DECLS
