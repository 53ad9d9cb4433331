/* SPDX-License-Identifier: MIT */
/* letter-facts.c: gathering what the trace says of one letter: where it is, its envelope, its bytes.
 *
 * Who calls it: the letter card and the letter view of the window, `glasspost show --letter`. */
#include "replay/letter-facts.h"
#include "letter/anatomy.h"
#include <string.h>

/* --- freeing --- */

static void
said_free (gpointer data)
{
  GpoSaid *said = data;
  g_free (said->verb);
  g_free (said->path);
  g_free (said->reply);
  g_free (said->was);
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
  g_free (part->charset);
  g_free (part->filename);
  g_free (part);
}

static void
difference_free (gpointer data)
{
  GpoDifference *difference = data;
  g_free (difference->path);
  g_free (difference);
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
  g_ptr_array_unref (facts->differences);
  g_ptr_array_unref (facts->transfers);
  if (facts->bytes)
    gpo_anatomy_clear (&facts->anatomy);
  g_clear_pointer (&facts->bytes, gpo_letter_bytes_free);
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

/* The address as it was typed, where the server did not come to read it. NULL: the line has none. */
static char *
typed_path (GpoLog *log, const GpoEvent *edge)
{
  gint64 cause = gpo_event_number (edge, GPO_FIELD_CAUSE, -1);
  const GpoEvent *line = cause >= 0 ? gpo_log_get (log, (guint64) cause) : NULL;
  const char *text = line && line->kind == GPO_KIND_LINE ? gpo_event_text (line, GPO_FIELD_TEXT, NULL) : NULL;
  const char *begin = text ? strchr (text, '<') : NULL, *end = begin ? strchr (begin, '>') : NULL;
  g_autofree char *path = end ? g_strndup (begin + 1, (gsize) (end - begin - 1)) : NULL;
  return path ? g_utf8_make_valid (path, -1) : NULL;
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
  said->path = path ? g_utf8_make_valid (path, -1) : typed_path (gpo_picture_log (picture), event);
  said->reply = g_strdup (gpo_event_text (event, GPO_FIELD_REPLY, NULL));
  said->code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  said->event = n;
  g_ptr_array_add (hop->said, said);
}

/* The command whose answer this is about: both have the same cause, or an edit tells the answer it replaces.
 */
static GpoSaid *
answer_meant (GpoLetterFacts *facts, GpoLog *log, const GpoEvent *event)
{
  gint64 cause = gpo_event_number (event, GPO_FIELD_CAUSE, -1);
  const char *was = gpo_event_text (event, GPO_FIELD_WAS, NULL);
  for (guint i = 0; i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      for (guint j = hop->session == event->session ? hop->said->len : 0; j > 0; j--)
        {
          GpoSaid *said = hop->said->pdata[j - 1];
          const GpoEvent *edge = gpo_log_get (log, said->event);
          gint64 of = edge ? gpo_event_number (edge, GPO_FIELD_CAUSE, -2) : -2;
          if (of == cause || (was && g_strcmp0 (was, said->reply) == 0))
            return said;
        }
    }
  return NULL;
}

/* Another answer in place of the server's; NULL: none at all. */
static void
replace_answer (GpoSaid *said, const char *text)
{
  g_free (said->was);
  said->was = g_steal_pointer (&said->reply);
  said->reply = text ? g_strndup (text, strcspn (text, "\r\n")) : NULL;
  said->code = text ? g_ascii_strtoll (text, NULL, 10) : 0;
  said->held = FALSE;
}

/* What the client hears is not always what the server decided: the gate holds it, somebody edits it, a fault
 * takes its place. */
static void
gather_gate (GpoLetterFacts *facts, GpoLog *log, const GpoEvent *event)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL),
             *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  GpoSaid *said = answer_meant (facts, log, event);
  if (!said || !action || g_strcmp0 (from, "client") == 0)
    return;
  if (strcmp (action, "hold") == 0)
    said->held = TRUE;
  else if (strcmp (action, "release") == 0)
    said->held = FALSE;
  else if (strcmp (action, "edit") == 0)
    replace_answer (said, gpo_event_text (event, GPO_FIELD_TEXT, NULL));
  else if (event->kind == GPO_KIND_FAULT && g_str_has_prefix (action, "reply "))
    replace_answer (said, action + strlen ("reply "));
  else if (strcmp (action, "drop") == 0)
    replace_answer (said, NULL);
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
      else if (event && (event->kind == GPO_KIND_HOLD || event->kind == GPO_KIND_FAULT))
        gather_gate (facts, log, event);
    }
}

/* --- the bytes --- */

static gint
newest_transfer (const GPtrArray *transfers)
{
  for (guint i = transfers->len; i > 0; i--)
    if (((const GpoTransfer *) transfers->pdata[i - 1])->whole != G_MAXUINT64)
      return (gint) i - 1;
  return (gint) transfers->len - 1;
}

static void
gather_bytes (GpoLetterFacts *facts, GpoPicture *picture, gint wanted, gsize limit)
{
  gint newest = newest_transfer (facts->transfers);
  facts->transfer = wanted < 0 || wanted >= (gint) facts->transfers->len ? newest : wanted;
  if (facts->transfer < 0)
    return;
  facts->bytes = gpo_letter_bytes_new (picture, facts->transfers, (guint) facts->transfer, limit);
  gsize length, received;
  const char *stored = g_bytes_get_data (facts->bytes->stored, &length);
  gpo_anatomy_init (&facts->anatomy, stored, length);
  received = length - facts->bytes->added;
  if (facts->transfer == 0 && facts->size < 0 && !facts->bytes->cut)
    facts->size = (gint64) received;
  else if (facts->size < 0)
    facts->size = (gint64) ((const GpoTransfer *) facts->transfers->pdata[0])->wire;
}

/* A `letter` event has the header even where the trace does not hold the bytes. */
static void
gather_letter_event (GpoLetterFacts *facts, GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  for (guint i = gpo_track_until (&letter->letters, n); i > 0; i--)
    {
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), letter->letters.events[i - 1]);
      gsize n_added = 0, n_header = 0;
      const char *added = event ? gpo_event_text (event, GPO_FIELD_ADDED, &n_added) : NULL;
      const char *header = event ? gpo_event_text (event, GPO_FIELD_HEADER, &n_header) : NULL;
      if (!header)
        continue;
      g_autoptr (GString) whole = g_string_new_len (added, added ? (gssize) n_added : 0);
      g_string_append_len (whole, header, (gssize) n_header);
      gpo_letter_facts_gather_fields (facts, whole->str, whole->len);
      return;
    }
}

static void
gather_content (GpoLetterFacts *facts, GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  gsize length;
  const char *stored = gpo_letter_facts_stored (facts, &length);
  if (!stored || (length == 0 && facts->bytes->lost) || length == facts->bytes->added)
    {
      gather_letter_event (facts, picture, letter, n);
      return;
    }
  facts->header = gpo_header_span (stored, length);
  gsize body = GPO_SPAN_END (facts->header);
  facts->header_ended = body >= 1 && stored[body - 1] == '\n'
                        && (body == 1 || stored[body - 2] == '\n'
                            || (stored[body - 2] == '\r' && (body == 2 || stored[body - 3] == '\n')));
  gpo_letter_facts_gather_fields (facts, stored, facts->header.length);
  if (body < length || facts->header_ended)
    gpo_letter_facts_gather_parts (facts);
}

/* --- the whole --- */

/* A letter of this trace is first spoken of when its envelope is told, when it is appended, or when the
 * office writes it. What is first seen in a queue, in a mailbox or in an answer was there before. */
static gboolean
is_older (GpoPicture *picture, const GpoLetterTrack *letter)
{
  const GpoEvent *first
      = letter->events.n ? gpo_log_get (gpo_picture_log (picture), letter->events.events[0]) : NULL;
  if (!first || first->kind == GPO_KIND_EDGE)
    return FALSE;
  const char *action = gpo_event_text (first, GPO_FIELD_ACTION, NULL);
  if (first->kind == GPO_KIND_MAILBOX)
    return g_strcmp0 (action, "deliver") != 0 && g_strcmp0 (action, "add") != 0;
  return first->kind == GPO_KIND_QUEUE || first->protocol == GPO_PROTOCOL_IMAP
         || first->protocol == GPO_PROTOCOL_POP3;
}

GpoLetterFacts *
gpo_letter_facts_new_at (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, gint transfer,
                         gsize limit)
{
  GpoLetterFacts *facts = g_new0 (GpoLetterFacts, 1);
  GpoLetterAt at;
  gpo_picture_letter_at (picture, letter, n, &at);
  g_array_unref (at.recipients);
  facts->number = letter->number;
  facts->older = is_older (picture, letter);
  gboolean read = facts->older && g_strcmp0 (at.place, "session") == 0; /* by a reader, who leaves it there */
  facts->place = g_strdup (read ? "mailbox" : at.place);
  facts->host = at.host ? g_strdup (gpo_symbol_name (at.host)) : NULL;
  facts->whole = at.whole != G_MAXUINT64;
  facts->size = at.size;
  facts->hops = g_ptr_array_new_with_free_func (hop_free);
  facts->fields = g_ptr_array_new_with_free_func (field_free);
  facts->parts = g_ptr_array_new_with_free_func (part_free);
  facts->differences = g_ptr_array_new_with_free_func (difference_free);
  facts->transfers = gpo_letter_transfers_new (picture, letter, n);
  guint mailboxes = gpo_track_until (&letter->mailboxes, n);
  const GpoEvent *mailbox
      = mailboxes ? gpo_log_get (gpo_picture_log (picture), letter->mailboxes.events[mailboxes - 1]) : NULL;
  if (mailbox)
    facts->mailbox = g_strdup (gpo_event_text (mailbox, GPO_FIELD_MAILBOX, NULL));
  gather_envelope (facts, picture, letter, n);
  gather_bytes (facts, picture, transfer, limit);
  gather_content (facts, picture, letter, n);
  gpo_letter_facts_compare (facts);
  return facts;
}

GpoLetterFacts *
gpo_letter_facts_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  return gpo_letter_facts_new_at (picture, letter, n, GPO_TRANSFER_NEWEST, GPO_LETTER_READ);
}

const GpoTransfer *
gpo_letter_facts_transfer (const GpoLetterFacts *facts)
{
  return facts->transfer < 0 ? NULL : facts->transfers->pdata[facts->transfer];
}

const char *
gpo_letter_facts_stored (const GpoLetterFacts *facts, gsize *length)
{
  *length = 0;
  return facts->bytes ? g_bytes_get_data (facts->bytes->stored, length) : NULL;
}

const GpoHop *
gpo_letter_facts_hop (const GpoLetterFacts *facts, const GpoTransfer *transfer)
{
  for (guint i = 0; transfer && i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      if (hop->session == transfer->session && hop->host == transfer->host)
        return hop;
    }
  return NULL;
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
