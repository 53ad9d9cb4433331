/* SPDX-License-Identifier: MIT */
/* judge.c: events taken, one after another, and what they are to each item. See judge.h.
 *
 * Taking is cheap: an event that passes an item's filter is noted with the few values that relations may
 * ask for. What the notes mean together is worked out only when somebody asks: judge-resolve.c. */
#include "lab/judge-private.h"
#include <string.h>

#define MAX_EARLY 1024 /* hits of an item: so many of the first … */
#define MAX_LATE 1024  /* … and of the latest */
#define MAX_NEAR 16
#define MAX_VALUE 1000 /* bytes of a value that is compared */
#define MAX_ANSWERS 1000
#define MAX_PAUSE (10 * 60 * G_USEC_PER_SEC)

/* --- making one --- */

static guint
add_names (GPtrArray *slots, const GpoLabFact *fact)
{
  guint at = slots->len;
  for (guint i = 0; fact->same && i < fact->same->len; i++)
    g_ptr_array_add (slots, fact->same->pdata[i]);
  for (guint i = 0; fact->differs && i < fact->differs->len; i++)
    g_ptr_array_add (slots, fact->differs->pdata[i]);
  return at;
}

static void
visit (GpoLabJudge *judge, guint i, gboolean *visited, guint *n)
{
  const GpoLabFact *fact = &gpo_lab_item (judge->lab, i)->fact;
  const int first[] = { fact->after, fact->with, fact->until };
  if (visited[i])
    return;
  visited[i] = TRUE;
  for (guint k = 0; k < G_N_ELEMENTS (first); k++)
    if (first[k] >= 0)
      visit (judge, (guint) first[k], visited, n);
  judge->order[(*n)++] = i;
}

static void
clear_answer (gpointer data)
{
  g_free (((GpoLabAnswer *) data)->text);
}

GpoLabJudge *
gpo_lab_judge_new (const GpoLab *lab)
{
  GpoLabJudge *judge = g_new0 (GpoLabJudge, 1);
  guint n_items = lab->items->len, n = 0;
  g_autofree gboolean *visited = g_new0 (gboolean, n_items);
  judge->lab = lab;
  judge->speed = 1;
  judge->dirty = TRUE;
  judge->stands = g_new0 (GpoLabStand, n_items);
  judge->order = g_new0 (guint, n_items);
  judge->texts = g_string_chunk_new (1024);
  judge->values = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_items; i++)
    {
      const GpoLabItem *item = gpo_lab_item (lab, i);
      GpoLabStand *stand = &judge->stands[i];
      stand->kinds = item->fact.see ? gpo_filter_kinds (item->fact.see) : 0;
      stand->n_terms = item->fact.see ? gpo_filter_n_terms (item->fact.see) : 0;
      stand->try_terms = item->fact.see ? gpo_filter_try_terms (item->fact.see) : 0;
      stand->hits = g_array_new (FALSE, FALSE, sizeof (GpoLabHit));
      stand->near = g_array_new (FALSE, FALSE, sizeof (GpoLabHit));
      stand->found = g_array_new (FALSE, FALSE, sizeof (guint));
      stand->answers = g_array_new (FALSE, FALSE, sizeof (GpoLabAnswer));
      g_array_set_clear_func (stand->answers, clear_answer);
      stand->slots = g_ptr_array_new ();
      add_names (stand->slots, &item->fact);
      stand->each_at = stand->slots->len;
      if (item->fact.each)
        g_ptr_array_add (stand->slots, item->fact.each);
      stand->field_at = stand->slots->len;
      if (item->field)
        g_ptr_array_add (stand->slots, item->field);
    }
  for (guint i = 0; i < n_items; i++)
    {
      const GpoLabFact *fact = &gpo_lab_item (lab, i)->fact;
      int lead = fact->after >= 0 ? fact->after : fact->with;
      if (lead >= 0)
        judge->stands[i].lead_at = add_names (judge->stands[lead].slots, fact);
      if (fact->until >= 0)
        judge->stands[i].until_at = add_names (judge->stands[fact->until].slots, fact);
      visit (judge, i, visited, &n);
    }
  return judge;
}

void
gpo_lab_judge_free (GpoLabJudge *judge)
{
  for (guint i = 0; i < judge->lab->items->len; i++)
    {
      GpoLabStand *stand = &judge->stands[i];
      g_array_unref (stand->hits);
      g_array_unref (stand->near);
      g_array_unref (stand->found);
      g_array_unref (stand->answers);
      g_ptr_array_unref (stand->slots);
    }
  g_free (judge->stands);
  g_free (judge->order);
  g_free (judge->person);
  g_string_chunk_free (judge->texts);
  g_ptr_array_unref (judge->values);
  g_free (judge);
}

const GpoLab *
gpo_lab_judge_lab (const GpoLabJudge *judge)
{
  return judge->lab;
}

/* --- notes --- */

/* The values an item's relations may ask for, ASCII case folded, each text kept once. */
static const char **
values_of (GpoLabJudge *judge, GpoLabStand *stand, guint64 n, const GpoEvent *event)
{
  if (stand->slots->len == 0)
    return NULL;
  const char **values = g_new0 (const char *, stand->slots->len);
  g_autoptr (GString) text = g_string_new (NULL);
  g_ptr_array_add (judge->values, values);
  for (guint i = 0; i < stand->slots->len; i++)
    {
      g_string_truncate (text, 0);
      if (!gpo_filter_name_value (stand->slots->pdata[i], n, event, text))
        continue;
      g_string_truncate (text, MIN (text->len, MAX_VALUE));
      g_string_ascii_down (text);
      values[i] = g_string_chunk_insert_const (judge->texts, text->str);
    }
  return values;
}

static void
add_hit (GpoLabJudge *judge, GpoLabStand *stand, guint64 n, const GpoEvent *event)
{
  GpoLabHit hit = { n, event->session, event->letter, stand->n_terms, NULL };
  if (stand->hits->len < MAX_EARLY + MAX_LATE)
    {
      hit.values = values_of (judge, stand, n, event);
      g_array_append_val (stand->hits, hit);
    }
  else
    {
      GpoLabHit *old = &g_array_index (stand->hits, GpoLabHit, MAX_EARLY + stand->oldest);
      stand->oldest = (stand->oldest + 1) % MAX_LATE;
      if (old->values)
        g_ptr_array_remove_fast (judge->values, (gpointer) old->values);
      hit.values = values_of (judge, stand, n, event);
      *old = hit;
    }
  stand->n_hits++;
  judge->dirty = TRUE;
}

static void
add_near (GpoLabJudge *judge, GpoLabStand *stand, guint64 n, const GpoEvent *event, guint terms)
{
  guint best = stand->near->len ? g_array_index (stand->near, GpoLabHit, 0).terms : stand->try_terms;
  if (terms < best)
    return;
  if (terms > best)
    g_array_set_size (stand->near, 0);
  if (stand->near->len == MAX_NEAR)
    g_array_remove_index (stand->near, 0);
  GpoLabHit hit = { n, event->session, event->letter, terms, NULL };
  if (judge->values->len < 100 * (MAX_EARLY + MAX_LATE))
    hit.values = values_of (judge, stand, n, event);
  g_array_append_val (stand->near, hit);
  judge->dirty = TRUE;
}

/* --- time --- */

static void
count_time (GpoLabJudge *judge, const GpoEvent *event)
{
  gint64 gap = event->time - MAX (judge->before, judge->skipped_to);
  gboolean clock = event->kind == GPO_KIND_CLOCK;
  const char *action = clock ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
  gboolean skipped = action && strcmp (action, "skip") == 0;
  if (judge->working && !skipped && gap > 0)
    judge->worked += (gint64) MIN ((double) gap / judge->speed, (double) MAX_PAUSE);
  judge->before = event->time;
  if (skipped) /* what is due on the way happens at once */
    judge->skipped_to = gpo_event_number (event, GPO_FIELD_DUE, event->time);
  if (event->kind == GPO_KIND_CONNECT || event->kind == GPO_KIND_LAB)
    judge->working = TRUE;
  const char *speed = clock ? gpo_event_text (event, GPO_FIELD_SPEED, NULL) : NULL;
  double value = speed ? g_ascii_strtod (speed, NULL) : 0;
  if (value >= 0.001 && value <= 1e6)
    judge->speed = value;
}

/* --- what the student said --- */

void
gpo_lab_judge_answer (GpoLabJudge *judge, guint item, const char *text)
{
  GpoLabAnswer answer = { G_MAXUINT64, g_strndup (text, MAX_VALUE), FALSE };
  if (judge->stands[item].answers->len == MAX_ANSWERS)
    g_array_remove_index (judge->stands[item].answers, 0);
  g_array_append_val (judge->stands[item].answers, answer);
  judge->dirty = TRUE;
}

static void
take_lab (GpoLabJudge *judge, guint64 n, const GpoEvent *event)
{
  const char *name = gpo_event_text (event, GPO_FIELD_NAME, NULL);
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  const char *check = gpo_event_text (event, GPO_FIELD_CHECK, NULL);
  const char *answer = gpo_event_text (event, GPO_FIELD_ANSWER, NULL);
  const char *person = gpo_event_text (event, GPO_FIELD_PERSON, NULL);
  if (g_strcmp0 (name, judge->lab->name) != 0 || !action)
    return;
  if (strcmp (action, "start") == 0)
    {
      gint64 version = gpo_event_number (event, GPO_FIELD_VERSION, 0);
      judge->version = version > 0 && version < 10000 ? (guint) version : 0;
      if (person && !judge->person)
        judge->person = g_strndup (person, 200);
    }
  else if (strcmp (action, "hint") == 0)
    judge->hints++;
  else if (strcmp (action, "answer") == 0 && check && answer)
    {
      int item = gpo_lab_item_named (judge->lab, check);
      if (item < 0 || gpo_lab_item (judge->lab, (guint) item)->type != GPO_LAB_QUESTION)
        return;
      gpo_lab_judge_answer (judge, (guint) item, answer);
      GArray *answers = judge->stands[item].answers;
      g_array_index (answers, GpoLabAnswer, answers->len - 1).n = n;
    }
}

/* --- taking --- */

void
gpo_lab_judge_take (GpoLabJudge *judge, GpoLog *log, guint64 n, const GpoEvent *event)
{
  guint32 kind = (guint32) 1 << event->kind;
  judge->next = n + 1;
  count_time (judge, event);
  if (event->kind == GPO_KIND_LAB)
    {
      take_lab (judge, n, event);
      return; /* no check looks at what is said about checks */
    }
  for (guint i = 0; i < judge->lab->items->len; i++)
    {
      GpoLabStand *stand = &judge->stands[i];
      if (!(stand->kinds & kind))
        continue;
      guint terms = gpo_filter_count_terms (gpo_lab_item (judge->lab, i)->fact.see, log, n, event);
      if (terms == stand->n_terms)
        add_hit (judge, stand, n, event);
      else if (terms >= stand->try_terms)
        add_near (judge, stand, n, event, terms);
    }
}

gboolean
gpo_lab_judge_update (GpoLabJudge *judge, GpoLog *log)
{
  guint64 end = gpo_log_length (log);
  for (guint64 n = MAX (judge->next, gpo_log_first (log)); n < end; n++)
    {
      const GpoEvent *event = gpo_log_get (log, n);
      if (event)
        gpo_lab_judge_take (judge, log, n, event);
    }
  return judge->dirty;
}

/* --- small questions --- */

guint
gpo_lab_judge_hints (const GpoLabJudge *judge)
{
  return judge->hints;
}

guint
gpo_lab_judge_tries (const GpoLabJudge *judge, guint item)
{
  return judge->stands[item].answers->len;
}

const char *
gpo_lab_judge_person (const GpoLabJudge *judge)
{
  return judge->person;
}

guint
gpo_lab_judge_version (const GpoLabJudge *judge)
{
  return judge->version;
}

double
gpo_lab_judge_minutes (const GpoLabJudge *judge)
{
  return (double) judge->worked / 60e6;
}
