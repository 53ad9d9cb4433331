/* SPDX-License-Identifier: MIT */
/* lab-run.h: the parts of `glasspost lab run`: lab-run.c (an office and its trace), lab-run-say.c (what is
 * printed), lab-run-typed.c (what is typed). */
#pragma once
#include "command/lab-command.h"
#include "lab/judge.h"
#include "office/office.h"

G_BEGIN_DECLS

typedef struct
{
  const GpoLabOptions *options;
  const GpoLab *lab;
  GpoOffice *office;
  GpoLog *log;
  GpoLogReader *reader;
  GpoLabJudge *judge;
  GMainLoop *loop;
  GpoLabVerdict *shown; /* one an item: what was printed of it */
  guint64 *shown_at;
  guint *hints; /* one an item: so many were read */
  guint step;   /* that is open */
  GString *typed;
  gboolean all_said;
} GpoLabRun;

/* --- lab-run-say.c --- */

/* The lab, its hosts with their ports, and where the trace is. */
void gpo_lab_run_say_world (GpoLabRun *run, const char *trace);
/* Step s, from 1 on: its text and its checks. */
void gpo_lab_run_say_step (GpoLabRun *run, guint s);
/* How one item stands. */
void gpo_lab_run_say_result (GpoLabRun *run, guint item, const GpoLabResult *result);
/* What has changed since it was called last; opens the next step where one is done. */
void gpo_lab_run_say_changes (GpoLabRun *run);
/* A text of the lab, with the ports of this office. The caller frees. */
char *gpo_lab_run_text (GpoLabRun *run, const char *text);

/* --- lab-run-typed.c --- */

/* Tells the office something of this lab, and says what is wrong with it. */
void gpo_lab_run_tell (GpoLabRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Standard input can be read: a GUnixFDSourceFunc; `run` is a GpoLabRun. */
gboolean gpo_lab_run_typed (int fd, GIOCondition condition, gpointer run);

G_END_DECLS
