/* SPDX-License-Identifier: MIT */
/* judge-resolve.c: from notes to verdicts.
 *
 *     found     the hits of an item that stand in the asked relation to a found hit of the item it builds on
 *     related   both name a letter: the same letter; else the same session; or what same= and differs= say
 *     counted   at-least=, count= and never= count hits within one relation
 *     verdict   passed, failed, not reached
 *
 * Items are resolved each behind those it builds on. Hits of an item are few (judge.c bounds them), so that
 * plain loops over pairs do. */
#include "lab/judge-private.h"
#include <string.h>

const GpoLabHit *
gpo_lab_stand_hit (const GpoLabStand *stand, guint i)
{
  return &g_array_index (stand->hits, GpoLabHit, i);
}

static const GpoLabHit *
found_hit (const GpoLabStand *stand, guint i)
{
  return gpo_lab_stand_hit (stand, g_array_index (stand->found, guint, i));
}

/* Whether `hit` of an item and `other`, whose slots have the item's names from `at` on, belong together. */
static gboolean
related (const GpoLabFact *fact, const GpoLabHit *hit, const GpoLabHit *other, guint at)
{
  guint n_same = fact->same ? fact->same->len : 0, n_differs = fact->differs ? fact->differs->len : 0;
  if ((n_same || n_differs) && (!hit->values || !other->values))
    return FALSE;
  for (guint i = 0; i < n_same; i++)
    if (!hit->values[i] || hit->values[i] != other->values[at + i])
      return FALSE;
  for (guint i = n_same; i < n_same + n_differs; i++)
    if (!hit->values[i] || hit->values[i] == other->values[at + i])
      return FALSE;
  if (n_same || fact->anywhere)
    return TRUE;
  if (hit->letter && other->letter)
    return hit->letter == other->letter;
  return hit->session && hit->session == other->session;
}

/* Where what counts ends for one found hit of the item that leads: the first found hit of until= behind it.
 * FALSE if it has not come yet. */
static gboolean
bound_of (GpoLabJudge *judge, guint i, const GpoLabHit *lead, guint64 *bound)
{
  const GpoLabFact *fact = &gpo_lab_item (judge->lab, i)->fact;
  const GpoLabStand *stand = &judge->stands[i];
  *bound = G_MAXUINT64;
  if (fact->until < 0)
    return TRUE;
  const GpoLabStand *end = &judge->stands[fact->until];
  for (guint k = 0; k < end->found->len; k++)
    {
      const GpoLabHit *hit = found_hit (end, k);
      /* The names stand in the leader's slots at lead_at, in the end's at until_at. */
      GpoLabHit moved = *lead;
      if (moved.values)
        moved.values += stand->lead_at;
      if (hit->n > lead->n && hit->n < *bound && related (fact, &moved, hit, stand->until_at))
        *bound = hit->n;
    }
  return *bound != G_MAXUINT64;
}

static gboolean
counts_for (const GpoLabFact *fact, const GpoLabStand *stand, const GpoLabHit *hit, const GpoLabHit *lead,
            guint64 bound)
{
  return (fact->with >= 0 || hit->n > lead->n) && hit->n < bound && related (fact, hit, lead, stand->lead_at);
}

/* Whether hit i has a value of each= that an earlier counted hit had. */
static gboolean
is_again (const GpoLabStand *stand, const GpoLabHit *hit, const GPtrArray *counted)
{
  const char *value = hit->values ? hit->values[stand->each_at] : NULL;
  if (!value)
    return TRUE;
  for (guint i = 0; i < counted->len; i++)
    if (((const GpoLabHit *) counted->pdata[i])->values[stand->each_at] == value)
      return TRUE;
  return FALSE;
}

/* Counts the item's hits that belong to `lead` (NULL: to the hit `first`), and stops behind `enough`.
 * Returns how many; *last is the last counted. */
static guint
count (const GpoLabItem *item, const GpoLabStand *stand, const GpoLabHit *lead, guint64 bound, guint first,
       guint enough, guint *last)
{
  g_autoptr (GPtrArray) counted = g_ptr_array_new ();
  const GpoLabFact *fact = &item->fact;
  for (guint i = first; i < stand->hits->len && counted->len < enough; i++)
    {
      const GpoLabHit *hit = gpo_lab_stand_hit (stand, i);
      gboolean belongs = lead ? counts_for (fact, stand, hit, lead, bound)
                              : i == first || related (fact, hit, gpo_lab_stand_hit (stand, first), 0);
      if (!belongs || (fact->each && is_again (stand, hit, counted)))
        continue;
      g_ptr_array_add (counted, (gpointer) hit);
      *last = i;
    }
  return counted->len;
}

/* --- three ways to count --- */

/* never= and count=: for some found hit of the item that leads there are exactly so many. */
static void
resolve_exactly (GpoLabJudge *judge, guint i, const GpoLabStand *leader)
{
  const GpoLabItem *item = gpo_lab_item (judge->lab, i);
  GpoLabStand *stand = &judge->stands[i];
  guint wanted = (guint) item->fact.exactly, last = 0;
  for (guint k = 0; k < leader->found->len && !stand->holds; k++)
    {
      const GpoLabHit *lead = found_hit (leader, k);
      guint64 bound;
      gboolean ended = bound_of (judge, i, lead, &bound);
      guint n = count (item, stand, lead, bound, 0, wanted + 1, &last);
      if (n > wanted)
        stand->wrong = gpo_lab_stand_hit (stand, last)->n;
      stand->holds = ended && n == wanted;
      if (stand->holds)
        stand->proof = lead->n;
    }
}

static void
add_found (GpoLabStand *stand, guint i)
{
  for (guint k = 0; k < stand->found->len; k++)
    if (g_array_index (stand->found, guint, k) == i)
      return;
  g_array_append_val (stand->found, i);
}

static void
resolve_at_least (GpoLabJudge *judge, guint i, const GpoLabStand *leader)
{
  const GpoLabItem *item = gpo_lab_item (judge->lab, i);
  GpoLabStand *stand = &judge->stands[i];
  guint wanted = item->fact.at_least, last = 0;
  guint n = leader ? leader->found->len : stand->hits->len;
  for (guint k = 0; k < n; k++)
    {
      guint64 bound = G_MAXUINT64;
      const GpoLabHit *lead = leader ? found_hit (leader, k) : NULL;
      if (lead)
        bound_of (judge, i, lead, &bound);
      if (count (item, stand, lead, bound, lead ? 0 : k, wanted, &last) == wanted)
        add_found (stand, last);
    }
}

static void
resolve_each (GpoLabJudge *judge, guint i, const GpoLabStand *leader)
{
  const GpoLabFact *fact = &gpo_lab_item (judge->lab, i)->fact;
  GpoLabStand *stand = &judge->stands[i];
  for (guint h = 0; h < stand->hits->len; h++)
    {
      gboolean found = !leader;
      for (guint k = 0; leader && k < leader->found->len && !found; k++)
        {
          const GpoLabHit *lead = found_hit (leader, k);
          guint64 bound;
          if (!counts_for (fact, stand, gpo_lab_stand_hit (stand, h), lead, G_MAXUINT64))
            continue;
          bound_of (judge, i, lead, &bound);
          found = gpo_lab_stand_hit (stand, h)->n < bound;
        }
      if (found)
        g_array_append_val (stand->found, h);
    }
}

/* --- answers --- */

/* Lower case, spaces once, no article in front, no full stop behind. */
static char *
normal (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t\r\n", -1);
  GString *out = g_string_new (NULL);
  for (char **word = words; *word; word++)
    if (**word && (out->len || (strcmp (*word, "the") && strcmp (*word, "a") && strcmp (*word, "an"))))
      g_string_append_printf (out, "%s%s", out->len ? " " : "", *word);
  while (out->len && strchr (".!\"'", out->str[out->len - 1]))
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

static gboolean
as_number (const char *text, double *number)
{
  char *end;
  *number = g_ascii_strtod (text, &end);
  return end > text && (strcmp (end, "") == 0 || strcmp (end, "%") == 0 || strcmp (end, " %") == 0);
}

/* "envelope", "3", or a range "1.3..1.4". Both are normal. */
static gboolean
fits (const char *given, const char *wanted)
{
  const char *dots = strstr (wanted, "..");
  g_autofree char *low_text = dots ? g_strndup (wanted, (gsize) (dots - wanted)) : NULL;
  double low, high, number, same;
  if (strcmp (given, wanted) == 0)
    return TRUE;
  if (!as_number (given, &number))
    return FALSE;
  if (dots && as_number (low_text, &low) && as_number (dots + 2, &high))
    return number >= low && number <= high;
  return as_number (wanted, &same) && same >= number && same <= number;
}

static gboolean
is_right (const GpoLabItem *item, const GpoLabStand *stand, const char *text)
{
  g_autofree char *given = normal (text);
  for (char **answer = item->answers; answer && *answer; answer++)
    {
      g_autofree char *wanted = normal (*answer);
      if (fits (given, wanted))
        return TRUE;
    }
  for (guint i = 0; item->field && i < stand->found->len; i++)
    {
      const GpoLabHit *hit = found_hit (stand, i);
      g_autofree char *wanted
          = hit->values && hit->values[stand->field_at] ? normal (hit->values[stand->field_at]) : NULL;
      if (wanted && fits (given, wanted))
        return TRUE;
    }
  return FALSE;
}

/* --- verdicts --- */

const GpoLabHit *
gpo_lab_judge_near (GpoLabJudge *judge, guint i)
{
  const GpoLabFact *fact = &gpo_lab_item (judge->lab, i)->fact;
  const GpoLabStand *stand = &judge->stands[i];
  int lead = fact->after >= 0 ? fact->after : fact->with;
  for (guint k = stand->near->len; k-- > 0;)
    {
      const GpoLabHit *hit = &g_array_index (stand->near, GpoLabHit, k);
      const GpoLabStand *leader = lead >= 0 ? &judge->stands[lead] : NULL;
      if (!leader)
        return hit;
      for (guint f = 0; f < leader->found->len; f++)
        if (counts_for (fact, stand, hit, found_hit (leader, f), G_MAXUINT64))
          return hit;
    }
  return NULL;
}

static GpoLabVerdict
verdict_of (GpoLabJudge *judge, guint i)
{
  const GpoLabItem *item = gpo_lab_item (judge->lab, i);
  GpoLabStand *stand = &judge->stands[i];
  if (item->type == GPO_LAB_QUESTION)
    {
      for (guint k = 0; k < stand->answers->len; k++)
        {
          GpoLabAnswer *answer = &g_array_index (stand->answers, GpoLabAnswer, k);
          answer->right = is_right (item, stand, answer->text);
          if (answer->right)
            return GPO_LAB_PASSED;
        }
      return stand->answers->len ? GPO_LAB_FAILED : GPO_LAB_NOT_REACHED;
    }
  if (item->fact.exactly >= 0 ? stand->holds : stand->found->len > 0)
    return GPO_LAB_PASSED;
  if (item->fact.exactly >= 0)
    return stand->wrong != G_MAXUINT64 ? GPO_LAB_FAILED : GPO_LAB_NOT_REACHED;
  return gpo_lab_judge_near (judge, i) ? GPO_LAB_FAILED : GPO_LAB_NOT_REACHED;
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const GpoLabHit *x = a, *y = b;
  return x->n < y->n ? -1 : x->n > y->n;
}

void
gpo_lab_judge_resolve (GpoLabJudge *judge)
{
  if (!judge->dirty)
    return;
  judge->dirty = FALSE;
  for (guint k = 0; k < judge->lab->items->len; k++)
    {
      guint i = judge->order[k];
      const GpoLabFact *fact = &gpo_lab_item (judge->lab, i)->fact;
      GpoLabStand *stand = &judge->stands[i];
      int lead = fact->after >= 0 ? fact->after : fact->with;
      const GpoLabStand *leader = lead >= 0 ? &judge->stands[lead] : NULL;
      g_array_set_size (stand->found, 0);
      stand->holds = FALSE;
      stand->proof = stand->wrong = G_MAXUINT64;
      if (stand->oldest) /* the late ones go round in a ring */
        g_array_sort (stand->hits, compare_hits);
      stand->oldest = 0;
      if (fact->exactly >= 0)
        resolve_exactly (judge, i, leader);
      else if (fact->at_least > 1)
        resolve_at_least (judge, i, leader);
      else
        resolve_each (judge, i, leader);
    }
  for (guint i = 0; i < judge->lab->items->len; i++)
    judge->stands[i].verdict = verdict_of (judge, i);
}
