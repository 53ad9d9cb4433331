/* SPDX-License-Identifier: MIT */
/* observer-pop3.c: following POP3 from outside: RFC 1939 §3, RFC 2449 (PIPELINING), RFC 5034 (AUTH).
 *
 * Commands are answered in their order. Which answers have more lines is known from the command. */
#include "protocol/pop3.h"
#include "replay/observer-private.h"
#include <string.h>

static GpoSymbol
verb_of (guint8 input)
{
  return input == GPO_POP3_IN_UNKNOWN || input == GPO_POP3_IN_RESPONSE
             ? 0
             : gpo_machine_input_symbol (&gpo_pop3_server_machine, input);
}

static guint64
client_line (GpoObserved *o, const GpoSeen *seen)
{
  GpoPop3Command command;
  gpo_pop3_command_parse (seen->text, seen->length, &command);
  guint8 input = (guint8) command.input;
  if (o->lost && (input == GPO_POP3_IN_UNKNOWN || !gpo_observed_resync (o, input)))
    return gpo_observed_record_data (o, TRUE, seen->text, seen->whole);
  gboolean response = o->state == GPO_POP3_AUTHENTICATE && gpo_observed_n_asked (o) == 0;
  if (response)
    input = GPO_POP3_IN_RESPONSE;
  guint64 event = gpo_observed_record (o, TRUE, seen, verb_of (input), 0);
  GpoAsked *asked = gpo_observed_ask (o, input, event);
  gboolean bare = command.length == 0;
  asked->list
      = input == GPO_POP3_IN_CAPA || input == GPO_POP3_IN_RETR || input == GPO_POP3_IN_TOP
        || (bare && (input == GPO_POP3_IN_LIST || input == GPO_POP3_IN_UIDL || input == GPO_POP3_IN_AUTH));
  if (response)
    gpo_observed_auth_line (o, seen->text, seen->length);
  else if (input == GPO_POP3_IN_AUTH)
    gpo_observed_auth_begin (o, command.argument, command.length);
  if (response || input == GPO_POP3_IN_AUTH || input == GPO_POP3_IN_STLS)
    o->client.frame = GPO_FRAME_WAIT;
  return event;
}

static gboolean
logs_in (guint8 input)
{
  return input == GPO_POP3_IN_PASS || input == GPO_POP3_IN_APOP || input == GPO_POP3_IN_AUTH
         || input == GPO_POP3_IN_RESPONSE;
}

static GpoVerdict
refusal (GpoObserved *o, guint8 input, const GpoSeen *seen)
{
  static const char *const syntax[]
      = { "expected", "syntax", "base64", "invalid argument", "given up", "cancel" };
  GpoVerdict likely[] = { GPO_REFUSED, GPO_REFUSED, GPO_N_VERDICTS };
  if (input == GPO_POP3_IN_UNKNOWN)
    likely[0] = gpo_seen_has (seen, "too long") ? GPO_TOO_LONG : GPO_UNKNOWN;
  else if (gpo_seen_has (seen, "[IN-USE]") || gpo_seen_has (seen, "[SYS/TEMP]")
           || gpo_seen_has (seen, "[LOGIN-DELAY]"))
    likely[0] = GPO_DEFERRED;
  else if (gpo_seen_has (seen, "say STLS"))
    likely[0] = GPO_NEEDS_TLS;
  else if (input < GPO_POP3_IN_UNKNOWN && !gpo_machine_accepts (o->machine, o->state, input))
    likely[0] = GPO_SEQUENCE;
  else
    for (guint i = 0; i < G_N_ELEMENTS (syntax) && likely[0] == GPO_REFUSED; i++)
      likely[0] = gpo_seen_has (seen, syntax[i]) ? GPO_SYNTAX : GPO_REFUSED;
  return gpo_observed_refusal (o, input, seen->text, seen->length, likely);
}

static GpoVerdict
verdict_of (GpoObserved *o, const GpoAsked *asked, guint8 input, const GpoSeen *seen)
{
  if (*seen->text == '-')
    return refusal (o, input, seen);
  if (seen->length < 3 || g_ascii_strncasecmp (seen->text, "+OK", 3) != 0)
    return GPO_MORE;
  if (input == GPO_POP3_IN_STLS)
    return GPO_MORE;
  return input == GPO_POP3_IN_AUTH && asked->list ? GPO_EMPTY : GPO_OK;
}

static void
take (GpoObserved *o, guint8 input, GpoVerdict verdict, const GpoSeen *seen, guint64 cause)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_EDGE);
  if (seen)
    gpo_event_add_symbol (&b, GPO_FIELD_STATUS,
                          gpo_symbol (*seen->text == '-'                         ? "-ERR"
                                      : seen->length > 1 && seen->text[1] == 'O' ? "+OK"
                                                                                 : "+"));
  gpo_observed_take (o, input, verdict, 0, seen ? seen->text : NULL, seen ? seen->length : 0, cause, &b);
}

/* USER's name belongs to PASS. */
static void
auth_event (GpoObserved *o, const GpoAsked *asked, guint8 input, gboolean good)
{
  gsize length = 0;
  GpoPop3Command command;
  const char *text = input == GPO_POP3_IN_APOP ? gpo_observed_text (o, asked->event, &length) : NULL;
  if (text)
    {
      gpo_pop3_command_parse (text, length, &command);
      const char *space = command.length ? memchr (command.argument, ' ', command.length) : NULL;
      g_free (o->person);
      o->person = g_strndup (command.argument, space ? (gsize) (space - command.argument) : command.length);
    }
  gpo_observed_auth_end (o,
                         input == GPO_POP3_IN_PASS   ? "PASS"
                         : input == GPO_POP3_IN_APOP ? "APOP"
                                                     : NULL,
                         good, asked->event);
}

static void
remember_user (GpoObserved *o, const GpoAsked *asked)
{
  gsize length;
  GpoPop3Command command;
  const char *text = gpo_observed_text (o, asked->event, &length);
  if (!text)
    return;
  gpo_pop3_command_parse (text, length, &command);
  g_free (o->person);
  o->person = g_strndup (command.argument ? command.argument : "", command.length);
}

/* How the lines behind a reply, and the client's next bytes, are to be cut. */
static void
set_frame (GpoObserved *o, const GpoAsked *asked, guint8 input, GpoVerdict verdict)
{
  gboolean positive = verdict == GPO_OK || verdict == GPO_EMPTY;
  if (o->state == GPO_POP3_TLS)
    o->client.frame = o->server.frame = GPO_FRAME_TLS;
  else if (asked->list && positive && (input == GPO_POP3_IN_RETR || input == GPO_POP3_IN_TOP))
    {
      o->server.frame = GPO_FRAME_DOTS;
      o->server.line_start = TRUE;
      o->server.offset = 0;
    }
  else if (asked->list && positive)
    o->server.frame = GPO_FRAME_LIST;
}

static guint8
take_reply (GpoObserved *o, GpoAsked *asked, const GpoSeen *seen)
{
  guint8 input = asked->input;
  /* QUIT is answered when the letters marked are removed: RFC 1939 §6. */
  if (input == GPO_POP3_IN_QUIT && o->state == GPO_POP3_TRANSACTION)
    {
      take (o, GPO_POP3_IN_QUIT, GPO_OK, NULL, asked->event);
      input = GPO_POP3_IN_UPDATED;
    }
  GpoVerdict verdict = verdict_of (o, asked, input, seen);
  if (input == GPO_POP3_IN_USER && verdict == GPO_OK)
    remember_user (o, asked);
  if (logs_in (input) && verdict != GPO_MORE && verdict != GPO_EMPTY && verdict != GPO_SEQUENCE)
    auth_event (o, asked, input, verdict == GPO_OK);
  take (o, input, verdict, seen, asked->event);
  set_frame (o, asked, input, verdict);
  return input;
}

static guint64
server_line (GpoObserved *o, const GpoSeen *seen)
{
  gboolean last = seen->length == 1 && *seen->text == '.';
  if (o->server.frame == GPO_FRAME_LIST || o->server.frame == GPO_FRAME_DOTS)
    {
      if (last)
        {
          o->server.frame = GPO_FRAME_LINES;
          o->letter = 0;
        }
      return gpo_observed_record (o, FALSE, seen, 0, 0);
    }
  if (seen->length == 0 || (*seen->text != '+' && *seen->text != '-') || o->lost)
    return gpo_observed_record (o, FALSE, seen, 0, 0);
  GpoAsked asked = { .input = G_MAXUINT8 };
  guint8 input = GPO_POP3_IN_UNKNOWN;
  if (o->state == GPO_POP3_CONNECTED)
    {
      input = GPO_POP3_IN_CONNECT;
      take (o, input, *seen->text == '-' ? GPO_TOO_MANY : GPO_OK, seen, 0);
    }
  else if (gpo_observed_n_asked (o))
    {
      gpo_observed_answered (o, 0, &asked);
      input = take_reply (o, &asked, seen);
    }
  else if (*seen->text == '-')
    {
      input = GPO_POP3_IN_SHUTDOWN;
      take (o, input, GPO_CLOSING, seen, 0);
    }
  return gpo_observed_record (o, FALSE, seen, verb_of (input), 0);
}

/* QUIT was said and the update is under way. */
static void
unfinished (GpoObserved *o)
{
  const GpoAsked *asked = gpo_observed_asked (o, 0);
  if (asked && asked->input == GPO_POP3_IN_QUIT && o->state == GPO_POP3_TRANSACTION)
    take (o, GPO_POP3_IN_QUIT, GPO_OK, NULL, asked->event);
}

static const guint8 late_states[] = { GPO_POP3_TRANSACTION, GPO_POP3_AUTHORIZATION, GPO_POP3_USER, 0xff };

const GpoFollower gpo_follow_pop3 = {
  .machine = &gpo_pop3_server_machine,
  .handshake = GPO_POP3_IN_HANDSHAKE,
  .timeout = GPO_POP3_IN_TIMEOUT,
  .shutdown = GPO_POP3_IN_SHUTDOWN,
  .lost = GPO_POP3_IN_LOST,
  .client_line = client_line,
  .server_line = server_line,
  .unfinished = unfinished,
  .late_states = late_states,
};
