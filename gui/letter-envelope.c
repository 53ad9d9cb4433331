/* SPDX-License-Identifier: MIT */
/* letter-envelope.c: who said which envelope to whom, when, and what was answered; where the header says
 * otherwise. */
#include "event-words.h"
#include "i18n.h"
#include "letter-columns.h"
#include "replay/letter-words.h"
#include "said-words.h"
#include <string.h>

/* The line that said it, if the trace knows; else the event itself. */
static guint64
line_of (GpoLog *log, guint64 n)
{
  const GpoEvent *event = gpo_log_get (log, n);
  gint64 cause = event ? gpo_event_number (event, GPO_FIELD_CAUSE, -1) : -1;
  const GpoEvent *line = cause >= 0 ? gpo_log_get (log, (guint64) cause) : NULL;
  return line && line->kind == GPO_KIND_LINE ? (guint64) cause : n;
}

static void
add_said (GtkListBox *list, const GpoSaid *said, GpoLog *log)
{
  GpoLetterRow about = { .event = line_of (log, said->event), .part = -1 };
  GpoProse *prose = gpo_letter_row_add (list, &about);
  const GpoEvent *event = gpo_log_get (log, about.event);
  g_autofree char *time = gpo_time_words (event ? event->time : 0);
  GpoProseStyle style;
  g_autofree char *command = gpo_said_command (said), *answer = gpo_said_answer (said, &style);
  g_autofree char *when = g_strdup_printf (_ ("at %s s"), time);
  gpo_letter_row_text (prose, GPO_PROSE_SAID, command);
  gpo_letter_row_text (prose, style, answer);
  gpo_letter_row_text (prose, GPO_PROSE_ASIDE, when);
}

static void
add_hop (GtkListBox *list, const GpoHop *hop, gboolean here, GpoLog *log)
{
  GpoProse *prose = gpo_letter_row_add (list, NULL);
  g_autofree char *text = g_strdup_printf (
      _ ("%s told %s, session %u%s"), hop->caller ? gpo_symbol_name (hop->caller) : _ ("a mail program"),
      gpo_symbol_name (hop->host), hop->session, here ? _ (" — shown here") : "");
  gpo_letter_row_text (prose, here ? GPO_PROSE_GROUP_HERE : GPO_PROSE_GROUP, text);
  for (guint i = 0; i < hop->said->len && i < GPO_LETTER_ROWS; i++)
    add_said (list, hop->said->pdata[i], log);
}

static void
add_differences (GtkListBox *list, const GpoLetterFacts *facts)
{
  for (guint i = 0; i < facts->differences->len && i < GPO_LETTER_ROWS; i++)
    {
      const GpoDifference *difference = facts->differences->pdata[i];
      GpoLetterRow about = { .event = difference->event, .part = -1 };
      g_autofree char *words = gpo_difference_words (difference);
      g_autofree char *text = g_strconcat ("≠ ", words, NULL);
      gpo_letter_row_text (gpo_letter_row_add (list, &about), GPO_PROSE_DIFFERS, text);
    }
}

/* What disagrees first, then the newest hop. */
void
gpo_letter_show_envelope (GtkListBox *list, const GpoLetterFacts *facts, GpoLog *log)
{
  const GpoHop *here = gpo_letter_facts_hop (facts, gpo_letter_facts_transfer (facts));
  gpo_letter_list_begin (list);
  add_differences (list, facts);
  for (guint i = facts->hops->len; i > 0; i--)
    add_hop (list, facts->hops->pdata[i - 1], facts->hops->pdata[i - 1] == here, log);
  if (facts->hops->len == 0)
    gpo_letter_row_text (gpo_letter_row_add (list, NULL), GPO_PROSE_DIM, gpo_unsaid_words (facts));
  gpo_letter_list_end (list);
}
