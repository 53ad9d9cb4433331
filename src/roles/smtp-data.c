/* SPDX-License-Identifier: MIT */
/* smtp-data.c: DATA: RFC 5321 §4.1.1.4.
 *
 * What stays true: only CRLF.CRLF ends it. A dot on a line that a bare LF began is a byte like any other, so
 * no sequence of bytes is read as one letter here and as two elsewhere. */
#include "roles/smtp-private.h"
#include <string.h>

void
gpo_smtp_data (GpoSmtpServer *server)
{
  gpo_smtp_letter_begin (server, TRUE);
  gpo_smtp_answer (server, GPO_SMTP_IN_DATA, GPO_MORE, NULL, NULL);
}

/* The line that holds a dot alone: recorded, shown to the gate, then the letter is finished. */
static gboolean
take_end_of_data (GpoSmtpServer *server)
{
  GpoSession *session = &server->session;
  static GpoSymbol verb;
  if (!verb)
    verb = gpo_symbol ("end-of-data");
  if (!server->asked)
    gpo_session_record_line (session, TRUE, ".", 1, GPO_ENDING_CRLF, verb, 0);
  server->asked = TRUE;
  g_autofree char *reply = NULL;
  GpoGateAnswer answer = gpo_session_ask (session, session->cause, &reply);
  if (answer == GPO_GATE_HOLD || answer == GPO_GATE_DROP)
    return FALSE;
  server->asked = FALSE;
  gpo_session_consume (session, 3);
  if (answer == GPO_GATE_REPLY)
    gpo_smtp_letter_fail (&server->letter, reply[0] == '4' ? GPO_DEFERRED : GPO_REFUSED, g_strdup (reply));
  gpo_smtp_letter_finish (server);
  return TRUE;
}

gboolean
gpo_smtp_take_data (GpoSmtpServer *server)
{
  GpoSession *session = &server->session;
  GpoSmtpLetter *letter = &server->letter;
  const char *bytes;
  gsize n = gpo_session_peek (session, &bytes);
  /* `from` is where the bytes not passed on yet begin; `p` where the current line begins. */
  const char *from = bytes, *p = bytes, *end = bytes + n;
  gboolean ended = FALSE;
  while (p < end)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      gsize length = lf ? (gsize) (lf - p) + 1 : (gsize) (end - p);
      /* A piece without LF waits for more, unless it is so long that it must be a bad line. */
      if (!lf && length < 4096)
        break;
      if (letter->line_start && *p == '.')
        {
          if (length == 3 && p[1] == '\r' && lf)
            {
              ended = TRUE;
              break;
            }
          gpo_smtp_letter_keep (server, from, (gsize) (p - from));
          from = p + 1; /* dot-stuffing undone: RFC 5321 §4.5.2 */
          letter->line_start = FALSE;
          p++;
          length--;
        }
      letter->line_start = FALSE;
      gpo_smtp_letter_inspect (server, p, length, lf != NULL);
      p += length;
    }
  gpo_smtp_letter_keep (server, from, (gsize) (p - from));
  gsize used = (gsize) (p - bytes);
  if (used > 0)
    {
      gpo_session_record_data (session, TRUE, bytes, used, (goffset) letter->wire, server->recorded);
      letter->wire += used;
      gpo_session_consume (session, used);
    }
  if (ended && session->pending == GPO_PENDING_NONE)
    return take_end_of_data (server);
  return used > 0 && ended;
}
