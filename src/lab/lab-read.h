/* SPDX-License-Identifier: MIT */
/* lab-read.h: what lab.c (a lab as a whole) and lab-languages.c ask of lab-file.c (checks.ini) and lab-text.c (lab.md). */
#pragma once
#include "lab/lab-keys.h"
#include "lab/lab.h"

G_BEGIN_DECLS

/* An empty lab. */
GpoLab *gpo_lab_new (const char *name);
/* lab.md into title, intro and steps. *title (may be NULL) gets the heading. */
gboolean gpo_lab_read_text (GpoLab *lab, const char *name, const char *text, gsize length, char **title,
                            GError **error);
/* checks.ini into everything else; the steps are there. */
gboolean gpo_lab_read_checks (GpoLab *lab, const char *name, const char *text, gsize length, GError **error);

G_END_DECLS
