/* SPDX-License-Identifier: MIT */
/* progress.c: the user's own record. See progress.h. */
#include "lab/progress.h"
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

char *
gpo_lab_progress_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "glasspost", "labs", NULL);
}

static GKeyFile *
read_record (char **path)
{
  g_autofree char *folder = gpo_lab_progress_folder ();
  GKeyFile *record = g_key_file_new ();
  *path = g_build_filename (folder, "progress.ini", NULL);
  g_key_file_load_from_file (record, *path, G_KEY_FILE_NONE, NULL); /* none yet, or damaged: begin anew */
  return record;
}

static guint
count_runs (const char *lab)
{
  g_autofree char *folder = gpo_lab_progress_folder ();
  g_autofree char *path = g_build_filename (folder, lab, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    n += g_str_has_suffix (name, ".trace");
  return n;
}

static guint
number (GKeyFile *record, const char *group, const char *key)
{
  return (guint) MAX (g_key_file_get_integer (record, group, key, NULL), 0);
}

void
gpo_lab_progress_get (const GpoLab *lab, GpoLabProgress *out)
{
  g_autofree char *path = NULL;
  g_autoptr (GKeyFile) record = read_record (&path);
  *out = (GpoLabProgress){ .version = number (record, lab->name, "version"),
                           .passed = number (record, lab->name, "passed"),
                           .hints = number (record, lab->name, "hints"),
                           .of = gpo_lab_n_to_pass (lab),
                           .runs = count_runs (lab->name) };
  out->changed = out->version && out->version != lab->version;
  if (out->changed)
    out->passed = 0;
  out->passed = MIN (out->passed, out->of);
}

gboolean
gpo_lab_progress_note (GpoLabJudge *judge, GError **error)
{
  const GpoLab *lab = gpo_lab_judge_lab (judge);
  GpoLabProgress before;
  g_autofree char *path = NULL;
  gpo_lab_progress_get (lab, &before);
  guint passed = gpo_lab_judge_passed (judge);
  if (before.version == lab->version && passed <= before.passed)
    return TRUE;
  g_autoptr (GKeyFile) record = read_record (&path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_key_file_set_integer (record, lab->name, "version", (int) lab->version);
  g_key_file_set_integer (record, lab->name, "passed", (int) passed);
  g_key_file_set_integer (record, lab->name, "of", (int) before.of);
  g_key_file_set_integer (record, lab->name, "hints", (int) gpo_lab_judge_hints (judge));
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "cannot make the folder %s: %s; set XDG_DATA_HOME to "
                   "one that can be written",
                   folder, g_strerror (errno));
      return FALSE;
    }
  return g_key_file_save_to_file (record, path, error);
}

char *
gpo_lab_progress_trace (const GpoLab *lab, GError **error)
{
  g_autofree char *folder = gpo_lab_progress_folder ();
  g_autofree char *inside = g_build_filename (folder, lab->name, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H-%M-%SZ");
  if (g_mkdir_with_parents (inside, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "cannot make the folder %s: %s; set XDG_DATA_HOME to "
                   "one that can be written",
                   inside, g_strerror (errno));
      return NULL;
    }
  char *path = NULL;
  for (guint i = 1; !path || g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_autofree char *name
          = i == 1 ? g_strconcat (stamp, ".trace", NULL) : g_strdup_printf ("%s-%u.trace", stamp, i);
      g_free (path);
      path = g_build_filename (inside, name, NULL);
    }
  return path;
}
