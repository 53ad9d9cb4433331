/* SPDX-License-Identifier: MIT */
/* test-blocks.c: no two blocks overlap, what is given back comes again, and it all goes at once. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "trace/blocks.h"

#define SLAB (2 * 1024 * 1024)

static const gsize sizes[] = { 64, 4096, 16384, 1024 * 1024 };

static int
by_address (const void *a, const void *b)
{
  guintptr x = (guintptr) * (gpointer *) a, y = (guintptr) * (gpointer *) b;
  return x < y ? -1 : x > y;
}

START_TEST (blocks_do_not_overlap)
{
  gsize size = sizes[_i];
  guint n = 3 * SLAB / size + 1; /* into a fourth slab */
  GpoBlocks *blocks = gpo_blocks_new (size);
  g_autofree gpointer *taken = g_new (gpointer, n);
  for (guint i = 0; i < n; i++)
    taken[i] = gpo_blocks_take (blocks);
  qsort (taken, n, sizeof *taken, by_address);
  for (guint i = 1; i < n; i++)
    ck_assert_uint_ge ((guintptr) taken[i] - (guintptr) taken[i - 1], size);
  gpo_blocks_free (blocks);
}
END_TEST

START_TEST (every_byte_of_a_block_can_be_written)
{
  gsize size = sizes[_i];
  GpoBlocks *blocks = gpo_blocks_new (size);
  for (guint i = 0; i < 2 * SLAB / size; i++)
    memset (gpo_blocks_take (blocks), (int) i, size);
  gpo_blocks_free (blocks);
}
END_TEST

START_TEST (what_is_given_back_is_taken_again)
{
  GpoBlocks *blocks = gpo_blocks_new (4096);
  gpointer a = gpo_blocks_take (blocks), b = gpo_blocks_take (blocks);
  gpo_blocks_give (blocks, a);
  gpo_blocks_give (blocks, b);
  ck_assert_ptr_eq (gpo_blocks_take (blocks), b);
  ck_assert_ptr_eq (gpo_blocks_take (blocks), a);
  gpointer c = gpo_blocks_take (blocks);
  ck_assert (c != a && c != b);
  gpo_blocks_free (blocks);
}
END_TEST

START_TEST (a_block_in_use_keeps_its_bytes)
{
  GpoBlocks *blocks = gpo_blocks_new (4096);
  guint8 *kept = gpo_blocks_take (blocks);
  memset (kept, 'k', 4096);
  for (guint i = 0; i < 2000; i++)
    {
      gpointer other = gpo_blocks_take (blocks), more = gpo_blocks_take (blocks);
      memset (other, 'o', 4096);
      memset (more, 'm', 4096);
      gpo_blocks_give (blocks, other);
    }
  for (guint i = 0; i < 4096; i++)
    ck_assert_int_eq (kept[i], 'k');
  gpo_blocks_free (blocks);
}
END_TEST

/* TRUE if the page at this address is there already. */
static gboolean
is_there (gpointer page)
{
  unsigned char there = 0;
  ck_assert_int_eq (mincore (page, 4096, &there), 0);
  return there & 1;
}

/* Five slabs and a half are taken; then another thread prepares, or does not. */
START_TEST (a_slab_that_was_prepared_is_there)
{
  GpoBlocks *blocks = gpo_blocks_new (4096);
  for (guint i = 0; i < 5 * SLAB / 4096 + SLAB / 8192; i++)
    gpo_blocks_take (blocks);
  if (_i)
    gpo_blocks_prepare (blocks);
  for (guint i = 0; i < SLAB / 8192; i++)
    gpo_blocks_take (blocks);
  ck_assert_int_eq (is_there (gpo_blocks_take (blocks)), _i);
  gpo_blocks_prepare (blocks); /* not wanted so early */
  gpo_blocks_free (blocks);
}
END_TEST

static gint preparing;

static gpointer
prepare (gpointer blocks)
{
  while (g_atomic_int_get (&preparing))
    gpo_blocks_prepare (blocks);
  return NULL;
}

START_TEST (blocks_do_not_overlap_while_slabs_are_prepared)
{
  GpoBlocks *blocks = gpo_blocks_new (65536);
  guint n = 20 * SLAB / 65536;
  g_autofree gpointer *taken = g_new (gpointer, n);
  g_atomic_int_set (&preparing, 1);
  GThread *thread = g_thread_new ("prepare", prepare, blocks);
  for (guint i = 0; i < n; i++)
    memset (taken[i] = gpo_blocks_take (blocks), (int) i, 65536);
  g_atomic_int_set (&preparing, 0);
  g_thread_join (thread);
  for (guint i = 0; i < n; i++)
    ck_assert_int_eq (((guint8 *) taken[i])[65535], (guint8) i);
  qsort (taken, n, sizeof *taken, by_address);
  for (guint i = 1; i < n; i++)
    ck_assert_uint_ge ((guintptr) taken[i] - (guintptr) taken[i - 1], 65536);
  gpo_blocks_free (blocks);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("blocks");
  TCase *tc = tcase_create ("blocks");
  tcase_add_loop_test (tc, blocks_do_not_overlap, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (tc, every_byte_of_a_block_can_be_written, 0, G_N_ELEMENTS (sizes));
  tcase_add_test (tc, what_is_given_back_is_taken_again);
  tcase_add_loop_test (tc, a_slab_that_was_prepared_is_there, 0, 2);
  tcase_add_test (tc, blocks_do_not_overlap_while_slabs_are_prepared);
  tcase_add_test (tc, a_block_in_use_keeps_its_bytes);
  suite_add_tcase (s, tc);
  return s;
}
#include "check-main.h"
