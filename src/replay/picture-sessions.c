/* SPDX-License-Identifier: MIT */
/* picture-sessions.c: what one session was at n: its newest edges and marks, looked up backwards. */
#include "replay/picture-private.h"
#include <string.h>

guint
gpo_picture_n_sessions (GpoPicture *picture)
{
  return picture->sessions->len;
}

const GpoSessionTrack *
gpo_picture_session (GpoPicture *picture, guint i)
{
  return i < picture->sessions->len ? picture->sessions->pdata[i] : NULL;
}

const GpoSessionTrack *
gpo_picture_session_numbered (GpoPicture *picture, guint32 number)
{
  return g_hash_table_lookup (picture->session_of, GUINT_TO_POINTER (number));
}

guint
gpo_picture_sessions_until (GpoPicture *picture, guint64 n)
{
  return gpo_track_until (&picture->session_births, n);
}

static gboolean
is_client_machine (const GpoEvent *event)
{
  gsize length;
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, &length);
  return machine && length > 7 && strcmp (machine + length - 7, "-client") == 0;
}

/* Walks back over the session's edges for the newest state of each machine. */
static void
session_states (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  for (guint i = gpo_track_until (&session->edges, n); i > 0 && !(out->state && out->client_state); i--)
    {
      const GpoEvent *event = gpo_log_get (picture->log, session->edges.events[i - 1]);
      if (!event || (session->edges.n - i > 64 && out->state))
        break; /* a session that long has no client of ours */
      const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
      if (machine && strcmp (machine, "queue") == 0)
        continue;
      const char **state = is_client_machine (event) ? &out->client_state : &out->state;
      if (*state)
        continue;
      *state = gpo_event_text (event, GPO_FIELD_TO, NULL);
      if (state == &out->state)
        out->edge = session->edges.events[i - 1];
    }
}

/* Who logged in, whether it is encrypted, whether the gate holds it. */
static void
session_marks (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  gboolean hold_known = FALSE;
  for (guint i = gpo_track_until (&session->marks, n); i > 0; i--)
    {
      const GpoEvent *event = gpo_log_get (picture->log, session->marks.events[i - 1]);
      if (!event || session->marks.n - i > GPO_PICTURE_LOOK_BACK)
        break;
      const char *result = gpo_event_text (event, GPO_FIELD_RESULT, NULL);
      const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
      gboolean ok = g_strcmp0 (result, "ok") == 0;
      if (event->kind == GPO_KIND_AUTH && ok && !out->person)
        out->person = gpo_event_text (event, GPO_FIELD_PERSON, NULL);
      else if (event->kind == GPO_KIND_TLS && ok)
        out->tls = TRUE;
      else if (event->kind == GPO_KIND_HOLD && !hold_known)
        {
          out->held = g_strcmp0 (action, "hold") == 0;
          hold_known = TRUE;
        }
    }
}

void
gpo_picture_session_at (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  *out = (GpoSessionAt){ .edge = G_MAXUINT64 };
  out->open = session->opened <= n && session->closed > n;
  session_states (picture, session, n, out);
  session_marks (picture, session, n, out);
  guint last = gpo_track_until (&session->events, n);
  const GpoEvent *event = last ? gpo_log_get (picture->log, session->events.events[last - 1]) : NULL;
  out->letter = event ? event->letter : 0;
  guint edges = session->protocol == GPO_PROTOCOL_IMAP ? gpo_track_until (&session->edges, n) : 0;
  for (guint i = edges; i > 0 && edges - i < GPO_PICTURE_LOOK_BACK && !out->mailbox; i--)
    {
      event = gpo_log_get (picture->log, session->edges.events[i - 1]);
      out->mailbox = event ? gpo_event_text (event, GPO_FIELD_MAILBOX, NULL) : NULL;
    }
}
