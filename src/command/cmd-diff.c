/* SPDX-License-Identifier: MIT */
/* cmd-diff.c: `glasspost diff A B`: two traces aligned by meaning. Exit status 0: the same; 1: they differ;
 * 2: one could not be read. */
#include "command/command.h"
#include "replay/compare.h"
#include "trace/trace-read.h"
#include "trace/transcript.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  gboolean json, all, strict;
} Options;

/* --- as text --- */

static void
add_harmless (GString *out, const char *text)
{
  gpo_escape_text (out, text, strlen (text), GPO_TRANSCRIPT_PLAIN);
}

static void
add_step (GString *out, const GpoStep *step, int width)
{
  g_autofree char *text = step ? gpo_step_to_text (step) : g_strdup ("");
  g_autoptr (GString) cell = g_string_new (!step || step->kind != GPO_STEP_SAY ? "  " : "> ");
  add_harmless (cell, text);
  if (width && g_utf8_strlen (cell->str, -1) > width)
    {
      g_string_truncate (cell, (gsize) (g_utf8_offset_to_pointer (cell->str, width - 1) - cell->str));
      g_string_append (cell, "…");
    }
  g_string_append (out, cell->str);
  for (glong n = g_utf8_strlen (cell->str, -1); n < width; n++)
    g_string_append_c (out, ' ');
}

static void
add_line (GString *out, const GpoLinePair *line)
{
  static const char signs[] = { '=', '!', '-', '+' };
  gboolean remark = line->kind == GPO_PAIR_SAME && line->differences->len;
  g_string_append_printf (out, "  %c ", remark ? '~' : signs[line->kind]);
  add_step (out, line->a, 46);
  g_string_append (out, " | ");
  add_step (out, line->b, 0);
  g_string_append_c (out, '\n');
  gboolean answers = line->a && line->b && line->a->kind == GPO_STEP_ANSWER && line->kind == GPO_PAIR_CHANGED;
  for (guint i = 0; answers && i < line->differences->len; i++)
    {
      g_string_append (out, "      ");
      add_harmless (out, ((GpoDeviation *) line->differences->pdata[i])->text);
      g_string_append_c (out, '\n');
    }
}

static void
add_session (GString *out, const GpoSessionPair *session, const Options *options)
{
  const GpoScript *one = session->a ? session->a : session->b;
  gboolean differs = session->n_differences || (options->strict && session->n_remarks);
  if (!differs && !options->all)
    return;
  g_string_append_printf (out, "session %u%s", one->session,
                          session->a && session->b ? ""
                          : session->a             ? " of A"
                                                   : " of B");
  if (session->a && session->b && session->a->session != session->b->session)
    g_string_append_printf (out, " of A, %u of B", session->b->session);
  g_string_append_printf (out, ", %s %s: %s\n", one->host, gpo_protocol_name (one->protocol),
                          session->summary);
  for (guint i = 0; i < session->lines->len; i++)
    {
      const GpoLinePair *line = session->lines->pdata[i];
      if (options->all || line->kind != GPO_PAIR_SAME || (options->strict && line->differences->len))
        add_line (out, line);
    }
}

static void
print_text (const GpoComparison *comparison, const Options *options)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < comparison->sessions->len; i++)
    add_session (out, comparison->sessions->pdata[i], options);
  g_string_append_printf (out, "%u session%s, %u differ%s, %u remark%s\n", comparison->sessions->len,
                          comparison->sessions->len == 1 ? "" : "s", comparison->n_differences,
                          comparison->n_differences == 1 ? "s" : "", comparison->n_remarks,
                          comparison->n_remarks == 1 ? "" : "s");
  fwrite (out->str, 1, out->len, stdout);
}

/* --- as JSON --- */

static const char *const kinds[] = { "same", "changed", "only-a", "only-b" };

static void
build_step (JsonBuilder *b, const char *name, const GpoStep *step)
{
  if (!step)
    return;
  g_autofree char *text = gpo_step_to_text (step);
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "event");
  json_builder_add_int_value (b, (gint64) step->event);
  json_builder_set_member_name (b, "text");
  json_builder_add_string_value (b, text);
  json_builder_end_object (b);
}

static void
build_line (JsonBuilder *b, const GpoLinePair *line)
{
  const GpoStep *one = line->a ? line->a : line->b;
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "kind");
  json_builder_add_string_value (b, kinds[line->kind]);
  json_builder_set_member_name (b, "from");
  json_builder_add_string_value (b, one->kind == GPO_STEP_SAY || one->kind == GPO_STEP_HANG_UP ? "client"
                                                                                               : "server");
  json_builder_set_member_name (b, "verb");
  json_builder_add_string_value (b, one->verb);
  build_step (b, "a", line->a);
  build_step (b, "b", line->b);
  for (guint i = 0; line->differences && i < line->differences->len; i++)
    {
      const GpoDeviation *difference = line->differences->pdata[i];
      if (i == 0)
        {
          json_builder_set_member_name (b, "differences");
          json_builder_begin_array (b);
        }
      json_builder_begin_object (b);
      json_builder_set_member_name (b, "counts");
      json_builder_add_boolean_value (b, difference->counts);
      json_builder_set_member_name (b, "text");
      json_builder_add_string_value (b, difference->text);
      json_builder_end_object (b);
      if (i + 1 == line->differences->len)
        json_builder_end_array (b);
    }
  json_builder_end_object (b);
}

static void
build_session (JsonBuilder *b, const GpoSessionPair *session)
{
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "kind");
  json_builder_add_string_value (b, kinds[session->kind]);
  json_builder_set_member_name (b, "summary");
  json_builder_add_string_value (b, session->summary);
  for (guint side = 0; side < 2; side++)
    if (side ? session->b : session->a)
      {
        json_builder_set_member_name (b, side ? "b" : "a");
        json_builder_add_int_value (b, (side ? session->b : session->a)->session);
      }
  json_builder_set_member_name (b, "lines");
  json_builder_begin_array (b);
  for (guint i = 0; i < session->lines->len; i++)
    build_line (b, session->lines->pdata[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static void
print_json (const GpoComparison *comparison)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "differences");
  json_builder_add_int_value (b, comparison->n_differences);
  json_builder_set_member_name (b, "remarks");
  json_builder_add_int_value (b, comparison->n_remarks);
  json_builder_set_member_name (b, "sessions");
  json_builder_begin_array (b);
  for (guint i = 0; i < comparison->sessions->len; i++)
    build_session (b, comparison->sessions->pdata[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
  g_autoptr (JsonNode) root = json_builder_get_root (b);
  g_autofree char *text = gpo_escape_json (json_to_string (root, FALSE));
  puts (text);
}

/* --- the command --- */

static GpoLog *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems = NULL;
  GpoLog *log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  if (gpo_trace_load (log, path, &problems, &error))
    {
      for (char **line = problems; line && *line; line++)
        gpo_command_fail ("%s", *line);
      return log;
    }
  gpo_command_fail ("%s", error->message);
  gpo_log_free (log);
  return NULL;
}

static int
compare_files (const char *a, const char *b, const Options *options)
{
  g_autoptr (GpoLog) first = load (a);
  g_autoptr (GpoLog) second = first ? load (b) : NULL;
  if (!first || !second)
    return GPO_EXIT_USAGE;
  g_autoptr (GpoPicture) x = gpo_picture_new (first), y = gpo_picture_new (second);
  gpo_picture_update (x, 0);
  gpo_picture_update (y, 0);
  g_autoptr (GpoComparison) comparison = gpo_compare (x, y);
  if (options->json)
    print_json (comparison);
  else
    print_text (comparison, options);
  gboolean differs = comparison->n_differences || (options->strict && comparison->n_remarks);
  return differs ? GPO_EXIT_FAILED : GPO_EXIT_OK;
}

int
gpo_cmd_diff (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[]
      = { { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "Show what is the same too", NULL },
          { "strict", 0, 0, G_OPTION_ARG_NONE, &options.strict, "Remarks count as differences", NULL },
          { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "One JSON object, for other programs", NULL },
          { NULL } };
  int status;
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc != 3)
    return gpo_command_usage ("diff takes two traces; try: glasspost diff --help");
  return compare_files (argv[1], argv[2], &options);
}
