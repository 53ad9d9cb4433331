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

void
gpo_pop3_answer (GpoPop3 *pop3, GpoPop3Input input, GpoVerdict verdict, const char *text)
{
  GpoSession *session = &pop3->mail.session;
  if (gpo_mail_too_many_errors (&pop3->mail, verdict))
    {
      verdict = GPO_CLOSING;
      text = "-ERR too many bad commands";
    }
  int row = gpo_machine_find (session->machine, session->state, (guint8) input, verdict);
  const char *reply = text ? text : row >= 0 ? session->machine->edges[row].reply : NULL;
  GpoEventBuilder extra;
  gpo_session_event (session, &extra, GPO_KIND_EDGE);
  if (reply)
    gpo_event_add_symbol (&extra, GPO_FIELD_STATUS,
                          gpo_symbol (*reply == '-'     ? "-ERR"
                                      : reply[1] == 'O' ? "+OK"
                                                        : "+"));
  gpo_session_take (session, (guint8) input, verdict, 0, reply, &extra);
  if (session->state == GPO_POP3_CLOSED)
    {
      session->closing = TRUE;
      gpo_pop3_unlock (pop3);
    }
  if (reply)
    gpo_session_send (session, reply, gpo_mail_symbol (&pop3->mail, (guint8) input), 0);
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
  GpoSession *session = &pop3->mail.session;
  guint64 cause = session->cause;
  char text[512];
  va_list args;
  va_start (args, format);
  gsize n = (gsize) g_vsnprintf (text, sizeof text, format, args);
  va_end (args);
  n = MIN (n, sizeof text - 1);
  if (session->held_reply) /* the answer's first line is held, and the others with it */
    {
      g_string_append_printf (session->held_reply, "\n%.*s", (int) n, text);
      return;
    }
  gpo_session_record_line (session, FALSE, text, n, GPO_ENDING_CRLF, 0, 0);
  session->cause = cause;
  g_string_append_len (session->out, text, (gssize) n);
  g_string_append_len (session->out, "\r\n", 2);
}

/* --- lines --- */

static void
pop3_drained (GpoSession *session)
{
  if (session->pending != GPO_PENDING_OUTPUT)
    return;
  session->pending = GPO_PENDING_NONE;
  gpo_pop3_send_more (self (session));
}

static void
execute (GpoPop3 *pop3, GpoPop3Command *command)
{
  GpoSession *session = &pop3->mail.session;
  pop3->input = command->input;
  if (command->input == GPO_POP3_IN_UNKNOWN
      || !gpo_machine_accepts (session->machine, session->state, (guint8) command->input))
    {
      gpo_pop3_answer (pop3, command->input,
                       command->input == GPO_POP3_IN_UNKNOWN ? GPO_UNKNOWN : GPO_SEQUENCE, NULL);
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
      gpo_pop3_stls (pop3);
      break;
    default:
      gpo_pop3_transaction (pop3, command);
    }
}

/* The answer to RETR was held and has gone out: the letter follows, unless somebody made a refusal of it. */
static gboolean
go_on (GpoPop3 *pop3)
{
  if (pop3->mail.session.refused)
    g_clear_pointer (&pop3->letter, g_bytes_unref);
  else
    gpo_pop3_send_more (pop3);
  return pop3->mail.session.pending == GPO_PENDING_NONE;
}

static gboolean
pop3_take (GpoSession *session)
{
  GpoPop3 *pop3 = self (session);
  GpoLine line;
  GpoPop3Command command;
  g_autofree char *other = NULL;
  if (pop3->letter)
    return go_on (pop3);
  if (session->state == GPO_POP3_CONNECTED || session->state == GPO_POP3_CLOSED
      || session->state == GPO_POP3_UPDATE || session->state == GPO_POP3_TLS)
    return FALSE;
  GpoLineResult result = gpo_session_line (session, LINE_LIMIT, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  gboolean response = session->state == GPO_POP3_AUTHENTICATE;
  gpo_pop3_command_parse (line.text, line.length, &command);
  gboolean named = !response && command.input != GPO_POP3_IN_UNKNOWN;
  gpo_mail_record (&pop3->mail, &line, named ? gpo_mail_symbol (&pop3->mail, (guint8) command.input) : 0);
  GpoMailGate gate = gpo_mail_ask (&pop3->mail, &line, &other);
  if (gate == GPO_MAIL_ANSWERED)
    gpo_session_send (session, other, 0, 0);
  if (gate != GPO_MAIL_ACT)
    return gate == GPO_MAIL_ANSWERED && session->pending == GPO_PENDING_NONE;
  g_autofree char *text = g_strndup (line.text, line.length);
  gpo_session_consume (session, line.with_ending);
  if (result == GPO_LINE_TOO_LONG)
    {
      g_clear_pointer (&pop3->mail.sasl, gpo_sasl_free);
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
pop3_end (GpoMailSession *mail, guint8 input, GpoVerdict verdict)
{
  gpo_pop3_answer ((GpoPop3 *) mail, (GpoPop3Input) input, verdict, NULL);
}

static void
pop3_shutdown (GpoSession *session)
{
  if (session->state != GPO_POP3_UPDATE) /* what QUIT began is finished first */
    gpo_mail_shutdown (session);
}

static void
pop3_leave (GpoMailSession *mail)
{
  gpo_pop3_unlock ((GpoPop3 *) mail);
}

static void
pop3_clear (GpoMailSession *mail)
{
  GpoPop3 *pop3 = (GpoPop3 *) mail;
  g_free (pop3->stamp);
  g_free (pop3->name);
  g_clear_pointer (&pop3->letter, g_bytes_unref);
}

static const GpoMailClass pop3_class = {
  .session = { .take = pop3_take,
               .timed_out = gpo_mail_timed_out,
               .secured = gpo_mail_secured,
               .lost = gpo_mail_lost,
               .shutdown = pop3_shutdown,
               .drained = pop3_drained,
               .free = gpo_mail_free },
  .machine = &gpo_pop3_server_machine,
  .protocol = GPO_PROTOCOL_POP3,
  .closed = GPO_POP3_CLOSED,
  .tls = GPO_POP3_TLS,
  .timeout = GPO_POP3_IN_TIMEOUT,
  .shutdown = GPO_POP3_IN_SHUTDOWN,
  .lost = GPO_POP3_IN_LOST,
  .handshake = GPO_POP3_IN_HANDSHAKE,
  .end = pop3_end,
  .leave = pop3_leave,
  .clear = pop3_clear,
};

GpoSession *
gpo_pop3_server_new (GpoCounter *counter, guint32 number)
{
  GpoPop3 *pop3 = g_new0 (GpoPop3, 1);
  gpo_mail_init (&pop3->mail, &pop3_class, counter, number);
  pop3->mail.session.timeout_ms = counter->host->limits.pop3_timeout * 1000;
  pop3->stamp = g_strdup_printf ("<%u.%" G_GINT64_FORMAT "@%s>", number, counter->wall (counter),
                                 counter->host->domain);
  return &pop3->mail.session;
}

void
gpo_pop3_server_offer_tls (GpoSession *session, gboolean offer)
{
  self (session)->mail.offers_tls = offer;
}

void
gpo_pop3_server_greet (GpoSession *session, GpoVerdict verdict)
{
  GpoPop3 *pop3 = self (session);
  if (verdict == GPO_OK)
    gpo_pop3_answerf (pop3, GPO_POP3_IN_CONNECT, verdict, "+OK %s POP3 ready %s",
                      pop3->mail.counter->host->domain, pop3->stamp);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_CONNECT, verdict, NULL);
}
