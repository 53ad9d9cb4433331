/* SPDX-License-Identifier: MIT */
/* lab.c: a lab's folder as a whole. See lab.h. */
#include "lab/lab-read.h"
#include <gio/gio.h>
#include <string.h>

#define MAX_FILE (1024 * 1024)

static void
free_step (gpointer data)
{
  GpoLabStep *step = data;
  g_free (step->title);
  g_free (step->text);
  g_free (step);
}

static void
free_item (gpointer data)
{
  GpoLabItem *item = data;
  g_clear_pointer (&item->fact.see, gpo_filter_free);
  g_clear_pointer (&item->fact.same, g_ptr_array_unref);
  g_clear_pointer (&item->fact.differs, g_ptr_array_unref);
  g_clear_pointer (&item->fact.each, gpo_filter_name_free);
  g_clear_pointer (&item->field, gpo_filter_name_free);
  g_free (item->name);
  g_free (item->says);
  g_strfreev (item->hints);
  g_free (item->ask);
  g_free (item->right);
  g_strfreev (item->choices);
  g_strfreev (item->shown);
  g_strfreev (item->answers);
  g_strfreev (item->wrong);
  g_free (item);
}

GpoLab *
gpo_lab_new (const char *name)
{
  GpoLab *lab = g_new0 (GpoLab, 1);
  lab->name = g_strdup (name);
  lab->steps = g_ptr_array_new_with_free_func (free_step);
  lab->items = g_ptr_array_new_with_free_func (free_item);
  return lab;
}

void
gpo_lab_free (GpoLab *lab)
{
  g_ptr_array_unref (lab->steps);
  g_ptr_array_unref (lab->items);
  g_strfreev (lab->needs);
  g_free (lab->name);
  g_free (lab->folder);
  g_free (lab->title);
  g_free (lab->heading);
  g_free (lab->intro);
  g_free (lab->start);
  g_free (lab);
}

/* A heading says the same as title=, so that no list of labs names it otherwise. */
static gboolean
same_title (const GpoLab *lab, const char *heading, const char *name, GError **error)
{
  if (strcmp (heading, lab->title) == 0 || strcmp (heading, lab->heading) == 0)
    return TRUE;
  g_set_error (error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG,
               "%s: the heading is \"%s\" and title= in checks.ini is \"%s\"; "
               "make them the same",
               name, heading, lab->title);
  return FALSE;
}

static GpoLab *
read_parts (const char *name, const char *checks_name, const char *checks, gsize checks_length,
            const char *text_name, const char *text, gsize text_length, GError **error)
{
  g_autoptr (GpoLab) lab = gpo_lab_new (name);
  g_autofree char *heading = NULL;
  if (!gpo_lab_read_text (lab, text_name, text, text_length, &heading, error)
      || !gpo_lab_read_checks (lab, checks_name, checks, checks_length, error)
      || !same_title (lab, heading, text_name, error))
    return NULL;
  return g_steal_pointer (&lab);
}

GpoLab *
gpo_lab_read (const char *name, const char *checks, gsize checks_length, const char *text, gsize text_length,
              GError **error)
{
  return read_parts (name, "checks.ini", checks, checks_length, "lab.md", text, text_length, error);
}

/* --- from its folder --- */

static char *
read_file (const char *path, gsize *length, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, "standard::size,standard::type", G_FILE_QUERY_INFO_NONE, NULL, NULL);
  char *text = NULL;
  if (!info && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                 "%s is not there; a lab is a folder with checks.ini and lab.md", path);
  else if (info
           && (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
               || g_file_info_get_size (info) > MAX_FILE))
    g_set_error (error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG, "%s: is not a text file of at most 1 MB", path);
  else
    g_file_get_contents (path, &text, length, error);
  return text;
}

/* "lab.de.md" where the user reads German and it is there. */
static char *
text_path (const char *folder)
{
  for (const char *const *language = g_get_language_names (); *language; language++)
    {
      g_autofree char *name = g_strdup_printf ("lab.%s.md", *language);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_build_filename (folder, "lab.md", NULL);
}

GpoLab *
gpo_lab_load (const char *folder, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = g_path_get_basename (whole);
  g_autofree char *checks_path = g_build_filename (folder, "checks.ini", NULL);
  g_autofree char *md_path = text_path (folder);
  g_autofree char *start = g_build_filename (folder, "start.office", NULL);
  gsize checks_length, text_length;
  g_autofree char *checks = read_file (checks_path, &checks_length, error);
  g_autofree char *text = checks ? read_file (md_path, &text_length, error) : NULL;
  if (!text)
    return NULL;
  GpoLab *lab = read_parts (name, checks_path, checks, checks_length, md_path, text, text_length, error);
  if (!lab)
    return NULL;
  lab->folder = g_steal_pointer (&whole);
  if (g_file_test (start, G_FILE_TEST_EXISTS))
    lab->start = g_build_filename (lab->folder, "start.office", NULL);
  return lab;
}

/* --- asking --- */

const GpoLabItem *
gpo_lab_item (const GpoLab *lab, guint i)
{
  return lab->items->pdata[i];
}

int
gpo_lab_item_named (const GpoLab *lab, const char *name)
{
  for (guint i = 0; i < lab->items->len; i++)
    if (strcmp (gpo_lab_item (lab, i)->name, name) == 0)
      return (int) i;
  return -1;
}

char **
gpo_lab_item_choices (const GpoLabItem *item)
{
  return item->shown ? item->shown : item->choices;
}

const char *
gpo_lab_item_answer (const GpoLabItem *item, const char *text)
{
  g_autofree char *given = g_utf8_casefold (text, -1);
  for (guint i = 0; item->shown && item->shown[i]; i++)
    {
      g_autofree char *shown = g_utf8_casefold (item->shown[i], -1);
      if (strcmp (given, shown) == 0)
        return item->choices[i];
    }
  return text;
}

gboolean
gpo_lab_has_files (const GpoLab *lab)
{
  static const char *const ours[]
      = { "*.md", "checks.ini", "start.office", "solution.trace", "mistake-*.trace", ".*" };
  g_autoptr (GDir) dir = lab->folder ? g_dir_open (lab->folder, 0, NULL) : NULL;
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      guint i = 0;
      while (i < G_N_ELEMENTS (ours) && !g_pattern_match_simple (ours[i], name))
        i++;
      if (i == G_N_ELEMENTS (ours))
        return TRUE;
    }
  return FALSE;
}

guint
gpo_lab_n_to_pass (const GpoLab *lab)
{
  guint n = 0;
  for (guint i = 0; i < lab->items->len; i++)
    n += gpo_lab_item (lab, i)->type != GPO_LAB_MISTAKE;
  return n;
}
