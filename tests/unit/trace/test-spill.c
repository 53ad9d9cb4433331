/* SPDX-License-Identifier: MIT */
/* test-spill.c: what is spilled comes back, what is forgotten leaves the disk, and a full disk keeps nothing. */
#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "trace/spill.h"

#define PIECE (64 * 1024)

static void
fill (char *bytes, guint seed)
{
  for (guint i = 0; i < PIECE; i++)
    bytes[i] = (char) (i * 31 + seed * 7 + (i >> 8));
}

/* The 512-byte blocks that the open file of `size` bytes without a name takes on the disk. */
static gint64
blocks_on_disk (gint64 size)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);
      struct stat status;
      if (target && g_str_has_suffix (target, " (deleted)") && fstat (atoi (name), &status) == 0 && status.st_size == size)
        return status.st_blocks;
    }
  return -1;
}

START_TEST (bytes_come_back_from_their_place)
{
  GpoSpill *spill = gpo_spill_new ();
  g_autofree char *bytes = g_malloc (PIECE);
  gint64 where[20];
  for (guint i = 0; i < 20; i++)
    {
      fill (bytes, i);
      ck_assert (gpo_spill_write (spill, bytes, PIECE - i, &where[i]));
    }
  ck_assert_int_eq (gpo_spill_end (spill), 20 * PIECE - 190);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GBytes) read = gpo_spill_read (spill, where[i], PIECE - i);
      fill (bytes, i);
      ck_assert_mem_eq (g_bytes_get_data (read, NULL), bytes, PIECE - i);
    }
  gpo_spill_free (spill);
}
END_TEST

START_TEST (behind_the_end_there_is_nothing)
{
  GpoSpill *spill = gpo_spill_new ();
  gint64 where;
  ck_assert_ptr_null (gpo_spill_read (spill, 0, 5));
  ck_assert (gpo_spill_write (spill, "hello", 5, &where));
  ck_assert_ptr_null (gpo_spill_read (spill, where, 6));
  gpo_spill_free (spill);
}
END_TEST

START_TEST (what_is_forgotten_leaves_the_disk)
{
  GpoSpill *spill = gpo_spill_new ();
  g_autofree char *bytes = g_malloc (PIECE);
  gint64 where = 0;
  for (guint i = 0; i < 16; i++)
    {
      fill (bytes, i);
      ck_assert (gpo_spill_write (spill, bytes, PIECE, &where));
    }
  gint64 before = blocks_on_disk (16 * PIECE);
  ck_assert_int_gt (before, 0);
  gpo_spill_forget (spill, where);
  gpo_spill_forget (spill, PIECE); /* older than what is forgotten already */
  ck_assert_int_le (blocks_on_disk (16 * PIECE), before / 4);
  g_autoptr (GBytes) last = gpo_spill_read (spill, where, PIECE);
  ck_assert_mem_eq (g_bytes_get_data (last, NULL), bytes, PIECE);
  gpo_spill_free (spill);
}
END_TEST

START_TEST (a_disk_that_is_full_keeps_nothing)
{
  GpoSpill *spill = gpo_spill_new ();
  g_autofree char *bytes = g_malloc (PIECE);
  struct rlimit limit = { PIECE + PIECE / 2, RLIM_INFINITY };
  gint64 where = -1;
  fill (bytes, 1);
  signal (SIGXFSZ, SIG_IGN);
  ck_assert (gpo_spill_write (spill, bytes, PIECE, &where));
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &limit), 0);
  ck_assert (!gpo_spill_write (spill, bytes, PIECE, &where));
  ck_assert_int_eq (gpo_spill_end (spill), PIECE);
  limit.rlim_cur = RLIM_INFINITY;
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &limit), 0);
  ck_assert (gpo_spill_write (spill, bytes, PIECE, &where));
  ck_assert_int_eq (where, PIECE);
  gpo_spill_free (spill);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("spill");
  TCase *tc = tcase_create ("spill");
  tcase_add_test (tc, bytes_come_back_from_their_place);
  tcase_add_test (tc, behind_the_end_there_is_nothing);
  tcase_add_test (tc, what_is_forgotten_leaves_the_disk);
  tcase_add_test (tc, a_disk_that_is_full_keeps_nothing);
  suite_add_tcase (s, tc);
  return s;
}
#include "check-main.h"
