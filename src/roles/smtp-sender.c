/* SPDX-License-Identifier: MIT */
/* smtp-sender.c: what the client says on arriving in a state, and how it ends. Replies are sender-reply.c's.
 *
 * What stays true: the state is written by gpo_session_take() alone, and what is said next follows from the
 * state, whichever row led there. */
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

void
gpo_sender_say_unsaid (GpoSender *sender)
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
  char own[sizeof sender->reply.status];
  g_strlcpy (own, *sender->reply.status ? sender->reply.status : status, sizeof own);
  if (permanent && *own == '4')
    *own = '5'; /* what is over for good has a status of class 5 (RFC 3463 §2) */
  gpo_sender_end (sender, permanent ? GPO_RCPT_FAILED : GPO_RCPT_WAITING, sender->reply.code, own, words);
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

guint
gpo_sender_timeout (const GpoSender *sender)
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

void
gpo_sender_arrive (GpoSender *sender, const GpoEdge *edge)
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
  session->timeout_ms = gpo_sender_timeout (sender);
}

void
gpo_sender_take (GpoSender *sender, GpoSmtpClientInput input, GpoVerdict verdict)
{
  gpo_sender_arrive (sender, gpo_session_take (&sender->session, (guint8) input, verdict, 0, NULL, NULL));
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
  session->timeout_ms = gpo_sender_timeout (sender);
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
  .take = gpo_sender_take_line,
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
