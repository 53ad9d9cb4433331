/* SPDX-License-Identifier: MIT */
/* store-full.c: the disk fills up (a tmpfs of 2 MB, mounted where only this process sees it).
 *
 * Letters fail with G_IO_ERROR_NO_SPACE, small and streamed ones; what was said to be kept is kept,
 * what failed has left nothing; and when there is room again letters are taken again. Skipped (77)
 * where a process may not mount. */
#include "store/incoming.h"
#include "store/maildir.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static guint kept, refused;

static void
settled (const char *const *names, guint n, const GError *error, gpointer data)
{
  g_autofree char *path = g_build_filename (data, names[0], NULL);
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    g_error ("expected \"no space\": %s", error->message);
  if (g_file_test (path, G_FILE_TEST_EXISTS) == (error != NULL))
    g_error ("%s after %s", path, error ? error->message : "success");
  kept += error == NULL;
  refused += error != NULL;
}

static void
send_letters (GpoStore *store, const char *inbox, guint n, gsize size)
{
  g_autofree char *bytes = g_malloc (size);
  memset (bytes, 'x', size);
  for (guint i = 0; i < n; i++)
    {
      GpoTarget target = { .kind = GPO_TARGET_MAILDIR, .maildir = inbox };
      GpoIncoming *incoming = gpo_incoming_new (store, gpo_store_next_letter (store));
      gpo_incoming_write (incoming, bytes, size);
      gpo_incoming_commit (incoming, &target, 1, settled, (gpointer) inbox);
      if (i % 20 == 19)
        gpo_store_flush (store);
    }
  gpo_store_flush (store);
}

static guint
count_files (const char *folder, const char *part, gboolean empty)
{
  g_autofree char *path = g_build_filename (folder, part, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name (dir)); n++)
    if (empty)
      {
        g_autofree char *file = g_build_filename (path, name, NULL);
        g_unlink (file);
      }
  return n;
}

static gboolean
mount_small (const char *path)
{
  if (unshare (CLONE_NEWNS) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) < 0)
    return FALSE;
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("tmpfs", path, "tmpfs", 0, "size=2m,mode=0700") == 0;
}

static void
check (gboolean held, const char *what)
{
  printf ("%s: %s (kept %u, refused %u)\n", held ? "ok" : "FAIL", what, kept, refused);
  if (!held)
    exit (1);
}

int
main (void)
{
  g_autofree char *root = g_dir_make_tmp ("glasspost-full-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  if (!mount_small (root))
    {
      printf ("skipped: this process may not mount\n");
      g_rmdir (root);
      return 77;
    }
  GpoStore *store = gpo_store_open (root, NULL, &error);
  g_autofree char *inbox = gpo_store_maildir_path (store, "athens", "bob");
  if (!gpo_maildir_create (inbox, FALSE, &error))
    g_error ("%s", error->message);
  send_letters (store, inbox, 20, 4096);
  check (kept == 20 && refused == 0, "letters are kept while there is room");
  send_letters (store, inbox, 3, 5 * 1024 * 1024);
  check (kept == 20 && refused == 3, "a letter larger than the disk is refused");
  check (count_files (root, "tmp", FALSE) + count_files (inbox, "tmp", FALSE) == 0, "and leaves nothing");
  send_letters (store, inbox, 1000, 4096);
  check (refused > 3 && kept > 100, "small letters fill the disk and then are refused");
  check (count_files (inbox, "new", FALSE) == kept && count_files (inbox, "tmp", FALSE) == 0,
         "the mailbox has what was kept, and nothing else");
  count_files (inbox, "new", TRUE);
  kept = refused = 0;
  send_letters (store, inbox, 50, 4096);
  check (kept == 50 && refused == 0, "letters are taken again when there is room");
  gpo_store_close (store);
  umount (root);
  g_rmdir (root);
  return 0;
}
