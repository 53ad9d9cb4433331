/* SPDX-License-Identifier: MIT */
/* said-words.h: a command of the envelope and its answer in words, and what is not known of a letter, for
 * whatever shows them. */
#pragma once
#include "prose.h"
#include "replay/letter-facts.h"

G_BEGIN_DECLS

/* "RCPT TO:<bob@sparta.example>". The caller frees. */
char *gpo_said_command (const GpoSaid *said);
/* "✓ 250 2.1.5 recipient noted", and how it looks. The caller frees. */
char *gpo_said_answer (const GpoSaid *said, GpoProseStyle *style);

/* Why there is no envelope; why there is no header or no data (`not_yet`: because they are still to come);
 * and the letter's size, or why it is not known (the caller frees). */
const char *gpo_unsaid_words (const GpoLetterFacts *facts);
const char *gpo_missing_words (const GpoLetterFacts *facts, const char *not_yet);
char *gpo_letter_size_words (const GpoLetterFacts *facts);

G_END_DECLS
