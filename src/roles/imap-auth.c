/* SPDX-License-Identifier: MIT */
/* imap-auth.c: STARTTLS, LOGIN, AUTHENTICATE, LOGOUT: RFC 3501 §6.1.3 and §6.2, RFC 4959 (SASL-IR).
 *
 * Arrow 4 of the states. The mechanisms are libgsasl's (protocol/sasl.h). */
#include "roles/imap-private.h"
#include <string.h>

static gboolean
needs_tls (GpoImap *imap)
{
  return imap->counter->host->tls == GPO_TLS_REQUIRED && !imap->session.tls;
}

static void
auth_event (GpoImap *imap, const char *mechanism, const char *person, const char *result, const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (&imap->session, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, mechanism, -1);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, person, -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, result, -1);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) imap->session.cause);
  gpo_log_append (imap->session.log, &b);
}

/* The person is known: their mailboxes are opened, and the reply says what is offered now. */
static void
welcome (GpoImap *imap, GpoPerson *person, const char *verb)
{
  g_autoptr (GError) error = NULL;
  imap->mailboxes = gpo_counter_mailboxes (imap->counter, person, &error);
  if (!imap->mailboxes)
    {
      gpo_imap_answerf (imap, GPO_REFUSED, "NO [UNAVAILABLE] %s", error->message);
      return;
    }
  imap->person = person;
  g_autoptr (GString) text = g_string_new ("OK [");
  gpo_imap_capability_append (imap, text);
  g_string_append_printf (text, "] %s completed, welcome %s", verb, person->login);
  gpo_imap_answer (imap, GPO_OK, text->str);
}

void
gpo_imap_login (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL, *password = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_astring (p, &name, "a user name") || !gpo_imap_space (p)
      || !gpo_imap_astring (p, &password, "a password") || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  GpoPerson *person = gpo_host_person (imap->counter->host, name);
  if (needs_tls (imap))
    gpo_imap_answer (imap, GPO_NEEDS_TLS, NULL);
  else if (!person || !person->password || strcmp (person->password, password) != 0)
    {
      auth_event (imap, "LOGIN", name, "failed", person ? "wrong password" : "no such person");
      gpo_imap_answer (imap, GPO_REFUSED, NULL);
    }
  else
    {
      auth_event (imap, "LOGIN", name, "ok", NULL);
      welcome (imap, person, "LOGIN");
    }
}

/* --- AUTHENTICATE --- */

static const char *
password_of (const char *user, gpointer data)
{
  GpoImap *imap = data;
  GpoPerson *person = gpo_host_person (imap->counter->host, user);
  g_free (imap->sasl_user);
  imap->sasl_user = g_strdup (user);
  return person ? person->password : NULL;
}

/* One step: for the command itself (its initial response) and for each line after it. */
static void
step (GpoImap *imap, const char *line)
{
  g_autofree char *challenge = NULL, *why = NULL;
  g_autofree char *mechanism = g_strdup (gpo_sasl_mechanism_of (imap->sasl));
  g_autofree char *said = line ? gpo_sasl_explain (mechanism, line) : NULL;
  GpoSaslStep result = gpo_sasl_step (imap->sasl, line, &challenge, &why);
  if (result == GPO_SASL_MORE)
    {
      g_autofree char *text = g_strdup_printf ("+ %s", challenge);
      if (said)
        auth_event (imap, mechanism, imap->sasl_user, "more", said);
      gpo_imap_step_edge (imap, imap->input, GPO_MORE, text);
      return;
    }
  GpoPerson *person = result == GPO_SASL_DONE ? gpo_host_person (imap->counter->host, gpo_sasl_person (imap->sasl)) : NULL;
  g_clear_pointer (&imap->sasl, gpo_sasl_free);
  auth_event (imap, mechanism, imap->sasl_user, person ? "ok" : "failed", person ? said : why);
  if (person)
    welcome (imap, person, "AUTHENTICATE");
  else if (result == GPO_SASL_CANCELLED || result == GPO_SASL_SYNTAX)
    gpo_imap_answerf (imap, GPO_SYNTAX, "BAD %s", why ? why : "not base64");
  else
    gpo_imap_answer (imap, GPO_REFUSED, NULL);
}

void
gpo_imap_authenticate (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  const char *word, *response = NULL;
  gsize length;
  g_autofree char *initial = NULL, *name = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_atom (p, &word, &length, "a mechanism"))
    {
      gpo_imap_bad (imap);
      return;
    }
  name = g_strndup (word, length);
  if (gpo_imap_skip (p, ' '))
    {
      response = p->text + p->at;
      initial = g_strndup (response, p->length - p->at);
    }
  else if (!gpo_imap_no_more (imap))
    return;
  const char *mechanism = gpo_sasl_mechanism (name);
  char **list = imap->counter->host->mechanisms;
  if (mechanism && list && !g_strv_contains ((const char *const *) list, mechanism))
    mechanism = NULL;
  if (needs_tls (imap))
    gpo_imap_answer (imap, GPO_NEEDS_TLS, NULL);
  else if (!mechanism || !(imap->sasl = gpo_sasl_server_new (mechanism, password_of, imap, NULL)))
    gpo_imap_answer (imap, GPO_UNSUPPORTED, NULL);
  else
    step (imap, initial);
}

void
gpo_imap_auth_response (GpoImap *imap, const char *line, gsize length)
{
  if (length != G_MAXSIZE)
    {
      step (imap, line);
      return;
    }
  g_clear_pointer (&imap->sasl, gpo_sasl_free);
  gpo_imap_answer (imap, GPO_TOO_LONG, NULL);
}

/* --- STARTTLS, LOGOUT --- */

void
gpo_imap_starttls (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  if (!imap->offers_tls || imap->session.tls)
    {
      gpo_imap_answer (imap, GPO_UNSUPPORTED, NULL);
      return;
    }
  gpo_imap_answer (imap, GPO_MORE, NULL);
  /* What came in plain behind the command is not the client's that will be behind TLS. */
  gpo_session_discard (&imap->session);
  imap->session.wants_tls = TRUE;
  imap->session.pending = GPO_PENDING_TLS;
}

void
gpo_imap_logout (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_untagged (imap, "BYE come again");
  gpo_imap_answer (imap, GPO_OK, NULL);
}
