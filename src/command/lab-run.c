/* SPDX-License-Identifier: MIT */
/* lab-run.c: `glasspost lab run LAB`: an office with the lab's world, its steps, and its checks as they turn.
 *
 * The student works with any client on another terminal; here the trace is judged as it grows, and words may
 * be typed. All runs are recorded, for `glasspost lab grade` and `glasspost lab export`. */
#include "command/lab-run.h"
#include "lab/progress.h"
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- the trace as it grows --- */

static gboolean take_new (gpointer data);

/* On the office's thread. */
static void
wake (gpointer data)
{
  g_idle_add (take_new, data);
}

static gboolean
take_new (gpointer data)
{
  GpoLabRun *run = data;
  guint64 end;
  do
    {
      end = gpo_log_length (run->log);
      gpo_lab_judge_update (run->judge, run->log);
      gpo_log_reader_release (run->reader, gpo_log_wanted_first (run->log));
    }
  while (!gpo_log_reader_sleep (run->reader, end));
  gpo_lab_run_say_changes (run);
  if (run->all_said && !isatty (STDIN_FILENO))
    g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

/* --- the office --- */

static gboolean
write_ports (GpoLabRun *run, const char *path, GError **error)
{
  const GpoWorld *world = gpo_office_world (run->office);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < world->hosts->len; i++)
    for (int role = 0; role < GPO_N_ROLES; role++)
      {
        const GpoHost *host = world->hosts->pdata[i];
        guint port = gpo_office_port (run->office, host, (GpoRole) role);
        if (port && !host->down)
          g_string_append_printf (text, "%s %s %s %u\n", host->name, gpo_role_name ((GpoRole) role),
                                  host->address, port);
      }
  const GPtrArray *walls = gpo_office_walls (run->office);
  for (guint i = 0; i < walls->len; i++)
    {
      const GpoScenarioWall *wall = walls->pdata[i];
      g_string_append_printf (text, "%s wall 127.0.0.1 %u\n", wall->name, wall->port);
    }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

static int
run_office (GpoLabRun *run, const char *trace)
{
  g_autoptr (GError) error = NULL;
  const GpoLabOptions *o = run->options;
  guint ids[]
      = { g_unix_signal_add (SIGINT, on_signal, run->loop), g_unix_signal_add (SIGTERM, on_signal, run->loop),
          g_unix_signal_add (SIGHUP, on_signal, run->loop) };
  gpo_lab_run_say_world (run, trace);
  for (guint s = 1; s <= run->lab->steps->len && (s == 1 || o->free); s++)
    gpo_lab_run_say_step (run, s);
  gpo_lab_run_tell (run, "start %u %s", run->lab->version, o->student ? o->student : g_get_user_name ());
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, gpo_lab_run_typed, run);
  run->reader = gpo_log_reader_new (run->log, 0, wake, run);
  take_new (run);
  if (!o->ports || write_ports (run, o->ports, &error))
    g_main_loop_run (run->loop);
  else
    gpo_command_fail ("cannot write the list of ports %s: %s; name a file in a folder that can be written",
                      o->ports, error->message);
  gpo_lab_judge_update (run->judge, run->log);
  gpo_log_reader_free (run->reader);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  guint passed = gpo_lab_judge_passed (run->judge), of = gpo_lab_n_to_pass (run->lab);
  printf ("\n%u of %u passed.\n", passed, of);
  if (!o->trace && !gpo_lab_progress_note (run->judge, &error))
    gpo_command_fail ("%s", error->message);
  return passed == of && !error ? GPO_EXIT_OK : GPO_EXIT_FAILED;
}

int
gpo_lab_run (const GpoLabOptions *options, char **words)
{
  g_autoptr (GError) error = NULL;
  if (!words[0] || words[1])
    return gpo_command_usage ("say which lab: glasspost lab run 1");
  g_autoptr (GpoLab) lab = gpo_lab_command_load (words[0]);
  if (!lab)
    return GPO_EXIT_FAILED;
  g_autofree char *trace = options->trace ? g_strdup (options->trace) : gpo_lab_progress_trace (lab, &error);
  GpoScenario *scenario = trace ? gpo_scenario_load (lab->start, options->port_base, &error) : NULL;
  GpoOffice *office = NULL;
  if (scenario)
    office = gpo_office_start (&(GpoOfficeConfig){ .scenario = scenario, .trace = trace }, &error);
  if (!office)
    return gpo_command_fail ("%s", error->message);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
  g_autofree GpoLabVerdict *shown = g_new0 (GpoLabVerdict, lab->items->len);
  g_autofree guint64 *shown_at = g_new0 (guint64, lab->items->len);
  g_autofree guint *hints = g_new0 (guint, lab->items->len);
  GpoLabRun run = { .options = options,
                    .lab = lab,
                    .office = office,
                    .log = gpo_office_log (office),
                    .judge = judge,
                    .loop = loop,
                    .shown = shown,
                    .shown_at = shown_at,
                    .hints = hints,
                    .step = 1,
                    .typed = g_string_new (NULL) };
  int status = run_office (&run, trace);
  gpo_office_stop (office);
  g_string_free (run.typed, TRUE);
  return status;
}
