/* SPDX-License-Identifier: MIT */
/* cmd-proxy.c: `glasspost proxy`: between any client and any server.
 *
 * What passes is shown as a transcript, recorded with --trace, held with --hold (a line of input lets the
 * oldest go) and broken with --fault; with --control all that is asked from another process, as of an office.
 */
#include "command/command.h"
#include "office/control-socket.h"
#include "office/gate-intents.h"
#include "office/proxy.h"
#include "trace/trace-file.h"
#include "trace/transcript.h"
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How often what happened is shown. */
#define SHOW_MS 50

typedef struct
{
  char *listen, *to, *protocol, *trace, *hold, *control, **faults;
  gboolean anywhere, quiet;
} Options;

typedef struct
{
  GpoLog *log;
  GpoGate *gate;
  GpoControl *control;
  GMainLoop *loop;
  GpoTranscript *transcript;
  GString *out, *typed;
  guint64 next;
} Run;

/* --- while it runs --- */

static gboolean
show_new (gpointer data)
{
  Run *run = data;
  if (!run->transcript)
    return G_SOURCE_REMOVE;
  for (run->next = MAX (run->next, gpo_log_first (run->log)); run->next < gpo_log_length (run->log);
       run->next++)
    gpo_transcript_add (run->transcript, run->log, run->next, gpo_log_get (run->log, run->next), run->out);
  fwrite (run->out->str, 1, run->out->len, stdout);
  fflush (stdout);
  g_string_truncate (run->out, 0);
  return G_SOURCE_CONTINUE;
}

/* An empty line lets the oldest held thing go, "all" all of them; other words are sent in place of a held
 * reply. */
static void
take_order (Run *run, const char *line)
{
  gboolean done = *line == 0                  ? gpo_gate_step (run->gate)
                  : strcmp (line, "all") == 0 ? gpo_gate_release (run->gate, 0, NULL) > 0
                                              : gpo_gate_release (run->gate, 0, line) > 0;
  if (!done)
    fputs (*line && strcmp (line, "all") != 0 ? "no reply is held that these words could replace\n"
                                              : "nothing is held\n",
           stderr);
}

static gboolean
on_typed (int fd, GIOCondition condition, gpointer data)
{
  Run *run = data;
  char bytes[512];
  gssize n = read (fd, bytes, sizeof bytes);
  if (n <= 0)
    return G_SOURCE_REMOVE;
  g_string_append_len (run->typed, bytes, n);
  for (char *lf; (lf = memchr (run->typed->str, '\n', run->typed->len));)
    {
      g_autofree char *line = g_strndup (run->typed->str, (gsize) (lf - run->typed->str));
      g_string_erase (run->typed, 0, lf + 1 - run->typed->str);
      take_order (run, g_strstrip (line));
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
run_until_signal (Run *run)
{
  guint ids[] = { g_unix_signal_add (SIGINT, on_signal, run->loop),
                  g_unix_signal_add (SIGTERM, on_signal, run->loop) };
  guint typed = run->gate ? g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_typed, run) : 0;
  guint shown = run->transcript ? g_timeout_add (SHOW_MS, show_new, run) : 0;
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  if (shown)
    g_source_remove (shown);
  GSource *source = typed ? g_main_context_find_source_by_id (NULL, typed) : NULL;
  if (source)
    g_source_destroy (source);
}

/* --- the options --- */

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  return address ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* "PORT", "ADDRESS:PORT", "[::1]:PORT": *host (the caller frees) and *port. FALSE: it is none, or not of this
 * machine. */
static gboolean
read_place (const char *text, const char *option, gboolean anywhere, char **host, guint16 *port, int *status)
{
  g_autoptr (GError) error = NULL;
  gboolean bare = text[strspn (text, "0123456789")] == 0;
  g_autofree char *whole = bare ? g_strconcat ("127.0.0.1:", text, NULL) : g_strdup (text);
  g_autoptr (GSocketConnectable) place = *text ? g_network_address_parse (whole, 0, &error) : NULL;
  const char *name = place ? g_network_address_get_hostname (G_NETWORK_ADDRESS (place)) : NULL;
  gboolean has_port = place && (bare || strrchr (whole, ':') > strrchr (whole, ']'));
  if (!has_port || !*name)
    *status = gpo_command_usage ("%s \"%s\" is not HOST:PORT%s%s", option, text, error ? ": " : "",
                                 error ? error->message : "");
  else if (!anywhere && !is_loopback (name))
    *status = gpo_command_usage ("%s %s is not on this machine; say --anywhere if that is meant: whoever can "
                                 "reach a proxy sees what passes",
                                 option, text);
  else
    {
      *host = g_strdup (name);
      *port = g_network_address_get_port (G_NETWORK_ADDRESS (place));
      return TRUE;
    }
  return FALSE;
}

/* "[when] FILTER do ACTION [times N]" */
static GpoFault *
read_fault (const char *text, guint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("fault-%u", number), *copy = g_strdup (text);
  char *when = g_str_has_prefix (copy, "when ") ? copy + strlen ("when ") : copy;
  char *action = g_strrstr (when, " do "), *times = NULL;
  guint64 n = 0;
  if (action)
    {
      *action = 0;
      action += strlen (" do ");
      times = g_strrstr (action, " times ");
    }
  if (times && g_ascii_string_to_unsigned (times + strlen (" times "), 10, 1, G_MAXUINT32, &n, NULL))
    *times = 0;
  if (action)
    return gpo_fault_new (name, g_strstrip (when), action, (guint) n, error);
  g_set_error (error, GPO_FAULT_ERROR, GPO_FAULT_ERROR_DO, "say: --fault 'when FILTER do ACTION [times N]'");
  return NULL;
}

/* The gate, if something is to be held or broken. FALSE: it was not understood. */
static gboolean
make_gate (const Options *o, GpoLog *log, GpoClock *clock, GpoGate **gate)
{
  g_autoptr (GError) error = NULL;
  if (!o->hold && !o->faults && !o->control)
    return TRUE;
  *gate = gpo_gate_new (log, clock);
  for (guint i = 0; o->faults && o->faults[i] && !error; i++)
    {
      GpoFault *fault = read_fault (o->faults[i], i + 1, &error);
      if (fault)
        gpo_gate_add_fault (*gate, fault);
    }
  GpoFilter *filter = o->hold && !error ? gpo_filter_parse (o->hold, NULL, &error) : NULL;
  if (filter)
    gpo_gate_break (*gate, filter);
  if (error)
    gpo_command_usage ("%s", error->message);
  return !error;
}

static gint64
clock_of (gpointer clock)
{
  return gpo_clock_now (clock);
}

/* --- asked from another process --- */

static char *
carry_out (gpointer data, const char *intent, GError **error)
{
  Run *run = data;
  const char *rest;
  GpoAnswerLines lines;
  g_autofree char *line = g_strstrip (g_utf8_make_valid (intent, -1));
  g_autofree char *word = gpo_intent_word (line, &rest);
  gpo_answer_init (&lines);
  GpoGateAsked answer = { .gate = run->gate, .lines = &lines };
  char *text = gpo_gate_carry_out (&answer, word, rest, error) ? g_strdup (lines.out->str) : NULL;
  gpo_answer_clear (&lines);
  return text;
}

static gboolean
open_control (const Options *o, Run *run, GError **error)
{
  GpoControlOwner owner = { run->log, g_main_context_default (), carry_out, NULL, run };
  if (!o->control)
    return TRUE;
  g_mkdir_with_parents (o->control, 0700);
  run->control = gpo_control_new (&owner);
  if (!gpo_control_open (run->control, o->control, error))
    return FALSE;
  gpo_control_start (run->control);
  return TRUE;
}

static void
close_control (Run *run)
{
  if (!run->control)
    return;
  gpo_control_close (run->control);
  while (!gpo_control_is_quiet (run->control))
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&run->control, gpo_control_free);
}

static int
serve (const Options *o, Run *run, const GpoProxyOptions *options)
{
  g_autoptr (GError) error = NULL;
  GpoProxy *proxy = gpo_proxy_new (run->log, options, &error);
  if (!proxy)
    return gpo_command_fail ("%s", error->message);
  open_control (o, run, &error);
  GpoTraceFile *trace
      = o->trace && !error ? gpo_trace_file_new (run->log, o->trace, NULL, NULL, &error) : NULL;
  if (!error)
    {
      fprintf (stderr, "listening on %s:%u, for %s:%u\n", options->listen_address, gpo_proxy_port (proxy),
               options->to_address, options->to_port);
      run_until_signal (run);
    }
  gpo_proxy_free (proxy);
  close_control (run);
  show_new (run);
  gboolean written = !trace || gpo_trace_file_close (trace);
  if (error)
    return gpo_command_fail ("%s", error->message);
  return written ? GPO_EXIT_OK
                 : gpo_command_fail ("%s could not be written to its end; is the disk full?", o->trace);
}

static int
run_proxy (const Options *o)
{
  int status = GPO_EXIT_USAGE;
  g_autofree char *listen = NULL, *to = NULL;
  GpoProxyOptions options = { 0 };
  int protocol = o->protocol ? gpo_protocol_from_name (o->protocol) : GPO_PROTOCOL_NONE;
  if (!o->listen || !o->to)
    return gpo_command_usage ("proxy needs --listen PORT and --to HOST:PORT; try: glasspost proxy --help");
  if (protocol < 0 || (o->protocol && protocol == GPO_PROTOCOL_NONE))
    return gpo_command_usage ("--protocol %s is none of smtp, imap, pop3", o->protocol);
  if (!read_place (o->listen, "--listen", o->anywhere, &listen, &options.listen_port, &status)
      || !read_place (o->to, "--to", o->anywhere, &to, &options.to_port, &status))
    return status;
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoClock *clock = gpo_clock_new (NULL);
  Run run = { .log = log,
              .loop = g_main_loop_new (NULL, FALSE),
              .out = g_string_new (NULL),
              .typed = g_string_new (NULL) };
  gpo_log_set_clock (log, clock_of, clock);
  options.listen_address = listen;
  options.to_address = to;
  options.protocol = (GpoProtocol) protocol;
  if (make_gate (o, log, clock, &run.gate))
    {
      options.gate = run.gate;
      run.transcript = o->quiet
                           ? NULL
                           : gpo_transcript_new (
                               isatty (STDOUT_FILENO) && !g_getenv ("NO_COLOR") ? GPO_TRANSCRIPT_COLOR : 0);
      status = serve (o, &run, &options);
      g_clear_pointer (&run.transcript, gpo_transcript_free);
    }
  if (run.gate)
    gpo_gate_free (run.gate);
  gpo_log_set_clock (log, NULL, NULL);
  gpo_clock_free (clock);
  g_main_loop_unref (run.loop);
  g_string_free (run.out, TRUE);
  g_string_free (run.typed, TRUE);
  return status;
}

int
gpo_cmd_proxy (int argc, char **argv)
{
  Options o = { 0 };
  int status;
  const GOptionEntry entries[]
      = { { "listen", 'l', 0, G_OPTION_ARG_STRING, &o.listen, "Where clients come; 0: the kernel chooses",
            "[ADDRESS:]PORT" },
          { "to", 't', 0, G_OPTION_ARG_STRING, &o.to, "The server", "HOST:PORT" },
          { "protocol", 0, 0, G_OPTION_ARG_STRING, &o.protocol,
            "smtp, imap or pop3; by default what the port or the greeting says", "PROTOCOL" },
          { "trace", 0, 0, G_OPTION_ARG_FILENAME, &o.trace, "Record the trace in this file", "FILE" },
          { "hold", 0, 0, G_OPTION_ARG_STRING, &o.hold,
            "Hold the lines that pass this filter; Enter lets the oldest go", "FILTER" },
          { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.faults,
            "Break something: 'when FILTER do ACTION [times N]'; may be repeated", "FAULT" },
          { "control", 0, 0, G_OPTION_ARG_FILENAME, &o.control,
            "Let `glasspost ask --store FOLDER` hold, release, edit and break what passes", "FOLDER" },
          { "anywhere", 0, 0, G_OPTION_ARG_NONE, &o.anywhere, "Listen and connect beyond this machine too",
            NULL },
          { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o.quiet, "Show nothing of what passes", NULL },
          { NULL } };
  if (gpo_command_parse (entries, &argc, &argv, &status))
    status = argc > 1 ? gpo_command_usage (
                 "proxy takes options only, not \"%s\"; try: glasspost proxy --help", argv[1])
                      : run_proxy (&o);
  g_free (o.listen);
  g_free (o.to);
  g_free (o.protocol);
  g_free (o.trace);
  g_free (o.hold);
  g_free (o.control);
  g_strfreev (o.faults);
  return status;
}
