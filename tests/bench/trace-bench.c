/* SPDX-License-Identifier: MIT */
/* trace-bench.c: what the trace costs. Prints, asserts nothing: figures depend on the machine.
 *
 *     meson compile -C build trace-bench && build/tests/bench/trace-bench [EVENTS]
 *
 * The events are those of real sessions: two lines on the wire to one edge, words a server uses. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "trace/filter.h"
#include "trace/trace-file.h"
#include "trace/trace-read.h"
#include "trace/trace-line.h"
#include "trace/trace-write.h"

static GpoSymbol athens, client, server, machine, ready, mail, ok, verbs[4], spec, crlf;
static const char *const lines[] = {
  "EHLO reader.athens.example\r\n",
  "250-athens.example greets reader.athens.example\r\n",
  "MAIL FROM:<alice@athens.example> SIZE=1532\r\n",
  "250 2.1.0 alice@athens.example sender ok\r\n",
  "RCPT TO:<bob@sparta.example> NOTIFY=FAILURE,DELAY\r\n",
  "550 5.1.1 bob@sparta.example: no such mailbox here\r\n",
};

static void
prepare (void)
{
  static const char *const words[] = { "EHLO", "MAIL", "RCPT", "DATA" };
  athens = gpo_symbol ("athens");
  client = gpo_symbol ("client");
  server = gpo_symbol ("server");
  machine = gpo_symbol ("smtp-server");
  ready = gpo_symbol ("ready");
  mail = gpo_symbol ("mail");
  ok = gpo_symbol ("ok");
  spec = gpo_symbol ("RFC 5321 §4.1.1.3");
  crlf = gpo_symbol ("crlf");
  for (guint i = 0; i < 4; i++)
    verbs[i] = gpo_symbol (words[i]);
}

static void
append_one (GpoLog *log, guint i)
{
  GpoEventBuilder b;
  gboolean edge = i % 3 == 2;
  gpo_event_begin (&b, edge ? GPO_KIND_EDGE : GPO_KIND_LINE);
  b.event.host = athens;
  b.event.protocol = GPO_PROTOCOL_SMTP;
  b.event.session = i / 18 + 1;
  if (edge)
    {
      gpo_event_add_symbol (&b, GPO_FIELD_MACHINE, machine);
      gpo_event_add_symbol (&b, GPO_FIELD_FROM, ready);
      gpo_event_add_symbol (&b, GPO_FIELD_VERB, verbs[i / 3 % 4]);
      gpo_event_add_symbol (&b, GPO_FIELD_VERDICT, ok);
      gpo_event_add_symbol (&b, GPO_FIELD_TO, mail);
      gpo_event_add_number (&b, GPO_FIELD_CODE, i % 7 ? 250 : 550);
      gpo_event_add_symbol (&b, GPO_FIELD_SPEC, spec);
    }
  else
    {
      gpo_event_add_symbol (&b, GPO_FIELD_FROM, i % 3 ? server : client);
      gpo_event_add_text (&b, GPO_FIELD_TEXT, lines[(i / 3 * 2 + i % 3) % 6], -1);
      gpo_event_add_symbol (&b, GPO_FIELD_ENDING, crlf);
    }
  gpo_log_append (log, &b);
}

static double
seconds (gint64 since)
{
  return (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  long pages = 0;
  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) && strchr (text, ' '))
    pages = strtol (strchr (text, ' '), NULL, 10);
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

static void
bench_append (guint n)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    append_one (log, i);
  printf ("append              %7.0f ns/event, %.0f MB in memory\n", seconds (start) * 1e9 / n,
          (double) gpo_log_memory (log) / 1e6);

  start = g_get_monotonic_time ();
  GString *out = g_string_sized_new (1 << 20);
  gsize bytes = 0;
  for (guint64 i = 0; i < n; i++)
    {
      gpo_trace_write_event (out, log, i, gpo_log_get (log, i));
      if (out->len > 256 * 1024)
        {
          bytes += out->len;
          g_string_truncate (out, 0);
        }
    }
  bytes += out->len;
  g_string_free (out, TRUE);
  double took = seconds (start);
  printf ("emit lines          %7.0f ns/event, %.0f k lines/s, %.0f MB\n", took * 1e9 / n, n / took / 1e3,
          (double) bytes / 1e6);
}

static void
bench_file (guint n, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoTraceFile *file = gpo_trace_file_new (log, path, NULL, NULL, &error);
  if (!file)
    g_error ("%s", error->message);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    append_one (log, i);
  double appended = seconds (start);
  gpo_trace_file_close (file);
  printf ("append, file beside %7.0f ns/event; file complete after %.0f ns/event\n", appended * 1e9 / n,
          seconds (start) * 1e9 / n);
}

static void
bench_filter (GpoLog *log, const char *text)
{
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, NULL, NULL);
  gint64 start = g_get_monotonic_time ();
  guint64 hits = 0, n = gpo_log_length (log);
  for (guint64 i = 0; i < n; i++)
    hits += gpo_filter_match (filter, i, gpo_log_get (log, i));
  printf ("filter              %7.0f ms/million, %8" G_GUINT64_FORMAT " hits: %s\n", seconds (start) * 1e9 / (double) n,
          hits, text);
}

static void
bench_load (const char *path)
{
  double before = resident_mb ();
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  if (!gpo_trace_load (log, path, NULL, &error))
    g_error ("%s", error->message);
  double took = seconds (start), n = (double) gpo_log_length (log);
  printf ("load                %7.2f s/million, %.0f MB resident (%.0f before), %.0f MB in the log\n", took * 1e6 / n,
          resident_mb (), before, (double) gpo_log_memory (log) / 1e6);
  bench_filter (log, "smtp");
  bench_filter (log, "verb = RCPT");
  bench_filter (log, "smtp and verb = RCPT and code >= 500");
  bench_filter (log, "session = 77 and (line or edge)");
  bench_filter (log, "text ~ \"no such\"");
  bench_filter (log, "text ~ /no (such|other) mailbox/");
}

/* One letter of 1 MB again and again, as a line of a file. */
static void
bench_letters (void)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  GString *letter = g_string_new (NULL), *out = g_string_new (NULL);
  while (letter->len < 1000000)
    g_string_append (letter, "The postman always rings twice, and so does the gateway of the glass post.\r\n");
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_DATA);
  gpo_log_append_data (log, &b, letter->str, letter->len, FALSE);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < 200; i++)
    {
      g_string_truncate (out, 0);
      gpo_trace_write_event (out, log, 0, gpo_log_get (log, 0));
    }
  printf ("emit 1 MB letters   %7.0f MB/s\n", 200 * (double) letter->len / 1e6 / seconds (start));
  start = g_get_monotonic_time ();
  guint64 n;
  for (guint i = 0; i < 200; i++)
    if (gpo_trace_line_fast (out->str, out->len, &b, &n))
      gpo_event_clear (&b);
  printf ("read 1 MB letters   %7.0f MB/s\n", 200 * (double) letter->len / 1e6 / seconds (start));
  g_string_free (letter, TRUE);
  g_string_free (out, TRUE);
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autofree char *path = g_strdup_printf ("%s/trace-bench-%d.trace", g_get_tmp_dir (), (int) getpid ());
  prepare ();
  bench_append (MAX (n, 1000));
  bench_file (MAX (n, 1000), path);
  bench_load (path);
  bench_letters ();
  g_unlink (path);
  return 0;
}
