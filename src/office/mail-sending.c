/* SPDX-License-Identifier: MIT */
/* mail-sending.c: a letter of the mail reader's goes to the person's host by submission. */
#include "office/mail-reader-private.h"
#include "roles/smtp-sender.h"

typedef struct
{
  GpoMailReader *reader; /* a reference */
  GpoEnvelope *envelope;
  GBytes *letter;
  GString *problem;
  gboolean given;
  void (*done) (const char *problem, gpointer data);
  gpointer data;
} Sending;

static gboolean
tell_sent (gpointer data)
{
  Sending *sending = data;
  if (!sending->reader->closed && sending->done)
    sending->done (sending->problem->len ? sending->problem->str : NULL, sending->data);
  gpo_envelope_free (sending->envelope);
  g_bytes_unref (sending->letter);
  g_string_free (sending->problem, TRUE);
  gpo_mail_reader_unref (sending->reader);
  g_free (sending);
  return G_SOURCE_REMOVE;
}

static void
on_ready (GpoSender *sender, gpointer data)
{
  Sending *sending = data;
  if (sending->given)
    {
      gpo_sender_quit (sender);
      return;
    }
  sending->given = TRUE;
  gpo_sender_send_bytes (sender, sending->envelope, sending->letter);
}

static void
on_sent (GpoSender *sender, const GpoOutcome *outcomes, guint n, gpointer data)
{
  Sending *sending = data;
  for (guint i = 0; i < n; i++)
    if (outcomes[i].state != GPO_RCPT_RELAYED)
      g_string_append_printf (sending->problem, "%s%s: %s", sending->problem->len ? "; " : "",
                              gpo_envelope_recipient (sending->envelope, i)->path, outcomes[i].reply);
}

static void
on_sender_ended (GpoSender *sender, const GpoOutcome *why, gpointer data)
{
  Sending *sending = data;
  if (why && !sending->problem->len)
    g_string_append (sending->problem, why->reply);
}

static const GpoSenderUser sender_user = { on_ready, on_sent, on_sender_ended };

static void
on_sender_closed (GpoDesk *desk, gpointer data)
{
  Sending *sending = data;
  gpo_sender_forget ((GpoSender *) gpo_desk_session (desk));
  gpo_mail_reader_post (sending->reader->context, tell_sent, sending);
}

static gboolean
begin_sending (gpointer data)
{
  Sending *sending = data;
  GpoMailReader *reader = sending->reader;
  const GpoHost *host = reader->person->host;
  GpoReaderOptions own = gpo_mail_reader_options (reader);
  gboolean submission = host->has_role[GPO_ROLE_SUBMISSION];
  if (reader->office->closing)
    {
      g_string_assign (sending->problem, "the office closes");
      gpo_mail_reader_post (reader->context, tell_sent, sending);
      return G_SOURCE_REMOVE;
    }
  GpoSenderOptions options = { .name = "[127.0.0.1]",
                               .tls = own.tls ? GPO_SENDER_TLS_REQUIRED : GPO_SENDER_TLS_NONE,
                               .user = submission ? own.login : NULL,
                               .password = own.password };
  GpoSender *sender = gpo_sender_new (&options, reader->office->parts.log, gpo_symbol (own.login), 0,
                                      &sender_user, sending);
  if (gpo_mail_reader_dial (reader, submission ? GPO_ROLE_SUBMISSION : GPO_ROLE_SMTP,
                            gpo_sender_session (sender), gpo_sender_connected, on_sender_closed, sending))
    return G_SOURCE_REMOVE;
  g_string_printf (sending->problem,
                   "%s takes no letters: give it the role submission or smtp in the scenario", host->name);
  gpo_mail_reader_post (reader->context, tell_sent, sending);
  return G_SOURCE_REMOVE;
}

/* --- the caller's side --- */

void
gpo_mail_reader_send (GpoMailReader *reader, const char *reverse_path, const char *const *recipients,
                      GBytes *letter, void (*done) (const char *problem, gpointer data), gpointer data)
{
  Sending *sending = g_new0 (Sending, 1);
  gsize length;
  const char *bytes = g_bytes_get_data (letter, &length);
  *sending = (Sending){ gpo_mail_reader_ref (reader),
                        gpo_envelope_new (),
                        g_bytes_ref (letter),
                        g_string_new (NULL),
                        FALSE,
                        done,
                        data };
  g_free (sending->envelope->reverse_path);
  sending->envelope->reverse_path = g_strdup (reverse_path);
  sending->envelope->has_sender = TRUE;
  gpo_envelope_note_needs (sending->envelope, bytes, length);
  for (guint i = 0; recipients[i]; i++)
    {
      gpo_envelope_add (sending->envelope, recipients[i]);
      sending->envelope->smtputf8 |= !g_str_is_ascii (recipients[i]);
    }
  gpo_mail_reader_post (reader->office->context, begin_sending, sending);
}
