/* SPDX-License-Identifier: MIT */
/* compare.c: sessions to sessions, lines to lines.
 *
 * Sessions are matched within one host, role and caller: first those that say and hear the same, then those
 * that say the same, then the rest in order. Each costs a look into a table, so that traces of many sessions
 * are no matter. */
#include "replay/compare.h"
#include <string.h>

/* --- freeing --- */

static void
line_free (gpointer data)
{
  GpoLinePair *line = data;
  g_clear_pointer (&line->differences, g_ptr_array_unref);
  g_free (line);
}

static void
session_free (gpointer data)
{
  GpoSessionPair *session = data;
  gpo_script_free (session->a);
  gpo_script_free (session->b);
  g_ptr_array_unref (session->lines);
  g_free (session->summary);
  g_free (session);
}

void
gpo_comparison_free (GpoComparison *comparison)
{
  if (!comparison)
    return;
  g_ptr_array_unref (comparison->sessions);
  g_free (comparison);
}

/* --- lines --- */

typedef struct
{
  const GpoScript *a, *b;
} Scripts;

static guint
step_cost (guint i, guint j, gpointer data)
{
  const Scripts *scripts = data;
  const GpoStep *a = scripts->a->steps->pdata[i], *b = scripts->b->steps->pdata[j];
  gboolean ends = a->kind >= GPO_STEP_HANG_UP && b->kind >= GPO_STEP_HANG_UP;
  if ((a->kind != b->kind && !ends) || strcmp (a->verb, b->verb) != 0 || a->line != b->line)
    return 2;
  g_autoptr (GPtrArray) differences = gpo_differences_new ();
  gpo_step_compare (a, b, scripts->a->protocol, differences);
  for (guint d = 0; d < differences->len; d++)
    if (((GpoDeviation *) differences->pdata[d])->counts)
      return 1;
  return 0;
}

static void
add_line (GpoSessionPair *session, const GpoStep *a, const GpoStep *b)
{
  GpoLinePair *line = g_new0 (GpoLinePair, 1);
  line->a = a;
  line->b = b;
  line->kind = !b ? GPO_PAIR_ONLY_A : !a ? GPO_PAIR_ONLY_B : GPO_PAIR_SAME;
  g_ptr_array_add (session->lines, line);
  if (!a || !b)
    {
      session->n_differences++;
      return;
    }
  line->differences = gpo_differences_new ();
  gpo_step_compare (a, b, session->a->protocol, line->differences);
  for (guint d = 0; d < line->differences->len; d++)
    if (((GpoDeviation *) line->differences->pdata[d])->counts)
      line->kind = GPO_PAIR_CHANGED;
  session->n_differences += line->kind == GPO_PAIR_CHANGED;
  session->n_remarks += line->kind == GPO_PAIR_SAME && line->differences->len;
}

/* --- what to say of it --- */

/* The verbs of lines of this kind, each once. Returns how many. */
static guint
verbs_of (const GpoSessionPair *session, GpoPairKind kind, GString *verbs)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < session->lines->len; i++)
    {
      const GpoLinePair *line = session->lines->pdata[i];
      const GpoStep *step = line->a ? line->a : line->b;
      const char *verb = *step->verb ? step->verb : step->kind >= GPO_STEP_HANG_UP ? "the end" : "the letter";
      if (line->kind == kind && g_hash_table_add (told, (gpointer) verb))
        g_string_append_printf (verbs, "%s%s", verbs->len ? ", " : "", verb);
    }
  return g_hash_table_size (told);
}

/* The last line both have before the first that only one has. */
static const char *
last_common (const GpoSessionPair *session)
{
  const char *verb = NULL;
  for (guint i = 0; i < session->lines->len; i++)
    {
      const GpoLinePair *line = session->lines->pdata[i];
      if (!line->a || !line->b)
        break;
      verb = *line->a->verb ? line->a->verb : verb;
    }
  return verb;
}

static char *
summarize (const GpoSessionPair *session)
{
  g_autoptr (GString) changed = g_string_new (NULL), here = g_string_new (NULL), there = g_string_new (NULL);
  const char *what = session->a && session->a->protocol == GPO_PROTOCOL_SMTP ? "transaction" : "conversation";
  if (!session->a || !session->b)
    return g_strdup_printf ("only in %s", session->a ? "A" : "B");
  if (!session->n_differences)
    return g_strdup (session->n_remarks ? "the same, with remarks" : "the same");
  guint n = verbs_of (session, GPO_PAIR_CHANGED, changed), alone = verbs_of (session, GPO_PAIR_ONLY_A, here);
  alone += verbs_of (session, GPO_PAIR_ONLY_B, there);
  const char *last = last_common (session);
  if (alone > 3)
    return last ? g_strdup_printf ("the same way up to %s, then another", last)
                : g_strdup_printf ("another %s", what);
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "same %s", what);
  if (n)
    g_string_append_printf (out, ", %s %s", changed->str, n > 1 ? "differ" : "differs");
  if (here->len)
    g_string_append_printf (out, ", %s only in A", here->str);
  if (there->len)
    g_string_append_printf (out, ", %s only in B", there->str);
  return g_string_free (out, FALSE);
}

/* --- sessions --- */

/* What is said and, with `heard`, answered, as one key. */
static char *
signature (const GpoScript *script, gboolean heard)
{
  GString *key = g_string_new (NULL);
  for (guint i = 0; i < script->steps->len; i++)
    {
      const GpoStep *step = script->steps->pdata[i];
      if (step->kind == GPO_STEP_SAY)
        g_string_append_printf (key, "%s\n", step->verb);
      else if (step->kind == GPO_STEP_ANSWER && heard)
        g_string_append_printf (key, "<%s\n", step->answer->status);
    }
  return g_string_free (key, FALSE);
}

typedef struct
{
  GpoScript *script;
  char *place; /* host, role, caller */
  gboolean taken;
} Candidate;

static void
candidate_clear (gpointer data)
{
  Candidate *one = data;
  if (!one->taken)
    gpo_script_free (one->script);
  g_free (one->place);
}

static GArray *
collect (GpoPicture *picture)
{
  GArray *all = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_array_set_clear_func (all, candidate_clear);
  for (guint i = 0; i < gpo_picture_n_sessions (picture); i++)
    {
      const GpoSessionTrack *session = gpo_picture_session (picture, i);
      if (!session->lines.n)
        continue;
      Candidate one = { .script = gpo_script_new (picture, session, G_MAXUINT64) };
      one.place
          = g_strdup_printf ("%s/%s/%s/%s", gpo_symbol_name (session->host), gpo_symbol_name (session->role),
                             gpo_protocol_name (one.script->protocol), gpo_symbol_name (session->caller));
      g_array_append_val (all, one);
    }
  return all;
}

/* How closely sessions must agree to be matched, the strictest first. */
typedef enum
{
  MATCH_HEARD,
  MATCH_SAID,
  MATCH_PLACE,
  MATCH_PROTOCOL, /* traces of two servers name their hosts differently */
  N_MATCHES
} Match;

static char *
match_key (const Candidate *one, Match match)
{
  g_autofree char *what = match <= MATCH_SAID ? signature (one->script, match == MATCH_HEARD) : NULL;
  if (match == MATCH_PROTOCOL)
    return g_strdup (gpo_protocol_name (one->script->protocol));
  return g_strconcat (one->place, "\n", what, NULL);
}

/* Pairs off what has the same key, in order. partner[i] is b's index + 1. */
static void
match_sessions (GArray *a, GArray *b, guint *partner, Match match)
{
  g_autoptr (GHashTable) waiting
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  for (guint j = 0; j < b->len; j++)
    {
      const Candidate *one = &g_array_index (b, Candidate, j);
      if (one->taken)
        continue;
      g_autofree char *key = match_key (one, match);
      GQueue *queue = g_hash_table_lookup (waiting, key);
      if (!queue)
        g_hash_table_insert (waiting, g_steal_pointer (&key), queue = g_queue_new ());
      g_queue_push_tail (queue, GUINT_TO_POINTER (j + 1));
    }
  for (guint i = 0; i < a->len; i++)
    {
      if (partner[i])
        continue;
      g_autofree char *key = match_key (&g_array_index (a, Candidate, i), match);
      GQueue *queue = g_hash_table_lookup (waiting, key);
      partner[i] = queue ? GPOINTER_TO_UINT (g_queue_pop_head (queue)) : 0;
      if (partner[i])
        g_array_index (b, Candidate, partner[i] - 1).taken = TRUE;
    }
}

static void
add_session (GpoComparison *comparison, GpoScript *a, GpoScript *b)
{
  GpoSessionPair *session = g_new0 (GpoSessionPair, 1);
  session->a = a;
  session->b = b;
  session->lines = g_ptr_array_new_with_free_func (line_free);
  if (a && b)
    {
      Scripts scripts = { a, b };
      g_autoptr (GArray) pairs = gpo_align (a->steps->len, b->steps->len, step_cost, &scripts);
      for (guint i = 0; i + 1 < pairs->len; i += 2)
        {
          int x = g_array_index (pairs, int, i), y = g_array_index (pairs, int, i + 1);
          add_line (session, x < 0 ? NULL : a->steps->pdata[x], y < 0 ? NULL : b->steps->pdata[y]);
        }
    }
  else
    session->n_differences = 1;
  session->kind = !b                       ? GPO_PAIR_ONLY_A
                  : !a                     ? GPO_PAIR_ONLY_B
                  : session->n_differences ? GPO_PAIR_CHANGED
                                           : GPO_PAIR_SAME;
  session->summary = summarize (session);
  comparison->n_differences += session->n_differences > 0;
  comparison->n_remarks += session->n_remarks;
  g_ptr_array_add (comparison->sessions, session);
}

GpoComparison *
gpo_compare (GpoPicture *a, GpoPicture *b)
{
  GpoComparison *comparison = g_new0 (GpoComparison, 1);
  comparison->sessions = g_ptr_array_new_with_free_func (session_free);
  g_autoptr (GArray) ours = collect (a), theirs = collect (b);
  g_autofree guint *partner = g_new0 (guint, ours->len + 1);
  for (Match match = MATCH_HEARD; match < N_MATCHES; match++)
    match_sessions (ours, theirs, partner, match);
  for (guint i = 0; i < ours->len; i++)
    {
      Candidate *one = &g_array_index (ours, Candidate, i);
      one->taken = TRUE;
      add_session (comparison, one->script,
                   partner[i] ? g_array_index (theirs, Candidate, partner[i] - 1).script : NULL);
    }
  for (guint j = 0; j < theirs->len; j++)
    {
      Candidate *one = &g_array_index (theirs, Candidate, j);
      if (one->taken)
        continue;
      one->taken = TRUE;
      add_session (comparison, NULL, one->script);
    }
  return comparison;
}
