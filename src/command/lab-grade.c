/* SPDX-License-Identifier: MIT */
/* lab-grade.c: `glasspost lab grade LAB|all TRACE|FOLDER…`: what was handed in, judged offline. */
#include "command/lab-command.h"
#include "lab/grade.h"
#include <stdio.h>
#include <string.h>

static gboolean
add_labs (GPtrArray *labs, const char *word)
{
  if (strcmp (word, "all") != 0)
    {
      GpoLab *lab = gpo_lab_command_load (word);
      if (lab)
        g_ptr_array_add (labs, lab);
      return lab != NULL;
    }
  g_autofree char *shelf = gpo_lab_shelf ();
  g_auto (GStrv) names = gpo_lab_names (shelf);
  for (char **name = names; *name; name++)
    {
      GpoLab *lab = gpo_lab_command_load (*name);
      if (!lab)
        return FALSE;
      g_ptr_array_add (labs, lab);
    }
  return labs->len > 0;
}

/* --- for people --- */

static void
print_grade (const GpoLabGrade *grade)
{
  g_autofree char *old
      = grade->version && grade->version != grade->lab->version
            ? g_strdup_printf (", done with version %u, judged by %u", grade->version, grade->lab->version)
            : g_strdup ("");
  printf ("%s: %s: %u of %u, %.0f min, %u %s%s\n", grade->student, grade->lab->name, grade->passed, grade->of,
          grade->minutes, grade->hints, grade->hints == 1 ? "hint" : "hints", old);
  if (grade->failure < 0)
    return;
  const GpoLabItem *first = gpo_lab_item (grade->lab, (guint) grade->failure);
  printf ("    step %u, %s: %s\n        %s\n", first->step, first->name, first->says,
          grade->why[grade->failure]);
  for (guint i = 0; i < grade->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (grade->lab, i);
      if (item->type == GPO_LAB_MISTAKE ? grade->made[i] && item->explains < 0
                                        : grade->verdicts[i] != GPO_LAB_PASSED && (int) i != grade->failure)
        printf ("    %s %s: %s\n", item->type == GPO_LAB_MISTAKE ? "mistake" : "also open:", item->name,
                item->says);
    }
}

/* --- for other programs --- */

static void
junit_case (GString *out, const GpoLabGrade *grade, guint i)
{
  const GpoLabItem *item = gpo_lab_item (grade->lab, i);
  g_autofree char *name = g_markup_printf_escaped ("  <testcase classname=\"%s\" name=\"%s: %s\"",
                                                   grade->student, grade->lab->name, item->name);
  g_string_append (out, name);
  if (grade->verdicts[i] == GPO_LAB_PASSED)
    {
      g_string_append (out, "/>\n");
      return;
    }
  g_autofree char *why = g_markup_printf_escaped ("><failure message=\"%s\">%s</failure></testcase>\n",
                                                  item->says, grade->why[i] ? grade->why[i] : "not reached");
  g_string_append (out, why);
}

static void
print_junit (GPtrArray *grades)
{
  g_autoptr (GString) cases = g_string_new (NULL);
  guint n = 0, failed = 0;
  for (guint g = 0; g < grades->len; g++)
    {
      const GpoLabGrade *grade = grades->pdata[g];
      for (guint i = 0; i < grade->lab->items->len; i++)
        if (gpo_lab_item (grade->lab, i)->type != GPO_LAB_MISTAKE)
          junit_case (cases, grade, i);
      n += grade->of;
      failed += grade->of - grade->passed;
    }
  printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"glasspost labs\" tests=\"%u\" "
          "failures=\"%u\">\n"
          "%s</testsuite>\n",
          n, failed, cases->str);
}

static void
print_all (const GpoLabOptions *options, GPtrArray *grades)
{
  g_autoptr (GString) csv = g_string_new (NULL);
  if (options->csv)
    gpo_grade_csv_head (csv);
  for (guint i = 0; i < grades->len; i++)
    if (options->csv)
      gpo_grade_csv (csv, grades->pdata[i]);
    else if (!options->junit)
      print_grade (grades->pdata[i]);
  fputs (csv->str, stdout);
  if (options->junit)
    print_junit (grades);
}

int
gpo_lab_grade (const GpoLabOptions *options, char **words)
{
  g_autoptr (GPtrArray) labs = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_lab_free);
  if (g_strv_length (words) < 2)
    return gpo_command_usage ("say: glasspost lab grade LAB TRACE…, or a folder of them; LAB may be all");
  if (!add_labs (labs, words[0]))
    return GPO_EXIT_FAILED;
  g_autoptr (GpoGrader) grader = gpo_grader_new (labs);
  for (char **path = words + 1; *path; path++)
    gpo_grader_take (grader, *path);
  GPtrArray *grades = gpo_grader_grades (grader);
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  guint failed = 0;
  for (guint i = 0; i < grades->len; i++)
    {
      const GpoLabGrade *grade = grades->pdata[i];
      failed += grade->passed < grade->of;
      if (grade->passed < grade->of || !options->failed_only)
        g_ptr_array_add (shown, grades->pdata[i]);
    }
  print_all (options, shown);
  for (const char *const *problem = gpo_grader_problems (grader); *problem; problem++)
    gpo_command_fail ("%s", *problem);
  if (gpo_grader_skipped (grader))
    gpo_command_fail ("%u skipped", gpo_grader_skipped (grader));
  if (!options->csv && !options->junit)
    printf ("%u graded, %u passed everything\n", grades->len, grades->len - failed);
  return failed || gpo_grader_skipped (grader) || grades->len == 0 ? GPO_EXIT_FAILED : GPO_EXIT_OK;
}
