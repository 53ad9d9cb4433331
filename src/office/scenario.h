/* SPDX-License-Identifier: MIT */
/* scenario.h: a world of mail as a file that a teacher writes: docs/scenario.md describes it.
 *
 * A scenario is a key file (GKeyFile): groups [office], [host NAME], [person NAME], [alias ADDRESS],
 * [mx DOMAIN], [route DOMAIN], [wall NAME], [retry], [fault NAME], [letter NAME]. Read once at start into
 * plain data.
 *
 * What stays true:
 *  - a scenario is taken whole or refused whole;
 *  - what is refused is named with file and line, and with what would have been right: the nearest
 *    known group or key, or the values allowed;
 *  - a world that was read can be run: domains and ports are told apart, persons live at known hosts,
 *    nothing reaches outside loopback unless [office] says `outside = yes`, and then nobody has the
 *    toy password. */
#pragma once
#include "roles/host.h"

G_BEGIN_DECLS

/* The password of a person to whom the scenario gives none. */
#define GPO_TOY_PASSWORD "glass"

/* A rule that makes something go wrong, as text: office/fault.h compiles it. */
typedef struct
{
  char *name;
  char *when;   /* a filter */
  char *action; /* "delay 2s" */
  guint times;  /* acts so often; 0: always */
} GpoScenarioFault;

/* A letter that lies there already when a store is opened for the first time. */
typedef struct
{
  char *name;
  char *file;        /* absolute, or relative to the working folder */
  GpoPerson *person; /* in whose mailbox; NULL: in a queue */
  char *folder;      /* mailbox of the person; NULL: INBOX */
  char *flags;       /* Maildir's letters: "S", "FS"; NULL: none */
  GpoHost *queue;    /* at which host; NULL: in a mailbox */
  char *from;        /* queue: reverse-path */
  char **to;         /* queue: forward-paths */
} GpoScenarioLetter;

/* A glass wall before a server that is none of ours: what passes it is in the trace (office/proxy.h). */
typedef struct
{
  char *name;              /* of the server's host in the trace */
  guint16 port, said_port; /* where the wall listens, as GpoHost has them; once open, where it does */
  char *to_address;
  guint16 to_port;
  GpoProtocol protocol; /* spoken there */
} GpoScenarioWall;

typedef struct
{
  char *name; /* the file's name, or "the default world" */
  GpoWorld *world;
  double speed;       /* of the office's clock */
  gint64 start;       /* µs since 1970 at which the clock begins; 0: now */
  char *trace;        /* file to record the trace in; NULL: none asked for */
  GPtrArray *faults;  /* of GpoScenarioFault */
  GPtrArray *walls;   /* of GpoScenarioWall */
  GPtrArray *letters; /* of GpoScenarioLetter */
} GpoScenario;

#define GPO_SCENARIO_ERROR (gpo_scenario_error_quark ())
GQuark gpo_scenario_error_quark (void);
typedef enum
{
  GPO_SCENARIO_ERROR_WRONG
} GpoScenarioError;

/* Ports are said for base 10000 (Athens: 11025). Another base moves all of them alike: 20000 gives
 * 21025. Base 0: the kernel chooses every port. -1: as said. */
#define GPO_PORT_BASE 10000

/* Reads the file at `path`; NULL: the default world. */
GpoScenario *gpo_scenario_load (const char *path, int port_base, GError **error);
/* Reads a scenario from memory. `name` is what errors call it; paths in it are relative to `folder`. */
GpoScenario *gpo_scenario_read (const char *text, gsize length, const char *name, const char *folder,
                                int port_base, GError **error);
void gpo_scenario_free (GpoScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoScenario, gpo_scenario_free)

/* The default world as a scenario file with comments: a start for one's own. Static. */
const char *gpo_scenario_default (void);

/* Every group with its keys, for completion and for the test that each is documented. A key "*" stands
 * for names that the author chooses. Ended by a row without a group. */
typedef struct
{
  const char *group, *key;
} GpoScenarioWord;
const GpoScenarioWord *gpo_scenario_words (void);

/* "90", "90s", "5m", "2h", "4d", "250ms" in µs. FALSE if it is none. Also for the control socket. */
gboolean gpo_duration_parse (const char *text, gint64 *us);
/* "5m", "1h30m", "250ms": short, for people. The caller frees. */
char *gpo_duration_text (gint64 us);

G_END_DECLS
