/* SPDX-License-Identifier: MIT */
/* notes-file.c: reading and writing FILE.notes. */
#include "notes-file.h"
#include "i18n.h"
#include "trace/json-line.h"
#include "trace/trace-write.h"
#include <glib/gstdio.h>
#include <string.h>

#define HEAD "{\"glasspost-notes\":1}\n"

static char *
beside (const char *trace)
{
  return g_strconcat (trace, ".notes", NULL);
}

/* For traces in folders that others own: by name, and by where exactly they are. */
static char *
elsewhere (const char *trace)
{
  g_autofree char *whole = g_canonicalize_filename (trace, NULL), *name = g_path_get_basename (whole);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
  g_autofree char *file = g_strdup_printf ("%s-%.12s.notes", name, sum);
  return g_build_filename (g_get_user_data_dir (), "glasspost", "notes", file, NULL);
}

/* --- reading --- */

static void
read_line (const char *line, GTree *notes)
{
  const char *problem;
  g_autoptr (JsonNode) node = gpo_json_line_parse (line, strlen (line), &problem);
  JsonObject *object = node ? json_node_get_object (node) : NULL;
  gint64 about = object ? gpo_json_line_number (object, "n", -1) : -1;
  const char *text = object ? gpo_json_line_text (object, "text") : NULL;
  guint64 n = (guint64) about;
  if (about >= 0 && text)
    g_tree_replace (notes, g_memdup2 (&n, sizeof n), g_strdup (text));
}

static void
read_file (const char *path, GTree *notes)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_str_has_prefix (text, "{\"glasspost-notes\":"))
    return;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines + 1; *line; line++)
    read_line (*line, notes);
}

void
gpo_notes_file_load (const char *trace, GTree *notes)
{
  g_autofree char *near = beside (trace), *far = elsewhere (trace);
  read_file (near, notes);
  read_file (far, notes);
}

/* --- writing --- */

static gboolean
write_note (gpointer key, gpointer value, gpointer data)
{
  g_autofree char *text = g_utf8_make_valid (value, -1);
  g_string_append_printf (data, "{\"n\":%" G_GUINT64_FORMAT ",\"text\":", *(guint64 *) key);
  gpo_trace_write_string (data, text, strlen (text));
  g_string_append (data, "}\n");
  return FALSE;
}

static gboolean
write_file (const char *path, GTree *notes, GError **error)
{
  if (g_tree_nnodes (notes) == 0)
    {
      g_unlink (path);
      return !g_file_test (path, G_FILE_TEST_EXISTS);
    }
  g_autoptr (GString) out = g_string_new (HEAD);
  g_tree_foreach (notes, write_note, out);
  return g_file_set_contents_full (path, out->str, (gssize) out->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

gboolean
gpo_notes_file_save (const char *trace, GTree *notes, GError **error)
{
  g_autofree char *near = beside (trace), *far = elsewhere (trace), *folder = g_path_get_dirname (far);
  if (write_file (near, notes, NULL))
    {
      g_unlink (
          far); /* the folder could not be written before: its notes have been read, and are in this one */
      return TRUE;
    }
  g_mkdir_with_parents (folder, 0700);
  if (write_file (far, notes, error))
    return TRUE;
  g_prefix_error (error, _ ("Neither beside the trace nor in the user’s data folder: "));
  return FALSE;
}
