/* SPDX-License-Identifier: MIT */
/* align.c: two sequences side by side at the least cost: what both begin and end with, then a table over what
 * is between. Where the table would be too large, the middle is paired off in windows. */
#include "replay/compare.h"

/* Cells of the table: 4 MB. */
#define MAX_CELLS (1024 * 1024)
#define GAP 1 /* one side has nothing */

static void
add (GArray *out, int i, int j)
{
  g_array_append_val (out, i);
  g_array_append_val (out, j);
}

/* The best alignment of a[i0 … i0+n) and b[j0 … j0+m), by dynamic programming from the end. */
static void
align_table (GArray *out, guint i0, guint n, guint j0, guint m, GpoAlignCost cost, gpointer data)
{
  g_autofree guint32 *best = g_new (guint32, (gsize) (n + 1) * (m + 1));
#define BEST(i, j) best[(gsize) (i) * (m + 1) + (j)]
  for (guint i = n + 1; i-- > 0;)
    for (guint j = m + 1; j-- > 0;)
      {
        guint32 least = i == n && j == m ? 0 : G_MAXUINT32;
        if (i < n)
          least = MIN (least, BEST (i + 1, j) + GAP);
        if (j < m)
          least = MIN (least, BEST (i, j + 1) + GAP);
        if (i < n && j < m)
          {
            guint c = cost (i0 + i, j0 + j, data);
            least = c < 2 ? MIN (least, BEST (i + 1, j + 1) + c) : least;
          }
        BEST (i, j) = least;
      }
  for (guint i = 0, j = 0; i < n || j < m;)
    {
      guint c = i < n && j < m ? cost (i0 + i, j0 + j, data) : 2;
      if (c < 2 && BEST (i, j) == BEST (i + 1, j + 1) + c)
        {
          add (out, (int) (i0 + i), (int) (j0 + j));
          i++;
          j++;
        }
      else if (i < n && BEST (i, j) == BEST (i + 1, j) + GAP)
        add (out, (int) (i0 + i++), -1);
      else
        add (out, -1, (int) (j0 + j++));
    }
#undef BEST
}

GArray *
gpo_align (guint n, guint m, GpoAlignCost cost, gpointer data)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (int));
  guint head = 0, tail = 0;
  for (; head < n && head < m && cost (head, head, data) == 0; head++)
    add (out, (int) head, (int) head);
  while (tail < n - head && tail < m - head && cost (n - tail - 1, m - tail - 1, data) == 0)
    tail++;
  guint i = head, j = head;
  while (i < n - tail || j < m - tail)
    {
      guint left = n - tail - i, right = m - tail - j;
      if ((guint64) (left + 1) * (right + 1) > MAX_CELLS)
        {
          left = MIN (left, 1000);
          right = MIN (right, 1000);
        }
      align_table (out, i, left, j, right, cost, data);
      i += left;
      j += right;
    }
  for (; tail > 0; tail--)
    add (out, (int) (n - tail), (int) (m - tail));
  return out;
}
