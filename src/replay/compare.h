/* SPDX-License-Identifier: MIT */
/* compare.h: two traces side by side, aligned by meaning.
 *
 * Sessions are matched (the same host and role, the likest conversation), then the lines within: what was
 * said and answered, not when, by which tag, in which words. "Same transaction, RCPT differs."
 *
 *     gpo_compare ()  →  sessions: same │ changed │ only in A │ only in B
 *                            └ lines: same │ changed │ only in A │ only in B
 *
 * Used by `glasspost diff` and the window. Pure. */
#pragma once
#include "replay/script.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_PAIR_SAME,    /* perhaps with remarks */
  GPO_PAIR_CHANGED, /* both have it, and it differs */
  GPO_PAIR_ONLY_A,
  GPO_PAIR_ONLY_B
} GpoPairKind;

typedef struct
{
  GpoPairKind kind;
  const GpoStep *a, *b;   /* of the scripts; NULL where there is none */
  GPtrArray *differences; /* of GpoDeviation; NULL: none */
} GpoLinePair;

typedef struct
{
  GpoPairKind kind;
  GpoScript *a, *b; /* NULL where there is none */
  GPtrArray *lines; /* of GpoLinePair, in the order of both */
  guint n_differences, n_remarks;
  char *summary; /* "same transaction, RCPT differs" */
} GpoSessionPair;

typedef struct
{
  GPtrArray *sessions; /* of GpoSessionPair: those of A in order, then those only in B */
  guint n_differences, n_remarks;
} GpoComparison;

/* Compares what the pictures hold. The scripts refer to their logs, which must outlive the comparison. The
 * caller frees. */
GpoComparison *gpo_compare (GpoPicture *a, GpoPicture *b);
void gpo_comparison_free (GpoComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoComparison, gpo_comparison_free)

/* One step in words: "RCPT TO:<bob@…>", "250 2.1.5", "TLS", "the client hangs up". The caller frees. */
char *gpo_step_to_text (const GpoStep *step);
/* Adds to `out` (of GpoDeviation) how one step differs from another of the same kind. */
void gpo_step_compare (const GpoStep *a, const GpoStep *b, GpoProtocol protocol, GPtrArray *out);

/* --- alignment: align.c --- */

/* Aligns two sequences of n and m items. cost(i, j) is how badly a's i and b's j go together: 0 the same, 1
 * somehow, 2 not at all. The pairs, in order, as (i, j) with -1 where one side has nothing: an array of int,
 * two a pair. Of long sequences that differ much an alignment is found that need not be the best. The caller
 * frees. */
typedef guint (*GpoAlignCost) (guint i, guint j, gpointer data);
GArray *gpo_align (guint n, guint m, GpoAlignCost cost, gpointer data);

G_END_DECLS
