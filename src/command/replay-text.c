/* SPDX-License-Identifier: MIT */
/* replay-text.c: `glasspost replay --text`: a trace played on a terminal with its own timing.
 *
 * The transcript's text is made once, as events are reached; where each event ends in it is noted, so that
 * stepping back shows less of the same text. On a terminal the end of it is drawn above a line that tells the
 * place; keys are read one by one. Where standard input or output is no terminal the text is only written, in
 * time.
 *
 * Pauses longer than two seconds are cut to two: nobody waits four days for a bounce. */
#include "command/command.h"
#include "command/replay-screen.h"
#include "command/replay.h"
#include "trace/trace-read.h"
#include "trace/transcript.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_PAUSE_US (2 * G_USEC_PER_SEC)
#define STEP_BYTES (256 * 1024)
#define SLOWEST (1 / 64.0)
#define FASTEST 1024.0

typedef struct
{
  const char *path;
  GpoLog *log;
  GpoTraceReader *reader;
  GpoTranscript *transcript;
  GString *text; /* of the events below `made` */
  GArray *ends;  /* gsize: where the text of each of them ends */
  guint64 shown; /* events shown */
  gsize written; /* without a terminal: bytes of the text that are out */
  double speed;  /* 0: no pauses */
  gint64 due;    /* monotonic time at which the next event is shown */
  int watch;     /* the file, with --follow; -1 */
  gboolean keys, playing, quit, broken;
  GError *error;
} Play;

static volatile sig_atomic_t interrupted;

static void
on_signal (int number)
{
  interrupted = number;
}

/* --- the trace --- */

/* Reads what there is. */
static void
read_on (Play *play)
{
  gssize n = 1;
  while (n > 0 && !play->broken)
    n = gpo_trace_reader_step (play->reader, STEP_BYTES, &play->error);
  play->broken |= n < 0;
}

static guint64
length (const Play *play)
{
  return gpo_log_length (play->log) - gpo_log_first (play->log);
}

/* The end of the text of the first n events. */
static gsize
text_until (Play *play, guint64 n)
{
  while (play->ends->len < n)
    {
      guint64 number = gpo_log_first (play->log) + play->ends->len;
      gpo_transcript_add (play->transcript, play->log, number, gpo_log_get (play->log, number), play->text);
      g_array_append_val (play->ends, play->text->len);
    }
  return n ? g_array_index (play->ends, gsize, n - 1) : 0;
}

/* How long event i waits after the one before it, at this speed. */
static gint64
pause_before (const Play *play, guint64 i)
{
  guint64 first = gpo_log_first (play->log);
  if (i == 0 || i >= length (play) || play->speed <= 0)
    return 0;
  gint64 gap = gpo_log_get (play->log, first + i)->time - gpo_log_get (play->log, first + i - 1)->time;
  return (gint64) ((double) CLAMP (gap, 0, LONGEST_PAUSE_US) / play->speed);
}

static void
show_one (Play *play)
{
  play->shown++;
  play->due = MAX (play->due, g_get_monotonic_time () - LONGEST_PAUSE_US) + pause_before (play, play->shown);
}

/* Shows what is due. Without pauses a screenful at a time, so that keys are heard. */
static void
show_due (Play *play)
{
  gint64 now = g_get_monotonic_time ();
  for (guint n = 0;
       play->playing && play->shown < length (play) && (play->speed <= 0 || play->due <= now) && n < 5000;
       n++)
    show_one (play);
}

/* --- without a terminal --- */

static gboolean
write_text (Play *play)
{
  gsize end = text_until (play, play->shown);
  fwrite (play->text->str + play->written, 1, end - play->written, stdout);
  play->written = end;
  return fflush (stdout) == 0;
}

static gboolean
wait_for_file (Play *play)
{
  gboolean more = play->watch >= 0 && gpo_command_wait_for_more (play->watch, play->path);
  if (more)
    read_on (play);
  return more && !interrupted;
}

static void
play_written (Play *play)
{
  gboolean good = TRUE;
  do
    while (good && play->shown < length (play) && !interrupted)
      {
        gint64 wait = play->due - g_get_monotonic_time ();
        if (wait > 0)
          g_usleep ((gulong) wait);
        show_due (play);
        good = write_text (play);
      }
  while (good && !play->broken && wait_for_file (play));
  if (!interrupted && good)
    gpo_transcript_end (play->transcript, play->text);
  fwrite (play->text->str + play->written, 1, play->text->len - play->written, stdout);
  fflush (stdout);
}

/* --- on a terminal --- */

/* Where the last `rows` lines before `end` begin. */
static gsize
last_lines (const GString *text, gsize end, guint rows)
{
  gsize at = end;
  while (at > 0 && rows > 0)
    {
      const char *lf = at > 1 ? memrchr (text->str, '\n', at - 1) : NULL;
      at = lf ? (gsize) (lf - text->str) + 1 : 0;
      rows--;
    }
  return at;
}

static void
draw (Play *play)
{
  guint rows, columns;
  gpo_screen_size (&rows, &columns);
  gsize end = text_until (play, play->shown), begin = last_lines (play->text, end, rows - 1);
  const GpoEvent *event
      = play->shown ? gpo_log_get (play->log, gpo_log_first (play->log) + play->shown - 1) : NULL;
  g_autofree char *speed
      = play->speed > 0 ? g_strdup_printf ("%g times", play->speed) : g_strdup ("no pauses");
  g_autofree char *status = g_strdup_printf (" %s  event %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                                             "  %.3f s  %s   space . , Home End + - q",
                                             play->playing ? ">" : "||", play->shown, length (play),
                                             event ? (double) event->time / G_USEC_PER_SEC : 0.0, speed);
  GString *out = g_string_new ("\033[H\033[J");
  g_string_append_len (out, play->text->str + begin, (gssize) (end - begin));
  g_string_append_printf (out, "\033[0m\033[%u;1H\033[7m%-*.*s\033[0m", rows, (int) columns, (int) columns,
                          status);
  fwrite (out->str, 1, out->len, stdout);
  fflush (stdout);
  g_string_free (out, TRUE);
}

/* Goes there, paused. */
static void
go (Play *play, guint64 n)
{
  play->shown = MIN (n, length (play));
  play->playing = FALSE;
}

static void
change_speed (Play *play, double factor)
{
  play->speed = CLAMP ((play->speed > 0 ? play->speed : FASTEST) * factor, SLOWEST, FASTEST);
  play->due = g_get_monotonic_time ();
}

static void
press (Play *play, const char *key)
{
  if (strcmp (key, "q") == 0 || strcmp (key, "Q") == 0)
    play->quit = TRUE;
  else if (strcmp (key, " ") == 0)
    {
      play->playing = !play->playing;
      play->due = g_get_monotonic_time ();
    }
  else if (strcmp (key, ".") == 0 || strcmp (key, "\033[C") == 0)
    go (play, play->shown + 1);
  else if (strcmp (key, ",") == 0 || strcmp (key, "\033[D") == 0)
    go (play, play->shown ? play->shown - 1 : 0);
  else if (strcmp (key, "\033[H") == 0 || strcmp (key, "\033[1~") == 0 || strcmp (key, "\033OH") == 0
           || strcmp (key, "g") == 0)
    go (play, 0);
  else if (strcmp (key, "\033[F") == 0 || strcmp (key, "\033[4~") == 0 || strcmp (key, "\033OF") == 0
           || strcmp (key, "G") == 0)
    go (play, length (play));
  else if (strcmp (key, "+") == 0 || strcmp (key, "=") == 0)
    change_speed (play, 2);
  else if (strcmp (key, "-") == 0)
    change_speed (play, 0.5);
}

/* Keys that came at once are told apart: an escape sequence is one key. */
static void
read_keys (Play *play)
{
  char bytes[64];
  gssize n = read (STDIN_FILENO, bytes, sizeof bytes);
  if (n == 0)
    play->quit = TRUE;
  for (gssize i = 0; i < n;)
    {
      gssize k = 1;
      if (bytes[i] == '\033' && i + 2 < n)
        {
          k = 3;
          while (i + k < n && bytes[i + 2] >= '0' && bytes[i + 2] <= '9' && bytes[i + k - 1] != '~')
            k++;
        }
      g_autofree char *key = g_strndup (bytes + i, (gsize) k);
      press (play, key);
      i += k;
    }
}

static void
wait_for_news (Play *play)
{
  gint64 wait = -1;
  if (play->playing && play->shown < length (play))
    wait = play->speed > 0 ? MAX (play->due - g_get_monotonic_time (), 0) / 1000 + 1 : 0;
  struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = play->watch, .events = POLLIN } };
  if (gpo_screen_wait (fds, G_N_ELEMENTS (fds), (int) wait) <= 0)
    return;
  if (fds[0].revents)
    read_keys (play);
  if (fds[1].revents && gpo_command_wait_for_more (play->watch, play->path))
    read_on (play);
  else if (fds[1].revents)
    {
      close (play->watch);
      play->watch = -1;
    }
}

static void
play_keys (Play *play)
{
  gpo_screen_take ();
  while (!play->quit && !gpo_screen_is_to_end () && !play->broken)
    {
      show_due (play);
      draw (play);
      wait_for_news (play);
    }
  gpo_screen_give_back ();
}

/* --- the command --- */

static void
listen_for_signals (void)
{
  struct sigaction action = { .sa_handler = on_signal };
  const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &action, NULL);
}

static int
finish (Play *play)
{
  int status = GPO_EXIT_OK;
  if (!play->broken && play->watch < 0 && !gpo_trace_reader_end (play->reader, &play->error))
    play->broken = TRUE;
  const char *const *problems = gpo_trace_reader_problems (play->reader);
  for (guint i = 0; problems[i]; i++)
    status = gpo_command_fail ("%s", problems[i]);
  if (play->broken)
    status = gpo_command_fail ("%s", play->error->message);
  if (ferror (stdout))
    status = gpo_command_fail ("cannot write to standard output");
  return status;
}

int
gpo_replay_text (const char *path, const GpoReplayText *options)
{
  gboolean color = gpo_command_wants_color (options->plain);
  GpoTranscriptFlags flags
      = (GpoTranscriptFlags) ((color ? GPO_TRANSCRIPT_COLOR : 0) | (options->ascii ? GPO_TRANSCRIPT_ASCII : 0)
                              | (options->data ? GPO_TRANSCRIPT_DATA : 0)
                              | (options->bytes ? GPO_TRANSCRIPT_BYTES : 0));
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (log, path, &error);
  if (!reader)
    return gpo_command_fail ("%s", error->message);
  g_autoptr (GpoTranscript) transcript = gpo_transcript_new (flags);
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GString) text = g_string_new (NULL);
  Play play = { .path = path,
                .log = log,
                .reader = reader,
                .transcript = transcript,
                .text = text,
                .ends = ends,
                .speed = options->speed,
                .playing = TRUE,
                .watch = options->follow ? gpo_command_watch_file (path) : -1 };
  play.keys = isatty (STDIN_FILENO) && isatty (STDOUT_FILENO) && strcmp (path, "-") != 0;
  play.due = g_get_monotonic_time ();
  read_on (&play);
  if (play.keys)
    play_keys (&play);
  else
    {
      listen_for_signals ();
      play_written (&play);
    }
  int status = finish (&play);
  if (play.watch >= 0)
    close (play.watch);
  g_clear_error (&play.error);
  return status;
}
