/* SPDX-License-Identifier: MIT */
/* imap-session.c: how bytes become a command, a verdict, an edge and a reply: RFC 3501 §2.2.
 *
 *     lines and literals → a whole command → tag and verb → (does the table accept it here?) → a command's
 * function → gpo_imap_answer (imap-answer.c): what changed, the edge, the tagged reply
 *
 * What stays true: one tagged reply a command; the state is written by gpo_session_take() alone; one command
 * at a time (a pipelined one waits in the session's input). Literals are imap-literal.c's, and what IMAP
 * shares with POP3 mail-session.h's. */
#include "roles/imap-private.h"
#include <string.h>

static GpoImap *
self (GpoSession *session)
{
  return (GpoImap *) session;
}

/* --- reading commands --- */

/* tag = 1*<any ASTRING-CHAR except "+"> */
gboolean
gpo_imap_read_tag (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  *p = (GpoImapParser){ .text = imap->command->str, .length = imap->command->len };
  gsize n = 0;
  while (n < p->length && p->text[n] != '+' && (gpo_imap_is_atom_char (p->text[n]) || p->text[n] == ']'))
    n++;
  if (n == 0 || n == p->length || p->text[n] != ' ')
    return gpo_imap_fail (p, "a tag and a space");
  p->at = n;
  imap->tag = g_strndup (p->text, n);
  return TRUE;
}

/* Which input the words behind the tag are; UNKNOWN if none. Moves behind them and one space. */
static GpoImapInput
read_verb (GpoImapParser *p)
{
  gsize start = p->at;
  for (guint i = 0; i < GPO_IMAP_IN_UNKNOWN; i++)
    {
      p->at = start;
      if (gpo_imap_word (p, gpo_imap_server_machine.inputs[i]))
        return (GpoImapInput) i;
    }
  p->at = start;
  return GPO_IMAP_IN_UNKNOWN;
}

static void
run_command (GpoImap *imap, GpoImapInput input)
{
  GpoSession *session = &imap->mail.session;
  imap->input = input;
  if (input == GPO_IMAP_IN_UNKNOWN)
    {
      const char *word = imap->parser.text + imap->parser.at;
      gsize n = 0;
      while (n < imap->parser.length - imap->parser.at && n < 40 && word[n] > ' ' && word[n] < 127)
        n++;
      gpo_imap_answerf (imap, GPO_UNKNOWN, "BAD no such command here: \"%.*s\"", (int) n, word);
    }
  else if (!gpo_machine_accepts (session->machine, session->state, (guint8) input))
    gpo_imap_answer (imap, GPO_SEQUENCE, NULL);
  else
    gpo_imap_command (input)->run (imap);
}

static void
execute (GpoImap *imap)
{
  imap->answered = FALSE;
  imap->input = GPO_IMAP_IN_UNKNOWN;
  if (!gpo_imap_read_tag (imap) || !gpo_imap_space (&imap->parser))
    gpo_imap_bad (imap);
  else
    run_command (imap, read_verb (&imap->parser));
}

/* The verb, for the event of a command's first line. */
static GpoSymbol
peek_verb (GpoImap *imap, const GpoLine *line)
{
  const char *space = imap->command->len == 0 ? memchr (line->text, ' ', line->length) : NULL;
  if (!space)
    return 0;
  GpoImapParser p = { .text = space + 1, .length = line->length - (gsize) (space + 1 - line->text) };
  GpoImapInput input = read_verb (&p);
  return input == GPO_IMAP_IN_UNKNOWN ? 0 : gpo_mail_symbol (&imap->mail, (guint8) input);
}

/* The gate's answer for the line at hand: TRUE if it is to be acted on, and is consumed. Else *taken is what
 * `take` returns. */
static gboolean
pass_gate (GpoImap *imap, const GpoLine *line, gboolean *taken)
{
  GpoSession *session = &imap->mail.session;
  g_autofree char *reply = NULL, *whole = NULL;
  GpoMailGate gate = gpo_mail_ask (&imap->mail, line, &reply);
  if (gate == GPO_MAIL_ANSWERED)
    {
      gboolean tagged = g_str_has_prefix (reply, "NO") || g_str_has_prefix (reply, "BAD")
                        || g_str_has_prefix (reply, "OK");
      if (tagged && gpo_imap_read_tag (imap))
        whole = g_strdup_printf ("%s %s", imap->tag, reply);
      gpo_session_send (session, whole ? whole : reply, 0, 0);
      gpo_imap_end_command (imap);
    }
  *taken = gate == GPO_MAIL_ANSWERED && session->pending == GPO_PENDING_NONE;
  return gate == GPO_MAIL_ACT;
}

static gboolean
take_too_long (GpoImap *imap, const GpoLine *line)
{
  gpo_session_record_line (&imap->mail.session, TRUE, line->text, line->length, GPO_ENDING_NONE, 0, 0);
  if (imap->command->len == 0)
    g_string_append_len (imap->command, line->text, line->length);
  gpo_imap_read_tag (imap);
  gpo_session_consume (&imap->mail.session, line->with_ending);
  gpo_imap_answer (imap, GPO_TOO_LONG, NULL);
  return TRUE;
}

static gboolean
take_line (GpoImap *imap)
{
  GpoSession *session = &imap->mail.session;
  GpoLine line;
  guint64 size;
  gboolean sync, taken;
  GpoLineResult result = gpo_session_line (session, GPO_IMAP_LINE_LIMIT, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  if (result == GPO_LINE_TOO_LONG)
    return take_too_long (imap, &line);
  gboolean literal = gpo_imap_literal_at_end (line.text, line.length, &size, &sync);
  if (gpo_mail_record (&imap->mail, &line, peek_verb (imap, &line)))
    g_string_append_len (imap->command, line.text, line.length);
  if (literal)
    {
      imap->mail.asked = FALSE; /* the gate is asked when the command is whole */
      gpo_session_consume (session, line.with_ending);
      g_string_append (imap->command, "\r\n");
      gpo_imap_literal_at_hand (imap, size, sync);
      return TRUE;
    }
  if (!pass_gate (imap, &line, &taken))
    return taken;
  gpo_session_consume (session, line.with_ending);
  execute (imap);
  return TRUE;
}

/* A line that is no command: an answer to a challenge, or DONE. */
static gboolean
take_bare_line (GpoImap *imap, GpoImapInput input, void (*act) (GpoImap *, const char *, gsize))
{
  GpoSession *session = &imap->mail.session;
  GpoLine line;
  gboolean taken;
  GpoLineResult result = gpo_session_line (session, GPO_IMAP_LINE_LIMIT, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  gpo_mail_record (&imap->mail, &line,
                   input == GPO_IMAP_IN_DONE ? gpo_mail_symbol (&imap->mail, GPO_IMAP_IN_DONE) : 0);
  if (!pass_gate (imap, &line, &taken))
    return taken;
  imap->input = input;
  g_autofree char *text = g_strndup (line.text, line.length);
  gpo_session_consume (session, line.with_ending);
  act (imap, text, result == GPO_LINE_TOO_LONG ? G_MAXSIZE : line.length);
  return TRUE;
}

static gboolean
imap_take (GpoSession *session)
{
  GpoImap *imap = self (session);
  gboolean taken;
  switch ((GpoImapState) session->state)
    {
    case GPO_IMAP_AUTHENTICATE:
      return take_bare_line (imap, GPO_IMAP_IN_RESPONSE, gpo_imap_auth_response);
    case GPO_IMAP_IDLE:
    case GPO_IMAP_SELECTED_IDLE:
      return take_bare_line (imap, GPO_IMAP_IN_DONE, gpo_imap_idle_line);
    case GPO_IMAP_APPEND:
    case GPO_IMAP_SELECTED_APPEND:
      return gpo_imap_append_take (imap);
    case GPO_IMAP_CONNECTED:
    case GPO_IMAP_TLS:
    case GPO_IMAP_LOGOUT:
      return FALSE;
    default:
      return gpo_imap_take_literal (imap, &taken) ? taken : take_line (imap);
    }
}

/* --- the other things that come --- */

static void
imap_end (GpoMailSession *mail, guint8 input, GpoVerdict verdict)
{
  GpoImap *imap = (GpoImap *) mail;
  g_clear_pointer (&imap->tag, g_free);
  gpo_imap_step_edge (imap, (GpoImapInput) input, verdict, NULL);
}

static void
imap_secured (GpoSession *session, const char *description, const GError *error)
{
  gpo_mail_secured (session, description, error);
  if (session->state == GPO_IMAP_CONNECTED && !error) /* TLS from the first byte: RFC 8314 §3.2 */
    gpo_imap_server_greet (session, GPO_OK, NULL);
}

static void
imap_leave (GpoMailSession *mail)
{
  GpoImap *imap = (GpoImap *) mail;
  imap->step = NULL;
  gpo_imap_append_clear (imap);
  gpo_imap_deselect (imap);
  gpo_imap_end_command (imap);
}

static void
imap_clear (GpoMailSession *mail)
{
  GpoImap *imap = (GpoImap *) mail;
  gpo_imap_set_job (imap, NULL, NULL);
  g_string_free (imap->command, TRUE);
  g_free (imap->tag);
}

static const GpoMailClass imap_class = {
  .session = { .take = imap_take,
               .timed_out = gpo_mail_timed_out,
               .secured = imap_secured,
               .lost = gpo_mail_lost,
               .shutdown = gpo_mail_shutdown,
               .drained = gpo_imap_drained,
               .free = gpo_mail_free },
  .machine = &gpo_imap_server_machine,
  .protocol = GPO_PROTOCOL_IMAP,
  .closed = GPO_IMAP_LOGOUT,
  .tls = GPO_IMAP_TLS,
  .timeout = GPO_IMAP_IN_TIMEOUT,
  .shutdown = GPO_IMAP_IN_SHUTDOWN,
  .lost = GPO_IMAP_IN_LOST,
  .handshake = GPO_IMAP_IN_HANDSHAKE,
  .end = imap_end,
  .leave = imap_leave,
  .clear = imap_clear,
};

GpoSession *
gpo_imap_server_new (GpoCounter *counter, guint32 number)
{
  GpoImap *imap = g_new0 (GpoImap, 1);
  gpo_mail_init (&imap->mail, &imap_class, counter, number);
  imap->command = g_string_sized_new (0);
  imap->mail.session.timeout_ms = counter->host->limits.imap_timeout * 1000;
  return &imap->mail.session;
}

void
gpo_imap_server_offer_tls (GpoSession *session, gboolean offer)
{
  self (session)->mail.offers_tls = offer;
}

void
gpo_imap_server_greet (GpoSession *session, GpoVerdict verdict, GpoPerson *person)
{
  GpoImap *imap = self (session);
  if (verdict == GPO_TOO_MANY)
    {
      gpo_imap_step_edge (imap, GPO_IMAP_IN_CONNECT, verdict, NULL);
      return;
    }
  if (verdict == GPO_EMPTY)
    {
      imap->person = person;
      imap->mailboxes = gpo_counter_mailboxes (imap->mail.counter, person, NULL);
    }
  g_autoptr (GString) text = g_string_new (verdict == GPO_EMPTY ? "PREAUTH [" : "OK [");
  /* The table's row says where this leads; the capabilities are those of the state after it. */
  gboolean preauth = verdict == GPO_EMPTY;
  GpoPerson *before = imap->person;
  imap->person = preauth ? person : NULL;
  gpo_imap_capability_append (imap, text);
  imap->person = before;
  g_string_append_printf (text, "] %s IMAP ready", imap->mail.counter->host->domain);
  gpo_imap_step_edge (imap, GPO_IMAP_IN_CONNECT, verdict, text->str);
}
