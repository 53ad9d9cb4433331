/* SPDX-License-Identifier: MIT */
/* bytes-draw.h: the bytes of a letter, drawn: pure, on any cairo context.
 *
 * Every byte is seen: CR and LF by their names, small; TAB as ⇥; other controls and bytes beyond ASCII are
 * two hex digits on a ground of their own, so that nothing in a letter can hide or turn the writing around.
 */
#pragma once
#include "replay/letter-facts.h"
#include "replay/letter-rows.h"
#include "theme.h"

G_BEGIN_DECLS

#define GPO_BYTES_HEAD 26 /* units above the rows: column titles */
#define GPO_BYTES_ROW 20
#define GPO_BYTES_CELL 8.3 /* about the width of a character of 10.5 points */

typedef struct
{
  const GpoLetterFacts *facts;
  const GpoLetterRows *rows;
  GpoSpan lit; /* of the stored form; length 0: none */
  guint caret; /* the row the keys move; G_MAXUINT: none */
} GpoBytesScene;

/* Draws what is visible between `scroll` and `scroll + height`. `font`: of 10.5 points, monospaced. */
void gpo_bytes_draw (cairo_t *cr, const GpoBytesScene *scene, const GpoTheme *theme, const char *font,
                     double width, double height, double scroll);
/* How many cells of text a row may have in so many units of width. */
guint gpo_bytes_cells (double width, GpoRowsForm form);
/* A row in words, for a screen reader: place, bytes, what it is. The caller frees. */
char *gpo_bytes_row_words (const GpoBytesScene *scene, guint row);

G_END_DECLS
