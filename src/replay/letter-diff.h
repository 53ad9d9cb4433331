/* SPDX-License-Identifier: MIT */
/* letter-diff.h: what one form of a letter has and another has not, line by line and to the byte.
 *
 * The two texts keep belonging to the caller and must outlive the difference. A line is equal only if all its
 * bytes are, its ending too. Pure; any thread. */
#pragma once
#include "letter/span.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_DIFF_SAME,
  GPO_DIFF_REMOVED,
  GPO_DIFF_ADDED
} GpoDiffKind;

typedef struct
{
  GpoDiffKind kind;
  GpoSpan old; /* SAME and REMOVED: in the old text; else where it would stand, empty */
  GpoSpan new; /* SAME and ADDED: in the new text */
  gsize lines; /* in the run */
} GpoDiffRun;

/* Runs of lines in order, GpoDiffRun; together they are both texts. Texts whose differing middles are very
 * large are compared as wholes. The caller frees (g_array_unref). */
GArray *gpo_letter_diff_new (const char *old, gsize old_length, const char *new, gsize new_length);
/* Whether there is no difference. */
gboolean gpo_letter_diff_is_empty (const GArray *diff);

/* As `diff -u` writes it, with so many lines of context; CR as it is. */
void gpo_letter_diff_print (GString *out, const GArray *diff, const char *old, const char *new,
                            guint context);

G_END_DECLS
