/* SPDX-License-Identifier: MIT */
/* terminal-world.c: counters and people of the office's world, in the scenario's order. */
#include "terminal-world.h"
#include "i18n.h"

typedef struct
{
  const GpoHost *host;
  GpoRole role;
  char *words;
} Target;

struct GpoTerminalWorld
{
  GpoOffice *office;
  GPtrArray *targets;            /* of Target */
  GPtrArray *people, *addresses; /* of char *, NULL at the end */
};

static void
target_free (gpointer data)
{
  g_free (((Target *) data)->words);
  g_free (data);
}

static void
add_counters (GpoTerminalWorld *world, const GpoHost *host)
{
  static const char *const names[] = { N_ ("SMTP"), N_ ("submission"), "IMAP", "IMAPS", "POP3" };
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      guint port = host->has_role[role] ? gpo_office_port (world->office, host, (GpoRole) role) : 0;
      if (!port)
        continue;
      Target *target = g_new (Target, 1);
      *target = (Target){ host, (GpoRole) role,
                          g_strdup_printf (_ ("%s %s, port %u"), host->name, _ (names[role]), port) };
      g_ptr_array_add (world->targets, target);
    }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* The same login may be used at two hosts; it is one name in the trace. */
static void
add_people (GpoTerminalWorld *world, const GpoHost *host)
{
  GHashTableIter iter;
  gpointer person;
  g_hash_table_iter_init (&iter, host->persons);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    {
      const char *login = ((GpoPerson *) person)->login;
      g_ptr_array_add (world->addresses, g_strdup_printf ("%s@%s", login, host->domain));
      if (!g_ptr_array_find_with_equal_func (world->people, login, g_str_equal, NULL))
        g_ptr_array_add (world->people, g_strdup (login));
    }
}

GpoTerminalWorld *
gpo_terminal_world_new (GpoOffice *office)
{
  GpoTerminalWorld *world = g_new0 (GpoTerminalWorld, 1);
  world->office = office;
  world->targets = g_ptr_array_new_with_free_func (target_free);
  world->people = g_ptr_array_new_with_free_func (g_free);
  world->addresses = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *hosts = office ? gpo_office_world (office)->hosts : NULL;
  for (guint i = 0; hosts && i < hosts->len; i++)
    {
      add_counters (world, hosts->pdata[i]);
      add_people (world, hosts->pdata[i]);
    }
  g_ptr_array_sort (world->people, by_name);
  g_ptr_array_insert (world->people, 0, g_strdup ("terminal"));
  g_ptr_array_add (world->people, NULL);
  g_ptr_array_sort (world->addresses, by_name);
  g_ptr_array_add (world->addresses, NULL);
  return world;
}

void
gpo_terminal_world_free (GpoTerminalWorld *world)
{
  g_ptr_array_unref (world->targets);
  g_ptr_array_unref (world->people);
  g_ptr_array_unref (world->addresses);
  g_free (world);
}

guint
gpo_terminal_world_n_targets (const GpoTerminalWorld *world)
{
  return world->targets->len;
}

const char *
gpo_terminal_world_target (const GpoTerminalWorld *world, guint i)
{
  return ((Target *) world->targets->pdata[i])->words;
}

void
gpo_terminal_world_fill (const GpoTerminalWorld *world, guint i, GpoTypedCallOptions *options)
{
  const Target *target = world->targets->pdata[i];
  gboolean imap = target->role == GPO_ROLE_IMAP || target->role == GPO_ROLE_IMAPS;
  options->address = target->host->address;
  options->port = (guint16) gpo_office_port (world->office, target->host, target->role);
  options->server_name = target->host->domain;
  options->tls = target->role == GPO_ROLE_IMAPS;
  options->protocol = imap                            ? GPO_PROTOCOL_IMAP
                      : target->role == GPO_ROLE_POP3 ? GPO_PROTOCOL_POP3
                                                      : GPO_PROTOCOL_SMTP;
}

const char *const *
gpo_terminal_world_people (const GpoTerminalWorld *world)
{
  return (const char *const *) world->people->pdata;
}

const char *const *
gpo_terminal_world_addresses (const GpoTerminalWorld *world)
{
  return (const char *const *) world->addresses->pdata;
}
