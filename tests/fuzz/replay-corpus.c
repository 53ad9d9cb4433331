/* SPDX-License-Identifier: MIT */
/* replay-corpus.c: main() of a fuzz target in an ordinary build: gives it every file of its corpus.
 *
 * One TAP case a target. Each file is named before it is tried, so a crash names its input. */
#include "fuzz-target.h"
#include <stdio.h>

static gboolean
replay (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;
  if (!g_file_get_contents (path, &bytes, &n, &error))
    {
      printf ("# %s\n", error->message);
      return FALSE;
    }
  printf ("# %s\n", path);
  fflush (stdout);
  /* a copy of its own size, so that a sanitizer sees a read beyond the end */
  g_autofree uint8_t *exact = g_memdup2 (bytes, n);
  LLVMFuzzerTestOneInput (exact, n);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = argc == 2 ? g_dir_open (argv[1], 0, &error) : NULL;
  const char *name;
  guint done = 0;
  gboolean good = TRUE;
  if (!folder)
    {
      fprintf (stderr, "%s\n", error ? error->message : "usage: replay-NAME CORPUS");
      return 1;
    }
  puts ("1..1");
  while ((name = g_dir_read_name (folder)))
    {
      good &= replay (argv[1], name);
      done++;
    }
  printf ("%sok 1 - %u inputs of the corpus\n", good && done ? "" : "not ", done);
  return good && done ? 0 : 1;
}
