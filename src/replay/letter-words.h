/* SPDX-License-Identifier: MIT */
/* letter-words.h: what is told of a letter, in words for somebody who learns. Marked for translation.
 *
 * All strings are new; the caller frees. Texts of the letter in them are as they came: make them harmless
 * before showing them (gpo_shown_text() in the window, gpo_visible_append() in a terminal). Pure. */
#pragma once
#include "replay/letter-chain.h"
#include "replay/letter-facts.h"

G_BEGIN_DECLS

/* "carol@sparta.example is named in neither To nor Cc: a blind copy …". */
char *gpo_difference_words (const GpoDifference *difference);
/* How a part's bytes were made fit for the way, and whether they are what they are said to be. */
char *gpo_part_words (const GpoPartFact *part);
/* "216 bytes for 180 decoded (+20 %)"; what is not known is left out. */
char *gpo_part_size_words (const GpoPartFact *part);
/* "a mail program → athens". */
char *gpo_transfer_words (const GpoTransfer *transfer);
/* What the host did to the letter: "athens put 3 fields on top, 209 bytes, and changed nothing else".
 * `changed`: what came differs from what the host before had stored. */
char *gpo_transfer_did_words (const GpoTransfer *transfer, guint fields, gboolean changed);
/* "+2 s", "−3 min"; NULL if it is not known. */
char *gpo_delay_words (const GpoChainHop *hop);
/* What is wrong with a hop, in words; NULL: nothing. */
char *gpo_chain_warning (const GpoChainHop *hop);
/* What lies at this byte of the stored form: "field Subject", "the empty line …", "part 2, text/plain";
 * *span: all of it. Never NULL. */
char *gpo_place_words (const GpoLetterFacts *facts, gsize at, GpoSpan *span);

G_END_DECLS
