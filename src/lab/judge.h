/* SPDX-License-Identifier: MIT */
/* judge.h: a lab held against a trace.
 *
 * A judge takes events as they come, live or from a file, and can say at any time how each check stands.
 * It looks at facts only: extra sessions, other letters, retries and another order of what is independent
 * change nothing. A check passes when *some* letter (or session) shows it; checks that build on each other
 * (after=, with=) must be shown by the same one.
 *
 *     passed       it was seen; the events that prove it are named
 *     failed       it was tried, and came out otherwise: what was expected and what was seen
 *     not reached  nothing of it has happened yet; what it waits for is named
 *
 * What stays true: the result is a function of the lab and the events, the same live and offline; an empty
 * trace passes nothing; nothing that a trace says about results is believed. Memory is bounded: of a fact
 * that is seen thousands of times the first and the latest thousand count. */
#pragma once
#include "lab/lab.h"

G_BEGIN_DECLS

typedef struct GpoLabJudge GpoLabJudge;

typedef enum
{
  GPO_LAB_NOT_REACHED,
  GPO_LAB_FAILED,
  GPO_LAB_PASSED
} GpoLabVerdict;

/* How one item stands, in words. Free with gpo_lab_result_clear(). */
typedef struct
{
  GpoLabVerdict verdict;
  guint64 event;  /* passed: the event that proves it; failed: what was seen; G_MAXUINT64: none */
  int waits_for;  /* not reached: the item that must come first; -1: none */
  int mistake;    /* not passed: the mistake that explains it; -1: none */
  gboolean tried; /* failed only because of something like it, which may have been meant otherwise: while work
                   * goes on that is a remark, at its end a failure */
  char *expected; /* NULL if passed */
  char *seen;     /* failed: what was there instead; NULL: nothing like it */
  char *bytes;    /* the bytes on the wire that belong to `event`, CR, LF and spaces visible; NULL: none */
  const char *says; /* the mistake's words, a question's answer to the answer, or NULL */
} GpoLabResult;

/* The lab must outlive the judge. */
GpoLabJudge *gpo_lab_judge_new (const GpoLab *lab);
void gpo_lab_judge_free (GpoLabJudge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLabJudge, gpo_lab_judge_free)
const GpoLab *gpo_lab_judge_lab (const GpoLabJudge *judge);

/* Takes event n, which comes after those taken before. `log` (may be NULL) gives spilled texts. */
void gpo_lab_judge_take (GpoLabJudge *judge, GpoLog *log, guint64 n, const GpoEvent *event);
/* Takes what the log has that was not taken yet. TRUE if a result may have changed. */
gboolean gpo_lab_judge_update (GpoLabJudge *judge, GpoLog *log);
/* An answer that is given outside a trace (while a recorded one is read). */
void gpo_lab_judge_answer (GpoLabJudge *judge, guint item, const char *text);

/* How an item stands. A mistake that was made "passes". */
GpoLabVerdict gpo_lab_judge_verdict (GpoLabJudge *judge, guint item);
/* A mistake: whether it was made, at which event. */
gboolean gpo_lab_judge_made (GpoLabJudge *judge, guint item, guint64 *n);
/* With the log the events came from: expected, seen, bytes. */
void gpo_lab_judge_result (GpoLabJudge *judge, GpoLog *log, guint item, GpoLabResult *out);
void gpo_lab_result_clear (GpoLabResult *result);

/* How many checks and questions have passed. */
guint gpo_lab_judge_passed (GpoLabJudge *judge);
/* All checks and questions of a step (from 1 on) have passed. */
gboolean gpo_lab_judge_step_done (GpoLabJudge *judge, guint step);
/* What feedback leads with: the first item that failed, else the first that was not reached; -1: all is
 * well. Steps come before each other, then the order of the file. */
int gpo_lab_judge_first_failure (GpoLabJudge *judge);
/* A mistake that was made and explains no item: what to say beside a failure. -1: none. */
int gpo_lab_judge_first_mistake (GpoLabJudge *judge);

/* What `lab` events of this lab told. */
guint gpo_lab_judge_hints (const GpoLabJudge *judge);             /* hints read */
guint gpo_lab_judge_tries (const GpoLabJudge *judge, guint item); /* answers given to a question */
const char *gpo_lab_judge_person (const GpoLabJudge *judge);      /* who began it, or NULL */
guint gpo_lab_judge_version (const GpoLabJudge *judge);           /* of the lab that was begun; 0: not said */
/* Minutes of work from the first connection on: pauses count ten minutes at most, and what the office's
 * clock skipped not at all. */
double gpo_lab_judge_minutes (const GpoLabJudge *judge);

G_END_DECLS
