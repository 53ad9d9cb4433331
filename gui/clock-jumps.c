/* SPDX-License-Identifier: MIT */
/* clock-jumps.c: one look at each event, kept for all who ask later. */
#include "clock-jumps.h"

typedef struct
{
  GArray *events; /* guint32 */
  GpoTrack track; /* over them */
  guint64 seen;
} Jumps;

static void
jumps_free (gpointer data)
{
  g_array_unref (((Jumps *) data)->events);
  g_free (data);
}

const GpoTrack *
gpo_clock_jumps_of (GpoCursor *cursor)
{
  GpoLog *log = gpo_cursor_get_log (cursor);
  Jumps *jumps = g_object_get_data (G_OBJECT (cursor), "clock-jumps");
  if (!jumps)
    {
      jumps = g_new0 (Jumps, 1);
      jumps->events = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_object_set_data_full (G_OBJECT (cursor), "clock-jumps", jumps, jumps_free);
    }
  jumps->seen = MAX (jumps->seen, gpo_log_first (log));
  for (guint64 length = gpo_cursor_get_length (cursor); jumps->seen < length; jumps->seen++)
    {
      const GpoEvent *event = gpo_log_get (log, jumps->seen);
      guint32 n = (guint32) jumps->seen;
      if (event && event->kind == GPO_KIND_CLOCK)
        g_array_append_val (jumps->events, n);
    }
  jumps->track = (GpoTrack){ (guint32 *) jumps->events->data, jumps->events->len, jumps->events->len };
  return &jumps->track;
}
