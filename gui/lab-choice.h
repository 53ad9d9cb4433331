/* SPDX-License-Identifier: MIT */
/* lab-choice.h: which labs there are to choose from, and the office that a chosen one needs. */
#pragma once
#include "lab/lab.h"
#include "source.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A title for each lab, "3. The envelope is not the header ✓" if it is done, behind a first line that asks to
 * choose. The caller unrefs. */
GListModel *gpo_lab_choice_titles (const char *shelf, char **names);
/* An office of the lab's world, recorded in the user's folder of labs; on other ports if another window has
 * the usual ones. NULL and *error if there cannot be one. The caller unrefs. */
GpoSource *gpo_lab_choice_office (const GpoLab *lab, GError **error);

G_END_DECLS
