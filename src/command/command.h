/* SPDX-License-Identifier: MIT */
/* command.h: the subcommands of `glasspost`: one table, one file each.
 *
 * To add the command `glasspost NAME`: write src/command/cmd-NAME.c with gpo_cmd_NAME(), declare it
 * below, add its row to commands.c and its file to meson.build, and describe it in
 * docs/glasspost.1 and docs/completions (a test compares them with `--help`).
 *
 * A command starts with gpo_command_parse(), writes what was asked for to stdout, and what went
 * wrong to stderr through gpo_command_fail() or gpo_command_usage(). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* What the program exits with. */
enum
{
  GPO_EXIT_OK = 0,
  GPO_EXIT_FAILED = 1, /* it was understood and could not be done, or a check found a difference */
  GPO_EXIT_USAGE = 2   /* it was not understood */
};

typedef struct
{
  const char *name;
  const char *summary;    /* one line, lower case, no full stop */
  const char *parameters; /* what follows the options: "[NAME]" or "" */
  const char *examples;   /* whole lines, each "  glasspost …    what it does\n" */
  /* argv[0] is the command's name. Returns an exit status. */
  int (*run) (int argc, char **argv);
} GpoCommand;

/* All commands in the order that --help shows, ended by a row without a name: commands.c. */
extern const GpoCommand gpo_commands[];
/* The command of this name, or NULL. */
const GpoCommand *gpo_command_named (const char *name);

/* Reads the options of the command argv[0]; knows --help and shows the command's examples there.
 * `entries` is as for g_option_context_add_main_entries(). On success argc and argv keep what is no
 * option. Returns FALSE with *status to leave with: help was shown, or an option was wrong. */
gboolean gpo_command_parse (const GOptionEntry *entries, int *argc, char ***argv, int *status);

/* Says "glasspost: …" on stderr. Return GPO_EXIT_FAILED and GPO_EXIT_USAGE. Control bytes in the
 * text are made visible, so names that came from elsewhere may be printed. */
int gpo_command_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);
int gpo_command_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Lays out Graphviz source and returns it as SVG; the caller frees. NULL and G_IO_ERROR if the
 * program was built without Graphviz (the message names the package) or it fails: graph-svg.c. */
char *gpo_graph_to_svg (const char *dot, GError **error);

/* Whether standard output is a terminal that shows colours, and neither `plain` nor NO_COLOR asks for none.
 */
gboolean gpo_command_wants_color (gboolean plain);
/* A descriptor that becomes readable when the file grows or goes, or -1. */
int gpo_command_watch_file (const char *path);
/* Waits until the file has grown. FALSE if it cannot grow any more: it was moved away or deleted. */
gboolean gpo_command_wait_for_more (int watch, const char *path);

/* Becomes the window (the program glasspost-window, searched beside this program, in the build's gui folder
 * and in libexec) with these arguments (NULL-terminated; NULL: none). Comes back only when it cannot, with a
 * status: open-window.c. */
int gpo_command_open_window (const char *const *arguments);

/* The commands: each as `run` above. */
int gpo_cmd_ask (int argc, char **argv);
int gpo_cmd_export (int argc, char **argv);
int gpo_cmd_import (int argc, char **argv);
int gpo_cmd_diff (int argc, char **argv);
int gpo_cmd_lab (int argc, char **argv);
int gpo_cmd_machine (int argc, char **argv);
int gpo_cmd_proxy (int argc, char **argv);
int gpo_cmd_queue (int argc, char **argv);
int gpo_cmd_replay (int argc, char **argv);
int gpo_cmd_send (int argc, char **argv);
int gpo_cmd_serve (int argc, char **argv);
int gpo_cmd_show (int argc, char **argv);

G_END_DECLS
