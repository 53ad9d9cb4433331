/* SPDX-License-Identifier: MIT */
/* picture-letters.c: where one letter was at n, its newest envelope, its bytes. */
#include "replay/picture-private.h"
#include <string.h>

#define MOST_HOPS 32 /* hosts on a letter's way that are told apart */

guint
gpo_picture_n_letters (GpoPicture *picture)
{
  return picture->letters->len;
}

const GpoLetterTrack *
gpo_picture_letter (GpoPicture *picture, guint i)
{
  return i < picture->letters->len ? picture->letters->pdata[i] : NULL;
}

const GpoLetterTrack *
gpo_picture_letter_numbered (GpoPicture *picture, guint32 number)
{
  return g_hash_table_lookup (picture->letter_of, GUINT_TO_POINTER (number));
}

guint
gpo_picture_letters_until (GpoPicture *picture, guint64 n)
{
  return gpo_track_until (&picture->letter_births, n);
}

/* The newest envelope: from the last `from` event up to n, without recipients before it. */
static void
letter_envelope (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, GpoLetterAt *out)
{
  guint end = gpo_track_until (&letter->envelopes, n), begin = end;
  while (begin > 0)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->envelopes.events[--begin]);
      const char *action = event ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
      if (!action || strcmp (action, "from") == 0)
        break;
    }
  for (guint i = begin; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->envelopes.events[i]);
      if (!event)
        continue;
      const char *sender = gpo_event_text (event, GPO_FIELD_SENDER, NULL);
      const char *path = gpo_event_text (event, GPO_FIELD_RECIPIENT, NULL);
      if (sender)
        out->sender = sender;
      if (path)
        {
          GpoRecipientAt recipient = { path, letter->envelopes.events[i], 250 };
          g_array_append_val (out->recipients, recipient);
        }
    }
}

static const GpoEvent *
last_of (GpoPicture *picture, const GpoTrack *track, guint64 n, guint64 *number)
{
  guint i = gpo_track_until (track, n);
  *number = i ? track->events[i - 1] : 0;
  return i ? gpo_log_get (picture->log, track->events[i - 1]) : NULL;
}

/* What the queues know last of the letter. A host that handed it on hears so after the next one has had it,
 * and perhaps after that one gave it up: the last word is that of a host that still answers for it. NULL:
 * none. */
static const GpoEvent *
last_queued (GpoPicture *picture, const GpoTrack *track, guint64 n, guint64 *number)
{
  const GpoEvent *newest = last_of (picture, track, n, number);
  GpoSymbol gave[MOST_HOPS];
  guint n_gave = 0;
  for (guint i = gpo_track_until (track, n); i > 0 && n_gave < MOST_HOPS; i--)
    {
      const GpoEvent *event = gpo_log_get (picture->log, track->events[i - 1]);
      gboolean known = !event;
      for (guint k = 0; k < n_gave && !known; k++)
        known = gave[k] == event->host;
      if (known)
        continue;
      if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_STATE, NULL), "delivered") != 0)
        {
          *number = track->events[i - 1];
          return event;
        }
      gave[n_gave++] = event->host;
    }
  return newest;
}

void
gpo_picture_letter_at (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, GpoLetterAt *out)
{
  *out = (GpoLetterAt){ .whole = G_MAXUINT64, .size = -1 };
  out->recipients = g_array_new (FALSE, FALSE, sizeof (GpoRecipientAt));
  letter_envelope (picture, letter, n, out);
  if (gpo_track_until (&letter->letters, n) > 0)
    {
      out->whole = letter->letters.events[0];
      const GpoEvent *whole = gpo_log_get (picture->log, out->whole);
      if (whole)
        out->size = gpo_event_number (whole, GPO_FIELD_SIZE, -1);
    }
  guint64 at_mailbox, at_queue, at_any;
  const GpoEvent *mailbox = last_of (picture, &letter->mailboxes, n, &at_mailbox);
  const GpoEvent *queue = last_queued (picture, &letter->queue, n, &at_queue);
  const GpoEvent *any = last_of (picture, &letter->events, n, &at_any);
  /* the host that handed it on hears of that after it lies in the mailbox */
  const char *state = queue ? gpo_event_text (queue, GPO_FIELD_STATE, NULL) : NULL;
  if (mailbox && (!queue || at_mailbox > at_queue || g_strcmp0 (state, "delivered") == 0))
    {
      out->host = mailbox->host;
      out->place = "mailbox";
    }
  else if (queue)
    {
      out->host = queue->host;
      out->place = state;
    }
  else if (any)
    {
      out->host = any->host;
      out->place = "session";
    }
}

/* Undoes the dots of DATA; `line_start` carries over from piece to piece. */
static void
append_undotted (GByteArray *out, const char *bytes, gsize n, gboolean *line_start)
{
  for (const char *end = bytes + n; bytes < end;)
    {
      const char *lf = memchr (bytes, '\n', (gsize) (end - bytes));
      const char *next = lf ? lf + 1 : end;
      if (*line_start && *bytes == '.')
        bytes++;
      g_byte_array_append (out, (const guint8 *) bytes, (guint) (next - bytes));
      *line_start = lf && lf > bytes && lf[-1] == '\r';
      bytes = next;
    }
}

GBytes *
gpo_picture_letter_bytes (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, gsize limit)
{
  guint end = gpo_track_until (&letter->data, n);
  guint32 session = 0;
  gboolean line_start = TRUE, dots = TRUE;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  for (guint i = 0; i < end && (!limit || out->len < limit); i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->data.events[i]);
      if (!event)
        continue;
      if (out->len == 0)
        {
          session = event->session;
          dots = session != 0; /* a report is written by the office itself, without a wire */
        }
      else if (event->session != session)
        break; /* the same bytes again, at the next hop */
      g_autoptr (GBytes) bytes = gpo_log_content (picture->log, event);
      if (!bytes)
        continue;
      gsize size;
      const char *text = g_bytes_get_data (bytes, &size);
      if (dots)
        append_undotted (out, text, size, &line_start);
      else
        g_byte_array_append (out, (const guint8 *) text, (guint) size);
    }
  if (out->len == 0)
    return NULL;
  if (limit && out->len > limit)
    g_byte_array_set_size (out, (guint) limit);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
