/* SPDX-License-Identifier: MIT */
/* smtp-letter.c: a letter while its bytes come, by DATA (smtp-data.c) or BDAT (smtp-bdat.c).
 *
 * What stays true:
 *  - what the client sent is stored byte for byte, but for the dot that was doubled on the wire
 *    (RFC 5321 §4.5.2). The office puts fields in front and nowhere else, and `added` says which;
 *  - a letter that is wrong (too big, a bare LF, a line too long) is read to its end and then refused,
 *    so that the session stays in step;
 *  - bytes are passed on as they come; only the header is kept, for as long as it is not whole. */
#include "letter/received.h"
#include "roles/smtp-private.h"
#include <gio/gio.h>
#include <string.h>

void
gpo_smtp_letter_clear (GpoSmtpServer *server)
{
  GpoSmtpLetter *letter = &server->letter;
  if (letter->active && server->sink)
    server->sink->abort (server->sink, server);
  if (letter->header)
    g_string_free (letter->header, TRUE);
  if (letter->added)
    g_string_free (letter->added, TRUE);
  g_free (letter->reply);
  memset (letter, 0, sizeof *letter);
}

void
gpo_smtp_letter_fail (GpoSmtpLetter *letter, GpoVerdict verdict, char *reply)
{
  if (letter->verdict == GPO_OK)
    {
      letter->verdict = verdict;
      letter->reply = reply;
    }
  else
    g_free (reply);
}

/* --- what the office puts in front: RFC 5321 §4.4 --- */

static gboolean
all_local (GpoSmtpServer *server)
{
  for (guint i = 0; i < server->envelope->recipients->len; i++)
    if (server->sink->place (server->sink, gpo_envelope_recipient (server->envelope, i)->path, NULL)
        != GPO_PLACE_MAILBOX)
      return FALSE;
  return TRUE;
}

void
gpo_smtp_letter_begin (GpoSmtpServer *server, gboolean dots)
{
  GpoSmtpLetter *letter = &server->letter;
  GpoEnvelope *envelope = server->envelope;
  letter->active = TRUE;
  letter->dots = dots;
  letter->line_start = TRUE;
  letter->header = g_string_sized_new (1024);
  letter->added = g_string_sized_new (256);
  envelope->letter = server->session.letter;
  envelope->id = server->sink->make_id (server->sink, envelope->letter);
  envelope->arrived = server->sink->wall (server->sink);
  envelope->from_host = g_strdup_printf ("%s [%s]", server->helo, server->peer);
  if (server->person)
    envelope->auth = g_strdup_printf ("%s@%s", server->person->login, server->server_host->domain);
  letter->return_path = all_local (server);
  if (letter->return_path)
    gpo_return_path_append (letter->added, envelope->reverse_path);
  GpoReceived received = {
    .helo = server->helo,
    .address = server->peer,
    .by = server->server_host->domain,
    .id = envelope->id,
    .for_path = envelope->recipients->len == 1 ? gpo_envelope_recipient (envelope, 0)->path : NULL,
    .when = envelope->arrived,
    .esmtp = server->esmtp,
    .tls = server->session.tls,
    .auth = server->person != NULL,
    .utf8 = envelope->smtputf8,
  };
  gpo_received_append (letter->added, &received);
}

/* Passes bytes on to the disk. */
static void
write_on (GpoSmtpServer *server, const char *bytes, gsize n)
{
  if (n > 0 && !server->sink->write (server->sink, server, bytes, n))
    server->session.pending = GPO_PENDING_STORE;
}

/* A filter as the lesson has it: a word in the header, whatever its case, and the letter is marked, not
 * refused. */
static void
mark_spam (GpoSmtpServer *server)
{
  GpoSmtpLetter *letter = &server->letter;
  g_autofree char *header
      = server->server_host->spam_words ? g_ascii_strdown (letter->header->str, -1) : NULL;
  for (char **word = server->server_host->spam_words; word && *word; word++)
    {
      g_autofree char *lower = g_ascii_strdown (*word, -1);
      if (!strstr (header, lower))
        continue;
      g_string_append_printf (letter->added, "X-Spam: yes (%s)\r\n", *word);
      return;
    }
}

/* The header is whole (or as long as we look): now it is known what must be added. */
static void
header_done (GpoSmtpServer *server)
{
  GpoSmtpLetter *letter = &server->letter;
  letter->header_done = TRUE;
  if (letter->verdict != GPO_OK)
    return;
  guint hops = gpo_received_count (letter->header->str, letter->header->len);
  if (server->server_host->limits.hops && hops > server->server_host->limits.hops)
    gpo_smtp_letter_fail (
        letter, GPO_REFUSED,
        g_strdup_printf ("554 5.4.6 this letter runs in circles: it has %u Received fields", hops));
  if (server->role == GPO_ROLE_SUBMISSION)
    gpo_submission_append (letter->added, letter->header->str, letter->header->len, server->envelope->arrived,
                           server->envelope->id, server->server_host->domain);
  mark_spam (server);
  write_on (server, letter->added->str, letter->added->len);
  write_on (server, letter->header->str, letter->header->len);
}

/* Where the header ends in what has come so far: behind the first empty line; 0: not yet. */
static gsize
header_end (const GString *bytes, gsize searched)
{
  const char *p = bytes->str + (searched > 3 ? searched - 3 : 0), *end = bytes->str + bytes->len;
  if (searched == 0 && bytes->len >= 2 && memcmp (p, "\r\n", 2) == 0)
    return 2;
  while ((p = memchr (p, '\n', (gsize) (end - p))))
    {
      p++;
      if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
        return (gsize) (p + 2 - bytes->str);
      if (end - p >= 1 && p[0] == '\n')
        return (gsize) (p + 1 - bytes->str);
    }
  return 0;
}

void
gpo_smtp_letter_keep (GpoSmtpServer *server, const char *bytes, gsize n)
{
  GpoSmtpLetter *letter = &server->letter;
  letter->size += n;
  gint64 limit = server->server_host->limits.letter;
  if (limit && letter->size > (guint64) limit)
    gpo_smtp_letter_fail (
        letter, GPO_TOO_BIG,
        g_strdup_printf ("552 5.3.4 the letter is too big: at most %" G_GINT64_FORMAT " bytes", limit));
  if (letter->verdict != GPO_OK)
    return;
  if (letter->header_done)
    {
      write_on (server, bytes, n);
      return;
    }
  gsize searched = letter->header->len;
  g_string_append_len (letter->header, bytes, (gssize) n);
  gsize end = header_end (letter->header, searched);
  if (end == 0 && letter->header->len < GPO_HEADER_LIMIT)
    return;
  end = MIN (end ? end : letter->header->len, GPO_HEADER_LIMIT);
  g_autofree char *rest = g_memdup2 (letter->header->str + end, letter->header->len - end);
  gsize rest_length = letter->header->len - end;
  g_string_truncate (letter->header, end);
  header_done (server);
  if (letter->verdict == GPO_OK)
    write_on (server, rest, rest_length);
}

/* --- looking at bytes: line ends, line length, 8-bit --- */

static void
bare (GpoSmtpServer *server, const char *what)
{
  GpoSmtpLetter *letter = &server->letter;
  if (server->server_host->bare_lf == GPO_BARE_LF_ACCEPT || letter->verdict != GPO_OK)
    return;
  g_autofree char *note
      = g_strdup_printf ("line %" G_GUINT64_FORMAT " of the letter holds a bare %s: it will be"
                         " refused, but only CRLF.CRLF ends it (RFC 5321 §4.1.1.4)",
                         letter->lines + 1, what);
  gpo_smtp_note (server, note);
  gpo_smtp_letter_fail (letter, GPO_SYNTAX,
                        g_strdup_printf ("550 5.6.11 line %" G_GUINT64_FORMAT
                                         " of the letter holds a bare %s; lines end in CR LF",
                                         letter->lines + 1, what));
}

void
gpo_smtp_letter_inspect (GpoSmtpServer *server, const char *bytes, gsize n, gboolean has_lf)
{
  GpoSmtpLetter *letter = &server->letter;
  guchar high = 0;
  for (gsize i = 0; i < n; i++)
    high |= (guchar) bytes[i];
  letter->high |= high;
  gsize text = has_lf ? n - 1 : n;
  if (letter->cr && text > 0)
    bare (server, "CR");
  const char *cr = text ? memchr (bytes, '\r', text) : NULL;
  if (cr && cr != bytes + text - 1)
    bare (server, "CR");
  gboolean ends_cr = text > 0 ? bytes[text - 1] == '\r' : letter->cr;
  letter->column += n;
  guint limit = server->server_host->limits.text_line;
  if (limit && letter->column > limit)
    gpo_smtp_letter_fail (letter, GPO_TOO_LONG,
                          g_strdup_printf ("500 5.6.0 line %" G_GUINT64_FORMAT
                                           " of the letter is too long: at most %u bytes with CR LF",
                                           letter->lines + 1, limit));
  letter->cr = !has_lf && ends_cr;
  if (!has_lf)
    return;
  if (!ends_cr)
    bare (server, "LF");
  letter->line_start = ends_cr;
  letter->lines++;
  letter->column = 0;
}

/* --- the end of a letter --- */

static GpoSmtpInput
ending_input (GpoSmtpServer *server)
{
  return server->letter.dots ? GPO_SMTP_IN_END_OF_DATA : GPO_SMTP_IN_LAST_CHUNK_END;
}

static void
refuse (GpoSmtpServer *server)
{
  g_autofree char *reply = g_steal_pointer (&server->letter.reply);
  GpoVerdict verdict = server->letter.verdict;
  GpoSmtpInput input = ending_input (server);
  gpo_smtp_letter_clear (server);
  gpo_smtp_answer (server, input, verdict, reply, NULL);
  gpo_envelope_clear (server->envelope);
  server->session.letter = 0;
}

void
gpo_smtp_letter_finish (GpoSmtpServer *server)
{
  GpoSmtpLetter *letter = &server->letter;
  if (!letter->header_done)
    header_done (server);
  if (letter->cr && !letter->dots)
    bare (server, "CR");
  if (letter->verdict != GPO_OK)
    {
      refuse (server);
      return;
    }
  /* RFC 6152 §3 asks the client to say so; many do not, and the next hop must know. */
  if (letter->high & 0x80 && server->envelope->body == GPO_BODY_7BIT)
    {
      server->envelope->body = GPO_BODY_8BITMIME;
      gpo_smtp_note (server,
                     "the letter has 8-bit bytes though MAIL did not say BODY=8BITMIME (RFC 6152 §3)");
    }
  /* Many say so of every letter. One of ASCII alone can go to any host. */
  if (!(letter->high & 0x80) && server->envelope->body == GPO_BODY_8BITMIME)
    server->envelope->body = GPO_BODY_7BIT;
  GpoEnvelope *envelope = g_steal_pointer (&server->envelope);
  server->envelope = gpo_envelope_new ();
  GString *added = g_steal_pointer (&letter->added), *header = g_steal_pointer (&letter->header);
  letter->active = FALSE;
  server->session.pending = GPO_PENDING_STORE;
  server->sink->commit (server->sink, server, envelope, added, header, letter->size, letter->return_path);
}

void
gpo_smtp_server_stored (GpoSmtpServer *server, const GError *error)
{
  GpoSmtpInput input = ending_input (server);
  guint32 number = server->session.letter;
  guint64 size = server->letter.size;
  gpo_smtp_letter_clear (server);
  server->session.pending = GPO_PENDING_NONE;
  if (!error)
    {
      g_autofree char *text = g_strdup_printf (
          "250 2.0.0 taken: letter %u, %" G_GUINT64_FORMAT " bytes, is safe", number, size);
      gpo_smtp_answer (server, input, GPO_OK, text, NULL);
    }
  else
    {
      gboolean full = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      gpo_smtp_note (server, error->message);
      gpo_smtp_answer (server, input, GPO_DEFERRED,
                       full ? "452 4.3.1 our disk is full, try again later"
                            : "451 4.3.0 we could not store the letter, try again later",
                       NULL);
    }
  server->session.letter = 0;
  if (server->session.pending == GPO_PENDING_NONE)
    gpo_session_resume (&server->session);
  else
    gpo_session_changed (&server->session);
}
