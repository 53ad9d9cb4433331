/* SPDX-License-Identifier: MIT */
/* blocks.c: slabs, and the blocks of them that are free: one in another, like a stack of plates. */
#include "trace/blocks.h"
#include <sys/mman.h>

#define SLAB ((gsize) 2 * 1024 * 1024) /* a huge page of x86-64 and arm64; elsewhere just memory */

#define SMALL_SLABS 4 /* a short log does with small pages, as many as it fills */

typedef struct Plate Plate;
struct Plate
{
  Plate *below;
};

struct GpoBlocks
{
  gsize size;
  Plate *top; /* blocks that were given back */
  guint8 *slab;
  gsize used;       /* bytes of the newest slab */
  guint8 *next;     /* the one to come, prepared by another thread; or NULL */
  gint wanted;      /* somebody may prepare it */
  GPtrArray *slabs; /* of guint8 */
};

/* Aligned to its own size; pages that nobody touched cost nothing, which malloc() does not promise. */
static guint8 *
map_slab (void)
{
  guint8 *wide = mmap (NULL, 2 * SLAB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (wide == MAP_FAILED)
    g_error ("no memory for the trace");
  gsize before = (SLAB - (gsize) ((guintptr) wide % SLAB)) % SLAB;
  if (before)
    munmap (wide, before);
  munmap (wide + before + SLAB, SLAB - before);
  return wide + before;
}

static void
unmap_slab (gpointer slab)
{
  munmap (slab, SLAB);
}

/* A fresh page is cleared, which takes a while for two megabytes. */
void
gpo_blocks_prepare (GpoBlocks *blocks)
{
  if (g_atomic_pointer_get (&blocks->next)
      || !g_atomic_int_compare_and_exchange (&blocks->wanted, TRUE, FALSE))
    return;
  guint8 *slab = map_slab ();
  (void) madvise (slab, SLAB, MADV_HUGEPAGE);
  for (gsize at = 0; at < SLAB; at += 4096)
    ((volatile guint8 *) slab)[at] = 0;
  g_atomic_pointer_set (&blocks->next, slab);
}

GpoBlocks *
gpo_blocks_new (gsize size)
{
  GpoBlocks *blocks = g_new0 (GpoBlocks, 1);
  blocks->size = size;
  blocks->used = SLAB;
  blocks->slabs = g_ptr_array_new_with_free_func (unmap_slab);
  return blocks;
}

void
gpo_blocks_free (GpoBlocks *blocks)
{
  if (blocks->next)
    unmap_slab (blocks->next);
  g_ptr_array_unref (blocks->slabs);
  g_free (blocks);
}

static void
begin_slab (GpoBlocks *blocks)
{
  g_atomic_int_set (&blocks->wanted, FALSE);
  blocks->slab = __atomic_exchange_n (&blocks->next, NULL, __ATOMIC_ACQ_REL);
  if (!blocks->slab)
    {
      blocks->slab = map_slab ();
      if (blocks->slabs->len >= SMALL_SLABS)
        (void) madvise (blocks->slab, SLAB, MADV_HUGEPAGE);
    }
  g_ptr_array_add (blocks->slabs, blocks->slab);
  blocks->used = 0;
}

gpointer
gpo_blocks_take (GpoBlocks *blocks)
{
  Plate *plate = blocks->top;
  if (plate)
    {
      blocks->top = plate->below;
      return plate;
    }
  if (blocks->used == SLAB)
    begin_slab (blocks);
  gpointer block = blocks->slab + blocks->used;
  blocks->used += blocks->size;
  if (blocks->used == SLAB / 2 && blocks->slabs->len >= SMALL_SLABS)
    g_atomic_int_set (&blocks->wanted, TRUE);
  return block;
}

void
gpo_blocks_give (GpoBlocks *blocks, gpointer block)
{
  Plate *plate = block;
  plate->below = blocks->top;
  blocks->top = plate;
}
