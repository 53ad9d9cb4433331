/* SPDX-License-Identifier: MIT */
/* smtp-server.c: how a line becomes a command, a verdict, an edge and a reply: RFC 5321.
 *
 *     line → gpo_smtp_command_parse → (does the table accept it here?) → a handler's verdict
 *          → gpo_smtp_answer: the edge, the event, the reply
 *
 * What stays true: one reply a command; every refusal leaves the session in step; the state is
 * written by gpo_session_take() alone. */
#include "roles/smtp-private.h"
#include <stdlib.h>
#include <string.h>

/* Longest line of an AUTH exchange: RFC 4954 §4. */
#define AUTH_LINE_LIMIT 12288

static GpoSmtpServer *
self (GpoSession *session)
{
  return (GpoSmtpServer *) session;
}

/* --- answers --- */

static GpoSymbol
input_symbol (GpoSmtpInput input)
{
  static GpoSymbol symbols[GPO_SMTP_N_INPUTS];
  if (G_UNLIKELY (symbols[input] == 0))
    symbols[input] = gpo_symbol (gpo_smtp_server_machine.inputs[input]);
  return symbols[input];
}

/* Syntax errors count; a refused recipient does not: that is what the question was for. */
static gboolean
counts_as_error (GpoVerdict verdict)
{
  return verdict == GPO_SYNTAX || verdict == GPO_SEQUENCE || verdict == GPO_UNKNOWN
         || verdict == GPO_UNSUPPORTED || verdict == GPO_TOO_LONG;
}

void
gpo_smtp_answer (GpoSmtpServer *server, GpoSmtpInput input, GpoVerdict verdict, const char *text,
                 GpoEventBuilder *extra)
{
  GpoSession *session = &server->session;
  if (counts_as_error (verdict) && ++server->errors > server->server_host->limits.errors)
    {
      verdict = GPO_CLOSING;
      text = NULL;
    }
  int row = gpo_machine_find (session->machine, session->state, (guint8) input, verdict);
  const char *reply = text ? text : row >= 0 ? session->machine->edges[row].reply : NULL;
  int code = reply ? atoi (reply) : 0;
  const char *nl = reply ? strchr (reply, '\n') : NULL;
  g_autofree char *first = nl ? g_strndup (reply, (gsize) (nl - reply)) : NULL;
  gpo_session_take (session, (guint8) input, verdict, code, first ? first : reply, extra);
  if (session->state == GPO_SMTP_CLOSED)
    session->closing = TRUE;
  if (reply)
    gpo_session_send (session, reply, input_symbol (input), code);
}

void
gpo_smtp_note (GpoSmtpServer *server, const char *words)
{
  GpoEventBuilder b;
  gpo_session_event (&server->session, &b, GPO_KIND_NOTE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, words, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) server->session.cause);
  gpo_log_append (server->session.log, &b);
}

gboolean
gpo_smtp_offers (GpoSmtpServer *server, const char *keyword)
{
  GHashTable *off = server->server_host->extensions_off;
  return server->esmtp && !(off && g_hash_table_contains (off, keyword));
}

void
gpo_smtp_reset (GpoSmtpServer *server)
{
  if (server->envelope->has_sender)
    {
      GpoEventBuilder b;
      gpo_session_event (&server->session, &b, GPO_KIND_ENVELOPE);
      gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol ("clear"));
      gpo_log_append (server->session.log, &b);
    }
  gpo_envelope_clear (server->envelope);
  gpo_smtp_letter_clear (server);
  server->session.letter = 0;
}

/* --- the step --- */

/* No argument is allowed, but several servers ignore one, and so do RSET and QUIT in RFC 5321 §4.1.1.5. */
static gboolean
refuses_argument (GpoSmtpServer *server, GpoSmtpCommand *command, const char *syntax)
{
  if (command->argument.length == 0)
    return FALSE;
  gpo_smtp_answer (server, command->input, GPO_SYNTAX, syntax, NULL);
  return TRUE;
}

static void
handle (GpoSmtpServer *server, GpoSmtpCommand *command)
{
  switch (command->input)
    {
    case GPO_SMTP_IN_HELO:
    case GPO_SMTP_IN_EHLO:
      gpo_smtp_hello (server, command);
      break;
    case GPO_SMTP_IN_MAIL:
      gpo_smtp_mail (server, command->argument);
      break;
    case GPO_SMTP_IN_RCPT:
      gpo_smtp_rcpt (server, command->argument);
      break;
    case GPO_SMTP_IN_DATA:
      if (!refuses_argument (server, command, NULL))
        gpo_smtp_data (server);
      break;
    case GPO_SMTP_IN_BDAT:
      gpo_smtp_bdat (server, command->argument);
      break;
    case GPO_SMTP_IN_RSET:
      if (!refuses_argument (server, command, "501 5.5.4 syntax: RSET, without argument"))
        {
          gpo_smtp_reset (server);
          gpo_smtp_answer (server, command->input, GPO_OK, NULL, NULL);
        }
      break;
    case GPO_SMTP_IN_QUIT:
      if (!refuses_argument (server, command, "501 5.5.4 syntax: QUIT, without argument"))
        gpo_smtp_answer (server, command->input, GPO_OK, NULL, NULL);
      break;
    case GPO_SMTP_IN_VRFY:
      gpo_smtp_vrfy (server, command->argument);
      break;
    case GPO_SMTP_IN_EXPN:
      gpo_smtp_expn (server, command->argument);
      break;
    case GPO_SMTP_IN_HELP:
      gpo_smtp_answer (server, command->input, GPO_OK,
                       "214-2.0.0 HELO EHLO MAIL RCPT DATA BDAT RSET NOOP QUIT\n"
                       "214-2.0.0 VRFY EXPN HELP STARTTLS AUTH\n"
                       "214 2.0.0 A letter: EHLO name, MAIL FROM:<>, RCPT TO:<>, DATA, QUIT",
                       NULL);
      break;
    case GPO_SMTP_IN_STARTTLS:
      gpo_smtp_starttls (server, command);
      break;
    case GPO_SMTP_IN_AUTH:
      gpo_smtp_auth (server, command->argument);
      break;
    default: /* NOOP, with or without a string */
      gpo_smtp_answer (server, command->input, GPO_OK, NULL, NULL);
      break;
    }
}

/* A BDAT of more octets than can be counted. */
static gboolean
is_boundless (const GpoSmtpCommand *command)
{
  GpoSlice argument = command->argument;
  gsize n = 0;
  while (n < argument.length && g_ascii_isdigit (argument.text[n]))
    n++;
  if (command->input != GPO_SMTP_IN_BDAT || n == 0 || (n < argument.length && argument.text[n] != ' '))
    return FALSE;
  gint64 octets = gpo_slice_number ((GpoSlice){ argument.text, n });
  return octets < 0 || octets == G_MAXINT64; /* too many digits, or too large */
}

/* Nothing would ever be a command again: the client is told, and the session ends. */
static void
refuse_boundless (GpoSmtpServer *server)
{
  gpo_smtp_answer (server, GPO_SMTP_IN_BDAT, GPO_TOO_BIG,
                   "552 5.3.4 no letter has so many octets, and what follows them would never be a command",
                   NULL);
  server->out_of_step = TRUE;
}

/* A fault or a person at the gate answers in the place of the handler. */
static void
answer_from_gate (GpoSmtpServer *server, GpoSmtpInput input, const GpoSmtpCommand *command, const char *reply)
{
  GpoVerdict verdict = reply[0] == '4' ? GPO_DEFERRED : GPO_REFUSED;
  if (strncmp (reply, "421", 3) == 0)
    verdict = GPO_CLOSING;
  if (input == GPO_SMTP_IN_EHLO || input == GPO_SMTP_IN_HELO)
    gpo_smtp_reset (server);
  if (input == GPO_SMTP_IN_BDAT)
    gpo_smtp_discard_chunk (server, command->argument);
  gpo_smtp_answer (server, input, verdict, reply, NULL);
}

/* What a client called a command, as it may stand in a reply. */
static char *
printable (GpoSlice verb)
{
  gsize n = MIN (verb.length, 40);
  char *out = g_malloc0 (n + 1);
  for (gsize i = 0; i < n; i++)
    out[i] = verb.text[i] < 33 || verb.text[i] > 126 ? '?' : verb.text[i];
  return out;
}

/* What the state and the host allow before a handler is asked. */
static gboolean
allowed (GpoSmtpServer *server, GpoSmtpCommand *command)
{
  GpoSession *session = &server->session;
  if (command->input == GPO_SMTP_IN_UNKNOWN)
    {
      g_autofree char *verb = printable (command->verb);
      g_autofree char *text = g_strdup_printf ("500 5.5.2 no such command: %s (try HELP)", verb);
      gpo_smtp_answer (server, GPO_SMTP_IN_UNKNOWN, GPO_UNKNOWN, text, NULL);
      return FALSE;
    }
  if (!gpo_machine_accepts (session->machine, session->state, (guint8) command->input))
    {
      int row = gpo_machine_find (session->machine, session->state, (guint8) command->input, GPO_SEQUENCE);
      const char *own = session->machine->edges[row].reply;
      /* Name the state, so that the reader sees why: "503 … (state: ready)". */
      g_autofree char *text = g_strdup_printf ("%s (the session is in state %s)", own,
                                               session->machine->states[session->state]);
      if (command->input == GPO_SMTP_IN_BDAT)
        gpo_smtp_discard_chunk (server, command->argument);
      gpo_smtp_answer (server, command->input, GPO_SEQUENCE, text, NULL);
      return FALSE;
    }
  return TRUE;
}

/* Acts on one line: command or AUTH answer. */
static gboolean
take_line (GpoSmtpServer *server)
{
  GpoSession *session = &server->session;
  gboolean auth = session->state == GPO_SMTP_AUTH;
  GpoLine line;
  GpoLineResult result
      = gpo_session_line (session, auth ? AUTH_LINE_LIMIT : server->server_host->limits.command_line, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  GpoSmtpCommand command;
  gpo_smtp_command_parse (line.text, line.length, &command);
  GpoSmtpInput input = auth ? GPO_SMTP_IN_RESPONSE : command.input;
  if (!server->asked)
    {
      session->ahead = !auth && session->in_length > line.with_ending;
      gpo_session_record_line (session, TRUE, line.text, line.length, line.ending, input_symbol (input), 0);
      if (line.ending == GPO_ENDING_LF)
        gpo_smtp_note (server,
                       "this command ends in a bare LF; it is taken, though a line of SMTP ends in CR LF"
                       " (RFC 5321 §2.3.8)");
    }
  server->asked = TRUE;
  g_autofree char *reply = NULL;
  GpoGateAnswer answer = gpo_session_ask (session, session->cause, &reply);
  if (answer == GPO_GATE_HOLD || answer == GPO_GATE_DROP)
    return FALSE;
  server->asked = FALSE;
  /* The line stays readable in the buffer until the handler is done, but counts as consumed now. */
  gpo_session_consume (session, line.with_ending);
  if (!auth && is_boundless (&command))
    refuse_boundless (server);
  else if (answer == GPO_GATE_REPLY)
    answer_from_gate (server, input, &command, reply);
  else if (result == GPO_LINE_TOO_LONG)
    gpo_smtp_answer (server, input, GPO_TOO_LONG, NULL, NULL);
  else if (auth)
    gpo_smtp_auth_response (server, line.text, line.length);
  else if (allowed (server, &command))
    handle (server, &command);
  if (session->wants_tls)
    {
      gsize n = gpo_session_discard (session);
      if (n > 0)
        gpo_smtp_note (server, "plaintext behind STARTTLS was thrown away (RFC 3207 §4.2)");
    }
  return TRUE;
}

static gboolean
throw_away (GpoSmtpServer *server)
{
  const char *bytes;
  gsize n = gpo_session_peek (&server->session, &bytes);
  n = (gsize) MIN ((guint64) n, server->discard);
  gpo_session_consume (&server->session, n);
  server->discard -= n;
  return n > 0;
}

static gboolean
smtp_take (GpoSession *session)
{
  GpoSmtpServer *server = self (session);
  if (server->leaving && !server->letter.active)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_SHUTDOWN, GPO_CLOSING, NULL, NULL);
      return TRUE;
    }
  if (server->out_of_step)
    {
      gpo_smtp_answer (server, GPO_SMTP_IN_SHUTDOWN, GPO_CLOSING,
                       "421 4.7.0 octets and commands cannot be told apart any more, goodbye", NULL);
      return TRUE;
    }
  if (server->discard > 0)
    return throw_away (server);
  switch (session->state)
    {
    case GPO_SMTP_DATA:
      session->timeout_ms = server->server_host->limits.data_timeout * 1000;
      return gpo_smtp_take_data (server);
    case GPO_SMTP_CHUNK:
      session->timeout_ms = server->server_host->limits.data_timeout * 1000;
      return gpo_smtp_take_chunk (server);
    case GPO_SMTP_TLS:
      return FALSE;
    default:
      session->timeout_ms = server->server_host->limits.command_timeout * 1000;
      return take_line (server);
    }
}

/* --- endings --- */

static void
smtp_timed_out (GpoSession *session)
{
  gpo_smtp_answer (self (session), GPO_SMTP_IN_TIMEOUT, GPO_CLOSING, NULL, NULL);
}

static void
smtp_shutdown (GpoSession *session)
{
  GpoSmtpServer *server = self (session);
  /* A letter that is under way gets its answer first; take() says goodbye then. Asked a second time, the
   * session waits for the rest of it no longer: it has no 250, so the client keeps it. */
  gboolean patient = !server->leaving;
  server->leaving = TRUE;
  if (session->pending == GPO_PENDING_STORE || session->state == GPO_SMTP_CLOSED
      || (server->letter.active && patient))
    return;
  gpo_smtp_letter_clear (server);
  gpo_smtp_answer (server, GPO_SMTP_IN_SHUTDOWN, GPO_CLOSING, NULL, NULL);
}

static void
smtp_lost (GpoSession *session, const char *why)
{
  if (session->state != GPO_SMTP_CLOSED && session->pending != GPO_PENDING_STORE)
    {
      gpo_smtp_letter_clear (self (session));
      gpo_smtp_answer (self (session), GPO_SMTP_IN_LOST, GPO_CLOSING, NULL, NULL);
    }
  session->closing = TRUE;
}

static void
smtp_free (GpoSession *session)
{
  GpoSmtpServer *server = self (session);
  gpo_smtp_letter_clear (server);
  gpo_envelope_free (server->envelope);
  g_clear_pointer (&server->sasl, gpo_sasl_free);
  g_free (server->sasl_user);
  g_free (server->peer);
  g_free (server->helo);
  gpo_session_finish (session);
  g_free (server);
}

static const GpoSessionClass smtp_class = {
  .take = smtp_take,
  .timed_out = smtp_timed_out,
  .secured = gpo_smtp_secured,
  .lost = smtp_lost,
  .shutdown = smtp_shutdown,
  .free = smtp_free,
};

GpoSession *
gpo_smtp_server_new (GpoLog *log, GpoHost *host, GpoRole role, GpoLetterSink *sink, const char *peer,
                     guint32 number)
{
  GpoSmtpServer *server = g_new0 (GpoSmtpServer, 1);
  gpo_session_init (&server->session, &smtp_class, &gpo_smtp_server_machine, log, host->symbol, number,
                    GPO_PROTOCOL_SMTP);
  server->server_host = host;
  server->role = role;
  server->sink = sink;
  server->peer = g_strdup (peer);
  server->envelope = gpo_envelope_new ();
  server->session.timeout_ms = host->limits.command_timeout * 1000;
  return &server->session;
}

void
gpo_smtp_server_greet (GpoSession *session, GpoVerdict verdict)
{
  GpoSmtpServer *server = self (session);
  g_autofree char *text = NULL;
  if (verdict == GPO_OK)
    text
        = g_strdup_printf ("220 %s ESMTP glasspost, every line of this is seen", server->server_host->domain);
  gpo_smtp_answer (server, GPO_SMTP_IN_CONNECT, verdict, text, NULL);
}

void
gpo_smtp_server_offer_tls (GpoSession *session, gboolean offer)
{
  self (session)->offers_tls = offer;
}

gpointer *
gpo_smtp_server_slot (GpoSmtpServer *server)
{
  return &server->sink_slot;
}

void
gpo_smtp_server_set_call_key (GpoSmtpServer *server, gpointer key)
{
  server->call_key = key;
}

gpointer
gpo_smtp_server_call_key (GpoSmtpServer *server)
{
  return server->call_key;
}
