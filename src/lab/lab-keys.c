/* SPDX-License-Identifier: MIT */
/* lab-keys.c: reading a key file so that every complaint has a line. See lab-keys.h. */
#include "lab/lab-keys.h"
#include "lab/lab.h"
#include "wire/nearest.h"
#include <string.h>

/* --- what is wrong, and where --- */

guint
gpo_lab_keys_line (GpoLabKeys *keys, const char *group, const char *key)
{
  g_autofree char *place = key ? g_strconcat (group, "\n", key, NULL) : g_strdup (group);
  return GPOINTER_TO_UINT (g_hash_table_lookup (keys->lines, place));
}

gboolean
gpo_lab_keys_wrong (GpoLabKeys *keys, const char *group, const char *key, const char *format, ...)
{
  if (keys->error)
    return FALSE;
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  guint line = group ? gpo_lab_keys_line (keys, group, key) : 0;
  if (!line && group && key)
    line = gpo_lab_keys_line (keys, group, key = NULL);
  if (!group)
    g_set_error (&keys->error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG, "%s: %s", keys->name, text);
  else
    g_set_error (&keys->error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG, "%s:%u: %s%s[%s]: %s", keys->name, line,
                 key ? key : "", key ? " in " : "", group, text);
  return FALSE;
}

static gboolean
wrong_line (GpoLabKeys *keys, guint line, const char *text)
{
  g_set_error (&keys->error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG, "%s:%u: %s", keys->name, line, text);
  return FALSE;
}

/* --- the lines --- */

static gboolean
note_place (GpoLabKeys *keys, const char *group, const char *key, guint line)
{
  guint before = gpo_lab_keys_line (keys, group, key);
  if (before)
    {
      const char *more = key && g_str_has_prefix (key, "hint") ? "; the next hint is hint-2" : "";
      g_autofree char *text = g_strdup_printf ("%s%s[%s] is there already, on line %u%s", key ? key : "",
                                               key ? " in " : "", group, before, more);
      return wrong_line (keys, line, text);
    }
  g_hash_table_insert (keys->lines, key ? g_strconcat (group, "\n", key, NULL) : g_strdup (group),
                       GUINT_TO_POINTER (line));
  return TRUE;
}

/* One line as GKeyFile sees it, without white space around it. */
static gboolean
scan_line (GpoLabKeys *keys, char *line, guint number, char **group)
{
  gsize length = strlen (line);
  char *equals = strchr (line, '=');
  if (line[0] == '#' || length == 0)
    return TRUE;
  if (line[0] == '[' && length > 2 && strcspn (line + 1, "[]") == length - 2 && line[length - 1] == ']')
    {
      g_free (*group);
      *group = g_strndup (line + 1, length - 2);
      return note_place (keys, *group, NULL, number);
    }
  if (line[0] == '[' || !equals || equals == line)
    return wrong_line (keys, number, "this is neither a [group], nor a key = value, nor a # comment");
  if (!*group)
    return wrong_line (keys, number, "a key before the first [group]; begin with [lab]");
  *equals = 0;
  g_strchomp (line);
  return note_place (keys, *group, line, number);
}

static gboolean
scan (GpoLabKeys *keys, const char *text, gsize length)
{
  const char *bad = NULL;
  guint number = 1;
  gboolean ok = TRUE;
  if (!g_utf8_validate (text, (gssize) length, &bad))
    {
      for (const char *p = text; p < bad; p++)
        number += *p == '\n';
      return wrong_line (keys, number,
                         *bad ? "a byte that is not UTF-8; save the file as UTF-8"
                              : "a zero byte; take it out");
    }
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  g_autofree char *group = NULL;
  for (char **line = lines; *line && ok; line++, number++)
    ok = scan_line (keys, g_strstrip (*line), number, &group);
  return ok;
}

gboolean
gpo_lab_keys_read (GpoLabKeys *keys, const char *name, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  *keys = (GpoLabKeys){ .name = name,
                        .file = g_key_file_new (),
                        .lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  if (!scan (keys, text, length))
    return FALSE;
  if (!g_key_file_load_from_data (keys->file, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, &error))
    return gpo_lab_keys_wrong (keys, NULL, NULL, "%s; see docs/writing-a-lab.md", error->message);
  return TRUE;
}

void
gpo_lab_keys_clear (GpoLabKeys *keys)
{
  g_key_file_unref (keys->file);
  g_hash_table_unref (keys->lines);
  g_clear_error (&keys->error);
}

/* --- values --- */

char *
gpo_lab_keys_text (GpoLabKeys *keys, const char *group, const char *key)
{
  for (const char *const *language = g_get_language_names (); *language; language++)
    {
      g_autofree char *translated = g_strdup_printf ("%s[%s]", key, *language);
      char *value = g_key_file_get_value (keys->file, group, translated, NULL);
      if (value)
        return g_strstrip (value);
    }
  char *value = g_key_file_get_value (keys->file, group, key, NULL);
  return value ? g_strstrip (value) : NULL;
}

char *
gpo_lab_keys_needs (GpoLabKeys *keys, const char *group, const char *key, const char *example)
{
  char *value = gpo_lab_keys_text (keys, group, key);
  if (value && *value)
    return value;
  g_free (value);
  gpo_lab_keys_wrong (keys, group, NULL, "needs the key %s, for example: %s=%s", key, key, example);
  return NULL;
}

gboolean
gpo_lab_keys_number (GpoLabKeys *keys, const char *group, const char *key, guint min, guint max, guint *out)
{
  g_autofree char *value = gpo_lab_keys_text (keys, group, key);
  guint64 number;
  if (!value)
    return TRUE;
  if (!g_ascii_string_to_unsigned (value, 10, min, max, &number, NULL))
    return gpo_lab_keys_wrong (keys, group, key, "\"%s\" will not do: a whole number from %u to %u is wanted",
                               value, min, max);
  *out = (guint) number;
  return TRUE;
}

static char **
split_list (const char *value)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  if (!value)
    return NULL;
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  for (char **part = parts; *part; part++)
    if (*g_strstrip (*part))
      g_strv_builder_add (list, *part);
  return g_strv_builder_end (list);
}

char **
gpo_lab_keys_list (GpoLabKeys *keys, const char *group, const char *key)
{
  g_autofree char *value = g_key_file_get_value (keys->file, group, key, NULL);
  return split_list (value);
}

char **
gpo_lab_keys_list_shown (GpoLabKeys *keys, const char *group, const char *key)
{
  g_autofree char *value = gpo_lab_keys_text (keys, group, key);
  return split_list (value);
}

static gboolean
is_known (const char *key, const char *const *known)
{
  for (; *known; known++)
    {
      gsize n = strlen (*known);
      if ((*known)[n - 1] == '*' ? strncmp (key, *known, n - 1) == 0 && key[n - 1]
                                 : strcmp (key, *known) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
gpo_lab_keys_known (GpoLabKeys *keys, const char *group, const char *const *known)
{
  g_auto (GStrv) there = g_key_file_get_keys (keys->file, group, NULL, NULL);
  for (char **key = there; key && *key; key++)
    {
      g_autofree char *plain = g_strndup (*key, strcspn (*key, "["));
      if (is_known (plain, known))
        continue;
      const char *meant = gpo_nearest_word (plain, known);
      g_autofree char *all = g_strjoinv (", ", (char **) known);
      if (meant)
        return gpo_lab_keys_wrong (keys, group, *key, "there is no such key; did you mean \"%s\"?", meant);
      return gpo_lab_keys_wrong (keys, group, *key, "there is no such key; here may stand: %s", all);
    }
  return TRUE;
}
