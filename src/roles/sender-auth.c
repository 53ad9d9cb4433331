/* SPDX-License-Identifier: MIT */
/* sender-auth.c: the client proves who it is: RFC 4954 §4. The mechanisms are libgsasl's (protocol/sasl.h).
 */
#include "roles/sender-private.h"
#include <string.h>

static gboolean
offers (const GpoSender *sender, const char *mechanism)
{
  g_auto (GStrv) words = g_strsplit (sender->offer.auth ? sender->offer.auth : "", " ", -1);
  return g_strv_contains ((const char *const *) words, mechanism);
}

/* The one asked for, or the strongest that both know. NULL if there is none. */
static const char *
choose (const GpoSender *sender)
{
  if (sender->mechanism)
    {
      const char *name = gpo_sasl_mechanism (sender->mechanism);
      return name && offers (sender, name) ? name : NULL;
    }
  for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
    if (offers (sender, *m))
      return *m;
  return NULL;
}

static void
give_up (GpoSender *sender, const char *text)
{
  gpo_sender_end (sender, GPO_RCPT_FAILED, 0, "5.7.8", text);
  sender->quitting = sender->again = TRUE;
}

static void
nothing_in_common (GpoSender *sender)
{
  g_autofree char *text = NULL;
  if (!sender->offer.auth)
    text = g_strdup_printf (
        "the server does not offer AUTH%s; log in on a submission port, or leave --auth out",
        sender->session.tls || !sender->offer.starttls ? "" : " without encryption");
  else
    text = g_strdup_printf ("the server offers AUTH %s, and not %s", sender->offer.auth,
                            sender->mechanism ? sender->mechanism : "a mechanism that is known here");
  give_up (sender, text);
}

void
gpo_sender_auth_begin (GpoSender *sender)
{
  const char *mechanism = choose (sender);
  if (!mechanism)
    {
      nothing_in_common (sender);
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL, *explanation = NULL;
  sender->sasl
      = gpo_sasl_client_new (mechanism, sender->login, sender->password ? sender->password : "", &error);
  if (sender->sasl && gpo_sasl_client_first (mechanism))
    {
      GpoSaslStep step = gpo_sasl_step (sender->sasl, NULL, &answer, &explanation);
      sender->sasl_done = step == GPO_SASL_DONE;
      if (step != GPO_SASL_MORE && step != GPO_SASL_DONE)
        g_clear_pointer (&sender->sasl, gpo_sasl_free);
    }
  if (!sender->sasl)
    {
      give_up (sender, error ? error->message : explanation ? explanation : "the login could not be begun");
      return;
    }
  gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_AUTH, GPO_OK);
  g_autofree char *line = answer ? g_strdup_printf ("AUTH %s %s", mechanism, *answer ? answer : "=")
                                 : g_strdup_printf ("AUTH %s", mechanism);
  gpo_sender_say (sender, GPO_SMTP_IN_AUTH, line);
}

/* 334: a challenge in base64. */
static void
answer_challenge (GpoSender *sender)
{
  g_autofree char *answer = NULL;
  GpoSaslStep step = gpo_sasl_step (sender->sasl, sender->reply.text->str, &answer, NULL);
  sender->sasl_done = step == GPO_SASL_DONE;
  gboolean good = step == GPO_SASL_MORE || step == GPO_SASL_DONE;
  gpo_sender_say (sender, GPO_SMTP_IN_UNKNOWN, good && answer ? answer : "*");
}

/* The server's own end records it where the server is ours. */
static void
record (GpoSender *sender, gboolean ok)
{
  GpoEventBuilder b;
  if (!sender->session.witness)
    return;
  gpo_session_event (&sender->session, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, sender->login, -1);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, gpo_sasl_mechanism_of (sender->sasl), -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, ok ? "ok" : "failed", -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) sender->session.cause);
  gpo_log_append (sender->session.log, &b);
}

void
gpo_sender_auth_reply (GpoSender *sender, GpoVerdict verdict)
{
  if (verdict == GPO_MORE)
    {
      answer_challenge (sender);
      return;
    }
  gboolean ok = verdict == GPO_OK && sender->sasl_done;
  record (sender, ok);
  g_clear_pointer (&sender->sasl, gpo_sasl_free);
  sender->authenticated = ok;
  if (ok)
    return;
  sender->quitting = TRUE;
  if (verdict == GPO_OK)
    give_up (sender, "the server said yes before it had proved who it is");
  else
    gpo_sender_end_by_reply (sender, verdict == GPO_REFUSED ? "5.7.8" : "4.7.0");
}
