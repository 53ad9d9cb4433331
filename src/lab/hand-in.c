/* SPDX-License-Identifier: MIT */
/* hand-in.c: one file to hand in, written and read. See hand-in.h. */
#include "lab/hand-in.h"
#include "trace/json-line.h"
#include "trace/trace-write.h"
#include <gio/gio.h>
#include <string.h>

#define HEAD "{\"glasspost-hand-in\":"
#define PART "{\"glasspost-hand-in-part\":"
#define MAX_LINE 1000 /* of a head */
#define MAX_WRONG 20  /* parts that are skipped; then the rest is */

gboolean
gpo_hand_in_is (const char *bytes, gsize length)
{
  return length >= strlen (HEAD) && memcmp (bytes, HEAD, strlen (HEAD)) == 0;
}

/* A text in the JSON object of a head, or NULL. */
static char *
text_in (const char *line, gsize length, const char *name)
{
  const char *problem;
  g_autoptr (JsonNode) root = length <= MAX_LINE ? gpo_json_line_parse (line, length, &problem) : NULL;
  return root ? g_strdup (gpo_json_line_text (json_node_get_object (root), name)) : NULL;
}

static const char *
line_end (const char *at, const char *end)
{
  const char *feed = memchr (at, '\n', (gsize) (end - at));
  return feed ? feed + 1 : end;
}

/* Where the next part begins, or the end. */
static const char *
next_part (const char *at, const char *end)
{
  while (at < end && !((gsize) (end - at) >= strlen (PART) && memcmp (at, PART, strlen (PART)) == 0))
    at = line_end (at, end);
  return at;
}

void
gpo_hand_in_grade (GpoGrader *grader, const char *source, const char *student, const char *bytes,
                   gsize length)
{
  const char *end = bytes + length, *at = line_end (bytes, end);
  g_autofree char *named = text_in (bytes, (gsize) (at - bytes), "student");
  guint parts = 0, skipped = gpo_grader_skipped (grader);
  for (at = next_part (at, end); at < end;)
    {
      const char *trace = line_end (at, end);
      g_autofree char *lab = text_in (at, (gsize) (trace - at), "glasspost-hand-in-part");
      g_autofree char *name = g_strdup_printf ("%s (part %u)", source, ++parts);
      at = next_part (trace, end);
      if (gpo_grader_skipped (grader) - skipped >= MAX_WRONG)
        {
          gpo_grader_skip (grader, name,
                           "it and all behind it: %u parts before it are no traces; export it again",
                           MAX_WRONG);
          return;
        }
      if (lab)
        gpo_grader_take_bytes (grader, name, named && *named ? named : student, lab, trace,
                               (gsize) (at - trace));
      else
        gpo_grader_skip (grader, name, "it does not say which lab it is; export it again");
    }
  if (parts == 0)
    gpo_grader_skip (grader, source, "there is no trace in it; export it again with glasspost lab export");
}

/* --- writing --- */

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
sorted_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_paths);
  return names;
}

static gboolean
write_part (GOutputStream *out, const char *lab, const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize length;
  if (!g_file_get_contents (path, &bytes, &length, error))
    return FALSE;
  g_autoptr (GString) head = g_string_new (PART);
  gpo_trace_write_string (head, lab, strlen (lab));
  g_string_append (head, "}\n");
  gboolean open = length && bytes[length - 1] != '\n';
  return g_output_stream_write_all (out, head->str, head->len, NULL, NULL, error)
         && g_output_stream_write_all (out, bytes, length, NULL, NULL, error)
         && (!open || g_output_stream_write_all (out, "\n", 1, NULL, NULL, error));
}

/* All traces of one lab. Returns how many, or -1. */
static int
write_lab (GOutputStream *out, const char *folder, const char *lab, GError **error)
{
  g_autofree char *path = g_build_filename (folder, lab, NULL);
  g_autoptr (GPtrArray) names = sorted_names (path);
  int n = 0;
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *trace = g_build_filename (path, names->pdata[i], NULL);
      if (!g_str_has_suffix (trace, ".trace"))
        continue;
      if (!write_part (out, lab, trace, error))
        return -1;
      n++;
    }
  return n;
}

int
gpo_hand_in_write (const char *folder, const char *student, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) out = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error);
  g_autoptr (GCancellable) give_up = g_cancellable_new ();
  g_autoptr (GPtrArray) labs = sorted_names (folder);
  g_autoptr (GString) head = g_string_new (HEAD "1,\"student\":");
  if (!out)
    return -1;
  g_autofree char *valid = g_utf8_make_valid (student, -1);
  gpo_trace_write_string (head, valid, strlen (valid));
  g_string_append (head, "}\n");
  int n = g_output_stream_write_all (G_OUTPUT_STREAM (out), head->str, head->len, NULL, NULL, error) ? 0 : -1;
  for (guint i = 0; i < labs->len && n >= 0; i++)
    {
      int more = write_lab (G_OUTPUT_STREAM (out), folder, labs->pdata[i], error);
      n = more < 0 ? -1 : n + more;
    }
  if (n < 0) /* a cancelled close leaves what was there before */
    g_cancellable_cancel (give_up);
  if (!g_output_stream_close (G_OUTPUT_STREAM (out), give_up, n < 0 ? NULL : error))
    return -1;
  return n;
}
