/* SPDX-License-Identifier: MIT */
/* main.c: the command `glasspost`.
 *
 * Without arguments it becomes the window (the program glasspost-window, which is separate so that
 * this one links no GTK); where there is no display it shows its help. With a word it runs that
 * subcommand: src/command/commands.c has the table. */
#include "command/command.h"
#include "wire/nearest.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void
print_help (void)
{
  puts ("Usage: glasspost [COMMAND] [OPTION…]\n\n"
        "The Glass Post Office: SMTP, IMAP and POP3 servers that show what they do.\n"
        "Without a command the window opens.\n\nCommands:");
  for (const GpoCommand *c = gpo_commands; c->name; c++)
    printf ("  %-10s %s\n", c->name, c->summary);
  printf ("  %-10s %s\n\n", "help", "show this help, or that of a command: glasspost help COMMAND");
  puts ("Options:\n  --help     show this help\n  --version  show the version\n\nExamples:");
  for (const GpoCommand *c = gpo_commands; c->name; c++)
    fputs (c->examples, stdout);
  puts ("\nExit status: 0 done, 1 failed, 2 not understood.");
}

static int
unknown (const char *word)
{
  const char *words[64] = { "help" };
  guint n = 1;
  for (const GpoCommand *c = gpo_commands; c->name && n < G_N_ELEMENTS (words) - 1; c++)
    words[n++] = c->name;
  const char *meant = gpo_nearest_word (word, words);
  const char *kind = word[0] == '-' ? "option" : "command";
  if (meant && word[0] != '-')
    return gpo_command_usage ("there is no command \"%s\"; did you mean \"%s\"?", word, meant);
  return gpo_command_usage ("there is no %s \"%s\"; try: glasspost --help", kind, word);
}

static int
help (int argc, char **argv)
{
  if (argc < 2)
    {
      print_help ();
      return GPO_EXIT_OK;
    }
  const GpoCommand *command = gpo_command_named (argv[1]);
  if (!command)
    return unknown (argv[1]);
  char *ask[] = { argv[1], (char *) "--help", NULL };
  return command->run (2, ask);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_set_prgname ("glasspost");
  if (argc < 2 && (g_getenv ("DISPLAY") || g_getenv ("WAYLAND_DISPLAY")))
    return gpo_command_open_window (NULL);
  if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_help ();
      return GPO_EXIT_OK;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("glasspost " GPO_VERSION);
      return GPO_EXIT_OK;
    }
  if (strcmp (argv[1], "help") == 0)
    return help (argc - 1, argv + 1);
  const GpoCommand *command = gpo_command_named (argv[1]);
  return command ? command->run (argc - 1, argv + 1) : unknown (argv[1]);
}
