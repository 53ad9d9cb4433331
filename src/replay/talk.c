/* SPDX-License-Identifier: MIT */
/* talk.c: lines to inputs, answers to verdicts, and the table's word for what follows. */
#include "replay/talk.h"
#include "protocol/imap.h"
#include "protocol/pop3.h"
#include "protocol/smtp.h"
#include <string.h>

void
gpo_talk_init (GpoTalk *talk, GpoProtocol protocol)
{
  *talk = (GpoTalk){ .protocol = protocol };
  talk->machine = protocol == GPO_PROTOCOL_IMAP   ? &gpo_imap_server_machine
                  : protocol == GPO_PROTOCOL_POP3 ? &gpo_pop3_server_machine
                                                  : &gpo_smtp_server_machine;
  talk->state = talk->machine->initial;
  g_queue_init (&talk->asked);
  g_queue_push_tail (&talk->asked, GINT_TO_POINTER (gpo_machine_input (talk->machine, "connect")));
}

void
gpo_talk_clear (GpoTalk *talk)
{
  g_queue_clear (&talk->asked);
}

const char *
gpo_talk_state (const GpoTalk *talk)
{
  return talk->machine->states[talk->state];
}

/* --- what a line is --- */

static gboolean
line_is (const char *line, gsize length, const char *word)
{
  return length == strlen (word) && g_ascii_strncasecmp (line, word, length) == 0;
}

static int
smtp_input (const GpoTalk *talk, const char *line, gsize length)
{
  GpoSmtpCommand command;
  if (talk->state == GPO_SMTP_AUTH)
    return GPO_SMTP_IN_RESPONSE;
  if (line_is (line, length, "."))
    return GPO_SMTP_IN_END_OF_DATA;
  gpo_smtp_command_parse (line, length, &command);
  if (command.input == GPO_SMTP_IN_BDAT && command.argument.length >= 4
      && g_ascii_strncasecmp (command.argument.text + command.argument.length - 4, "LAST", 4) == 0)
    return GPO_SMTP_IN_LAST_CHUNK_END;
  return command.input == GPO_SMTP_IN_BDAT ? GPO_SMTP_IN_CHUNK_END : command.input;
}

static int
pop3_input (const GpoTalk *talk, const char *line, gsize length)
{
  GpoPop3Command command;
  if (talk->state == GPO_POP3_AUTHENTICATE)
    return GPO_POP3_IN_RESPONSE;
  gpo_pop3_command_parse (line, length, &command);
  return command.input;
}

/* tag SP command [SP …]; UID FETCH is a command of two words. */
static int
imap_input (const GpoTalk *talk, const char *line, gsize length)
{
  if (talk->state == GPO_IMAP_AUTHENTICATE)
    return GPO_IMAP_IN_RESPONSE;
  if (talk->state == GPO_IMAP_IDLE || talk->state == GPO_IMAP_SELECTED_IDLE)
    return GPO_IMAP_IN_DONE;
  const char *end = line + length, *verb = memchr (line, ' ', length);
  if (!verb)
    return GPO_IMAP_IN_UNKNOWN;
  gsize n = 0;
  for (verb++; verb + n < end && verb[n] != ' '; n++)
    ;
  if (n == 3 && g_ascii_strncasecmp (verb, "UID", 3) == 0 && verb + n < end)
    for (n++; verb + n < end && verb[n] != ' '; n++)
      ;
  g_autofree char *word = g_strndup (verb, n);
  int input = gpo_machine_input (talk->machine, word);
  return input < 0 || input >= GPO_IMAP_IN_UNKNOWN ? GPO_IMAP_IN_UNKNOWN : input;
}

static gsize
without_ending (const char *line, gsize length)
{
  if (length && line[length - 1] == '\n')
    length--;
  return length && line[length - 1] == '\r' ? length - 1 : length;
}

static int
input_of (const GpoTalk *talk, const char *line, gsize length)
{
  return talk->protocol == GPO_PROTOCOL_IMAP   ? imap_input (talk, line, length)
         : talk->protocol == GPO_PROTOCOL_POP3 ? pop3_input (talk, line, length)
                                               : smtp_input (talk, line, length);
}

const char *
gpo_talk_line (GpoTalk *talk, const char *line, gsize length)
{
  length = without_ending (line, length);
  gboolean continues = talk->in_literal;
  talk->in_literal = talk->protocol == GPO_PROTOCOL_IMAP && length > 2 && line[length - 1] == '}'
                     && memrchr (line, '{', length);
  if (continues)
    return "";
  int input = input_of (talk, line, length);
  g_queue_push_tail (&talk->asked, GINT_TO_POINTER (input));
  if (input == GPO_SMTP_IN_CHUNK_END && talk->protocol == GPO_PROTOCOL_SMTP)
    return "BDAT";
  if (input == GPO_SMTP_IN_LAST_CHUNK_END && talk->protocol == GPO_PROTOCOL_SMTP)
    return "BDAT";
  return talk->machine->inputs[input];
}

gboolean
gpo_talk_has_arguments (const GpoTalk *talk, const char *line, gsize length)
{
  length = without_ending (line, length);
  const char *space = memchr (line, ' ', length);
  return space && space + 1 < line + length;
}

/* --- where an answer leads --- */

/* The row for this cell whose verdict fits the answer, the first of the list that the table has. */
static const GpoEdge *
find_row (const GpoTalk *talk, guint8 state, guint8 input, const GpoVerdict *verdicts, guint n)
{
  for (guint v = 0; v < n; v++)
    for (guint i = 0; i < talk->machine->n_edges; i++)
      {
        const GpoEdge *edge = &talk->machine->edges[i];
        if (edge->from == state && edge->input == input && edge->verdict == verdicts[v])
          return edge;
      }
  return NULL;
}

static gboolean
take (GpoTalk *talk, guint8 input, const GpoAnswer *answer)
{
  static const GpoVerdict done[] = { GPO_OK, GPO_PARTIAL, GPO_EMPTY }, more[] = { GPO_MORE },
                          refused[] = { GPO_REFUSED };
  gboolean asks = answer->status[0] == '3' || g_str_equal (answer->status, "+");
  const GpoEdge *edge = asks ? find_row (talk, talk->state, input, more, 1)
                        : gpo_answer_accepts (answer)
                            ? find_row (talk, talk->state, input, done, G_N_ELEMENTS (done))
                            : find_row (talk, talk->state, input, refused, 1);
  if (!edge && gpo_answer_accepts (answer)) /* consent to STARTTLS is no challenge, and yet more is to come */
    {
      edge = find_row (talk, talk->state, input, more, 1);
      if (edge && strcmp (talk->machine->states[edge->to], "tls") != 0)
        edge = NULL;
    }
  if (edge && edge->to != GPO_SAME)
    talk->state = edge->to;
  return edge != NULL;
}

/* What the next line of the client answers to, behind a "+". */
static void
ask_on (GpoTalk *talk, guint8 input, gboolean taken)
{
  if (talk->protocol == GPO_PROTOCOL_IMAP && !taken)
    g_queue_push_head (&talk->asked, GINT_TO_POINTER (input)); /* a literal of the command goes on */
  else if (talk->protocol == GPO_PROTOCOL_IMAP
           && (talk->state == GPO_IMAP_APPEND || talk->state == GPO_IMAP_SELECTED_APPEND))
    g_queue_push_head (&talk->asked, GINT_TO_POINTER (GPO_IMAP_IN_LITERAL_END));
}

void
gpo_talk_answer (GpoTalk *talk, const GpoAnswer *answer)
{
  /* 421 may come at any time, asked or not, and ends the session (RFC 5321 §3.8) */
  if (talk->protocol == GPO_PROTOCOL_SMTP && answer->code && g_str_has_prefix (answer->code, "421"))
    talk->state = GPO_SMTP_CLOSED;
  if (!*answer->status || g_queue_is_empty (&talk->asked))
    return;
  guint8 input = (guint8) GPOINTER_TO_INT (g_queue_pop_head (&talk->asked));
  gboolean chunk = input == GPO_SMTP_IN_CHUNK_END || input == GPO_SMTP_IN_LAST_CHUNK_END;
  if (talk->protocol == GPO_PROTOCOL_SMTP && chunk
      && (talk->state == GPO_SMTP_RCPT || talk->state == GPO_SMTP_BDAT))
    talk->state = GPO_SMTP_CHUNK; /* BDAT itself is not answered, its octets are */
  gboolean taken = take (talk, input, answer);
  /* a letter sent along with its APPEND (RFC 7888) passes through the state without being asked for */
  if (!taken && talk->protocol == GPO_PROTOCOL_POP3 && input == GPO_POP3_IN_QUIT)
    talk->state = GPO_POP3_CLOSED;
  if (talk->protocol == GPO_PROTOCOL_POP3 && talk->state == GPO_POP3_UPDATE)
    talk->state = GPO_POP3_CLOSED; /* its answer came behind the update */
  if (g_str_equal (answer->status, "+"))
    ask_on (talk, input, taken);
}

gboolean
gpo_talk_wants_line (const GpoTalk *talk)
{
  switch (talk->protocol)
    {
    case GPO_PROTOCOL_IMAP:
      return talk->state == GPO_IMAP_AUTHENTICATE || talk->state == GPO_IMAP_IDLE
             || talk->state == GPO_IMAP_SELECTED_IDLE;
    case GPO_PROTOCOL_POP3:
      return talk->state == GPO_POP3_AUTHENTICATE;
    default:
      return talk->state == GPO_SMTP_AUTH;
    }
}

void
gpo_talk_secured (GpoTalk *talk)
{
  static const GpoVerdict ok[] = { GPO_OK };
  const GpoEdge *edge
      = find_row (talk, talk->state, (guint8) gpo_machine_input (talk->machine, "handshake"), ok, 1);
  if (edge)
    talk->state = edge->to;
}
