/* SPDX-License-Identifier: MIT */
/* letter-counter.h: numbers that are never given twice, without a sync for each.
 *
 * The file holds a number larger than any given so far. Numbers are reserved GPO_COUNTER_BLOCK at a
 * time, the next block while half of the last is left; a crash skips what was reserved and not used. */
#pragma once
#include "store/committer.h"

G_BEGIN_DECLS

#define GPO_COUNTER_BLOCK 1000

typedef struct GpoLetterCounter GpoLetterCounter;

/* Reads `path`, makes it if it is missing, and reserves the first block: blocks. NULL and `error` if
 * it cannot be read as a number or written. */
GpoLetterCounter *gpo_letter_counter_open (const char *path, GpoCommitter *committer, GError **error);
/* Gives back the numbers not used. The committer has been flushed. */
void gpo_letter_counter_close (GpoLetterCounter *counter);
/* The next number, from 1 on. */
guint32 gpo_letter_counter_next (GpoLetterCounter *counter);
/* The first number that it gave, or will give. */
guint32 gpo_letter_counter_first (const GpoLetterCounter *counter);

G_END_DECLS
