/* SPDX-License-Identifier: MIT */
/* grade.h: what one student has done of one lab, from her traces alone.
 *
 * Offline and deterministic: the same traces give the same grade on any machine. What was handed in is
 * not trusted: a file may be broken, endless or no trace at all; then it is said so and the others go on.
 * A student may hand in several traces of a lab; a check passes that one of them shows. */
#pragma once
#include "lab/judge.h"

G_BEGIN_DECLS

/* Limits for what is handed in. */
#define GPO_GRADE_MAX_FILE (G_GUINT64_CONSTANT (256) << 20) /* bytes */
#define GPO_GRADE_MAX_FILES 10000
#define GPO_GRADE_MAX_DEPTH 4 /* folders in folders */

typedef struct
{
  char *student, *source;
  const GpoLab *lab;
  guint traces;  /* how many were read */
  guint version; /* of the lab that was begun; 0: the traces do not say */
  guint passed, of, hints;
  double minutes;
  GpoLabVerdict *verdicts; /* one an item of the lab */
  char **why;              /* one an item: what was expected and seen; NULL where it passed */
  int failure;             /* the first item not passed, -1: none */
  gboolean *made;          /* one an item: the mistake was made */
} GpoLabGrade;

void gpo_lab_grade_free (GpoLabGrade *grade);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLabGrade, gpo_lab_grade_free)

/* Grades in the making: of several labs and many students. */
typedef struct GpoGrader GpoGrader;

/* `labs` of GpoLab, which outlive the grader. */
GpoGrader *gpo_grader_new (GPtrArray *labs);
void gpo_grader_free (GpoGrader *grader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoGrader, gpo_grader_free)
/* Reads a trace, a hand-in (hand-in.h), or a folder of them. A trace counts for the labs it was begun for
 * (`lab` events), or for all labs of the grader if it does not say. Its student is the folder's name for a
 * file in a folder of its own, else the file's; the name that stands inside only where the file is called by
 * a date, as `glasspost lab run` does, or is a hand-in. */
void gpo_grader_take (GpoGrader *grader, const char *path);
/* A trace's bytes, from wherever they came. `lab` (may be NULL) is the name of the only lab they count for.
 */
void gpo_grader_take_bytes (GpoGrader *grader, const char *source, const char *student, const char *lab,
                            const char *bytes, gsize length);
/* Says of a source what is wrong with it; it is counted as skipped. */
void gpo_grader_skip (GpoGrader *grader, const char *source, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* GpoLabGrade by lab, then student. Belongs to the grader. */
GPtrArray *gpo_grader_grades (GpoGrader *grader);
/* What was skipped or is damaged, in words. NULL-terminated; belongs to the grader. */
const char *const *gpo_grader_problems (GpoGrader *grader);
guint gpo_grader_skipped (const GpoGrader *grader);

/* One line of CSV: student, lab, version, passed, of, minutes, hints, first failure. RFC 4180 §2; a cell
 * that a spreadsheet would run as a formula gets an apostrophe in front. */
void gpo_grade_csv_head (GString *out);
void gpo_grade_csv (GString *out, const GpoLabGrade *grade);

G_END_DECLS
