/* SPDX-License-Identifier: MIT */
/* settings.c: one key file, read once, written at each change: they are rare. */
#include "settings.h"

#define GROUP "window"

static GKeyFile *file;

static char *
path (void)
{
  return g_build_filename (g_get_user_config_dir (), "glasspost", "window.ini", NULL);
}

static GKeyFile *
settings (void)
{
  if (file == NULL)
    {
      g_autofree char *from = path ();
      file = g_key_file_new ();
      g_key_file_load_from_file (file, from, G_KEY_FILE_KEEP_COMMENTS, NULL);
    }
  return file;
}

static void
save (void)
{
  g_autofree char *to = path (), *folder = g_path_get_dirname (to);
  g_autoptr (GError) error = NULL;
  if (g_mkdir_with_parents (folder, 0700) < 0 || !g_key_file_save_to_file (settings (), to, &error))
    g_debug ("settings are not kept: %s", error ? error->message : folder);
}

char *
gpo_settings_get_text (const char *key, const char *fallback)
{
  char *value = g_key_file_get_string (settings (), GROUP, key, NULL);
  return value ? value : g_strdup (fallback);
}

int
gpo_settings_get_number (const char *key, int fallback)
{
  g_autoptr (GError) error = NULL;
  int value = g_key_file_get_integer (settings (), GROUP, key, &error);
  return error ? fallback : value;
}

void
gpo_settings_set_text (const char *key, const char *value)
{
  g_key_file_set_string (settings (), GROUP, key, value);
  save ();
}

void
gpo_settings_set_number (const char *key, int value)
{
  g_key_file_set_integer (settings (), GROUP, key, value);
  save ();
}

void
gpo_settings_forget (void)
{
  g_clear_pointer (&file, g_key_file_unref);
}
