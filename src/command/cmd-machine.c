/* SPDX-License-Identifier: MIT */
/* cmd-machine.c: `glasspost machine [NAME] --as text|dot|svg|md`.
 *
 * Prints the very tables that the servers run: gpo_machines[] of src/protocol/machines.c. */
#include "command/command.h"
#include "protocol/machine.h"
#include "wire/nearest.h"
#include <stdio.h>
#include <string.h>

static int
list_machines (void)
{
  for (const GpoMachine *const *m = gpo_machines; *m; m++)
    printf ("%-14s %s\n", (*m)->name, (*m)->title);
  return GPO_EXIT_OK;
}

static int
no_such_machine (const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (const GpoMachine *const *m = gpo_machines; *m; m++)
    g_ptr_array_add (names, (gpointer) (*m)->name);
  g_ptr_array_add (names, NULL);
  const char *meant = gpo_nearest_word (name, (const char *const *) names->pdata);
  if (meant)
    return gpo_command_usage ("there is no machine \"%s\"; did you mean \"%s\"?", name, meant);
  return gpo_command_usage ("there is no machine \"%s\"; list them: glasspost machine", name);
}

static int
print_svg (const GpoMachine *machine)
{
  g_autofree char *dot = gpo_machine_print (machine, GPO_PRINT_DOT);
  g_autoptr (GError) error = NULL;
  g_autofree char *svg = gpo_graph_to_svg (dot, &error);
  if (!svg)
    return gpo_command_fail ("%s", error->message);
  fputs (svg, stdout);
  return GPO_EXIT_OK;
}

int
gpo_cmd_machine (int argc, char **argv)
{
  static const struct
  {
    const char *word;
    GpoPrint how;
  } ways[] = { { "text", GPO_PRINT_TEXT }, { "dot", GPO_PRINT_DOT }, { "md", GPO_PRINT_MARKDOWN } };
  g_autofree char *as = NULL;
  const GOptionEntry entries[]
      = { { "as", 0, 0, G_OPTION_ARG_STRING, &as, "How: text (default), dot, svg or md", "FORM" }, { NULL } };
  int status;
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc > 2)
    return gpo_command_usage ("machine takes one name, not also \"%s\"", argv[2]);
  if (argc < 2)
    return list_machines ();
  const GpoMachine *machine = gpo_machine_named (argv[1]);
  if (!machine)
    return no_such_machine (argv[1]);
  if (as && strcmp (as, "svg") == 0)
    return print_svg (machine);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strcmp (as ? as : "text", ways[i].word) == 0)
      {
        g_autofree char *text = gpo_machine_print (machine, ways[i].how);
        fputs (text, stdout);
        return GPO_EXIT_OK;
      }
  return gpo_command_usage ("--as is text, dot, svg or md, not \"%s\"", as);
}
