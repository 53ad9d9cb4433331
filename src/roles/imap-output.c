/* SPDX-License-Identifier: MIT */
/* imap-output.c: untagged responses, written straight into the session's output: RFC 3501 §7.
 *
 * A response is recorded as one `line` event for each of its lines, and the bytes of its literals as `data`
 * events, in the order in which they go out. This is the hot path of FETCH: no allocation a response. */
#include "roles/imap-private.h"
#include "protocol/utf7.h"
#include <string.h>

GString *
gpo_imap_begin (GpoImap *imap)
{
  imap->line_start = imap->mail.session.out->len;
  imap->line_letter = 0;
  return imap->mail.session.out;
}

/* Records what was appended since line_start, whose CRLF stands behind it already. */
static void
record (GpoImap *imap)
{
  GString *out = imap->mail.session.out;
  GpoSession *session = &imap->mail.session;
  guint64 cause = session->cause;
  guint32 letter = session->letter;
  session->letter = imap->line_letter;
  gpo_session_record_line (session, FALSE, out->str + imap->line_start, out->len - imap->line_start - 2,
                           GPO_ENDING_CRLF, 0, 0);
  session->letter = letter;
  session->cause = cause;
  imap->line_start = out->len;
}

/* A response that holds literals (an envelope's subject): its lines are `line` events, the literals' bytes
 * `data` events. */
static void
record_with_literals (GpoImap *imap)
{
  GString *out = imap->mail.session.out;
  gsize end = out->len, at = imap->line_start;
  guint32 letter = imap->line_letter;
  while (at < end)
    {
      const char *lf = memchr (out->str + at, '\n', end - at);
      guint64 size;
      gboolean sync;
      gsize line_end = lf - out->str + 1;
      gboolean literal = gpo_imap_literal_at_end (out->str + at, line_end - at - 2, &size, &sync);
      out->len = line_end;
      imap->line_start = at;
      record (imap);
      at = line_end;
      if (!literal || size > end - at)
        continue;
      imap->mail.session.letter = 0;
      if (size)
        gpo_session_record_data (&imap->mail.session, FALSE, out->str + at, size, 0, FALSE);
      at += size;
    }
  imap->mail.session.letter = 0;
  imap->line_letter = letter;
  out->len = imap->line_start = end;
}

void
gpo_imap_end (GpoImap *imap)
{
  GString *out = imap->mail.session.out;
  gboolean literals = memchr (out->str + imap->line_start, '\n', out->len - imap->line_start) != NULL;
  g_string_append_len (out, "\r\n", 2);
  if (literals)
    record_with_literals (imap);
  else
    record (imap);
}

void
gpo_imap_untagged (GpoImap *imap, const char *format, ...)
{
  GString *out = gpo_imap_begin (imap);
  va_list args;
  g_string_append_len (out, "* ", 2);
  va_start (args, format);
  g_string_append_vprintf (out, format, args);
  va_end (args);
  gpo_imap_end (imap);
}

void
gpo_imap_literal_begin (GpoImap *imap, gsize n)
{
  GString *out = imap->mail.session.out;
  g_string_append_c (out, '{');
  gpo_imap_append_number (out, n);
  g_string_append_len (out, "}\r\n", 3);
  record (imap);
}

void
gpo_imap_literal_bytes (GpoImap *imap, const char *bytes, gsize n, goffset offset)
{
  GpoSession *session = &imap->mail.session;
  guint32 letter = session->letter;
  session->letter = offset >= 0 ? imap->line_letter : 0;
  g_string_append_len (session->out, bytes, n);
  if (n > 0)
    gpo_session_record_data (session, FALSE, bytes, n, MAX (offset, 0),
                             offset >= 0 && gpo_counter_knows (imap->mail.counter, session->letter));
  session->letter = letter;
  imap->line_start = session->out->len;
}

void
gpo_imap_append_number (GString *out, guint64 number)
{
  char digits[20];
  guint i = sizeof digits;
  do
    digits[--i] = '0' + number % 10;
  while (number /= 10);
  g_string_append_len (out, digits + i, sizeof digits - i);
}

void
gpo_imap_append_mailbox (GString *out, const char *name)
{
  g_autofree char *wire = gpo_utf7_encode (name);
  g_string_append_c (out, '"');
  for (const char *c = wire; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

void
gpo_imap_append_flags (GpoImap *imap, GString *out, const GpoMessage *message)
{
  g_string_append_len (out, "FLAGS (", 7);
  gsize start = out->len;
  gpo_counter_flags_append (out, imap->view->mailbox, message->flags & GPO_FLAGS_ALL);
  if (gpo_view_is_recent (imap->view, message->uid))
    g_string_append (out, out->len > start ? " \\Recent" : "\\Recent");
  g_string_append_c (out, ')');
}

void
gpo_imap_tell_flags (GpoImap *imap)
{
  GpoMailbox *mailbox = imap->view->mailbox;
  g_autoptr (GString) words = g_string_new ("\\Answered \\Flagged \\Deleted \\Seen \\Draft");
  for (guint i = 0; i < mailbox->n_keywords; i++)
    g_string_append_printf (words, " %s", mailbox->keywords[i]);
  imap->told_keywords = mailbox->n_keywords;
  gpo_imap_untagged (imap, "FLAGS (%s)", words->str);
  if (imap->view->read_only)
    gpo_imap_untagged (imap, "OK [PERMANENTFLAGS ()] nothing can be changed here");
  else
    gpo_imap_untagged (imap, "OK [PERMANENTFLAGS (%s%s)] flags are kept", words->str,
                       mailbox->n_keywords < GPO_KEYWORDS_MAX ? " \\*" : "");
}
