/* SPDX-License-Identifier: MIT */
/* imap-reader-command.c: a task is made of commands, and they are said: RFC 3501, with MOVE (RFC 6851) where
 * offered.
 *
 * A literal waits for the server's "+": what stands behind its announcement is held back. */
#include "roles/imap-reader-private.h"
#include "letter/structure.h"
#include "protocol/utf7.h"
#include <string.h>

/* IDLE is said anew before the server's own limit of half an hour (RFC 2177 §3). */
#define IDLE_MS (25 * 60 * 1000)

/* --- commands --- */

void
gpo_imap_reader_command_free (gpointer data)
{
  GpoImapReaderCommand *command = data;
  g_string_free (command->text, TRUE);
  g_free (command);
}

GString *
gpo_imap_reader_add (GpoImapReader *reader, GpoImapClientInput input)
{
  GpoImapReaderCommand *command = g_new (GpoImapReaderCommand, 1);
  command->input = input;
  command->text = g_string_new (gpo_imap_client_machine.inputs[input]);
  g_queue_push_tail (&reader->commands, command);
  return command->text;
}

void
gpo_imap_reader_append_folder (GString *out, const char *name)
{
  g_autofree char *encoded = gpo_utf7_encode (name);
  g_string_append_c (out, ' ');
  gpo_imap_string_append (out, encoded, strlen (encoded));
}

/* Where the line that announces the first literal at or behind `from` ends; 0: there is none. Keeps what
 * stands behind it for the "+". */
static gsize
hold_literal (GpoImapReader *reader, const GString *text, gsize from)
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
say (GpoImapReader *reader, GString *text, GpoSymbol verb)
{
  gsize end = hold_literal (reader, text, 0);
  g_autofree char *line = g_strndup (text->str, end ? end : text->len);
  gpo_session_send (&reader->session, line, verb, 0);
}

void
gpo_imap_reader_take_edge (GpoImapReader *reader, GpoImapClientInput input, GpoVerdict verdict,
                           const char *words)
{
  gpo_session_take (&reader->session, (guint8) input, verdict, 0, words, NULL);
}

/* Takes the command's edge and says it. */
void
gpo_imap_reader_say (GpoImapReader *reader, GpoImapReaderCommand *command)
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
  gpo_imap_reader_take_edge (reader, command->input, GPO_OK, NULL);
  reader->session.timeout_ms
      = command->input == GPO_IMAP_CLIENT_IN_IDLE ? IDLE_MS : GPO_IMAP_READER_ANSWER_MS;
  say (reader, text, verbs[command->input]);
  gpo_imap_reader_command_free (command);
}

void
gpo_imap_reader_say_now (GpoImapReader *reader, GpoImapClientInput input)
{
  gpo_imap_reader_add (reader, input);
  gpo_imap_reader_say (reader, g_queue_pop_tail (&reader->commands));
}

/* "+" came: the literal, which is bytes and no lines, and what follows up to the next one. */
void
gpo_imap_reader_say_on (GpoImapReader *reader)
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
open_folder (GpoImapReader *reader, const char *name, gboolean look)
{
  if (g_strcmp0 (reader->folder, name) != 0)
    gpo_imap_reader_append_folder (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_SELECT), name);
  else if (look)
    gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_NOOP);
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
add_list (GpoImapReader *reader)
{
  const char *words = reader->task->text;
  open_folder (reader, reader->task->folder, TRUE);
  if (words && *words)
    {
      GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_SEARCH);
      g_string_append (text, g_str_is_ascii (words) ? " TEXT " : " CHARSET UTF-8 TEXT ");
      gpo_imap_string_append (text, words, strlen (words));
    }
  else
    g_string_append (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_FETCH),
                     " 1:* " GPO_IMAP_READER_LIST_ITEMS);
}

/* Removing one letter and no other: RFC 4315 §2.1. */
static void
add_remove (GpoImapReader *reader)
{
  g_string_append_printf (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_STORE),
                          " %s +FLAGS.SILENT (\\Deleted)", reader->task->key);
  g_string_append_printf (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_EXPUNGE), " %s", reader->task->key);
}

static void
add_file (GpoImapReader *reader)
{
  GString *text
      = gpo_imap_reader_add (reader, reader->has_move ? GPO_IMAP_CLIENT_IN_MOVE : GPO_IMAP_CLIENT_IN_COPY);
  g_string_append_printf (text, " %s", reader->task->key);
  gpo_imap_reader_append_folder (text, reader->task->to);
  if (!reader->has_move)
    add_remove (reader);
}

static void
add_save (GpoImapReader *reader)
{
  gsize length;
  const char *bytes = g_bytes_get_data (reader->task->bytes, &length);
  GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_APPEND);
  gpo_imap_reader_append_folder (text, reader->task->folder);
  append_flags (text, reader->task->flags);
  g_string_append_printf (text, " {%" G_GSIZE_FORMAT "}\r\n", length);
  g_string_append_len (text, bytes, (gssize) length);
}

void
gpo_imap_reader_begin_task (GpoImapReader *reader)
{
  GpoReaderTask *task = reader->task;
  if (task->ask == GPO_READER_LETTER || task->ask == GPO_READER_FLAG || task->ask == GPO_READER_FILE
      || task->ask == GPO_READER_REMOVE)
    open_folder (reader, task->folder, FALSE);
  switch (task->ask)
    {
    case GPO_READER_FOLDERS:
      g_string_append (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_LIST), " \"\" \"*\"");
      break;
    case GPO_READER_LIST:
      add_list (reader);
      break;
    case GPO_READER_LETTER:
      g_string_append_printf (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_FETCH), " %s (UID BODY[])",
                              task->key);
      break;
    case GPO_READER_FLAG:
      {
        GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_STORE);
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
      gpo_imap_reader_append_folder (gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_CREATE), task->folder);
      break;
    case GPO_READER_REMOVE:
      add_remove (reader);
      break;
    }
}
