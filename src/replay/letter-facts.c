/* SPDX-License-Identifier: MIT */
/* letter-facts.c: gathering what the trace says of one letter. */
#include "replay/letter-facts.h"
#include "letter/anatomy.h"
#include "letter/mime.h"
#include <string.h>

/* --- freeing --- */

static void
said_free (gpointer data)
{
  GpoSaid *said = data;
  g_free (said->verb);
  g_free (said->path);
  g_free (said->reply);
  g_free (said);
}

static void
hop_free (gpointer data)
{
  GpoHop *hop = data;
  g_ptr_array_unref (hop->said);
  g_free (hop);
}

static void
field_free (gpointer data)
{
  GpoFieldFact *field = data;
  g_free (field->name);
  g_free (field->raw);
  g_free (field->text);
  g_free (field);
}

static void
part_free (gpointer data)
{
  GpoPartFact *part = data;
  g_free (part->type);
  g_free (part->encoding);
  g_free (part->filename);
  g_free (part);
}

void
gpo_letter_facts_free (GpoLetterFacts *facts)
{
  g_free (facts->place);
  g_free (facts->host);
  g_free (facts->mailbox);
  g_ptr_array_unref (facts->hops);
  g_ptr_array_unref (facts->fields);
  g_ptr_array_unref (facts->parts);
  g_free (facts->body);
  g_free (facts->raw_body);
  g_free (facts);
}

/* --- the envelope --- */

static GpoHop *
hop_of (GpoLetterFacts *facts, GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  for (guint i = facts->hops->len; i > 0; i--)
    {
      GpoHop *hop = facts->hops->pdata[i - 1];
      if (hop->session == event->session)
        return hop;
    }
  const GpoSessionTrack *session = gpo_picture_session_numbered (picture, event->session);
  GpoHop *hop = g_new0 (GpoHop, 1);
  hop->session = event->session;
  hop->host = event->host;
  hop->caller = session ? session->caller : 0;
  hop->first = n;
  hop->said = g_ptr_array_new_with_free_func (said_free);
  g_ptr_array_add (facts->hops, hop);
  return hop;
}

/* MAIL and RCPT as the server's machine took them, with its answer. */
static void
gather_edge (GpoLetterFacts *facts, GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
  if (g_strcmp0 (machine, "smtp-server") != 0 || !verb || !event->session)
    return;
  gboolean mail = strcmp (verb, "MAIL") == 0;
  if (!mail && strcmp (verb, "RCPT") != 0)
    return;
  GpoHop *hop = hop_of (facts, picture, event, n);
  const char *path = gpo_event_text (event, mail ? GPO_FIELD_SENDER : GPO_FIELD_RECIPIENT, NULL);
  GpoSaid *said = g_new0 (GpoSaid, 1);
  said->verb = g_strdup (verb);
  said->path = path ? g_utf8_make_valid (path, -1) : NULL;
  said->reply = g_strdup (gpo_event_text (event, GPO_FIELD_REPLY, NULL));
  said->code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  said->event = n;
  g_ptr_array_add (hop->said, said);
}

static void
gather_envelope (GpoLetterFacts *facts, GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  GpoLog *log = gpo_picture_log (picture);
  guint end = gpo_track_until (&letter->events, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (log, letter->events.events[i]);
      if (event && event->kind == GPO_KIND_EDGE)
        gather_edge (facts, picture, event, letter->events.events[i]);
    }
}

/* --- the header --- */

/* Names that standards give to fields of mail (RFC 5322 §3.6, RFC 2045 §3, RFC 3834 §5, and lists). */
static const char *const known[] = { "Received",
                                     "Return-Path",
                                     "Date",
                                     "From",
                                     "Sender",
                                     "Reply-To",
                                     "To",
                                     "Cc",
                                     "Bcc",
                                     "Message-ID",
                                     "In-Reply-To",
                                     "References",
                                     "Subject",
                                     "Comments",
                                     "Keywords",
                                     "Resent-Date",
                                     "Resent-From",
                                     "Resent-Sender",
                                     "Resent-To",
                                     "Resent-Cc",
                                     "Resent-Bcc",
                                     "Resent-Message-ID",
                                     "MIME-Version",
                                     "Content-Type",
                                     "Content-Transfer-Encoding",
                                     "Content-ID",
                                     "Content-Description",
                                     "Content-Disposition",
                                     "Content-Language",
                                     "Auto-Submitted",
                                     "List-Id",
                                     "List-Post",
                                     "List-Help",
                                     "List-Unsubscribe",
                                     "List-Subscribe",
                                     "List-Archive",
                                     "List-Owner",
                                     "Precedence",
                                     "DKIM-Signature",
                                     "Authentication-Results",
                                     "Delivered-To",
                                     NULL };

static gboolean
is_known (const char *name)
{
  for (const char *const *p = known; *p; p++)
    if (g_ascii_strcasecmp (*p, name) == 0)
      return TRUE;
  return FALSE;
}

static void
gather_fields (GpoLetterFacts *facts, const char *bytes, gsize length, GpoSymbol added_by, guint64 event)
{
  GpoHeaderField field;
  for (gsize at = 0; gpo_header_next (bytes, length, &at, &field);)
    {
      GpoFieldFact *fact = g_new0 (GpoFieldFact, 1);
      gsize n = field.value.length;
      const char *value = bytes + field.value.start;
      while (n && (value[n - 1] == '\n' || value[n - 1] == '\r'))
        n--;
      fact->name = g_utf8_make_valid (bytes + field.name.start, (gssize) field.name.length);
      fact->raw = g_utf8_make_valid (value, (gssize) n);
      fact->text = g_strdelimit (gpo_header_decode (value, n), "\t", ' ');
      fact->added_by = added_by;
      fact->own = !is_known (fact->name);
      fact->event = event;
      g_ptr_array_add (facts->fields, fact);
    }
}

/* The newest host's fields stand on top. */
static void
gather_added (GpoLetterFacts *facts, GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  for (guint i = gpo_track_until (&letter->letters, n); i > 0; i--)
    {
      guint64 number = letter->letters.events[i - 1];
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), number);
      gsize length;
      const char *added = event ? gpo_event_text (event, GPO_FIELD_ADDED, &length) : NULL;
      if (added)
        gather_fields (facts, added, length, event->host, number);
    }
}

/* --- the data --- */

static char *
span_dup (const char *bytes, GpoSpan span)
{
  return g_utf8_make_valid (bytes + span.start, (gssize) span.length);
}

static char *
part_type (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoSpan word, sub;
  if (!part->type.length)
    return g_strdup (part->digest ? "message/rfc822" : "text/plain");
  gpo_content_words (anatomy->bytes, part->type, &word, &sub);
  g_autofree char *a = span_dup (anatomy->bytes, word), *b = span_dup (anatomy->bytes, sub);
  return g_strdup_printf ("%s/%s", a, b);
}

static void
gather_parts (GpoLetterFacts *facts, const GpoAnatomy *anatomy)
{
  const GpoPart *readable = NULL;
  for (guint i = 0; i < anatomy->n_parts; i++)
    {
      const GpoPart *part = &anatomy->parts[i];
      GpoPartFact *fact = g_new0 (GpoPartFact, 1);
      fact->depth = part->depth;
      fact->type = part_type (anatomy, part);
      fact->encoding = part->encoding.length ? span_dup (anatomy->bytes, part->encoding) : g_strdup ("7bit");
      fact->filename = gpo_part_filename (anatomy, part);
      fact->size = (gint64) part->body.length;
      g_ptr_array_add (facts->parts, fact);
      if (!readable && part->kind == GPO_PART_LEAF && !fact->filename
          && gpo_part_is (anatomy, part, "text", NULL))
        readable = part;
    }
  if (!readable)
    return;
  gsize length;
  facts->body = gpo_part_text (anatomy, readable, &length);
  if (length > GPO_BODY_SHOWN)
    {
      char *end = g_utf8_find_prev_char (facts->body, facts->body + GPO_BODY_SHOWN);
      *(end ? end : facts->body) = 0;
      facts->cut = TRUE;
    }
}

static void
gather_content (GpoLetterFacts *facts, GBytes *content, guint64 event)
{
  gsize length;
  const char *bytes = g_bytes_get_data (content, &length);
  GpoSpan header = gpo_header_span (bytes, length);
  gsize body = GPO_SPAN_END (header), shown = MIN (length - body, GPO_BODY_SHOWN);
  gather_fields (facts, bytes, header.length, 0, event);
  facts->body_size = (gint64) (length - body);
  facts->raw_body = g_utf8_make_valid (bytes + body, (gssize) shown);
  facts->cut |= shown < length - body;
  g_auto (GpoAnatomy) anatomy;
  gpo_anatomy_init (&anatomy, bytes, length);
  gather_parts (facts, &anatomy);
}

/* The bytes as the first client sent them; a report of the office itself has only its header. */
static void
gather_letter (GpoLetterFacts *facts, GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  g_autoptr (GBytes) content = gpo_picture_letter_bytes (picture, letter, n, 0);
  if (content)
    {
      if (facts->size < 0)
        facts->size = (gint64) g_bytes_get_size (content);
      gather_content (facts, content, letter->data.events[0]);
      return;
    }
  if (gpo_track_until (&letter->letters, n) == 0)
    return;
  gsize length;
  const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), letter->letters.events[0]);
  const char *header = event ? gpo_event_text (event, GPO_FIELD_HEADER, &length) : NULL;
  if (header)
    gather_fields (facts, header, length, 0, letter->letters.events[0]);
}

/* --- where envelope and header disagree --- */

static gboolean
names (const GpoLetterFacts *facts, const char *path, const char *one, const char *other)
{
  g_autofree char *wanted = g_utf8_casefold (path, -1);
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (g_ascii_strcasecmp (field->name, one) != 0 && g_ascii_strcasecmp (field->name, other) != 0)
        continue;
      g_autofree char *text = g_utf8_casefold (field->text, -1);
      if (strstr (text, wanted))
        return TRUE;
    }
  return FALSE;
}

static void
compare (GpoLetterFacts *facts)
{
  for (guint i = 0; i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      for (guint j = 0; j < hop->said->len; j++)
        {
          GpoSaid *said = hop->said->pdata[j];
          gboolean mail = strcmp (said->verb, "MAIL") == 0;
          said->in_header = said->path && *said->path
                            && names (facts, said->path, mail ? "From" : "To", mail ? "Sender" : "Cc");
        }
    }
}

GpoLetterFacts *
gpo_letter_facts_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  GpoLetterFacts *facts = g_new0 (GpoLetterFacts, 1);
  GpoLetterAt at;
  gpo_picture_letter_at (picture, letter, n, &at);
  g_array_unref (at.recipients);
  facts->number = letter->number;
  facts->place = g_strdup (at.place);
  facts->host = at.host ? g_strdup (gpo_symbol_name (at.host)) : NULL;
  facts->whole = at.whole != G_MAXUINT64;
  facts->size = at.size;
  facts->hops = g_ptr_array_new_with_free_func (hop_free);
  facts->fields = g_ptr_array_new_with_free_func (field_free);
  facts->parts = g_ptr_array_new_with_free_func (part_free);
  guint mailboxes = gpo_track_until (&letter->mailboxes, n);
  const GpoEvent *mailbox
      = mailboxes ? gpo_log_get (gpo_picture_log (picture), letter->mailboxes.events[mailboxes - 1]) : NULL;
  if (mailbox)
    facts->mailbox = g_strdup (gpo_event_text (mailbox, GPO_FIELD_MAILBOX, NULL));
  gather_envelope (facts, picture, letter, n);
  gather_added (facts, picture, letter, n);
  gather_letter (facts, picture, letter, n);
  compare (facts);
  return facts;
}

const char *
gpo_letter_facts_field (const GpoLetterFacts *facts, const char *name)
{
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field->text;
    }
  return NULL;
}
