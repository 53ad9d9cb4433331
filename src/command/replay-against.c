/* SPDX-License-Identifier: MIT */
/* replay-against.c: `glasspost replay TRACE --against HOST:PORT`: traces to scripts to the player to the
 * report.
 *
 * Of a trace those sessions are played in which a stranger called; what our own hosts said to each other is
 * not the client's part. All are of one protocol, that of the first: one port speaks one. */
#include "command/command.h"
#include "command/replay.h"
#include "trace/trace-read.h"
#include <stdio.h>
#include <string.h>

/* --- which sessions --- */

static gboolean
is_wanted (const GpoSessionTrack *session, guint number, GpoProtocol protocol)
{
  if (number)
    return session->number == number;
  return !session->caller && session->lines.n
         && (protocol == GPO_PROTOCOL_NONE || session->protocol == protocol);
}

static GPtrArray *
choose_scripts (GpoPicture *picture, guint number)
{
  GPtrArray *scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_script_free);
  GpoProtocol protocol = GPO_PROTOCOL_NONE;
  for (guint i = 0; i < gpo_picture_n_sessions (picture); i++)
    {
      const GpoSessionTrack *session = gpo_picture_session (picture, i);
      if (!is_wanted (session, number, protocol))
        continue;
      protocol = session->protocol;
      g_ptr_array_add (scripts, gpo_script_new (picture, session, G_MAXUINT64));
    }
  return scripts;
}

/* Title and section from the trace's first note, where a conformance case says them. */
static void
read_header (GpoReplayCase *one, GpoLog *log)
{
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    {
      const GpoEvent *event = gpo_log_get (log, n);
      const char *title = gpo_event_text (event, GPO_FIELD_TITLE, NULL),
                 *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL);
      if (event->kind != GPO_KIND_NOTE || !title)
        continue;
      one->title = g_utf8_make_valid (title, -1);
      one->spec = spec ? g_utf8_make_valid (spec, -1) : NULL;
      return;
    }
}

/* --- one trace --- */

/* What hinders a case, with its cure if the server was not reached. */
static char *
failure_words (const GpoReplayAgainst *options, const GError *error)
{
  gboolean reached = !g_str_has_prefix (error->message, "cannot connect");
  return reached ? g_strdup_printf ("%s port %u: %s", options->target.address, options->target.port,
                                    error->message)
                 : g_strdup_printf ("%s; start a server there, or an office with: glasspost serve",
                                    error->message);
}

static gboolean
play (GpoReplayCase *one, const char *path, const GpoReplayAgainst *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  if (!gpo_trace_load (log, path, NULL, &error))
    {
      one->problem = g_strdup (error->message);
      return FALSE;
    }
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  read_header (one, log);
  g_autoptr (GPtrArray) scripts = choose_scripts (picture, options->session);
  if (!scripts->len)
    one->problem
        = options->session
              ? g_strdup_printf ("%s: there is no session %u in it", path, options->session)
              : g_strdup_printf (
                  "%s: there is no session in it in which a stranger called; name one with --session", path);
  else if (!(one->result = gpo_reenact (scripts, &options->target, &error)))
    one->problem = failure_words (options, error);
  return one->result != NULL;
}

static GpoReplayCase *
play_case (const char *path, const GpoReplayAgainst *options)
{
  GpoReplayCase *one = g_new0 (GpoReplayCase, 1);
  one->name = g_path_get_basename (path);
  if (g_str_has_suffix (one->name, ".trace"))
    one->name[strlen (one->name) - strlen (".trace")] = '\0';
  play (one, path, options);
  return one;
}

/* --- a folder --- */

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The traces in a folder, or the one file. Empty with *error set, or without: no trace in it. */
static GPtrArray *
list_traces (const char *path, GError **error)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_ptr_array_add (paths, g_strdup (path));
      return paths;
    }
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".trace"))
      g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  g_ptr_array_sort (paths, by_name);
  return paths;
}

static int
write_junit (const char *path, const GPtrArray *cases, const GpoReplayAgainst *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = gpo_replay_junit (path, cases, options->target.strict);
  if (g_file_set_contents (options->junit, xml, -1, &error))
    return GPO_EXIT_OK;
  gpo_command_fail ("%s", error->message);
  return GPO_EXIT_USAGE;
}

int
gpo_replay_against (const char *path, const GpoReplayAgainst *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = list_traces (path, &error);
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (gpo_replay_case_free);
  gboolean folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  guint differ = 0, broken = 0;
  if (!paths->len)
    return gpo_command_usage ("%s: %s", path,
                              error ? error->message : "there is no file named *.trace in this folder");
  for (guint i = 0; i < paths->len; i++)
    {
      GpoReplayCase *one = play_case (paths->pdata[i], options);
      g_ptr_array_add (cases, one);
      broken += one->problem != NULL;
      differ += one->result && one->result->n_differences;
      if (one->problem && !folder)
        gpo_command_fail ("%s", one->problem);
      else
        gpo_replay_print_case (one, options->target.strict, options->verbose || !folder);
    }
  if (folder)
    printf ("%u case%s: %u agree, %u differ, %u could not run\n", cases->len, cases->len == 1 ? "" : "s",
            cases->len - differ - broken, differ, broken);
  int status = broken ? GPO_EXIT_USAGE : differ ? GPO_EXIT_FAILED : GPO_EXIT_OK;
  int written = options->junit ? write_junit (path, cases, options) : GPO_EXIT_OK;
  return written ? written : status;
}
