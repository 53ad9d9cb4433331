/* SPDX-License-Identifier: MIT */
/* observer-imap.c: following IMAP from outside: RFC 3501 §2.2 and §7.
 *
 * A tagged response belongs to the command with its tag. "+" belongs to the command that waits for it. "*"
 * belongs to none, but for the greeting, BYE, and the answer to a command whose tag the server could not
 * read. */
#include "protocol/imap.h"
#include "replay/observer-private.h"
#include <string.h>

/* As much of an APPEND as is kept to know which of its literals is the letter. */
#define COMMAND_MAX (64 * 1024)

static GpoSymbol
verb_of (guint8 input)
{
  return input == GPO_IMAP_IN_UNKNOWN ? 0 : gpo_machine_input_symbol (&gpo_imap_server_machine, input);
}

static gboolean
is (const GpoImapState *states, guint8 state)
{
  return state == states[0] || state == states[1];
}

static const GpoImapState idle_states[] = { GPO_IMAP_IDLE, GPO_IMAP_SELECTED_IDLE };
static const GpoImapState append_states[] = { GPO_IMAP_APPEND, GPO_IMAP_SELECTED_APPEND };

/* --- the client's side --- */

/* tag = 1*<any ASTRING-CHAR except "+">; 0 bytes: there is none */
static gsize
tag_length (const char *text, gsize n)
{
  gsize i = 0;
  while (i < n && text[i] != '+' && (gpo_imap_is_atom_char ((guchar) text[i]) || text[i] == ']'))
    i++;
  return i < n && text[i] == ' ' ? i : 0;
}

static guint8
input_at (const char *text, gsize n)
{
  GpoImapParser p = { .text = text, .length = n };
  char first = n ? g_ascii_toupper (*text) : 0;
  for (guint8 i = 0; i < GPO_IMAP_IN_UNKNOWN; i++)
    {
      p.at = 0;
      if (gpo_imap_server_machine.inputs[i][0] == first
          && gpo_imap_word (&p, gpo_imap_server_machine.inputs[i]))
        return i;
    }
  return GPO_IMAP_IN_UNKNOWN;
}

/* append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal: whether what is here is all but the
 * letter. */
static gboolean
letter_follows (GString *command)
{
  GpoImapParser p = { .text = command->str, .length = command->len };
  guint32 flags = 0;
  gint64 date;
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) keywords = g_ptr_array_new_with_free_func (g_free);
  p.at = tag_length (command->str, command->len) + 1;
  if (!gpo_imap_word (&p, "APPEND") || !gpo_imap_space (&p) || !gpo_imap_mailbox (&p, &name)
      || !gpo_imap_space (&p))
    return FALSE;
  if (gpo_imap_peek (&p) == '(' && (!gpo_imap_flags (&p, TRUE, &flags, keywords) || !gpo_imap_space (&p)))
    return FALSE;
  if (gpo_imap_peek (&p) == '"' && (!gpo_imap_date_time (&p, &date) || !gpo_imap_space (&p)))
    return FALSE;
  return gpo_imap_peek (&p) == '{' && memchr (p.text + p.at, '\n', p.length - p.at) == p.text + p.length - 1;
}

static void
keep_command (GpoObserved *o, const char *text, gsize n)
{
  if (!o->command)
    o->command = g_string_new (NULL);
  if (o->command->len + n <= COMMAND_MAX)
    g_string_append_len (o->command, text, (gssize) n);
}

/* A line of a command: whether more of it follows as a literal. */
static void
take_line_end (GpoObserved *o, GpoAsked *asked, const GpoSeen *seen)
{
  guint64 size;
  gboolean sync;
  asked->partial = gpo_imap_literal_at_end (seen->text, seen->length, &size, &sync);
  if (asked->input == GPO_IMAP_IN_APPEND)
    {
      keep_command (o, seen->text, seen->length);
      keep_command (o, "\r\n", 2);
    }
  if (asked->partial)
    {
      asked->letter = asked->input == GPO_IMAP_IN_APPEND && letter_follows (o->command);
      o->client.octets = size;
      o->client.offset = 0;
      o->client_goes_on = TRUE;
      o->client.frame = sync ? GPO_FRAME_WAIT : size ? GPO_FRAME_OCTETS : GPO_FRAME_LINES;
      return;
    }
  o->client_goes_on = FALSE;
  if (asked->input == GPO_IMAP_IN_IDLE || asked->input == GPO_IMAP_IN_AUTHENTICATE
      || asked->input == GPO_IMAP_IN_STARTTLS)
    o->client.frame = GPO_FRAME_WAIT;
}

static GpoAsked *
newest (GpoObserved *o)
{
  return gpo_observed_asked (o, gpo_observed_n_asked (o) - 1);
}

/* Behind a literal: the rest of its command. */
static guint64
command_goes_on (GpoObserved *o, const GpoSeen *seen)
{
  guint64 event = gpo_observed_record (o, TRUE, seen, 0, 0);
  GpoAsked *asked = newest (o);
  o->client_goes_on = FALSE;
  o->client.frame = GPO_FRAME_LINES;
  if (!asked) /* it was refused already, and this came nevertheless */
    return event;
  if (asked->letter)
    {
      asked->partial = FALSE;
      asked->event = event;
    }
  else
    take_line_end (o, asked, seen);
  return event;
}

/* The answer to a challenge, or the line that ends IDLE: it belongs to the command that is under way. */
static guint64
bare_line (GpoObserved *o, const GpoSeen *seen, guint8 input)
{
  guint64 event = gpo_observed_record (o, TRUE, seen, input == GPO_IMAP_IN_DONE ? verb_of (input) : 0, 0);
  GpoAsked *asked = gpo_observed_asked (o, 0);
  if (!asked)
    asked = gpo_observed_ask (o, input, event);
  asked->input = input;
  asked->event = event;
  o->client.frame = input == GPO_IMAP_IN_RESPONSE ? GPO_FRAME_WAIT : GPO_FRAME_LINES;
  if (input == GPO_IMAP_IN_RESPONSE)
    gpo_observed_auth_line (o, seen->text, seen->length);
  return event;
}

static guint64
client_line (GpoObserved *o, const GpoSeen *seen)
{
  if (o->client_goes_on)
    return command_goes_on (o, seen);
  if (o->state == GPO_IMAP_AUTHENTICATE && gpo_observed_n_asked (o) <= 1)
    return bare_line (o, seen, GPO_IMAP_IN_RESPONSE);
  if (is (idle_states, o->state) && gpo_observed_n_asked (o) <= 1)
    return bare_line (o, seen, GPO_IMAP_IN_DONE);
  gsize tag = tag_length (seen->text, seen->length);
  gsize at = tag ? tag + 1 : 0;
  guint8 input = tag ? input_at (seen->text + at, seen->length - at) : GPO_IMAP_IN_UNKNOWN;
  if (o->lost && (input == GPO_IMAP_IN_UNKNOWN || !gpo_observed_resync (o, input)))
    return gpo_observed_record_data (o, TRUE, seen->text, seen->whole);
  guint64 event = gpo_observed_record (o, TRUE, seen, verb_of (input), 0);
  GpoAsked *asked = gpo_observed_ask (o, input, event);
  asked->tag_length = (guint16) MIN (tag, G_MAXUINT16);
  memcpy (asked->tag, seen->text, MIN (tag, sizeof asked->tag));
  if (o->command)
    g_string_truncate (o->command, 0);
  if (input == GPO_IMAP_IN_AUTHENTICATE)
    {
      gsize skip = MIN (at + strlen ("AUTHENTICATE "), seen->length);
      gpo_observed_auth_begin (o, seen->text + skip, seen->length - skip);
    }
  take_line_end (o, asked, seen);
  return event;
}

static void
client_data (GpoObserved *o, const char *bytes, gsize n)
{
  GpoAsked *asked = newest (o);
  if (asked && asked->input == GPO_IMAP_IN_APPEND && !asked->letter && bytes)
    keep_command (o, bytes, n);
}

/* --- edges --- */

static void
take (GpoObserved *o, guint8 input, GpoVerdict verdict, const char *tag, gsize tag_length_,
      const GpoSeen *seen, gsize words, guint64 cause)
{
  static const char *const status[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_EDGE);
  for (guint i = 0; seen && i < G_N_ELEMENTS (status); i++)
    if (seen->length - words >= strlen (status[i])
        && g_ascii_strncasecmp (seen->text + words, status[i], strlen (status[i])) == 0)
      {
        gpo_event_add_symbol (&b, GPO_FIELD_STATUS, gpo_symbol (status[i]));
        break;
      }
  if (tag_length_)
    gpo_event_add_text (&b, GPO_FIELD_TAG, tag, (gssize) tag_length_);
  gpo_observed_take (o, input, verdict, 0, seen ? seen->text : NULL, seen ? seen->length : 0, cause, &b);
}

static GpoVerdict
refusal (GpoObserved *o, const GpoAsked *asked, guint8 input, const GpoSeen *seen, gsize words)
{
  GpoVerdict likely[4] = { GPO_REFUSED, GPO_REFUSED, GPO_N_VERDICTS, GPO_N_VERDICTS };
  gboolean no = g_ascii_strncasecmp (seen->text + words, "NO", 2) == 0;
  gboolean fetch = input == GPO_IMAP_IN_FETCH || input == GPO_IMAP_IN_UID_FETCH;
  if (no && gpo_seen_has (seen, "[PRIVACYREQUIRED]"))
    likely[0] = GPO_NEEDS_TLS;
  else if (no && gpo_seen_has (seen, "[TOOBIG]"))
    likely[0] = GPO_TOO_BIG;
  else if (no && input == GPO_IMAP_IN_AUTHENTICATE && gpo_seen_has (seen, "[CANNOT]"))
    likely[0] = GPO_UNSUPPORTED;
  else if (no && fetch && gpo_seen_has (seen, "[EXPUNGEISSUED]"))
    likely[0] = GPO_PARTIAL;
  else if (!no && asked->tag_length && input == GPO_IMAP_IN_UNKNOWN)
    likely[0] = gpo_seen_has (seen, "too long") ? GPO_TOO_LONG : GPO_UNKNOWN;
  else if (!no && input < GPO_IMAP_IN_UNKNOWN && !gpo_machine_accepts (o->machine, o->state, input))
    likely[0] = GPO_SEQUENCE;
  else if (!no)
    likely[0] = gpo_seen_has (seen, "too long") ? GPO_TOO_LONG : GPO_SYNTAX;
  likely[1] = no ? GPO_REFUSED : GPO_SYNTAX;
  return gpo_observed_refusal (o, input, seen->text + words, seen->length - words, likely);
}

static GpoVerdict
verdict_of (GpoObserved *o, const GpoAsked *asked, guint8 input, const GpoSeen *seen, gsize words)
{
  if (seen->length < words + 2 || g_ascii_strncasecmp (seen->text + words, "OK", 2) != 0)
    return refusal (o, asked, input, seen, words);
  if (input == GPO_IMAP_IN_STARTTLS)
    return GPO_MORE;
  gboolean store = input == GPO_IMAP_IN_STORE || input == GPO_IMAP_IN_UID_STORE;
  return store && gpo_seen_has (seen, "[MODIFIED") ? GPO_PARTIAL : GPO_OK;
}

/* An APPEND whose letter was sent without waiting (RFC 7888) is answered once, for both its steps. */
static guint8
append_input (GpoObserved *o, const GpoAsked *asked, const GpoSeen *seen, gsize words)
{
  static const char *const before[] = { "[TRYCREATE]", "[TOOBIG]", "[LIMIT]", "[NONEXISTENT]", "[CANNOT]" };
  if (!asked->letter)
    return asked->partial ? GPO_IMAP_IN_UNKNOWN : GPO_IMAP_IN_APPEND;
  if (asked->taken)
    return GPO_IMAP_IN_LITERAL_END;
  gboolean refused = asked->partial || !gpo_machine_accepts (o->machine, o->state, GPO_IMAP_IN_APPEND);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    refused = refused
              || (g_ascii_strncasecmp (seen->text + words, "NO", 2) == 0 && gpo_seen_has (seen, before[i]));
  if (refused)
    return GPO_IMAP_IN_APPEND;
  take (o, GPO_IMAP_IN_APPEND, GPO_MORE, asked->tag, MIN (asked->tag_length, sizeof asked->tag), NULL, 0,
        asked->event);
  return GPO_IMAP_IN_LITERAL_END;
}

/* LOGIN's name, for the `auth` event. The line may hold it as an atom or a string; in a literal it is not
 * looked for. */
static void
login_event (GpoObserved *o, const GpoAsked *asked, gboolean good)
{
  gsize length;
  const char *text = gpo_observed_text (o, asked->event, &length);
  GpoImapParser p = { .text = text, .length = text ? length : 0 };
  p.at = MIN (tag_length (text, p.length) + 1, p.length);
  g_clear_pointer (&o->person, g_free);
  if (!gpo_imap_word (&p, "LOGIN") || !gpo_imap_space (&p) || !gpo_imap_astring (&p, &o->person, "a name"))
    g_clear_pointer (&o->person, g_free);
  gpo_observed_auth_end (o, "LOGIN", good, asked->event);
}

static void
set_frame (GpoObserved *o)
{
  if (o->state == GPO_IMAP_TLS)
    o->client.frame = o->server.frame = GPO_FRAME_TLS;
}

/* The final answer to a command. `words`: where the status stands in the line. */
static guint8
take_answer (GpoObserved *o, GpoAsked *asked, const GpoSeen *seen, gsize words)
{
  guint8 input = asked->input;
  if (input == GPO_IMAP_IN_APPEND)
    input = append_input (o, asked, seen, words);
  else if (asked->partial)
    input = GPO_IMAP_IN_UNKNOWN; /* refused at its literal: what it was to be is not known */
  GpoVerdict verdict = verdict_of (o, asked, input, seen, words);
  gboolean login = input == GPO_IMAP_IN_LOGIN && (verdict == GPO_OK || verdict == GPO_REFUSED);
  if (login)
    login_event (o, asked, verdict == GPO_OK);
  if (input == GPO_IMAP_IN_AUTHENTICATE || input == GPO_IMAP_IN_RESPONSE)
    gpo_observed_auth_end (o, NULL, verdict == GPO_OK, asked->event);
  take (o, input, verdict, asked->tag, MIN (asked->tag_length, sizeof asked->tag), seen, words, asked->event);
  /* A literal that waited for "+" does not come; one that did not wait comes all the same. */
  if (asked->partial && o->client.frame != GPO_FRAME_OCTETS)
    {
      o->client_goes_on = FALSE;
      o->client.frame = GPO_FRAME_LINES;
    }
  set_frame (o);
  return input;
}

/* --- the server's side --- */

static int
find_tag (GpoObserved *o, const char *tag, gsize n)
{
  for (guint i = 0; i < gpo_observed_n_asked (o); i++)
    {
      const GpoAsked *asked = gpo_observed_asked (o, i);
      if (asked->tag_length == MIN (n, G_MAXUINT16) && n > 0
          && memcmp (asked->tag, tag, MIN (n, sizeof asked->tag)) == 0)
        return (int) i;
    }
  return -1;
}

/* "+ …": go on. */
static guint8
take_continuation (GpoObserved *o, const GpoSeen *seen)
{
  GpoAsked *asked = newest (o);
  if (!asked)
    return GPO_IMAP_IN_UNKNOWN;
  gsize tag = MIN (asked->tag_length, sizeof asked->tag);
  guint8 input = asked->input;
  if (asked->partial)
    {
      o->client.frame = o->client.octets ? GPO_FRAME_OCTETS : GPO_FRAME_LINES;
      if (!asked->letter || asked->taken)
        return GPO_IMAP_IN_UNKNOWN;
      asked->taken = TRUE;
    }
  else if (input == GPO_IMAP_IN_AUTHENTICATE || input == GPO_IMAP_IN_RESPONSE || input == GPO_IMAP_IN_IDLE)
    o->client.frame = GPO_FRAME_LINES;
  else
    return GPO_IMAP_IN_UNKNOWN;
  take (o, input, GPO_MORE, asked->tag, tag, seen, 0, asked->event);
  return input;
}

static void
take_greeting (GpoObserved *o, const GpoSeen *seen)
{
  GpoVerdict verdict = seen->length >= 9 && g_ascii_strncasecmp (seen->text, "* PREAUTH", 9) == 0 ? GPO_EMPTY
                       : seen->length >= 5 && g_ascii_strncasecmp (seen->text, "* BYE", 5) == 0 ? GPO_TOO_MANY
                                                                                                : GPO_OK;
  take (o, GPO_IMAP_IN_CONNECT, verdict, NULL, 0, seen, MIN (2, seen->length), 0);
}

/* BYE that no LOGOUT asked for: why, by its words. */
static guint8
take_bye (GpoObserved *o, const GpoSeen *seen)
{
  static const GpoImapInput ends[] = { GPO_IMAP_IN_TIMEOUT, GPO_IMAP_IN_SHUTDOWN, GPO_IMAP_IN_GONE };
  const GpoAsked *asked = gpo_observed_asked (o, 0);
  guint8 input = asked ? asked->input : GPO_IMAP_IN_SHUTDOWN;
  if (asked && asked->partial && !asked->letter)
    input = GPO_IMAP_IN_UNKNOWN;
  if (!asked
      && (gpo_seen_has (seen, "inactiv") || gpo_seen_has (seen, "timeout")
          || gpo_seen_has (seen, "idle for")))
    input = GPO_IMAP_IN_TIMEOUT;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      int row = gpo_machine_find (o->machine, o->state, (guint8) ends[i], GPO_CLOSING);
      const char *reply = row >= 0 ? o->machine->edges[row].reply : NULL;
      if (reply && strlen (reply) == seen->length - 2
          && memcmp (reply, seen->text + 2, seen->length - 2) == 0)
        input = (guint8) ends[i];
    }
  gboolean own = asked && input == asked->input;
  take (o, input, GPO_CLOSING, own ? asked->tag : NULL, own ? MIN (asked->tag_length, sizeof asked->tag) : 0,
        seen, 2, own ? asked->event : 0);
  return input;
}

static guint8
take_untagged (GpoObserved *o, const GpoSeen *seen)
{
  const GpoAsked *first = gpo_observed_asked (o, 0);
  gboolean bye = seen->length >= 5 && g_ascii_strncasecmp (seen->text, "* BYE", 5) == 0;
  gboolean bad = seen->length >= 5 && g_ascii_strncasecmp (seen->text, "* BAD", 5) == 0;
  if (o->state == GPO_IMAP_CONNECTED)
    {
      take_greeting (o, seen);
      return GPO_IMAP_IN_CONNECT;
    }
  if (bye && !(first && first->input == GPO_IMAP_IN_LOGOUT))
    return take_bye (o, seen);
  if (bad && first && first->tag_length == 0)
    {
      GpoAsked asked;
      gpo_observed_answered (o, 0, &asked);
      return take_answer (o, &asked, seen, 2);
    }
  return GPO_IMAP_IN_UNKNOWN;
}

/* The response may go on behind a literal. */
static void
look_for_literal (GpoObserved *o, const GpoSeen *seen)
{
  guint64 size;
  gboolean sync;
  o->server_goes_on = seen->length && seen->text[seen->length - 1] == '}'
                      && gpo_imap_literal_at_end (seen->text, seen->length, &size, &sync);
  if (!o->server_goes_on)
    return;
  o->server.octets = size;
  o->server.offset = 0;
  if (size)
    o->server.frame = GPO_FRAME_OCTETS;
}

static guint64
server_line (GpoObserved *o, const GpoSeen *seen)
{
  guint8 verb = GPO_IMAP_IN_UNKNOWN;
  if (o->server_goes_on || o->lost)
    o->letter = 0;
  else if (seen->length >= 1 && *seen->text == '+')
    verb = take_continuation (o, seen);
  else if (seen->length >= 2 && seen->text[0] == '*' && seen->text[1] == ' ')
    verb = take_untagged (o, seen);
  else
    {
      gsize tag = tag_length (seen->text, seen->length);
      int i = find_tag (o, seen->text, tag);
      GpoAsked asked;
      if (i >= 0)
        {
          gpo_observed_answered (o, (guint) i, &asked);
          verb = take_answer (o, &asked, seen, tag + 1);
        }
    }
  o->server.frame = o->server.frame == GPO_FRAME_OCTETS ? GPO_FRAME_LINES : o->server.frame;
  guint64 event = gpo_observed_record (o, FALSE, seen, verb_of (verb), 0);
  look_for_literal (o, seen);
  return event;
}

/* A letter that was being sent without waiting, to a server that may have taken it, is a state of its own. */
static void
unfinished (GpoObserved *o)
{
  const GpoAsked *asked = gpo_observed_asked (o, 0);
  if (asked && asked->letter && !asked->taken && o->client.frame != GPO_FRAME_WAIT
      && !is (append_states, o->state) && gpo_machine_accepts (o->machine, o->state, GPO_IMAP_IN_APPEND))
    take (o, GPO_IMAP_IN_APPEND, GPO_MORE, asked->tag, MIN (asked->tag_length, sizeof asked->tag), NULL, 0,
          asked->event);
}

static const guint8 late_states[]
    = { GPO_IMAP_SELECTED, GPO_IMAP_AUTHENTICATED, GPO_IMAP_NOT_AUTHENTICATED, 0xff };

const GpoFollower gpo_follow_imap = {
  .machine = &gpo_imap_server_machine,
  .handshake = GPO_IMAP_IN_HANDSHAKE,
  .timeout = GPO_IMAP_IN_TIMEOUT,
  .shutdown = GPO_IMAP_IN_SHUTDOWN,
  .lost = GPO_IMAP_IN_LOST,
  .client_line = client_line,
  .server_line = server_line,
  .client_data = client_data,
  .unfinished = unfinished,
  .late_states = late_states,
};
