/* SPDX-License-Identifier: MIT */
/* progress.h: what the user of this computer has done of the labs.
 *
 * In the user's data folder, `glasspost/labs`: `progress.ini`, a group a lab, and a folder a lab with the
 * traces of her runs. Nothing here counts for a grade, which comes from the traces alone: this is what the
 * list of labs shows. */
#pragma once
#include "lab/judge.h"

G_BEGIN_DECLS

typedef struct
{
  guint version; /* of the lab when it was noted; 0: never begun */
  guint passed, of;
  guint hints;
  guint runs;
  gboolean changed; /* the lab has another version now */
} GpoLabProgress;

/* The folder. The caller frees. */
char *gpo_lab_progress_folder (void);
/* How far the user came. */
void gpo_lab_progress_get (const GpoLab *lab, GpoLabProgress *out);
/* Notes how a judge stands, if it is better than what is noted or of another version. FALSE and *error if
 * it could not be written. */
gboolean gpo_lab_progress_note (GpoLabJudge *judge, GError **error);
/* Makes the lab's folder and returns the path of a trace for a new run. NULL and *error. The caller frees. */
char *gpo_lab_progress_trace (const GpoLab *lab, GError **error);

G_END_DECLS
