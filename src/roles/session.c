/* SPDX-License-Identifier: MIT */
/* session.c: input at hand, lines, output, the gate, and the one writer of state. */
#include "roles/session.h"
#include "trace/edge-event.h"
#include <stdlib.h>
#include <string.h>

void
gpo_session_init (GpoSession *session, const GpoSessionClass *class, const GpoMachine *machine, GpoLog *log,
                  GpoSymbol host, guint32 number, GpoProtocol protocol)
{
  session->class = class;
  session->machine = machine;
  session->state = machine->initial;
  session->log = log;
  session->host = host;
  session->number = number;
  session->protocol = protocol;
  session->witness = TRUE;
  session->out = g_string_sized_new (0);
}

void
gpo_session_finish (GpoSession *session)
{
  if (session->gate && session->gate->gone)
    session->gate->gone (session->gate, session);
  g_string_free (session->out, TRUE);
  if (session->kept)
    g_string_free (session->kept, TRUE);
  if (session->held_reply)
    g_string_free (session->held_reply, TRUE);
}

void
gpo_session_free (GpoSession *session)
{
  session->class->free (session);
}

/* --- input --- */

/* Acts on what is at hand until it is used up, or the session must wait. */
static void
run (GpoSession *session)
{
  session->running = TRUE;
  session->partial = session->pending == GPO_PENDING_NONE;
  while (session->pending == GPO_PENDING_NONE && !session->closing && session->class->take (session))
    session->partial = session->skip_line;
  session->running = FALSE;
  session->partial &= session->in_length > 0 || session->skip_line;
}

/* Runs over bytes that lie in `kept`, and drops what was used up. */
static void
run_kept (GpoSession *session)
{
  session->in = session->kept ? session->kept->str : NULL;
  session->in_length = session->kept ? session->kept->len : 0;
  run (session);
  if (session->kept)
    {
      gsize left = session->in_length;
      if (left == 0)
        {
          g_string_free (session->kept, TRUE);
          session->kept = NULL;
        }
      else if (left < session->kept->len)
        g_string_erase (session->kept, 0, (gssize) (session->kept->len - left));
    }
  session->in = NULL;
  session->in_length = 0;
}

void
gpo_session_receive (GpoSession *session, const char *bytes, gsize n)
{
  g_return_if_fail (!session->running);
  if (session->kept)
    {
      g_string_append_len (session->kept, bytes, (gssize) n);
      if (session->pending == GPO_PENDING_NONE && !session->closing)
        run_kept (session);
      return;
    }
  /* The usual case: whole lines, acted on where the connection read them. */
  session->in = bytes;
  session->in_length = n;
  run (session);
  if (session->in_length > 0 && !session->closing)
    session->kept = g_string_new_len (session->in, (gssize) session->in_length);
  session->in = NULL;
  session->in_length = 0;
}

void
gpo_session_resume (GpoSession *session)
{
  session->pending = GPO_PENDING_NONE;
  if (session->running)
    return; /* the loop that is under way sees it */
  run_kept (session);
  gpo_session_changed (session);
}

gsize
gpo_session_peek (GpoSession *session, const char **bytes)
{
  *bytes = session->in;
  return session->in_length;
}

void
gpo_session_consume (GpoSession *session, gsize n)
{
  g_return_if_fail (n <= session->in_length);
  session->in += n;
  session->in_length -= n;
}

gsize
gpo_session_discard (GpoSession *session)
{
  gsize n = session->in_length;
  session->in_length = 0;
  if (!session->running && session->kept)
    {
      n = session->kept->len;
      g_string_free (session->kept, TRUE);
      session->kept = NULL;
    }
  return n;
}

GpoLineResult
gpo_session_line (GpoSession *session, gsize limit, GpoLine *line)
{
  const char *lf = session->in_length ? memchr (session->in, '\n', session->in_length) : NULL;
  if (session->skip_line)
    {
      gpo_session_consume (session, lf ? (gsize) (lf - session->in) + 1 : session->in_length);
      session->skip_line = lf == NULL;
      return lf ? gpo_session_line (session, limit, line) : GPO_LINE_NONE;
    }
  gsize length = lf ? (gsize) (lf - session->in) + 1 : session->in_length;
  line->text = session->in;
  if (length > limit)
    {
      /* Consuming `limit` bytes leaves the rest to be skipped; the whole of it may be here already. */
      line->length = limit;
      line->with_ending = lf ? length : limit;
      line->ending = GPO_ENDING_NONE;
      session->skip_line = lf == NULL;
      return GPO_LINE_TOO_LONG;
    }
  if (!lf)
    return GPO_LINE_NONE;
  gboolean crlf = length >= 2 && lf[-1] == '\r';
  line->length = length - (crlf ? 2 : 1);
  line->with_ending = length;
  line->ending = crlf ? GPO_ENDING_CRLF : GPO_ENDING_LF;
  return GPO_LINE_WHOLE;
}

/* --- events --- */

static GpoSymbol
symbol_of (GpoSymbol *kept, const char *word)
{
  if (G_UNLIKELY (*kept == 0))
    *kept = gpo_symbol (word);
  return *kept;
}

static GpoSymbol
side_symbol (gboolean from_client)
{
  static GpoSymbol client, server;
  return from_client ? symbol_of (&client, "client") : symbol_of (&server, "server");
}

void
gpo_session_event (GpoSession *session, GpoEventBuilder *b, GpoKind kind)
{
  gpo_event_begin (b, kind);
  b->event.session = session->number;
  b->event.letter = session->letter;
  b->event.host = session->host;
  b->event.protocol = (guint8) session->protocol;
}

guint64
gpo_session_record_line (GpoSession *session, gboolean from_client, const char *text, gsize length,
                         GpoEnding ending, GpoSymbol verb, int code)
{
  static GpoSymbol lf;
  if (!session->witness)
    return session->cause;
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_LINE);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, side_symbol (from_client));
  if (verb)
    gpo_event_add_symbol (&b, GPO_FIELD_VERB, verb);
  if (code)
    gpo_event_add_number (&b, GPO_FIELD_CODE, code);
  /* With its ending, as it was on the wire. */
  char small[256];
  gsize extra = ending == GPO_ENDING_CRLF ? 2 : ending == GPO_ENDING_LF ? 1 : 0;
  char *whole = length + extra <= sizeof small ? small : g_malloc (length + extra);
  memcpy (whole, text, length);
  memcpy (whole + length, extra == 2 ? "\r\n" : "\n", extra);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, whole, (gssize) (length + extra));
  if (whole != small)
    g_free (whole);
  if (ending == GPO_ENDING_LF)
    gpo_event_add_symbol (&b, GPO_FIELD_ENDING, symbol_of (&lf, "lf"));
  if (from_client && session->ahead)
    gpo_event_add_boolean (&b, GPO_FIELD_AHEAD, TRUE);
  session->ahead = FALSE;
  session->cause = gpo_log_append (session->log, &b);
  return session->cause;
}

void
gpo_session_record_data (GpoSession *session, gboolean from_client, const char *bytes, gsize n,
                         goffset offset, gboolean recorded)
{
  if (!session->witness)
    return;
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_DATA);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, side_symbol (from_client));
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, offset);
  gpo_log_append_data (session->log, &b, bytes, n, recorded);
}

const GpoEdge *
gpo_session_take (GpoSession *session, guint8 input, GpoVerdict verdict, int code, const char *reply,
                  GpoEventBuilder *extra)
{
  GpoEdgeTaken taken = { .machine = session->machine,
                         .from = session->state,
                         .input = input,
                         .verdict = verdict,
                         .code = code,
                         .reply = reply,
                         .cause = session->cause };
  taken.row = gpo_machine_take (session->machine, &session->state, input, verdict);
  taken.to = session->state;
  GpoEventBuilder own, *b = extra;
  if (!b)
    gpo_session_event (session, b = &own, GPO_KIND_EDGE);
  b->event.letter = session->letter;
  gpo_event_add_edge (b, &taken);
  gpo_log_append (session->log, b);
  return taken.row;
}

/* --- output --- */

/* Records and queues the lines of a reply or command. */
static void
put (GpoSession *session, const char *text, gsize length, GpoSymbol verb, int code)
{
  guint64 cause = session->cause;
  for (const char *end = text + length; text <= end;)
    {
      const char *nl = memchr (text, '\n', (gsize) (end - text));
      gsize n = (gsize) ((nl ? nl : end) - text);
      gpo_session_record_line (session, session->client, text, n, GPO_ENDING_CRLF, verb, code);
      g_string_append_len (session->out, text, (gssize) n);
      g_string_append_len (session->out, "\r\n", 2);
      text += n + 1;
    }
  if (!session->client)
    session->cause = cause; /* what follows is caused by the command, not by our reply */
}

void
gpo_session_send (GpoSession *session, const char *text, GpoSymbol verb, int code)
{
  if (session->gate && session->gate->reply)
    {
      g_autofree char *other = NULL;
      switch (session->gate->reply (session->gate, session, text, code, &other))
        {
        case GPO_GATE_PASS:
          break;
        case GPO_GATE_REPLY:
          put (session, other, strlen (other), verb, atoi (other));
          return;
        case GPO_GATE_DROP:
          session->closing = TRUE;
          return;
        case GPO_GATE_HOLD:
          if (session->held_reply)
            g_string_append_printf (session->held_reply, "\n%s", text); /* sent along with the first */
          else
            session->held_reply = g_string_new (text);
          session->held_verb = verb;
          session->pending = GPO_PENDING_GATE;
          return;
        }
    }
  put (session, text, strlen (text), verb, code);
}

void
gpo_session_release_reply (GpoSession *session, const char *edited)
{
  g_autoptr (GString) held = g_steal_pointer (&session->held_reply);
  if (!held)
    return;
  const char *text = edited ? edited : held->str;
  if (edited && strcmp (edited, held->str) != 0)
    {
      GpoEventBuilder b;
      gpo_session_event (session, &b, GPO_KIND_HOLD);
      gpo_event_add_text (&b, GPO_FIELD_ACTION, "edit", -1);
      gpo_event_add_text (&b, GPO_FIELD_WAS, held->str, -1);
      gpo_event_add_text (&b, GPO_FIELD_TEXT, edited, -1);
      gpo_log_append (session->log, &b);
    }
  session->refused = *text == '-';
  put (session, text, strlen (text), session->held_verb, atoi (text));
  gpo_session_resume (session);
}

gboolean
gpo_session_has_room (const GpoSession *session)
{
  return session->out->len + session->unsent < GPO_OUTPUT_MARK;
}

void
gpo_session_changed (GpoSession *session)
{
  if (session->changed)
    session->changed (session, session->changed_data);
}

GpoGateAnswer
gpo_session_ask (GpoSession *session, guint64 event, char **reply)
{
  if (!session->gate || !session->gate->command)
    return GPO_GATE_PASS;
  GpoGateAnswer answer = session->gate->command (session->gate, session, event, reply);
  if (answer == GPO_GATE_HOLD)
    session->pending = GPO_PENDING_GATE;
  else if (answer == GPO_GATE_DROP)
    session->closing = TRUE;
  return answer;
}
