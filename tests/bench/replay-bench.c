/* SPDX-License-Identifier: MIT */
/* replay-bench.c: loading a trace, folding it into a picture, and the world at any event. Prints, asserts nothing.
 *
 *     ninja -C build tests/bench/replay-bench && build/tests/bench/replay-bench [EVENTS [FILE]]
 *
 * The trace is that of busy towns: sessions that hand in letters, a queue that never empties, mailboxes that
 * grow to thousands of letters. With FILE that trace is measured instead. */
#include "replay/world.h"
#include "trace/trace-file.h"
#include "trace/trace-read.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define N_JUMPS 200
#define N_MAILBOXES 20

static double
milliseconds (gint64 since)
{
  return (double) (g_get_monotonic_time () - since) / 1000;
}

static GpoEventBuilder *
begin (GpoEventBuilder *b, GpoKind kind, guint32 session, guint32 letter)
{
  static GpoSymbol athens;
  athens = athens ? athens : gpo_symbol ("athens");
  gpo_event_begin (b, kind);
  b->event.host = athens;
  b->event.protocol = session ? GPO_PROTOCOL_SMTP : GPO_PROTOCOL_NONE;
  b->event.session = session;
  b->event.letter = letter;
  return b;
}

static void
say (GpoLog *log, guint32 session, guint32 letter, const char *from, const char *text)
{
  GpoEventBuilder b;
  begin (&b, GPO_KIND_LINE, session, letter);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, gpo_symbol (from));
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_log_append (log, &b);
}

static void
step (GpoLog *log, guint32 session, guint32 letter, const char *verb, const char *to)
{
  GpoEventBuilder b;
  begin (&b, GPO_KIND_EDGE, session, letter);
  gpo_event_add_symbol (&b, GPO_FIELD_MACHINE, gpo_symbol ("smtp-server"));
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, gpo_symbol ("ready"));
  gpo_event_add_symbol (&b, GPO_FIELD_VERB, gpo_symbol (verb));
  gpo_event_add_symbol (&b, GPO_FIELD_TO, gpo_symbol (to));
  gpo_event_add_number (&b, GPO_FIELD_CODE, 250);
  gpo_log_append (log, &b);
}

static void
change (GpoLog *log, GpoKind kind, guint32 letter, GpoField what, const char *word)
{
  g_autofree char *mailbox = g_strdup_printf ("person%u/INBOX", letter % N_MAILBOXES);
  GpoEventBuilder b;
  begin (&b, kind, 0, letter);
  gpo_event_add_text (&b, what, word, -1);
  if (kind == GPO_KIND_MAILBOX)
    gpo_event_add_text (&b, GPO_FIELD_MAILBOX, mailbox, -1);
  gpo_log_append (log, &b);
}

/* One session hands in a letter; the letter of a thousand sessions ago leaves the queue. */
static void
session (GpoLog *log, guint32 i)
{
  GpoEventBuilder b;
  begin (&b, GPO_KIND_CONNECT, i, 0);
  gpo_event_add_symbol (&b, GPO_FIELD_SIDE, gpo_symbol ("server"));
  gpo_log_append (log, &b);
  static const char *const verbs[] = { "EHLO", "MAIL", "RCPT", "DATA", "end-of-data", "QUIT" };
  for (guint v = 0; v < G_N_ELEMENTS (verbs); v++)
    {
      say (log, i, v > 1 ? i : 0, "client", "RCPT TO:<bob@sparta.example> NOTIFY=FAILURE,DELAY\r\n");
      step (log, i, v > 1 ? i : 0, verbs[v], v == 5 ? "closed" : "ready");
      say (log, i, v > 1 ? i : 0, "server", "250 2.1.5 bob@sparta.example: recipient noted\r\n");
    }
  begin (&b, GPO_KIND_ENVELOPE, i, i);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, "from", -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, "alice@athens.example", -1);
  gpo_log_append (log, &b);
  change (log, GPO_KIND_QUEUE, i, GPO_FIELD_STATE, "queued");
  change (log, GPO_KIND_MAILBOX, i, GPO_FIELD_ACTION, "deliver");
  if (i > 1000)
    change (log, GPO_KIND_QUEUE, i - 1000, GPO_FIELD_STATE, "delivered");
  begin (&b, GPO_KIND_CLOSE, i, 0);
  gpo_log_append (log, &b);
}

static void
write_file (const char *path, guint64 n)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GError) error = NULL;
  GpoTraceFile *file = gpo_trace_file_new (log, path, NULL, NULL, &error);
  if (!file)
    g_error ("%s", error->message);
  for (guint32 i = 1; gpo_log_length (log) < n; i++)
    session (log, i);
  gpo_trace_file_close (file);
}

/* The world at places spread over the trace, forth and back. */
static void
jump (GpoPicture *picture, gboolean json)
{
  double sum = 0, worst = 0;
  guint64 length = gpo_picture_length (picture);
  for (guint i = 0; i < N_JUMPS; i++)
    {
      guint64 n = (guint64) i * 7919 % N_JUMPS * (length - 1) / (N_JUMPS - 1);
      gint64 start = g_get_monotonic_time ();
      if (json)
        g_free (gpo_world_to_json (picture, n));
      for (guint h = 0; h < gpo_picture_n_hosts (picture); h++)
        g_array_unref (gpo_picture_queue_at (picture, gpo_picture_host (picture, h), n));
      for (guint m = 0; m < gpo_picture_n_mailboxes (picture); m++)
        g_array_unref (gpo_picture_mailbox_at (picture, gpo_picture_mailbox (picture, m), n));
      for (guint s = 0; s < gpo_picture_sessions_until (picture, n); s++)
        {
          GpoSessionAt at;
          const GpoSessionTrack *one = gpo_picture_session (picture, s);
          if (one->closed > n)
            gpo_picture_session_at (picture, one, n, &at);
        }
      double took = milliseconds (start);
      sum += took;
      worst = MAX (worst, took);
    }
  printf ("%s %7.1f ms on average, %.1f ms at worst, of %u jumps\n",
          json ? "the same, and as JSON " : "the world at an event", sum / N_JUMPS, worst, N_JUMPS);
}

int
main (int argc, char **argv)
{
  guint64 n = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autofree char *own = g_strdup_printf ("%s/replay-bench-%d.trace", g_get_tmp_dir (), (int) getpid ());
  const char *path = argc > 2 ? argv[2] : own;
  g_autoptr (GError) error = NULL;
  if (argc <= 2)
    write_file (path, n);
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  gint64 start = g_get_monotonic_time ();
  if (!gpo_trace_load (log, path, NULL, &error))
    g_error ("%s", error->message);
  double loaded = milliseconds (start);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  printf ("%" G_GUINT64_FORMAT " events: loaded %.0f ms, folded too %.0f ms; %u sessions, %u letters\n",
          gpo_log_length (log), loaded, milliseconds (start), gpo_picture_n_sessions (picture),
          gpo_picture_n_letters (picture));
  jump (picture, FALSE);
  jump (picture, TRUE);
  if (argc <= 2)
    g_unlink (path);
  return 0;
}
