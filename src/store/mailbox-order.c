/* SPDX-License-Identifier: MIT */
/* mailbox-order.c: letters in the order of their delivery: by the moment that a file's name begins with, then
 * by the name.
 *
 * It is the order in which letters that nobody has given UIDs get theirs. A folder gives its files in no
 * order, and there may be a hundred thousand; so they are sorted by the digits of the moment, and only names
 * of the same moment are compared. And since letters come in this order, a table of letters that is kept in
 * it costs nothing to keep, and finds a name by halving. */
#include "store/mailbox-internal.h"
#include <string.h>

#define AHEAD 16
#define FRACTION_BITS 20 /* room for a million microseconds */

static const char *
take_number (const char *p, guint64 most, guint64 *number)
{
  *number = 0;
  for (; g_ascii_isdigit (*p); p++)
    *number = MIN (*number * 10 + (guint64) (*p - '0'), most);
  return p;
}

guint64
gpo_name_moment (const char *name)
{
  guint64 seconds, fraction = 0;
  const char *p = take_number (name, G_MAXUINT64 >> FRACTION_BITS, &seconds);
  if (p[0] == '.' && p[1] == 'M')
    take_number (p + 2, (1u << FRACTION_BITS) - 1, &fraction);
  return seconds << FRACTION_BITS | fraction;
}

/* --- sorting --- */

/* One digit of eight bits; those that are equal in it stay as they are. */
static void
sort_by_digit (const GpoPlace *from, GpoPlace *to, guint n, guint shift)
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

static void
sort_by_moment (GArray *places)
{
  guint n = places->len;
  GpoPlace *from = (GpoPlace *) (gpointer) places->data, *to = g_new (GpoPlace, n), *spare = to;
  guint64 differ = 0;
  for (guint i = 1; i < n; i++)
    differ |= from[i].moment ^ from[0].moment;
  for (guint shift = 0; shift < 64; shift += 8)
    if (differ >> shift & 255)
      {
        GpoPlace *sorted = to;
        sort_by_digit (from, to, n, shift);
        to = from;
        from = sorted;
      }
  if (from == spare && n > 0)
    memcpy (places->data, from, n * sizeof (GpoPlace));
  g_free (spare);
}

typedef struct
{
  GpoPlaceName name;
  gconstpointer owner;
} Names;

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  const Names *names = data;
  const GpoPlace *x = a, *y = b;
  int order = strcmp (names->name (names->owner, x->index), names->name (names->owner, y->index));
  return order ? order : x->index < y->index ? -1 : 1;
}

void
gpo_places_sort (GArray *places, GpoPlaceName name, gconstpointer owner)
{
  Names names = { name, owner };
  sort_by_moment (places);
  GpoPlace *place = (GpoPlace *) (gpointer) places->data;
  for (guint i = 0, next; i < places->len; i = next)
    {
      for (next = i + 1; next < places->len && place[next].moment == place[i].moment; next++)
        ;
      if (next - i > 1)
        g_qsort_with_data (place + i, (gint) (next - i), sizeof (GpoPlace), compare_names, &names);
    }
}

guint32
gpo_places_find (const GArray *places, GpoPlaceName name, gconstpointer owner, const char *wanted)
{
  guint64 moment = gpo_name_moment (wanted);
  guint low = 0, high = places->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const GpoPlace *place = &g_array_index (places, GpoPlace, middle);
      int order = place->moment < moment   ? -1
                  : place->moment > moment ? 1
                                           : strcmp (name (owner, place->index), wanted);
      if (order == 0)
        return place->index;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return GPO_NO_PLACE;
}

/* --- the files of a scan --- */

static const char *
found_name (gconstpointer scan, guint32 i)
{
  return gpo_scan_name (scan, i);
}

/* Whether the next one is the same letter, seen later: in new/ first, and then in cur/. */
static gboolean
is_earlier (const GpoFolderScan *scan, guint i)
{
  const GpoPlace *place = &g_array_index (scan->places, GpoPlace, i);
  return i + 1 < scan->places->len && place[0].moment == place[1].moment
         && strcmp (gpo_scan_name (scan, place[0].index), gpo_scan_name (scan, place[1].index)) == 0;
}

/* Files and names get into their order too, so that whoever goes through them finds one name behind the other
 * in memory. Where they lie now there is no order, so memory is asked for some before they are needed. */
void
gpo_scan_sort (GpoFolderScan *scan)
{
  gpo_places_sort (scan->places, found_name, scan);
  GArray *files = g_array_sized_new (FALSE, FALSE, sizeof (GpoFoundFile), scan->places->len);
  GString *text = g_string_sized_new (scan->text->len);
  for (guint i = 0; i < scan->places->len; i++)
    {
      GpoPlace *place = &g_array_index (scan->places, GpoPlace, i);
      if (i + AHEAD < scan->places->len)
        __builtin_prefetch (gpo_scan_name (scan, place[AHEAD].index));
      if (is_earlier (scan, i))
        continue;
      GpoFoundFile file = g_array_index (scan->files, GpoFoundFile, place->index);
      const char *name = scan->text->str + file.name;
      file.name = text->len;
      g_string_append_len (text, name, (gssize) strlen (name) + 1);
      g_array_index (scan->places, GpoPlace, files->len) = (GpoPlace){ place->moment, files->len };
      g_array_append_val (files, file);
    }
  g_array_set_size (scan->places, files->len);
  g_array_unref (scan->files);
  g_string_free (scan->text, TRUE);
  scan->files = files;
  scan->text = text;
}

guint32
gpo_scan_find (const GpoFolderScan *scan, const char *base)
{
  return gpo_places_find (scan->places, found_name, scan, base);
}

/* --- the letters of a folder --- */

static const char *
letter_name (gconstpointer folder, guint32 slot)
{
  return gpo_mailbox_message (&((const GpoFolder *) folder)->mailbox, slot)->file;
}

void
gpo_folder_place (GpoFolder *folder, guint32 slot)
{
  GpoPlace place = { gpo_name_moment (letter_name (folder, slot)), slot };
  if (folder->places->len)
    {
      const GpoPlace *last = &g_array_index (folder->places, GpoPlace, folder->places->len - 1);
      folder->misplaced |= place.moment < last->moment
                           || (place.moment == last->moment
                               && strcmp (letter_name (folder, slot), letter_name (folder, last->index)) < 0);
    }
  g_array_append_val (folder->places, place);
}

guint32
gpo_folder_find (GpoFolder *folder, const char *base)
{
  if (folder->misplaced)
    gpo_places_sort (folder->places, letter_name, folder);
  folder->misplaced = FALSE;
  return gpo_places_find (folder->places, letter_name, folder, base);
}
