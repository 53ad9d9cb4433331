/* SPDX-License-Identifier: MIT */
/* observer-smtp.c: following SMTP from outside: RFC 5321 §3 and §4.
 *
 * A server answers commands one by one in their order (also when they were pipelined, RFC 2920), so the first
 * that waits is the one a reply belongs to. The reply's code gives the verdict (RFC 5321 §4.2.1). */
#include "letter/address.h"
#include "protocol/smtp.h"
#include "replay/observer-private.h"
#include <string.h>

static GpoSymbol
verb_of (guint8 input)
{
  return gpo_machine_input_symbol (&gpo_smtp_server_machine, input);
}

/* --- the client's side --- */

/* BDAT's octets follow whatever is answered: RFC 3030 §2. */
static void
expect_chunk (GpoObserved *o, GpoAsked *asked, const GpoSmtpCommand *command)
{
  const char *space
      = command->argument.length ? memchr (command->argument.text, ' ', command->argument.length) : NULL;
  GpoSlice count = { command->argument.text,
                     space ? (gsize) (space - command->argument.text) : command->argument.length };
  gint64 octets = gpo_slice_number (count);
  asked->last
      = space && gpo_slice_is ((GpoSlice){ space + 1, command->argument.length - count.length - 1 }, "LAST");
  if (octets <= 0)
    return;
  o->client.frame = GPO_FRAME_OCTETS;
  o->client.octets = (guint64) octets;
}

static guint64
end_of_data (GpoObserved *o, const GpoSeen *seen)
{
  guint64 event = gpo_observed_record (o, TRUE, seen, verb_of (GPO_SMTP_IN_END_OF_DATA), 0);
  o->client.frame = GPO_FRAME_LINES;
  gpo_observed_ask (o, GPO_SMTP_IN_END_OF_DATA, event);
  return event;
}

static guint64
client_line (GpoObserved *o, const GpoSeen *seen)
{
  if (o->client.frame == GPO_FRAME_DOTS)
    return end_of_data (o, seen);
  if (o->client.frame == GPO_FRAME_OCTETS)
    o->client.frame = GPO_FRAME_LINES; /* a record without the octets of a chunk that was refused */
  GpoSmtpCommand command;
  gpo_smtp_command_parse (seen->text, seen->length, &command);
  guint8 input = (guint8) command.input;
  if (o->lost && (input == GPO_SMTP_IN_UNKNOWN || !gpo_observed_resync (o, input)))
    return gpo_observed_record_data (o, TRUE, seen->text, seen->whole);
  gboolean response = o->state == GPO_SMTP_AUTH && gpo_observed_n_asked (o) == 0;
  if (response)
    input = GPO_SMTP_IN_RESPONSE;
  guint64 event = gpo_observed_record (o, TRUE, seen, verb_of (input), 0);
  GpoAsked *asked = gpo_observed_ask (o, input, event);
  if (response)
    gpo_observed_auth_line (o, seen->text, seen->length);
  else if (input == GPO_SMTP_IN_AUTH)
    gpo_observed_auth_begin (o, command.argument.text, command.argument.length);
  if (response || input == GPO_SMTP_IN_AUTH || input == GPO_SMTP_IN_DATA || input == GPO_SMTP_IN_STARTTLS)
    o->client.frame = GPO_FRAME_WAIT;
  else if (input == GPO_SMTP_IN_BDAT)
    expect_chunk (o, asked, &command);
  return event;
}

static void
client_data (GpoObserved *o, const char *bytes, gsize n)
{
  GpoSide *side = &o->client;
  if (side->frame == GPO_FRAME_DOTS && bytes)
    for (const char *p = bytes, *end = bytes + n; p < end;)
      {
        /* A dot that begins a line was doubled for the wire: RFC 5321 §4.5.2. */
        side->stuffed += *p == '.' && (p > bytes || side->line_start);
        const char *lf = memchr (p, '\n', (gsize) (end - p));
        p = lf ? lf + 1 : end;
      }
  gpo_observed_letter_bytes (o, bytes, n);
}

/* --- verdicts --- */

static int
code_of (const GpoSeen *seen)
{
  const char *t = seen->text;
  if (seen->length < 3 || !g_ascii_isdigit (t[0]) || !g_ascii_isdigit (t[1]) || !g_ascii_isdigit (t[2])
      || t[0] < '2' || t[0] > '5' || (seen->length > 3 && t[3] != ' ' && t[3] != '-'))
    return 0;
  return (t[0] - '0') * 100 + (t[1] - '0') * 10 + (t[2] - '0');
}

static gboolean
has_status (const GpoSeen *seen, const char *status)
{
  gsize n = strlen (status);
  return seen->length >= 4 + n && strncmp (seen->text + 4, status, n) == 0;
}

static gboolean
ends_letter (guint8 input)
{
  return input == GPO_SMTP_IN_END_OF_DATA || input == GPO_SMTP_IN_LAST_CHUNK_END;
}

/* The likeliest meaning of a negative reply, then the next: RFC 5321 §4.2.2, RFC 3463. */
static void
likely_verdicts (GpoObserved *o, guint8 input, int code, const GpoSeen *seen, GpoVerdict likely[4])
{
  GpoVerdict first = code >= 500 ? GPO_REFUSED : GPO_DEFERRED;
  gboolean unknown = input == GPO_SMTP_IN_UNKNOWN;
  switch (code)
    {
    case 421:
      first = input == GPO_SMTP_IN_CONNECT ? GPO_TOO_MANY : GPO_CLOSING;
      break;
    case 452:
      first = input == GPO_SMTP_IN_RCPT && (has_status (seen, "4.5.3") || !has_status (seen, "4."))
                  ? GPO_TOO_MANY
                  : first;
      break;
    case 500:
      first = ends_letter (input) || gpo_seen_has (seen, "too long") ? GPO_TOO_LONG
              : unknown                                              ? GPO_UNKNOWN
                                                                     : GPO_UNSUPPORTED;
      break;
    case 501:
      first = GPO_SYNTAX;
      break;
    case 502:
    case 504:
    case 555:
      first = unknown ? GPO_UNKNOWN : GPO_UNSUPPORTED;
      break;
    case 503:
      first = GPO_SEQUENCE;
      break;
    case 530:
      first = gpo_seen_has (seen, "STARTTLS") ? GPO_NEEDS_TLS : GPO_NEEDS_AUTH;
      break;
    case 538:
      first = GPO_NEEDS_TLS;
      break;
    case 550:
      first = ends_letter (input) && has_status (seen, "5.6.11") ? GPO_SYNTAX : first;
      break;
    case 552:
      first = input == GPO_SMTP_IN_RCPT ? first : GPO_TOO_BIG;
      break;
    case 554:
      first = o->state == GPO_SMTP_MAIL && (input == GPO_SMTP_IN_DATA || input == GPO_SMTP_IN_BDAT)
                  ? GPO_SEQUENCE
                  : first;
      break;
    default:
      break;
    }
  likely[0] = first;
  likely[1] = code >= 500 ? GPO_REFUSED : GPO_DEFERRED;
  likely[2] = GPO_CLOSING;
  likely[3] = GPO_N_VERDICTS;
}

static GpoVerdict
verdict_of (GpoObserved *o, guint8 input, int code, const GpoSeen *seen)
{
  if (code < 300)
    return input == GPO_SMTP_IN_STARTTLS ? GPO_MORE : GPO_OK;
  if (code < 400)
    return GPO_MORE;
  GpoVerdict likely[4];
  likely_verdicts (o, input, code, seen, likely);
  return gpo_observed_refusal (o, input, seen->text, seen->length, likely);
}

/* --- the envelope --- */

/* The path of a MAIL or RCPT that was recorded; FALSE: none that could be read. The caller frees. */
static char *
path_of (GpoObserved *o, const GpoAsked *asked)
{
  gsize length;
  guint spaces;
  GpoPath path;
  gboolean mail = asked->input == GPO_SMTP_IN_MAIL;
  GpoSmtpCommand command;
  const char *text = gpo_observed_text (o, asked->event, &length);
  if (!text)
    return NULL;
  gpo_smtp_command_parse (text, length, &command);
  if (!gpo_smtp_path_prefix (&command.argument, mail ? "FROM:" : "TO:", &spaces)
      || !gpo_path_parse (command.argument.text, command.argument.length, TRUE,
                          mail ? GPO_PATH_REVERSE : GPO_PATH_FORWARD, &path, NULL, NULL, NULL))
    return NULL;
  return g_strndup (command.argument.text + path.path.start, path.path.length);
}

static void
envelope_event (GpoObserved *o, const char *action, GpoField field, const char *path, guint64 cause)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_ENVELOPE);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_text (&b, field, path, -1);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  gpo_log_append (o->log, &b);
}

/* RSET, EHLO and HELO forget the transaction: RFC 5321 §4.1.4, §4.1.1.5. */
static void
clear_envelope (GpoObserved *o)
{
  if (o->has_sender)
    envelope_event (o, "clear", GPO_FIELD_SENDER, NULL, 0);
  gpo_observed_forget_letter (o);
}

static void
take_path (GpoObserved *o, const GpoAsked *asked, GpoVerdict verdict, int code, const GpoSeen *seen)
{
  gboolean mail = asked->input == GPO_SMTP_IN_MAIL;
  g_autofree char *path = path_of (o, asked);
  if (verdict == GPO_OK && mail)
    {
      gpo_observed_begin_letter (o);
      g_string_assign (o->sender, path ? path : "");
      envelope_event (o, "from", GPO_FIELD_SENDER, path, asked->event);
    }
  else if (verdict == GPO_OK)
    {
      o->recipients++;
      envelope_event (o, "to", GPO_FIELD_RECIPIENT, path, asked->event);
    }
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_EDGE);
  gpo_event_add_text (&b, mail ? GPO_FIELD_SENDER : GPO_FIELD_RECIPIENT, path, -1);
  gpo_observed_take (o, asked->input, verdict, code, seen->text, seen->length, asked->event, &b);
}

static void
take_hello (GpoObserved *o, const GpoAsked *asked, GpoVerdict verdict, int code, const GpoSeen *seen)
{
  gsize length;
  GpoSmtpCommand command;
  GpoEventBuilder b;
  if (verdict == GPO_OK)
    clear_envelope (o);
  const char *text = gpo_observed_text (o, asked->event, &length);
  gpo_observed_event (o, &b, GPO_KIND_EDGE);
  if (text)
    {
      gpo_smtp_command_parse (text, length, &command);
      if (verdict == GPO_OK && command.argument.length)
        gpo_event_add_text (&b, GPO_FIELD_NAME, command.argument.text, (gssize) command.argument.length);
    }
  gpo_observed_take (o, asked->input, verdict, code, seen->text, seen->length, asked->event, &b);
}

/* --- the server's side --- */

/* BDAT is two steps with one reply: the chunk is let in, and its end is answered. */
static guint8
take_chunk_begin (GpoObserved *o, const GpoAsked *asked, int code)
{
  gboolean let_in = gpo_machine_accepts (o->machine, o->state, GPO_SMTP_IN_BDAT) && code != 501 && code != 502
                    && code != 503 && code != 504 && code != 555;
  if (!let_in)
    return GPO_SMTP_IN_BDAT;
  gpo_observed_take (o, GPO_SMTP_IN_BDAT, GPO_MORE, 0, NULL, 0, asked->event, NULL);
  return asked->last ? GPO_SMTP_IN_LAST_CHUNK_END : GPO_SMTP_IN_CHUNK_END;
}

/* What the client's next bytes are, now that the state is known. */
static void
set_frame (GpoObserved *o)
{
  if (o->state == GPO_SMTP_DATA)
    {
      o->client.frame = GPO_FRAME_DOTS;
      o->client.line_start = TRUE;
      o->client.offset = o->client.stuffed = 0;
    }
  else if (o->state == GPO_SMTP_TLS)
    o->client.frame = o->server.frame = GPO_FRAME_TLS;
}

static guint8
unasked_input (GpoObserved *o, int code, const GpoSeen *seen)
{
  if (code == 421)
    return has_status (seen, "4.4.2") ? GPO_SMTP_IN_TIMEOUT : GPO_SMTP_IN_SHUTDOWN;
  if (o->client.frame != GPO_FRAME_DOTS)
    return G_MAXUINT8;
  gpo_observed_note (o,
                     "the server answers before CRLF.CRLF: it may have taken another end of the letter for it"
                     " (RFC 5321 §4.1.1.4)");
  o->client.frame = GPO_FRAME_LINES;
  return GPO_SMTP_IN_END_OF_DATA;
}

/* Which command a reply belongs to. Its input is G_MAXUINT8 if it belongs to none. */
static GpoAsked
find_asked (GpoObserved *o, int code, const GpoSeen *seen)
{
  GpoAsked asked = { .input = G_MAXUINT8 };
  gboolean own_end = code == 421 && (has_status (seen, "4.4.2") || has_status (seen, "4.3.2"));
  if (o->state == GPO_SMTP_CONNECTED)
    asked.input = GPO_SMTP_IN_CONNECT;
  else if (gpo_observed_n_asked (o) && !own_end)
    gpo_observed_answered (o, 0, &asked);
  else
    asked.input = unasked_input (o, code, seen);
  return asked;
}

static void
take_reply (GpoObserved *o, GpoAsked *asked, int code, const GpoSeen *seen)
{
  if (asked->input == GPO_SMTP_IN_BDAT)
    asked->input = take_chunk_begin (o, asked, code);
  GpoVerdict verdict = asked->input == GPO_SMTP_IN_TIMEOUT || asked->input == GPO_SMTP_IN_SHUTDOWN
                           ? GPO_CLOSING
                           : verdict_of (o, asked->input, code, seen);
  gboolean ok = verdict == GPO_OK;
  if (ends_letter (asked->input) && ok)
    gpo_observed_letter_taken (o, o->client.offset - o->client.stuffed, asked->event);
  if (asked->input == GPO_SMTP_IN_MAIL || asked->input == GPO_SMTP_IN_RCPT)
    take_path (o, asked, verdict, code, seen);
  else if (asked->input == GPO_SMTP_IN_EHLO || asked->input == GPO_SMTP_IN_HELO)
    take_hello (o, asked, verdict, code, seen);
  else
    {
      if (asked->input == GPO_SMTP_IN_RSET && ok)
        clear_envelope (o);
      if ((asked->input == GPO_SMTP_IN_AUTH || asked->input == GPO_SMTP_IN_RESPONSE) && verdict != GPO_MORE)
        gpo_observed_auth_end (o, NULL, ok, asked->event);
      gpo_observed_take (o, asked->input, verdict, code, seen->text, seen->length, asked->event, NULL);
    }
  o->ends_letter = ends_letter (asked->input) || o->over;
  set_frame (o);
}

static guint64
server_line (GpoObserved *o, const GpoSeen *seen)
{
  int code = code_of (seen);
  if (!code || (o->more && code != o->reply_code) || o->lost)
    return gpo_observed_record (o, FALSE, seen, 0, code);
  gboolean more = seen->length > 3 && seen->text[3] == '-';
  if (!o->more)
    {
      GpoAsked asked = find_asked (o, code, seen);
      if (asked.input != G_MAXUINT8)
        take_reply (o, &asked, code, seen);
      o->reply_verb = asked.input == G_MAXUINT8 ? 0 : verb_of (asked.input);
      o->reply_code = code;
    }
  o->more = more;
  guint64 event = gpo_observed_record (o, FALSE, seen, o->reply_verb, code);
  if (!more && o->ends_letter)
    {
      gpo_observed_forget_letter (o);
      o->ends_letter = FALSE;
    }
  return event;
}

/* A chunk that was under way is a state of its own. */
static void
unfinished (GpoObserved *o)
{
  GpoAsked asked;
  while (gpo_observed_n_asked (o))
    {
      gpo_observed_answered (o, 0, &asked);
      if (asked.input == GPO_SMTP_IN_BDAT && gpo_machine_accepts (o->machine, o->state, GPO_SMTP_IN_BDAT))
        take_chunk_begin (o, &asked, 0);
    }
}

static const guint8 late_states[] = { GPO_SMTP_READY, GPO_SMTP_MAIL, GPO_SMTP_RCPT, GPO_SMTP_GREETED, 0xff };

const GpoFollower gpo_follow_smtp = {
  .machine = &gpo_smtp_server_machine,
  .handshake = GPO_SMTP_IN_HANDSHAKE,
  .timeout = GPO_SMTP_IN_TIMEOUT,
  .shutdown = GPO_SMTP_IN_SHUTDOWN,
  .lost = GPO_SMTP_IN_LOST,
  .client_line = client_line,
  .server_line = server_line,
  .client_data = client_data,
  .unfinished = unfinished,
  .late_states = late_states,
};
