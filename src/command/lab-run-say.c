/* SPDX-License-Identifier: MIT */
/* lab-run-say.c: what `glasspost lab run` prints: the world, the steps, and the checks as they turn. */
#include "command/lab-run.h"
#include <stdio.h>
#include <string.h>

char *
gpo_lab_run_text (GpoLabRun *run, const char *text)
{
  return gpo_office_ports_in_use (run->office, text);
}

void
gpo_lab_run_say_world (GpoLabRun *run, const char *trace)
{
  const GpoWorld *world = gpo_office_world (run->office);
  g_autofree char *intro = gpo_lab_run_text (run, run->lab->intro);
  printf ("%s   (about %u minutes)\n\n%s\n\n", run->lab->title, run->lab->minutes, intro);
  for (guint i = 0; i < world->hosts->len; i++)
    {
      const GpoHost *host = world->hosts->pdata[i];
      printf ("  %-10s %-18s", host->name, host->domain);
      for (int role = 0; role < GPO_N_ROLES; role++)
        if (gpo_office_port (run->office, host, (GpoRole) role))
          printf (" %s %u", gpo_role_name ((GpoRole) role),
                  gpo_office_port (run->office, host, (GpoRole) role));
      puts (host->down ? "  (down)" : "");
    }
  const GPtrArray *walls = gpo_office_walls (run->office);
  for (guint i = 0; i < walls->len; i++)
    {
      const GpoScenarioWall *wall = walls->pdata[i];
      printf ("  %-10s a glass wall at port %u, before %s:%u\n", wall->name, wall->port, wall->to_address,
              wall->to_port);
    }
  if (gpo_lab_has_files (run->lab))
    printf ("  the lab's files are in %s\n", run->lab->folder);
  printf ("  recorded in %s\n", trace);
}

void
gpo_lab_run_say_step (GpoLabRun *run, guint s)
{
  const GpoLabStep *step = run->lab->steps->pdata[s - 1];
  g_autofree char *text = gpo_lab_run_text (run, step->text);
  printf ("\n%u of %u. %s\n\n%s\n\n", s, run->lab->steps->len, step->title, text);
  for (guint i = 0; i < run->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (run->lab, i);
      if (item->step != s)
        continue;
      printf ("  %s %s\n", item->type == GPO_LAB_QUESTION ? "?" : "○", item->says);
      for (char **choice = gpo_lab_item_choices (item); choice && *choice; choice++)
        printf ("      - %s\n", *choice);
      if (item->type == GPO_LAB_QUESTION)
        printf ("      type: answer %s …\n", item->name);
    }
  fflush (stdout);
}

void
gpo_lab_run_say_result (GpoLabRun *run, guint i, const GpoLabResult *result)
{
  const GpoLabItem *item = gpo_lab_item (run->lab, i);
  if (result->verdict == GPO_LAB_PASSED)
    printf ("  ✓ %s", item->says);
  else
    printf ("  ✗ %s", item->says);
  if (result->event != G_MAXUINT64)
    printf ("   (event %" G_GUINT64_FORMAT ")", result->event);
  putchar ('\n');
  if (result->verdict != GPO_LAB_PASSED && result->seen && result->expected)
    printf ("      expected  %s\n", result->expected);
  if (result->verdict != GPO_LAB_PASSED && result->seen)
    printf ("      seen      %s\n", result->seen);
  if (result->verdict != GPO_LAB_PASSED && result->bytes)
    printf ("      on the wire  %s\n", result->bytes);
  g_autofree char *says = result->says ? gpo_lab_run_text (run, result->says) : NULL;
  if (says)
    printf ("      %s\n", says);
}

void
gpo_lab_run_say_changes (GpoLabRun *run)
{
  for (guint i = 0; i < run->lab->items->len; i++)
    {
      GpoLabResult result;
      if (gpo_lab_item (run->lab, i)->type == GPO_LAB_MISTAKE)
        continue;
      gpo_lab_judge_result (run->judge, run->log, i, &result);
      gboolean news = result.verdict != run->shown[i]
                      || (result.verdict == GPO_LAB_FAILED && result.event != run->shown_at[i]);
      if (news && result.verdict != GPO_LAB_NOT_REACHED && !result.tried)
        gpo_lab_run_say_result (run, i, &result);
      run->shown[i] = result.verdict;
      run->shown_at[i] = result.event;
      gpo_lab_result_clear (&result);
    }
  while (run->step <= run->lab->steps->len && gpo_lab_judge_step_done (run->judge, run->step))
    if (++run->step <= run->lab->steps->len && !run->options->free)
      gpo_lab_run_say_step (run, run->step);
  if (run->step > run->lab->steps->len && !run->all_said)
    {
      run->all_said = TRUE;
      printf ("\nAll %u checks passed. Type quit to end the office.\n", gpo_lab_n_to_pass (run->lab));
    }
  fflush (stdout);
}
