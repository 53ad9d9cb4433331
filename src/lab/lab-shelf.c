/* SPDX-License-Identifier: MIT */
/* lab-shelf.c: which labs there are, and which one is meant. See lab.h. */
#include "lab/lab.h"
#include <string.h>
#include "wire/nearest.h"

/* A program in its build folder finds the labs of its tree so many folders up. */
#define LEVELS 5

char *
gpo_lab_shelf (void)
{
  const char *chosen = g_getenv ("GPO_LABS");
  if (chosen && *chosen)
    return g_strdup (chosen);
  g_autofree char *above = g_file_read_link ("/proc/self/exe", NULL);
  for (guint i = 0; above && i < LEVELS; i++)
    {
      char *parent = g_path_get_dirname (above);
      g_free (above);
      above = parent;
      g_autofree char *shelf = g_build_filename (above, "labs", NULL);
      g_autofree char *first = g_build_filename (shelf, "01-first-letter", "checks.ini", NULL);
      if (g_file_test (first, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&shelf);
    }
  return g_strdup (GPO_DATADIR "/glasspost/labs");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
gpo_lab_names (const char *shelf)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GDir) dir = g_dir_open (shelf, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (shelf, name, "checks.ini", NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* "3" is "03-…", "03-env" begins a name; the whole name is itself. */
static gboolean
is_meant (const char *name, const char *word)
{
  const char *digits = word + strspn (word, "0");
  if (strcmp (name, word) == 0)
    return TRUE;
  if (*digits && strspn (digits, "0123456789") == strlen (digits))
    {
      const char *number = name + strspn (name, "0");
      gsize n = strlen (digits);
      return strncmp (number, digits, n) == 0 && number[n] == '-';
    }
  return *word && g_str_has_prefix (name, word);
}

char *
gpo_lab_find (const char *shelf, const char *word, GError **error)
{
  g_autofree char *inside = g_build_filename (word, "checks.ini", NULL);
  if (strchr (word, '/') || g_file_test (inside, G_FILE_TEST_EXISTS))
    return g_strdup (word);
  g_auto (GStrv) names = gpo_lab_names (shelf);
  for (char **name = names; *name; name++)
    if (is_meant (*name, word))
      return g_build_filename (shelf, *name, NULL);
  const char *meant = gpo_nearest_word (word, (const char *const *) names);
  g_set_error (error, GPO_LAB_ERROR, GPO_LAB_ERROR_NO_SUCH, "there is no lab \"%s\" in %s%s%s%s", word, shelf,
               meant ? "; did you mean \"" : "; glasspost lab list shows them", meant ? meant : "",
               meant ? "\"?" : "");
  return NULL;
}
