/* SPDX-License-Identifier: MIT */
/* sender-reply.c: how a line becomes a reply, a verdict, an edge, and what the client says next.
 *
 *     line → gpo_smtp_reply_add → verdict (the reply's class) → the edge → gpo_sender_arrive()
 *
 * What stays true: one reply is taken at a time, the oldest that is owed; a server that answers what cannot
 * be an answer is left at once. */
#include "roles/sender-private.h"
#include <string.h>

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
  gpo_sender_arrive (sender, edge);
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

gboolean
gpo_sender_take_line (GpoSession *session)
{
  GpoSender *sender = (GpoSender *) session;
  GpoLine line;
  gpo_sender_say_unsaid (sender);
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
      session->timeout_ms = gpo_sender_timeout (sender);
    }
  return TRUE;
}
