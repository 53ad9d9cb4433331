/* SPDX-License-Identifier: MIT */
/* observer-letter.c: the letters an observer sees pass, and who logs in.
 *
 * A letter gets a number at MAIL. One that was seen before (its Message-ID is the same: a copy at the next
 * hop, a letter that is read) is recognised: `was` names the number it had, and what is read carries that
 * number. */
#include "letter/anatomy.h"
#include "protocol/sasl.h"
#include "replay/observer-private.h"
#include <string.h>

/* A header longer than this is not looked at to its end. */
#define HEADER_MAX (64 * 1024)
/* Letters recognised later; a record of many more forgets the oldest by beginning anew. */
#define KNOWN_MAX 100000

void
gpo_observed_begin_letter (GpoObserved *o)
{
  gpo_observed_forget_letter (o);
  if (!o->sender)
    o->sender = g_string_new (NULL);
  if (!o->header)
    o->header = g_string_new (NULL);
  GpoObserver *observer = o->observer;
  o->letter = observer->next ? observer->next (observer->next_data) : ++observer->letters;
  o->has_sender = TRUE;
}

void
gpo_observed_forget_letter (GpoObserved *o)
{
  o->letter = 0;
  o->has_sender = o->header_done = FALSE;
  o->recipients = 0;
  o->client.offset = o->client.stuffed = 0;
  if (o->header)
    g_string_truncate (o->header, 0);
}

void
gpo_observed_letter_bytes (GpoObserved *o, const char *bytes, gsize n)
{
  if (!bytes || !o->header || o->header_done || !o->has_sender)
    return;
  gsize before = o->header->len;
  g_string_append_len (o->header, bytes, (gssize) MIN (n, HEADER_MAX - MIN (before, HEADER_MAX)));
  const char *start = o->header->str + (before > 3 ? before - 3 : 0);
  o->header_done = o->header->len >= HEADER_MAX || strstr (start, "\r\n\r\n") || strstr (start, "\n\n")
                   || g_str_has_prefix (o->header->str, "\r\n");
}

/* The Message-ID in a header, or NULL. The caller frees. */
static char *
message_id (const char *bytes, gsize n)
{
  GpoHeaderField field;
  GpoSpan header = gpo_header_span (bytes, n);
  if (!gpo_header_find (bytes, header, "Message-ID", &field))
    return NULL;
  GpoSpan value = gpo_span_trim (bytes, field.value);
  return value.length > 2 && value.length < 1000 ? g_strndup (bytes + value.start, value.length) : NULL;
}

void
gpo_observed_letter_taken (GpoObserved *o, guint64 size, guint64 cause)
{
  GpoEventBuilder b;
  const char *header = o->header ? o->header->str : "";
  gsize length = o->header ? o->header->len : 0;
  GpoSpan span = gpo_header_span (header, length);
  g_autofree char *id = message_id (header, length);
  GHashTable *known = o->observer->known;
  guint32 was = id ? GPOINTER_TO_UINT (g_hash_table_lookup (known, id)) : 0;
  gpo_observed_event (o, &b, GPO_KIND_LETTER);
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) size);
  if (o->sender)
    gpo_event_add_text (&b, GPO_FIELD_SENDER, o->sender->str, (gssize) o->sender->len);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, o->recipients);
  if (span.length)
    gpo_event_add_text (&b, GPO_FIELD_HEADER, header, (gssize) span.length);
  if (was && was != o->letter)
    gpo_event_add_number (&b, GPO_FIELD_WAS, was);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  gpo_log_append (o->log, &b);
  if (g_hash_table_size (known) >= KNOWN_MAX)
    g_hash_table_remove_all (known);
  if (id && !was)
    g_hash_table_insert (known, g_steal_pointer (&id), GUINT_TO_POINTER (o->letter));
}

void
gpo_observed_recognise (GpoObserved *o, const char *bytes, gsize n)
{
  g_autofree char *id = message_id (bytes, MIN (n, HEADER_MAX));
  o->letter = id ? GPOINTER_TO_UINT (g_hash_table_lookup (o->observer->known, id)) : 0;
}

/* --- who logs in --- */

void
gpo_observed_auth_begin (GpoObserved *o, const char *argument, gsize n)
{
  const char *space = n ? memchr (argument, ' ', n) : NULL;
  gsize length = space ? (gsize) (space - argument) : n;
  gsize kept = MIN (length, sizeof o->mechanism - 1);
  for (gsize i = 0; i < kept; i++)
    o->mechanism[i] = g_ascii_toupper (argument[i]);
  o->mechanism[kept] = 0;
  g_clear_pointer (&o->person, g_free);
  if (space)
    gpo_observed_auth_line (o, space + 1, n - length - 1);
}

/* The name in what a mechanism's client says first. RFC 4616 §2, RFC 2195, RFC 5802 §5; LOGIN says it alone.
 */
static char *
person_in (const char *mechanism, const char *said, gsize n)
{
  const char *from = said, *end = said + n, *stop = NULL;
  if (strcmp (mechanism, "PLAIN") == 0)
    {
      from = memchr (said, 0, n);
      from = from ? from + 1 : said;
      stop = memchr (from, 0, (gsize) (end - from));
    }
  else if (strcmp (mechanism, "CRAM-MD5") == 0)
    stop = memrchr (said, ' ', n);
  else if (g_str_has_prefix (mechanism, "SCRAM-"))
    {
      const char *name = g_strstr_len (said, (gssize) n, "n=");
      from = name ? name + 2 : end;
      stop = memchr (from, ',', (gsize) (end - from));
    }
  return g_strndup (from, (gsize) ((stop ? stop : end) - from));
}

void
gpo_observed_auth_line (GpoObserved *o, const char *line, gsize n)
{
  if (o->person || n == 0 || n > 4096 || (n == 1 && (*line == '*' || *line == '=')))
    return;
  gsize length = 0;
  g_autofree char *text = g_strndup (line, n);
  g_autofree guchar *said = g_base64_decode (text, &length);
  if (said && length)
    o->person = person_in (o->mechanism, (const char *) said, length);
}

void
gpo_observed_auth_end (GpoObserved *o, const char *mechanism, gboolean good, guint64 cause)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, mechanism ? mechanism : o->mechanism, -1);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, o->person, -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, good ? "ok" : "failed", -1);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  gpo_log_append (o->log, &b);
  g_clear_pointer (&o->person, g_free);
}
