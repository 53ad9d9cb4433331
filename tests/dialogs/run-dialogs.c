/* SPDX-License-Identifier: MIT */
/* run-dialogs.c: `run-dialogs GLASSPOST FOLDER`: plays every dialogue of a folder, whole and one byte at
 * a time; two TAP cases a dialogue. Over loopback each has an office of its own; with --memory in place
 * of the program the bare sessions answer. With --rows PROTOCOL behind the folder there are two cases more: every row
 * of the server's table was taken by some dialogue, whole and one byte at a time. */
#include "dialog-paper.h"
#include "dialog-socket.h"
#include <stdio.h>
#include <string.h>

static guint n_cases, n_failed;
static DialogRows *rows[2]; /* whole, byte by byte; NULL: nobody asks */

static void
report (const char *name, const char *how, const GError *error)
{
  printf ("%sok %u - %s: %s\n", error ? "not " : "", ++n_cases, name, how);
  if (error)
    {
      g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
      for (char **line = lines; *line; line++)
        printf ("#   %s\n", *line);
      n_failed++;
    }
  fflush (stdout);
}

static gboolean
play_served (const char *program, const Dialog *dialog, gboolean byte_by_byte, GError **error)
{
  ServedOffice *office = served_office_start (program, dialog->scenario, error);
  if (!office)
    return FALSE;
  gboolean good = dialog_play (dialog, served_office_transport (office), byte_by_byte, error);
  return served_office_stop (office, rows[byte_by_byte ? 1 : 0], good ? error : NULL) && good;
}

static void
play (const char *program, const Dialog *dialog, const char *name, gboolean byte_by_byte)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *how = g_strdup_printf ("%s, %s", dialog->title, byte_by_byte ? "byte by byte" : "whole");
  gboolean memory = strcmp (program, "--memory") == 0;
  const char *lacks = memory ? dialog_paper_lacks (dialog) : NULL;
  if (lacks) /* the offices play it */
    printf ("# %s: not played in memory, %s\n", name, lacks);
  else
    {
      if (memory)
        dialog_play (dialog, dialog_paper_transport (), byte_by_byte, &error);
      else
        play_served (program, dialog, byte_by_byte, &error);
      report (name, how, error);
    }
}

/* The tap case that says which rows are still untried. */
static void
report_rows (const DialogRows *tried, const char *how)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  for (gsize row = 0; row < tried->machine->n_edges; row++)
    {
      g_autofree char *name = dialog_rows_name (tried, row);
      if (!tried->taken[row] && !dialog_rows_exempt (tried, row))
        g_string_append_printf (missing, "\n%s", name);
    }
  if (missing->len)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "no dialogue takes these rows:%s", missing->str);
  report (tried->machine->name, how, error);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list_dialogs (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;
  if (!dir)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".dialog"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  return names;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean count = argc == 5 && strcmp (argv[3], "--rows") == 0;
  g_autoptr (GPtrArray) names = argc == 3 || count ? list_dialogs (argv[2], &error) : NULL;
  if (!names || !names->len)
    {
      fprintf (stderr, "%s\n",
               error ? error->message
                     : "usage: run-dialogs GLASSPOST|--memory FOLDER [--rows PROTOCOL] (with *.dialog in it)");
      return 1;
    }
  for (guint way = 0; count && way < 2; way++)
    rows[way] = dialog_rows_new (argv[4]);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (argv[2], name, NULL);
      g_autoptr (GError) bad = NULL;
      g_autoptr (Dialog) dialog = dialog_load (path, &bad);
      for (guint way = 0; way < 2; way++)
        if (dialog)
          play (argv[1], dialog, name, way == 1);
        else
          report (name, "it can be read", bad);
    }
  for (guint way = 0; rows[0] && way < 2; way++)
    {
      report_rows (rows[way], way ? "every row is taken byte by byte" : "every row is taken whole");
      dialog_rows_free (rows[way]);
    }
  printf ("1..%u\n", n_cases);
  return n_failed ? 1 : 0;
}
