/* SPDX-License-Identifier: MIT */
/* pop3-transaction.c: STAT, LIST, RETR, DELE, NOOP, RSET, TOP, UIDL, and QUIT's update: RFC 1939 §5 to §7.
 *
 * Letters are numbered as they were at login; DELE only marks, and nothing is removed before QUIT. A letter
 * goes out in pieces, as fast as the client reads. */
#include "roles/pop3-private.h"
#include <string.h>

#define CHUNK (32 * 1024)

static const GpoMessage *
message_at (GpoPop3 *pop3, guint32 number)
{
  return gpo_view_message (pop3->view, number);
}

static gboolean
is_there (GpoPop3 *pop3, guint32 number)
{
  return !pop3->marked->data[number - 1] && !(message_at (pop3, number)->flags & GPO_FLAG_EXPUNGED);
}

static void
count (GpoPop3 *pop3, guint32 *n, guint64 *octets)
{
  *n = 0;
  *octets = 0;
  for (guint32 number = 1; number <= pop3->view->n; number++)
    if (is_there (pop3, number))
      {
        ++*n;
        *octets += message_at (pop3, number)->size;
      }
}

/* The argument that names a letter. FALSE: it was answered. */
static gboolean
read_letter (GpoPop3 *pop3, GpoPop3Command *command, guint32 *number)
{
  if (!gpo_pop3_number (command, number))
    gpo_pop3_answerf (pop3, command->input, GPO_SYNTAX, "-ERR expected a letter's number behind %s",
                      gpo_pop3_server_machine.inputs[command->input]);
  else if (*number == 0 || *number > pop3->view->n)
    gpo_pop3_answerf (pop3, command->input, GPO_REFUSED, "-ERR no such letter: there are %u", pop3->view->n);
  else if (pop3->marked->data[*number - 1])
    gpo_pop3_answerf (pop3, command->input, GPO_REFUSED, "-ERR letter %u is marked as deleted", *number);
  else if (!is_there (pop3, *number))
    gpo_pop3_answerf (pop3, command->input, GPO_REFUSED, "-ERR letter %u was removed by another reader",
                      *number);
  else
    return TRUE;
  return FALSE;
}

/* A line of LIST or UIDL. The unique id stays as long as the letter has its UID. */
static char *
describe (GpoPop3 *pop3, GpoPop3Input input, guint32 number)
{
  const GpoMessage *message = message_at (pop3, number);
  if (input == GPO_POP3_IN_LIST)
    return g_strdup_printf ("%u %u", number, message->size);
  return g_strdup_printf ("%u %08x%08x", number, pop3->view->mailbox->uidvalidity, message->uid);
}

static void
list (GpoPop3 *pop3, GpoPop3Command *command)
{
  guint32 number, n;
  guint64 octets;
  if (command->length)
    {
      if (!read_letter (pop3, command, &number))
        return;
      g_autofree char *line = describe (pop3, command->input, number);
      gpo_pop3_answerf (pop3, command->input, GPO_OK, "+OK %s", line);
      return;
    }
  count (pop3, &n, &octets);
  gpo_pop3_answerf (pop3, command->input, GPO_OK, "+OK %u letters (%" G_GUINT64_FORMAT " octets)", n, octets);
  for (number = 1; number <= pop3->view->n; number++)
    if (is_there (pop3, number))
      {
        g_autofree char *line = describe (pop3, command->input, number);
        gpo_pop3_line (pop3, "%s", line);
      }
  gpo_pop3_line (pop3, ".");
}

/* --- RETR and TOP --- */

/* Appends bytes with a dot doubled at the beginning of a line: RFC 1939 §3. */
static void
append_stuffed (GpoPop3 *pop3, const char *bytes, gsize n)
{
  GString *out = pop3->mail.session.out;
  for (gsize i = 0; i < n;)
    {
      if (pop3->line_start && bytes[i] == '.')
        g_string_append_c (out, '.');
      const char *lf = memchr (bytes + i, '\n', n - i);
      gsize end = lf ? (gsize) (lf - bytes) + 1 : n;
      g_string_append_len (out, bytes + i, (gssize) (end - i));
      pop3->line_start = lf != NULL;
      i = end;
    }
}

static void
end_letter (GpoPop3 *pop3)
{
  GpoSession *session = &pop3->mail.session;
  if (!pop3->line_start)
    g_string_append_len (session->out, "\r\n", 2); /* a letter whose last line has no end */
  if (pop3->end == g_bytes_get_size (pop3->letter))
    gpo_counter_note_recorded (pop3->mail.counter, session->letter);
  session->letter = 0;
  gpo_pop3_line (pop3, ".");
  g_clear_pointer (&pop3->letter, g_bytes_unref);
}

void
gpo_pop3_send_more (GpoPop3 *pop3)
{
  GpoSession *session = &pop3->mail.session;
  while (pop3->letter && session->pending == GPO_PENDING_NONE)
    {
      const char *bytes = g_bytes_get_data (pop3->letter, NULL);
      gsize n = MIN (pop3->end - pop3->sent, CHUNK);
      if (!gpo_session_has_room (session))
        {
          session->pending = GPO_PENDING_OUTPUT;
          return;
        }
      if (n == 0)
        {
          end_letter (pop3);
          return;
        }
      gpo_session_record_data (session, FALSE, bytes + pop3->sent, n, (goffset) pop3->sent,
                               gpo_counter_knows (pop3->mail.counter, session->letter));
      append_stuffed (pop3, bytes + pop3->sent, n);
      pop3->sent += n;
    }
}

/* TOP: the header, its empty line, and so many lines of the body. */
static gsize
end_of_top (const char *bytes, gsize length, guint32 lines)
{
  gsize at = 0;
  gboolean body = FALSE;
  while (at < length && (!body || lines > 0))
    {
      const char *lf = memchr (bytes + at, '\n', length - at);
      gsize end = lf ? (gsize) (lf - bytes) + 1 : length;
      if (body)
        lines--;
      else
        body = end - at == 2 && bytes[at] == '\r';
      at = end;
    }
  return at;
}

static void
letter_read (GBytes *const *letters, guint n, gpointer data)
{
  GpoPop3 *pop3 = data;
  if (!gpo_mail_awake (&pop3->mail))
    return;
  if (!letters[0])
    gpo_pop3_answerf (pop3, pop3->input, GPO_REFUSED, "-ERR letter %u was removed by another reader",
                      pop3->number);
  else
    {
      gsize length;
      const char *bytes = g_bytes_get_data (letters[0], &length);
      gboolean top = pop3->input == GPO_POP3_IN_TOP;
      pop3->mail.session.letter = message_at (pop3, pop3->number)->letter;
      if (top)
        gpo_pop3_answer (pop3, pop3->input, GPO_OK, NULL);
      else
        gpo_pop3_answerf (pop3, pop3->input, GPO_OK, "+OK %" G_GSIZE_FORMAT " octets", length);
      pop3->letter = g_bytes_ref (letters[0]);
      pop3->sent = 0;
      pop3->end = top ? end_of_top (bytes, length, pop3->lines) : length;
      pop3->line_start = TRUE;
      gpo_pop3_send_more (pop3);
    }
  gpo_mail_settle (&pop3->mail);
}

static void
retrieve (GpoPop3 *pop3, GpoPop3Command *command)
{
  guint32 number;
  if (!read_letter (pop3, command, &number))
    return;
  if (command->input == GPO_POP3_IN_TOP && !gpo_pop3_number (command, &pop3->lines))
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_TOP, GPO_SYNTAX,
                       "-ERR expected a number of lines behind TOP and the letter's number");
      return;
    }
  pop3->number = number;
  gpo_mail_wait (&pop3->mail);
  gpo_mailbox_read (pop3->view->mailbox, &pop3->view->slots[number - 1], 1, 1, letter_read, pop3);
}

void
gpo_pop3_transaction (GpoPop3 *pop3, GpoPop3Command *command)
{
  guint32 n;
  guint64 octets;
  switch (command->input)
    {
    case GPO_POP3_IN_STAT:
      count (pop3, &n, &octets);
      gpo_pop3_answerf (pop3, GPO_POP3_IN_STAT, GPO_OK, "+OK %u %" G_GUINT64_FORMAT, n, octets);
      break;
    case GPO_POP3_IN_LIST:
    case GPO_POP3_IN_UIDL:
      list (pop3, command);
      break;
    case GPO_POP3_IN_RETR:
    case GPO_POP3_IN_TOP:
      retrieve (pop3, command);
      break;
    case GPO_POP3_IN_DELE:
      if (!read_letter (pop3, command, &n))
        break;
      pop3->marked->data[n - 1] = 1;
      gpo_pop3_answer (pop3, GPO_POP3_IN_DELE, GPO_OK, NULL);
      break;
    case GPO_POP3_IN_RSET:
      if (pop3->marked->len)
        memset (pop3->marked->data, 0, pop3->marked->len);
      gpo_pop3_answer (pop3, GPO_POP3_IN_RSET, GPO_OK, NULL);
      break;
    default:
      gpo_pop3_answer (pop3, command->input, GPO_OK, NULL);
    }
}

/* --- QUIT --- */

static void
updated (const GError *error, gpointer data)
{
  GpoPop3 *pop3 = data;
  if (!gpo_mail_awake (&pop3->mail))
    return;
  gpo_pop3_answer (pop3, GPO_POP3_IN_UPDATED, error ? GPO_REFUSED : GPO_OK, NULL);
  gpo_mail_settle (&pop3->mail);
}

void
gpo_pop3_quit (GpoPop3 *pop3)
{
  gboolean update = pop3->mail.session.state == GPO_POP3_TRANSACTION;
  gpo_pop3_answer (pop3, GPO_POP3_IN_QUIT, GPO_OK, NULL);
  if (!update)
    return;
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < pop3->view->n; i++)
    if (pop3->marked->data[i])
      g_array_append_val (slots, pop3->view->slots[i]);
  if (slots->len == 0)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_UPDATED, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&pop3->mail);
  gpo_mailbox_expunge (pop3->view->mailbox, (guint32 *) (gpointer) slots->data, slots->len, pop3->view,
                       updated, pop3);
}
