/* SPDX-License-Identifier: MIT */
/* pop3-session.c: how a line becomes a command, a verdict, an edge and a reply: RFC 1939 §3. */
#include "roles/pop3-private.h"
#include <string.h>

/* RFC 2449 §4: 255 with CRLF; a line of AUTH may be longer (RFC 5034 §4). */
#define LINE_LIMIT 12288

static GpoPop3 *
self (GpoSession *session)
{
  return (GpoPop3 *) session;
}

static GpoSymbol
input_symbol (GpoPop3Input input)
{
  static GpoSymbol symbols[GPO_POP3_N_INPUTS];
  if (G_UNLIKELY (symbols[input] == 0))
    symbols[input] = gpo_symbol (gpo_pop3_server_machine.inputs[input]);
  return symbols[input];
}

static gboolean
counts_as_error (GpoVerdict verdict)
{
  return verdict == GPO_SYNTAX || verdict == GPO_SEQUENCE || verdict == GPO_UNKNOWN || verdict == GPO_TOO_LONG;
}

void
gpo_pop3_answer (GpoPop3 *pop3, GpoPop3Input input, GpoVerdict verdict, const char *text)
{
  GpoSession *session = &pop3->session;
  if (counts_as_error (verdict) && ++pop3->errors > pop3->counter->host->limits.errors)
    {
      verdict = GPO_CLOSING;
      text = "-ERR too many bad commands";
    }
  int row = gpo_machine_find (session->machine, session->state, (guint8) input, verdict);
  const char *reply = text ? text : row >= 0 ? session->machine->edges[row].reply : NULL;
  GpoEventBuilder extra;
  gpo_session_event (session, &extra, GPO_KIND_EDGE);
  if (reply)
    gpo_event_add_symbol (&extra, GPO_FIELD_STATUS, gpo_symbol (*reply == '-' ? "-ERR" : reply[1] == 'O' ? "+OK" : "+"));
  gpo_session_take (session, (guint8) input, verdict, 0, reply, &extra);
  if (session->state == GPO_POP3_CLOSED)
    {
      session->closing = TRUE;
      gpo_pop3_unlock (pop3);
    }
  if (reply)
    gpo_session_send (session, reply, input_symbol (input), 0);
}

void
gpo_pop3_answerf (GpoPop3 *pop3, GpoPop3Input input, GpoVerdict verdict, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  gpo_pop3_answer (pop3, input, verdict, text);
}

void
gpo_pop3_line (GpoPop3 *pop3, const char *format, ...)
{
  GpoSession *session = &pop3->session;
  guint64 cause = session->cause;
  char text[512];
  va_list args;
  va_start (args, format);
  gsize n = (gsize) g_vsnprintf (text, sizeof text, format, args);
  va_end (args);
  n = MIN (n, sizeof text - 1);
  gpo_session_record_line (session, FALSE, text, n, GPO_ENDING_CRLF, 0, 0);
  session->cause = cause;
  g_string_append_len (session->out, text, (gssize) n);
  g_string_append_len (session->out, "\r\n", 2);
}

/* --- waiting --- */

static void
really_free (GpoPop3 *pop3)
{
  g_free (pop3->stamp);
  g_free (pop3->name);
  g_free (pop3->sasl_user);
  g_clear_pointer (&pop3->sasl, gpo_sasl_free);
  g_clear_pointer (&pop3->letter, g_bytes_unref);
  gpo_session_finish (&pop3->session);
  g_free (pop3);
}

void
gpo_pop3_wait (GpoPop3 *pop3)
{
  pop3->waiting++;
  pop3->session.pending = GPO_PENDING_STORE;
}

gboolean
gpo_pop3_awake (GpoPop3 *pop3)
{
  pop3->waiting--;
  if (pop3->dead)
    {
      if (pop3->waiting == 0)
        really_free (pop3);
      return FALSE;
    }
  pop3->session.pending = GPO_PENDING_NONE;
  if (pop3->session.state != GPO_POP3_CLOSED)
    return TRUE;
  gpo_pop3_unlock (pop3);
  gpo_session_changed (&pop3->session);
  return FALSE;
}

void
gpo_pop3_settle (GpoPop3 *pop3)
{
  if (pop3->session.pending == GPO_PENDING_NONE)
    gpo_session_resume (&pop3->session);
  else
    gpo_session_changed (&pop3->session);
}

static void
pop3_drained (GpoSession *session)
{
  if (session->pending != GPO_PENDING_OUTPUT)
    return;
  session->pending = GPO_PENDING_NONE;
  gpo_pop3_send_more (self (session));
}

/* --- lines --- */

static void
execute (GpoPop3 *pop3, GpoPop3Command *command)
{
  GpoSession *session = &pop3->session;
  pop3->input = command->input;
  if (command->input == GPO_POP3_IN_UNKNOWN || !gpo_machine_accepts (session->machine, session->state, (guint8) command->input))
    {
      gpo_pop3_answer (pop3, command->input, command->input == GPO_POP3_IN_UNKNOWN ? GPO_UNKNOWN : GPO_SEQUENCE, NULL);
      return;
    }
  switch (command->input)
    {
    case GPO_POP3_IN_USER:
      gpo_pop3_user (pop3, command);
      break;
    case GPO_POP3_IN_PASS:
      gpo_pop3_pass (pop3, command);
      break;
    case GPO_POP3_IN_APOP:
      gpo_pop3_apop (pop3, command);
      break;
    case GPO_POP3_IN_AUTH:
      gpo_pop3_auth (pop3, command);
      break;
    case GPO_POP3_IN_CAPA:
      gpo_pop3_capa (pop3);
      break;
    case GPO_POP3_IN_QUIT:
      gpo_pop3_quit (pop3);
      break;
    case GPO_POP3_IN_STLS:
      if (!pop3->offers_tls || session->tls)
        {
          gpo_pop3_answer (pop3, GPO_POP3_IN_STLS, GPO_UNSUPPORTED, NULL);
          break;
        }
      gpo_pop3_answer (pop3, GPO_POP3_IN_STLS, GPO_MORE, NULL);
      gpo_session_discard (session);
      session->wants_tls = TRUE;
      session->pending = GPO_PENDING_TLS;
      break;
    default:
      gpo_pop3_transaction (pop3, command);
    }
}

/* The gate's answer: TRUE if the line may be acted on. */
static gboolean
ask_gate (GpoPop3 *pop3, gsize consume)
{
  g_autofree char *reply = NULL;
  switch (gpo_session_ask (&pop3->session, pop3->event, &reply))
    {
    case GPO_GATE_PASS:
      return TRUE;
    case GPO_GATE_REPLY:
      gpo_session_consume (&pop3->session, consume);
      pop3->asked = FALSE;
      gpo_session_send (&pop3->session, reply, 0, 0);
      return FALSE;
    case GPO_GATE_HOLD:
    case GPO_GATE_DROP:
      break;
    }
  return FALSE;
}

static gboolean
pop3_take (GpoSession *session)
{
  GpoPop3 *pop3 = self (session);
  GpoLine line;
  GpoPop3Command command;
  if (session->state == GPO_POP3_CONNECTED || session->state == GPO_POP3_CLOSED || session->state == GPO_POP3_UPDATE
      || session->state == GPO_POP3_TLS)
    return FALSE;
  GpoLineResult result = gpo_session_line (session, LINE_LIMIT, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  gboolean response = session->state == GPO_POP3_AUTHENTICATE;
  gpo_pop3_command_parse (line.text, line.length, &command);
  if (!pop3->asked)
    pop3->event = gpo_session_record_line (session, TRUE, line.text, line.length, line.ending,
                                           response || command.input == GPO_POP3_IN_UNKNOWN ? 0 : input_symbol (command.input), 0);
  pop3->asked = TRUE;
  if (!ask_gate (pop3, line.with_ending))
    return session->pending == GPO_PENDING_NONE && !pop3->asked;
  pop3->asked = FALSE;
  g_autofree char *text = g_strndup (line.text, line.length);
  gpo_session_consume (session, line.with_ending);
  if (result == GPO_LINE_TOO_LONG)
    {
      g_clear_pointer (&pop3->sasl, gpo_sasl_free);
      gpo_pop3_answer (pop3, response ? GPO_POP3_IN_RESPONSE : GPO_POP3_IN_UNKNOWN, GPO_TOO_LONG, NULL);
    }
  else if (response)
    gpo_pop3_auth_response (pop3, text);
  else
    {
      gpo_pop3_command_parse (text, line.length, &command);
      execute (pop3, &command);
    }
  return TRUE;
}

/* --- the other things that come --- */

static void
end_by (GpoPop3 *pop3, GpoPop3Input input)
{
  if (pop3->session.state != GPO_POP3_CLOSED)
    gpo_pop3_answer (pop3, input, GPO_CLOSING, NULL);
}

static void
pop3_timed_out (GpoSession *session)
{
  end_by (self (session), GPO_POP3_IN_TIMEOUT);
}

static void
pop3_shutdown (GpoSession *session)
{
  if (session->state != GPO_POP3_UPDATE) /* what QUIT began is finished first */
    end_by (self (session), GPO_POP3_IN_SHUTDOWN);
}

static void
pop3_lost (GpoSession *session, const char *why)
{
  end_by (self (session), GPO_POP3_IN_LOST);
  session->closing = TRUE;
}

static void
pop3_secured (GpoSession *session, const char *description, const GError *error)
{
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, error ? "failed" : "ok", -1);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, description, -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON, error ? error->message : NULL, -1);
  gpo_log_append (session->log, &b);
  if (session->state == GPO_POP3_TLS)
    gpo_pop3_answer (self (session), GPO_POP3_IN_HANDSHAKE, error ? GPO_REFUSED : GPO_OK, NULL);
}

static void
pop3_free (GpoSession *session)
{
  GpoPop3 *pop3 = self (session);
  gpo_pop3_unlock (pop3);
  if (pop3->waiting)
    pop3->dead = TRUE; /* the last callback frees it */
  else
    really_free (pop3);
}

static const GpoSessionClass pop3_class = {
  .take = pop3_take,
  .timed_out = pop3_timed_out,
  .secured = pop3_secured,
  .lost = pop3_lost,
  .shutdown = pop3_shutdown,
  .drained = pop3_drained,
  .free = pop3_free,
};

GpoSession *
gpo_pop3_server_new (GpoCounter *counter, guint32 number)
{
  GpoPop3 *pop3 = g_new0 (GpoPop3, 1);
  gpo_session_init (&pop3->session, &pop3_class, &gpo_pop3_server_machine, counter->log, counter->host->symbol, number,
                    GPO_PROTOCOL_POP3);
  pop3->counter = counter;
  pop3->session.timeout_ms = 600 * 1000; /* RFC 1939 §3: at least ten minutes */
  pop3->stamp = g_strdup_printf ("<%u.%" G_GINT64_FORMAT "@%s>", number, counter->wall (counter), counter->host->domain);
  return &pop3->session;
}

void
gpo_pop3_server_offer_tls (GpoSession *session, gboolean offer)
{
  self (session)->offers_tls = offer;
}

void
gpo_pop3_server_greet (GpoSession *session, GpoVerdict verdict)
{
  GpoPop3 *pop3 = self (session);
  if (verdict == GPO_OK)
    gpo_pop3_answerf (pop3, GPO_POP3_IN_CONNECT, verdict, "+OK %s POP3 ready %s", pop3->counter->host->domain, pop3->stamp);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_CONNECT, verdict, NULL);
}
