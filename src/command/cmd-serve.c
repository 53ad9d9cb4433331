/* SPDX-License-Identifier: MIT */
/* cmd-serve.c: `glasspost serve`: the post office without a window.
 *
 * It starts the office (office/office.h), says where everything listens and who lives there, and waits
 * for Ctrl-C, SIGTERM or `stop` over the control socket. */
#include "command/command.h"
#include "office/control.h"
#include "office/office.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  char *scenario, *trace, *store, *ports;
  gboolean temporary, print_scenario, no_trace, quiet;
  int port_base, trace_events;
} Options;

/* --- what it says --- */

static const char *
served (GpoOffice *office, const GpoHost *host, GString *out)
{
  g_string_truncate (out, 0);
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      guint port = gpo_office_port (office, host, (GpoRole) role);
      if (port)
        g_string_append_printf (out, "  %s %u", gpo_role_name ((GpoRole) role), port);
    }
  return out->str;
}

/* "bob@sparta.example"; with an own name and password only its owner knows the password. */
static gboolean
print_people (const GpoHost *host)
{
  gboolean toy = FALSE;
  g_autoptr (GList) logins = g_list_sort (g_hash_table_get_keys (host->persons), (GCompareFunc) strcmp);
  for (GList *l = logins; l; l = l->next)
    {
      const GpoPerson *person = g_hash_table_lookup (host->persons, l->data);
      toy |= strcmp (person->password, GPO_TOY_PASSWORD) == 0;
      printf ("  %s@%s\n", person->login, host->domain);
    }
  return toy;
}

static void
print_office (GpoOffice *office, const char *trace)
{
  const GpoWorld *world = gpo_office_world (office);
  g_autoptr (GString) roles = g_string_new (NULL);
  gboolean toy = FALSE;
  printf ("%s\n\nHosts\n", world->title);
  for (guint i = 0; i < world->hosts->len; i++)
    {
      const GpoHost *host = world->hosts->pdata[i];
      printf ("  %-10s %-18s %s %s%s\n", host->name, host->domain, host->address,
              served (office, host, roles), host->down ? "  (down)" : "");
    }
  printf ("\nPeople\n");
  for (guint i = 0; i < world->hosts->len; i++)
    toy |= print_people (world->hosts->pdata[i]);
  if (toy)
    printf ("  password: %s\n", GPO_TOY_PASSWORD);
  printf ("\nStore  %s\n", gpo_office_store (office));
  if (trace)
    printf ("Trace  %s\n", trace);
  printf ("\nCtrl-C ends it.\n");
  fflush (stdout);
}

/* One line a listener; there from one moment to the next, so that a script may wait for the file. */
static gboolean
write_ports (GpoOffice *office, const char *path, GError **error)
{
  const GpoWorld *world = gpo_office_world (office);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < world->hosts->len; i++)
    for (int role = 0; role < GPO_N_ROLES; role++)
      {
        const GpoHost *host = world->hosts->pdata[i];
        guint port = gpo_office_port (office, host, (GpoRole) role);
        if (port && !host->down)
          g_string_append_printf (text, "%s %s %s %u\n", host->name, gpo_role_name ((GpoRole) role),
                                  host->address, port);
      }
  const GPtrArray *walls = gpo_office_walls (office);
  for (guint i = 0; i < walls->len; i++)
    {
      const GpoScenarioWall *wall = walls->pdata[i];
      g_string_append_printf (text, "%s wall 127.0.0.1 %u\n", wall->name, wall->port);
    }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

/* --- running --- */

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit_here (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
on_stop_asked (gpointer loop)
{
  g_idle_add (quit_here, loop);
}

/* On a thread of the file's own. */
static void
on_trace_failed (const GError *error, gpointer failed)
{
  g_atomic_int_set ((gint *) failed, TRUE);
  gpo_command_fail ("%s", error->message);
}

static int
run (GpoOffice *office, const Options *o, const char *trace)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint ids[] = { g_unix_signal_add (SIGINT, on_signal, loop), g_unix_signal_add (SIGTERM, on_signal, loop),
                  g_unix_signal_add (SIGHUP, on_signal, loop) };
  gpo_office_set_stop_asked (office, on_stop_asked, loop);
  int status = GPO_EXIT_OK;
  for (const char *const *w = gpo_office_warnings (office); *w; w++)
    gpo_command_fail ("note: %s", *w);
  if (o->ports && !write_ports (office, o->ports, &error))
    status = gpo_command_fail (
        "cannot write the list of ports %s: %s; name a file in a folder that can be written", o->ports,
        error->message);
  if (status == GPO_EXIT_OK)
    {
      if (!o->quiet)
        print_office (office, trace);
      g_main_loop_run (loop);
    }
  gpo_office_stop (office);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  return status;
}

static int
serve (const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) scenario = gpo_scenario_load (o->scenario, o->port_base, &error);
  if (!scenario)
    return gpo_command_fail ("%s", error->message);
  g_autofree char *trace = g_strdup (o->trace ? o->trace : scenario->trace);
  g_autofree char *store = o->temporary ? NULL
                           : o->store   ? g_strdup (o->store)
                                        : gpo_control_default_store ();
  if (store && !g_path_is_absolute (store))
    {
      g_autofree char *relative = g_steal_pointer (&store);
      store = g_canonicalize_filename (relative, NULL);
    }
  gint trace_failed = FALSE;
  int status;
  GpoOfficeConfig config = { .scenario = g_steal_pointer (&scenario),
                             .store = store,
                             .trace = trace,
                             .no_trace = o->no_trace,
                             .trace_events = (guint64) o->trace_events,
                             .trace_failed = on_trace_failed,
                             .trace_failed_data = &trace_failed };
  GpoOffice *office = gpo_office_start (&config, &error);
  if (!office)
    return gpo_command_fail ("%s", error->message);
  status = run (office, o, trace);
  return g_atomic_int_get (&trace_failed) ? GPO_EXIT_FAILED : status;
}

int
gpo_cmd_serve (int argc, char **argv)
{
  Options o = { .port_base = -1 };
  int status;
  const GOptionEntry entries[] = {
    { "scenario", 's', 0, G_OPTION_ARG_FILENAME, &o.scenario, "The world to run (default: the built-in one)",
      "FILE" },
    { "print-scenario", 0, 0, G_OPTION_ARG_NONE, &o.print_scenario, "Print the built-in world as a scenario",
      NULL },
    { "trace", 't', 0, G_OPTION_ARG_FILENAME, &o.trace, "Record the trace in this file", "FILE" },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &o.store, "Keep mailboxes and queues in this folder", "DIR" },
    { "temporary", 0, 0, G_OPTION_ARG_NONE, &o.temporary, "Keep them in a new folder, removed in the end",
      NULL },
    { "port-base", 0, 0, G_OPTION_ARG_INT, &o.port_base, "Move all ports from 10000 to N; 0: any free ports",
      "N" },
    { "ports", 0, 0, G_OPTION_ARG_FILENAME, &o.ports, "Write HOST ROLE ADDRESS PORT of each listener here",
      "FILE" },
    { "trace-events", 0, 0, G_OPTION_ARG_INT, &o.trace_events,
      "Keep so many events in memory (default 1000000)", "N" },
    { "no-trace", 0, 0, G_OPTION_ARG_NONE, &o.no_trace, "Record nothing, to measure what tracing costs",
      NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o.quiet, "Say nothing at start", NULL },
    { NULL },
  };
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc > 1)
    status = gpo_command_usage ("serve takes options only, not \"%s\"; try: glasspost serve --help", argv[1]);
  else if (o.print_scenario && !o.scenario)
    fputs (gpo_scenario_default (), stdout);
  else if (o.print_scenario)
    status = gpo_command_usage ("--print-scenario prints the built-in world; leave --scenario out");
  else if (o.port_base < -1 || o.port_base > 65535)
    status = gpo_command_usage ("--port-base is a number from 0 to 65535");
  else if (o.trace_events < 0)
    status = gpo_command_usage ("--trace-events is a number of events");
  else if (o.temporary && o.store)
    status = gpo_command_usage ("--temporary and --store exclude each other");
  else if (o.no_trace && o.trace)
    status = gpo_command_usage ("--no-trace and --trace exclude each other");
  else
    status = serve (&o);
  g_free (o.scenario);
  g_free (o.trace);
  g_free (o.store);
  g_free (o.ports);
  return status;
}
