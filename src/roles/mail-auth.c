/* SPDX-License-Identifier: MIT */
/* mail-auth.c: who is at the mailbox counter: passwords, and SASL for IMAP's AUTHENTICATE and POP3's AUTH.
 *
 * The mechanisms are libgsasl's (protocol/sasl.h). Each attempt is an `auth` event. */
#include "roles/mail-session.h"
#include <string.h>

gboolean
gpo_mail_needs_tls (GpoMailSession *mail)
{
  return mail->counter->host->tls == GPO_TLS_REQUIRED && !mail->session.tls;
}

gboolean
gpo_mail_offers_mechanism (GpoMailSession *mail, const char *mechanism)
{
  char **list = mail->counter->host->mechanisms;
  return !list || g_strv_contains ((const char *const *) list, mechanism);
}

void
gpo_mail_auth_event (GpoMailSession *mail, const char *mechanism, const char *person, const char *result,
                     const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (&mail->session, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, mechanism, -1);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, person, -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, result, -1);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) mail->session.cause);
  gpo_log_append (mail->session.log, &b);
}

GpoPerson *
gpo_mail_check_password (GpoMailSession *mail, const char *how, const char *name, const char *password)
{
  GpoPerson *person = gpo_host_person (mail->counter->host, name);
  gboolean right = person && person->password && strcmp (person->password, password) == 0;
  gpo_mail_auth_event (mail, how, name, right ? "ok" : "failed",
                       right    ? NULL
                       : person ? "wrong password"
                                : "no such person");
  return right ? person : NULL;
}

/* --- SASL --- */

static const char *
password_of (const char *user, gpointer data)
{
  GpoMailSession *mail = data;
  GpoPerson *person = gpo_host_person (mail->counter->host, user);
  g_free (mail->sasl_user);
  mail->sasl_user = g_strdup (user);
  return person ? person->password : NULL;
}

gboolean
gpo_mail_sasl_begin (GpoMailSession *mail, const char *name)
{
  const char *mechanism = gpo_sasl_mechanism (name);
  if (mechanism && gpo_mail_offers_mechanism (mail, mechanism))
    mail->sasl = gpo_sasl_server_new (mechanism, password_of, mail, NULL);
  return mail->sasl != NULL;
}

GpoSaslStep
gpo_mail_sasl_step (GpoMailSession *mail, const char *line, GpoPerson **person, char **text)
{
  g_autofree char *challenge = NULL, *why = NULL;
  g_autofree char *mechanism = g_strdup (gpo_sasl_mechanism_of (mail->sasl));
  g_autofree char *said = line ? gpo_sasl_explain (mechanism, line) : NULL;
  GpoSaslStep result = gpo_sasl_step (mail->sasl, line, &challenge, &why);
  *text = NULL;
  *person = NULL;
  if (result == GPO_SASL_MORE)
    {
      if (said)
        gpo_mail_auth_event (mail, mechanism, mail->sasl_user, "more", said);
      *text = g_steal_pointer (&challenge);
      return result;
    }
  if (result == GPO_SASL_DONE)
    *person = gpo_host_person (mail->counter->host, gpo_sasl_person (mail->sasl));
  g_clear_pointer (&mail->sasl, gpo_sasl_free);
  gpo_mail_auth_event (mail, mechanism, mail->sasl_user, *person ? "ok" : "failed", *person ? said : why);
  if (*person)
    return GPO_SASL_DONE;
  if (result != GPO_SASL_CANCELLED && result != GPO_SASL_SYNTAX)
    return GPO_SASL_FAILED;
  *text = why ? g_steal_pointer (&why) : g_strdup ("not base64");
  return GPO_SASL_SYNTAX;
}
