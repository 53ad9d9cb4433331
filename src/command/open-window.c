/* SPDX-License-Identifier: MIT */
/* open-window.c: becoming the window: the program glasspost-window, which is separate so that this one links
 * no GTK. */
#include "command/command.h"
#include <string.h>
#include <unistd.h>

#define WINDOW "glasspost-window"

static void
try_window (const char *folder, char **argv)
{
  g_autofree char *path = g_build_filename (folder, WINDOW, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    execv (path, argv);
}

int
gpo_command_open_window (const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (gpointer) WINDOW);
  for (; arguments && *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  if (self)
    {
      g_autofree char *folder = g_path_get_dirname (self);
      g_autofree char *built = g_build_filename (folder, "..", "..", "gui", NULL);
      try_window (folder, (char **) argv->pdata);
      try_window (built, (char **) argv->pdata);
    }
  try_window (GPO_LIBEXECDIR, (char **) argv->pdata);
  return gpo_command_fail (
      "the window is a program of its own, %s, and is neither beside this program nor in "
      "%s; the commands work without it: glasspost --help",
      WINDOW, GPO_LIBEXECDIR);
}
