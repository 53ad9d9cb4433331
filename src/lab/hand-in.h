/* SPDX-License-Identifier: MIT */
/* hand-in.h: all that one student hands in, as one file.
 *
 * JSON Lines: a head, and for each trace a line that says what it is, followed by the trace as it is:
 *
 *     {"glasspost-hand-in":1,"student":"carol"}
 *     {"glasspost-hand-in-part":"03-envelope-is-not-header"}
 *     {"glasspost-trace":1, …}
 *     {"n":0, …}
 *
 * It has no paths, and grading it writes no file: there is nothing in it that could lead elsewhere. */
#pragma once
#include "lab/grade.h"

G_BEGIN_DECLS

/* Whether the bytes begin as a hand-in does. */
gboolean gpo_hand_in_is (const char *bytes, gsize length);
/* Grades every trace in it. `student` stands for a head that names nobody. */
void gpo_hand_in_grade (GpoGrader *grader, const char *source, const char *student, const char *bytes,
                        gsize length);
/* Writes what lies in `folder` (progress.h: LAB/NAME.trace) to `path`, whole or not at all. Returns how many
 * traces, or -1 and *error. */
int gpo_hand_in_write (const char *folder, const char *student, const char *path, GError **error);

G_END_DECLS
