/* SPDX-License-Identifier: MIT */
/* cmd-lab.c: `glasspost lab WORD …`: the guided labs on a terminal. */
#include "command/lab-command.h"
#include "lab/hand-in.h"
#include "lab/progress.h"
#include "office/control.h"
#include "wire/nearest.h"
#include <stdio.h>
#include <string.h>

GpoLab *
gpo_lab_command_load (const char *word)
{
  g_autofree char *shelf = gpo_lab_shelf ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = gpo_lab_find (shelf, word, &error);
  GpoLab *lab = folder ? gpo_lab_load (folder, &error) : NULL;
  if (!lab)
    gpo_command_fail ("%s", error->message);
  return lab;
}

/* --- list --- */

static int
list (const GpoLabOptions *options, char **words)
{
  g_autofree char *shelf = gpo_lab_shelf ();
  g_auto (GStrv) names = gpo_lab_names (shelf);
  int status = GPO_EXIT_OK;
  if (!*names)
    return gpo_command_fail ("there are no labs in %s; name their folder in the environment as GPO_LABS",
                             shelf);
  for (char **name = names; *name; name++)
    {
      g_autofree char *folder = g_build_filename (shelf, *name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GpoLab) lab = gpo_lab_load (folder, &error);
      GpoLabProgress progress;
      if (!lab)
        {
          status = gpo_command_fail ("%s", error->message);
          continue;
        }
      gpo_lab_progress_get (lab, &progress);
      const char *state = progress.changed                 ? "changed since"
                          : progress.passed == progress.of ? "done"
                          : progress.version               ? "begun"
                                                           : "";
      printf ("%-28s %3u min  %2u/%-2u  %-13s %s\n", lab->name, lab->minutes, progress.passed, progress.of,
              state, lab->title);
    }
  return status;
}

/* --- show --- */

static int
show (const GpoLabOptions *options, char **words)
{
  if (!words[0] || words[1])
    return gpo_command_usage ("say which lab: glasspost lab show 3");
  g_autoptr (GpoLab) lab = gpo_lab_command_load (words[0]);
  if (!lab)
    return GPO_EXIT_FAILED;
  printf ("%s   (%s, version %u, about %u minutes)\n", lab->title, lab->name, lab->version, lab->minutes);
  if (*lab->needs)
    {
      g_autofree char *needs = g_strjoinv (", ", lab->needs);
      printf ("Do first: %s\n", needs);
    }
  printf ("\n%s\n", lab->intro);
  for (guint s = 0; s < lab->steps->len; s++)
    {
      const GpoLabStep *step = lab->steps->pdata[s];
      printf ("\n%u. %s\n\n%s\n", s + 1, step->title, step->text);
      for (guint i = 0; i < lab->items->len; i++)
        if (gpo_lab_item (lab, i)->step == s + 1)
          printf ("  [ ] %s\n", gpo_lab_item (lab, i)->says);
    }
  return GPO_EXIT_OK;
}

/* --- answer --- */

static int
answer (const GpoLabOptions *options, char **words)
{
  if (g_strv_length (words) < 3)
    return gpo_command_usage (
        "say: glasspost lab answer LAB QUESTION TEXT, for example: glasspost lab answer 3 why envelope");
  g_autoptr (GpoLab) lab = gpo_lab_command_load (words[0]);
  if (!lab)
    return GPO_EXIT_FAILED;
  int item = gpo_lab_item_named (lab, words[1]);
  g_autoptr (GError) error = NULL;
  if (item < 0 || gpo_lab_item (lab, (guint) item)->type != GPO_LAB_QUESTION)
    return gpo_command_usage ("%s asks no question \"%s\"; glasspost lab show %s has them", lab->name,
                              words[1], words[0]);
  g_autofree char *text = g_strjoinv (" ", words + 2);
  g_strdelimit (text, "\r\n", ' ');
  g_autofree char *request = g_strdup_printf ("lab %s answer %s %s", lab->name, words[1],
                                              gpo_lab_item_answer (gpo_lab_item (lab, (guint) item), text));
  if (!gpo_control_ask (NULL, request, NULL, NULL, &error))
    return gpo_command_fail ("%s", error->message);
  return GPO_EXIT_OK;
}

/* --- export --- */

static int export(const GpoLabOptions *options, char **words)
{
  const char *student = options->student ? options->student : g_get_user_name ();
  g_autofree char *folder = gpo_lab_progress_folder ();
  g_autofree char *name
      = options->output ? g_strdup (options->output) : g_strconcat (student, ".hand-in", NULL);
  g_autoptr (GError) error = NULL;
  if (words[0])
    return gpo_command_usage ("export takes options only, not \"%s\": glasspost lab export --student carol",
                              words[0]);
  if (!options->output && strchr (name, '/'))
    return gpo_command_usage ("a name with a / makes no file; say where to write with --output");
  int n = gpo_hand_in_write (folder, student, name, &error);
  if (n < 0)
    return gpo_command_fail ("%s: %s", name, error->message);
  printf ("%s: %d %s\n", name, n, n == 1 ? "trace" : "traces");
  return n ? GPO_EXIT_OK
           : gpo_command_fail ("there is no trace in %s; do a lab first: glasspost lab run 1", folder);
}

/* --- the words --- */

static const struct
{
  const char *word;
  int (*run) (const GpoLabOptions *options, char **words);
} table[] = {
  { "list", list },           { "show", show },         { "run", gpo_lab_run }, { "answer", answer },
  { "grade", gpo_lab_grade }, { "lint", gpo_lab_lint }, { "export", export },
};

static int
dispatch (const GpoLabOptions *options, char **words)
{
  const char *names[G_N_ELEMENTS (table) + 1] = { NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    names[i] = table[i].word;
  if (!words[0])
    return list (options, words);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (words[0], table[i].word) == 0)
      return table[i].run (options, words + 1);
  const char *meant = gpo_nearest_word (words[0], names);
  g_autofree char *all = g_strjoinv (", ", (char **) names);
  if (meant)
    return gpo_command_usage ("there is no \"lab %s\"; did you mean \"%s\"?", words[0], meant);
  return gpo_command_usage ("there is no \"lab %s\"; there is: %s", words[0], all);
}

int
gpo_cmd_lab (int argc, char **argv)
{
  GpoLabOptions o = { .port_base = -1 };
  int status;
  const GOptionEntry entries[] = {
    { "free", 0, 0, G_OPTION_ARG_NONE, &o.free, "run: show all steps at once", NULL },
    { "port-base", 0, 0, G_OPTION_ARG_INT, &o.port_base,
      "run: move all ports from 10000 to N; 0: any free ports", "N" },
    { "ports", 0, 0, G_OPTION_ARG_FILENAME, &o.ports,
      "run: write HOST ROLE ADDRESS PORT of each listener here", "FILE" },
    { "trace", 't', 0, G_OPTION_ARG_FILENAME, &o.trace,
      "run: record here instead of in the user's data folder", "FILE" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "grade: as CSV", NULL },
    { "junit", 0, 0, G_OPTION_ARG_NONE, &o.junit, "grade: as JUnit XML", NULL },
    { "failed-only", 0, 0, G_OPTION_ARG_NONE, &o.failed_only, "grade: only who has not passed all", NULL },
    { "student", 0, 0, G_OPTION_ARG_STRING, &o.student,
      "run, export: whose work it is (default: the login name)", "NAME" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output, "export: the file to write (default: NAME.hand-in)",
      "FILE" },
    { NULL },
  };
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (o.port_base < -1 || o.port_base > 65535)
    status = gpo_command_usage ("--port-base is a number from 0 to 65535");
  else if (o.csv && o.junit)
    status = gpo_command_usage ("--csv and --junit exclude each other");
  else
    status = dispatch (&o, argv + 1);
  g_free (o.student);
  g_free (o.output);
  g_free (o.ports);
  g_free (o.trace);
  return status;
}
