/* SPDX-License-Identifier: MIT */
/* imap-letters.c: reading ahead for FETCH and SEARCH, so that the store is asked for many letters at once, and at most about
 * a megabyte of them is in memory. */
#include "roles/imap-private.h"

#define INFO_AHEAD 512
#define BYTES_AHEAD (1024 * 1024)

static void
drop (GpoImapLetters *letters)
{
  for (guint i = 0; i < letters->n; i++)
    g_clear_pointer (&letters->letters[i], g_bytes_unref);
  letters->n = 0;
}

void
gpo_imap_letters_clear (GpoImapLetters *letters)
{
  drop (letters);
  g_clear_pointer (&letters->slots, g_array_unref);
}

static const guint32 *
slots_from (const GpoImapLetters *letters, guint i)
{
  return &g_array_index (letters->slots, guint32, i);
}

static void
info_loaded (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (gpo_mail_awake (&imap->mail))
    gpo_imap_settle (imap);
}

GpoLetterState
gpo_imap_letters_info (GpoImap *imap, GpoImapLetters *letters, guint i, GpoLetterInfo *info)
{
  GpoMailbox *mailbox = imap->view->mailbox;
  if (gpo_mailbox_info (mailbox, *slots_from (letters, i), info))
    return GPO_LETTER_HERE;
  if (i < letters->info_tried)
    return GPO_LETTER_GONE;
  guint n = MIN (letters->slots->len - i, INFO_AHEAD);
  letters->info_tried = i + n;
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_load_info (mailbox, slots_from (letters, i), n, info_loaded, imap);
  return GPO_LETTER_COMING;
}

/* The job of the command begins with its GpoImapLetters. */
static void
letters_read (GBytes *const *read, guint n, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  GpoImapLetters *letters = imap->job;
  letters->n = MIN (n, GPO_LETTERS_AHEAD);
  for (guint i = 0; i < letters->n; i++)
    letters->letters[i] = read[i] ? g_bytes_ref (read[i]) : NULL;
  gpo_imap_settle (imap);
}

GpoLetterState
gpo_imap_letters_bytes (GpoImap *imap, GpoImapLetters *letters, guint i, GBytes **bytes)
{
  if (i >= letters->first && i < letters->first + letters->n)
    {
      *bytes = letters->letters[i - letters->first];
      return *bytes ? GPO_LETTER_HERE : GPO_LETTER_GONE;
    }
  drop (letters);
  letters->first = i;
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_read (imap->view->mailbox, slots_from (letters, i), MIN (letters->slots->len - i, GPO_LETTERS_AHEAD), BYTES_AHEAD,
                    letters_read, imap);
  return GPO_LETTER_COMING;
}
