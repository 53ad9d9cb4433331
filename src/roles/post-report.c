/* SPDX-License-Identifier: MIT */
/* post-report.c: reports to a letter's sender: letters of our own, which go the way of all others.
 *
 * What a report says and when one is due is letter/bounce.h. */
#include "letter/bounce.h"
#include "roles/post.h"

static void
report_done (const GError *error, gpointer data)
{
  GpoPost *post = data;
  if (!error)
    return;
  GpoEventBuilder b;
  g_autofree char *text = g_strdup_printf ("a report could not be stored: %s", error->message);
  gpo_post_event (post, &b, GPO_KIND_NOTE, 0);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_log_append (post->office->log, &b);
}

guint
gpo_post_report (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length)
{
  return gpo_post_report_then (post, envelope, kind, letter, length, report_done, post);
}

guint
gpo_post_report_then (GpoPost *post, GpoEnvelope *envelope, int kind, const char *letter, gsize length,
                      GpoDeliveredFunc done, gpointer user_data)
{
  g_autoptr (GArray) wanted = gpo_bounce_wanted (envelope, (GpoBounceKind) kind);
  if (wanted->len == 0)
    return 0;
  guint32 number = gpo_store_next_letter (post->office->store);
  g_autofree char *id = gpo_spool_make_id (number);
  gint64 now = gpo_clock_wall (post->office->clock);
  GpoBounce bounce = { .kind = (GpoBounceKind) kind,
                       .host = post->host->domain,
                       .id = id,
                       .now = now,
                       .give_up = envelope->arrived + post->host->world->retry.give_up,
                       .envelope = envelope,
                       .recipients = wanted,
                       .letter = letter,
                       .length = length };
  GpoEnvelope *to = NULL;
  g_autoptr (GBytes) bytes = gpo_bounce_write (&bounce, &to);
  for (guint i = 0; i < wanted->len; i++)
    {
      GpoRecipient *recipient = gpo_envelope_recipient (envelope, g_array_index (wanted, guint, i));
      if (kind == GPO_BOUNCE_DELAYED)
        recipient->warned = TRUE;
      else
        recipient->reported = TRUE;
    }
  to->letter = number;
  g_free (to->id);
  to->id = g_steal_pointer (&id);
  to->arrived = now;
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);
  /* Recorded like any other content, so that the trace holds it once. */
  GpoEventBuilder b;
  gpo_post_event (post, &b, GPO_KIND_DATA, number);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, post->host->symbol);
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, 0);
  gpo_log_append_data (post->office->log, &b, text, n, FALSE);
  const char *end = g_strstr_len (text, (gssize) n, "\r\n\r\n");
  gpo_post_event (post, &b, GPO_KIND_NOTE, number);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, "a report to the sender was written", -1);
  gpo_event_add_number (&b, GPO_FIELD_WAS, envelope->letter);
  gpo_log_append (post->office->log, &b);
  GpoArrival arrival = { .incoming = gpo_incoming_new (post->office->store, number),
                         .envelope = to,
                         .header = g_string_new_len (text, end ? end + 4 - text : (gssize) n),
                         .size = n };
  gpo_incoming_write (arrival.incoming, text, n);
  gpo_post_deliver (post, &arrival, NULL, done, user_data);
  return wanted->len;
}
