/* SPDX-License-Identifier: MIT */
/* lab-lint.c: `glasspost lab lint DIR…`: everything about a lab that a machine can find wrong.
 *
 *     its files can be read, its scenario too
 *     a language that is begun is there in whole
 *     a trace without events passes nothing
 *     each wrong answer of a question is wrong, and earns its own words
 *     solution.trace passes everything and makes no mistake that stands for itself
 *     mistake-NAME.trace makes mistake NAME, and does not pass; every mistake has its trace */
#include "command/lab-command.h"
#include "lab/judge.h"
#include "office/scenario.h"
#include "trace/trace-read.h"
#include <stdio.h>
#include <string.h>

static GpoLabJudge *
judge_file (const GpoLab *lab, const char *name, int *status)
{
  g_autofree char *path = g_build_filename (lab->folder, name, NULL);
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems = NULL;
  gpo_log_set_limits (log, 0, 0);
  if (!gpo_trace_load (log, path, &problems, &error))
    {
      *status = gpo_command_fail ("%s; record it by doing the lab: glasspost lab run %s --trace %s",
                                  error->message, lab->folder, path);
      return NULL;
    }
  for (char **problem = problems; problem && *problem; problem++)
    *status = gpo_command_fail ("%s", *problem);
  GpoLabJudge *judge = gpo_lab_judge_new (lab);
  gpo_lab_judge_update (judge, log);
  for (guint i = 0; i < lab->items->len && strcmp (name, "solution.trace") == 0; i++)
    {
      const GpoLabItem *item = gpo_lab_item (lab, i);
      GpoLabResult result;
      gpo_lab_judge_result (judge, log, i, &result);
      if (item->type != GPO_LAB_MISTAKE && result.verdict != GPO_LAB_PASSED)
        *status = gpo_command_fail ("%s: does not pass %s: expected %s, seen %s %s", path, item->name,
                                    result.expected ? result.expected : "the answer",
                                    result.seen ? result.seen : "nothing of it",
                                    result.bytes ? result.bytes : "");
      gpo_lab_result_clear (&result);
    }
  return judge;
}

static int
lint_recordings (const GpoLab *lab)
{
  int status = GPO_EXIT_OK;
  GpoLabJudge *solution = judge_file (lab, "solution.trace", &status);
  int mistake = solution ? gpo_lab_judge_first_mistake (solution) : -1;
  if (mistake >= 0)
    status = gpo_command_fail ("%s/solution.trace: makes the mistake %s", lab->folder,
                               gpo_lab_item (lab, (guint) mistake)->name);
  g_clear_pointer (&solution, gpo_lab_judge_free);
  for (guint i = 0; i < lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (lab, i);
      if (item->type != GPO_LAB_MISTAKE)
        continue;
      g_autofree char *name = g_strdup_printf ("mistake-%s.trace", item->name);
      g_autoptr (GpoLabJudge) judge = judge_file (lab, name, &status);
      GpoLabResult result = { .mistake = -1 };
      if (!judge)
        continue;
      if (item->explains >= 0)
        gpo_lab_judge_result (judge, NULL, (guint) item->explains, &result);
      else
        result.mistake = gpo_lab_judge_first_mistake (judge);
      if (result.mistake != (int) i)
        status = gpo_command_fail ("%s/%s: does not lead to the message of mistake %s", lab->folder, name,
                                   item->name);
      if (gpo_lab_judge_passed (judge) == gpo_lab_n_to_pass (lab))
        status = gpo_command_fail ("%s/%s: passes everything", lab->folder, name);
      gpo_lab_result_clear (&result);
    }
  return status;
}

/* Each wrong answer that is named is wrong, and earns its own words. */
static int
lint_answers (const GpoLab *lab, guint i)
{
  const GpoLabItem *item = gpo_lab_item (lab, i);
  int status = GPO_EXIT_OK;
  for (char **wrong = item->wrong; item->type == GPO_LAB_QUESTION && *wrong; wrong += 2)
    {
      g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
      GpoLabResult result;
      gpo_lab_judge_answer (judge, i, wrong[0]);
      gpo_lab_judge_result (judge, NULL, i, &result);
      if (result.verdict == GPO_LAB_PASSED)
        status = gpo_command_fail (
            "%s/checks.ini:%u: wrong.%s of %s is taken as right; take it out of answer=", lab->folder,
            item->line, wrong[0], item->name);
      else if (g_strcmp0 (result.says, wrong[1]) != 0)
        status = gpo_command_fail (
            "%s/checks.ini:%u: wrong.%s of %s: another wrong answer comes before it; give "
            "each a word that the others do not have",
            lab->folder, item->line, wrong[0], item->name);
      gpo_lab_result_clear (&result);
    }
  return status;
}

static int
lint_lab (const GpoLab *lab)
{
  g_autoptr (GError) error = NULL;
  int status = GPO_EXIT_OK;
  g_autoptr (GpoLabJudge) empty = gpo_lab_judge_new (lab);
  if (gpo_lab_judge_passed (empty) > 0)
    status = gpo_command_fail ("%s: an empty trace passes something", lab->folder);
  g_autoptr (GpoScenario) scenario = lab->start ? gpo_scenario_load (lab->start, 0, &error) : NULL;
  if (lab->start && !scenario)
    status = gpo_command_fail ("%s", error->message);
  g_autofree char *shelf = g_path_get_dirname (lab->folder);
  for (char **need = lab->needs; *need; need++)
    {
      g_autofree char *path = g_build_filename (shelf, *need, "checks.ini", NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        status = gpo_command_fail ("%s/checks.ini: needs names %s, and there is no such lab beside it",
                                   lab->folder, *need);
    }
  for (guint s = 1; s <= lab->steps->len; s++)
    {
      guint n = 0;
      for (guint i = 0; i < lab->items->len; i++)
        n += gpo_lab_item (lab, i)->step == s;
      if (n == 0)
        status = gpo_command_fail (
            "%s: step %u has no check and no question; nobody can tell when it is done", lab->folder, s);
    }
  for (guint i = 0; i < lab->items->len; i++)
    status = MAX (status, lint_answers (lab, i));
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  gpo_lab_check_languages (lab, problems);
  for (guint i = 0; i < problems->len; i++)
    status = gpo_command_fail ("%s", (char *) problems->pdata[i]);
  int recordings = lint_recordings (lab);
  return MAX (status, recordings);
}

int
gpo_lab_lint (const GpoLabOptions *options, char **words)
{
  int status = GPO_EXIT_OK;
  if (!words[0])
    return gpo_command_usage ("say which: glasspost lab lint labs/03-envelope-is-not-header");
  for (char **word = words; *word; word++)
    {
      g_autoptr (GpoLab) lab = gpo_lab_command_load (*word);
      int found = lab ? lint_lab (lab) : GPO_EXIT_FAILED;
      if (found == GPO_EXIT_OK)
        printf ("%s: good, %u checks and questions\n", lab->name, gpo_lab_n_to_pass (lab));
      status = MAX (status, found);
    }
  return status;
}
