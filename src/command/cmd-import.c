/* SPDX-License-Identifier: MIT */
/* cmd-import.c: `glasspost import FILE`: a capture of strangers' mail becomes a trace. */
#include "command/command.h"
#include "replay/pcap-import.h"
#include "trace/trace-file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "a.pcap" → "a.trace"; standard input → standard output. The caller frees. */
static char *
default_output (const char *input)
{
  if (strcmp (input, "-") == 0)
    return g_strdup ("/dev/stdout");
  const char *dot = strrchr (input, '.');
  gboolean known
      = dot && (strcmp (dot, ".pcap") == 0 || strcmp (dot, ".pcapng") == 0 || strcmp (dot, ".cap") == 0);
  g_autofree char *base = known ? g_strndup (input, (gsize) (dot - input)) : g_strdup (input);
  return g_strconcat (base, ".trace", NULL);
}

static void
print_summary (const char *input, const char *output, const GpoPcapCount *count, guint64 events)
{
  fprintf (stderr,
           "%s: %" G_GUINT64_FORMAT
           " packets, %u connections, of which SMTP %u, IMAP %u, POP3 %u → %s, %" G_GUINT64_FORMAT
           " events\n",
           input, count->packets, count->connections, count->smtp, count->imap, count->pop3, output, events);
  if (count->fragments)
    fprintf (stderr, "%" G_GUINT64_FORMAT " packets were fragments of IP packets and were passed over\n",
             count->fragments);
  if (count->broken)
    fprintf (stderr, "%" G_GUINT64_FORMAT " packets were cut or broken and were passed over\n",
             count->broken);
}

static int
run (const char *input, const char *output, guint16 port, GpoProtocol protocol)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoPcapCount count;
  FILE *file = strcmp (input, "-") == 0 ? stdin : fopen (input, "rb");
  if (!file)
    return gpo_command_fail ("cannot read %s: %s; name a capture, or - for standard input", input,
                             g_strerror (errno));
  g_autoptr (GpoPcap) pcap = gpo_pcap_open (file, input, &error);
  if (!pcap)
    return gpo_command_fail ("%s", error->message);
  gpo_log_set_started (log, gpo_pcap_started (pcap)); /* the head of the trace says it */
  GpoTraceFile *trace = gpo_trace_file_new (log, output, NULL, NULL, &error);
  if (!trace)
    return gpo_command_fail ("%s", error->message);
  gboolean good = gpo_pcap_import (pcap, log, port, protocol, &count, &error);
  gboolean written = gpo_trace_file_close (trace);
  print_summary (input, output, &count, gpo_log_length (log));
  if (!good)
    return gpo_command_fail ("%s", error->message);
  if (!written)
    return gpo_command_fail ("%s could not be written to its end; is the disk full?", output);
  if (count.smtp + count.imap + count.pop3 == 0)
    return gpo_command_fail ("nobody speaks SMTP, IMAP or POP3 in %s; was the right port captured?", input);
  return GPO_EXIT_OK;
}

int
gpo_cmd_import (int argc, char **argv)
{
  g_autofree char *output = NULL, *word = NULL;
  int port = 0, status, protocol = GPO_PROTOCOL_NONE;
  const GOptionEntry entries[]
      = { { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "Write the trace here; - is standard output",
            "OUT.trace" },
          { "port", 'p', 0, G_OPTION_ARG_INT, &port, "Only connections with this port", "PORT" },
          { "protocol", 0, 0, G_OPTION_ARG_STRING, &word, "Only smtp, imap or pop3", "PROTOCOL" },
          { NULL } };
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc != 2)
    return gpo_command_usage (
        "import needs one capture, or - for standard input; try: glasspost import --help");
  if (port < 0 || port > 65535)
    return gpo_command_usage ("--port %d is no port: 1 to 65535", port);
  if (word && (protocol = gpo_protocol_from_name (word)) <= 0)
    return gpo_command_usage ("--protocol %s is none of smtp, imap, pop3", word);
  g_autofree char *out = !output                     ? default_output (argv[1])
                         : strcmp (output, "-") == 0 ? g_strdup ("/dev/stdout")
                                                     : g_strdup (output);
  return run (argv[1], out, (guint16) port, (GpoProtocol) protocol);
}
