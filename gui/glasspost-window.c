/* SPDX-License-Identifier: MIT */
/* glasspost-window.c: the program: app.h in a main(). */
#include "app.h"
#include "i18n.h"
#include <locale.h>

/* A window that runs from its build folder finds its translations there. */
static char *
locale_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program ? g_path_get_dirname (program) : g_strdup (".");
  g_autofree char *built = g_build_filename (folder, "po", NULL);
  return g_strdup (g_file_test (built, G_FILE_TEST_IS_DIR) ? built : GPO_LOCALEDIR);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_autofree char *folder = locale_folder ();
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_autoptr (GpoApp) app = gpo_app_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
