/* SPDX-License-Identifier: MIT */
/* scenario-read.h: what the readers of a scenario share.
 *
 *     scenario.c         the file: its groups, keys and lines
 *     scenario-groups.c  the kinds of groups; [office], [fault], [letter]
 *     scenario-host.c    [host]
 *     scenario-people.c  [person], [alias]
 *     scenario-routes.c  [mx], [route], [retry]
 *     scenario-wall.c    [wall]
 *     scenario-value.c   values by their type
 *     scenario-check.c   the whole, when all was read */
#pragma once
#include "office/scenario-value.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;   /* what errors call the file */
  const char *folder; /* paths are relative to it */
  GKeyFile *keys;
  GHashTable *lines; /* "group\nkey" and "group" → line number */
  GpoScenario *scenario;
  GpoLimits limits; /* of [office], for hosts to begin with */
  GError *error;    /* the first thing wrong */
} GpoScenarioReader;

/* One kind of group. */
typedef struct
{
  const char *name;
  gboolean named; /* [host athens], not [office] */
  /* FALSE with reader->error set. `word` is "athens", or "". */
  gboolean (*read) (GpoScenarioReader *reader, const char *group, const char *word);
} GpoScenarioKind;

/* In the order in which they are read; ended by a row without a name. */
extern const GpoScenarioKind gpo_scenario_kinds[];

/* Says what is wrong at a key (NULL: the group's head). Always FALSE. */
gboolean gpo_scenario_wrong (GpoScenarioReader *reader, const char *group, const char *key,
                             const char *format, ...) G_GNUC_PRINTF (4, 5);
/* The value of a key, or NULL if it is not there. The caller frees. */
char *gpo_scenario_value (GpoScenarioReader *reader, const char *group, const char *key);
/* The same for a key that must be there. */
char *gpo_scenario_needs (GpoScenarioReader *reader, const char *group, const char *key,
                          const char *for_example);
/* Reads all keys that the table knows and that are there. */
gboolean gpo_scenario_table (GpoScenarioReader *reader, const char *group, const GpoValueRow *rows,
                             gpointer target);
/* The host of that name; otherwise what is wrong is said at the key. */
GpoHost *gpo_scenario_host (GpoScenarioReader *reader, const char *group, const char *key, const char *name);

/* GpoScenarioKind.read of the groups that have a file of their own. */
gboolean gpo_scenario_read_host (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_person (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_alias (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_mx (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_route (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_retry (GpoScenarioReader *reader, const char *group, const char *word);
gboolean gpo_scenario_read_wall (GpoScenarioReader *reader, const char *group, const char *word);
/* Moves the walls' ports from GPO_PORT_BASE to another base. */
gboolean gpo_scenario_move_walls (GpoScenarioReader *reader, int base);
void gpo_scenario_wall_free (gpointer wall);

/* [host …] as a whole, after all groups were read: scenario-check.c. */
gboolean gpo_scenario_check (GpoScenarioReader *reader, int port_base);
/* The well-known port of a role. */
guint gpo_role_port (GpoRole role);

G_END_DECLS
