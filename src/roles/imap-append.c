/* SPDX-License-Identifier: MIT */
/* imap-append.c: APPEND: RFC 3501 §6.3.11.
 *
 *     append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
 *
 * The letter's literal is not gathered: its bytes go to the store as they come. Everything that can be
 * refused is refused before the client is told to go on; a client that does not wait (LITERAL+) has its bytes
 * thrown away then. */
#include "roles/imap-private.h"
#include <string.h>

typedef struct GpoImapAppend
{
  char *name;
  guint32 flags;
  GPtrArray *keywords;
  gint64 date;
  guint64 size, come; /* bytes of the literal, in all and so far */
  gboolean sync;
  guint32 letter;
  GpoMailbox *mailbox;
  GpoAppend *append;
  gboolean paused; /* the store asked us to wait */
} Append;

void
gpo_imap_append_clear (GpoImap *imap)
{
  Append *append = g_steal_pointer (&imap->append);
  if (!append)
    return;
  if (append->append)
    gpo_append_abort (append->append);
  if (append->paused)
    imap->mail.waiting--; /* `drained` will not come */
  g_clear_pointer (&append->mailbox, gpo_mailbox_unref);
  g_clear_pointer (&append->keywords, g_ptr_array_unref);
  g_free (append->name);
  g_free (append);
}

/* Everything before the literal. FALSE: this literal is not the letter (a mailbox's name may be one). */
static gboolean
read_arguments (GpoImapParser *p, Append *append)
{
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &append->name) || !gpo_imap_space (p))
    return FALSE;
  if (gpo_imap_peek (p) == '('
      && (!gpo_imap_flags (p, TRUE, &append->flags, append->keywords) || !gpo_imap_space (p)))
    return FALSE;
  if (gpo_imap_peek (p) == '"' && (!gpo_imap_date_time (p, &append->date) || !gpo_imap_space (p)))
    return FALSE;
  return gpo_imap_peek (p) == '{'
         && memchr (p->text + p->at, '\n', p->length - p->at) == p->text + p->length - 1;
}

/* An APPEND whose letter is no literal at its end: the arguments are read again to say what is wrong. */
void
gpo_imap_append (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  Append append = { .keywords = g_ptr_array_new_with_free_func (g_free) };
  if (read_arguments (p, &append) || !p->expected)
    gpo_imap_fail (p, "flags, a date, or the letter as a literal {size}");
  g_ptr_array_unref (append.keywords);
  g_free (append.name);
  gpo_imap_bad (imap);
}

/* The command was answered before its literal: bytes that come nevertheless are thrown away. */
static void
skip_literal (GpoImap *imap, guint64 size, gboolean sync)
{
  gpo_imap_append_clear (imap);
  if (sync)
    return;
  imap->discard = size;
  imap->discard_line = TRUE;
}

static void
drained (gpointer data)
{
  GpoImap *imap = data;
  imap->append->paused = FALSE;
  if (gpo_mail_awake (&imap->mail))
    gpo_imap_settle (imap);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    {
      g_clear_pointer (&mailbox, gpo_mailbox_unref);
      return;
    }
  Append *append = imap->append;
  guint64 size = append->size;
  gboolean sync = append->sync;
  append->mailbox = mailbox;
  if (error)
    {
      skip_literal (imap, size, sync);
      gpo_imap_no (imap, error, TRUE);
    }
  else if (!gpo_imap_flag_bits (imap, mailbox, append->keywords, TRUE, &append->flags))
    skip_literal (imap, size, sync);
  else
    {
      append->letter = imap->mail.session.letter = imap->mail.counter->next_letter (imap->mail.counter);
      append->append = gpo_mailbox_append_begin (mailbox, drained, imap);
      gpo_imap_step_edge (imap, GPO_IMAP_IN_APPEND, GPO_MORE, sync ? NULL : "");
    }
  gpo_imap_settle (imap);
}

gboolean
gpo_imap_append_literal (GpoImap *imap, guint64 size, gboolean sync)
{
  GpoImapParser p = { .text = imap->command->str, .length = imap->command->len };
  const char *space = memchr (p.text, ' ', p.length);
  if (!space || imap->mail.session.pending != GPO_PENDING_NONE)
    return FALSE;
  p.at = space + 1 - p.text;
  if (!gpo_imap_word (&p, "APPEND"))
    return FALSE;
  Append *append = imap->append = g_new0 (Append, 1);
  append->keywords = g_ptr_array_new_with_free_func (g_free);
  append->size = size;
  append->sync = sync;
  append->date = imap->mail.counter->wall (imap->mail.counter) / G_USEC_PER_SEC;
  if (!read_arguments (&p, append))
    {
      gpo_imap_append_clear (imap);
      return FALSE;
    }
  imap->tag = g_strndup (p.text, space - p.text);
  imap->input = GPO_IMAP_IN_APPEND;
  imap->answered = FALSE;
  guint64 limit = imap->mail.counter->host->limits.literal;
  if (limit && size > limit)
    {
      gpo_imap_append_clear (imap);
      if (sync)
        gpo_imap_answerf (imap, GPO_TOO_BIG, "NO [TOOBIG] a letter may have %" G_GUINT64_FORMAT " bytes",
                          limit);
      else
        gpo_imap_answer (imap, GPO_CLOSING, "BYE a letter of that size will not be read");
      return TRUE;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_open (imap->mailboxes, append->name, opened, imap);
  return TRUE;
}

/* --- the letter --- */

static void
stored (guint32 uid, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  Append *append = imap->append;
  g_autofree char *code = error ? NULL : gpo_imap_appenduid (append->mailbox, uid);
  imap->input = GPO_IMAP_IN_LITERAL_END;
  gpo_imap_append_clear (imap);
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    gpo_imap_answerf (imap, GPO_OK, "OK %s APPEND completed", code);
  gpo_imap_settle (imap);
}

/* The line behind the literal: it must be empty. */
static gboolean
take_end (GpoImap *imap)
{
  Append *append = imap->append;
  GpoLine line;
  GpoLineResult result = gpo_session_line (&imap->mail.session, 8192, &line);
  if (result == GPO_LINE_NONE)
    return FALSE;
  gboolean empty = result == GPO_LINE_WHOLE && line.length == 0;
  gpo_session_record_line (&imap->mail.session, TRUE, line.text, line.length, line.ending, 0, 0);
  gpo_session_consume (&imap->mail.session, line.with_ending);
  imap->input = GPO_IMAP_IN_LITERAL_END;
  if (!empty || append->size == 0)
    {
      gpo_imap_append_clear (imap);
      gpo_imap_answer (imap, GPO_SYNTAX, empty ? "BAD a letter has at least one byte" : NULL);
      return TRUE;
    }
  gpo_mail_wait (&imap->mail);
  gpo_append_commit (g_steal_pointer (&append->append), append->flags, append->date, append->letter, stored,
                     imap);
  return TRUE;
}

gboolean
gpo_imap_append_take (GpoImap *imap)
{
  Append *append = imap->append;
  const char *bytes;
  if (append->come == append->size)
    return take_end (imap);
  gsize n = MIN (gpo_session_peek (&imap->mail.session, &bytes), append->size - append->come);
  if (n == 0)
    return FALSE;
  gpo_session_record_data (&imap->mail.session, TRUE, bytes, n, append->come, FALSE);
  append->come += n;
  gboolean go_on = gpo_append_write (append->append, bytes, n);
  gpo_session_consume (&imap->mail.session, n);
  append->paused = !go_on;
  if (!go_on)
    gpo_mail_wait (&imap->mail);
  return TRUE;
}
