/* SPDX-License-Identifier: MIT */
/* imap-answer.c: how a command ends: what changed, the edge, the tagged reply: RFC 3501 §2.2.2 and §7.1.
 *
 * What stays true: one tagged reply a command, and the state is written by gpo_session_take() alone. NO and
 * BAD say why: a refusal its response code (RFC 5530), bad syntax what was expected and at which byte. */
#include "roles/imap-private.h"

/* Sequence numbers must not change while a command that uses them is answered: RFC 3501 §7.4.1. */
static gboolean
may_tell_expunged (GpoImapInput input)
{
  return input != GPO_IMAP_IN_FETCH && input != GPO_IMAP_IN_STORE && input != GPO_IMAP_IN_SEARCH;
}

/* The status word at the beginning of a reply. */
static GpoSymbol
status_symbol (const char *reply)
{
  static const char *const words[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
  for (guint i = 0; reply && i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (reply, words[i]))
      return gpo_symbol (words[i]);
  return 0;
}

/* The one place where a verdict becomes an edge and a reply. */
void
gpo_imap_step_edge (GpoImap *imap, GpoImapInput input, GpoVerdict verdict, const char *text)
{
  GpoSession *session = &imap->mail.session;
  int row = gpo_machine_find (session->machine, session->state, (guint8) input, verdict);
  const char *reply = text ? text : row >= 0 ? session->machine->edges[row].reply : NULL;
  if (reply && !*reply)
    reply = NULL;
  GpoEventBuilder extra;
  gpo_session_event (session, &extra, GPO_KIND_EDGE);
  GpoSymbol status = status_symbol (reply);
  if (status)
    gpo_event_add_symbol (&extra, GPO_FIELD_STATUS, status);
  gboolean tagged = reply && *reply != '+' && !g_str_has_prefix (reply, "BYE")
                    && !g_str_has_prefix (reply, "PREAUTH") && input != GPO_IMAP_IN_CONNECT;
  if (imap->tag)
    gpo_event_add_text (&extra, GPO_FIELD_TAG, imap->tag, -1);
  const char *lead = !reply || *reply == '+' ? "" : tagged && imap->tag ? imap->tag : "*";
  g_autofree char *whole = reply ? g_strconcat (lead, *lead ? " " : "", reply, NULL) : NULL;
  gpo_session_take (session, (guint8) input, verdict, 0, whole, &extra);
  if (session->state == GPO_IMAP_LOGOUT)
    session->closing = TRUE;
  if (whole)
    gpo_session_send (session, whole, gpo_mail_symbol (&imap->mail, (guint8) input), 0);
}

void
gpo_imap_end_command (GpoImap *imap)
{
  g_clear_pointer (&imap->tag, g_free);
  g_string_truncate (imap->command, 0);
  if (imap->command->allocated_len > 4096)
    {
      g_string_free (imap->command, TRUE);
      imap->command = g_string_sized_new (0);
    }
  gpo_imap_set_job (imap, NULL, NULL);
  imap->input = GPO_IMAP_IN_UNKNOWN;
  imap->answered = TRUE;
  imap->mail.session.letter = 0;
}

void
gpo_imap_answer (GpoImap *imap, GpoVerdict verdict, const char *text)
{
  GpoImapInput input = imap->input;
  imap->step = NULL;
  if (imap->view && gpo_verdict_accepts (verdict) && input != GPO_IMAP_IN_LOGOUT
      && imap->mail.session.state != GPO_IMAP_LOGOUT)
    gpo_imap_update (imap, may_tell_expunged (input));
  imap->mail.session.letter = 0;
  if (gpo_mail_too_many_errors (&imap->mail, verdict))
    {
      gpo_imap_step_edge (imap, input, GPO_CLOSING, "BYE too many bad commands");
      gpo_imap_end_command (imap);
      return;
    }
  gpo_imap_step_edge (imap, input, verdict, text);
  gpo_imap_end_command (imap);
  if (imap->view && imap->view->mailbox->gone && imap->mail.session.state == GPO_IMAP_SELECTED)
    gpo_imap_update (imap, TRUE);
}

void
gpo_imap_answerf (GpoImap *imap, GpoVerdict verdict, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  gpo_imap_answer (imap, verdict, text);
}

void
gpo_imap_bad (GpoImap *imap)
{
  const char *expected = imap->parser.expected ? imap->parser.expected : "other arguments";
  gpo_imap_answerf (imap, GPO_SYNTAX, "BAD expected %s at byte %" G_GSIZE_FORMAT, expected,
                    imap->parser.where + 1);
}

gboolean
gpo_imap_no_more (GpoImap *imap)
{
  if (gpo_imap_at_end (&imap->parser))
    return TRUE;
  gpo_imap_bad (imap);
  return FALSE;
}

void
gpo_imap_no (GpoImap *imap, const GError *error, gboolean create)
{
  static const char *const codes[] = {
    [GPO_MAILBOX_ERROR_NONEXISTENT] = "NONEXISTENT",
    [GPO_MAILBOX_ERROR_EXISTS] = "ALREADYEXISTS",
    [GPO_MAILBOX_ERROR_NAME] = "CANNOT",
    [GPO_MAILBOX_ERROR_CHILDREN] = "HASCHILDREN",
    [GPO_MAILBOX_ERROR_LIMIT] = "LIMIT",
    [GPO_MAILBOX_ERROR_NO_SPACE] = "OVERQUOTA",
    [GPO_MAILBOX_ERROR_IO] = "SERVERBUG",
  };
  const char *code = "SERVERBUG";
  if (error->domain == GPO_MAILBOX_ERROR && error->code < (int) G_N_ELEMENTS (codes))
    code = codes[error->code];
  if (create && g_error_matches (error, GPO_MAILBOX_ERROR, GPO_MAILBOX_ERROR_NONEXISTENT))
    code = "TRYCREATE";
  g_autofree char *words = g_strdelimit (g_strdup (error->message), "\r\n", ' ');
  gpo_imap_answerf (imap, GPO_REFUSED, "NO [%s] %s", code, words);
}
