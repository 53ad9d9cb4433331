/* SPDX-License-Identifier: MIT */
/* nearest.c: the distance between two words, and the word with the smallest.
 *
 * The distance is the optimal string alignment: letters added, removed or changed cost one, and so
 * does swapping two neighbours, which is how fingers err most. Words are short, so a row of the
 * matrix is kept for each letter and nothing is optimised. */
#include "wire/nearest.h"
#include <string.h>

#define MAX_LETTERS 40

static guint
distance (const char *a, const char *b)
{
  guint rows[MAX_LETTERS + 1][MAX_LETTERS + 1];
  gsize n = strlen (a), m = strlen (b);
  if (n > MAX_LETTERS || m > MAX_LETTERS)
    return G_MAXUINT;
  for (gsize i = 0; i <= n; i++)
    rows[i][0] = i;
  for (gsize j = 0; j <= m; j++)
    rows[0][j] = j;
  for (gsize i = 1; i <= n; i++)
    for (gsize j = 1; j <= m; j++)
      {
        char x = g_ascii_tolower (a[i - 1]), y = g_ascii_tolower (b[j - 1]);
        guint best = rows[i - 1][j - 1] + (x == y ? 0 : 1);
        best = MIN (best, MIN (rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1 && j > 1 && x == g_ascii_tolower (b[j - 2]) && y == g_ascii_tolower (a[i - 2]))
          best = MIN (best, rows[i - 2][j - 2] + 1);
        rows[i][j] = best;
      }
  return rows[n][m];
}

const char *
gpo_nearest_word (const char *word, const char *const *words)
{
  const char *nearest = NULL;
  guint least = G_MAXUINT;
  for (; *words; words++)
    {
      guint d = distance (word, *words);
      if (d < least)
        {
          least = d;
          nearest = *words;
        }
    }
  return nearest && least <= MAX (1, MAX (strlen (word), strlen (nearest)) / 3) ? nearest : NULL;
}
