/* SPDX-License-Identifier: MIT */
/* lab.h: a guided lab: what to do and why, and what must then be seen in the trace.
 *
 * A lab is a folder (docs/writing-a-lab.md describes it to authors):
 *
 *     lab.md        the text: one `#` title, one `##` section a step
 *     checks.ini    what must be seen: [lab], [check NAME], [question NAME], [mistake NAME]
 *     start.office  the world it starts in; without it the default world
 *
 * It is declarative: no code, and a check speaks of facts in the trace, never of keystrokes. Read once
 * into plain data that does not change; judge.h holds it against a trace.
 *
 * What stays true: a lab is taken whole or refused whole, and what is refused is named with file, line
 * and cure. Nothing of a lab file can make the program do anything but compare. */
#pragma once
#include "trace/filter.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_LAB_CHECK,
  GPO_LAB_QUESTION,
  GPO_LAB_MISTAKE
} GpoLabItemType;

/* A fact that is asked for: events that pass a filter, and how they relate to another item's events. */
typedef struct
{
  GpoFilter *see;      /* NULL: a question that asks nothing of the trace */
  gboolean never;      /* no such event */
  int after;           /* item: its event comes first, in the same letter or session; -1: none */
  int with;            /* item: its event is in the same letter or session, before or behind; -1: none */
  int until;           /* item: what comes behind its event does not count; -1: none */
  GPtrArray *same;     /* GpoFilterName: what must be equal instead; NULL: letter, or else session */
  gboolean anywhere;   /* `same = trace`: nothing need be equal */
  GPtrArray *differs;  /* GpoFilterName: what must differ; NULL: nothing */
  guint at_least;      /* so many events; 1 is usual */
  int exactly;         /* so many and no more; -1: at_least counts */
  GpoFilterName *each; /* count different values of this, not events; NULL: events */
} GpoLabFact;

typedef struct
{
  GpoLabItemType type;
  char *name;
  guint line;      /* in checks.ini */
  guint step;      /* from 1 on; mistakes: 0 */
  char *says;      /* what is true when it passes; a mistake: what went wrong, and what to do */
  char **hints;    /* one after another; NULL-terminated, perhaps empty */
  GpoLabFact fact; /* a mistake: when it is made */
  int explains;    /* mistake: the item it explains; -1: it stands for itself */
  /* question: */
  char *ask, *right;
  char **choices;       /* NULL: free text; what an answer says and `answers` names */
  char **shown;         /* the choices in the user's language; NULL: as they are */
  char **answers;       /* texts, or numbers "1.3..1.4"; empty if the trace knows it */
  char **wrong;         /* pairs: word in the answer, what to say to it */
  GpoFilterName *field; /* the answer is this of an event that `see` found; NULL: none */
} GpoLabItem;

typedef struct
{
  char *title, *text; /* CommonMark below the heading */
} GpoLabStep;

typedef struct
{
  char *name;    /* of the folder: "03-envelope-is-not-header" */
  char *folder;  /* NULL if it was read from memory */
  char *title;   /* in the user's language */
  char *heading; /* as title= says it without one */
  guint version, minutes;
  char **needs;     /* names of labs to do before */
  char *intro;      /* CommonMark before the first step */
  GPtrArray *steps; /* GpoLabStep; the first is step 1 */
  GPtrArray *items; /* GpoLabItem in the order of the file */
  char *start;      /* path of start.office, or NULL */
} GpoLab;

#define GPO_LAB_ERROR (gpo_lab_error_quark ())
GQuark gpo_lab_error_quark (void);
typedef enum
{
  GPO_LAB_ERROR_WRONG,  /* the lab's files */
  GPO_LAB_ERROR_NO_SUCH /* no lab of that name */
} GpoLabError;

/* Reads the lab in a folder; texts in the user's language where the lab has them. */
GpoLab *gpo_lab_load (const char *folder, GError **error);
/* Reads a lab from memory: checks.ini and lab.md. `name` is what errors call it. */
GpoLab *gpo_lab_read (const char *name, const char *checks, gsize checks_length, const char *text,
                      gsize text_length, GError **error);
void gpo_lab_free (GpoLab *lab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLab, gpo_lab_free)

/* The item of this name, or -1. */
int gpo_lab_item_named (const GpoLab *lab, const char *name);
const GpoLabItem *gpo_lab_item (const GpoLab *lab, guint i);
/* The choices as the user reads them; NULL for free text. */
char **gpo_lab_item_choices (const GpoLabItem *item);
/* What an answer is in the trace: for one of the choices in the user's language the choice itself, else `text`. */
const char *gpo_lab_item_answer (const GpoLabItem *item, const char *text);
/* Whether its folder holds files that a student is to use: letters, pictures, traces to read. */
gboolean gpo_lab_has_files (const GpoLab *lab);
/* Checks and questions, which is what counts. */
guint gpo_lab_n_to_pass (const GpoLab *lab);

/* --- other languages: lab-languages.c --- */

/* A language that is begun (`says[de]=`, lab.de.md) must be there in whole. Adds to `problems` (of char *) a
 * sentence, with file and line, for each text that lacks it. */
void gpo_lab_check_languages (const GpoLab *lab, GPtrArray *problems);

/* --- the labs there are: lab-shelf.c --- */

/* The folder with the labs: $GPO_LABS, that of the tree the program was built in, or the installed one. The
 * caller frees. */
char *gpo_lab_shelf (void);
/* Names of all lab folders there, in order; NULL-terminated. The caller frees (g_strfreev). */
char **gpo_lab_names (const char *shelf);
/* The lab's folder for what a person typed: "3", "03", "03-envelope", a whole name, or a path. NULL and
 * GPO_LAB_ERROR_NO_SUCH with the nearest. The caller frees. */
char *gpo_lab_find (const char *shelf, const char *word, GError **error);

G_END_DECLS
