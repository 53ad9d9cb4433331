/* SPDX-License-Identifier: MIT */
/* lab-choice.c: the list of labs and the office of one. See lab-choice.h. */
#include "lab-choice.h"
#include "i18n.h"
#include "lab/progress.h"

static char *
title_of (const char *shelf, const char *name, guint number)
{
  g_autofree char *folder = g_build_filename (shelf, name, NULL);
  g_autoptr (GpoLab) lab = gpo_lab_load (folder, NULL);
  GpoLabProgress progress = { 0 };
  if (lab)
    gpo_lab_progress_get (lab, &progress);
  gboolean done = progress.of && progress.passed == progress.of;
  return g_strdup_printf ("%u. %s%s", number, lab ? lab->title : name, done ? " ✓" : "");
}

GListModel *
gpo_lab_choice_titles (const char *shelf, char **names)
{
  GtkStringList *titles = gtk_string_list_new (NULL);
  gtk_string_list_append (titles, _ ("Choose a lab"));
  for (guint i = 0; names[i]; i++)
    gtk_string_list_take (titles, title_of (shelf, names[i], i + 1));
  return G_LIST_MODEL (titles);
}

GpoSource *
gpo_lab_choice_office (const GpoLab *lab, GError **error)
{
  static const int bases[] = { -1, 20000, 0 };
  g_autofree char *trace = gpo_lab_progress_trace (lab, error);
  GpoSource *source = NULL;
  for (guint i = 0; trace && !source && i < G_N_ELEMENTS (bases); i++)
    {
      g_clear_error (error);
      GpoScenario *scenario = gpo_scenario_load (lab->start, bases[i], error);
      if (!scenario)
        return NULL;
      source = gpo_source_new_office (&(GpoOfficeConfig){ .scenario = scenario, .trace = trace }, error);
    }
  return source;
}
