/* SPDX-License-Identifier: MIT */
/* cmd-export.c: `glasspost export TRACE OUT`: a trace for other programs. */
#include "command/command.h"
#include "replay/pcapng-export.h"
#include "trace/trace-read.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static gboolean
write_out (GString *out, gpointer data)
{
  gboolean good = fwrite (out->str, 1, out->len, data) == out->len;
  g_string_truncate (out, 0);
  return good;
}

static int
run (const char *input, const char *output, GpoFilter *filter)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  gpo_log_set_limits (log, 0, 0);
  if (!gpo_trace_load (log, input, &problems, &error))
    return gpo_command_fail ("%s", error->message);
  for (guint i = 0; problems && problems[i]; i++)
    gpo_command_fail ("%s", problems[i]);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  gboolean standard = strcmp (output, "-") == 0;
  FILE *file = standard ? stdout : fopen (output, "wb");
  if (!file)
    return gpo_command_fail ("cannot write %s: %s", output, g_strerror (errno));
  g_autoptr (GString) out = g_string_new (NULL);
  GpoPcapngCount count;
  gboolean good = gpo_pcapng_export (picture, filter, out, write_out, file, &count);
  good = (standard ? fflush (file) : fclose (file)) == 0 && good;
  if (!good)
    return gpo_command_fail ("%s could not be written to its end: %s", output, g_strerror (errno));
  fprintf (stderr, "%s: %u sessions, %" G_GUINT64_FORMAT " packets → %s\n", input, count.sessions,
           count.packets, output);
  if (count.missing)
    fprintf (stderr, "%" G_GUINT64_FORMAT " bytes of letters are not in the trace and became \"?\"\n",
             count.missing);
  return GPO_EXIT_OK;
}

int
gpo_cmd_export (int argc, char **argv)
{
  g_autofree char *form = NULL;
  int status;
  const GOptionEntry entries[] = { { "as", 0, 0, G_OPTION_ARG_STRING, &form,
                                     "The form: pcapng (the default), for Wireshark and tshark", "FORM" },
                                   { NULL } };
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (form && strcmp (form, "pcapng") != 0)
    return gpo_command_usage ("--as %s is no form that a trace is exported in; there is: pcapng", form);
  if (argc < 3)
    return gpo_command_usage (
        "export needs a trace and where to write (- is standard output); try: glasspost export --help");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strjoinv (" ", argv + 3);
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, NULL, &error);
  if (!filter)
    return gpo_command_usage ("%s", error->message);
  return run (argv[1], argv[2], argc > 3 ? filter : NULL);
}
