/* SPDX-License-Identifier: MIT */
/* cmd-show.c: `glasspost show FILE|--live [FILTER]`: a trace on a terminal.
 *
 * Events are shown as they are read, so a file of any length needs little memory and a growing one is
 * followed. Only the ladder of a file reads it whole first, to know its parties.
 *
 * --live asks a running office over its control socket: the line `trace 0`, answered by a trace file
 * that does not end while the office runs. */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "command/command.h"
#include "office/control.h"
#include "replay/letter-text.h"
#include "replay/world.h"
#include "trace/filter.h"
#include "trace/trace-read.h"
#include "trace/trace-write.h"
#include "trace/transcript.h"

#define STEP_BYTES (256 * 1024)

typedef struct
{
  gboolean live, follow, data, bytes, ladder, mermaid, json, ascii, plain, numbers, times;
  char *office, *at, *as;
  int letter;
} Options;

typedef struct
{
  Options *options;
  GpoLog *log;
  GpoFilter *filter;
  GpoTranscript *transcript;
  GpoLadder *ladder;
  GString *out;
  guint64 next;
} Show;

/* --- out --- */

static guint
terminal_width (void)
{
  struct winsize size;
  const char *columns = g_getenv ("COLUMNS");
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
    return size.ws_col;
  guint64 n = columns ? g_ascii_strtoull (columns, NULL, 10) : 0;
  return n >= 40 && n <= 1000 ? (guint) n : 100;
}

static gboolean
flush (Show *show)
{
  fwrite (show->out->str, 1, show->out->len, stdout);
  g_string_truncate (show->out, 0);
  return fflush (stdout) == 0;
}

/* Shows what was read since the last time. FALSE if nobody takes it. */
static gboolean
show_new (Show *show)
{
  show->next = MAX (show->next, gpo_log_first (show->log));
  for (; show->next < gpo_log_length (show->log); show->next++)
    {
      const GpoEvent *event = gpo_log_get (show->log, show->next);
      if (show->ladder)
        gpo_ladder_scan (show->ladder, event);
      if (!gpo_filter_match_at (show->filter, show->log, show->next))
        continue;
      if (show->options->json)
        gpo_trace_write_event (show->out, show->log, show->next, event);
      else if (show->ladder)
        gpo_ladder_add (show->ladder, show->next, event, show->out);
      else
        gpo_transcript_add (show->transcript, show->log, show->next, event, show->out);
      if (show->out->len > STEP_BYTES && !flush (show))
        return FALSE;
    }
  return flush (show);
}

/* --- in --- */

static gboolean
read_file (Show *show, GpoTraceReader *reader, const char *path, GError **error)
{
  int watch = show->options->follow ? gpo_command_watch_file (path) : -1;
  gboolean whole_first = show->ladder && !show->options->follow;
  gssize n;
  if (whole_first)
    gpo_log_set_limits (show->log, 0, 0);
  do
    {
      while ((n = gpo_trace_reader_step (reader, STEP_BYTES, error)) > 0)
        if (!whole_first && !show_new (show))
          break;
    }
  while (n == 0 && watch >= 0 && !ferror (stdout) && gpo_command_wait_for_more (watch, path));
  if (watch >= 0)
    close (watch);
  if (n < 0 || (n == 0 && !gpo_trace_reader_end (reader, error)))
    return FALSE;
  for (guint64 i = gpo_log_first (show->log); whole_first && i < gpo_log_length (show->log); i++)
    gpo_ladder_scan (show->ladder, gpo_log_get (show->log, i));
  return TRUE;
}

static gboolean
read_office (Show *show, GpoTraceReader *reader, GSocketConnection *connection, GError **error)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *bytes = g_malloc (STEP_BYTES);
  gssize n = 0;
  if (!g_output_stream_write_all (out, "trace 0\n", 8, NULL, NULL, error))
    return FALSE;
  while ((n = g_input_stream_read (in, bytes, STEP_BYTES, NULL, error)) > 0)
    {
      if (!gpo_trace_reader_feed (reader, bytes, (gsize) n, error))
        return FALSE;
      if (!show_new (show))
        return TRUE;
    }
  return n == 0 && gpo_trace_reader_end (reader, error);
}

static int
finish (Show *show, GpoTraceReader *reader, gboolean good, const GError *error)
{
  gboolean shown = show_new (show);
  if (show->transcript)
    gpo_transcript_end (show->transcript, show->out);
  shown = flush (show) && shown;
  guint64 n = gpo_trace_reader_n_problems (reader);
  int status = n ? GPO_EXIT_FAILED : GPO_EXIT_OK;
  const char *const *problems = gpo_trace_reader_problems (reader);
  for (guint i = 0; problems[i]; i++)
    gpo_command_fail ("%s", problems[i]);
  if (n > g_strv_length ((char **) problems))
    gpo_command_fail ("%" G_GUINT64_FORMAT " lines could not be read", n);
  if (!good)
    status = gpo_command_fail ("%s", error->message);
  if (!shown)
    status = gpo_command_fail ("cannot write to standard output: %s", g_strerror (errno));
  return status;
}

static int
show_live (Show *show)
{
  g_autofree char *path = show->options->office ? g_strdup (show->options->office) : gpo_control_path ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  if (!connection)
    return gpo_command_fail (
        "no office answers at %s (%s); start one with glasspost serve, or name its socket with "
        "--office",
        path, error->message);
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (show->log, path);
  gboolean good = read_office (show, reader, connection, &error);
  return finish (show, reader, good, error);
}

static int
show_file (Show *show, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_open (show->log, path, &error);
  if (!reader)
    return gpo_command_fail ("%s", error->message);
  gboolean good = read_file (show, reader, path, &error);
  return finish (show, reader, good, error);
}

/* --- --at: the world --- */

static GpoTranscriptFlags flags_of (const Options *options);

/* The number of --at: an event, "end", or the time of the last event by then, "3.5s". FALSE: not understood.
 */
static gboolean
find_place (GpoLog *log, const char *text, guint64 *n)
{
  char *end;
  guint64 length = gpo_log_length (log), number = g_ascii_strtoull (text, &end, 10);
  if (g_str_equal (text, "end"))
    *n = length - 1;
  else if (g_ascii_isdigit (*text) && !*end)
    *n = number;
  else
    {
      double seconds = g_ascii_strtod (text, &end);
      if (end == text || !g_str_equal (end, "s"))
        return FALSE;
      for (*n = gpo_log_first (log); *n + 1 < length; ++*n)
        if ((double) gpo_log_get (log, *n + 1)->time > seconds * G_USEC_PER_SEC)
          break;
    }
  return TRUE;
}

/* One letter of the world at n. */
static int
show_letter (const Options *options, GpoPicture *picture, guint64 n)
{
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (picture, (guint32) options->letter);
  if (!letter || letter->first > n)
    return gpo_command_fail ("there is no letter %d by event %" G_GUINT64_FORMAT
                             "; glasspost show FILE --at end lists them",
                             options->letter, n);
  g_autoptr (GpoLetterFacts) facts = gpo_letter_facts_new (picture, letter, n);
  g_autoptr (GString) out = g_string_new (NULL);
  if (!gpo_letter_to_text (out, picture, facts, options->as))
    return gpo_command_usage ("--as takes envelope, header, data, bytes or hops, not \"%s\"", options->as);
  fputs (out->str, stdout);
  return GPO_EXIT_OK;
}

static int
show_world (const Options *options, GpoLog *log, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems = NULL;
  guint64 n;
  gpo_log_set_limits (log, 0, 0);
  if (!gpo_trace_load (log, path, &problems, &error))
    return gpo_command_fail ("%s", error->message);
  for (char **line = problems; line && *line; line++)
    gpo_command_fail ("%s", *line);
  if (gpo_log_length (log) == gpo_log_first (log))
    return gpo_command_fail ("%s: there is no event in it", path);
  if (!find_place (log, options->at, &n))
    return gpo_command_usage ("--at takes the number of an event, a time as in 3.5s, or end, not \"%s\"",
                              options->at);
  if (n < gpo_log_first (log) || n >= gpo_log_length (log))
    return gpo_command_fail ("%s: there is no event %s; they go from %" G_GUINT64_FORMAT
                             " to %" G_GUINT64_FORMAT,
                             path, options->at, gpo_log_first (log), gpo_log_length (log) - 1);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  if (options->letter)
    return show_letter (options, picture, n);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *json = options->json ? gpo_world_to_json (picture, n) : NULL;
  if (!json)
    gpo_world_to_text (out, picture, n, flags_of (options) & ~GPO_TRANSCRIPT_COLOR);
  puts (json ? json : g_strchomp (out->str));
  return problems ? GPO_EXIT_FAILED : GPO_EXIT_OK;
}

/* --- the command --- */

static GpoTranscriptFlags
flags_of (const Options *options)
{
  return (GpoTranscriptFlags) ((gpo_command_wants_color (options->plain) ? GPO_TRANSCRIPT_COLOR : 0)
                               | (options->bytes ? GPO_TRANSCRIPT_BYTES : 0)
                               | (options->data ? GPO_TRANSCRIPT_DATA : 0)
                               | (options->ascii ? GPO_TRANSCRIPT_ASCII : 0)
                               | (options->numbers ? GPO_TRANSCRIPT_NUMBERS : 0)
                               | (options->times ? GPO_TRANSCRIPT_TIMES : 0)
                               | (options->mermaid ? GPO_TRANSCRIPT_MERMAID : 0));
}

static int
run (Options *options, char **words)
{
  const char *path = options->live ? NULL : *words++;
  if (!options->live && !path)
    return gpo_command_usage (
        "show needs a trace file, - for standard input, or --live; try: glasspost show --help");
  options->ladder |= options->mermaid;
  if (options->json && options->ladder)
    return gpo_command_usage ("--json and --ladder are two forms of output; choose one");
  if (options->at && (options->live || options->follow || options->ladder || *words))
    return gpo_command_usage (
        "--at shows the world of a file at one event: no filter, --live, --follow or --ladder");
  if (options->as && !options->letter)
    return gpo_command_usage ("--as says how to show a letter; name one with --letter N");
  if (options->letter && (options->live || options->follow || options->ladder || options->json || *words))
    return gpo_command_usage (
        "--letter shows one letter of a file: no filter, --live, --follow, --ladder or --json");
  g_autofree char *text = g_strjoinv (" ", words);
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, NULL, &error);
  if (!filter)
    return gpo_command_usage ("%s", error->message);
  GpoTranscriptFlags flags = flags_of (options);
  g_autoptr (GpoLog) log = gpo_log_new ();
  if (options->letter && !options->at)
    options->at = g_strdup ("end");
  if (options->at)
    return show_world (options, log, path);
  g_autoptr (GpoTranscript) transcript = gpo_transcript_new (flags);
  g_autoptr (GpoLadder) ladder = options->ladder ? gpo_ladder_new (flags, terminal_width ()) : NULL;
  Show show
      = { options, log, filter, ladder || options->json ? NULL : transcript, ladder, g_string_new (NULL), 0 };
  int status = options->live ? show_live (&show) : show_file (&show, path);
  g_string_free (show.out, TRUE);
  return status;
}

int
gpo_cmd_show (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[]
      = { { "live", 'l', 0, G_OPTION_ARG_NONE, &options.live, "Show what a running office does", NULL },
          { "office", 0, 0, G_OPTION_ARG_FILENAME, &options.office, "The office's control socket, for --live",
            "PATH" },
          { "follow", 'f', 0, G_OPTION_ARG_NONE, &options.follow, "Go on as the file grows", NULL },
          { "data", 'd', 0, G_OPTION_ARG_NONE, &options.data, "Show the bytes of letters, not only how many",
            NULL },
          { "bytes", 'b', 0, G_OPTION_ARG_NONE, &options.bytes,
            "Make CR, LF, TAB and bytes beyond ASCII visible", NULL },
          { "numbers", 'n', 0, G_OPTION_ARG_NONE, &options.numbers, "Put the event's number in front", NULL },
          { "times", 0, 0, G_OPTION_ARG_NONE, &options.times,
            "Put the seconds since the office's start in front", NULL },
          { "at", 0, 0, G_OPTION_ARG_STRING, &options.at,
            "Show the world after event N: sessions, queues, mailboxes, letters", "N" },
          { "ladder", 0, 0, G_OPTION_ARG_NONE, &options.ladder, "Draw a sequence diagram, a column a party",
            NULL },
          { "letter", 0, 0, G_OPTION_ARG_INT, &options.letter, "Show letter N: its envelope, header and data",
            "N" },
          { "as", 0, 0, G_OPTION_ARG_STRING, &options.as,
            "Of that letter: envelope, header, data, bytes or hops", "SIDE" },
          { "mermaid", 0, 0, G_OPTION_ARG_NONE, &options.mermaid,
            "Write that diagram in the language of Mermaid", NULL },
          { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Write the events as JSON lines, for jq", NULL },
          { "ascii", 0, 0, G_OPTION_ARG_NONE, &options.ascii, "Write ASCII only", NULL },
          { "no-color", 0, 0, G_OPTION_ARG_NONE, &options.plain,
            "Write no colours (nor does NO_COLOR=1 or a pipe)", NULL },
          { NULL } };
  int status;
  if (gpo_command_parse (entries, &argc, &argv, &status))
    status = run (&options, argv + 1);
  g_free (options.office);
  g_free (options.at);
  g_free (options.as);
  return status;
}
