/* SPDX-License-Identifier: MIT */
/* judge-words.c: how an item stands, in words: what was expected, what was seen, the bytes that prove it. */
#include "lab/judge-private.h"
#include "trace/transcript.h"
#include <string.h>

#define MAX_BYTES 2000 /* of a line that are shown */

GpoLabVerdict
gpo_lab_judge_verdict (GpoLabJudge *judge, guint item)
{
  gpo_lab_judge_resolve (judge);
  return judge->stands[item].verdict;
}

gboolean
gpo_lab_judge_made (GpoLabJudge *judge, guint item, guint64 *n)
{
  gpo_lab_judge_resolve (judge);
  const GpoLabStand *stand = &judge->stands[item];
  if (stand->verdict != GPO_LAB_PASSED)
    return FALSE;
  if (n && stand->holds)
    *n = stand->proof;
  else if (n && stand->found->len)
    *n = gpo_lab_stand_hit (stand, g_array_index (stand->found, guint, stand->found->len - 1))->n;
  return TRUE;
}

guint
gpo_lab_judge_passed (GpoLabJudge *judge)
{
  guint n = 0;
  for (guint i = 0; i < judge->lab->items->len; i++)
    n += gpo_lab_item (judge->lab, i)->type != GPO_LAB_MISTAKE
         && gpo_lab_judge_verdict (judge, i) == GPO_LAB_PASSED;
  return n;
}

gboolean
gpo_lab_judge_step_done (GpoLabJudge *judge, guint step)
{
  for (guint i = 0; i < judge->lab->items->len; i++)
    if (gpo_lab_item (judge->lab, i)->step == step && gpo_lab_judge_verdict (judge, i) != GPO_LAB_PASSED)
      return FALSE;
  return TRUE;
}

static int
mistake_of (GpoLabJudge *judge, int explains)
{
  for (guint i = 0; i < judge->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (judge->lab, i);
      if (item->type == GPO_LAB_MISTAKE && item->explains == explains && gpo_lab_judge_made (judge, i, NULL))
        return (int) i;
    }
  return -1;
}

int
gpo_lab_judge_first_mistake (GpoLabJudge *judge)
{
  return mistake_of (judge, -1);
}

/* An item with a mistake that explains it was tried, so it counts as failed. */
static gboolean
has_failed (GpoLabJudge *judge, guint i)
{
  GpoLabVerdict verdict = gpo_lab_judge_verdict (judge, i);
  return verdict == GPO_LAB_FAILED || (verdict == GPO_LAB_NOT_REACHED && mistake_of (judge, (int) i) >= 0);
}

int
gpo_lab_judge_first_failure (GpoLabJudge *judge)
{
  int failed = -1, missing = -1;
  guint failed_step = G_MAXUINT, missing_step = G_MAXUINT;
  for (guint i = 0; i < judge->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (judge->lab, i);
      if (item->type == GPO_LAB_MISTAKE || gpo_lab_judge_verdict (judge, i) == GPO_LAB_PASSED)
        continue;
      if (has_failed (judge, i) && item->step < failed_step)
        {
          failed = (int) i;
          failed_step = item->step;
        }
      if (item->step < missing_step)
        {
          missing = (int) i;
          missing_step = item->step;
        }
    }
  return failed >= 0 ? failed : missing;
}

/* --- bytes --- */

static void
append_bytes (GString *out, const char *text, gsize length)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  gpo_escape_text (shown, text, MIN (length, MAX_BYTES), GPO_TRANSCRIPT_BYTES);
  /* With every byte beyond ASCII written as \xHH a middle dot can only be a space. */
  g_string_replace (shown, " ", "·", 0);
  g_string_append (out, shown->str);
  if (length > MAX_BYTES)
    g_string_append_printf (out, " … %" G_GSIZE_FORMAT " bytes more", length - MAX_BYTES);
}

/* The line that led to the event, or its own bytes. */
static char *
bytes_of (GpoLog *log, guint64 n)
{
  const GpoEvent *event = log ? gpo_log_get (log, n) : NULL;
  gsize length;
  const char *text = event ? gpo_event_text (event, GPO_FIELD_TEXT, &length) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  if (event && !text)
    {
      gint64 cause = gpo_event_number (event, GPO_FIELD_CAUSE, -1);
      const GpoEvent *before = cause >= 0 && (guint64) cause < n ? gpo_log_get (log, (guint64) cause) : NULL;
      text = before ? gpo_event_text (before, GPO_FIELD_TEXT, &length) : NULL;
    }
  if (text)
    append_bytes (out, text, length);
  const char *reply
      = event && event->kind == GPO_KIND_EDGE ? gpo_event_text (event, GPO_FIELD_REPLY, &length) : NULL;
  if (reply)
    {
      g_string_append (out, text ? "  ⇒  " : "");
      append_bytes (out, reply, length);
    }
  return out->len ? g_strdup (out->str) : NULL;
}

/* --- one item --- */

static char *
terms_from (const GpoFilter *filter, guint from)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = from; i < gpo_filter_n_terms (filter); i++)
    {
      g_autofree char *term = gpo_filter_term_text (filter, i);
      g_string_append_printf (out, "%s%s", i > from ? " and " : "", term);
    }
  return g_strdup (out->str);
}

static void
say_near (GpoLabJudge *judge, GpoLog *log, guint i, const GpoLabHit *near, GpoLabResult *out)
{
  const GpoFilter *filter = gpo_lab_item (judge->lab, i)->fact.see;
  const GpoEvent *event = log ? gpo_log_get (log, near->n) : NULL;
  g_autoptr (GString) seen = g_string_new (NULL), shown = g_string_new (NULL);
  out->event = near->n;
  out->tried = TRUE;
  out->expected = terms_from (filter, near->terms);
  if (event && gpo_filter_term_seen (filter, near->terms, near->n, event, seen))
    {
      gpo_escape_text (shown, seen->str, seen->len, GPO_TRANSCRIPT_PLAIN);
      out->seen = g_strdup (shown->str);
    }
  else
    out->seen = g_strdup ("something else");
}

/* What to say to a wrong answer: to one that is the word, or to one that has it. A number is no part of
 * another. */
static const char *
wrong_says (const GpoLabItem *item, const char *given, gboolean whole)
{
  for (char **wrong = item->wrong; *wrong; wrong += 2)
    {
      g_autofree char *word = g_utf8_casefold (wrong[0], -1);
      gboolean number = strspn (word, "0123456789.,") == strlen (word);
      if (whole ? strcmp (given, word) == 0 : !number && strstr (given, word) != NULL)
        return wrong[1];
    }
  return NULL;
}

static void
say_answer (const GpoLabItem *item, const GpoLabStand *stand, GpoLabResult *out)
{
  if (stand->answers->len == 0)
    return;
  const GpoLabAnswer *last = &g_array_index (stand->answers, GpoLabAnswer, stand->answers->len - 1);
  g_autofree char *plain = g_strstrip (g_strdup (last->text)), *given = g_utf8_casefold (plain, -1);
  out->event = last->n;
  if (out->verdict == GPO_LAB_PASSED)
    {
      out->says = item->right;
      return;
    }
  g_autoptr (GString) shown = g_string_new (NULL);
  gpo_escape_text (shown, last->text, strlen (last->text), GPO_TRANSCRIPT_PLAIN);
  out->seen = g_strdup_printf ("the answer \"%s\"", shown->str);
  out->says = wrong_says (item, given, TRUE);
  if (!out->says)
    out->says = wrong_says (item, given, FALSE);
}

static void
say_exactly (const GpoLabItem *item, const GpoLabStand *stand, GpoLabResult *out)
{
  out->event = stand->wrong;
  out->expected
      = item->fact.exactly == 0
            ? g_strdup_printf ("no event with %s", gpo_filter_text (item->fact.see))
            : g_strdup_printf ("exactly %d times %s", item->fact.exactly, gpo_filter_text (item->fact.see));
  if (stand->wrong != G_MAXUINT64)
    out->seen = g_strdup (item->fact.exactly == 0 ? "such an event" : "more than that");
}

void
gpo_lab_judge_result (GpoLabJudge *judge, GpoLog *log, guint i, GpoLabResult *out)
{
  const GpoLabItem *item = gpo_lab_item (judge->lab, i);
  const GpoLabStand *stand = &judge->stands[i];
  *out = (GpoLabResult){
    .verdict = gpo_lab_judge_verdict (judge, i), .event = G_MAXUINT64, .waits_for = -1, .mistake = -1
  };
  int lead = item->fact.after >= 0 ? item->fact.after : item->fact.with;
  const GpoLabHit *near = NULL;
  if (item->type == GPO_LAB_QUESTION)
    say_answer (item, stand, out);
  else if (out->verdict == GPO_LAB_PASSED)
    gpo_lab_judge_made (judge, i, &out->event);
  else if (item->fact.exactly >= 0)
    say_exactly (item, stand, out);
  else if ((near = gpo_lab_judge_near (judge, i)))
    say_near (judge, log, i, near, out);
  else
    out->expected = terms_from (item->fact.see, 0);
  if (out->verdict != GPO_LAB_PASSED)
    {
      if (lead >= 0 && judge->stands[lead].verdict != GPO_LAB_PASSED)
        out->waits_for = lead;
      out->mistake = mistake_of (judge, (int) i);
      if (out->mistake >= 0)
        {
          out->verdict = GPO_LAB_FAILED;
          out->tried = FALSE;
          out->says = gpo_lab_item (judge->lab, (guint) out->mistake)->says;
          gpo_lab_judge_made (judge, (guint) out->mistake, &out->event);
          g_clear_pointer (&out->seen, g_free);
        }
    }
  if (out->event != G_MAXUINT64 && item->type != GPO_LAB_QUESTION)
    out->bytes = bytes_of (log, out->event);
}

void
gpo_lab_result_clear (GpoLabResult *result)
{
  g_free (result->expected);
  g_free (result->seen);
  g_free (result->bytes);
}
