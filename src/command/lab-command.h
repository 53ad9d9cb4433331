/* SPDX-License-Identifier: MIT */
/* lab-command.h: what the files of `glasspost lab` share: cmd-lab.c (the words), lab-run.c (an office with a
 * lab), lab-grade.c (traces judged), lab-lint.c (an author's mistakes). */
#pragma once
#include "command/command.h"
#include "lab/lab.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean csv, junit, failed_only, free;
  char *student, *output, *ports, *trace;
  int port_base;
} GpoLabOptions;

/* The lab a person named. NULL: said on stderr what is wrong. */
GpoLab *gpo_lab_command_load (const char *word);

/* Each a word of `glasspost lab`; `words` are what follows it, NULL-terminated. Return an exit status. */
int gpo_lab_run (const GpoLabOptions *options, char **words);
int gpo_lab_grade (const GpoLabOptions *options, char **words);
int gpo_lab_lint (const GpoLabOptions *options, char **words);

G_END_DECLS
