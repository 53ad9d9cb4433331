/* SPDX-License-Identifier: MIT */
/* bounce-words.c: what happened, where, in whose words, what next.
 *
 * A report is read by somebody who wrote a letter, not by somebody who runs a post office. So it says
 * first what became of the letter, then for each recipient who said so and what that means, then what
 * the sender can do. The next host's own words are always shown, since they are the evidence. */
#include "letter/bounce-words.h"
#include "letter/date.h"
#include <string.h>

#define LINE_WIDTH 78
#define WORD_MAX 900

const char *
gpo_bounce_subject (GpoBounceKind kind)
{
  static const char *const subjects[] = {
    "Your letter could not be delivered", "Your letter is late: we keep trying", "Your letter was delivered",
    "Your letter was passed on",          "Your letter goes to several people",
  };
  return subjects[kind];
}

/* By subject and detail of RFC 3463 §3; the class only says for how long. */
static const struct
{
  const char *detail, *meaning;
} meanings[] = {
  { "1.1", "There is no such mailbox at that host. Look at the part before the @." },
  { "1.2", "There is no such host. Look at the part behind the @." },
  { "1.3", "The address is not written as an address should be." },
  { "1.6", "The mailbox has moved, and nobody says where to." },
  { "1.10", "That domain says that it takes no mail." },
  { "2.1", "The mailbox is closed for now." },
  { "2.2", "The mailbox is full. Its owner has to make room." },
  { "2.3", "The letter is bigger than that mailbox takes." },
  { "3.1", "The host has no room left on its disk." },
  { "3.4", "The letter is bigger than that host takes. Send it in pieces, or smaller." },
  { "4.1", "The host did not answer. It may be down." },
  { "4.2", "The connection to the host broke off." },
  { "4.4", "No way to the host is known: its domain names none that can be used." },
  { "4.6", "The letter went in circles. Somebody has to mend the routes." },
  { "4.7", "We tried as long as we may, and gave up." },
  { "6.3", "The letter has bytes beyond ASCII, and the next host does not take them." },
  { "6.7", "An address is in UTF-8, and the next host knows only ASCII." },
  { "7.1", "The host does not want this letter from you." },
};

const char *
gpo_status_meaning (const char *status)
{
  const char *dot = status ? strchr (status, '.') : NULL;
  for (guint i = 0; dot && i < G_N_ELEMENTS (meanings); i++)
    if (strcmp (dot + 1, meanings[i].detail) == 0)
      return meanings[i].meaning;
  return NULL;
}

void
gpo_wrap_append (GString *out, const char *text, const char *first, const char *next)
{
  gsize column = strlen (first);
  gboolean fresh = TRUE;
  g_string_append (out, first);
  while (*text)
    {
      gsize gap = strspn (text, " "), word = strcspn (text + gap, " ");
      if ((!fresh && column + gap + word > LINE_WIDTH) || word > WORD_MAX)
        {
          /* a fold stands for the space before the word */
          if (!fresh)
            g_string_append_printf (out, "\r\n%s", next);
          word = MIN (word, WORD_MAX);
          column = strlen (next);
          text += gap;
          gap = 0;
        }
      g_string_append_len (out, text, (gssize) (gap + word));
      column += gap + word;
      text += gap + word;
      fresh = FALSE;
    }
  g_string_append (out, "\r\n");
}

char *
gpo_tame (const char *text, gboolean utf8)
{
  char *tamed = utf8 ? g_utf8_make_valid (text, -1) : g_strdup (text);
  for (char *p = tamed; *p; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
    else if (!utf8 && (guchar) *p >= 0x80)
      *p = '?';
  return g_strstrip (tamed);
}

static void
append_recipient (GString *out, const GpoBounce *b, const GpoRecipient *to, gboolean utf8)
{
  gboolean good = b->kind != GPO_BOUNCE_FAILED && b->kind != GPO_BOUNCE_DELAYED;
  const char *meaning = good ? NULL : gpo_status_meaning (to->status);
  g_autofree char *path = gpo_tame (to->path, utf8);
  g_string_append (out, "\r\n");
  gpo_wrap_append (out, path, "  ", "  ");
  if (meaning)
    gpo_wrap_append (out, meaning, "    ", "    ");
  if (to->reply)
    {
      g_autofree char *who = gpo_tame (to->remote ? to->remote : b->host, utf8);
      g_autofree char *reply = gpo_tame (to->reply, utf8);
      g_autofree char *line = g_strdup_printf ("%s said: %s", who, reply);
      gpo_wrap_append (out, line, "    ", "      ");
    }
}

static void
append_next (GString *out, const GpoBounce *b)
{
  static const char *const next[] = {
    "We shall not try again. If the address was wrong, send the letter again to the right one; the part at "
    "the "
    "end of this report holds what you wrote, or its header.",
    "You need not do anything, and please do not send the letter again: it would arrive twice.",
    "You asked to be told. There is nothing to do.",
    "You asked to be told. The next host cannot report to you, so this is the last we know: it may still "
    "come "
    "back to you as undeliverable.",
    "You asked to be told. Several people stand behind this address, and each is sent the letter. You will "
    "hear of those it does not reach, if you asked for that.",
  };
  g_string_append (out, "\r\n");
  if (b->kind == GPO_BOUNCE_DELAYED && b->give_up)
    {
      g_string_append (out, "We keep trying until ");
      gpo_date_append (out, b->give_up);
      g_string_append (out, ".\r\n");
    }
  gpo_wrap_append (out, next[b->kind], "", "");
}

void
gpo_bounce_words_append (GString *out, const GpoBounce *bounce, gboolean utf8)
{
  static const char *const happened[] = {
    "Your letter could not be delivered to:",
    "Your letter could not be delivered yet to:",
    "Your letter lies in the mailbox of:",
    "Your letter was passed on to the next host for:",
    "Your letter goes to everybody behind the address:",
  };
  g_string_append_printf (out, "This is the post office at %s.\r\n\r\n%s\r\n", bounce->host,
                          happened[bounce->kind]);
  for (guint i = 0; i < bounce->recipients->len; i++)
    {
      guint index = g_array_index (bounce->recipients, guint, i);
      append_recipient (out, bounce, gpo_envelope_recipient (bounce->envelope, index), utf8);
    }
  append_next (out, bounce);
  if (bounce->envelope->arrived)
    {
      g_string_append (out, "\r\nIt came to us on ");
      gpo_date_append (out, bounce->envelope->arrived);
      g_string_append (out, ".\r\n");
    }
}
