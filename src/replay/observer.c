/* SPDX-License-Identifier: MIT */
/* observer.c: connections under observation: recording, edges, and what all protocols share. */
#include "replay/observer-private.h"
#include <string.h>

static const GpoFollower *const followers[] = {
  [GPO_PROTOCOL_SMTP] = &gpo_follow_smtp,
  [GPO_PROTOCOL_IMAP] = &gpo_follow_imap,
  [GPO_PROTOCOL_POP3] = &gpo_follow_pop3,
};

GpoObserver *
gpo_observer_new (GpoLog *log)
{
  GpoObserver *observer = g_new0 (GpoObserver, 1);
  observer->log = log;
  observer->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return observer;
}

void
gpo_observer_set_numbers (GpoObserver *observer, guint32 (*next) (gpointer data), gpointer data)
{
  observer->next = next;
  observer->next_data = data;
}

char *
gpo_observer_host_name (const char *address, guint16 port)
{
  gboolean well_known = port < 1024 && gpo_protocol_of_port (port) != GPO_PROTOCOL_NONE;
  return well_known ? g_strdup (address) : g_strdup_printf ("%s:%u", address, port);
}

void
gpo_observer_free (GpoObserver *observer)
{
  g_hash_table_unref (observer->known);
  g_free (observer);
}

GpoObserved *
gpo_observed_new (GpoObserver *observer, GpoProtocol protocol, GpoSymbol host, guint32 session)
{
  GpoObserved *o = g_new0 (GpoObserved, 1);
  o->observer = observer;
  o->log = observer->log;
  o->follower = followers[protocol];
  o->machine = o->follower->machine;
  o->state = o->machine->initial;
  o->protocol = (guint8) protocol;
  o->host = host;
  o->session = session;
  o->asked = g_array_new (FALSE, TRUE, sizeof (GpoAsked));
  return o;
}

static void
free_string (GString *string)
{
  if (string)
    g_string_free (string, TRUE);
}

void
gpo_observed_free (GpoObserved *o)
{
  g_array_unref (o->asked);
  free_string (o->server.kept);
  free_string (o->client.kept);
  free_string (o->command);
  free_string (o->sender);
  free_string (o->header);
  g_free (o->person);
  g_free (o);
}

/* --- events --- */

void
gpo_observed_event (GpoObserved *o, GpoEventBuilder *b, GpoKind kind)
{
  gpo_event_begin (b, kind);
  b->event.session = o->session;
  b->event.letter = o->letter;
  b->event.host = o->host;
  b->event.protocol = o->protocol;
}

static GpoSymbol
side_symbol (gboolean from_client)
{
  static GpoSymbol client, server;
  if (G_UNLIKELY (!client))
    {
      client = gpo_symbol ("client");
      server = gpo_symbol ("server");
    }
  return from_client ? client : server;
}

guint64
gpo_observed_record (GpoObserved *o, gboolean from_client, const GpoSeen *seen, GpoSymbol verb, int code)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_LINE);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, side_symbol (from_client));
  if (verb)
    gpo_event_add_symbol (&b, GPO_FIELD_VERB, verb);
  if (code)
    gpo_event_add_number (&b, GPO_FIELD_CODE, code);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, seen->text, (gssize) seen->whole);
  if (seen->whole < seen->length + 2)
    gpo_event_add_symbol (&b, GPO_FIELD_ENDING, gpo_symbol (seen->whole > seen->length ? "lf" : "none"));
  return gpo_log_append (o->log, &b);
}

guint64
gpo_observed_record_data (GpoObserved *o, gboolean from_client, const char *bytes, gsize n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_DATA);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, side_symbol (from_client));
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, (gint64) side->offset);
  side->offset += n;
  return gpo_log_append_data (o->log, &b, bytes, n, bytes == NULL);
}

void
gpo_observed_note (GpoObserved *o, const char *words)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_NOTE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, words, -1);
  gpo_log_append (o->log, &b);
}

void
gpo_observed_connected (GpoObserved *o, const char *from, const char *to, const char *who)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_CONNECT);
  gpo_event_add_symbol (&b, GPO_FIELD_ROLE, gpo_symbol (gpo_protocol_name ((GpoProtocol) o->protocol)));
  gpo_event_add_text (&b, GPO_FIELD_SIDE, "server", -1);
  gpo_event_add_text (&b, GPO_FIELD_FROM, from, -1);
  gpo_event_add_text (&b, GPO_FIELD_TO, to, -1);
  gpo_event_add_text (&b, GPO_FIELD_NAME, who, -1);
  gpo_log_append (o->log, &b);
}

void
gpo_observed_closed (GpoObserved *o, const char *result, const char *reason)
{
  GpoEventBuilder b;
  o->letter = 0;
  gpo_observed_event (o, &b, GPO_KIND_CLOSE);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, result, -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON, reason, -1);
  gpo_log_append (o->log, &b);
}

/* --- edges --- */

/* Where a step leads that the table does not have: where the same input leads from elsewhere. */
static guint8
foreign_target (GpoObserved *o, guint8 input, GpoVerdict verdict)
{
  if (gpo_verdict_accepts (verdict))
    for (guint i = 0; i < o->machine->n_edges; i++)
      {
        const GpoEdge *edge = &o->machine->edges[i];
        if (edge->input == input && edge->verdict == verdict && edge->to != GPO_SAME)
          return edge->to;
      }
  return o->state;
}

void
gpo_observed_take (GpoObserved *o, guint8 input, GpoVerdict verdict, int code, const char *reply,
                   gsize length, guint64 cause, GpoEventBuilder *extra)
{
  GpoEdgeTaken taken = {
    .machine = o->machine, .from = o->state, .input = input, .verdict = verdict, .code = code, .cause = cause
  };
  char small[512];
  g_autofree char *large = reply && length >= sizeof small ? g_strndup (reply, length) : NULL;
  if (reply && !large)
    {
      memcpy (small, reply, length);
      small[length] = 0;
    }
  taken.reply = reply ? (large ? large : small) : NULL;
  int row = gpo_machine_find (o->machine, o->state, input, verdict);
  taken.row = row >= 0 ? &o->machine->edges[row] : NULL;
  taken.to = row < 0                     ? foreign_target (o, input, verdict)
             : taken.row->to == GPO_SAME ? o->state
                                         : taken.row->to;
  GpoEventBuilder own, *b = extra;
  if (!b)
    gpo_observed_event (o, b = &own, GPO_KIND_EDGE);
  b->event.letter = o->letter;
  gpo_event_add_edge (b, &taken);
  if (!taken.row)
    gpo_event_add_text (b, GPO_FIELD_REASON, "this server does what our table does not have", -1);
  gpo_log_append (o->log, b);
  o->state = taken.to;
  o->over = o->state == o->machine->final;
}

GpoAsked *
gpo_observed_ask (GpoObserved *o, guint8 input, guint64 event)
{
  if (o->head == o->asked->len)
    {
      g_array_set_size (o->asked, 0);
      o->head = 0;
    }
  g_array_set_size (o->asked, o->asked->len + 1);
  GpoAsked *asked = &g_array_index (o->asked, GpoAsked, o->asked->len - 1);
  memset (asked, 0, sizeof *asked);
  asked->input = input;
  asked->event = event;
  return asked;
}

guint
gpo_observed_n_asked (const GpoObserved *o)
{
  return o->asked->len - o->head;
}

GpoAsked *
gpo_observed_asked (GpoObserved *o, guint i)
{
  return i < gpo_observed_n_asked (o) ? &g_array_index (o->asked, GpoAsked, o->head + i) : NULL;
}

void
gpo_observed_answered (GpoObserved *o, guint i, GpoAsked *out)
{
  *out = g_array_index (o->asked, GpoAsked, o->head + i);
  if (i == 0)
    o->head++;
  else
    g_array_remove_index (o->asked, o->head + i);
  /* What is answered goes now and then, or a session that pipelines for ever would grow. */
  if (o->head > 64 && o->head > o->asked->len / 2)
    {
      g_array_remove_range (o->asked, 0, o->head);
      o->head = 0;
    }
  if (o->client.frame == GPO_FRAME_WAIT && gpo_observed_n_asked (o) == 0)
    o->client.frame = GPO_FRAME_LINES;
}

GpoVerdict
gpo_observed_refusal (GpoObserved *o, guint8 input, const char *reply, gsize length, const GpoVerdict *likely)
{
  for (guint i = 0; i < o->machine->n_edges; i++)
    {
      const GpoEdge *edge = &o->machine->edges[i];
      if ((edge->from == o->state || edge->from == GPO_ANY)
          && (edge->input == input || edge->input == GPO_ANY) && edge->reply
          && strlen (edge->reply) == length && memcmp (edge->reply, reply, length) == 0
          && gpo_machine_find (o->machine, o->state, input, edge->verdict) == (int) i)
        return edge->verdict;
    }
  for (const GpoVerdict *v = likely; *v != GPO_N_VERDICTS; v++)
    if (gpo_machine_find (o->machine, o->state, input, *v) != GPO_NO_EDGE)
      return *v;
  return likely[0];
}

gboolean
gpo_seen_has (const GpoSeen *seen, const char *words)
{
  gsize n = strlen (words);
  for (gsize i = 0; i + n <= seen->length; i++)
    if (g_ascii_strncasecmp (seen->text + i, words, n) == 0)
      return TRUE;
  return FALSE;
}

const char *
gpo_observed_text (GpoObserved *o, guint64 event, gsize *length)
{
  const GpoEvent *line = gpo_log_get (o->log, event);
  const char *text
      = line && line->kind == GPO_KIND_LINE ? gpo_event_text (line, GPO_FIELD_TEXT, length) : NULL;
  while (text && *length > 0 && (text[*length - 1] == '\n' || text[*length - 1] == '\r'))
    --*length;
  return text;
}

/* --- the end --- */

void
gpo_observed_end (GpoObserved *o, gboolean server_first)
{
  if (o->said_opaque)
    {
      g_autofree char *words = g_strdup_printf (
          "encrypted: %" G_GUINT64_FORMAT " bytes from the client, %" G_GUINT64_FORMAT " from the server",
          o->client.opaque, o->server.opaque);
      gpo_observed_note (o, words);
      return;
    }
  if (o->over || o->lost)
    return;
  if (o->client.frame == GPO_FRAME_TLS)
    {
      gpo_observed_secured (o, FALSE);
      return;
    }
  if (o->follower->unfinished)
    o->follower->unfinished (o);
  /* A server that goes without a word, and is asked nothing, was tired of waiting. */
  gboolean tired
      = server_first && gpo_observed_n_asked (o) == 0
        && o->machine->edges[gpo_machine_find (o->machine, o->state, o->follower->timeout, GPO_CLOSING)].reply
               == NULL;
  gpo_observed_take (o, tired ? o->follower->timeout : o->follower->lost, GPO_CLOSING, 0, NULL, 0, 0, NULL);
}

gboolean
gpo_observed_goes_on (const GpoObserved *o)
{
  return o->client_goes_on;
}

const char *
gpo_observed_state (const GpoObserved *o)
{
  return o->machine->states[o->state];
}

GpoProtocol
gpo_observed_protocol (const GpoObserved *o)
{
  return (GpoProtocol) o->protocol;
}

/* --- units --- */

static GpoSeen
seen_of (const char *text, gsize n)
{
  gsize length = n;
  if (length && text[length - 1] == '\n')
    length--;
  if (length < n && length && text[length - 1] == '\r')
    length--;
  return (GpoSeen){ text, length, n };
}

guint64
gpo_observed_line (GpoObserved *o, gboolean from_client, const char *text, gsize n)
{
  GpoSeen seen = seen_of (text, n);
  GpoSide *side = from_client ? &o->client : &o->server;
  if (side->resync || side->rest)
    {
      /* The rest of a line whose beginning is missing, or that was recorded already. */
      gboolean ends = n && text[n - 1] == '\n';
      side->resync = side->rest = FALSE;
      guint64 event = gpo_observed_record_data (o, from_client, text, n);
      side->rest = !ends;
      return event;
    }
  /* Behind a handshake the client speaks first; a server that speaks before it says goodbye. */
  if (side->frame == GPO_FRAME_TLS && from_client)
    gpo_observed_secured (o, TRUE);
  if (o->over)
    return gpo_observed_record (o, from_client, &seen, 0, 0);
  if (from_client)
    return o->follower->client_line (o, &seen);
  o->server_spoke = TRUE;
  return o->follower->server_line (o, &seen);
}

guint64
gpo_observed_data (GpoObserved *o, gboolean from_client, const char *bytes, gsize n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  if (side->frame == GPO_FRAME_TLS)
    gpo_observed_secured (o, TRUE);
  void (*follow) (GpoObserved *, const char *, gsize)
      = from_client ? o->follower->client_data : o->follower->server_data;
  if (!from_client && side->offset == 0 && bytes)
    gpo_observed_recognise (o, bytes, n);
  guint64 event = gpo_observed_record_data (o, from_client, bytes, n);
  if (side->frame == GPO_FRAME_OCTETS)
    side->octets -= MIN (side->octets, n);
  if (follow)
    follow (o, bytes, n);
  if (side->frame == GPO_FRAME_OCTETS && side->octets == 0)
    side->frame = GPO_FRAME_LINES;
  return event;
}
