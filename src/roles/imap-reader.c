/* SPDX-License-Identifier: MIT */
/* imap-reader.c: a mail reader that reads by IMAP: RFC 3501, with MOVE (RFC 6851) and IDLE (RFC 2177) where
 * offered.
 *
 *     task → commands, said one at a time → responses → the answer
 *
 * gpo_imap_reader_begin_task() says of which commands a task is made, arrived() what each response adds to
 * the answer. When nothing is to be done and a folder is open, the reader idles: so it hears of new letters
 * without asking.
 *
 * It calls hosts of its own office only: their end records the lines, this end its edges.
 *
 * What stays true: the state is written by gpo_session_take() alone; a command is said only in a state of
 * rest; every task gets its answer exactly once, also when the connection breaks. */
#include "roles/imap-reader-private.h"
#include "letter/structure.h"
#include <string.h>

#define RESPONSE_LINE_MAX (1024 * 1024)
#define RESPONSE_MAX (128 * 1024 * 1024)

static GpoImapReader *
self (GpoSession *session)
{
  return (GpoImapReader *) session;
}

/* --- answers --- */

void
gpo_imap_reader_answer_task (GpoImapReader *reader, char *problem)
{
  g_autoptr (GpoReaderTask) task = g_steal_pointer (&reader->task);
  GpoReaderAnswer *answer = g_steal_pointer (&reader->answer);
  g_queue_clear_full (&reader->commands, gpo_imap_reader_command_free);
  g_clear_pointer (&answer->problem, g_free);
  answer->problem = problem;
  if (reader->user && reader->user->answered)
    reader->user->answered (&reader->session, answer, reader->data);
  else
    gpo_reader_answer_free (answer);
}

void
gpo_imap_reader_end (GpoImapReader *reader, const char *why)
{
  if (reader->ended)
    return;
  reader->ended = TRUE;
  if (reader->task)
    gpo_imap_reader_answer_task (reader, g_strdup (why ? why : "the session ended"));
  for (GpoReaderTask *task; (task = g_queue_pop_head (&reader->tasks));)
    {
      reader->task = task;
      reader->answer = gpo_reader_answer_new (NULL);
      gpo_imap_reader_answer_task (reader, g_strdup (why ? why : "the session ended"));
    }
  if (reader->user && reader->user->ended)
    reader->user->ended (&reader->session, why, reader->data);
}

void
gpo_imap_reader_give_up (GpoImapReader *reader, GpoImapClientInput input, GpoVerdict verdict, const char *why)
{
  gpo_imap_reader_take_edge (reader, input, verdict, why);
  reader->session.closing = TRUE;
  gpo_imap_reader_end (reader, why);
}

/* --- what to do at rest --- */

void
gpo_imap_reader_log_out (GpoImapReader *reader, const char *why)
{
  reader->quitting = TRUE;
  gpo_imap_reader_end (reader, why);
  gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_LOGOUT);
}

static void
log_in (GpoImapReader *reader)
{
  if (!reader->knows)
    gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_CAPABILITY);
  else if (reader->tls && !reader->session.tls && reader->has_tls)
    gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_STARTTLS);
  else if (reader->tls && !reader->session.tls)
    gpo_imap_reader_log_out (
        reader, "encryption was asked for, and the server does not offer STARTTLS, or refused it");
  else if (reader->no_login)
    gpo_imap_reader_log_out (reader, "the server takes no LOGIN before STARTTLS: switch encryption on");
  else
    {
      GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_LOGIN);
      g_string_append_c (text, ' ');
      gpo_imap_string_append (text, reader->login, strlen (reader->login));
      g_string_append_c (text, ' ');
      gpo_imap_string_append (text, reader->password, strlen (reader->password));
      gpo_imap_reader_say (reader, g_queue_pop_tail (&reader->commands));
    }
}

static void
next_task (GpoImapReader *reader)
{
  reader->task = g_queue_pop_head (&reader->tasks);
  reader->answer = gpo_reader_answer_new (NULL);
  gpo_imap_reader_begin_task (reader);
}

/* In AUTHENTICATED or SELECTED, with nothing awaited: the next command, of this task or the next. */
static void
work (GpoImapReader *reader)
{
  if (reader->working) /* who hears an answer asks for more at once */
    return;
  reader->working = TRUE;
  while (g_queue_is_empty (&reader->commands))
    {
      if (reader->task)
        gpo_imap_reader_answer_task (reader, NULL);
      else if (!g_queue_is_empty (&reader->tasks))
        next_task (reader);
      else
        break;
    }
  reader->working = FALSE;
  GpoImapReaderCommand *command = g_queue_pop_head (&reader->commands);
  if (command)
    gpo_imap_reader_say (reader, command);
  else if (reader->quitting)
    gpo_imap_reader_log_out (reader, NULL);
  else if (reader->folder && reader->has_idle)
    gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_IDLE);
  else
    reader->session.timeout_ms = 0;
}

void
gpo_imap_reader_go_on (GpoImapReader *reader)
{
  switch ((GpoImapClientState) reader->session.state)
    {
    case GPO_IMAP_CLIENT_NOT_AUTHENTICATED:
      log_in (reader);
      break;
    case GPO_IMAP_CLIENT_AUTHENTICATED:
    case GPO_IMAP_CLIENT_SELECTED:
      work (reader);
      break;
    case GPO_IMAP_CLIENT_IDLING:
      if (reader->quitting || !g_queue_is_empty (&reader->tasks))
        gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_DONE);
      break;
    default:
      break;
    }
}

/* --- bytes --- */

/* The bytes of a literal, as many as are here. */
static gboolean
take_literal (GpoImapReader *reader)
{
  const char *bytes;
  gsize n = gpo_session_peek (&reader->session, &bytes);
  n = MIN (n, reader->literal);
  g_string_append_len (reader->response, bytes, (gssize) n);
  gpo_session_consume (&reader->session, n);
  reader->literal -= n;
  return n > 0;
}

static gboolean
take (GpoSession *session)
{
  GpoImapReader *reader = self (session);
  GpoLine line;
  gboolean sync;
  if (session->state == GPO_IMAP_CLIENT_CLOSED)
    return FALSE;
  if (reader->literal)
    return take_literal (reader);
  GpoLineResult found = gpo_session_line (session, RESPONSE_LINE_MAX, &line);
  if (found == GPO_LINE_NONE)
    return FALSE;
  g_string_append_len (reader->response, line.text, (gssize) line.length);
  gboolean more = gpo_imap_literal_at_end (line.text, line.length, &reader->literal, &sync);
  gpo_session_consume (session, line.with_ending);
  if (found == GPO_LINE_TOO_LONG || reader->response->len + (more ? reader->literal : 0) > RESPONSE_MAX)
    {
      gpo_imap_reader_give_up (reader, GPO_IMAP_CLIENT_IN_REPLY, GPO_SYNTAX,
                               "the server's response is longer than any that makes sense");
      return TRUE;
    }
  if (more)
    {
      g_string_append (reader->response, "\r\n");
      return TRUE;
    }
  reader->literal = 0;
  g_autoptr (GString) whole = reader->response;
  reader->response = g_string_new (NULL);
  gpo_imap_reader_take_response (reader, whole->str, whole->len);
  return TRUE;
}

/* --- what the desk says --- */

void
gpo_imap_reader_connected (GpoSession *session, const GError *error)
{
  GpoImapReader *reader = self (session);
  if (error)
    gpo_imap_reader_give_up (reader, GPO_IMAP_CLIENT_IN_CONNECTED, GPO_DEFERRED, error->message);
  else
    gpo_imap_reader_take_edge (reader, GPO_IMAP_CLIENT_IN_CONNECTED, GPO_OK, NULL);
  session->timeout_ms = GPO_IMAP_READER_ANSWER_MS;
}

static void
lost (GpoSession *session, const char *why)
{
  GpoImapReader *reader = self (session);
  if (session->state == GPO_IMAP_CLIENT_CLOSED)
    return;
  gboolean expected = session->state == GPO_IMAP_CLIENT_LOGOUT;
  gpo_imap_reader_take_edge (reader, GPO_IMAP_CLIENT_IN_LOST, expected ? GPO_OK : GPO_DEFERRED, NULL);
  g_autofree char *text = g_strdup_printf ("the connection was lost: %s", why);
  gpo_imap_reader_end (reader, expected ? NULL : text);
}

static void
timed_out (GpoSession *session)
{
  GpoImapReader *reader = self (session);
  if (session->state == GPO_IMAP_CLIENT_IDLING)
    gpo_imap_reader_say_now (reader, GPO_IMAP_CLIENT_IN_DONE); /* and idles again */
  else if (session->state != GPO_IMAP_CLIENT_CLOSED)
    gpo_imap_reader_give_up (reader, GPO_IMAP_CLIENT_IN_TIMEOUT, GPO_DEFERRED,
                             "the server did not answer in time");
}

static void
secured (GpoSession *session, const char *description, const GError *error)
{
  GpoImapReader *reader = self (session);
  session->tls = error == NULL;
  reader->knows = reader->has_move = reader->has_idle = reader->has_tls = reader->no_login = FALSE;
  if (error)
    gpo_imap_reader_give_up (reader, GPO_IMAP_CLIENT_IN_HANDSHAKE, GPO_REFUSED, error->message);
  else
    {
      gpo_imap_reader_take_edge (reader, GPO_IMAP_CLIENT_IN_HANDSHAKE, GPO_OK, NULL);
      gpo_imap_reader_go_on (reader);
    }
}

static void
shutdown (GpoSession *session)
{
  gpo_imap_reader_quit (session);
}

static void
task_free (gpointer data)
{
  gpo_reader_task_free (data);
}

static void
reader_free (GpoSession *session)
{
  GpoImapReader *reader = self (session);
  gpo_imap_reader_end (reader, "the connection was closed");
  g_queue_clear_full (&reader->tasks, task_free);
  g_queue_clear_full (&reader->commands, gpo_imap_reader_command_free);
  g_string_free (reader->response, TRUE);
  if (reader->unsaid)
    g_string_free (reader->unsaid, TRUE);
  g_free (reader->folder);
  g_free (reader->login);
  g_free (reader->password);
  gpo_session_finish (session);
  g_free (reader);
}

static const GpoSessionClass reader_class = {
  .take = take,
  .timed_out = timed_out,
  .secured = secured,
  .lost = lost,
  .shutdown = shutdown,
  .free = reader_free,
};

GpoSession *
gpo_imap_reader_new (const GpoReaderOptions *options, GpoLog *log, GpoSymbol host, guint32 number,
                     const GpoReaderUser *user, gpointer data)
{
  GpoImapReader *reader = g_new0 (GpoImapReader, 1);
  gpo_session_init (&reader->session, &reader_class, &gpo_imap_client_machine, log, host, number,
                    GPO_PROTOCOL_IMAP);
  reader->session.client = TRUE;
  reader->user = user;
  reader->data = data;
  reader->login = g_strdup (options->login);
  reader->password = g_strdup (options->password);
  reader->tls = options->tls;
  reader->response = g_string_new (NULL);
  return &reader->session;
}

void
gpo_imap_reader_ask (GpoSession *session, GpoReaderTask *task)
{
  GpoImapReader *reader = self (session);
  g_queue_push_tail (&reader->tasks, task);
  if (reader->ended)
    {
      reader->ended = FALSE;
      gpo_imap_reader_end (reader, "the session ended");
      return;
    }
  if (session->state >= GPO_IMAP_CLIENT_AUTHENTICATED)
    gpo_imap_reader_go_on (reader);
  gpo_session_changed (session);
}

void
gpo_imap_reader_quit (GpoSession *session)
{
  GpoImapReader *reader = self (session);
  if (reader->quitting)
    return;
  reader->quitting = TRUE;
  if (session->state >= GPO_IMAP_CLIENT_AUTHENTICATED)
    gpo_imap_reader_go_on (reader);
  gpo_session_changed (session);
}

void
gpo_imap_reader_forget (GpoSession *session)
{
  self (session)->user = NULL;
}
