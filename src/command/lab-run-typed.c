/* SPDX-License-Identifier: MIT */
/* lab-run-typed.c: the words that a student types into `glasspost lab run`. */
#include "command/lab-run.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The answer to a clock intent, as a person reads a clock. */
static void
say_clock (const char *answer)
{
  g_autoptr (JsonNode) node = json_from_string (answer, NULL);
  JsonObject *clock = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64 wall = clock ? json_object_get_int_member_with_default (clock, "wall", 0) : 0;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall / G_USEC_PER_SEC);
  g_autofree char *text = time ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("?");
  printf ("in the office it is now %s UTC\n", text);
}

static void
ask (GpoLabRun *run, const char *intent)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = gpo_office_ask (run->office, intent, &error);
  if (error)
    printf ("%s\n", error->message);
  else if (g_str_has_prefix (intent, "clock"))
    say_clock (answer);
  else if (!g_str_has_prefix (intent, "lab "))
    fputs (answer, stdout);
}

void
gpo_lab_run_tell (GpoLabRun *run, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *intent = g_strdup_printf ("lab %s %s", run->lab->name, words);
  ask (run, intent);
}

/* The next hint of an item; without a name of the first that has not passed in the open step. */
static void
say_hint (GpoLabRun *run, const char *name)
{
  int found = *name ? gpo_lab_item_named (run->lab, name) : -1;
  for (guint i = 0; i < run->lab->items->len && !*name && found < 0; i++)
    if (gpo_lab_item (run->lab, i)->step == run->step
        && gpo_lab_judge_verdict (run->judge, i) != GPO_LAB_PASSED)
      found = (int) i;
  if (found < 0 || gpo_lab_item (run->lab, (guint) found)->type == GPO_LAB_MISTAKE)
    {
      printf ("no open check%s%s\n", *name ? " is called " : "", name);
      return;
    }
  const GpoLabItem *item = gpo_lab_item (run->lab, (guint) found);
  guint n = g_strv_length (item->hints), *read = &run->hints[found];
  if (n == 0)
    {
      printf ("%s has no hint; read the step once more (type: step)\n", item->name);
      return;
    }
  *read = MIN (*read + 1, n);
  g_autofree char *hint = gpo_lab_run_text (run, item->hints[*read - 1]);
  printf ("hint %u of %u for %s: %s\n", *read, n, item->name, hint);
  gpo_lab_run_tell (run, "hint %s", item->name);
}

static void
say_all (GpoLabRun *run)
{
  for (guint i = 0; i < run->lab->items->len; i++)
    {
      GpoLabResult result;
      const GpoLabItem *item = gpo_lab_item (run->lab, i);
      if (item->type == GPO_LAB_MISTAKE)
        continue;
      gpo_lab_judge_result (run->judge, run->log, i, &result);
      if (result.verdict == GPO_LAB_NOT_REACHED)
        printf ("  ○ %s   [%s, step %u]\n", item->says, item->name, item->step);
      else
        gpo_lab_run_say_result (run, i, &result);
      gpo_lab_result_clear (&result);
    }
}

/* "QUESTION TEXT" */
static void
say_answer (GpoLabRun *run, const char *words)
{
  gsize n = strcspn (words, " ");
  g_autofree char *name = g_strndup (words, n);
  const char *text = words + n + strspn (words + n, " ");
  int item = gpo_lab_item_named (run->lab, name);
  if (item < 0 || gpo_lab_item (run->lab, (guint) item)->type != GPO_LAB_QUESTION || !*text)
    printf ("no question is called %s; type: answer QUESTION TEXT\n", name);
  else
    gpo_lab_run_tell (run, "answer %s %s", name,
                      gpo_lab_item_answer (gpo_lab_item (run->lab, (guint) item), text));
}

static void
obey (GpoLabRun *run, char *line)
{
  g_strstrip (line);
  gsize n = strcspn (line, " ");
  g_autofree char *word = g_strndup (line, n);
  const char *rest = line + n + strspn (line + n, " ");
  if (!*word)
    return;
  if (strcmp (word, "quit") == 0)
    g_main_loop_quit (run->loop);
  else if (strcmp (word, "hint") == 0)
    say_hint (run, rest);
  else if (strcmp (word, "step") == 0)
    gpo_lab_run_say_step (run, MIN (run->step, run->lab->steps->len));
  else if (strcmp (word, "checks") == 0)
    say_all (run);
  else if (strcmp (word, "answer") == 0 && *rest)
    say_answer (run, rest);
  else if (strcmp (word, "office") == 0 && *rest)
    ask (run, rest);
  else
    puts ("Type: hint [CHECK], answer QUESTION TEXT, checks, step, office INTENT (docs/scenario.md), quit");
  fflush (stdout);
}

gboolean
gpo_lab_run_typed (int fd, GIOCondition condition, gpointer data)
{
  GpoLabRun *run = data;
  char bytes[4096];
  gssize n = read (fd, bytes, sizeof bytes);
  if (n <= 0)
    return G_SOURCE_REMOVE; /* nobody types; the office goes on until a signal, or until all is passed */
  g_string_append_len (run->typed, bytes, n);
  for (char *feed; (feed = memchr (run->typed->str, '\n', run->typed->len));)
    {
      g_autofree char *line = g_strndup (run->typed->str, (gsize) (feed - run->typed->str));
      g_autofree char *valid = g_utf8_make_valid (line, -1);
      g_string_erase (run->typed, 0, feed + 1 - run->typed->str);
      obey (run, valid);
    }
  if (run->typed->len > sizeof bytes)
    g_string_truncate (run->typed, 0);
  return G_SOURCE_CONTINUE;
}
