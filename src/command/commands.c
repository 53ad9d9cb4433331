/* SPDX-License-Identifier: MIT */
/* commands.c: the table of subcommands, and what all of them share: options and error messages. */
#include "command/command.h"
#include "trace/transcript.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const GpoCommand gpo_commands[] = {
  { "serve", "run the post office without a window", "",
    "  glasspost serve                                   the default world, until Ctrl-C\n"
    "  glasspost serve --temporary --trace first.trace   in a folder that goes away, recorded\n"
    "  glasspost serve --print-scenario > class.scenario a world of one's own, to begin with\n",
    gpo_cmd_serve },
  { "send", "send a letter: a small SMTP client", "[FILE|-]",
    "  glasspost send --from alice@athens.example --to bob@sparta.example letter.txt\n"
    "                                                    through the running office\n"
    "  echo hi | glasspost send --add-missing -v --from alice@athens.example --to bob@sparta.example\n"
    "                                                    with the dialogue\n",
    gpo_cmd_send },
  { "queue", "list, hold, release, retry or remove letters that wait", "[ACTION [LETTER]]",
    "  glasspost queue                                   what waits, where, why and how long\n"
    "  glasspost queue retry                             try all again now\n"
    "  glasspost queue remove 17                         throw letter 17 away\n",
    gpo_cmd_queue },
  { "ask", "ask a running office or proxy: hold, release, break, faults, the clock", "WORD…",
    "  glasspost ask hold on                             every line waits at the gate …\n"
    "  glasspost ask step                                … until it is let go\n"
    "  glasspost ask --store px edit 1 451 4.3.0 Not now a reply held in the proxy of folder px, changed\n",
    gpo_cmd_ask },
  { "machine", "print the state machine of a protocol", "[NAME]",
    "  glasspost machine                                 which machines there are\n"
    "  glasspost machine smtp-server                     its table: state, input, verdict, next state, "
    "reply, RFC\n"
    "  glasspost machine smtp-server --as svg > smtp.svg its diagram\n",
    gpo_cmd_machine },
  { "show", "show a trace as a transcript, a ladder or JSON", "FILE|--live [FILTER]",
    "  glasspost show a.trace                            the dialogues with their states\n"
    "  glasspost show a.trace 'verb = RCPT and class = 5' only the refused recipients\n"
    "  glasspost show a.trace --ladder session = 3       who sends what to whom\n"
    "  glasspost show a.trace --at 305                   the world after event 305: queues, mailboxes, "
    "states\n"
    "  glasspost show --live --data                      the running office, letters in full\n"
    "  glasspost show a.trace --json edge | jq .reply    for other programs\n",
    gpo_cmd_show },
  { "replay", "play a trace: in the window, on a terminal, or against a live server", "TRACE",
    "  glasspost replay a.trace                          in the window\n"
    "  glasspost replay a.trace --text                   on this terminal: space . , Home End + - q\n"
    "  glasspost replay traces/conformance/smtp --against localhost:2525\n"
    "                                                    grade an SMTP server: its answers, by meaning\n",
    gpo_cmd_replay },
  { "proxy", "stand between a client and a server, and make the trace", "",
    "  glasspost proxy --listen 2525 --to localhost:25   then let a mail program send to port 2525\n"
    "  glasspost proxy --listen 1143 --to localhost:143 --trace imap.trace\n"
    "                                                    recorded\n"
    "  glasspost proxy --listen 2525 --to localhost:25 --hold 'verb = DATA'\n"
    "                                                    DATA waits until Enter is pressed\n",
    gpo_cmd_proxy },
  { "export", "make a capture of a trace, for Wireshark and tshark", "TRACE OUT|- [FILTER]",
    "  glasspost export a.trace a.pcapng                 then: wireshark a.pcapng\n"
    "  glasspost export a.trace - session = 3 | tshark -r - -O smtp\n"
    "                                                    one session, decoded\n",
    gpo_cmd_export },
  { "diff", "compare two traces by meaning", "A B",
    "  glasspost diff good.trace bad.trace               same transaction, RCPT differs\n", gpo_cmd_diff },
  { "import", "make a trace of a capture of mail, as tcpdump writes it", "FILE|-",
    "  glasspost import mail.pcap                        makes mail.trace of what tcpdump -i any -w "
    "mail.pcap saw\n"
    "  tcpdump -i any -w - port 143 | glasspost import - | glasspost show -\n"
    "                                                    as it happens, with states\n",
    gpo_cmd_import },
  { "lab", "guided labs: list, do, check and grade them",
    "[list|show|run|answer|grade|lint|export] [LAB] [FILE…]",
    "  glasspost lab list                                which labs there are, and how far you are\n"
    "  glasspost lab run 3                               an office for lab 3, checked while you work\n"
    "  glasspost lab grade 3 class/ --csv                what a class handed in, judged offline\n"
    "  glasspost lab export --student carol               all your runs as one file to hand in\n",
    gpo_cmd_lab },
  { NULL }
};

const GpoCommand *
gpo_command_named (const char *name)
{
  for (const GpoCommand *c = gpo_commands; c->name; c++)
    if (strcmp (c->name, name) == 0)
      return c;
  return NULL;
}

gboolean
gpo_command_parse (const GOptionEntry *entries, int *argc, char ***argv, int *status)
{
  const GpoCommand *command = gpo_command_named ((*argv)[0]);
  g_autofree char *name = g_strdup_printf ("glasspost %s", command->name);
  g_autofree char *summary = g_strdup_printf ("glasspost %s: %s.", command->name, command->summary);
  g_autofree char *examples = g_strdup_printf ("Examples:\n%s", command->examples);
  g_autoptr (GOptionContext) context = g_option_context_new (command->parameters);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  GOptionEntry own[] = { { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL }, { NULL } };

  g_set_prgname (name);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, examples);
  g_option_context_add_main_entries (context, own, NULL);
  if (entries)
    g_option_context_add_main_entries (context, entries, NULL);
  gboolean parsed = g_option_context_parse (context, argc, argv, &error);
  if (parsed && help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);
      fputs (text, stdout);
    }
  g_set_prgname ("glasspost");
  *status = GPO_EXIT_OK;
  if (!parsed)
    *status = gpo_command_usage ("%s; try: %s --help", error->message, name);
  return parsed && !help;
}

/* One line on stderr in which no byte can act on the terminal. */
static void
complain (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autoptr (GString) line = g_string_new ("glasspost: ");
  for (const char *p = text; *p;)
    {
      gsize length = strcspn (p, "\n");
      gpo_escape_text (line, p, length, 0);
      g_string_append_c (line, '\n');
      p += length + (p[length] == '\n');
    }
  fputs (line->str, stderr);
}

int
gpo_command_fail (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  complain (format, args);
  va_end (args);
  return GPO_EXIT_FAILED;
}

int
gpo_command_usage (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  complain (format, args);
  va_end (args);
  return GPO_EXIT_USAGE;
}
