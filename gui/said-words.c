/* SPDX-License-Identifier: MIT */
/* said-words.c: what the client has heard, and what it has not. */
#include "said-words.h"
#include "event-words.h"
#include "i18n.h"
#include <string.h>

char *
gpo_said_command (const GpoSaid *said)
{
  const char *path = said->path ? said->path : "?";
  g_autofree char *shown = gpo_shown_text (path, strlen (path));
  return g_strdup_printf ("%s:<%s>", strcmp (said->verb, "MAIL") == 0 ? "MAIL FROM" : "RCPT TO", shown);
}

/* A mark, the answer, and what it stands for. */
static char *
told (const GpoSaid *said, GpoTone tone)
{
  g_autofree char *reply = gpo_shown_text (said->reply, strlen (said->reply));
  if (!said->was)
    return g_strdup_printf ("%s %s", gpo_tone_sign (tone), reply);
  g_autofree char *was = gpo_shown_text (said->was, strlen (said->was));
  return g_strdup_printf (_ ("%s %s – in place of %s"), gpo_tone_sign (tone), reply, was);
}

char *
gpo_said_answer (const GpoSaid *said, GpoProseStyle *style)
{
  *style = GPO_PROSE_WAITING;
  if (!said->reply)
    return g_strdup (said->was ? _ ("… no answer: the connection was cut") : _ ("… no answer yet"));
  if (said->held)
    {
      g_autofree char *reply = gpo_shown_text (said->reply, strlen (said->reply));
      return g_strdup_printf (_ ("… no answer yet; held: %s"), reply);
    }
  *style = said->code >= 500 ? GPO_PROSE_REFUSED : said->code >= 400 ? GPO_PROSE_DEFERRED : GPO_PROSE_OK;
  return told (said, said->code >= 500   ? GPO_TONE_REFUSED
                     : said->code >= 400 ? GPO_TONE_DEFERRED
                                         : GPO_TONE_OK);
}

/* --- what is not there --- */

const char *
gpo_unsaid_words (const GpoLetterFacts *facts)
{
  return facts->older ? _ ("The letter came before this trace begins: who said its envelope is not in it.")
                      : _ ("Nobody said an envelope: the office made this letter, or it was put into the "
                           "mailbox as it is.");
}

const char *
gpo_missing_words (const GpoLetterFacts *facts, const char *not_yet)
{
  if (facts->older)
    return _ ("The letter came before this trace begins. When a reader fetches it, it is seen here.");
  return facts->whole ? _ ("The trace does not hold these bytes.") : not_yet;
}

char *
gpo_letter_size_words (const GpoLetterFacts *facts)
{
  if (facts->size >= 0)
    return gpo_size_words (facts->size);
  return g_strdup (facts->older ? _ ("older than this trace") : _ ("not sent yet"));
}
