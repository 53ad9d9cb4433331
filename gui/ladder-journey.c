/* SPDX-License-Identifier: MIT */
/* ladder-journey.c: sessions may carry several letters; each gets its own part. The first one of a session
 * also gets what was said before. */
#include "ladder-journey.h"
#include <string.h>

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return x < y ? -1 : x > y;
}

static const GpoEvent *
event_at (GpoPicture *picture, const GpoTrack *track, guint i)
{
  return gpo_log_get (gpo_picture_log (picture), track->events[i]);
}

/* Where the letter's part begins: behind the last event that names another letter, at its MAIL; or with the
 * session. */
static guint
part_begins (GpoPicture *picture, const GpoSessionTrack *session, guint first, guint32 letter)
{
  guint begin = first;
  for (guint i = first; i > 0; i--)
    {
      const GpoEvent *event = event_at (picture, &session->events, i - 1);
      if (!event || (event->letter && event->letter != letter))
        return begin;
      const char *verb = event->kind == GPO_KIND_LINE ? gpo_event_text (event, GPO_FIELD_VERB, NULL) : NULL;
      if (verb && strcmp (verb, "MAIL") == 0)
        begin = i - 1;
      if (i - 1 == 0)
        return 0;
    }
  return begin;
}

static void
add_session (GpoPicture *picture, const GpoSessionTrack *session, const GpoLetterTrack *letter, GArray *out)
{
  guint first = G_MAXUINT, last = 0;
  for (guint i = gpo_track_until (&session->events, letter->first ? letter->first - 1 : 0);
       i < session->events.n; i++)
    {
      const GpoEvent *event = event_at (picture, &session->events, i);
      if (!event || event->letter != letter->number)
        continue;
      first = MIN (first, i);
      last = i;
    }
  if (first == G_MAXUINT)
    return;
  for (guint i = part_begins (picture, session, first, letter->number); i <= last; i++)
    {
      const GpoEvent *event = event_at (picture, &session->events, i);
      if (event && event->letter != letter->number)
        g_array_append_val (out, session->events.events[i]);
    }
}

GArray *
gpo_ladder_journey (GpoPicture *picture, const GpoLetterTrack *letter)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GHashTable) sessions = g_hash_table_new (NULL, NULL);
  g_array_append_vals (out, letter->events.events, letter->events.n);
  for (guint i = 0; i < letter->events.n; i++)
    {
      const GpoEvent *event = event_at (picture, &letter->events, i);
      const GpoSessionTrack *session
          = event && event->session ? gpo_picture_session_numbered (picture, event->session) : NULL;
      if (session && g_hash_table_add (sessions, GUINT_TO_POINTER (event->session)))
        add_session (picture, session, letter, out);
    }
  g_array_sort (out, by_number);
  return out;
}
