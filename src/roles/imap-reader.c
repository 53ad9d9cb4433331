/* SPDX-License-Identifier: MIT */
/* imap-reader.c: a mail reader that reads by IMAP: RFC 3501, with MOVE (RFC 6851) and IDLE (RFC 2177) where
 * offered.
 *
 *     task → commands, said one at a time → responses → the answer
 *
 * begin_task() says of which commands a task is made, arrived() what each response adds to the answer. When
 * nothing is to be done and a folder is open, the reader idles: so it hears of new letters without asking.
 *
 * It calls hosts of its own office only: their end records the lines, this end its edges.
 *
 * What stays true: the state is written by gpo_session_take() alone; a command is said only in a state of
 * rest; every task gets its answer exactly once, also when the connection breaks. */
#include "protocol/imap-client.h"
#include "protocol/imap.h"
#include "protocol/utf7.h"
#include "letter/structure.h"
#include "roles/reader.h"
#include <string.h>

/* A server that is silent for so long while an answer is awaited is given up. */
#define ANSWER_MS (60 * 1000)
/* IDLE is said anew before the server's own limit of half an hour (RFC 2177 §3). */
#define IDLE_MS (25 * 60 * 1000)
#define RESPONSE_LINE_MAX (1024 * 1024)
#define RESPONSE_MAX (128 * 1024 * 1024)
/* What a list shows of a letter. */
#define LIST_ITEMS "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Date From To Subject)])"

typedef struct
{
  GpoImapClientInput input;
  GString *text; /* behind the tag; holds literals, each waits for "+" */
} Command;

typedef struct
{
  GpoSession session; /* first */
  const GpoReaderUser *user;
  gpointer data;
  char *login, *password;
  gboolean tls;

  GString *response; /* what has come of the response under way */
  guint64 literal;   /* bytes of a literal that are still to come */
  guint n_tags;
  char tag[16];
  GString *unsaid;        /* the rest of a command behind a literal's announcement; NULL: none … */
  guint64 unsaid_literal; /* … so many bytes of which are the literal */

  GQueue tasks;        /* of GpoReaderTask: those that wait */
  GpoReaderTask *task; /* under way … */
  GpoReaderAnswer *answer;
  GQueue commands; /* of Command: its commands that are still to be said */
  char *folder;    /* that is open; NULL: none */
  gboolean knows, has_move, has_idle, has_tls, no_login; /* knows: CAPABILITY was answered since TLS */
  gboolean working, quitting, ended;
} ImapReader;

static ImapReader *
self (GpoSession *session)
{
  return (ImapReader *) session;
}

static void go_on (ImapReader *reader);

/* --- commands --- */

static void
command_free (gpointer data)
{
  Command *command = data;
  g_string_free (command->text, TRUE);
  g_free (command);
}

static GString *
add_command (ImapReader *reader, GpoImapClientInput input)
{
  Command *command = g_new (Command, 1);
  command->input = input;
  command->text = g_string_new (gpo_imap_client_machine.inputs[input]);
  g_queue_push_tail (&reader->commands, command);
  return command->text;
}

static void
append_folder (GString *out, const char *name)
{
  g_autofree char *encoded = gpo_utf7_encode (name);
  g_string_append_c (out, ' ');
  gpo_imap_string_append (out, encoded, strlen (encoded));
}

/* Where the line that announces the first literal at or behind `from` ends; 0: there is none. Keeps what
 * stands behind it for the "+". */
static gsize
hold_literal (ImapReader *reader, const GString *text, gsize from)
{
  gboolean sync;
  for (const char *p = text->str + from; (p = strstr (p, "\r\n")); p += 2)
    {
      gsize end = (gsize) (p - text->str);
      if (!gpo_imap_literal_at_end (text->str, end, &reader->unsaid_literal, &sync))
        continue;
      reader->unsaid = g_string_new_len (p + 2, (gssize) (text->len - end - 2));
      return end;
    }
  return 0;
}

/* Says as much as may be said before the next "+". */
static void
say (ImapReader *reader, GString *text, GpoSymbol verb)
{
  gsize end = hold_literal (reader, text, 0);
  g_autofree char *line = g_strndup (text->str, end ? end : text->len);
  gpo_session_send (&reader->session, line, verb, 0);
}

static void
take_edge (ImapReader *reader, GpoImapClientInput input, GpoVerdict verdict, const char *words)
{
  gpo_session_take (&reader->session, (guint8) input, verdict, 0, words, NULL);
}

/* Takes the command's edge and says it. */
static void
say_command (ImapReader *reader, Command *command)
{
  static GpoSymbol verbs[GPO_IMAP_CLIENT_N_INPUTS];
  if (!verbs[command->input])
    verbs[command->input] = gpo_symbol (gpo_imap_client_machine.inputs[command->input]);
  g_autoptr (GString) text = g_string_new (NULL);
  if (command->input != GPO_IMAP_CLIENT_IN_DONE)
    {
      g_snprintf (reader->tag, sizeof reader->tag, "a%u", ++reader->n_tags);
      g_string_printf (text, "%s ", reader->tag);
    }
  g_string_append_len (text, command->text->str, (gssize) command->text->len);
  take_edge (reader, command->input, GPO_OK, NULL);
  reader->session.timeout_ms = command->input == GPO_IMAP_CLIENT_IN_IDLE ? IDLE_MS : ANSWER_MS;
  say (reader, text, verbs[command->input]);
  command_free (command);
}

static void
say_now (ImapReader *reader, GpoImapClientInput input)
{
  add_command (reader, input);
  say_command (reader, g_queue_pop_tail (&reader->commands));
}

/* "+" came: the literal, which is bytes and no lines, and what follows up to the next one. */
static void
say_on (ImapReader *reader)
{
  g_autoptr (GString) text = g_steal_pointer (&reader->unsaid);
  if (!text)
    return;
  gsize end = hold_literal (reader, text, reader->unsaid_literal);
  g_string_append_len (reader->session.out, text->str, (gssize) (end ? end : text->len));
  g_string_append (reader->session.out, "\r\n");
}

/* --- a task is made of commands --- */

static void
open_folder (ImapReader *reader, const char *name, gboolean look)
{
  if (g_strcmp0 (reader->folder, name) != 0)
    append_folder (add_command (reader, GPO_IMAP_CLIENT_IN_SELECT), name);
  else if (look)
    add_command (reader, GPO_IMAP_CLIENT_IN_NOOP);
}

static void
append_flags (GString *out, guint32 flags)
{
  static const char *const names[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft" };
  const char *between = "";
  g_string_append (out, " (");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (flags & (1u << i))
      {
        g_string_append_printf (out, "%s%s", between, names[i]);
        between = " ";
      }
  g_string_append_c (out, ')');
}

static void
add_list (ImapReader *reader)
{
  const char *words = reader->task->text;
  open_folder (reader, reader->task->folder, TRUE);
  if (words && *words)
    {
      GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_SEARCH);
      g_string_append (text, g_str_is_ascii (words) ? " TEXT " : " CHARSET UTF-8 TEXT ");
      gpo_imap_string_append (text, words, strlen (words));
    }
  else
    g_string_append (add_command (reader, GPO_IMAP_CLIENT_IN_FETCH), " 1:* " LIST_ITEMS);
}

/* Removing one letter and no other: RFC 4315 §2.1. */
static void
add_remove (ImapReader *reader)
{
  g_string_append_printf (add_command (reader, GPO_IMAP_CLIENT_IN_STORE), " %s +FLAGS.SILENT (\\Deleted)",
                          reader->task->key);
  g_string_append_printf (add_command (reader, GPO_IMAP_CLIENT_IN_EXPUNGE), " %s", reader->task->key);
}

static void
add_file (ImapReader *reader)
{
  GString *text = add_command (reader, reader->has_move ? GPO_IMAP_CLIENT_IN_MOVE : GPO_IMAP_CLIENT_IN_COPY);
  g_string_append_printf (text, " %s", reader->task->key);
  append_folder (text, reader->task->to);
  if (!reader->has_move)
    add_remove (reader);
}

static void
add_save (ImapReader *reader)
{
  gsize length;
  const char *bytes = g_bytes_get_data (reader->task->bytes, &length);
  GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_APPEND);
  append_folder (text, reader->task->folder);
  append_flags (text, reader->task->flags);
  g_string_append_printf (text, " {%" G_GSIZE_FORMAT "}\r\n", length);
  g_string_append_len (text, bytes, (gssize) length);
}

static void
begin_task (ImapReader *reader)
{
  GpoReaderTask *task = reader->task;
  if (task->ask == GPO_READER_LETTER || task->ask == GPO_READER_FLAG || task->ask == GPO_READER_FILE
      || task->ask == GPO_READER_REMOVE)
    open_folder (reader, task->folder, FALSE);
  switch (task->ask)
    {
    case GPO_READER_FOLDERS:
      g_string_append (add_command (reader, GPO_IMAP_CLIENT_IN_LIST), " \"\" \"*\"");
      break;
    case GPO_READER_LIST:
      add_list (reader);
      break;
    case GPO_READER_LETTER:
      g_string_append_printf (add_command (reader, GPO_IMAP_CLIENT_IN_FETCH), " %s (UID BODY[])", task->key);
      break;
    case GPO_READER_FLAG:
      {
        GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_STORE);
        g_string_append_printf (text, " %s %cFLAGS", task->key, task->on ? '+' : '-');
        append_flags (text, task->flags);
        break;
      }
    case GPO_READER_FILE:
      add_file (reader);
      break;
    case GPO_READER_SAVE:
      add_save (reader);
      break;
    case GPO_READER_CREATE:
      append_folder (add_command (reader, GPO_IMAP_CLIENT_IN_CREATE), task->folder);
      break;
    case GPO_READER_REMOVE:
      add_remove (reader);
      break;
    }
}

/* --- answers --- */

static void
answer_task (ImapReader *reader, char *problem)
{
  g_autoptr (GpoReaderTask) task = g_steal_pointer (&reader->task);
  GpoReaderAnswer *answer = g_steal_pointer (&reader->answer);
  g_queue_clear_full (&reader->commands, command_free);
  g_clear_pointer (&answer->problem, g_free);
  answer->problem = problem;
  if (reader->user && reader->user->answered)
    reader->user->answered (&reader->session, answer, reader->data);
  else
    gpo_reader_answer_free (answer);
}

static void
end (ImapReader *reader, const char *why)
{
  if (reader->ended)
    return;
  reader->ended = TRUE;
  if (reader->task)
    answer_task (reader, g_strdup (why ? why : "the session ended"));
  for (GpoReaderTask *task; (task = g_queue_pop_head (&reader->tasks));)
    {
      reader->task = task;
      reader->answer = gpo_reader_answer_new (NULL);
      answer_task (reader, g_strdup (why ? why : "the session ended"));
    }
  if (reader->user && reader->user->ended)
    reader->user->ended (&reader->session, why, reader->data);
}

static void
give_up (ImapReader *reader, GpoImapClientInput input, GpoVerdict verdict, const char *why)
{
  take_edge (reader, input, verdict, why);
  reader->session.closing = TRUE;
  end (reader, why);
}

/* --- what to do at rest --- */

static void
log_out (ImapReader *reader, const char *why)
{
  reader->quitting = TRUE;
  end (reader, why);
  say_now (reader, GPO_IMAP_CLIENT_IN_LOGOUT);
}

static void
log_in (ImapReader *reader)
{
  if (!reader->knows)
    say_now (reader, GPO_IMAP_CLIENT_IN_CAPABILITY);
  else if (reader->tls && !reader->session.tls && reader->has_tls)
    say_now (reader, GPO_IMAP_CLIENT_IN_STARTTLS);
  else if (reader->tls && !reader->session.tls)
    log_out (reader, "encryption was asked for, and the server does not offer STARTTLS, or refused it");
  else if (reader->no_login)
    log_out (reader, "the server takes no LOGIN before STARTTLS: switch encryption on");
  else
    {
      GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_LOGIN);
      g_string_append_c (text, ' ');
      gpo_imap_string_append (text, reader->login, strlen (reader->login));
      g_string_append_c (text, ' ');
      gpo_imap_string_append (text, reader->password, strlen (reader->password));
      say_command (reader, g_queue_pop_tail (&reader->commands));
    }
}

static void
next_task (ImapReader *reader)
{
  reader->task = g_queue_pop_head (&reader->tasks);
  reader->answer = gpo_reader_answer_new (NULL);
  begin_task (reader);
}

/* In AUTHENTICATED or SELECTED, with nothing awaited: the next command, of this task or the next. */
static void
work (ImapReader *reader)
{
  if (reader->working) /* who hears an answer asks for more at once */
    return;
  reader->working = TRUE;
  while (g_queue_is_empty (&reader->commands))
    {
      if (reader->task)
        answer_task (reader, NULL);
      else if (!g_queue_is_empty (&reader->tasks))
        next_task (reader);
      else
        break;
    }
  reader->working = FALSE;
  Command *command = g_queue_pop_head (&reader->commands);
  if (command)
    say_command (reader, command);
  else if (reader->quitting)
    log_out (reader, NULL);
  else if (reader->folder && reader->has_idle)
    say_now (reader, GPO_IMAP_CLIENT_IN_IDLE);
  else
    reader->session.timeout_ms = 0;
}

static void
go_on (ImapReader *reader)
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
        say_now (reader, GPO_IMAP_CLIENT_IN_DONE);
      break;
    default:
      break;
    }
}

/* --- responses --- */

static void
learn (ImapReader *reader, const GpoImapResponse *response)
{
  reader->has_move |= gpo_imap_response_offers (response, "MOVE");
  reader->has_idle |= gpo_imap_response_offers (response, "IDLE");
  reader->has_tls |= gpo_imap_response_offers (response, "STARTTLS");
  reader->no_login |= gpo_imap_response_offers (response, "LOGINDISABLED");
}

static void
take_list (ImapReader *reader, const GpoImapResponse *response)
{
  g_autofree char *name = NULL;
  gboolean selectable;
  if (!gpo_imap_response_list (response, &name, &selectable))
    return;
  gpo_reader_answer_add_folder (reader->answer, name)->selectable = selectable;
  if (!selectable)
    return;
  GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_STATUS);
  append_folder (text, name);
  g_string_append (text, " (MESSAGES UNSEEN)");
}

static void
take_status (ImapReader *reader, const GpoImapResponse *response)
{
  g_autofree char *name = NULL;
  guint32 messages, unseen;
  if (!gpo_imap_response_status (response, &name, &messages, &unseen) || !reader->answer->folders)
    return;
  for (guint i = 0; i < reader->answer->folders->len; i++)
    {
      GpoReaderFolder *folder = reader->answer->folders->pdata[i];
      if (strcmp (folder->name, name) == 0)
        {
          folder->messages = messages;
          folder->unseen = unseen;
        }
    }
}

static void
take_search (ImapReader *reader, const GpoImapResponse *response)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!gpo_imap_response_search (response, found) || found->len == 0)
    return;
  GString *text = add_command (reader, GPO_IMAP_CLIENT_IN_FETCH);
  g_string_append_c (text, ' ');
  gpo_imap_numbers_append (text, (const guint32 *) found->data, found->len);
  g_string_append (text, " " LIST_ITEMS);
}

static void
take_fetch (ImapReader *reader, const GpoImapResponse *response)
{
  GpoImapFetched got;
  if (!gpo_imap_response_fetch (response, &got) || !got.section || !got.uid)
    return; /* flags that somebody else changed */
  if (reader->task->ask == GPO_READER_LETTER)
    {
      g_clear_pointer (&reader->answer->letter, g_bytes_unref);
      reader->answer->letter = g_bytes_new (got.section, got.section_length);
    }
  else if (reader->task->ask == GPO_READER_LIST)
    {
      g_autofree char *key = g_strdup_printf ("%u", got.uid);
      GpoReaderRow *row = gpo_reader_answer_add (reader->answer, key, got.section, got.section_length);
      row->flags = got.flags;
      row->size = got.size;
      row->date = got.date;
    }
}

static void
take_untagged (ImapReader *reader, const GpoImapResponse *response)
{
  gboolean idle
      = reader->session.state == GPO_IMAP_CLIENT_IDLE || reader->session.state == GPO_IMAP_CLIENT_IDLING;
  if (response->kind == GPO_RESPONSE_CAPABILITY)
    learn (reader, response);
  else if (idle
           && (response->kind == GPO_RESPONSE_EXISTS || response->kind == GPO_RESPONSE_EXPUNGE
               || response->kind == GPO_RESPONSE_FETCH))
    {
      if (reader->user && reader->user->news)
        reader->user->news (&reader->session, reader->data);
    }
  else if (!reader->task)
    return;
  else if (response->kind == GPO_RESPONSE_LIST && reader->task->ask == GPO_READER_FOLDERS)
    take_list (reader, response);
  else if (response->kind == GPO_RESPONSE_STATUS)
    take_status (reader, response);
  else if (response->kind == GPO_RESPONSE_SEARCH && reader->task->ask == GPO_READER_LIST)
    take_search (reader, response);
  else if (response->kind == GPO_RESPONSE_FETCH)
    take_fetch (reader, response);
}

static GpoVerdict
verdict_of (const GpoImapResponse *response)
{
  switch (response->kind)
    {
    case GPO_RESPONSE_OK:
      return GPO_OK;
    case GPO_RESPONSE_PREAUTH:
      return GPO_EMPTY;
    case GPO_RESPONSE_NO:
      return GPO_REFUSED;
    case GPO_RESPONSE_BYE:
      return GPO_CLOSING;
    default:
      return GPO_SYNTAX;
    }
}

/* What the state that was left means, now that its command is answered. */
static void
after_reply (ImapReader *reader, guint8 from, GpoVerdict verdict, char *words)
{
  GpoSession *session = &reader->session;
  if (from == GPO_IMAP_CLIENT_CAPABILITY)
    reader->knows = TRUE;
  else if (from == GPO_IMAP_CLIENT_STARTTLS && verdict != GPO_OK)
    reader->has_tls = FALSE; /* and so it is given up, or not, in log_in() */
  else if (from == GPO_IMAP_CLIENT_SELECT)
    {
      g_free (reader->folder);
      reader->folder = verdict == GPO_OK && reader->task ? g_strdup (reader->task->folder) : NULL;
    }
  if (session->state == GPO_IMAP_CLIENT_TLS)
    {
      gpo_session_discard (session); /* anybody's: RFC 3501 §6.2.1 */
      session->wants_tls = TRUE;
      session->pending = GPO_PENDING_TLS;
    }
  else if (session->state == GPO_IMAP_CLIENT_CLOSED)
    {
      session->closing = TRUE;
      end (reader, verdict == GPO_OK ? NULL : words);
    }
  else if (verdict != GPO_OK && from == GPO_IMAP_CLIENT_LOGIN)
    log_out (reader, words);
  else if (verdict != GPO_OK && reader->task && from != GPO_IMAP_CLIENT_IDLE && from != GPO_IMAP_CLIENT_DONE)
    answer_task (reader, g_strdup (words));
}

static void
take_reply (ImapReader *reader, const GpoImapResponse *response)
{
  guint8 from = reader->session.state;
  GpoVerdict verdict = verdict_of (response);
  g_autofree char *words = gpo_imap_response_words (response);
  if (gpo_machine_find (reader->session.machine, from, GPO_IMAP_CLIENT_IN_REPLY, verdict) == GPO_NO_EDGE)
    verdict = GPO_SYNTAX;
  if (verdict == GPO_OK || verdict == GPO_EMPTY)
    learn (reader, response);
  if (reader->unsaid)
    g_string_free (g_steal_pointer (&reader->unsaid), TRUE);
  take_edge (reader, GPO_IMAP_CLIENT_IN_REPLY, verdict, words);
  after_reply (reader, from, verdict, words);
  go_on (reader);
}

static void
take_response (ImapReader *reader, const char *text, gsize length)
{
  GpoImapResponse response;
  guint8 state = reader->session.state;
  if (!gpo_imap_response_parse (text, length, &response))
    give_up (reader, GPO_IMAP_CLIENT_IN_REPLY, GPO_SYNTAX, "the server sent what is no IMAP response");
  else if (response.kind == GPO_RESPONSE_CONTINUE)
    {
      if (gpo_machine_find (reader->session.machine, state, GPO_IMAP_CLIENT_IN_CONTINUE, GPO_MORE)
          == GPO_NO_EDGE)
        return;
      take_edge (reader, GPO_IMAP_CLIENT_IN_CONTINUE, GPO_MORE, NULL);
      say_on (reader);
      go_on (reader); /* a task may have come between IDLE and "+" */
    }
  else if (response.tagged || state == GPO_IMAP_CLIENT_GREETING
           || (response.kind == GPO_RESPONSE_BYE && state != GPO_IMAP_CLIENT_LOGOUT))
    {
      if (response.tagged
          && (strlen (reader->tag) != response.tag_length
              || memcmp (reader->tag, response.tag, response.tag_length)))
        return; /* an answer to nothing that was asked */
      take_reply (reader, &response);
    }
  else
    take_untagged (reader, &response);
}

/* --- bytes --- */

/* The bytes of a literal, as many as are here. */
static gboolean
take_literal (ImapReader *reader)
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
  ImapReader *reader = self (session);
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
      give_up (reader, GPO_IMAP_CLIENT_IN_REPLY, GPO_SYNTAX,
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
  take_response (reader, whole->str, whole->len);
  return TRUE;
}

/* --- what the desk says --- */

void
gpo_imap_reader_connected (GpoSession *session, const GError *error)
{
  ImapReader *reader = self (session);
  if (error)
    give_up (reader, GPO_IMAP_CLIENT_IN_CONNECTED, GPO_DEFERRED, error->message);
  else
    take_edge (reader, GPO_IMAP_CLIENT_IN_CONNECTED, GPO_OK, NULL);
  session->timeout_ms = ANSWER_MS;
}

static void
lost (GpoSession *session, const char *why)
{
  ImapReader *reader = self (session);
  if (session->state == GPO_IMAP_CLIENT_CLOSED)
    return;
  gboolean expected = session->state == GPO_IMAP_CLIENT_LOGOUT;
  take_edge (reader, GPO_IMAP_CLIENT_IN_LOST, expected ? GPO_OK : GPO_DEFERRED, NULL);
  g_autofree char *text = g_strdup_printf ("the connection was lost: %s", why);
  end (reader, expected ? NULL : text);
}

static void
timed_out (GpoSession *session)
{
  ImapReader *reader = self (session);
  if (session->state == GPO_IMAP_CLIENT_IDLING)
    say_now (reader, GPO_IMAP_CLIENT_IN_DONE); /* and idles again */
  else if (session->state != GPO_IMAP_CLIENT_CLOSED)
    give_up (reader, GPO_IMAP_CLIENT_IN_TIMEOUT, GPO_DEFERRED, "the server did not answer in time");
}

static void
secured (GpoSession *session, const char *description, const GError *error)
{
  ImapReader *reader = self (session);
  session->tls = error == NULL;
  reader->knows = reader->has_move = reader->has_idle = reader->has_tls = reader->no_login = FALSE;
  if (error)
    give_up (reader, GPO_IMAP_CLIENT_IN_HANDSHAKE, GPO_REFUSED, error->message);
  else
    {
      take_edge (reader, GPO_IMAP_CLIENT_IN_HANDSHAKE, GPO_OK, NULL);
      go_on (reader);
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
  ImapReader *reader = self (session);
  end (reader, "the connection was closed");
  g_queue_clear_full (&reader->tasks, task_free);
  g_queue_clear_full (&reader->commands, command_free);
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
  ImapReader *reader = g_new0 (ImapReader, 1);
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
  ImapReader *reader = self (session);
  g_queue_push_tail (&reader->tasks, task);
  if (reader->ended)
    {
      reader->ended = FALSE;
      end (reader, "the session ended");
      return;
    }
  if (session->state >= GPO_IMAP_CLIENT_AUTHENTICATED)
    go_on (reader);
  gpo_session_changed (session);
}

void
gpo_imap_reader_quit (GpoSession *session)
{
  ImapReader *reader = self (session);
  if (reader->quitting)
    return;
  reader->quitting = TRUE;
  if (session->state >= GPO_IMAP_CLIENT_AUTHENTICATED)
    go_on (reader);
  gpo_session_changed (session);
}

void
gpo_imap_reader_forget (GpoSession *session)
{
  self (session)->user = NULL;
}
