/* SPDX-License-Identifier: MIT */
/* mail-session.c: lines, waiting and the end of a session at the mailbox counter, for IMAP and POP3 alike.
 *
 * What stays true: a line is recorded once, before it is acted on; a session that its desk let go while the
 * store works for it lives until the last callback, and does nothing more then. */
#include "roles/mail-session.h"

static GpoMailSession *
self (GpoSession *session)
{
  return (GpoMailSession *) session;
}

void
gpo_mail_init (GpoMailSession *mail, const GpoMailClass *class, GpoCounter *counter, guint32 number)
{
  gpo_session_init (&mail->session, &class->session, class->machine, counter->log, counter->host->symbol,
                    number, class->protocol);
  mail->class = class;
  mail->counter = counter;
}

/* --- lines --- */

gboolean
gpo_mail_record (GpoMailSession *mail, const GpoLine *line, GpoSymbol verb)
{
  if (mail->asked)
    return FALSE;
  mail->event
      = gpo_session_record_line (&mail->session, TRUE, line->text, line->length, line->ending, verb, 0);
  mail->asked = TRUE;
  return TRUE;
}

GpoMailGate
gpo_mail_ask (GpoMailSession *mail, const GpoLine *line, char **reply)
{
  switch (gpo_session_ask (&mail->session, mail->event, reply))
    {
    case GPO_GATE_PASS:
      mail->asked = FALSE;
      return GPO_MAIL_ACT;
    case GPO_GATE_REPLY:
      gpo_session_consume (&mail->session, line->with_ending);
      mail->asked = FALSE;
      return GPO_MAIL_ANSWERED;
    case GPO_GATE_HOLD:
    case GPO_GATE_DROP:
      break;
    }
  return GPO_MAIL_WAIT;
}

GpoSymbol
gpo_mail_symbol (GpoMailSession *mail, guint8 input)
{
  return gpo_symbol (mail->class->machine->inputs[input]);
}

gboolean
gpo_mail_too_many_errors (GpoMailSession *mail, GpoVerdict verdict)
{
  gboolean bad
      = verdict == GPO_SYNTAX || verdict == GPO_SEQUENCE || verdict == GPO_UNKNOWN || verdict == GPO_TOO_LONG;
  return bad && ++mail->errors > mail->counter->host->limits.errors;
}

/* --- waiting --- */

static void
really_free (GpoMailSession *mail)
{
  mail->class->clear (mail);
  g_free (mail->sasl_user);
  g_clear_pointer (&mail->sasl, gpo_sasl_free);
  gpo_session_finish (&mail->session);
  g_free (mail);
}

void
gpo_mail_wait (GpoMailSession *mail)
{
  mail->waiting++;
  mail->session.pending = GPO_PENDING_STORE;
}

gboolean
gpo_mail_awake (GpoMailSession *mail)
{
  mail->waiting--;
  if (mail->dead)
    {
      if (mail->waiting == 0)
        really_free (mail);
      return FALSE;
    }
  mail->session.pending = GPO_PENDING_NONE;
  if (mail->session.state != mail->class->closed)
    return TRUE;
  /* The connection went while we waited: what was asked for is done, nobody hears of it. */
  mail->class->leave (mail);
  gpo_session_changed (&mail->session);
  return FALSE;
}

void
gpo_mail_settle (GpoMailSession *mail)
{
  if (mail->session.pending == GPO_PENDING_NONE)
    gpo_session_resume (&mail->session);
  else
    gpo_session_changed (&mail->session);
}

void
gpo_mail_free (GpoSession *session)
{
  GpoMailSession *mail = self (session);
  mail->class->leave (mail);
  if (mail->waiting)
    mail->dead = TRUE; /* the last callback frees it */
  else
    really_free (mail);
}

/* --- how it ends, and TLS --- */

static void
end_by (GpoMailSession *mail, guint8 input)
{
  if (mail->session.state != mail->class->closed)
    mail->class->end (mail, input, GPO_CLOSING);
}

void
gpo_mail_timed_out (GpoSession *session)
{
  end_by (self (session), self (session)->class->timeout);
}

void
gpo_mail_shutdown (GpoSession *session)
{
  end_by (self (session), self (session)->class->shutdown);
}

void
gpo_mail_lost (GpoSession *session, const char *why)
{
  end_by (self (session), self (session)->class->lost);
  session->closing = TRUE;
}

void
gpo_mail_secured (GpoSession *session, const char *description, const GError *error)
{
  GpoMailSession *mail = self (session);
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, error ? "failed" : "ok", -1);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, description, -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON, error ? error->message : NULL, -1);
  gpo_log_append (session->log, &b);
  if (session->state == mail->class->tls)
    mail->class->end (mail, mail->class->handshake, error ? GPO_REFUSED : GPO_OK);
}
