/* SPDX-License-Identifier: MIT */
/* cmd-ask.c: `glasspost ask`: an intent for a running office, or for a proxy with --control, in its own
 * words: what the window's buttons do, from a terminal or a script. The answer is an object of JSON a line.
 */
#include "command/command.h"
#include "office/control.h"
#include <stdio.h>
#include <string.h>

static void
print_line (const char *line, gpointer data)
{
  puts (line);
}

static int
ask (const char *store, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *request = g_strjoinv (" ", words);
  if (strpbrk (request, "\r\n"))
    return gpo_command_usage ("one line is asked at a time");
  if (strcmp (request, "trace") == 0 || g_str_has_prefix (request, "trace "))
    return gpo_command_usage ("the trace is shown by: glasspost show --live");
  return gpo_control_ask (store, request, print_line, NULL, &error) ? GPO_EXIT_OK
                                                                    : gpo_command_fail ("%s", error->message);
}

int
gpo_cmd_ask (int argc, char **argv)
{
  g_autofree char *store = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &store,
      "The office with this store, or the proxy with this folder", "DIR" },
    { NULL },
  };
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return gpo_command_usage ("say what is asked, for example: glasspost ask held");
  return ask (store, argv + 1);
}
