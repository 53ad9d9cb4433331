/* SPDX-License-Identifier: MIT */
/* glasspost-window.c: the program: app.h in a main(). */
#include "app.h"
#include "i18n.h"
#include <locale.h>

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GPO_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_autoptr (GpoApp) app = gpo_app_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
