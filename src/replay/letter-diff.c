/* SPDX-License-Identifier: MIT */
/* letter-diff.c: equal beginning, equal end, and in between the longest common subsequence of lines.
 *
 * What a host does to a letter is small (fields on top), so the middle is small; a middle of more than
 * GRID_MAX pairs of lines is told as removed and added as a whole.
 *
 * Who calls it: the hops of the letter view, `glasspost show --letter N --as hops`. */
#include "replay/letter-diff.h"
#include "letter/line-ending.h"

#define GRID_MAX (1000 * 1000)

typedef struct
{
  const char *old, *new;
  GArray *runs;
} Diff;

static void
add_run (Diff *diff, GpoDiffKind kind, GpoSpan old, GpoSpan new, gsize lines)
{
  if (old.length == 0 && new.length == 0)
    return;
  GpoDiffRun *last = diff->runs->len ? &g_array_index (diff->runs, GpoDiffRun, diff->runs->len - 1) : NULL;
  if (last && last->kind == kind)
    {
      last->old.length += old.length;
      last->new.length += new.length;
      last->lines += lines;
      return;
    }
  GpoDiffRun run = { kind, old, new, lines };
  g_array_append_val (diff->runs, run);
}

static gsize
count_lines (const char *text, GpoSpan span)
{
  gsize lines = 0;
  for (gsize at = span.start, end = GPO_SPAN_END (span); at < end; lines++)
    at = gpo_line_end (text, end, at);
  return lines;
}

/* The lines of a stretch, as spans. */
static GArray *
lines_of (const char *text, gsize start, gsize end)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (GpoSpan));
  for (gsize at = start; at < end;)
    {
      gsize next = gpo_line_end (text, end, at);
      GpoSpan line = { at, next - at };
      g_array_append_val (lines, line);
      at = next;
    }
  return lines;
}

static gboolean
same_line (const Diff *diff, GpoSpan a, GpoSpan b)
{
  return a.length == b.length && memcmp (diff->old + a.start, diff->new + b.start, a.length) == 0;
}

/* length[i][j]: of the longest common subsequence of the old lines from i on and the new ones from j on. */
static void
compare_middle (Diff *diff, GArray *old, GArray *new)
{
  guint n = old->len, m = new->len, i = 0, j = 0;
  const GpoSpan *a = (const GpoSpan *) (gpointer) old->data, *b = (const GpoSpan *) (gpointer) new->data;
  g_autofree guint *length = g_new0 (guint, (gsize) (n + 1) * (m + 1));
#define AT(i, j) length[(gsize) (i) * (m + 1) + (j)]
  for (guint k = n; k-- > 0;)
    for (guint l = m; l-- > 0;)
      AT (k, l) = same_line (diff, a[k], b[l]) ? AT (k + 1, l + 1) + 1 : MAX (AT (k + 1, l), AT (k, l + 1));
  while (i < n || j < m)
    if (i < n && j < m && same_line (diff, a[i], b[j]))
      {
        add_run (diff, GPO_DIFF_SAME, a[i], b[j], 1);
        i++, j++;
      }
    else if (i < n && (j == m || AT (i + 1, j) >= AT (i, j + 1)))
      {
        add_run (diff, GPO_DIFF_REMOVED, a[i], (GpoSpan){ j < m ? b[j].start : 0, 0 }, 1);
        i++;
      }
    else
      {
        add_run (diff, GPO_DIFF_ADDED, (GpoSpan){ i < n ? a[i].start : 0, 0 }, b[j], 1);
        j++;
      }
#undef AT
}

static gsize
line_start (const char *text, gsize at)
{
  while (at > 0 && text[at - 1] != '\n')
    at--;
  return at;
}

/* Where the equal end begins, in the old text: at the beginning of a line in both. */
static gsize
equal_end (const char *old, gsize old_length, const char *new, gsize new_length, gsize from)
{
  gsize k = 0, most = MIN (old_length, new_length) - from;
  while (k < most && old[old_length - k - 1] == new[new_length - k - 1])
    k++;
  gsize at = old_length - k;
  while (at < old_length
         && ((at > 0 && old[at - 1] != '\n')
             || (new_length - (old_length - at) > 0 && new[new_length - (old_length - at) - 1] != '\n')))
    {
      const char *lf = memchr (old + at, '\n', old_length - at);
      at = lf ? (gsize) (lf - old) + 1 : old_length;
    }
  return at;
}

GArray *
gpo_letter_diff_new (const char *old, gsize old_length, const char *new, gsize new_length)
{
  Diff diff = { old, new, g_array_new (FALSE, FALSE, sizeof (GpoDiffRun)) };
  gsize start = 0, least = MIN (old_length, new_length);
  while (start < least && old[start] == new[start])
    start++;
  if (start < old_length || start < new_length)
    start = line_start (old, start);
  gsize old_end = equal_end (old, old_length, new, new_length, start);
  gsize new_end = new_length - (old_length - old_end);
  GpoSpan head = { 0, start }, middle_old = { start, old_end - start },
          middle_new = { start, new_end - start };
  add_run (&diff, GPO_DIFF_SAME, head, head, count_lines (old, head));
  gsize n = count_lines (old, middle_old), m = count_lines (new, middle_new);
  if (n && m && n < GRID_MAX && m < GRID_MAX && n * m <= GRID_MAX)
    {
      g_autoptr (GArray) a = lines_of (old, start, old_end), b = lines_of (new, start, new_end);
      compare_middle (&diff, a, b);
    }
  else
    {
      add_run (&diff, GPO_DIFF_REMOVED, middle_old, (GpoSpan){ start, 0 }, n);
      add_run (&diff, GPO_DIFF_ADDED, (GpoSpan){ old_end, 0 }, middle_new, m);
    }
  GpoSpan tail_old = { old_end, old_length - old_end }, tail_new = { new_end, new_length - new_end };
  add_run (&diff, GPO_DIFF_SAME, tail_old, tail_new, count_lines (old, tail_old));
  return diff.runs;
}

gboolean
gpo_letter_diff_is_empty (const GArray *diff)
{
  for (guint i = 0; i < diff->len; i++)
    if (g_array_index (diff, GpoDiffRun, i).kind != GPO_DIFF_SAME)
      return FALSE;
  return TRUE;
}

/* --- as text --- */

/* Lines `from` to `from + count` of a span, each behind its sign. */
static void
print_lines (GString *out, char sign, const char *text, GpoSpan span, gsize from, gsize count)
{
  gsize at = span.start, end = GPO_SPAN_END (span);
  for (gsize i = 0; at < end && i < from + count; i++)
    {
      gsize next = gpo_line_end (text, end, at);
      if (i >= from)
        {
          g_string_append_c (out, sign);
          g_string_append_len (out, text + at, (gssize) (next - at));
          if (text[next - 1] != '\n')
            g_string_append (out, "\n\\ No newline at end of file\n");
        }
      at = next;
    }
}

typedef struct
{
  gsize old, new; /* line numbers, from 1 */
} Place;

/* How many lines of this run a hunk shows from its beginning (behind a change) and its end (before one). */
static gsize
shown_of (const GArray *diff, guint i, gsize context, gboolean end)
{
  const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
  if (end ? i + 1 == diff->len : i == 0)
    return 0;
  return MIN (run->lines, context);
}

/* One hunk: the changes from run `i` on that are no further apart than twice the context. Returns the run
 * behind it. */
static guint
hunk_end (const GArray *diff, guint i, gsize context)
{
  for (; i < diff->len; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      if (run->kind == GPO_DIFF_SAME && (i + 1 == diff->len || run->lines > 2 * context))
        break;
    }
  return i;
}

static void
print_hunk (GString *out, const GArray *diff, guint begin, guint end, const char *old, const char *new,
            gsize context, Place place)
{
  gsize before = begin > 0 ? shown_of (diff, begin - 1, context, TRUE) : 0;
  gsize after = end < diff->len ? MIN (g_array_index (diff, GpoDiffRun, end).lines, context) : 0;
  gsize n = before + after, m = before + after;
  for (guint i = begin; i < end; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      n += run->kind != GPO_DIFF_ADDED ? run->lines : 0;
      m += run->kind != GPO_DIFF_REMOVED ? run->lines : 0;
    }
  g_string_append_printf (
      out, "@@ -%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT " +%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT " @@\n",
      n ? place.old - before : place.old - before - (place.old > before), n,
      m ? place.new - before : place.new - before - (place.new > before), m);
  if (before)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, begin - 1);
      print_lines (out, ' ', new, run->new, run->lines - before, before);
    }
  for (guint i = begin; i < end; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      gboolean removed = run->kind == GPO_DIFF_REMOVED;
      print_lines (out,
                   removed                       ? '-'
                   : run->kind == GPO_DIFF_ADDED ? '+'
                                                 : ' ',
                   removed ? old : new, removed ? run->old : run->new, 0, run->lines);
    }
  if (after)
    print_lines (out, ' ', new, g_array_index (diff, GpoDiffRun, end).new, 0, after);
}

void
gpo_letter_diff_print (GString *out, const GArray *diff, const char *old, const char *new, guint context)
{
  Place place = { 1, 1 };
  for (guint i = 0; i < diff->len;)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      if (run->kind == GPO_DIFF_SAME)
        {
          place.old += run->lines;
          place.new += run->lines;
          i++;
          continue;
        }
      guint end = hunk_end (diff, i, context);
      print_hunk (out, diff, i, end, old, new, context, place);
      for (; i < end; i++)
        {
          run = &g_array_index (diff, GpoDiffRun, i);
          place.old += run->kind != GPO_DIFF_ADDED ? run->lines : 0;
          place.new += run->kind != GPO_DIFF_REMOVED ? run->lines : 0;
        }
    }
}
