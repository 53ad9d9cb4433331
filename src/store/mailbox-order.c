/* SPDX-License-Identifier: MIT */
/* mailbox-order.c: the order of letters that nobody has given UIDs: by time of delivery, then by name.
 *
 * A folder gives its files in no order, and there may be a hundred thousand. So they are sorted by a number
 * that the name begins with, digit by digit, which touches each name once; only names of the same moment are
 * compared. */
#include "store/mailbox-internal.h"
#include <string.h>

#define AHEAD 16

GpoNameOrder
gpo_name_order (const char *name)
{
  const char *fraction = strstr (name, ".M");
  return (GpoNameOrder){ g_ascii_strtoull (name, NULL, 10),
                         fraction ? g_ascii_strtoull (fraction + 2, NULL, 10) : 0, name };
}

int
gpo_name_order_compare (const GpoNameOrder *a, const GpoNameOrder *b)
{
  if (a->seconds != b->seconds)
    return a->seconds < b->seconds ? -1 : 1;
  if (a->fraction != b->fraction)
    return a->fraction < b->fraction ? -1 : 1;
  return strcmp (a->name, b->name);
}

typedef struct
{
  guint64 moment;
  guint32 index; /* in the scan's files */
} Place;

/* Grows with the order: those that differ in it need no comparison. */
static guint64
moment_of (const char *name)
{
  GpoNameOrder order = gpo_name_order (name);
  return MIN (order.seconds, G_MAXUINT64 >> 20) << 20 | MIN (order.fraction, 0xfffff);
}

/* One digit of eight bits; those that are equal in it stay as they are. */
static void
sort_by_digit (const Place *from, Place *to, guint n, guint shift)
{
  guint starts[256] = { 0 }, at = 0;
  for (guint i = 0; i < n; i++)
    starts[from[i].moment >> shift & 255]++;
  for (guint digit = 0; digit < 256; digit++)
    {
      guint count = starts[digit];
      starts[digit] = at;
      at += count;
    }
  for (guint i = 0; i < n; i++)
    to[starts[from[i].moment >> shift & 255]++] = from[i];
}

/* By moment; of one moment in the order they were found. */
static Place *
sort_by_moment (Place *places, guint n)
{
  Place *spare = g_new (Place, n);
  guint64 differ = 0;
  for (guint i = 1; i < n; i++)
    differ |= places[i].moment ^ places[0].moment;
  for (guint shift = 0; shift < 64; shift += 8)
    if (differ >> shift & 255)
      {
        sort_by_digit (places, spare, n, shift);
        Place *sorted = spare;
        spare = places;
        places = sorted;
      }
  g_free (spare);
  return places;
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const Place *x = a, *y = b;
  GpoNameOrder first = gpo_name_order (gpo_scan_name (data, x->index)),
               second = gpo_name_order (gpo_scan_name (data, y->index));
  int order = gpo_name_order_compare (&first, &second);
  return order ? order : x->index < y->index ? -1 : 1;
}

/* Whether the next one is the same letter, seen later: in new/ first, and then in cur/. */
static gboolean
is_earlier (const GpoFolderScan *scan, const Place *places, guint i, guint n)
{
  return i + 1 < n && places[i].moment == places[i + 1].moment
         && strcmp (gpo_scan_name (scan, places[i].index), gpo_scan_name (scan, places[i + 1].index)) == 0;
}

/* Files and names in their order, so that whoever goes through them finds one name behind the other in memory. Where
 * they lie now there is no order, so memory is asked for some before they are needed. */
static void
arrange (GpoFolderScan *scan, const Place *places, guint n)
{
  GArray *files = g_array_sized_new (FALSE, FALSE, sizeof (GpoFoundFile), n);
  GString *text = g_string_sized_new (scan->text->len);
  for (guint i = 0; i < n; i++)
    {
      if (i + AHEAD < n)
        __builtin_prefetch (gpo_scan_name (scan, places[i + AHEAD].index));
      if (is_earlier (scan, places, i, n))
        continue;
      GpoFoundFile file = g_array_index (scan->files, GpoFoundFile, places[i].index);
      const char *name = scan->text->str + file.name;
      file.name = text->len;
      g_string_append_len (text, name, (gssize) strlen (name) + 1);
      g_array_append_val (files, file);
    }
  gpo_scan_clear (scan);
  scan->files = files;
  scan->text = text;
}

void
gpo_scan_sort (GpoFolderScan *scan)
{
  guint n = scan->files->len;
  Place *places = g_new (Place, n);
  for (guint i = 0; i < n; i++)
    places[i] = (Place){ moment_of (gpo_scan_name (scan, i)), i };
  places = sort_by_moment (places, n);
  for (guint i = 0, next; i < n; i = next)
    {
      for (next = i + 1; next < n && places[next].moment == places[i].moment; next++)
        ;
      if (next - i > 1)
        g_qsort_with_data (places + i, (gint) (next - i), sizeof (Place), compare_places, scan);
    }
  arrange (scan, places, n);
  g_free (places);
}

/* Its index in the sorted files, by halving. G_MAXUINT: it is not there. */
guint
gpo_scan_find (const GpoFolderScan *scan, const char *base)
{
  GpoNameOrder wanted = gpo_name_order (base);
  guint low = 0, high = scan->files->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      GpoNameOrder here = gpo_name_order (gpo_scan_name (scan, middle));
      int order = gpo_name_order_compare (&here, &wanted);
      if (order == 0)
        return middle;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return G_MAXUINT;
}
