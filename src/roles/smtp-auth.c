/* SPDX-License-Identifier: MIT */
/* smtp-auth.c: AUTH: RFC 4954. The mechanisms themselves are libgsasl's (protocol/sasl.h). */
#include "roles/smtp-private.h"
#include <string.h>

static gboolean
offers_mechanism (GpoSmtpServer *server, const char *mechanism)
{
  char **list = server->server_host->mechanisms;
  return !list || g_strv_contains ((const char *const *) list, mechanism);
}

/* The EHLO line "AUTH SCRAM-SHA-256 …", or NULL where AUTH makes no sense now. */
GString *
gpo_smtp_auth_keyword (GpoSmtpServer *server)
{
  if (g_hash_table_size (server->server_host->persons) == 0 || !gpo_smtp_offers (server, "AUTH")
      || (server->server_host->tls == GPO_TLS_REQUIRED && !server->session.tls))
    return NULL;
  GString *line = g_string_new ("AUTH");
  for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
    if (offers_mechanism (server, *m))
      g_string_append_printf (line, " %s", *m);
  return line;
}

/* Whose password a mechanism asks for. The person is remembered only when the exchange is done. */
static const char *
password_of (const char *user, gpointer data)
{
  GpoSmtpServer *server = data;
  GpoPerson *person = gpo_host_person (server->server_host, user);
  g_free (server->sasl_user);
  server->sasl_user = g_strdup (user);
  return person ? person->password : NULL;
}

static void
auth_event (GpoSmtpServer *server, const char *result, const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (&server->session, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, gpo_sasl_mechanism_of (server->sasl), -1);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, server->sasl_user, -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, result, -1);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) server->session.cause);
  gpo_log_append (server->session.log, &b);
}

/* One step of the exchange, for AUTH itself (its initial response) and for each line after it. */
static void
step (GpoSmtpServer *server, GpoSmtpInput input, const char *line)
{
  g_autofree char *challenge = NULL, *why = NULL;
  g_autofree char *said = line ? gpo_sasl_explain (gpo_sasl_mechanism_of (server->sasl), line) : NULL;
  switch (gpo_sasl_step (server->sasl, line, &challenge, &why))
    {
    case GPO_SASL_MORE:
      {
        g_autofree char *text = g_strdup_printf ("334 %s", challenge);
        if (said)
          auth_event (server, "more", said);
        gpo_smtp_answer (server, input, GPO_MORE, text, NULL);
        return;
      }
    case GPO_SASL_DONE:
      {
        server->person = gpo_host_person (server->server_host, gpo_sasl_person (server->sasl));
        auth_event (server, "ok", said);
        g_autofree char *text = g_strdup_printf ("235 2.7.0 welcome, %s", server->person->login);
        gpo_smtp_answer (server, input, GPO_OK, text, NULL);
        break;
      }
    case GPO_SASL_FAILED:
      auth_event (server, "failed", why);
      gpo_smtp_answer (server, input, GPO_REFUSED, NULL, NULL);
      break;
    case GPO_SASL_CANCELLED:
    case GPO_SASL_SYNTAX:
      {
        g_autofree char *text = g_strdup_printf ("501 5.5.2 %s", why ? why : "not base64");
        auth_event (server, "failed", why);
        gpo_smtp_answer (server, input, GPO_SYNTAX, text, NULL);
        break;
      }
    }
  g_clear_pointer (&server->sasl, gpo_sasl_free);
}

void
gpo_smtp_auth (GpoSmtpServer *server, GpoSlice argument)
{
  const char *space = argument.length ? memchr (argument.text, ' ', argument.length) : NULL;
  g_autofree char *name
      = g_strndup (argument.text, space ? (gsize) (space - argument.text) : argument.length);
  g_autofree char *initial
      = space ? g_strndup (space + 1, argument.length - (gsize) (space - argument.text) - 1) : NULL;
  const char *mechanism = gpo_sasl_mechanism (name);
  if (server->person)
    gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_SEQUENCE, NULL, NULL);
  else if (!*name)
    gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_SYNTAX, NULL, NULL);
  else if (!server->esmtp || g_hash_table_size (server->server_host->persons) == 0
           || !gpo_smtp_offers (server, "AUTH"))
    gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_UNSUPPORTED, "502 5.5.1 AUTH is not offered here", NULL);
  else if (server->server_host->tls == GPO_TLS_REQUIRED && !server->session.tls)
    gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_NEEDS_TLS, NULL, NULL);
  else if (!mechanism || !offers_mechanism (server, mechanism))
    gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_UNSUPPORTED, NULL, NULL);
  else
    {
      g_autoptr (GError) error = NULL;
      server->sasl = gpo_sasl_server_new (mechanism, password_of, server, &error);
      if (server->sasl)
        step (server, GPO_SMTP_IN_AUTH, initial);
      else
        gpo_smtp_answer (server, GPO_SMTP_IN_AUTH, GPO_UNSUPPORTED, NULL, NULL);
    }
}

void
gpo_smtp_auth_response (GpoSmtpServer *server, const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  step (server, GPO_SMTP_IN_RESPONSE, text);
}
