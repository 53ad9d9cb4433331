/* SPDX-License-Identifier: MIT */
/* imap-sequence-set.c: RFC 3501 §9.
 *
 *     sequence-set = (seq-number / seq-range) *("," sequence-set)
 *     seq-range    = seq-number ":" seq-number
 *     seq-number   = nz-number / "*"
 */
#include "protocol/imap.h"

static gboolean
seq_number (GpoImapParser *parser, guint32 *number)
{
  *number = 0;
  if (gpo_imap_skip (parser, '*'))
    return TRUE;
  if (gpo_imap_peek (parser) == '0')
    return gpo_imap_fail (parser, "a number from 1 on, or \"*\"");
  return gpo_imap_number (parser, number, "a sequence set");
}

gboolean
gpo_imap_sequence_set (GpoImapParser *parser, GpoImapSet *set)
{
  if (!set->ranges)
    set->ranges = g_array_new (FALSE, FALSE, sizeof (guint32));
  do
    {
      guint32 pair[2];
      if (!seq_number (parser, &pair[0]))
        return FALSE;
      pair[1] = pair[0];
      if (gpo_imap_skip (parser, ':') && !seq_number (parser, &pair[1]))
        return FALSE;
      g_array_append_vals (set->ranges, pair, 2);
    }
  while (gpo_imap_skip (parser, ','));
  return TRUE;
}

void
gpo_imap_set_clear (GpoImapSet *set)
{
  g_clear_pointer (&set->ranges, g_array_unref);
}

typedef struct
{
  guint32 first, last;
} Range;

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  guint32 x = ((const Range *) a)->first, y = ((const Range *) b)->first;
  return (x > y) - (x < y);
}

void
gpo_imap_set_resolve (GpoImapSet *set, guint32 star)
{
  guint n = set->ranges->len / 2, kept = 0;
  Range *ranges = (Range *) (gpointer) set->ranges->data;
  for (guint i = 0; i < n; i++)
    {
      guint32 a = ranges[i].first ? ranges[i].first : star, b = ranges[i].last ? ranges[i].last : star;
      ranges[i] = (Range){ MIN (a, b), MAX (a, b) };
    }
  qsort (ranges, n, sizeof *ranges, compare_ranges);
  for (guint i = 0; i < n; i++)
    if (kept > 0 && (ranges[kept - 1].last == G_MAXUINT32 || ranges[i].first <= ranges[kept - 1].last + 1))
      ranges[kept - 1].last = MAX (ranges[kept - 1].last, ranges[i].last);
    else
      ranges[kept++] = ranges[i];
  g_array_set_size (set->ranges, kept * 2);
}

gboolean
gpo_imap_set_has (const GpoImapSet *set, guint32 number)
{
  const Range *ranges = (const Range *) (gconstpointer) set->ranges->data;
  guint low = 0, high = set->ranges->len / 2;
  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (ranges[middle].last < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low < set->ranges->len / 2 && ranges[low].first <= number;
}

void
gpo_imap_numbers_append (GString *out, const guint32 *numbers, guint n)
{
  for (guint i = 0; i < n;)
    {
      guint j = i;
      while (j + 1 < n && numbers[j + 1] == numbers[j] + 1)
        j++;
      g_string_append_printf (out, i ? ",%u" : "%u", numbers[i]);
      if (j > i)
        g_string_append_printf (out, ":%u", numbers[j]);
      i = j + 1;
    }
}
