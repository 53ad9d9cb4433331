/* SPDX-License-Identifier: MIT */
/* lab-languages.c: whether a lab's other languages are there in whole. A student who reads half a lab in her
 * own language would take the rest for a mistake. */
#include "lab/lab-keys.h"
#include "lab/lab-read.h"
#include <gio/gio.h>
#include <string.h>

/* What people read. Choices may stay as they are: many are names and numbers. */
static gboolean
is_text (const char *key)
{
  static const char *const texts[] = { "title", "says", "ask", "right", NULL };
  return g_strv_contains (texts, key) || g_str_has_prefix (key, "hint") || g_str_has_prefix (key, "wrong.");
}

G_GNUC_PRINTF (2, 3) static void add (GPtrArray *problems, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, args));
  va_end (args);
}

/* --- which languages are begun --- */

static void
note_language (GHashTable *languages, const char *from, char end)
{
  const char *to = strchr (from, end);
  if (to && to > from)
    g_hash_table_add (languages, g_strndup (from, (gsize) (to - from)));
}

static GHashTable *
begun (const GpoLab *lab, GpoLabKeys *keys)
{
  GHashTable *languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) groups = g_key_file_get_groups (keys->file, NULL);
  g_autoptr (GDir) dir = g_dir_open (lab->folder, 0, NULL);
  for (char **group = groups; *group; group++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (keys->file, *group, NULL, NULL);
      for (char **name = names; *name; name++)
        if (strchr (*name, '['))
          note_language (languages, strchr (*name, '[') + 1, ']');
    }
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_pattern_match_simple ("lab.*.md", name))
      note_language (languages, name + strlen ("lab."), '.');
  return languages;
}

/* --- what each must have --- */

static guint
list_length (GpoLabKeys *keys, const char *group, const char *key)
{
  g_auto (GStrv) list = gpo_lab_keys_list (keys, group, key);
  return list ? g_strv_length (list) : 0;
}

static void
check_key (GpoLabKeys *keys, const char *group, const char *key, const char *language, GPtrArray *problems)
{
  g_autofree char *translated = g_strdup_printf ("%s[%s]", key, language);
  gboolean there = g_key_file_has_key (keys->file, group, translated, NULL);
  guint line = gpo_lab_keys_line (keys, group, key);
  if (is_text (key) && !there)
    add (problems, "%s:%u: %s in [%s] has no %s=, and that language is begun; write it", keys->name, line,
         key, group, translated);
  if (strcmp (key, "choices") == 0 && there
      && list_length (keys, group, key) != list_length (keys, group, translated))
    add (problems, "%s:%u: %s in [%s] has %u choices, and %s= has %u; write one for each, in the same order",
         keys->name, line, key, group, list_length (keys, group, key), translated,
         list_length (keys, group, translated));
}

static void
check_keys (GpoLabKeys *keys, const char *language, GPtrArray *problems)
{
  g_autofree char *tail = g_strdup_printf ("[%s]", language);
  g_auto (GStrv) groups = g_key_file_get_groups (keys->file, NULL);
  for (char **group = groups; *group; group++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (keys->file, *group, NULL, NULL);
      for (char **name = names; *name; name++)
        {
          g_autofree char *plain = g_strndup (*name, strcspn (*name, "["));
          if (strcmp (plain, *name) == 0)
            check_key (keys, *group, *name, language, problems);
          else if (g_str_has_suffix (*name, tail) && !g_key_file_has_key (keys->file, *group, plain, NULL))
            add (problems,
                 "%s:%u: %s in [%s] translates a key that is not there; write %s= too, or take it out",
                 keys->name, gpo_lab_keys_line (keys, *group, *name), *name, *group, plain);
        }
    }
}

static void
check_text (const GpoLab *lab, GpoLabKeys *keys, const char *language, GPtrArray *problems)
{
  g_autofree char *name = g_strdup_printf ("lab.%s.md", language), *heading = NULL, *text = NULL;
  g_autofree char *path = g_build_filename (lab->folder, name, NULL);
  g_autofree char *key = g_strdup_printf ("title[%s]", language);
  g_autofree char *title = g_key_file_get_value (keys->file, "lab", key, NULL);
  g_autoptr (GpoLab) other = gpo_lab_new (lab->name);
  g_autoptr (GError) error = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, NULL))
    add (problems, "%s: is not there, and checks.ini begins that language; translate lab.md", path);
  else if (!gpo_lab_read_text (other, path, text, length, &heading, &error))
    add (problems, "%s", error->message);
  else if (other->steps->len != lab->steps->len)
    add (problems, "%s: has %u steps, and lab.md has %u; make them the same", path, other->steps->len,
         lab->steps->len);
  else if (title && strcmp (g_strstrip (title), heading) != 0)
    add (problems, "%s: the heading is \"%s\" and %s= in checks.ini is \"%s\"; make them the same", path,
         heading, key, title);
}

void
gpo_lab_check_languages (const GpoLab *lab, GPtrArray *problems)
{
  g_autofree char *path = g_build_filename (lab->folder, "checks.ini", NULL), *text = NULL;
  gsize length;
  GpoLabKeys keys;
  if (!g_file_get_contents (path, &text, &length, NULL))
    return;
  if (gpo_lab_keys_read (&keys, path, text, length))
    {
      g_autoptr (GHashTable) languages = begun (lab, &keys);
      g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_keys (languages), (GCompareFunc) strcmp);
      for (GList *l = sorted; l; l = l->next)
        {
          check_keys (&keys, l->data, problems);
          check_text (lab, &keys, l->data, problems);
        }
    }
  gpo_lab_keys_clear (&keys);
}
