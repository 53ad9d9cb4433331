/* SPDX-License-Identifier: MIT */
/* smtp-sender.c: how a line becomes a reply, a verdict, an edge, and what the client says next.
 *
 *     line → gpo_smtp_reply_add → verdict (the reply's class) → the edge → arrive()
 *
 * What stays true: one reply is taken at a time, the oldest that is owed; the state is written by
 * gpo_session_take() alone; a server that answers what cannot be an answer is left at once. */
#include "roles/sender-private.h"
#include <string.h>

/* RFC 5321 §4.5.3.2, in milliseconds. */
#define GREETING_MS (300 * 1000)
#define COMMAND_MS (300 * 1000)
#define DATA_MS (120 * 1000)
#define BLOCK_MS (180 * 1000)
#define FINAL_MS (600 * 1000)
#define QUIT_MS (10 * 1000)

typedef struct
{
  GpoSmtpInput verb;
  char *text;
} UnsaidLine;

static GpoSender *
self (GpoSession *session)
{
  return (GpoSender *) session;
}

/* --- saying --- */

static GpoSymbol
verb_symbol (GpoSmtpInput verb)
{
  static GpoSymbol symbols[GPO_SMTP_N_INPUTS];
  if (verb == GPO_SMTP_IN_UNKNOWN)
    return 0;
  if (G_UNLIKELY (symbols[verb] == 0))
    symbols[verb] = gpo_symbol (gpo_smtp_server_machine.inputs[verb]);
  return symbols[verb];
}

void
gpo_sender_say (GpoSender *sender, GpoSmtpInput verb, const char *text)
{
  if (sender->session.pending == GPO_PENDING_GATE || sender->unsaid.length)
    {
      UnsaidLine *line = g_new (UnsaidLine, 1);
      *line = (UnsaidLine){ verb, g_strdup (text) };
      g_queue_push_tail (&sender->unsaid, line);
      return;
    }
  gpo_session_send (&sender->session, text, verb_symbol (verb), 0);
}

static void
unsaid_free (gpointer data)
{
  UnsaidLine *line = data;
  g_free (line->text);
  g_free (line);
}

static void
say_unsaid (GpoSender *sender)
{
  while (sender->unsaid.length && sender->session.pending == GPO_PENDING_NONE)
    {
      UnsaidLine *line = g_queue_pop_head (&sender->unsaid);
      gpo_session_send (&sender->session, line->text, verb_symbol (line->verb), 0);
      unsaid_free (line);
    }
}

static void
say_hello (GpoSender *sender, GpoSmtpInput verb)
{
  g_autofree char *text = g_strdup_printf ("%s %s", verb == GPO_SMTP_IN_EHLO ? "EHLO" : "HELO", sender->name);
  sender->esmtp = verb == GPO_SMTP_IN_EHLO;
  gpo_sender_say (sender, verb, text);
}

/* --- the end --- */

void
gpo_outcome_clear (GpoOutcome *outcome)
{
  g_free (outcome->reply);
  *outcome = (GpoOutcome){ 0 };
}

void
gpo_sender_end (GpoSender *sender, GpoRecipientState state, int code, const char *status, const char *text)
{
  if (sender->ended)
    return;
  gpo_sender_letter_done (sender, status, text);
  sender->ended = TRUE;
  GpoOutcome why = { .state = state, .code = code, .reply = g_strdup (text) };
  g_strlcpy (why.status, status, sizeof why.status);
  if (sender->user && sender->user->ended)
    sender->user->ended (sender, &why, sender->data);
  gpo_outcome_clear (&why);
}

void
gpo_sender_end_by_reply (GpoSender *sender, const char *status)
{
  g_autofree char *words = gpo_smtp_reply_words (&sender->reply, TRUE);
  gboolean permanent = sender->reply.code >= 500;
  gpo_sender_end (sender, permanent ? GPO_RCPT_FAILED : GPO_RCPT_WAITING, sender->reply.code,
                  *sender->reply.status ? sender->reply.status : status, words);
}

static void
end_well (GpoSender *sender)
{
  if (sender->ended)
    return;
  sender->ended = TRUE;
  if (sender->user && sender->user->ended)
    sender->user->ended (sender, NULL, sender->data);
}

/* --- arriving in a state --- */

static guint
timeout_of (const GpoSender *sender)
{
  switch ((GpoSmtpClientState) sender->session.state)
    {
    case GPO_SMTP_CLIENT_CONNECTING:
    case GPO_SMTP_CLIENT_CLOSED:
      return 0;
    case GPO_SMTP_CLIENT_GREETING:
      return GREETING_MS;
    case GPO_SMTP_CLIENT_DATA:
      return DATA_MS;
    case GPO_SMTP_CLIENT_LETTER:
      return sender->all_sent ? FINAL_MS : BLOCK_MS;
    case GPO_SMTP_CLIENT_READY:
      return sender->idle_ms;
    case GPO_SMTP_CLIENT_QUIT:
      return QUIT_MS;
    default:
      return COMMAND_MS;
    }
}

/* What follows from where the edge led, whichever row it was. */
static void
arrive (GpoSender *sender, const GpoEdge *edge)
{
  GpoSession *session = &sender->session;
  switch ((GpoSmtpClientState) session->state)
    {
    case GPO_SMTP_CLIENT_EHLO:
      say_hello (sender, GPO_SMTP_IN_EHLO);
      break;
    case GPO_SMTP_CLIENT_HELO:
      say_hello (sender, GPO_SMTP_IN_HELO);
      break;
    case GPO_SMTP_CLIENT_STARTTLS:
      gpo_sender_say (sender, GPO_SMTP_IN_STARTTLS, edge->reply);
      break;
    case GPO_SMTP_CLIENT_RSET:
      gpo_sender_say (sender, GPO_SMTP_IN_RSET, edge->reply);
      break;
    case GPO_SMTP_CLIENT_QUIT:
      gpo_sender_say (sender, GPO_SMTP_IN_QUIT, edge->reply);
      break;
    case GPO_SMTP_CLIENT_TLS:
      /* What came behind the 220 in the clear may be anybody's (RFC 3207 §4.2). */
      gpo_session_discard (session);
      session->wants_tls = TRUE;
      session->pending = GPO_PENDING_TLS;
      break;
    case GPO_SMTP_CLIENT_CLOSED:
      session->closing = TRUE;
      break;
    default:
      break;
    }
  session->timeout_ms = timeout_of (sender);
}

void
gpo_sender_take (GpoSender *sender, GpoSmtpClientInput input, GpoVerdict verdict)
{
  arrive (sender, gpo_session_take (&sender->session, (guint8) input, verdict, 0, NULL, NULL));
}

/* --- ready: what next? --- */

static void
ask_for_tls_or_go_on (GpoSender *sender)
{
  gboolean wanted = sender->tls != GPO_SENDER_TLS_NONE && !sender->session.tls;
  if (wanted && sender->offer.starttls && !sender->tls_tried)
    {
      sender->tls_tried = TRUE;
      gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_STARTTLS, GPO_OK);
    }
  else if (wanted && sender->tls == GPO_SENDER_TLS_REQUIRED)
    {
      gpo_sender_end (sender, GPO_RCPT_FAILED, 0, "5.7.10",
                      sender->tls_tried ? "the server refused STARTTLS, and encryption is required"
                                        : "the server does not offer STARTTLS, and encryption is required");
      sender->quitting = sender->again = TRUE;
    }
  else if (sender->login && !sender->authenticated)
    gpo_sender_auth_begin (sender);
  else if (sender->user && sender->user->ready)
    sender->user->ready (sender, sender->data);
}

/* One step in READY; `again` asks for another, so that a user who answers `ready` with a letter that
 * is refused at once does not make the stack grow. */
void
gpo_sender_proceed (GpoSender *sender)
{
  sender->again = TRUE;
  if (sender->proceeding)
    return;
  sender->proceeding = TRUE;
  while (sender->again && sender->session.state == GPO_SMTP_CLIENT_READY)
    {
      sender->again = FALSE;
      if (sender->decided)
        gpo_sender_letter_done (sender, "4.0.0", "");
      if (sender->quitting)
        {
          gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_QUIT, GPO_OK);
          end_well (sender);
        }
      else
        ask_for_tls_or_go_on (sender);
    }
  sender->proceeding = FALSE;
}

/* --- replies --- */

/* The connection cannot go on: what is left of the letter is deferred, the user is told. `class` is what
 * the reply says, if it came before the letter's end: the letter's fate, then, and not the connection's. */
static void
close_by_reply (GpoSender *sender, GpoVerdict verdict, GpoVerdict class)
{
  if (verdict == GPO_CLOSING && (class == GPO_REFUSED || class == GPO_DEFERRED))
    {
      gpo_sender_letter_decide (sender, class);
      gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.4.2", "the server answered before the letter was sent");
    }
  else if (verdict == GPO_SYNTAX)
    {
      g_autofree char *words = gpo_smtp_reply_words (&sender->reply, FALSE);
      g_autofree char *text = g_strdup_printf ("the server answered what is no answer here: %s", words);
      gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.5.0", text);
    }
  else
    gpo_sender_end_by_reply (sender, "4.3.2");
}

static void
handle_reply (GpoSender *sender)
{
  GpoSession *session = &sender->session;
  guint8 from = session->state;
  GpoVerdict class = gpo_smtp_reply_verdict (&sender->reply), verdict = class;
  if (from == GPO_SMTP_CLIENT_LETTER && !sender->all_sent)
    verdict = verdict == GPO_OK ? GPO_SYNTAX : GPO_CLOSING; /* before the dot: no way to go on in step */
  if (gpo_machine_find (session->machine, from, GPO_SMTP_CLIENT_IN_REPLY, verdict) == GPO_NO_EDGE)
    verdict = GPO_SYNTAX;
  g_autofree char *words = gpo_smtp_reply_words (&sender->reply, FALSE);
  if (from == GPO_SMTP_CLIENT_EHLO || from == GPO_SMTP_CLIENT_HELO)
    gpo_smtp_offer_parse (&sender->offer, &sender->reply, sender->esmtp);
  const GpoEdge *edge
      = gpo_session_take (session, GPO_SMTP_CLIENT_IN_REPLY, verdict, sender->reply.code, words, NULL);
  arrive (sender, edge);
  if (verdict == GPO_CLOSING || verdict == GPO_SYNTAX)
    close_by_reply (sender, verdict, class);
  else if (from == GPO_SMTP_CLIENT_AUTH)
    gpo_sender_auth_reply (sender, verdict);
  else if (from >= GPO_SMTP_CLIENT_MAIL && from <= GPO_SMTP_CLIENT_VOID)
    gpo_sender_letter_reply (sender, from, verdict);
  else if (session->state == GPO_SMTP_CLIENT_QUIT)
    gpo_sender_end_by_reply (sender, from == GPO_SMTP_CLIENT_GREETING ? "4.3.2" : "4.5.0");
  if (session->state == GPO_SMTP_CLIENT_READY)
    gpo_sender_proceed (sender);
}

/* A line that is no reply: the edge `syntax`, and the end. */
static void
handle_garbage (GpoSender *sender, const char *line, gsize length)
{
  g_autofree char *shown = g_strndup (line, MIN (length, 80));
  g_autofree char *valid = g_utf8_make_valid (shown, -1);
  g_autofree char *text = g_strdup_printf ("the server sent a line that is no SMTP reply: %s", valid);
  gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_REPLY, GPO_SYNTAX);
  gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.5.0", text);
}

/* Records the line once and asks the gate. *other: words that stand in for it; the caller frees. */
static GpoGateAnswer
ask_gate (GpoSender *sender, const GpoLine *line, char **other)
{
  GpoSession *session = &sender->session;
  GpoSmtpReplyLine read;
  gboolean is_reply = gpo_smtp_reply_line_parse (line->text, line->length, &read);
  if (!sender->asked)
    gpo_session_record_line (session, FALSE, line->text, line->length, line->ending, 0,
                             is_reply ? read.code : 0);
  sender->asked = TRUE;
  if (!session->witness)
    return GPO_GATE_PASS; /* the server's end has held it already */
  return gpo_session_ask (session, session->cause, other);
}

static gboolean
take (GpoSession *session)
{
  GpoSender *sender = self (session);
  GpoLine line;
  say_unsaid (sender);
  if (session->pending != GPO_PENDING_NONE || session->state == GPO_SMTP_CLIENT_CLOSED)
    return FALSE;
  GpoLineResult found = gpo_session_line (session, GPO_SMTP_REPLY_LINE_MAX, &line);
  if (found == GPO_LINE_NONE)
    return FALSE;
  g_autofree char *other = NULL;
  GpoGateAnswer answer = ask_gate (sender, &line, &other);
  if (answer == GPO_GATE_HOLD)
    return FALSE;
  sender->asked = FALSE;
  if (answer == GPO_GATE_DROP)
    return FALSE;
  const char *text = answer == GPO_GATE_REPLY ? other : line.text;
  gsize length = answer == GPO_GATE_REPLY ? strlen (other) : line.length;
  GpoReplyResult result = GPO_REPLY_BAD;
  if (found == GPO_LINE_WHOLE)
    result = gpo_smtp_reply_add (&sender->reply, text, length);
  if (result == GPO_REPLY_BAD)
    handle_garbage (sender, text, length);
  gpo_session_consume (session, line.with_ending);
  if (result == GPO_REPLY_WHOLE)
    {
      handle_reply (sender);
      gpo_smtp_reply_reset (&sender->reply);
      session->timeout_ms = timeout_of (sender);
    }
  return TRUE;
}

/* --- what the desk says --- */

void
gpo_sender_connected (GpoSession *session, const GError *error)
{
  GpoSender *sender = self (session);
  sender->inside++;
  if (error)
    {
      gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_CONNECTED, GPO_DEFERRED);
      gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.4.1", error->message);
    }
  else
    {
      gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_CONNECTED, GPO_OK);
      if (sender->tls == GPO_SENDER_TLS_IMPLICIT)
        {
          session->wants_tls = TRUE;
          session->pending = GPO_PENDING_TLS;
        }
    }
  sender->inside--;
}

static void
lost (GpoSession *session, const char *why)
{
  GpoSender *sender = self (session);
  if (session->state == GPO_SMTP_CLIENT_CLOSED)
    return;
  gboolean expected = session->state == GPO_SMTP_CLIENT_QUIT;
  sender->inside++;
  gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_LOST, expected ? GPO_OK : GPO_DEFERRED);
  g_autofree char *text = g_strdup_printf ("the connection was lost: %s", why);
  gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.4.2", text);
  sender->inside--;
}

static void
timed_out (GpoSession *session)
{
  GpoSender *sender = self (session);
  if (session->state == GPO_SMTP_CLIENT_CLOSED)
    return;
  sender->inside++;
  if (session->state == GPO_SMTP_CLIENT_READY)
    gpo_sender_quit (sender);
  else
    {
      g_autofree char *text
          = g_strdup_printf ("no answer for %u s while waiting in state \"%s\"", session->timeout_ms / 1000,
                             session->machine->states[session->state]);
      gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_TIMEOUT, GPO_DEFERRED);
      gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.4.2", text);
    }
  sender->inside--;
}

static void
secured (GpoSession *session, const char *description, const GError *error)
{
  GpoSender *sender = self (session);
  gboolean implicit = session->state == GPO_SMTP_CLIENT_GREETING;
  sender->inside++;
  session->tls = error == NULL;
  sender->tls_failed = error != NULL;
  gpo_smtp_offer_clear (&sender->offer);
  if (error)
    {
      g_autofree char *text = g_strdup_printf ("the TLS handshake failed: %s", error->message);
      if (implicit)
        gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_LOST, GPO_DEFERRED);
      else
        gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_HANDSHAKE, GPO_REFUSED);
      gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.7.5", text);
    }
  else if (!implicit)
    gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_HANDSHAKE, GPO_OK);
  sender->inside--;
}

static void
drained (GpoSession *session)
{
  GpoSender *sender = self (session);
  sender->inside++;
  gpo_sender_pump (sender);
  session->timeout_ms = timeout_of (sender);
  sender->inside--;
}

static void
shutdown (GpoSession *session)
{
  gpo_sender_quit (self (session));
}

static void
sender_free (GpoSession *session)
{
  GpoSender *sender = self (session);
  gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.4.2", "the connection was closed");
  gpo_smtp_reply_clear (&sender->reply);
  gpo_smtp_offer_clear (&sender->offer);
  g_clear_pointer (&sender->sasl, gpo_sasl_free);
  g_queue_clear_full (&sender->unsaid, unsaid_free);
  g_free (sender->name);
  g_free (sender->login);
  g_free (sender->password);
  g_free (sender->mechanism);
  gpo_session_finish (session);
  g_free (sender);
}

static const GpoSessionClass sender_class = {
  .take = take,
  .timed_out = timed_out,
  .secured = secured,
  .lost = lost,
  .shutdown = shutdown,
  .drained = drained,
  .free = sender_free,
};

/* --- what the user says --- */

GpoSender *
gpo_sender_new (const GpoSenderOptions *options, GpoLog *log, GpoSymbol host, guint32 number,
                const GpoSenderUser *user, gpointer data)
{
  GpoSender *sender = g_new0 (GpoSender, 1);
  gpo_session_init (&sender->session, &sender_class, &gpo_smtp_client_machine, log, host, number,
                    GPO_PROTOCOL_SMTP);
  sender->session.client = TRUE;
  sender->user = user;
  sender->data = data;
  sender->name = g_strdup (options->name);
  sender->login = g_strdup (options->user);
  sender->password = g_strdup (options->password);
  sender->mechanism = g_strdup (options->mechanism);
  sender->tls = options->tls;
  sender->no_pipelining = options->no_pipelining;
  sender->idle_ms = options->idle_ms;
  sender->offer.size = -1;
  g_queue_init (&sender->unsaid);
  gpo_smtp_reply_init (&sender->reply);
  return sender;
}

GpoSession *
gpo_sender_session (GpoSender *sender)
{
  return &sender->session;
}

void
gpo_sender_forget (GpoSender *sender)
{
  sender->user = NULL;
}

void
gpo_sender_quit (GpoSender *sender)
{
  sender->quitting = TRUE;
  if (sender->session.state != GPO_SMTP_CLIENT_READY || sender->mailing.class)
    return;
  gpo_sender_proceed (sender);
  if (!sender->inside && !sender->session.running)
    gpo_session_changed (&sender->session);
}

gboolean
gpo_sender_is_ready (const GpoSender *sender)
{
  return sender->session.state == GPO_SMTP_CLIENT_READY && !sender->mailing.class && !sender->quitting
         && !sender->telling;
}

const GpoSmtpOffer *
gpo_sender_offer (const GpoSender *sender)
{
  return &sender->offer;
}

const char *
gpo_sender_server (const GpoSender *sender)
{
  return sender->offer.name;
}

gboolean
gpo_sender_tls_failed (const GpoSender *sender)
{
  return sender->tls_failed;
}
