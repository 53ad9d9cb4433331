/* SPDX-License-Identifier: MIT */
/* test-trace-file.c: events become lines, lines become the same events, and the file that grows. */
#include <check.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "trace/trace-file.h"
#include "trace/trace-read.h"
#include "trace/trace-line.h"
#include "trace/trace-write.h"

/* The line of one event, without its line feed. */
static char *
line_of (GpoLog *log, guint64 n)
{
  GString *out = g_string_new (NULL);
  gpo_trace_write_event (out, log, n, gpo_log_get (log, n));
  ck_assert_int_eq (out->str[out->len - 1], '\n');
  g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

/* The line read, by the fast way or the slow one, and written again; NULL if it was refused. */
static char *
rewrite (const char *line, gboolean fast)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoEventBuilder b;
  guint64 n;
  gboolean good
      = fast ? gpo_trace_line_fast (line, strlen (line), &b, &n) : gpo_trace_line_slow (line, strlen (line), &b, &n, NULL);
  if (!good)
    return NULL;
  if (n != G_MAXUINT64)
    gpo_log_set_first (log, n);
  gpo_log_append_read (log, &b);
  return line_of (log, gpo_log_first (log));
}

#define HEAD "{\"glasspost-trace\":1,\"started\":\"2026-11-22T12:00:00.500000Z\",\"version\":\"0.1.0\"}\n"

/* --- the shape of lines --- */

static const struct
{
  const char *bytes;
  gsize length;
  const char *json;
} texts[] = {
  { "EHLO reader\r\n", 13, "\"text\":\"EHLO reader\\r\\n\"" },
  { "\"\\/\t\b\f", 6, "\"text\":\"\\\"\\\\/\\t\\b\\f\"" },
  { "\x1b[31m\a\0", 7, "\"text\":\"\\u001b[31m\\u0007\\u0000\"" },
  { "\x7f", 1, "\"text\":\"\\u007f\"" },
  { "caf\xe9", 4, "\"text*\":\"caf\\u00e9\"" },
  { "caf\xc3\xa9", 5, "\"text\":\"caf\xc3\xa9\"" },
  { "\xc2\x9b"
    "1m",
    4, "\"text\":\"\\u009b1m\"" },
  { "\xe2\x80\xae"
    "gpj",
    6, "\"text\":\"\\u202egpj\"" },
  { "\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c\xef\xbb\xbf", 11, "\"text\":\"\\u2066\\u2028\\u061c\\ufeff\"" },
  { "\xf0\x9f\x93\xae", 4, "\"text\":\"\xf0\x9f\x93\xae\"" },
  { "\xc0\x80\xed\xa0\x80", 5, "\"text*\":\"\\u00c0\\u0080\\u00ed\\u00a0\\u0080\"" },
  { "\0\xc3\xa9", 3, "\"text\":\"\\u0000\xc3\xa9\"" },
  { "", 0, "\"text\":\"\"" },
};

START_TEST (texts_survive_and_harm_no_terminal)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoEventBuilder b;
  guint64 n;
  gsize length;
  gpo_event_begin (&b, GPO_KIND_LINE);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, texts[_i].bytes, (gssize) texts[_i].length);
  gpo_log_append_read (log, &b);
  g_autofree char *line = line_of (log, 0);
  g_autofree char *expected = g_strdup_printf ("{\"n\":0,\"t\":0,\"kind\":\"line\",%s}", texts[_i].json);
  ck_assert_str_eq (line, expected);
  ck_assert (gpo_trace_line_fast (line, strlen (line), &b, &n));
  const char *text = gpo_event_text (gpo_event_peek (&b), GPO_FIELD_TEXT, &length);
  ck_assert_uint_eq (length, texts[_i].length);
  ck_assert_mem_eq (text, texts[_i].bytes, length);
  gpo_event_clear (&b);
}
END_TEST

/* Lines as this version writes them: read and written they are the same, by either reader. */
static const char *const exact[] = {
  "{\"n\":17,\"t\":1234,\"kind\":\"line\",\"host\":\"athens\",\"protocol\":\"smtp\",\"session\":3,\"letter\":1,"
  "\"from\":\"client\",\"text\":\"EHLO reader\\r\\n\"}",
  "{\"n\":0,\"t\":-5,\"kind\":\"edge\",\"code\":250,\"ahead\":true,\"status\":\"2.1.5\"}",
  "{\"n\":1,\"t\":0,\"kind\":\"parcel\",\"weight\":12,\"stamp\":\"red\",\"open\":false}",
  "{\"n\":1,\"t\":0,\"kind\":\"note\",\"list\":[1,{\"a\":null,\"b\":[]},\"x]\"],\"text\":\"x\"}",
  "{\"n\":1,\"t\":0,\"kind\":\"note\",\"weight\":1.5,\"nothing\":null}",
  "{\"n\":1,\"t\":0,\"kind\":\"note\",\"weight\":1e+83}",
  "{\"n\":1,\"t\":0,\"kind\":\"line\",\"protocol\":\"jmap\",\"text\":\"x\"}",
  "{\"n\":1,\"t\":9007199254740993,\"kind\":\"clock\",\"due\":-900719925474099312}",
  "{\"n\":1,\"t\":0,\"kind\":\"unknown\"}",
  "{\"n\":1,\"t\":0,\"kind\":\"connect\",\"from\":\"127.0.0.1:4711\",\"to\":\"127.0.0.1:11025\"}",
};

START_TEST (what_is_read_is_written_back_unchanged)
{
  g_autofree char *fast = rewrite (exact[_i], TRUE), *slow = rewrite (exact[_i], FALSE);
  ck_assert_pstr_eq (fast, exact[_i]);
  ck_assert_pstr_eq (slow, exact[_i]);
}
END_TEST

/* Unusual, and yet read; what it becomes. */
static const struct
{
  const char *line, *as;
} loose[] = {
  { " { \"t\" : 5 ,\t\"kind\": \"note\" } \r", "{\"n\":0,\"t\":5,\"kind\":\"note\"}" },
  { "{\"kind\":\"note\",\"t\":5,\"text\":\"a\\/\\u00e9\\ud83d\\udcee\"}",
    "{\"n\":0,\"t\":5,\"kind\":\"note\",\"text\":\"a/\xc3\xa9\xf0\x9f\x93\xae\"}" },
  { "{\"t\":5,\"kind\":\"note\",\"text*\":\"abc\"}", "{\"n\":0,\"t\":5,\"kind\":\"note\",\"text\":\"abc\"}" },
};

START_TEST (other_ways_to_write_the_same)
{
  g_autofree char *fast = rewrite (loose[_i].line, TRUE), *slow = rewrite (loose[_i].line, FALSE);
  ck_assert_pstr_eq (fast, loose[_i].as);
  ck_assert_pstr_eq (slow, loose[_i].as);
}
END_TEST

static const struct
{
  const char *line, *words;
} wrong[] = {
  { "{\"n\":1,\"t\":5,\"kind\":\"li", "not JSON" },
  { "{\"n\":1,\"t\":5}", "no `kind`" },
  { "{\"n\":1,\"kind\":\"line\"}", "no time `t`" },
  { "[1]", "not a JSON object" },
  { "{\"t\":\"five\",\"kind\":\"line\"}", "whole numbers" },
  { "{\"t\":5,\"kind\":7}", "must be strings" },
  { "{\"t\":5,\"kind\":\"line\",\"session\":4294967296}", "`session`" },
  { "{\"t\":5,\"kind\":\"line\",\"letter\":-1}", "`letter`" },
  { "{\"t\":5,\"n\":-1,\"kind\":\"line\"}", "`n` is negative" },
  { "{\"t\":5,\"kind\":\"data\",\"hidden\":0,\"length\":9}", "`hidden`" },
  { "{\"t\":5,\"kind\":\"line\",\"text*\":\"\xe2\x82\xac\"}", "above U+00FF" },
  { "{\"t\":5,\"kind\":\"line\",\"text*\":7}", "must be a string" },
  { "{\"t\":5,\"kind\":\"line\",\"text\":\"\xff\"}", "not JSON" },
  { "{\"t\":5,\"kind\":\"line\",\"\":1}", "name is empty" },
  { "{\"t\":5,\"kind\":\"line\",\"a\x18z\":1}", "not " },
  { "{\"t\":5,\"kind\":\"line\",\"a\\u0018z\":1}", "printable ASCII" },
};

START_TEST (a_bad_line_is_named_and_costs_only_itself)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "a.trace");
  g_autofree char *all = g_strconcat (HEAD "{\"n\":0,\"t\":1,\"kind\":\"note\"}\n", wrong[_i].line,
                                      "\n{\"n\":2,\"t\":3,\"kind\":\"note\"}\n", NULL);
  ck_assert (gpo_trace_reader_feed (reader, all, strlen (all), NULL));
  ck_assert (gpo_trace_reader_end (reader, NULL));
  ck_assert_uint_eq (gpo_log_length (log), 2);
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 1);
  const char *problem = gpo_trace_reader_problems (reader)[0];
  ck_assert_msg (g_str_has_prefix (problem, "a.trace:3: ") && strstr (problem, wrong[_i].words), "%s", problem);
}
END_TEST

START_TEST (nesting_without_end_is_refused)
{
  GString *line = g_string_new ("{\"t\":5,\"kind\":\"note\",\"x\":");
  for (guint i = 0; i < 200000; i++)
    g_string_append_c (line, _i ? '[' : '{');
  g_autofree char *fast = rewrite (line->str, TRUE), *slow = rewrite (line->str, FALSE);
  ck_assert_ptr_null (fast);
  ck_assert_ptr_null (slow);
  g_string_free (line, TRUE);
}
END_TEST

/* --- the reader --- */

START_TEST (bytes_may_come_cut_anywhere)
{
  const char *all = HEAD "{\"n\":0,\"t\":1,\"kind\":\"note\",\"text\":\"caf\xc3\xa9\"}\n\n"
                         "{\"n\":1,\"t\":2,\"kind\":\"line\",\"text*\":\"\\u00ff\"}\n{\"n\":2,\"t\":3,\"kind\":\"note\"}";
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "a.trace");
  gsize length = strlen (all);
  for (gsize at = 0; at < length; at += (gsize) _i)
    ck_assert (gpo_trace_reader_feed (reader, all + at, MIN ((gsize) _i, length - at), NULL));
  ck_assert_uint_eq (gpo_log_length (log), 2);
  ck_assert (gpo_trace_reader_end (reader, NULL));
  ck_assert_uint_eq (gpo_log_length (log), 3);
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 0);
  ck_assert_int_eq (gpo_log_started (log), G_GINT64_CONSTANT (1795348800500000));
  ck_assert_str_eq (gpo_event_text (gpo_log_get (log, 0), GPO_FIELD_TEXT, NULL), "caf\xc3\xa9");
}
END_TEST

START_TEST (a_torn_last_line_costs_only_itself)
{
  const char *all = HEAD "{\"n\":0,\"t\":1,\"kind\":\"note\"}\n{\"n\":1,\"t\":2,\"ki";
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "a.trace");
  ck_assert (gpo_trace_reader_feed (reader, all, strlen (all), NULL));
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 0);
  ck_assert (gpo_trace_reader_end (reader, NULL));
  ck_assert_uint_eq (gpo_log_length (log), 1);
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 1);
}
END_TEST

static const struct
{
  const char *bytes, *words;
  int code;
} no_trace[] = {
  { "From alice@athens.example Sun Nov 22\n", "this is no trace", GPO_TRACE_ERROR_NOT_A_TRACE },
  { "{\"glasspost-trace\":\"x\"}\n", "head of the trace is damaged", GPO_TRACE_ERROR_NOT_A_TRACE },
  { "{\"glasspost-trace\":[1]}\n", "head of the trace is damaged", GPO_TRACE_ERROR_NOT_A_TRACE },
  { "{\"glasspost-trace\":99}\n", "newer than", GPO_TRACE_ERROR_VERSION },
  { "", "is empty", GPO_TRACE_ERROR_NOT_A_TRACE },
  { "\x7f"
    "ELF",
    "this is no trace", GPO_TRACE_ERROR_NOT_A_TRACE },
};

START_TEST (what_is_no_trace_is_refused)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "x.eml");
  g_autoptr (GError) error = NULL;
  gboolean good = gpo_trace_reader_feed (reader, no_trace[_i].bytes, strlen (no_trace[_i].bytes), &error)
                  && gpo_trace_reader_end (reader, &error);
  ck_assert (!good);
  ck_assert (g_error_matches (error, GPO_TRACE_ERROR, no_trace[_i].code));
  ck_assert_msg (strstr (error->message, "x.eml") && strstr (error->message, no_trace[_i].words), "%s", error->message);
}
END_TEST

/* A time that is none costs the trace nothing else. */
static const char *const odd_starts[] = { "null", "7", "\"soon\"", "[]", "{}", "\"\"" };

START_TEST (a_start_that_is_no_time_is_left_out)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "odd.trace");
  g_autofree char *all
      = g_strdup_printf ("{\"glasspost-trace\":1,\"started\":%s}\n{\"n\":0,\"t\":1,\"kind\":\"note\"}\n", odd_starts[_i]);
  gint64 before = gpo_log_started (log);
  ck_assert (gpo_trace_reader_feed (reader, all, strlen (all), NULL));
  ck_assert_int_eq (gpo_log_started (log), before);
  ck_assert_uint_eq (gpo_log_length (log), 1);
}
END_TEST

START_TEST (numbers_of_the_file_are_kept_and_causes_follow)
{
  const char *all = "{\"n\":100,\"t\":1,\"kind\":\"note\"}\n"
                    "{\"n\":101,\"t\":2,\"kind\":\"note\",\"cause\":100}\n"
                    "{\"n\":105,\"t\":3,\"kind\":\"note\"}\n"
                    "{\"n\":109,\"t\":4,\"kind\":\"note\",\"cause\":105,\"code\":7}\n"
                    "{\"n\":110,\"t\":5,\"kind\":\"note\",\"cause\":103,\"code\":8}\n"
                    "{\"n\":111,\"t\":5,\"kind\":\"note\",\"cause\":101}\n";
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "a.trace");
  ck_assert (gpo_trace_reader_feed (reader, all, strlen (all), NULL));
  ck_assert_uint_eq (gpo_log_first (log), 100);
  ck_assert_uint_eq (gpo_log_length (log), 106);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 101), GPO_FIELD_CAUSE, -1), 100);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 103), GPO_FIELD_CAUSE, -1), 102);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 103), GPO_FIELD_CODE, -1), 7);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 104), GPO_FIELD_CAUSE, -1), -1);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 104), GPO_FIELD_CODE, -1), 8);
  ck_assert_int_eq (gpo_event_number (gpo_log_get (log, 105), GPO_FIELD_CAUSE, -1), 101);
}
END_TEST

/* --- the file --- */

typedef struct
{
  char *folder, *path;
  GpoLog *log;
} World;

static World w;

static void
setup (void)
{
  w.folder = g_dir_make_tmp ("glasspost-test-XXXXXX", NULL);
  w.path = g_build_filename (w.folder, "a.trace", NULL);
  w.log = gpo_log_new ();
}

static void
teardown (void)
{
  g_autofree char *kept = g_strconcat (w.path, "~", NULL);
  g_unlink (w.path);
  g_unlink (kept);
  g_rmdir (w.folder);
  gpo_log_free (w.log);
  g_free (w.path);
  g_free (w.folder);
}

static void
append_note (guint i)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_NOTE);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, i);
  gpo_log_append (w.log, &b);
}

static void
append_letter (guint size, gboolean recorded)
{
  GpoEventBuilder b;
  g_autofree char *bytes = g_malloc (size);
  for (guint i = 0; i < size; i++)
    bytes[i] = (char) (i * 7 + (i >> 8));
  gpo_event_begin (&b, GPO_KIND_DATA);
  b.event.letter = 1;
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, 0);
  gpo_log_append_data (w.log, &b, bytes, size, recorded);
}

/* Every event of w.log that is still there, byte for byte as lines, is in the file. */
static void
check_file (guint64 first, guint64 length)
{
  g_autoptr (GpoLog) read = gpo_log_new ();
  gpo_log_set_limits (read, 0, 0);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems = NULL;
  ck_assert_msg (gpo_trace_load (read, w.path, &problems, &error), "%s", error ? error->message : "");
  ck_assert_ptr_null (problems);
  ck_assert_uint_eq (gpo_log_first (read), first);
  ck_assert_uint_eq (gpo_log_length (read), length);
  for (guint64 n = gpo_log_first (w.log); n < length; n++)
    {
      g_autofree char *a = line_of (w.log, n), *b = line_of (read, n);
      ck_assert_str_eq (a, b);
    }
}

START_TEST (the_file_holds_all_that_was_appended)
{
  GpoTraceFile *file = gpo_trace_file_new (w.log, w.path, NULL, NULL, NULL);
  for (guint i = 0; i < 50000; i++)
    {
      append_note (i);
      if (i % 10000 == 77)
        append_letter (300000, FALSE);
      if (i % 10000 == 78)
        append_letter (300000, TRUE);
    }
  append_letter (100, FALSE);
  ck_assert (gpo_trace_file_close (file));
  check_file (0, gpo_log_length (w.log));
}
END_TEST

START_TEST (a_second_process_sees_what_was_synced)
{
  GpoTraceFile *file = gpo_trace_file_new (w.log, w.path, NULL, NULL, NULL);
  for (guint i = 0; i < 20; i++)
    {
      append_note (i);
      ck_assert (gpo_trace_file_sync_to (file, gpo_log_length (w.log)));
      ck_assert_uint_ge (gpo_trace_file_written (file), i + 1);
      check_file (0, i + 1);
    }
  gpo_trace_file_close (file);
}
END_TEST

START_TEST (a_reader_follows_the_file_as_it_grows)
{
  GpoTraceFile *file = gpo_trace_file_new (w.log, w.path, NULL, NULL, NULL);
  append_note (0);
  gpo_trace_file_sync_to (file, 1);
  g_autoptr (GpoLog) read = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (read, w.path, NULL);
  for (guint i = 1; i < 50; i++)
    {
      while (gpo_trace_reader_step (reader, 100, NULL) > 0)
        ;
      ck_assert_uint_eq (gpo_log_length (read), i);
      ck_assert_double_eq (gpo_trace_reader_progress (reader), 1.0);
      append_note (i);
      gpo_trace_file_sync_to (file, i + 1);
    }
  gpo_trace_file_close (file);
}
END_TEST

START_TEST (the_file_keeps_what_memory_lets_go)
{
  gpo_log_set_limits (w.log, 2048, 0);
  GpoTraceFile *file = gpo_trace_file_new (w.log, w.path, NULL, NULL, NULL);
  for (guint i = 0; i < 100000; i++)
    append_note (i);
  ck_assert (gpo_trace_file_close (file));
  append_note (100000);
  ck_assert_uint_gt (gpo_log_first (w.log), 90000);
  check_file (0, 100000);
}
END_TEST

START_TEST (an_older_trace_is_kept)
{
  g_autofree char *kept = g_strconcat (w.path, "~", NULL), *text = NULL;
  ck_assert (g_file_set_contents (w.path, "precious", -1, NULL));
  GpoTraceFile *file = gpo_trace_file_new (w.log, w.path, NULL, NULL, NULL);
  append_note (0);
  ck_assert (gpo_trace_file_close (file));
  check_file (0, 1);
  ck_assert (g_file_get_contents (kept, &text, NULL, NULL));
  ck_assert_str_eq (text, "precious");
}
END_TEST

static void
failed (const GError *error, gpointer data)
{
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
  ck_assert_ptr_nonnull (strstr (error->message, "/dev/full"));
  g_atomic_int_inc ((gint *) data);
}

START_TEST (a_full_disk_is_said_once_and_the_office_goes_on)
{
  gint times = 0;
  gpo_log_set_limits (w.log, 1024, 0);
  GpoTraceFile *file = gpo_trace_file_new (w.log, "/dev/full", failed, &times, NULL);
  ck_assert_ptr_nonnull (file);
  for (guint i = 0; i < 100000; i++)
    append_note (i);
  ck_assert (!gpo_trace_file_sync_to (file, 100000));
  ck_assert (!gpo_trace_file_close (file));
  ck_assert_int_eq (times, 1);
  append_note (0);
  ck_assert_uint_gt (gpo_log_first (w.log), 90000);
}
END_TEST

static void
count_failure (const GError *error, gpointer data)
{
  g_atomic_int_inc ((gint *) data);
}

/* The limit on a file's size stands for the disk's end: the last write is cut in the middle of a line. */
START_TEST (a_file_that_ends_early_ends_with_a_whole_line)
{
  struct rlimit before, small;
  gint times = 0;
  g_autofree char *path = g_build_filename (w.folder, "a.trace", NULL), *text = NULL;
  gsize n;
  ck_assert_int_eq (getrlimit (RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 2001;
  signal (SIGXFSZ, SIG_IGN);
  GpoTraceFile *file = gpo_trace_file_new (w.log, path, count_failure, &times, NULL);
  ck_assert_ptr_nonnull (file);
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &small), 0);
  for (guint i = 0; i < 1000; i++)
    append_note (i);
  ck_assert (!gpo_trace_file_close (file));
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &before), 0);
  ck_assert_int_eq (times, 1);
  ck_assert (g_file_get_contents (path, &text, &n, NULL));
  ck_assert_uint_gt (n, 1500);
  ck_assert_uint_le (n, 2001);
  ck_assert_int_eq (text[n - 1], '\n');
}
END_TEST

/* Before anything is appended: nobody has to wait for the thread. */
START_TEST (a_new_file_has_its_head)
{
  g_autofree char *path = g_build_filename (w.folder, "head.trace", NULL), *text = NULL;
  GpoTraceFile *file = gpo_trace_file_new (w.log, path, NULL, NULL, NULL);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  ck_assert (g_str_has_prefix (text, "{\"glasspost-trace\":1"));
  ck_assert (gpo_trace_file_close (file));
}
END_TEST

START_TEST (a_file_that_cannot_be_made_is_named)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (w.folder, "missing", "a.trace", NULL);
  ck_assert_ptr_null (gpo_trace_file_new (w.log, path, NULL, NULL, &error));
  ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  ck_assert_ptr_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  ck_assert_ptr_null (gpo_trace_reader_open (w.log, path, &error));
  ck_assert_ptr_nonnull (strstr (error->message, path));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("trace-file");
  TCase *lines = tcase_create ("lines"), *files = tcase_create ("files");
  tcase_add_loop_test (lines, texts_survive_and_harm_no_terminal, 0, G_N_ELEMENTS (texts));
  tcase_add_loop_test (lines, what_is_read_is_written_back_unchanged, 0, G_N_ELEMENTS (exact));
  tcase_add_loop_test (lines, other_ways_to_write_the_same, 0, G_N_ELEMENTS (loose));
  tcase_add_loop_test (lines, a_bad_line_is_named_and_costs_only_itself, 0, G_N_ELEMENTS (wrong));
  tcase_add_loop_test (lines, nesting_without_end_is_refused, 0, 2);
  tcase_add_loop_test (lines, bytes_may_come_cut_anywhere, 1, 40);
  tcase_add_test (lines, a_torn_last_line_costs_only_itself);
  tcase_add_loop_test (lines, what_is_no_trace_is_refused, 0, G_N_ELEMENTS (no_trace));
  tcase_add_loop_test (lines, a_start_that_is_no_time_is_left_out, 0, G_N_ELEMENTS (odd_starts));
  tcase_add_test (lines, numbers_of_the_file_are_kept_and_causes_follow);
  tcase_add_checked_fixture (files, setup, teardown);
  tcase_set_timeout (files, 60);
  tcase_add_test (files, the_file_holds_all_that_was_appended);
  tcase_add_test (files, a_second_process_sees_what_was_synced);
  tcase_add_test (files, a_reader_follows_the_file_as_it_grows);
  tcase_add_test (files, the_file_keeps_what_memory_lets_go);
  tcase_add_test (files, an_older_trace_is_kept);
  tcase_add_test (files, a_full_disk_is_said_once_and_the_office_goes_on);
  tcase_add_test (files, a_new_file_has_its_head);
  tcase_add_test (files, a_file_that_ends_early_ends_with_a_whole_line);
  tcase_add_test (files, a_file_that_cannot_be_made_is_named);
  suite_add_tcase (s, lines);
  suite_add_tcase (s, files);
  return s;
}
#include "check-main.h"
