/* SPDX-License-Identifier: MIT */
/* pop3-reader.c: a mail reader that reads by POP3: RFC 1939, and UIDL so that no letter is fetched twice.
 *
 *     a visit: USER, PASS, UIDL, then RETR for each letter that is new, or DELE for one, then QUIT
 *
 * The maildrop is locked for as long as a visit lasts, so it is short; between visits the reader lives on
 * what it has fetched. POP3 knows one folder and no flags: both are the reader's own.
 *
 * It calls hosts of its own office only: their end records the lines, this end its edges. */
#include "protocol/pop3-client.h"
#include "roles/maildrop.h"
#include "roles/reader.h"
#include "store/mailbox.h"
#include <string.h>

#define ANSWER_MS (60 * 1000)
#define REPLY_LINE_MAX (1024 * 1024)
#define LETTER_MAX (128 * 1024 * 1024)

typedef struct
{
  GpoSession session; /* first */
  const GpoReaderUser *user;
  gpointer data;
  GpoMaildrop *maildrop;
  GpoReaderTask *task; /* NULL once answered */
  char *login, *password;
  gboolean tls, knows, has_tls, listed, removed, ended;
  char *problem; /* why the task cannot be done, while QUIT is under way */
  GpoKeptLetter *fetching;
  GString *letter; /* what has come of it */
} Pop3Reader;

static Pop3Reader *
self (GpoSession *session)
{
  return (Pop3Reader *) session;
}

static void
take_edge (Pop3Reader *reader, GpoPop3ClientInput input, GpoVerdict verdict, const char *words)
{
  gpo_session_take (&reader->session, (guint8) input, verdict, 0, words, NULL);
}

static void
end (Pop3Reader *reader, const char *why)
{
  g_autoptr (GpoReaderTask) task = g_steal_pointer (&reader->task);
  if (reader->ended)
    return;
  reader->ended = TRUE;
  GpoReaderAnswer *answer = gpo_reader_answer_new (g_strdup (why ? why : reader->problem));
  if (!answer->problem && task->ask == GPO_READER_LIST)
    gpo_maildrop_add_rows (reader->maildrop, task->text, answer);
  else if (!answer->problem && task->ask == GPO_READER_FOLDERS)
    gpo_maildrop_add_inbox (reader->maildrop, answer);
  if (reader->user && reader->user->answered)
    reader->user->answered (&reader->session, answer, reader->data);
  else
    gpo_reader_answer_free (answer);
  if (reader->user && reader->user->ended)
    reader->user->ended (&reader->session, why, reader->data);
}

static void
give_up (Pop3Reader *reader, GpoPop3ClientInput input, GpoVerdict verdict, const char *why)
{
  take_edge (reader, input, verdict, why);
  reader->session.closing = TRUE;
  end (reader, why);
}

static void
say (Pop3Reader *reader, GpoPop3ClientInput input, const char *argument)
{
  const char *verb = gpo_pop3_client_machine.inputs[input];
  g_autofree char *line = argument ? g_strdup_printf ("%s %s", verb, argument) : g_strdup (verb);
  gpo_session_send (&reader->session, line, gpo_symbol (verb), 0);
}

static void
take_and_say (Pop3Reader *reader, GpoPop3ClientInput input, const char *argument)
{
  take_edge (reader, input, GPO_OK, NULL);
  say (reader, input, argument);
}

static void
quit (Pop3Reader *reader, const char *problem)
{
  if (!reader->problem)
    reader->problem = g_strdup (problem);
  take_and_say (reader, GPO_POP3_CLIENT_IN_QUIT, NULL);
}

/* --- what to do at rest --- */

static void
log_in (Pop3Reader *reader)
{
  gboolean wants_tls = reader->tls && !reader->session.tls;
  if (wants_tls && !reader->knows)
    take_and_say (reader, GPO_POP3_CLIENT_IN_CAPA, NULL);
  else if (wants_tls && reader->has_tls)
    take_and_say (reader, GPO_POP3_CLIENT_IN_STLS, NULL);
  else if (wants_tls)
    quit (reader, "encryption was asked for, and the server does not offer STLS, or refused it");
  else
    take_and_say (reader, GPO_POP3_CLIENT_IN_USER, reader->login);
}

static GpoKeptLetter *
first_unfetched (Pop3Reader *reader)
{
  for (guint i = 0; i < reader->maildrop->letters->len; i++)
    {
      GpoKeptLetter *kept = reader->maildrop->letters->pdata[i];
      if (!kept->letter && kept->number)
        return kept;
    }
  return NULL;
}

static void
say_for (Pop3Reader *reader, GpoPop3ClientInput input, const GpoKeptLetter *kept)
{
  g_autofree char *number = g_strdup_printf ("%u", kept->number);
  take_and_say (reader, input, number);
}

static void
work (Pop3Reader *reader)
{
  GpoKeptLetter *kept;
  if (!reader->listed)
    take_and_say (reader, GPO_POP3_CLIENT_IN_UIDL, NULL);
  else if (reader->task->ask == GPO_READER_REMOVE)
    {
      kept = gpo_maildrop_find (reader->maildrop, reader->task->key);
      if (reader->removed)
        quit (reader, NULL);
      else if (!kept)
        quit (reader, "this letter is gone already");
      else
        say_for (reader, GPO_POP3_CLIENT_IN_DELE, kept);
    }
  else if ((kept = first_unfetched (reader)))
    {
      reader->fetching = kept;
      g_string_truncate (reader->letter, 0);
      say_for (reader, GPO_POP3_CLIENT_IN_RETR, kept);
    }
  else
    quit (reader, NULL);
}

static void
go_on (Pop3Reader *reader)
{
  if (reader->session.state == GPO_POP3_CLIENT_AUTHORIZATION)
    log_in (reader);
  else if (reader->session.state == GPO_POP3_CLIENT_TRANSACTION)
    work (reader);
}

/* --- lines --- */

/* "1 qAx…": a letter that is kept keeps its place in the list of numbers. */
static void
take_unique_id (Pop3Reader *reader, const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  char *id = strchr (text, ' ');
  guint64 number = g_ascii_strtoull (text, NULL, 10);
  if (!id || !number || number > G_MAXUINT32)
    return;
  *id++ = '\0';
  GpoKeptLetter *kept = gpo_maildrop_find (reader->maildrop, id);
  if (!kept)
    {
      kept = g_new0 (GpoKeptLetter, 1);
      kept->id = g_strdup (id);
      g_ptr_array_add (reader->maildrop->letters, kept);
    }
  kept->number = (guint32) number;
}

static void
forget_gone (Pop3Reader *reader)
{
  GPtrArray *letters = reader->maildrop->letters;
  for (guint i = letters->len; i > 0; i--)
    if (((GpoKeptLetter *) letters->pdata[i - 1])->number == 0)
      g_ptr_array_remove_index (letters, i - 1);
}

static void
take_dot (Pop3Reader *reader)
{
  guint8 from = reader->session.state;
  take_edge (reader, GPO_POP3_CLIENT_IN_DOT, GPO_OK, NULL);
  if (from == GPO_POP3_CLIENT_OFFERS)
    reader->knows = TRUE;
  else if (from == GPO_POP3_CLIENT_LISTING)
    {
      reader->listed = TRUE;
      forget_gone (reader);
    }
  else if (from == GPO_POP3_CLIENT_LETTER)
    reader->fetching->letter = g_bytes_new (reader->letter->str, reader->letter->len);
  go_on (reader);
}

/* A line of an answer of several, its stuffed dot taken off: RFC 1939 §3. */
static void
take_more (Pop3Reader *reader, const char *line, gsize length)
{
  if (length == 1 && line[0] == '.')
    {
      take_dot (reader);
      return;
    }
  if (length && line[0] == '.')
    line++, length--;
  if (reader->session.state == GPO_POP3_CLIENT_OFFERS)
    reader->has_tls |= length == 4 && g_ascii_strncasecmp (line, "STLS", 4) == 0;
  else if (reader->session.state == GPO_POP3_CLIENT_LISTING)
    take_unique_id (reader, line, length);
  else if (reader->letter->len + length > LETTER_MAX)
    give_up (reader, GPO_POP3_CLIENT_IN_REPLY, GPO_SYNTAX, "a letter is longer than any that makes sense");
  else
    {
      g_string_append_len (reader->letter, line, (gssize) length);
      g_string_append (reader->letter, "\r\n");
    }
}

static void
after_reply (Pop3Reader *reader, guint8 from, GpoVerdict verdict, const char *words)
{
  GpoSession *session = &reader->session;
  if (from == GPO_POP3_CLIENT_USER && verdict == GPO_OK)
    say (reader, GPO_POP3_CLIENT_IN_PASS, reader->password);
  else if (from == GPO_POP3_CLIENT_CAPA && verdict == GPO_REFUSED)
    reader->knows = TRUE;
  else if (from == GPO_POP3_CLIENT_STLS && verdict == GPO_REFUSED)
    reader->has_tls = FALSE;
  else if (from == GPO_POP3_CLIENT_DELE && verdict == GPO_OK)
    {
      g_ptr_array_remove (reader->maildrop->letters, gpo_maildrop_find (reader->maildrop, reader->task->key));
      reader->removed = TRUE;
    }
  else if (verdict == GPO_REFUSED
           && (session->state == GPO_POP3_CLIENT_AUTHORIZATION
               || session->state == GPO_POP3_CLIENT_TRANSACTION))
    {
      quit (reader, words);
      return;
    }
  if (session->state == GPO_POP3_CLIENT_TLS)
    {
      gpo_session_discard (session); /* anybody's: RFC 2595 §4 */
      session->wants_tls = TRUE;
      session->pending = GPO_PENDING_TLS;
    }
  else if (session->state == GPO_POP3_CLIENT_CLOSED)
    {
      session->closing = TRUE;
      end (reader, verdict == GPO_OK ? NULL : words);
    }
  go_on (reader);
}

static gboolean
awaits_lines (const Pop3Reader *reader)
{
  guint8 state = reader->session.state;
  return state == GPO_POP3_CLIENT_OFFERS || state == GPO_POP3_CLIENT_LISTING
         || state == GPO_POP3_CLIENT_LETTER;
}

static void
take_reply (Pop3Reader *reader, const char *line, gsize length)
{
  guint8 from = reader->session.state;
  g_autofree char *words = g_utf8_make_valid (line, (gssize) length);
  GpoVerdict verdict = g_ascii_strncasecmp (words, "+OK", 3) == 0    ? GPO_OK
                       : g_ascii_strncasecmp (words, "-ERR", 4) == 0 ? GPO_REFUSED
                                                                     : GPO_SYNTAX;
  if (verdict == GPO_OK
      && gpo_machine_find (reader->session.machine, from, GPO_POP3_CLIENT_IN_REPLY, GPO_OK) == GPO_NO_EDGE)
    verdict = GPO_MORE;
  if (gpo_machine_find (reader->session.machine, from, GPO_POP3_CLIENT_IN_REPLY, verdict) == GPO_NO_EDGE)
    verdict = GPO_SYNTAX;
  if (verdict == GPO_SYNTAX)
    {
      give_up (reader, GPO_POP3_CLIENT_IN_REPLY, GPO_SYNTAX, "the server sent what is no POP3 answer here");
      return;
    }
  take_edge (reader, GPO_POP3_CLIENT_IN_REPLY, verdict, words);
  after_reply (reader, from, verdict, words);
}

static gboolean
take (GpoSession *session)
{
  Pop3Reader *reader = self (session);
  GpoLine line;
  if (session->state == GPO_POP3_CLIENT_CLOSED)
    return FALSE;
  GpoLineResult found = gpo_session_line (session, REPLY_LINE_MAX, &line);
  if (found == GPO_LINE_NONE)
    return FALSE;
  g_autofree char *text = g_memdup2 (line.text, line.length + 1);
  gsize length = line.length;
  gpo_session_consume (session, line.with_ending);
  if (found == GPO_LINE_TOO_LONG)
    give_up (reader, GPO_POP3_CLIENT_IN_REPLY, GPO_SYNTAX,
             "the server sent a line that is longer than any that makes sense");
  else if (awaits_lines (reader))
    take_more (reader, text, length);
  else
    take_reply (reader, text, length);
  return TRUE;
}

/* --- what the desk says --- */

void
gpo_pop3_reader_connected (GpoSession *session, const GError *error)
{
  Pop3Reader *reader = self (session);
  if (error)
    give_up (reader, GPO_POP3_CLIENT_IN_CONNECTED, GPO_DEFERRED, error->message);
  else
    take_edge (reader, GPO_POP3_CLIENT_IN_CONNECTED, GPO_OK, NULL);
}

static void
lost (GpoSession *session, const char *why)
{
  Pop3Reader *reader = self (session);
  if (session->state == GPO_POP3_CLIENT_CLOSED)
    return;
  gboolean expected = session->state == GPO_POP3_CLIENT_QUIT;
  take_edge (reader, GPO_POP3_CLIENT_IN_LOST, expected ? GPO_OK : GPO_DEFERRED, NULL);
  g_autofree char *text = g_strdup_printf ("the connection was lost: %s", why);
  end (reader, expected ? NULL : text);
}

static void
timed_out (GpoSession *session)
{
  if (session->state != GPO_POP3_CLIENT_CLOSED)
    give_up (self (session), GPO_POP3_CLIENT_IN_TIMEOUT, GPO_DEFERRED, "the server did not answer in time");
}

static void
secured (GpoSession *session, const char *description, const GError *error)
{
  Pop3Reader *reader = self (session);
  session->tls = error == NULL;
  if (error)
    {
      give_up (reader, GPO_POP3_CLIENT_IN_HANDSHAKE, GPO_REFUSED, error->message);
      return;
    }
  take_edge (reader, GPO_POP3_CLIENT_IN_HANDSHAKE, GPO_OK, NULL);
  go_on (reader);
}

/* A visit ends by itself. */
static void
shutdown (GpoSession *session)
{
}

static void
reader_free (GpoSession *session)
{
  Pop3Reader *reader = self (session);
  end (reader, "the connection was closed");
  g_string_free (reader->letter, TRUE);
  g_free (reader->problem);
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
gpo_pop3_reader_new (const GpoReaderOptions *options, GpoMaildrop *maildrop, GpoReaderTask *task, GpoLog *log,
                     GpoSymbol host, guint32 number, const GpoReaderUser *user, gpointer data)
{
  Pop3Reader *reader = g_new0 (Pop3Reader, 1);
  gpo_session_init (&reader->session, &reader_class, &gpo_pop3_client_machine, log, host, number,
                    GPO_PROTOCOL_POP3);
  reader->session.client = TRUE;
  reader->session.timeout_ms = ANSWER_MS;
  reader->user = user;
  reader->data = data;
  reader->maildrop = maildrop;
  reader->task = task;
  reader->login = g_strdup (options->login);
  reader->password = g_strdup (options->password);
  reader->tls = options->tls;
  reader->letter = g_string_new (NULL);
  for (guint i = 0; i < maildrop->letters->len; i++)
    ((GpoKeptLetter *) maildrop->letters->pdata[i])->number = 0; /* numbers hold for one visit */
  return &reader->session;
}

void
gpo_pop3_reader_forget (GpoSession *session)
{
  self (session)->user = NULL;
}
