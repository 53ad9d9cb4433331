/* SPDX-License-Identifier: MIT */
/* smtp-hello.c: EHLO, HELO and STARTTLS: who the client is, what this host offers it, and the beginning once
 * more when the connection is encrypted. */
#include "letter/address.h"
#include "roles/smtp-private.h"

/* --- EHLO --- */

/* ehlo-ok-rsp: RFC 5321 §4.1.1.1. Each keyword is one line, the last without the hyphen. */
static char *
ehlo_reply (GpoSmtpServer *server)
{
  GpoHost *host = server->server_host;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (lines, g_strdup_printf ("%s greets %s", host->domain, server->helo));
  static const char *const plain[]
      = { "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN",
          "VRFY",       "EXPN",     "HELP" };
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (gpo_smtp_offers (server, plain[i]) && (host->vrfy || strcmp (plain[i], "EXPN") != 0))
      g_ptr_array_add (lines, g_strdup (plain[i]));
  if (gpo_smtp_offers (server, "SIZE"))
    g_ptr_array_add (lines, g_strdup_printf ("SIZE %" G_GINT64_FORMAT, host->limits.letter));
  if (server->offers_tls && !server->session.tls && gpo_smtp_offers (server, "STARTTLS"))
    g_ptr_array_add (lines, g_strdup ("STARTTLS"));
  g_autoptr (GString) auth = gpo_smtp_auth_keyword (server);
  if (auth)
    g_ptr_array_add (lines, g_strdup (auth->str));
  GString *reply = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (reply, "%s250%c%s", i ? "\n" : "", i + 1 < lines->len ? '-' : ' ',
                            (char *) lines->pdata[i]);
  return g_string_free (reply, FALSE);
}

void
gpo_smtp_hello (GpoSmtpServer *server, GpoSmtpCommand *command)
{
  GpoSlice name = command->argument;
  /* Sloppy names are common and harmless, so only an empty or unprintable one is refused
   * (RFC 5321 §4.1.4: a server must not refuse mail for a name that does not verify). */
  gboolean printable = name.length > 0 && name.length <= GPO_DOMAIN_MAX + 2;
  for (gsize i = 0; i < name.length; i++)
    printable = printable && (guchar) name.text[i] > 32 && name.text[i] != 127;
  if (!printable)
    {
      gpo_smtp_answer (server, command->input, GPO_SYNTAX, NULL, NULL);
      return;
    }
  gpo_smtp_reset (server);
  g_free (server->helo);
  server->helo = gpo_slice_dup (name);
  server->esmtp = command->input == GPO_SMTP_IN_EHLO;
  GpoEventBuilder b;
  gpo_session_event (&server->session, &b, GPO_KIND_EDGE);
  gpo_event_add_text (&b, GPO_FIELD_NAME, server->helo, -1);
  g_autofree char *reply
      = server->esmtp ? ehlo_reply (server)
                      : g_strdup_printf ("250 %s greets %s", server->server_host->domain, server->helo);
  gpo_smtp_answer (server, command->input, GPO_OK, reply, &b);
}

/* --- STARTTLS: RFC 3207 --- */

void
gpo_smtp_starttls (GpoSmtpServer *server, GpoSmtpCommand *command)
{
  GpoSession *session = &server->session;
  if (command->argument.length > 0)
    gpo_smtp_answer (server, command->input, GPO_SYNTAX, "501 5.5.4 syntax: STARTTLS, without argument",
                     NULL);
  else if (session->tls)
    gpo_smtp_answer (server, command->input, GPO_SEQUENCE, NULL, NULL);
  else if (!server->offers_tls || !gpo_smtp_offers (server, "STARTTLS"))
    gpo_smtp_answer (server, command->input, GPO_UNSUPPORTED, NULL, NULL);
  else
    {
      gpo_smtp_answer (server, command->input, GPO_MORE, NULL, NULL);
      session->wants_tls = TRUE;
      if (session->pending == GPO_PENDING_NONE)
        session->pending = GPO_PENDING_TLS;
    }
}

void
gpo_smtp_secured (GpoSession *session, const char *description, const GError *error)
{
  GpoSmtpServer *server = (GpoSmtpServer *) session;
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, error ? "failed" : "ok", -1);
  gpo_event_add_text (&b, error ? GPO_FIELD_REASON : GPO_FIELD_MECHANISM,
                      error ? error->message : description, -1);
  gpo_log_append (session->log, &b);
  if (session->state != GPO_SMTP_TLS)
    return; /* TLS from the first byte: no command asked for it */
  /* Nothing that was said before counts any more: RFC 3207 §4.2. */
  gpo_smtp_reset (server);
  g_clear_pointer (&server->helo, g_free);
  server->esmtp = FALSE;
  server->person = NULL;
  gpo_smtp_answer (server, GPO_SMTP_IN_HANDSHAKE, error ? GPO_REFUSED : GPO_OK, NULL, NULL);
}
