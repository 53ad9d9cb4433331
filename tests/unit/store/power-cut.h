/* SPDX-License-Identifier: MIT */
/* power-cut.h: a power cut is played by closing the store, then putting the journal back as it was before, taking
 * files away as a lost cache would, and opening under another boot ID. */
#pragma once
#include "store-fixture.h"
#include "store/store-internal.h"

#define SEGMENT (64 * 1024)

static char *saved[2];
static gsize saved_length[2];

static char *
journal_path (guint i)
{
  return g_strdup_printf ("%s/journal.%u", root, i);
}

static void
remember_journal (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = journal_path (i);
      g_clear_pointer (&saved[i], g_free);
      ck_assert_msg (g_file_get_contents (path, &saved[i], &saved_length[i], NULL), "no %s", path);
    }
}

static void
forget_journal (void)
{
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&saved[i], g_free);
}

/* Opens the store, which is closed, with the journal of before. */
static void
open_with_journal (const char *boot_id)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = journal_path (i);
      ck_assert (g_file_set_contents (path, saved[i], (gssize) saved_length[i], NULL));
    }
  gpo_journal_set_test (SEGMENT, boot_id);
  open_store ();
}
