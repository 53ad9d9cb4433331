/* SPDX-License-Identifier: MIT */
/* part-view.h: one part of a letter: what it is, decoded beside raw.
 *
 * HTML is shown as source and as words, never rendered; other bytes than text are shown in hex. Shows no more
 * than GPO_BODY_SHOWN bytes. */
#pragma once
#include "replay/letter-facts.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_PART_VIEW (gpo_part_view_get_type ())
G_DECLARE_FINAL_TYPE (GpoPartView, gpo_part_view, GPO, PART_VIEW, GtkWidget)

/* facts NULL or index negative: nothing. */
void gpo_part_view_show (GpoPartView *view, const GpoLetterFacts *facts, gint index);

/* What is shown: harmless text, lines of any length broken. The caller frees. */
char *gpo_part_raw_shown (const GpoLetterFacts *facts, const GpoPartFact *part);
char *gpo_part_decoded_shown (const GpoLetterFacts *facts, GpoPartFact *part);
/* The words of an HTML part; NULL if it is none. */
char *gpo_part_words_shown (const GpoLetterFacts *facts, GpoPartFact *part);

G_END_DECLS
