/* SPDX-License-Identifier: MIT */
/* sender-letter.c: one transaction: MAIL, RCPT, DATA and the letter's bytes: RFC 5321 §3.3, RFC 2920.
 *
 * With PIPELINING everything up to DATA is said at once; `owed` counts the replies still to come. Each
 * recipient has an outcome: RELAYED for now when RCPT was accepted, and for good when the letter was. */
#include "roles/sender-private.h"
#include <string.h>

#define BLOCK (16 * 1024)

/* --- the outcome --- */

static void
set_outcome (GpoOutcome *outcome, GpoRecipientState state, int code, const char *status, const char *text)
{
  outcome->state = state;
  outcome->code = code;
  g_strlcpy (outcome->status, status, sizeof outcome->status);
  g_free (outcome->reply);
  outcome->reply = g_strdup (text);
}

/* What the last reply means for this recipient. */
static void
set_by_reply (GpoSender *sender, GpoOutcome *outcome, GpoVerdict verdict)
{
  static const char *const usual[]
      = { [GPO_OK] = "2.0.0", [GPO_REFUSED] = "5.0.0", [GPO_DEFERRED] = "4.0.0" };
  GpoRecipientState state = verdict == GPO_OK        ? GPO_RCPT_RELAYED
                            : verdict == GPO_REFUSED ? GPO_RCPT_FAILED
                                                     : GPO_RCPT_WAITING;
  g_autofree char *words = gpo_smtp_reply_words (&sender->reply, TRUE);
  const char *status = *sender->reply.status ? sender->reply.status : usual[verdict];
  if (sender->session.state == GPO_SMTP_CLIENT_RCPT && sender->reply.code == 552)
    {
      state = GPO_RCPT_WAITING; /* it means 452, too many recipients: RFC 5321 §4.5.3.1.10 */
      status = "4.5.3";
    }
  set_outcome (outcome, state, sender->reply.code, status, words);
}

/* For all recipients who were accepted so far, or for all. */
static void
set_all_by_reply (GpoSender *sender, GpoVerdict verdict, gboolean accepted_only)
{
  for (guint i = 0; i < sender->mailing.n_recipients; i++)
    if (!accepted_only || sender->outcomes[i].state == GPO_RCPT_RELAYED)
      set_by_reply (sender, &sender->outcomes[i], verdict);
  sender->decided = TRUE;
}

void
gpo_sender_letter_decide (GpoSender *sender, GpoVerdict verdict)
{
  set_all_by_reply (sender, verdict, TRUE);
}

static guint
count_accepted (const GpoSender *sender)
{
  guint n = 0;
  for (guint i = 0; i < sender->answered; i++)
    n += sender->outcomes[i].state == GPO_RCPT_RELAYED;
  return n;
}

void
gpo_sender_letter_done (GpoSender *sender, const char *status, const char *text)
{
  if (!sender->mailing.class)
    return;
  GpoMailing mailing = sender->mailing;
  g_autofree guint *recipients = g_steal_pointer (&sender->recipients);
  g_autofree GpoOutcome *outcomes = g_steal_pointer (&sender->outcomes);
  for (guint i = 0; i < mailing.n_recipients && !sender->decided; i++)
    if (outcomes[i].state == GPO_RCPT_RELAYED || !outcomes[i].reply)
      set_outcome (&outcomes[i], GPO_RCPT_WAITING, 0, *status == '4' ? status : "4.0.0", text);
  sender->mailing = (GpoMailing){ 0 };
  sender->decided = FALSE;
  mailing.class->free (mailing.source);
  sender->telling = TRUE;
  if (sender->user && sender->user->sent)
    sender->user->sent (sender, outcomes, mailing.n_recipients, sender->data);
  sender->telling = FALSE;
  sender->session.letter = 0;
  for (guint i = 0; i < mailing.n_recipients; i++)
    gpo_outcome_clear (&outcomes[i]);
}

/* --- what the server must offer --- */

/* NULL, or why this letter cannot go to this server as it is (RFC 1870 §6.1, RFC 6152 §3, RFC 6531 §3.6). */
static char *
obstacle (const GpoSender *sender, const char **status)
{
  const GpoSmtpOffer *offer = &sender->offer;
  const GpoEnvelope *envelope = sender->mailing.envelope;
  const char *server = offer->name && *offer->name ? offer->name : "the server";
  if (offer->size > 0 && sender->mailing.size > (guint64) offer->size)
    {
      *status = "5.3.4";
      return g_strdup_printf ("the letter has %" G_GUINT64_FORMAT
                              " bytes, and %s takes at most %" G_GINT64_FORMAT,
                              sender->mailing.size, server, offer->size);
    }
  if (envelope->smtputf8 && !offer->smtputf8)
    {
      *status = "5.6.7";
      return g_strdup_printf ("the letter needs SMTPUTF8, and %s does not offer it", server);
    }
  if (envelope->body == GPO_BODY_BINARYMIME || (envelope->body == GPO_BODY_8BITMIME && !offer->eightbitmime))
    {
      *status = "5.6.3";
      return g_strdup_printf ("the letter is %s, and %s does not offer %s",
                              envelope->body == GPO_BODY_BINARYMIME ? "binary" : "8-bit", server,
                              envelope->body == GPO_BODY_BINARYMIME ? "BINARYMIME" : "8BITMIME");
    }
  return NULL;
}

/* --- commands --- */

static void
say_mail (GpoSender *sender)
{
  const GpoSmtpOffer *offer = &sender->offer;
  const GpoEnvelope *envelope = sender->mailing.envelope;
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "MAIL FROM:<%s>", envelope->reverse_path ? envelope->reverse_path : "");
  if (offer->size >= 0)
    g_string_append_printf (line, " SIZE=%" G_GUINT64_FORMAT, sender->mailing.size);
  if (envelope->body == GPO_BODY_8BITMIME)
    g_string_append (line, " BODY=8BITMIME");
  if (envelope->smtputf8)
    g_string_append (line, " SMTPUTF8");
  if (offer->dsn && envelope->ret != GPO_RET_NONE)
    g_string_append (line, envelope->ret == GPO_RET_FULL ? " RET=FULL" : " RET=HDRS");
  if (offer->dsn && envelope->envid)
    {
      g_autofree char *xtext = gpo_xtext_encode (envelope->envid);
      g_string_append_printf (line, " ENVID=%s", xtext);
    }
  sender->owed++;
  gpo_sender_say (sender, GPO_SMTP_IN_MAIL, line->str);
}

/* NOTIFY= and ORCPT= (RFC 3461 §4.1, §4.2). */
static void
append_dsn (GString *line, const GpoRecipient *recipient)
{
  static const struct
  {
    guint bit;
    const char *word;
  } words[] = { { GPO_NOTIFY_NEVER, "NEVER" },
                { GPO_NOTIFY_SUCCESS, "SUCCESS" },
                { GPO_NOTIFY_FAILURE, "FAILURE" },
                { GPO_NOTIFY_DELAY, "DELAY" } };
  const char *before = " NOTIFY=";
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (recipient->notify & words[i].bit)
      {
        g_string_append_printf (line, "%s%s", before, words[i].word);
        before = ",";
      }
  const char *semicolon = recipient->orcpt ? strchr (recipient->orcpt, ';') : NULL;
  if (semicolon && g_str_is_ascii (recipient->orcpt))
    {
      g_autofree char *xtext = gpo_xtext_encode (semicolon + 1);
      g_string_append_printf (line, " ORCPT=%.*s;%s", (int) (semicolon - recipient->orcpt), recipient->orcpt,
                              xtext);
    }
}

static void
say_rcpt (GpoSender *sender)
{
  const GpoRecipient *recipient
      = gpo_envelope_recipient (sender->mailing.envelope, sender->recipients[sender->said++]);
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "RCPT TO:<%s>", recipient->path);
  if (sender->offer.dsn)
    append_dsn (line, recipient);
  sender->owed++;
  gpo_sender_say (sender, GPO_SMTP_IN_RCPT, line->str);
}

static void
say_data (GpoSender *sender)
{
  sender->owed++;
  gpo_sender_say (sender, GPO_SMTP_IN_DATA, "DATA");
}

void
gpo_sender_send (GpoSender *sender, const GpoMailing *mailing)
{
  g_return_if_fail (gpo_sender_is_ready (sender) && mailing->n_recipients > 0);
  sender->mailing = *mailing;
  sender->recipients = g_memdup2 (mailing->recipients, mailing->n_recipients * sizeof *mailing->recipients);
  sender->outcomes = g_new0 (GpoOutcome, mailing->n_recipients);
  sender->said = sender->answered = sender->owed = 0;
  sender->offset = sender->wire = 0;
  sender->all_sent = sender->decided = FALSE;
  memcpy (sender->last, "\r\n", 2);
  const char *status = NULL;
  g_autofree char *text = obstacle (sender, &status);
  if (text)
    {
      for (guint i = 0; i < mailing->n_recipients; i++)
        set_outcome (&sender->outcomes[i], GPO_RCPT_FAILED, 0, status, text);
      sender->decided = TRUE;
      gpo_sender_proceed (sender);
      return;
    }
  sender->session.letter = mailing->envelope->letter;
  sender->ahead = sender->offer.pipelining && !sender->no_pipelining;
  gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_MAIL, GPO_OK);
  say_mail (sender);
  while (sender->ahead && sender->said < mailing->n_recipients)
    say_rcpt (sender);
  if (sender->ahead)
    say_data (sender);
  if (!sender->inside && !sender->session.running)
    gpo_session_changed (&sender->session);
}

/* --- replies --- */

/* Every recipient was answered for. */
static void
all_answered (GpoSender *sender)
{
  if (count_accepted (sender))
    {
      gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_DATA, GPO_OK);
      if (!sender->ahead)
        say_data (sender);
      return;
    }
  sender->decided = TRUE;
  if (sender->ahead)
    gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_DATA, GPO_EMPTY);
  else
    gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_RSET, GPO_OK);
}

static void
mail_answered (GpoSender *sender, GpoVerdict verdict)
{
  if (verdict != GPO_OK)
    set_all_by_reply (sender, verdict, FALSE);
  else if (!sender->ahead)
    say_rcpt (sender);
}

static void
rcpt_answered (GpoSender *sender, GpoVerdict verdict)
{
  set_by_reply (sender, &sender->outcomes[sender->answered++], verdict);
  if (sender->answered == sender->mailing.n_recipients)
    all_answered (sender);
  else if (!sender->ahead)
    say_rcpt (sender);
}

void
gpo_sender_letter_reply (GpoSender *sender, guint8 from, GpoVerdict verdict)
{
  sender->owed -= sender->owed > 0;
  switch ((GpoSmtpClientState) from)
    {
    case GPO_SMTP_CLIENT_MAIL:
      mail_answered (sender, verdict);
      break;
    case GPO_SMTP_CLIENT_RCPT:
      rcpt_answered (sender, verdict);
      break;
    case GPO_SMTP_CLIENT_DATA:
      if (verdict == GPO_MORE)
        gpo_sender_pump (sender);
      else
        set_all_by_reply (sender, verdict, TRUE);
      break;
    case GPO_SMTP_CLIENT_LETTER:
      set_all_by_reply (sender, verdict, TRUE);
      break;
    case GPO_SMTP_CLIENT_VOID:
      if (verdict == GPO_MORE)
        {
          sender->owed++;
          gpo_sender_say (sender, GPO_SMTP_IN_UNKNOWN, ".");
        }
      break;
    default:
      break;
    }
  if (sender->session.state == GPO_SMTP_CLIENT_VOID && !sender->owed)
    gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_RSET, GPO_OK);
}

/* --- the letter's bytes --- */

/* Appends n bytes with a dot before each line that begins with one (RFC 5321 §4.5.2). A line begins behind
 * CRLF only. */
static void
append_stuffed (GpoSender *sender, const char *bytes, gsize n)
{
  GString *out = sender->session.out;
  const char *end = bytes + n;
  for (const char *p = bytes; p < end;)
    {
      if (*p == '.' && sender->last[0] == '\r' && sender->last[1] == '\n')
        g_string_append_c (out, '.');
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      const char *stop = lf ? lf + 1 : end;
      sender->last[0] = stop - p >= 2 ? stop[-2] : sender->last[1];
      sender->last[1] = stop[-1];
      g_string_append_len (out, p, stop - p);
      p = stop;
    }
}

static void
record_wire (GpoSender *sender, gsize from)
{
  GString *out = sender->session.out;
  gpo_session_record_data (&sender->session, TRUE, out->str + from, out->len - from, (goffset) sender->wire,
                           sender->mailing.recorded);
  sender->wire += out->len - from;
}

/* The bytes of a letter that came in chunks (BDAT) may end within a line, and DATA cannot say so: the one
 * change on its way that is not in front, and the trace must tell of it. */
static void
end_last_line (GpoSender *sender)
{
  GpoEventBuilder b;
  gpo_session_event (&sender->session, &b, GPO_KIND_NOTE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT,
                      "the letter does not end in CR LF: they are added, as DATA asks (RFC 5321 §4.1.1.4)",
                      -1);
  gpo_event_add_text (&b, GPO_FIELD_ADDED, "\r\n", 2);
  gpo_log_append (sender->session.log, &b);
  g_string_append (sender->session.out, "\r\n");
}

/* The letter cannot be read: without its last dot the server will throw away what it has. */
static void
give_up (GpoSender *sender, const char *why)
{
  g_autofree char *text = g_strdup_printf ("the letter could not be read from the queue: %s", why);
  gpo_sender_take (sender, GPO_SMTP_CLIENT_IN_LOST, GPO_DEFERRED);
  gpo_sender_end (sender, GPO_RCPT_WAITING, 0, "4.3.0", text);
}

void
gpo_sender_pump (GpoSender *sender)
{
  GpoSession *session = &sender->session;
  char block[BLOCK];
  while (session->state == GPO_SMTP_CLIENT_LETTER && !sender->all_sent && gpo_session_has_room (session))
    {
      g_autoptr (GError) error = NULL;
      gsize before = session->out->len;
      gssize n
          = sender->mailing.class->read (sender->mailing.source, sender->offset, block, sizeof block, &error);
      if (n < 0)
        {
          give_up (sender, error ? error->message : "unknown");
          return;
        }
      sender->offset += (guint64) n;
      append_stuffed (sender, block, (gsize) n);
      if (n == 0 && memcmp (sender->last, "\r\n", 2) != 0)
        end_last_line (sender);
      if (session->out->len > before)
        record_wire (sender, before);
      if (n == 0)
        {
          sender->all_sent = TRUE;
          gpo_sender_say (sender, GPO_SMTP_IN_UNKNOWN, ".");
        }
    }
  session->streams = session->state == GPO_SMTP_CLIENT_LETTER && !sender->all_sent;
}
