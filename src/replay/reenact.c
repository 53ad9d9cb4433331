/* SPDX-License-Identifier: MIT */
/* reenact.c: the player. One `Party` a session; steps of all are played in the order of the trace. */
#include "replay/reenact.h"
#include "replay/live-call.h"
#include "replay/reenact-auth.h"
#include "replay/talk.h"
#include <string.h>

/* How long untagged responses are awaited that nobody asked for. */
#define UNASKED_MS 5000

typedef struct
{
  const GpoScript *script;
  guint next; /* step */
  GpoLiveCall *call;
  GpoAnswerReader *reader;
  GpoTalk talk;
  GHashTable *offered; /* all capabilities ever told; NULL: none were */
  GpoReauth auth;
  guint said_until;     /* steps before this that are said already */
  gboolean begun, over; /* over: nothing more is played */
} Party;

typedef struct
{
  const GpoTarget *target;
  GpoReenactment *result;
  GString *line;
} Player;

/* --- results --- */

static void
line_free (gpointer data)
{
  GpoReenactedLine *line = data;
  g_free (line->said);
  g_free (line->seen);
  g_ptr_array_unref (line->differences);
  g_free (line);
}

void
gpo_reenactment_free (GpoReenactment *result)
{
  if (!result)
    return;
  g_ptr_array_unref (result->lines);
  g_free (result);
}

gboolean
gpo_reenacted_line_differs (const GpoReenactedLine *line, gboolean strict)
{
  for (guint i = 0; i < line->differences->len; i++)
    if (strict || ((GpoDeviation *) line->differences->pdata[i])->counts)
      return TRUE;
  return FALSE;
}

static GpoReenactedLine *
add_line (Player *player, const Party *party, guint64 event, char *said, char *seen)
{
  GpoReenactedLine *line = g_new0 (GpoReenactedLine, 1);
  line->session = party->script->session;
  line->event = event;
  line->said = said;
  line->seen = seen;
  line->differences = gpo_differences_new ();
  g_ptr_array_add (player->result->lines, line);
  return line;
}

static void
add_difference (GpoReenactedLine *line, gboolean counts, const char *text)
{
  GpoDeviation *difference = g_new (GpoDeviation, 1);
  difference->counts = counts;
  difference->text = g_strdup (text);
  g_ptr_array_add (line->differences, difference);
}

/* The session cannot go on: says why, and that the rest was not played. */
static void
give_up (Player *player, Party *party, const GpoStep *step, const char *said, const char *why)
{
  GpoReenactedLine *line = add_line (player, party, step->event, g_strdup (said), g_strdup ("nothing"));
  g_autofree char *text = g_strconcat (why, "; the rest of the session was not played", NULL);
  add_difference (line, TRUE, text);
  party->over = TRUE;
}

/* --- saying --- */

/* Replaces words in a line. */
static GString *
with_words (const Player *player, const char *text, gsize length)
{
  GString *out = g_string_new_len (text, (gssize) length);
  for (const char *const *w = player->target->words; w && w[0] && w[1]; w += 2)
    if (!memchr (out->str, '\0', out->len))
      g_string_replace (out, w[0], w[1], 0);
  return out;
}

static void
append_step (Player *player, Party *party, guint i, GString *out, const char **problem)
{
  const GpoStep *step = party->script->steps->pdata[i];
  gsize length;
  const char *bytes = g_bytes_get_data (step->bytes, &length);
  const GpoTarget *target = player->target;
  g_autofree char *anew
      = gpo_reauth_line (&party->auth, party->script, i, target->name, target->password, problem);
  if (*problem)
    return;
  GString *text = anew         ? g_string_new (anew)
                  : step->line ? with_words (player, bytes, length)
                               : g_string_new_len (bytes, (gssize) length);
  if (step->line)
    gpo_talk_line (&party->talk, text->str, text->len);
  g_string_append_len (out, text->str, (gssize) text->len);
  g_string_free (text, TRUE);
}

/* What this line makes use of and was never offered counts, whatever the answer will be. */
static void
check_offers (Player *player, Party *party, const GpoStep *step)
{
  g_autoptr (GHashTable) needs = gpo_script_step_needs (party->script, step);
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, needs);
  while (party->offered && g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (party->offered, name))
      {
        GpoReenactedLine *line
            = add_line (player, party, step->event, gpo_step_words (step), g_strdup ("(before it is said)"));
        g_autofree char *text = g_strdup_printf ("%s is used here and was not offered", (char *) name);
        add_difference (line, TRUE, text);
      }
}

/* Says this step, and what goes out with it: what follows without an answer between, or was pipelined. */
static void
say (Player *player, Party *party, guint i)
{
  const GPtrArray *steps = party->script->steps;
  const GpoStep *first = steps->pdata[i];
  const char *problem = NULL;
  gboolean answered = FALSE;
  GString *out = g_string_new (NULL);
  if (i < party->said_until)
    return (void) g_string_free (out, TRUE);
  for (guint k = i; k < steps->len && !problem; k++)
    {
      const GpoStep *step = steps->pdata[k];
      answered |= step->kind == GPO_STEP_ANSWER;
      if (step->kind != GPO_STEP_SAY && step->kind != GPO_STEP_ANSWER)
        break;
      if (step->kind == GPO_STEP_SAY && k > i && answered && !step->together)
        break;
      if (step->kind != GPO_STEP_SAY)
        continue;
      check_offers (player, party, step);
      append_step (player, party, k, out, &problem);
      party->said_until = k + 1;
    }
  g_autofree char *said = gpo_step_words (first);
  if (problem)
    give_up (player, party, first, said, problem);
  else if (strcmp (first->verb, "BDAT") == 0 && party->offered
           && !g_hash_table_contains (party->offered, "CHUNKING"))
    give_up (player, party, first, said,
             "CHUNKING is not offered, and without it the chunks would be taken for commands");
  else
    gpo_live_call_send (party->call, out->str, out->len);
  g_string_free (out, TRUE);
}

/* --- hearing --- */

static gboolean
has_all_kinds (const GpoAnswer *expected, const GHashTable *seen)
{
  GHashTableIter iter;
  gpointer kind;
  if (!expected->kinds)
    return TRUE;
  g_hash_table_iter_init (&iter, expected->kinds);
  while (g_hash_table_iter_next (&iter, &kind, NULL))
    if (!seen || !g_hash_table_contains ((GHashTable *) seen, kind))
      return FALSE;
  return TRUE;
}

/* Reads an answer; of one that has no end in the recording, as much as was there. NULL: the server hung up.
 */
static GpoAnswer *
hear (Player *player, Party *party, const GpoStep *step, GError **error)
{
  gboolean unasked = !*step->answer->status;
  guint timeout = unasked ? MIN (UNASKED_MS, player->target->timeout_ms) : player->target->timeout_ms;
  g_autoptr (GError) late = NULL;
  GString *line = player->line;
  GHashTable *kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean whole = FALSE;
  gpo_answer_reader_asked (party->reader, step->verb, step->to && step->to->arguments);
  while (!whole && gpo_live_call_line (party->call, line, timeout, &late))
    {
      whole = gpo_answer_reader_add (party->reader, line->str, line->len);
      gsize literal = gpo_answer_reader_literal (party->reader);
      if (literal && !gpo_live_call_skip (party->call, literal, timeout, &late))
        break;
      if (unasked && !whole && !literal)
        {
          GpoAnswer *piece = gpo_answer_reader_take (party->reader);
          GHashTableIter iter;
          gpointer kind;
          g_hash_table_iter_init (&iter, piece->kinds ? piece->kinds : kinds);
          while (piece->kinds && g_hash_table_iter_next (&iter, &kind, NULL))
            g_hash_table_add (kinds, g_strdup (kind));
          gpo_answer_free (piece);
          whole = has_all_kinds (step->answer, kinds);
        }
    }
  if (!whole && late && !unasked)
    g_propagate_error (error, g_steal_pointer (&late));
  GpoAnswer *answer = gpo_answer_reader_take (party->reader);
  if (unasked && g_hash_table_size (kinds))
    answer->kinds = g_steal_pointer (&kinds);
  g_clear_pointer (&kinds, g_hash_table_unref);
  return answer;
}

/* --- when the server leaves the recorded way --- */

static gboolean
asks_on (const GpoAnswer *answer)
{
  return answer->status[0] == '3' || g_str_equal (answer->status, "+");
}

static gboolean
is_command (const GpoStep *step)
{
  static const char *const parts[] = { "", "end-of-data", "response", "DONE", NULL };
  return step->kind == GPO_STEP_SAY && !g_strv_contains (parts, step->verb);
}

/* What the server did not ask for is not said, and its answer not awaited. */
static void
skip_to_command (Party *party)
{
  while (party->next < party->script->steps->len && !is_command (party->script->steps->pdata[party->next])
         && ((GpoStep *) party->script->steps->pdata[party->next])->kind < GPO_STEP_TLS)
    party->next++;
  party->said_until = MAX (party->said_until, party->next);
}

/* It asks for something the recording does not have: an empty letter, a cancelled login. FALSE: no way out.
 */
static gboolean
answer_something (Player *player, Party *party, const GpoStep *step)
{
  gboolean data = strcmp (step->verb, "DATA") == 0;
  if (!data && strcmp (step->verb, "AUTH") != 0 && strcmp (step->verb, "AUTHENTICATE") != 0
      && strcmp (step->verb, "response") != 0)
    return FALSE;
  const char *line = data ? ".\r\n" : "*\r\n";
  gpo_talk_line (&party->talk, line, 3);
  gpo_live_call_send (party->call, line, 3);
  g_autoptr (GpoAnswer) expected = g_new0 (GpoAnswer, 1);
  g_strlcpy (expected->status, "5", sizeof expected->status);
  GpoStep any = { .kind = GPO_STEP_ANSWER, .verb = step->verb, .answer = expected };
  g_autoptr (GpoAnswer) answer = hear (player, party, &any, NULL);
  gpo_talk_answer (&party->talk, answer);
  return *answer->status != '\0';
}

static char *
words_for (const GpoStep *step)
{
  if (step->to)
    return gpo_step_words (step->to);
  return g_strdup (strcmp (step->verb, "connect") == 0 ? "the greeting" : "(unasked)");
}

static void
keep_offers (Party *party, GpoAnswer *answer)
{
  GHashTableIter iter;
  gpointer name;
  if (!answer->capabilities)
    return;
  if (!party->offered)
    party->offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, answer->capabilities);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (party->offered, g_strdup (name));
}

static void
play_answer (Player *player, Party *party, const GpoStep *step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoAnswer) answer = hear (player, party, step, &error);
  GpoReenactedLine *line
      = add_line (player, party, step->event, words_for (step), gpo_answer_to_text (answer));
  gboolean gone = !*answer->status && *step->answer->status && answer->n_lines == 0;
  if (gone)
    {
      g_autofree char *text
          = error ? g_strconcat (error->message, "; the rest of the session was not played", NULL)
                  : g_strdup ("the server hung up; the rest of the session was not played");
      add_difference (line, TRUE, text);
      party->over = TRUE;
      return;
    }
  gpo_answer_compare (step->answer, answer, line->differences);
  keep_offers (party, answer);
  gpo_reauth_hear (&party->auth, answer);
  gpo_talk_answer (&party->talk, answer);
  line->state = gpo_talk_state (&party->talk);
  line->should = step->state;
  if (asks_on (step->answer) && !asks_on (answer))
    skip_to_command (party);
  else if (!asks_on (step->answer) && asks_on (answer) && !answer_something (player, party, step))
    give_up (player, party, step, line->said, "the server waits for something the recording does not have");
}

static void
play_tls (Player *player, Party *party, const GpoStep *step)
{
  g_autoptr (GError) error = NULL;
  if (party->begun && gpo_talk_state (&party->talk) && strcmp (gpo_talk_state (&party->talk), "tls") != 0
      && !party->script->tls_first)
    give_up (player, party, step, "TLS", "the server did not consent to TLS");
  else if (!party->script->tls_first
           && !gpo_live_call_secure (party->call, player->target->timeout_ms, &error))
    give_up (player, party, step, "TLS", error->message);
  gpo_talk_secured (&party->talk);
}

static void
play_closed (Player *player, Party *party, const GpoStep *step)
{
  g_autoptr (GError) error = NULL;
  GpoReenactedLine *line
      = add_line (player, party, step->event, g_strdup ("the server hangs up"), g_strdup ("it does"));
  if (gpo_live_call_line (party->call, player->line, player->target->timeout_ms, &error))
    add_difference (line, TRUE, "it speaks on");
  else if (error)
    add_difference (line, TRUE, "it keeps the connection open");
  if (line->differences->len)
    {
      g_free (line->seen);
      line->seen = g_strdup ("it does not");
    }
  party->over = TRUE;
}

/* --- the sessions --- */

static gboolean
begin (Player *player, Party *party, GError **error)
{
  const GpoTarget *target = player->target;
  party->begun = TRUE;
  party->call
      = gpo_live_call_new (target->address, target->port, target->tls,
                           target->implicit_tls || party->script->tls_first, target->timeout_ms, error);
  party->reader = gpo_answer_reader_new (party->script->protocol);
  gpo_talk_init (&party->talk, party->script->protocol);
  player->result->n_sessions++;
  return party->call != NULL;
}

static void
end (Party *party)
{
  if (!party->begun)
    return;
  gpo_live_call_free (party->call);
  gpo_answer_reader_free (party->reader);
  gpo_talk_clear (&party->talk);
  gpo_reauth_clear (&party->auth);
  g_clear_pointer (&party->offered, g_hash_table_unref);
}

static void
play_step (Player *player, Party *party)
{
  guint i = party->next++;
  const GpoStep *step = party->script->steps->pdata[i];
  switch (step->kind)
    {
    case GPO_STEP_SAY:
      say (player, party, i);
      break;
    case GPO_STEP_ANSWER:
      play_answer (player, party, step);
      break;
    case GPO_STEP_TLS:
      play_tls (player, party, step);
      break;
    case GPO_STEP_CLOSED:
      play_closed (player, party, step);
      break;
    case GPO_STEP_HANG_UP:
      party->over = TRUE;
      break;
    }
  if (party->over)
    g_clear_pointer (&party->call, gpo_live_call_free);
}

/* Whose step comes next in the trace; NULL: all are over. */
static Party *
next_party (GArray *parties)
{
  Party *first = NULL;
  for (guint i = 0; i < parties->len; i++)
    {
      Party *party = &g_array_index (parties, Party, i);
      if (party->over || party->next >= party->script->steps->len)
        continue;
      guint64 event = ((GpoStep *) party->script->steps->pdata[party->next])->event;
      if (!first || event < ((GpoStep *) first->script->steps->pdata[first->next])->event)
        first = party;
    }
  return first;
}

static void
sum_up (Player *player)
{
  for (guint i = 0; i < player->result->lines->len; i++)
    {
      const GpoReenactedLine *line = player->result->lines->pdata[i];
      gboolean differs = gpo_reenacted_line_differs (line, player->target->strict);
      player->result->n_differences += differs;
      player->result->n_remarks += !differs && line->differences->len;
    }
}

GpoReenactment *
gpo_reenact (const GPtrArray *scripts, const GpoTarget *target, GError **error)
{
  g_autoptr (GArray) parties = g_array_new (FALSE, TRUE, sizeof (Party));
  g_autoptr (GpoReenactment) result = g_new0 (GpoReenactment, 1);
  Player player = { target, result, g_string_new (NULL) };
  gint64 start = g_get_monotonic_time ();
  gboolean good = TRUE;
  result->lines = g_ptr_array_new_with_free_func (line_free);
  g_array_set_size (parties, scripts->len);
  for (guint i = 0; i < scripts->len; i++)
    g_array_index (parties, Party, i).script = scripts->pdata[i];
  for (Party *party; good && (party = next_party (parties));)
    {
      if (!party->begun)
        good = begin (&player, party, error);
      if (good)
        play_step (&player, party);
    }
  for (guint i = 0; i < parties->len; i++)
    end (&g_array_index (parties, Party, i));
  g_string_free (player.line, TRUE);
  sum_up (&player);
  result->seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return good ? g_steal_pointer (&result) : NULL;
}
