/* SPDX-License-Identifier: MIT */
/* replay.h: the parts of `glasspost replay`: on a terminal, against a live server. */
#pragma once
#include "replay/reenact.h"

G_BEGIN_DECLS

/* Plays a trace on the terminal: replay-text.c. `speed`: times as fast as recorded, 0: without pauses. */
typedef struct
{
  double speed;
  gboolean follow, plain, ascii, data, bytes;
} GpoReplayText;
int gpo_replay_text (const char *path, const GpoReplayText *options);

/* Re-enacts a trace, or every *.trace of a folder: replay-against.c. */
typedef struct
{
  GpoTarget target;
  guint session;     /* only this one; 0: all */
  const char *junit; /* a report for machines; NULL: none */
  gboolean verbose;  /* answers that agree too, also of a folder */
} GpoReplayAgainst;
int gpo_replay_against (const char *path, const GpoReplayAgainst *options);

/* One case of a report: a trace. Its header comes from its first `note` event. */
typedef struct
{
  char *name, *title, *spec; /* title and spec may be NULL */
  char *problem;             /* it could not run; or NULL */
  GpoReenactment *result;    /* NULL then */
} GpoReplayCase;
void gpo_replay_case_free (gpointer data);
/* The report for people, a case: replay-report.c. */
void gpo_replay_print_case (const GpoReplayCase *one, gboolean strict, gboolean verbose);
/* The report for machines: JUnit's XML. `suite` names it. The caller frees. */
char *gpo_replay_junit (const char *suite, const GPtrArray *cases, gboolean strict);

G_END_DECLS
