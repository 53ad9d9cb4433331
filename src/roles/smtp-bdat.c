/* SPDX-License-Identifier: MIT */
/* smtp-bdat.c: BDAT, the letter in counted chunks: RFC 3030 §2.
 *
 * What stays true: the octets of a chunk follow its command whatever is answered, and are never read as
 * commands. */
#include "roles/smtp-private.h"
#include <string.h>

/* bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ]. Returns how many octets follow, -1: no number; *last is
 * what stands behind it, without text if nothing does. */
static gint64
read_bdat (GpoSlice argument, GpoSlice *last)
{
  const char *space = argument.length ? memchr (argument.text, ' ', argument.length) : NULL;
  GpoSlice count = { argument.text, space ? (gsize) (space - argument.text) : argument.length };
  *last = space ? (GpoSlice){ space + 1, argument.length - count.length - 1 } : (GpoSlice){ NULL, 0 };
  return gpo_slice_number (count);
}

void
gpo_smtp_discard_chunk (GpoSmtpServer *server, GpoSlice argument)
{
  GpoSlice last;
  server->discard = (guint64) MAX (read_bdat (argument, &last), 0);
}

void
gpo_smtp_bdat (GpoSmtpServer *server, GpoSlice argument)
{
  GpoSmtpLetter *letter = &server->letter;
  GpoSlice last;
  gint64 octets = read_bdat (argument, &last);
  if (octets < 0 || (last.text && !gpo_slice_is (last, "LAST")))
    {
      gpo_smtp_discard_chunk (server, argument);
      gpo_smtp_answer (server, GPO_SMTP_IN_BDAT, GPO_SYNTAX, NULL, NULL);
      return;
    }
  if (!gpo_smtp_offers (server, "CHUNKING"))
    {
      server->discard = (guint64) octets;
      gpo_smtp_answer (server, GPO_SMTP_IN_BDAT, GPO_UNSUPPORTED, NULL, NULL);
      return;
    }
  if (!letter->active)
    gpo_smtp_letter_begin (server, FALSE);
  letter->chunk_left = (guint64) octets;
  letter->last_chunk = last.text != NULL;
  gpo_smtp_answer (server, GPO_SMTP_IN_BDAT, GPO_MORE, NULL, NULL);
}

static void
chunk_end (GpoSmtpServer *server)
{
  GpoSmtpLetter *letter = &server->letter;
  if (letter->last_chunk)
    {
      gpo_smtp_letter_finish (server);
      return;
    }
  if (letter->verdict == GPO_TOO_BIG)
    {
      g_autofree char *reply = g_steal_pointer (&letter->reply);
      gpo_smtp_letter_clear (server);
      gpo_smtp_answer (server, GPO_SMTP_IN_CHUNK_END, GPO_TOO_BIG, reply, NULL);
      gpo_envelope_clear (server->envelope);
      server->session.letter = 0;
      return;
    }
  g_autofree char *text
      = g_strdup_printf ("250 2.0.0 %" G_GUINT64_FORMAT " octets received so far", letter->wire);
  gpo_smtp_answer (server, GPO_SMTP_IN_CHUNK_END, GPO_OK, text, NULL);
}

gboolean
gpo_smtp_take_chunk (GpoSmtpServer *server)
{
  GpoSession *session = &server->session;
  GpoSmtpLetter *letter = &server->letter;
  const char *bytes;
  gsize n = gpo_session_peek (session, &bytes);
  n = (gsize) MIN ((guint64) n, letter->chunk_left);
  if (n == 0 && letter->chunk_left > 0)
    return FALSE;
  for (const char *p = bytes, *end = bytes + n; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      gsize length = lf ? (gsize) (lf - p) + 1 : (gsize) (end - p);
      gpo_smtp_letter_inspect (server, p, length, lf != NULL);
      p += length;
    }
  gpo_smtp_letter_keep (server, bytes, n);
  if (n > 0)
    gpo_session_record_data (session, TRUE, bytes, n, (goffset) letter->wire, server->recorded);
  letter->wire += n;
  letter->chunk_left -= n;
  gpo_session_consume (session, n);
  if (letter->chunk_left == 0)
    chunk_end (server);
  return TRUE;
}
