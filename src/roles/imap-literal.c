/* SPDX-License-Identifier: MIT */
/* imap-literal.c: literals of commands, LITERAL+ and LITERAL-: RFC 3501 §4.3 and RFC 7888.
 *
 *     {n}     waits for "+ go on", and may be refused instead: its bytes never come
 *     {n+}    does not wait. Before login at most 4096 bytes (LITERAL-), afterwards any (LITERAL+); one that
 * is refused has its bytes thrown away, or, if there are more than any letter may have, ends the connection
 *
 * So a literal that is too big is refused before it is read. That of an APPEND goes to the store and not here
 * (imap-append.c). */
#include "roles/imap-private.h"
#include <string.h>

/* All lines and literals of a command. */
#define COMMAND_LIMIT (256 * 1024)
/* A literal before login, and one that does not wait there: RFC 7888 §5. */
#define EARLY_LITERAL 4096

const char *
gpo_imap_literal_capability (GpoImap *imap)
{
  return imap->person ? "LITERAL+" : "LITERAL-";
}

/* A literal that will not be taken. One that waits for "+" is refused and its bytes never come; the others
 * have to be thrown away, or the connection ends. */
static void
refuse (GpoImap *imap, guint64 size, gboolean sync)
{
  if (!imap->tag)
    gpo_imap_read_tag (imap);
  if (!sync && size > imap->mail.counter->host->limits.literal)
    {
      gpo_imap_answer (imap, GPO_CLOSING, "BYE a literal of that size will not be read");
      return;
    }
  if (!sync)
    {
      imap->discard = size;
      imap->discard_line = TRUE;
    }
  gpo_imap_answer (imap, GPO_TOO_BIG, NULL);
}

/* The line at hand ends in "{n}". */
void
gpo_imap_literal_at_hand (GpoImap *imap, guint64 size, gboolean sync)
{
  gboolean early = imap->mail.session.state == GPO_IMAP_NOT_AUTHENTICATED;
  if (!early && gpo_imap_append_literal (imap, size, sync))
    return;
  if (size > (early ? EARLY_LITERAL : COMMAND_LIMIT) || imap->command->len + size > COMMAND_LIMIT)
    {
      refuse (imap, size, sync);
      return;
    }
  imap->literal = size;
  if (sync)
    gpo_session_send (&imap->mail.session, "+ go on", 0, 0);
}

static gboolean
take_wanted (GpoImap *imap)
{
  const char *bytes;
  gsize n = MIN (gpo_session_peek (&imap->mail.session, &bytes), imap->literal);
  if (n == 0)
    return FALSE;
  gpo_session_record_data (&imap->mail.session, TRUE, bytes, n, 0, FALSE);
  g_string_append_len (imap->command, bytes, n);
  imap->literal -= n;
  gpo_session_consume (&imap->mail.session, n);
  return TRUE;
}

/* Bytes of a literal that was refused, and the rest of its command. */
static gboolean
take_refused (GpoImap *imap)
{
  const char *bytes;
  GpoLine line;
  gsize n = MIN (gpo_session_peek (&imap->mail.session, &bytes), imap->discard);
  if (n > 0)
    {
      gpo_session_record_data (&imap->mail.session, TRUE, bytes, n, 0, FALSE);
      gpo_session_consume (&imap->mail.session, n);
      imap->discard -= n;
      return TRUE;
    }
  if (imap->discard || gpo_session_line (&imap->mail.session, GPO_IMAP_LINE_LIMIT, &line) == GPO_LINE_NONE)
    return FALSE;
  gpo_session_record_line (&imap->mail.session, TRUE, line.text, line.length, line.ending, 0, 0);
  guint64 size;
  gboolean sync;
  imap->discard_line = gpo_imap_literal_at_end (line.text, line.length, &size, &sync) && !sync;
  if (imap->discard_line)
    imap->discard = size;
  gpo_session_consume (&imap->mail.session, line.with_ending);
  return TRUE;
}

gboolean
gpo_imap_take_literal (GpoImap *imap, gboolean *taken)
{
  if (imap->discard || imap->discard_line)
    *taken = take_refused (imap);
  else if (imap->literal)
    *taken = take_wanted (imap);
  else
    return FALSE;
  return TRUE;
}
