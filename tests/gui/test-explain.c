/* SPDX-License-Identifier: MIT */
/* test-explain.c: an event in plain words: whatever the machines and the recorded traces have is explained. */
#include "event-words.h"
#include "protocol/machine.h"
#include "trace/trace-read.h"
#include "verb-words.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static GpoProtocol
protocol_of (const GpoMachine *machine)
{
  return g_str_has_prefix (machine->name, "imap")   ? GPO_PROTOCOL_IMAP
         : g_str_has_prefix (machine->name, "pop3") ? GPO_PROTOCOL_POP3
                                                    : GPO_PROTOCOL_SMTP;
}

START_TEST (every_input_of_every_machine_has_a_meaning)
{
  const GpoMachine *machine = gpo_machines[_i];
  for (guint8 i = 0; i < machine->n_inputs; i++)
    {
      const char *input = machine->inputs[i], *verb = g_str_has_prefix (input, "UID ") ? input + 4 : input;
      ck_assert_msg (gpo_input_meaning (input) || gpo_command_meaning (protocol_of (machine), verb), "%s: %s has no meaning",
                     machine->name, input);
    }
}
END_TEST

START_TEST (every_verdict_has_a_meaning)
{
  ck_assert_ptr_nonnull (gpo_verdict_meaning (gpo_verdict_name ((GpoVerdict) _i)));
}
END_TEST

static GpoLog *
read_trace (const char *path)
{
  g_autoptr (GError) error = NULL;
  GpoLog *log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (log, path, &error);
  ck_assert_msg (reader != NULL, "%s", error ? error->message : "");
  while (gpo_trace_reader_step (reader, 1 << 20, &error) > 0)
    ;
  ck_assert (gpo_trace_reader_end (reader, &error));
  return log;
}

/* The explanation of the first event whose line of the transcript holds the words. */
static void
expect (GpoLog *log, const char *words, const char *explanation)
{
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    {
      const GpoEvent *event = gpo_log_get (log, n);
      g_autofree char *line = gpo_event_line (log, n, event);
      if (!strstr (line, words))
        continue;
      g_autofree char *said = gpo_event_explain (log, event);
      ck_assert_str_eq (said, explanation);
      return;
    }
  ck_abort_msg ("no event has \"%s\"", words);
}

static gboolean
is_a_bare_line (const char *said)
{
  return strstr (said, "says a line") != NULL || strstr (said, "(null)") != NULL;
}

/* What a server sends of a letter, of a list or of its greeting are lines without a word of their own; commands
 * and answers are not. */
START_TEST (every_command_and_every_answer_of_the_recorded_traces_is_explained)
{
  g_autofree char *folder = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "traces", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_lines = 0, n_edges = 0;
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      if (!g_str_has_suffix (name, ".trace"))
        continue;
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GpoLog *log = read_trace (path);
      for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
        {
          const GpoEvent *event = gpo_log_get (log, n);
          const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
          gboolean edge = event->kind == GPO_KIND_EDGE, line = event->kind == GPO_KIND_LINE && verb;
          g_autofree char *said = edge || line ? gpo_event_explain (log, event) : NULL;
          const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
          if (line && event->protocol == GPO_PROTOCOL_POP3 && text && *text != '+' && *text != '-'
              && g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0)
            continue; /* a line of a POP3 list */
          ck_assert_msg (!said || !is_a_bare_line (said), "%s, event %" G_GUINT64_FORMAT ": %s", name, n, said);
          n_lines += line;
          n_edges += edge;
        }
      gpo_log_free (log);
    }
  ck_assert_uint_gt (n_lines, 500);
  ck_assert_uint_gt (n_edges, 500);
}
END_TEST

START_TEST (sentences_are_as_a_teacher_would_say_them)
{
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "traces", "20-imap-walk.trace", NULL);
  GpoLog *log = read_trace (path);
  expect (log, "a2 SELECT INBOX", "The client says SELECT: a mailbox is opened, to read and to change.");
  expect (log, "a2 BAD", "The server answers SELECT with BAD: that was not understood, or not the moment for it.");
  expect (log, "* 2 EXISTS", "The server tells, without a tag, EXISTS: so many letters are in the mailbox.");
  gpo_log_free (log);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("explain");
  TCase *c = tcase_create ("words");
  int n_machines = 0;
  while (gpo_machines[n_machines])
    n_machines++;
  tcase_set_timeout (c, 60);
  tcase_add_loop_test (c, every_input_of_every_machine_has_a_meaning, 0, n_machines);
  tcase_add_loop_test (c, every_verdict_has_a_meaning, 0, GPO_N_VERDICTS);
  tcase_add_test (c, every_command_and_every_answer_of_the_recorded_traces_is_explained);
  tcase_add_test (c, sentences_are_as_a_teacher_would_say_them);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
