/* SPDX-License-Identifier: MIT */
/* imap-letters.c: reading ahead for FETCH and SEARCH, so that the store is asked for many letters at once and
 * reads the next while these are looked at; at most about two megabytes of them are in memory. */
#include "roles/imap-private.h"
#include <string.h>

#define INFO_AHEAD 512
#define DATES_AHEAD 4096
#define BYTES_AHEAD (1024 * 1024)

/* A batch that was asked for. */
struct GpoImapAhead
{
  GpoImapLetters *letters; /* NULL: nobody wants them any more */
  GpoImap *imap;           /* who waits for them; NULL: nobody yet */
  guint first;
};

/* Lets the batch in hand go. */
static void
drop (GpoImapLetters *letters)
{
  for (guint i = 0; i < letters->n; i++)
    g_clear_pointer (&letters->letters[i], g_bytes_unref);
  letters->n = 0;
}

/* The next batch becomes the one in hand. */
static void
advance (GpoImapLetters *letters)
{
  drop (letters);
  memcpy (letters->letters, letters->next, sizeof letters->next);
  letters->first = letters->next_first;
  letters->n = letters->n_next;
  letters->n_next = 0;
}

void
gpo_imap_letters_clear (GpoImapLetters *letters)
{
  drop (letters);
  advance (letters);
  drop (letters);
  if (letters->ahead)
    letters->ahead->letters = NULL;
  letters->ahead = NULL;
  g_clear_pointer (&letters->slots, g_array_unref);
}

static const guint32 *
slots_from (const GpoImapLetters *letters, guint i)
{
  return &g_array_index (letters->slots, guint32, i);
}

static void
loaded (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (gpo_mail_awake (&imap->mail))
    gpo_imap_settle (imap);
}

typedef void (*LoadFunc) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done,
                          gpointer data);

/* What letter i lacks is asked of its file, with that of some behind it; once. */
static GpoLetterState
ask_ahead (GpoImap *imap, GpoImapLetters *letters, guint i, guint *tried, guint ahead, LoadFunc load)
{
  if (i < *tried)
    return GPO_LETTER_GONE;
  guint n = MIN (letters->slots->len - i, ahead);
  *tried = i + n;
  gpo_mail_wait (&imap->mail);
  load (imap->view->mailbox, slots_from (letters, i), n, loaded, imap);
  return GPO_LETTER_COMING;
}

GpoLetterState
gpo_imap_letters_info (GpoImap *imap, GpoImapLetters *letters, guint i, GpoLetterInfo *info)
{
  if (gpo_mailbox_info (imap->view->mailbox, *slots_from (letters, i), info))
    return GPO_LETTER_HERE;
  return ask_ahead (imap, letters, i, &letters->info_tried, INFO_AHEAD, gpo_mailbox_load_info);
}

GpoLetterState
gpo_imap_letters_date (GpoImap *imap, GpoImapLetters *letters, guint i)
{
  if (gpo_mailbox_message (imap->view->mailbox, *slots_from (letters, i))->date != GPO_DATE_UNKNOWN)
    return GPO_LETTER_HERE;
  return ask_ahead (imap, letters, i, &letters->dates_tried, DATES_AHEAD, gpo_mailbox_load_dates);
}

/* --- bytes: a batch in hand, and the next one on its way while it is used --- */

static void
ahead_read (GBytes *const *read, guint n, gpointer data)
{
  struct GpoImapAhead *ahead = data;
  GpoImapLetters *letters = ahead->letters;
  GpoImap *imap = ahead->imap;
  if (letters)
    {
      letters->ahead = NULL;
      letters->next_first = ahead->first;
      letters->n_next = MIN (n, GPO_LETTERS_AHEAD);
      for (guint i = 0; i < letters->n_next; i++)
        letters->next[i] = read[i] ? g_bytes_ref (read[i]) : NULL;
    }
  g_free (ahead);
  if (imap && gpo_mail_awake (&imap->mail))
    gpo_imap_settle (imap);
}

static void
ask_for (GpoImap *imap, GpoImapLetters *letters, guint first)
{
  struct GpoImapAhead *ahead = letters->ahead = g_new0 (struct GpoImapAhead, 1);
  ahead->letters = letters;
  ahead->first = first;
  gpo_mailbox_read (imap->view->mailbox, slots_from (letters, first),
                    MIN (letters->slots->len - first, GPO_LETTERS_AHEAD), BYTES_AHEAD, ahead_read, ahead);
}

GpoLetterState
gpo_imap_letters_bytes (GpoImap *imap, GpoImapLetters *letters, guint i, GBytes **bytes)
{
  if (letters->n_next && i >= letters->next_first && i < letters->next_first + letters->n_next)
    {
      /* One who goes on without a gap will want what follows, too. */
      gboolean goes_on = i == letters->first + letters->n;
      advance (letters);
      guint after = letters->first + letters->n;
      if (goes_on && after < letters->slots->len)
        ask_for (imap, letters, after);
    }
  if (i >= letters->first && i < letters->first + letters->n)
    {
      *bytes = letters->letters[i - letters->first];
      return *bytes ? GPO_LETTER_HERE : GPO_LETTER_GONE;
    }
  if (letters->ahead && letters->ahead->first != i)
    {
      letters->ahead->letters = NULL; /* it comes, and is not looked at */
      letters->ahead = NULL;
    }
  if (!letters->ahead)
    ask_for (imap, letters, i);
  gpo_mail_wait (&imap->mail);
  letters->ahead->imap = imap;
  return GPO_LETTER_COMING;
}
