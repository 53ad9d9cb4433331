/* SPDX-License-Identifier: MIT */
/* lab-run.c: `glasspost lab run LAB`: an office with the lab's world, its steps, and its checks as they turn.
 *
 * The student works with any client on another terminal; here the trace is judged as it grows, and words may
 * be typed. All runs are recorded, for `glasspost lab grade` and `glasspost lab export`. */
#include "command/lab-command.h"
#include "lab/judge.h"
#include "lab/progress.h"
#include "office/office.h"
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const GpoLabOptions *options;
  const GpoLab *lab;
  GpoOffice *office;
  GpoLog *log;
  GpoLogReader *reader;
  GpoLabJudge *judge;
  GMainLoop *loop;
  GpoLabVerdict *shown; /* one an item: what was printed of it */
  guint64 *shown_at;
  guint *hints; /* one an item: so many were read */
  guint step;   /* that is open */
  GString *typed;
  gboolean all_said;
} Run;

/* --- saying --- */

static void
print_step (Run *run, guint s)
{
  const GpoLabStep *step = run->lab->steps->pdata[s - 1];
  printf ("\n%u of %u. %s\n\n%s\n\n", s, run->lab->steps->len, step->title, step->text);
  for (guint i = 0; i < run->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (run->lab, i);
      if (item->step != s)
        continue;
      printf ("  %s %s\n", item->type == GPO_LAB_QUESTION ? "?" : "○", item->says);
      for (char **choice = item->choices; choice && *choice; choice++)
        printf ("      - %s\n", *choice);
      if (item->type == GPO_LAB_QUESTION)
        printf ("      type: answer %s …\n", item->name);
    }
  fflush (stdout);
}

static void
print_result (Run *run, guint i, const GpoLabResult *result)
{
  const GpoLabItem *item = gpo_lab_item (run->lab, i);
  if (result->verdict == GPO_LAB_PASSED)
    printf ("  ✓ %s", item->says);
  else
    printf ("  ✗ %s", item->says);
  if (result->event != G_MAXUINT64)
    printf ("   (event %" G_GUINT64_FORMAT ")", result->event);
  putchar ('\n');
  if (result->verdict != GPO_LAB_PASSED && result->seen)
    printf ("      expected  %s\n      seen      %s\n",
            result->expected ? result->expected : "another answer", result->seen);
  if (result->verdict != GPO_LAB_PASSED && result->bytes)
    printf ("      on the wire  %s\n", result->bytes);
  if (result->says)
    printf ("      %s\n", result->says);
}

static void
print_changes (Run *run)
{
  for (guint i = 0; i < run->lab->items->len; i++)
    {
      GpoLabResult result;
      if (gpo_lab_item (run->lab, i)->type == GPO_LAB_MISTAKE)
        continue;
      gpo_lab_judge_result (run->judge, run->log, i, &result);
      gboolean news = result.verdict != run->shown[i]
                      || (result.verdict == GPO_LAB_FAILED && result.event != run->shown_at[i]);
      if (news && result.verdict != GPO_LAB_NOT_REACHED && !result.tried)
        print_result (run, i, &result);
      run->shown[i] = result.verdict;
      run->shown_at[i] = result.event;
      gpo_lab_result_clear (&result);
    }
  while (run->step <= run->lab->steps->len && gpo_lab_judge_step_done (run->judge, run->step))
    if (++run->step <= run->lab->steps->len && !run->options->free)
      print_step (run, run->step);
  if (run->step > run->lab->steps->len && !run->all_said)
    {
      run->all_said = TRUE;
      printf ("\nAll %u checks passed. Type quit to end the office.\n", gpo_lab_n_to_pass (run->lab));
    }
  fflush (stdout);
}

/* --- the trace as it grows --- */

static gboolean take_new (gpointer data);

/* On the office's thread. */
static void
wake (gpointer data)
{
  g_idle_add (take_new, data);
}

static gboolean
take_new (gpointer data)
{
  Run *run = data;
  guint64 end;
  do
    {
      end = gpo_log_length (run->log);
      gpo_lab_judge_update (run->judge, run->log);
      gpo_log_reader_release (run->reader, gpo_log_wanted_first (run->log));
    }
  while (!gpo_log_reader_sleep (run->reader, end));
  print_changes (run);
  if (run->all_said && !isatty (STDIN_FILENO))
    g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

/* --- what is typed --- */

static void
ask (Run *run, const char *intent)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = gpo_office_ask (run->office, intent, &error);
  if (error)
    printf ("%s\n", error->message);
  else if (!g_str_has_prefix (intent, "lab "))
    fputs (answer, stdout);
}

static void
ask_lab (Run *run, const char *format, ...)
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
say_hint (Run *run, const char *name)
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
      printf ("%s has no hint\n", item->name);
      return;
    }
  *read = MIN (*read + 1, n);
  printf ("hint %u of %u for %s: %s\n", *read, n, item->name, item->hints[*read - 1]);
  ask_lab (run, "hint %s", item->name);
}

static void
say_all (Run *run)
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
        print_result (run, i, &result);
      gpo_lab_result_clear (&result);
    }
}

static void
obey (Run *run, char *line)
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
    print_step (run, MIN (run->step, run->lab->steps->len));
  else if (strcmp (word, "checks") == 0)
    say_all (run);
  else if (strcmp (word, "answer") == 0 && *rest)
    ask_lab (run, "answer %s", rest);
  else if (strcmp (word, "office") == 0 && *rest)
    ask (run, rest);
  else
    puts ("Type: hint [CHECK], answer QUESTION TEXT, checks, step, office INTENT (docs/scenario.md), quit");
  fflush (stdout);
}

static gboolean
on_typed (int fd, GIOCondition condition, gpointer data)
{
  Run *run = data;
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

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

/* --- the office --- */

static void
print_world (Run *run, const char *trace)
{
  const GpoWorld *world = gpo_office_world (run->office);
  printf ("%s   (about %u minutes)\n\n%s\n\n", run->lab->title, run->lab->minutes, run->lab->intro);
  for (guint i = 0; i < world->hosts->len; i++)
    {
      const GpoHost *host = world->hosts->pdata[i];
      printf ("  %-10s %-18s", host->name, host->domain);
      for (int role = 0; role < GPO_N_ROLES; role++)
        if (gpo_office_port (run->office, host, (GpoRole) role))
          printf (" %s %u", gpo_role_name ((GpoRole) role),
                  gpo_office_port (run->office, host, (GpoRole) role));
      puts (host->down ? "  (down)" : "");
    }
  printf ("  recorded in %s\n", trace);
}

static gboolean
write_ports (Run *run, const char *path, GError **error)
{
  const GpoWorld *world = gpo_office_world (run->office);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < world->hosts->len; i++)
    for (int role = 0; role < GPO_N_ROLES; role++)
      {
        const GpoHost *host = world->hosts->pdata[i];
        guint port = gpo_office_port (run->office, host, (GpoRole) role);
        if (port && !host->down)
          g_string_append_printf (text, "%s %s %s %u\n", host->name, gpo_role_name ((GpoRole) role),
                                  host->address, port);
      }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

static int
run_office (Run *run, const char *trace)
{
  g_autoptr (GError) error = NULL;
  const GpoLabOptions *o = run->options;
  guint ids[]
      = { g_unix_signal_add (SIGINT, on_signal, run->loop), g_unix_signal_add (SIGTERM, on_signal, run->loop),
          g_unix_signal_add (SIGHUP, on_signal, run->loop) };
  print_world (run, trace);
  for (guint s = 1; s <= run->lab->steps->len && (s == 1 || o->free); s++)
    print_step (run, s);
  ask_lab (run, "start %u %s", run->lab->version, o->student ? o->student : g_get_user_name ());
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_typed, run);
  run->reader = gpo_log_reader_new (run->log, 0, wake, run);
  take_new (run);
  if (!o->ports || write_ports (run, o->ports, &error))
    g_main_loop_run (run->loop);
  else
    gpo_command_fail ("cannot write the list of ports %s: %s; name a file in a folder that can be written",
                      o->ports, error->message);
  gpo_lab_judge_update (run->judge, run->log);
  gpo_log_reader_free (run->reader);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  guint passed = gpo_lab_judge_passed (run->judge), of = gpo_lab_n_to_pass (run->lab);
  printf ("\n%u of %u passed.\n", passed, of);
  if (!o->trace && !gpo_lab_progress_note (run->judge, &error))
    gpo_command_fail ("%s", error->message);
  return passed == of && !error ? GPO_EXIT_OK : GPO_EXIT_FAILED;
}

int
gpo_lab_run (const GpoLabOptions *options, char **words)
{
  g_autoptr (GError) error = NULL;
  if (!words[0] || words[1])
    return gpo_command_usage ("say which lab: glasspost lab run 1");
  g_autoptr (GpoLab) lab = gpo_lab_command_load (words[0]);
  if (!lab)
    return GPO_EXIT_FAILED;
  g_autofree char *trace = options->trace ? g_strdup (options->trace) : gpo_lab_progress_trace (lab, &error);
  GpoScenario *scenario = trace ? gpo_scenario_load (lab->start, options->port_base, &error) : NULL;
  GpoOffice *office = NULL;
  if (scenario)
    office = gpo_office_start (&(GpoOfficeConfig){ .scenario = scenario, .trace = trace }, &error);
  if (!office)
    return gpo_command_fail ("%s", error->message);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GpoLabJudge) judge = gpo_lab_judge_new (lab);
  g_autofree GpoLabVerdict *shown = g_new0 (GpoLabVerdict, lab->items->len);
  g_autofree guint64 *shown_at = g_new0 (guint64, lab->items->len);
  g_autofree guint *hints = g_new0 (guint, lab->items->len);
  Run run = { .options = options,
              .lab = lab,
              .office = office,
              .log = gpo_office_log (office),
              .judge = judge,
              .loop = loop,
              .shown = shown,
              .shown_at = shown_at,
              .hints = hints,
              .step = 1,
              .typed = g_string_new (NULL) };
  int status = run_office (&run, trace);
  gpo_office_stop (office);
  g_string_free (run.typed, TRUE);
  return status;
}
