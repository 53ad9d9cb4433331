/* SPDX-License-Identifier: MIT */
/* several.c: what a picture gains has higher numbers than all before, so only the new part is put in order.
 */
#include "several.h"
#include <string.h>

struct GpoSeveral
{
  GArray *numbers; /* guint32, ascending */
  GArray *taken;   /* guint: events taken of each */
  GArray *events;  /* guint32, ascending */
  GpoTrack track;  /* over `events` */
  guint64 length;  /* of the picture, when they were taken */
};

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return x < y ? -1 : x > y;
}

GpoSeveral *
gpo_several_new (const guint32 *numbers, guint n)
{
  GpoSeveral *several = g_new0 (GpoSeveral, 1);
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (guint32));
  several->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  several->taken = g_array_new (FALSE, TRUE, sizeof (guint));
  several->events = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (sorted, numbers, n);
  g_array_sort (sorted, by_number);
  for (guint i = 0; i < n; i++)
    if (i == 0 || g_array_index (sorted, guint32, i) != g_array_index (sorted, guint32, i - 1))
      g_array_append_val (several->numbers, g_array_index (sorted, guint32, i));
  g_array_set_size (several->taken, several->numbers->len);
  return several;
}

void
gpo_several_free (GpoSeveral *several)
{
  g_array_unref (several->numbers);
  g_array_unref (several->taken);
  g_array_unref (several->events);
  g_free (several);
}

const guint32 *
gpo_several_numbers (const GpoSeveral *several, guint *n)
{
  *n = several->numbers->len;
  return (const guint32 *) several->numbers->data;
}

gboolean
gpo_several_has (const GpoSeveral *several, guint32 session)
{
  return g_array_binary_search (several->numbers, &session, by_number, NULL);
}

gboolean
gpo_several_equal (const GpoSeveral *a, const GpoSeveral *b)
{
  if (!a || !b)
    return a == b;
  return a->numbers->len == b->numbers->len
         && memcmp (a->numbers->data, b->numbers->data, a->numbers->len * sizeof (guint32)) == 0;
}

const GpoTrack *
gpo_several_track (GpoSeveral *several, GpoPicture *picture)
{
  guint before = several->events->len;
  if (several->length == gpo_picture_length (picture))
    return &several->track;
  several->length = gpo_picture_length (picture);
  for (guint i = 0; i < several->numbers->len; i++)
    {
      guint *taken = &g_array_index (several->taken, guint, i);
      const GpoSessionTrack *session
          = gpo_picture_session_numbered (picture, g_array_index (several->numbers, guint32, i));
      if (!session || session->events.n == *taken)
        continue;
      g_array_append_vals (several->events, session->events.events + *taken, session->events.n - *taken);
      *taken = session->events.n;
    }
  if (several->events->len > before)
    qsort (&g_array_index (several->events, guint32, before), several->events->len - before, sizeof (guint32),
           by_number);
  several->track
      = (GpoTrack){ (guint32 *) several->events->data, several->events->len, several->events->len };
  return &several->track;
}
