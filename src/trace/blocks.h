/* SPDX-License-Identifier: MIT */
/* blocks.h: memory in blocks of one size, for a log that grows and forgets at the same pace.
 *
 * Blocks are cut from slabs of two megabytes, which the kernel may give as one page each: a fresh page of
 * four kilobytes costs a page fault, and a busy office fills one with every letter. What is given back is
 * used again; the slabs go when all do. One thread, but for gpo_blocks_prepare(). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GpoBlocks GpoBlocks;

/* Blocks of `size` bytes, a power of two from 64 to 1 MiB. The caller frees. */
GpoBlocks *gpo_blocks_new (gsize size);
/* Frees it with all its blocks. */
void gpo_blocks_free (GpoBlocks *blocks);
/* A block; its bytes are whatever they were. */
gpointer gpo_blocks_take (GpoBlocks *blocks);
void gpo_blocks_give (GpoBlocks *blocks, gpointer block);
/* Has the next slab ready if it will be wanted soon, so that the thread that takes blocks need not wait until
 * its pages are cleared. Another thread, one at a time; cheap if nothing is to be done. */
void gpo_blocks_prepare (GpoBlocks *blocks);

G_END_DECLS
