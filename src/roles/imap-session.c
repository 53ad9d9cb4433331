/* SPDX-License-Identifier: MIT */
/* imap-session.c: how bytes become a command, a verdict, an edge and a reply: RFC 3501 §2.2.
 *
 *     lines and literals → a whole command → tag and verb → (does the table accept it here?) → a command's function
 *          → gpo_imap_answer: what changed, the edge, the tagged reply
 *
 * What stays true: one tagged reply a command; the state is written by gpo_session_take() alone; one command at a time (a
 * pipelined one waits in the session's input); a literal that is too big is refused before it is read (RFC 7888 §4). */
#include "roles/imap-private.h"
#include <string.h>

/* A line, and all lines and literals of a command (RFC 2683 §3.2.1.5 asks for 8,000). */
#define LINE_LIMIT 65536
#define COMMAND_LIMIT (256 * 1024)
/* A literal before login, and one that does not wait there: RFC 7888 §5. */
#define EARLY_LITERAL 4096

static GpoImap *
self (GpoSession *session)
{
  return (GpoImap *) session;
}

static GpoSymbol
input_symbol (GpoImapInput input)
{
  static GpoSymbol symbols[GPO_IMAP_N_INPUTS];
  if (G_UNLIKELY (symbols[input] == 0))
    symbols[input] = gpo_symbol (gpo_imap_server_machine.inputs[input]);
  return symbols[input];
}

/* --- answers --- */

static gboolean
counts_as_error (GpoVerdict verdict)
{
  return verdict == GPO_SYNTAX || verdict == GPO_SEQUENCE || verdict == GPO_UNKNOWN || verdict == GPO_TOO_LONG;
}

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
static void
take_and_send (GpoImap *imap, GpoImapInput input, GpoVerdict verdict, const char *text)
{
  GpoSession *session = &imap->session;
  int row = gpo_machine_find (session->machine, session->state, (guint8) input, verdict);
  const char *reply = text ? text : row >= 0 ? session->machine->edges[row].reply : NULL;
  if (reply && !*reply)
    reply = NULL;
  GpoEventBuilder extra;
  gpo_session_event (session, &extra, GPO_KIND_EDGE);
  GpoSymbol status = status_symbol (reply);
  if (status)
    gpo_event_add_symbol (&extra, GPO_FIELD_STATUS, status);
  gboolean tagged = reply && *reply != '+' && !g_str_has_prefix (reply, "BYE") && !g_str_has_prefix (reply, "PREAUTH")
                    && input != GPO_IMAP_IN_CONNECT;
  if (imap->tag)
    gpo_event_add_text (&extra, GPO_FIELD_TAG, imap->tag, -1);
  const char *lead = !reply || *reply == '+' ? "" : tagged && imap->tag ? imap->tag : "*";
  g_autofree char *whole = reply ? g_strconcat (lead, *lead ? " " : "", reply, NULL) : NULL;
  gpo_session_take (session, (guint8) input, verdict, 0, whole, &extra);
  if (session->state == GPO_IMAP_LOGOUT)
    session->closing = TRUE;
  if (whole)
    gpo_session_send (session, whole, input_symbol (input), 0);
}

void
gpo_imap_step_edge (GpoImap *imap, GpoImapInput input, GpoVerdict verdict, const char *text)
{
  take_and_send (imap, input, verdict, text);
}

static void
end_command (GpoImap *imap)
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
  imap->session.letter = 0;
}

void
gpo_imap_answer (GpoImap *imap, GpoVerdict verdict, const char *text)
{
  GpoImapInput input = imap->input;
  imap->step = NULL;
  if (imap->view && gpo_verdict_accepts (verdict) && input != GPO_IMAP_IN_LOGOUT && imap->session.state != GPO_IMAP_LOGOUT)
    gpo_imap_update (imap, may_tell_expunged (input));
  imap->session.letter = 0;
  if (counts_as_error (verdict) && ++imap->errors > imap->counter->host->limits.errors)
    {
      take_and_send (imap, input, GPO_CLOSING, "BYE too many bad commands");
      end_command (imap);
      return;
    }
  take_and_send (imap, input, verdict, text);
  end_command (imap);
  if (imap->view && imap->view->mailbox->gone && imap->session.state == GPO_IMAP_SELECTED)
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
  gpo_imap_answerf (imap, GPO_SYNTAX, "BAD expected %s at byte %" G_GSIZE_FORMAT, expected, imap->parser.where + 1);
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
    [GPO_MAILBOX_ERROR_NONEXISTENT] = "NONEXISTENT", [GPO_MAILBOX_ERROR_EXISTS] = "ALREADYEXISTS",
    [GPO_MAILBOX_ERROR_NAME] = "CANNOT",             [GPO_MAILBOX_ERROR_CHILDREN] = "HASCHILDREN",
    [GPO_MAILBOX_ERROR_LIMIT] = "LIMIT",             [GPO_MAILBOX_ERROR_NO_SPACE] = "OVERQUOTA",
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

/* --- waiting and streaming --- */

void
gpo_imap_set_job (GpoImap *imap, gpointer job, GDestroyNotify job_free)
{
  gpointer old = imap->job;
  GDestroyNotify old_free = imap->job_free;
  imap->job = job;
  imap->job_free = job_free;
  if (old && old_free)
    old_free (old);
}

static void
really_free (GpoImap *imap)
{
  gpo_imap_set_job (imap, NULL, NULL);
  g_string_free (imap->command, TRUE);
  g_free (imap->tag);
  g_free (imap->sasl_user);
  g_clear_pointer (&imap->sasl, gpo_sasl_free);
  gpo_session_finish (&imap->session);
  g_free (imap);
}

void
gpo_imap_wait (GpoImap *imap)
{
  imap->waiting++;
  imap->session.pending = GPO_PENDING_STORE;
}

gboolean
gpo_imap_awake (GpoImap *imap)
{
  imap->waiting--;
  if (imap->dead)
    {
      if (imap->waiting == 0)
        really_free (imap);
      return FALSE;
    }
  imap->session.pending = GPO_PENDING_NONE;
  if (imap->session.state != GPO_IMAP_LOGOUT)
    return TRUE;
  /* The connection went while we waited: what was asked for is done, nobody hears of it. */
  imap->step = NULL;
  end_command (imap);
  gpo_session_changed (&imap->session);
  return FALSE;
}

#define STEPS_AT_ONCE 2000

static void
run_steps (GpoImap *imap)
{
  GpoSession *session = &imap->session;
  if (imap->stepping)
    return;
  imap->stepping = TRUE;
  for (guint n = 0; imap->step && session->pending == GPO_PENDING_NONE; n++)
    if (n == STEPS_AT_ONCE || !gpo_session_has_room (session))
      session->pending = GPO_PENDING_OUTPUT; /* others have their turn */
    else
      imap->step (imap);
  imap->stepping = FALSE;
}

void
gpo_imap_stream (GpoImap *imap, void (*step) (GpoImap *imap))
{
  imap->step = step;
  run_steps (imap);
}

void
gpo_imap_stream_end (GpoImap *imap)
{
  imap->step = NULL;
}

void
gpo_imap_settle (GpoImap *imap)
{
  run_steps (imap);
  if (imap->session.pending == GPO_PENDING_NONE)
    gpo_session_resume (&imap->session);
  else
    gpo_session_changed (&imap->session);
}

static void
imap_drained (GpoSession *session)
{
  GpoImap *imap = self (session);
  if (session->pending == GPO_PENDING_OUTPUT)
    {
      session->pending = GPO_PENDING_NONE;
      run_steps (imap);
    }
  else if (session->state == GPO_IMAP_SELECTED_IDLE && session->pending == GPO_PENDING_NONE)
    gpo_imap_update (imap, TRUE);
}

/* --- reading commands --- */

/* tag = 1*<any ASTRING-CHAR except "+"> */
static gboolean
read_tag (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  gsize start = p->at;
  while (p->at < p->length && p->text[p->at] != '+' && (gpo_imap_is_atom_char (p->text[p->at]) || p->text[p->at] == ']'))
    p->at++;
  gboolean ok = p->at > start && gpo_imap_peek (p) == ' ';
  if (ok)
    imap->tag = g_strndup (p->text + start, p->at - start);
  else
    {
      p->at = start;
      gpo_imap_fail (p, "a tag and a space");
    }
  return ok;
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
  GpoSession *session = &imap->session;
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
  imap->parser = (GpoImapParser) { .text = imap->command->str, .length = imap->command->len };
  imap->input = GPO_IMAP_IN_UNKNOWN;
  if (!read_tag (imap) || !gpo_imap_space (&imap->parser))
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
  return input == GPO_IMAP_IN_UNKNOWN ? 0 : input_symbol (input);
}

/* A literal that will not be taken. One that waits for "+" is refused and its bytes never come; the others have to be
 * thrown away, or the connection ends. */
static void
refuse_literal (GpoImap *imap, guint64 size, gboolean sync)
{
  gboolean told = imap->tag == NULL;
  if (told)
    {
      imap->parser = (GpoImapParser) { .text = imap->command->str, .length = imap->command->len };
      read_tag (imap);
    }
  if (!sync && size > imap->counter->host->limits.literal)
    {
      gpo_imap_answer (imap, GPO_CLOSING, "BYE a literal of that size will not be read");
      return;
    }
  if (!sync)
    {
      imap->discard = size;
      imap->discard_line = TRUE;
    }
  gpo_imap_answer (imap, GPO_TOO_BIG, NULL);
}

/* The line at hand ends in "{n}". */
static void
begin_literal (GpoImap *imap, guint64 size, gboolean sync)
{
  gboolean early = imap->session.state == GPO_IMAP_NOT_AUTHENTICATED;
  if (!early && gpo_imap_append_literal (imap, size, sync))
    return;
  if (size > (early ? EARLY_LITERAL : COMMAND_LIMIT) || imap->command->len + size > COMMAND_LIMIT)
    {
      refuse_literal (imap, size, sync);
      return;
    }
  imap->literal = size;
  if (sync)
    gpo_session_send (&imap->session, "+ go on", 0, 0);
}

/* The gate's answer for the line at hand: TRUE if the command may be executed. */
static gboolean
ask_gate (GpoImap *imap, gsize consume)
{
  g_autofree char *reply = NULL;
  switch (gpo_session_ask (&imap->session, imap->event, &reply))
    {
    case GPO_GATE_PASS:
      return TRUE;
    case GPO_GATE_REPLY:
      gpo_session_consume (&imap->session, consume);
      imap->asked = FALSE;
      imap->parser = (GpoImapParser) { .text = imap->command->str, .length = imap->command->len };
      if (read_tag (imap) && (g_str_has_prefix (reply, "NO") || g_str_has_prefix (reply, "BAD") || g_str_has_prefix (reply, "OK")))
        {
          g_autofree char *whole = g_strdup_printf ("%s %s", imap->tag, reply);
          gpo_session_send (&imap->session, whole, 0, 0);
        }
      else
        gpo_session_send (&imap->session, reply, 0, 0);
      end_command (imap);
      return FALSE;
    case GPO_GATE_HOLD:
    case GPO_GATE_DROP:
      break;
    }
  return FALSE;
}

static gboolean
take_too_long (GpoImap *imap, const GpoLine *line)
{
  gpo_session_record_line (&imap->session, TRUE, line->text, line->length, GPO_ENDING_NONE, 0, 0);
  imap->parser = (GpoImapParser) { .text = imap->command->len ? imap->command->str : line->text,
                                   .length = imap->command->len ? imap->command->len : line->length };
  read_tag (imap);
  gpo_session_consume (&imap->session, line->with_ending);
  gpo_imap_answer (imap, GPO_TOO_LONG, NULL);
  return TRUE;
}

static gboolean
take_line (GpoImap *imap)
{
  GpoLine line;
  guint64 size;
  gboolean sync;
  switch (gpo_session_line (&imap->session, LINE_LIMIT, &line))
    {
    case GPO_LINE_NONE:
      return FALSE;
    case GPO_LINE_TOO_LONG:
      return take_too_long (imap, &line);
    case GPO_LINE_WHOLE:
      break;
    }
  gboolean literal = gpo_imap_literal_at_end (line.text, line.length, &size, &sync);
  if (!imap->asked)
    {
      imap->event = gpo_session_record_line (&imap->session, TRUE, line.text, line.length, line.ending,
                                             peek_verb (imap, &line), 0);
      g_string_append_len (imap->command, line.text, line.length);
    }
  imap->asked = TRUE;
  if (!literal && !ask_gate (imap, line.with_ending))
    return imap->session.pending == GPO_PENDING_NONE && !imap->asked;
  imap->asked = FALSE;
  gpo_session_consume (&imap->session, line.with_ending);
  if (!literal)
    {
      execute (imap);
      return TRUE;
    }
  g_string_append (imap->command, "\r\n");
  begin_literal (imap, size, sync);
  return TRUE;
}

static gboolean
take_literal (GpoImap *imap)
{
  const char *bytes;
  gsize n = MIN (gpo_session_peek (&imap->session, &bytes), imap->literal);
  if (n == 0)
    return FALSE;
  gpo_session_record_data (&imap->session, TRUE, bytes, n, 0, FALSE);
  g_string_append_len (imap->command, bytes, n);
  imap->literal -= n;
  gpo_session_consume (&imap->session, n);
  return TRUE;
}

/* Bytes of a literal that was refused, and the rest of its command. */
static gboolean
take_discarded (GpoImap *imap)
{
  const char *bytes;
  GpoLine line;
  gsize n = MIN (gpo_session_peek (&imap->session, &bytes), imap->discard);
  if (n > 0)
    {
      gpo_session_record_data (&imap->session, TRUE, bytes, n, 0, FALSE);
      gpo_session_consume (&imap->session, n);
      imap->discard -= n;
      return TRUE;
    }
  if (imap->discard || gpo_session_line (&imap->session, LINE_LIMIT, &line) == GPO_LINE_NONE)
    return FALSE;
  gpo_session_record_line (&imap->session, TRUE, line.text, line.length, line.ending, 0, 0);
  guint64 size;
  gboolean sync;
  imap->discard_line = gpo_imap_literal_at_end (line.text, line.length, &size, &sync) && !sync;
  if (imap->discard_line)
    imap->discard = size;
  gpo_session_consume (&imap->session, line.with_ending);
  return TRUE;
}

/* A line that is no command: an answer to a challenge, or DONE. */
static gboolean
take_bare_line (GpoImap *imap, GpoImapInput input, void (*act) (GpoImap *, const char *, gsize))
{
  GpoLine line;
  GpoLineResult result = gpo_session_line (&imap->session, LINE_LIMIT, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  if (!imap->asked)
    imap->event = gpo_session_record_line (&imap->session, TRUE, line.text, line.length, line.ending,
                                           input == GPO_IMAP_IN_DONE ? input_symbol (input) : 0, 0);
  imap->asked = TRUE;
  if (!ask_gate (imap, line.with_ending))
    return imap->session.pending == GPO_PENDING_NONE && !imap->asked;
  imap->asked = FALSE;
  imap->input = input;
  g_autofree char *text = g_strndup (line.text, line.length);
  gpo_session_consume (&imap->session, line.with_ending);
  act (imap, text, result == GPO_LINE_TOO_LONG ? G_MAXSIZE : line.length);
  return TRUE;
}

static gboolean
imap_take (GpoSession *session)
{
  GpoImap *imap = self (session);
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
      return imap->discard || imap->discard_line ? take_discarded (imap) : imap->literal ? take_literal (imap) : take_line (imap);
    }
}

/* --- the other things that come --- */

static void
end_by (GpoImap *imap, GpoImapInput input)
{
  if (imap->session.state == GPO_IMAP_LOGOUT)
    return;
  g_clear_pointer (&imap->tag, g_free);
  take_and_send (imap, input, GPO_CLOSING, NULL);
}

static void
imap_timed_out (GpoSession *session)
{
  end_by (self (session), GPO_IMAP_IN_TIMEOUT);
}

static void
imap_shutdown (GpoSession *session)
{
  end_by (self (session), GPO_IMAP_IN_SHUTDOWN);
}

static void
imap_lost (GpoSession *session, const char *why)
{
  end_by (self (session), GPO_IMAP_IN_LOST);
  session->closing = TRUE;
}

static void
imap_secured (GpoSession *session, const char *description, const GError *error)
{
  GpoImap *imap = self (session);
  GpoEventBuilder b;
  gpo_session_event (session, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, error ? "failed" : "ok", -1);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, description, -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON, error ? error->message : NULL, -1);
  gpo_log_append (session->log, &b);
  if (session->state == GPO_IMAP_TLS)
    take_and_send (imap, GPO_IMAP_IN_HANDSHAKE, error ? GPO_REFUSED : GPO_OK, NULL);
  else if (session->state == GPO_IMAP_CONNECTED && !error) /* TLS from the first byte: RFC 8314 §3.2 */
    gpo_imap_server_greet (session, GPO_OK, NULL);
}

static void
imap_free (GpoSession *session)
{
  GpoImap *imap = self (session);
  gpo_imap_append_clear (imap);
  if (imap->view)
    gpo_view_free (imap->view);
  imap->view = NULL;
  if (imap->waiting)
    imap->dead = TRUE; /* the last callback frees it */
  else
    really_free (imap);
}

static const GpoSessionClass imap_class = {
  .take = imap_take,
  .timed_out = imap_timed_out,
  .secured = imap_secured,
  .lost = imap_lost,
  .shutdown = imap_shutdown,
  .drained = imap_drained,
  .free = imap_free,
};

GpoSession *
gpo_imap_server_new (GpoCounter *counter, guint32 number)
{
  GpoImap *imap = g_new0 (GpoImap, 1);
  gpo_session_init (&imap->session, &imap_class, &gpo_imap_server_machine, counter->log, counter->host->symbol, number,
                    GPO_PROTOCOL_IMAP);
  imap->counter = counter;
  imap->command = g_string_sized_new (0);
  imap->session.timeout_ms = counter->host->limits.imap_timeout * 1000;
  return &imap->session;
}

void
gpo_imap_server_offer_tls (GpoSession *session, gboolean offer)
{
  self (session)->offers_tls = offer;
}

void
gpo_imap_server_greet (GpoSession *session, GpoVerdict verdict, GpoPerson *person)
{
  GpoImap *imap = self (session);
  if (verdict == GPO_TOO_MANY)
    {
      take_and_send (imap, GPO_IMAP_IN_CONNECT, verdict, NULL);
      return;
    }
  if (verdict == GPO_EMPTY)
    {
      imap->person = person;
      imap->mailboxes = gpo_counter_mailboxes (imap->counter, person, NULL);
    }
  g_autoptr (GString) text = g_string_new (verdict == GPO_EMPTY ? "PREAUTH [" : "OK [");
  /* The table's row says where this leads; the capabilities are those of the state after it. */
  gboolean preauth = verdict == GPO_EMPTY;
  GpoPerson *before = imap->person;
  imap->person = preauth ? person : NULL;
  gpo_imap_capability_append (imap, text);
  imap->person = before;
  g_string_append_printf (text, "] %s IMAP ready", imap->counter->host->domain);
  take_and_send (imap, GPO_IMAP_IN_CONNECT, verdict, text->str);
}
