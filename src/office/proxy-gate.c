/* SPDX-License-Identifier: MIT */
/* proxy-gate.c: lines on their way through a proxy, at the gate.
 *
 *     client → unit → recorded → gate → (passed on | answered here | dropped)
 *     server → whole reply → gate → out → recorded → client
 *
 * To the gate the relay is a session like a server's: it may hold a command before it goes on, and a reply
 * before it is sent. */
#include "office/proxy-private.h"
#include <stdlib.h>
#include <string.h>

static GpoRelay *
self (GpoSession *session)
{
  return (GpoRelay *) session;
}

static void
to_server (GpoRelay *r, const char *bytes, gsize n)
{
  if (r->server && !r->swallow)
    gpo_connection_send (r->server, bytes, n);
}

/* --- the client's side --- */

/* The gate, or a fault at it, answers in the server's place. */
static void
answer_here (GpoRelay *r, const char *line, gsize n, const char *reply)
{
  GString *out = r->session.out;
  gboolean imap = gpo_observed_protocol (r->observed) == GPO_PROTOCOL_IMAP;
  const char *space = imap ? memchr (line, ' ', n) : NULL;
  /* Octets that were announced come all the same. */
  r->swallow = TRUE;
  if (space && !g_str_has_prefix (reply, "*"))
    g_string_append_len (out, line, space + 1 - line);
  g_string_append_printf (out, "%s\r\n", reply);
  /* The letter is at the server already, but for its end: it must never come to that. */
  if (n == 3 && line[0] == '.' && strcmp (gpo_observed_state (r->observed), "data") == 0)
    r->session.closing = TRUE;
}

static gboolean
take_line (GpoRelay *r, const char *bytes, gsize n)
{
  GpoSession *session = &r->session;
  g_autofree char *reply = NULL;
  if (!r->asked)
    session->cause = gpo_observed_unit (r->observed, TRUE, GPO_UNIT_LINE, bytes, n);
  r->asked = TRUE;
  switch (gpo_session_ask (session, session->cause, &reply))
    {
    case GPO_GATE_HOLD:
    case GPO_GATE_DROP:
      return FALSE;
    case GPO_GATE_REPLY:
      answer_here (r, bytes, n, reply);
      break;
    case GPO_GATE_PASS:
      r->swallow = FALSE;
      to_server (r, bytes, n);
      break;
    }
  r->asked = FALSE;
  r->awaiting = TRUE;
  gpo_session_consume (session, n);
  return TRUE;
}

static gboolean
relay_take (GpoSession *session)
{
  GpoRelay *r = self (session);
  const char *bytes;
  gsize length, n = gpo_session_peek (session, &bytes);
  if (n == 0)
    return FALSE;
  if (r->asked) /* held until now: it was found to be a line then */
    {
      const char *lf = memchr (bytes, '\n', n);
      return take_line (r, bytes, lf ? (gsize) (lf - bytes) + 1 : n);
    }
  GpoUnit unit = gpo_observed_frame (r->observed, TRUE, bytes, n, &length);
  if (unit == GPO_UNIT_NONE || unit == GPO_UNIT_WAIT
      || (unit == GPO_UNIT_LINE && r->awaiting && !gpo_observed_goes_on (r->observed)))
    return FALSE;
  if (unit == GPO_UNIT_LINE)
    return take_line (r, bytes, length);
  to_server (r, bytes, length);
  gpo_observed_unit (r->observed, TRUE, unit, bytes, length);
  gpo_session_consume (session, length);
  return TRUE;
}

/* --- the server's side --- */

/* What is in the output goes to the client, and into the trace as the client gets it. */
static void
deliver (GpoRelay *r)
{
  GString *out = r->session.out;
  gsize at = 0, length;
  while (at < out->len)
    {
      guint asked = gpo_observed_n_asked (r->observed);
      const char *unit_bytes = out->str + at;
      GpoUnit unit = gpo_observed_frame (r->observed, FALSE, unit_bytes, out->len - at, &length);
      if (unit == GPO_UNIT_NONE)
        break; /* cannot be: only whole units are put here */
      gpo_observed_unit (r->observed, FALSE, unit, unit_bytes, length);
      /* An answer, a challenge, or the greeting: the client's next line is due. */
      if (gpo_observed_n_asked (r->observed) < asked || asked == 0 || *unit_bytes == '+')
        r->awaiting = FALSE;
      at += length;
    }
  if (r->client && out->len)
    gpo_connection_send (r->client, out->str, out->len);
  g_string_truncate (out, 0);
}

/* All lines of a reply of SMTP; one line of the others. 0: it is not whole. */
static gsize
whole_reply (GpoRelay *r, const char *bytes, gsize n, gsize first)
{
  if (gpo_observed_protocol (r->observed) != GPO_PROTOCOL_SMTP)
    return first;
  for (gsize at = 0; at < n;)
    {
      const char *lf = memchr (bytes + at, '\n', n - at);
      if (!lf)
        return n > 65536 ? n : 0;
      gboolean more = lf - (bytes + at) > 3 && bytes[at + 3] == '-';
      at = (gsize) (lf - bytes) + 1;
      if (!more)
        return at;
    }
  return 0;
}

static gboolean
take_server_unit (GpoRelay *r)
{
  GString *in = r->from_server;
  gsize length;
  GpoUnit unit = gpo_observed_frame (r->observed, FALSE, in->str, in->len, &length);
  if (unit == GPO_UNIT_LINE)
    length = whole_reply (r, in->str, in->len, length);
  if (unit == GPO_UNIT_NONE || length == 0)
    return FALSE;
  if (unit == GPO_UNIT_LINE)
    {
      g_auto (GStrv) lines = NULL;
      g_autofree char *text = g_strndup (in->str, length);
      g_strchomp (text);
      lines = g_strsplit (text, "\r\n", 0);
      g_autofree char *joined = g_strjoinv ("\n", lines);
      gpo_session_send (&r->session, joined, 0, atoi (joined));
    }
  else
    g_string_append_len (r->session.out, in->str, (gssize) length);
  g_string_erase (in, 0, (gssize) length);
  return TRUE;
}

void
gpo_relay_pump (GpoRelay *r)
{
  GpoSession *session = &r->session;
  if (r->pumping || !r->observed)
    return;
  r->pumping = TRUE;
  gboolean progress = TRUE;
  while (progress && !session->closing)
    {
      progress = session->out->len > 0;
      deliver (r);
      if (session->pending == GPO_PENDING_NONE && r->from_server->len)
        progress = take_server_unit (r) || progress;
      if (session->pending == GPO_PENDING_NONE && session->kept && session->out->len == 0)
        {
          gsize before = session->kept->len;
          gpo_session_resume (session);
          progress = progress || (session->kept ? session->kept->len : 0) < before;
        }
    }
  deliver (r);
  r->pumping = FALSE;
}

void
gpo_relay_from_client (GpoRelay *r, const char *bytes, gsize n)
{
  gpo_session_receive (&r->session, bytes, n);
}

void
gpo_relay_from_server (GpoRelay *r, const char *bytes, gsize n)
{
  g_string_append_len (r->from_server, bytes, (gssize) n);
}

/* --- the session --- */

static void
nothing (GpoSession *session)
{
}

void
gpo_relay_init_session (GpoRelay *r, void (*free_relay) (GpoSession *session))
{
  static GpoSessionClass class = { .take = relay_take, .timed_out = nothing, .shutdown = nothing };
  class.free = free_relay;
  const GpoMachine *machine
      = gpo_machine_named ("smtp-server"); /* the observer has the right one; nobody asks this */
  gpo_session_init (&r->session, &class, machine, r->proxy->log,
                    gpo_symbol_try (r->proxy->host_name, strlen (r->proxy->host_name)),
                    r->proxy->next_session ? r->proxy->next_session (r->proxy->data) : ++r->proxy->sessions,
                    GPO_PROTOCOL_NONE);
  r->session.witness = FALSE; /* the observer records */
  r->session.gate = r->proxy->gate;
  r->from_server = g_string_new (NULL);
}
