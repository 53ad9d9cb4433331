/* SPDX-License-Identifier: MIT */
/* mailbox-names-internal.h: what the files about names of mailboxes share; see mailbox-names.h. */
#pragma once
#include "store/mailbox-names.h"

G_BEGIN_DECLS

/* A folder that is going: no reader takes it for a mailbox. */
#define GPO_NAMES_REMOVED "..removed."

/* --- mailbox-names.c --- */

typedef struct
{
  GHashTable *folders, *subscribed, *uses;
} GpoNames;

void gpo_names_clear (GpoNames *names);
/* Reads what is on disk: blocks. FALSE and `error`; then there is nothing to clear. */
gboolean gpo_names_read (const char *path, GpoNames *names, GError **error);
/* This is how it is now. Takes the tables. */
void gpo_names_take (GpoMaildirs *owner, GpoNames *names);
/* Removes a folder with all that is in it. Blocks. */
void gpo_names_remove_tree (const char *path);

/* --- mailbox-name-job.c --- */

typedef struct GpoNameJob GpoNameJob;
struct GpoNameJob
{
  GpoJob job;
  GpoMaildirs *owner;
  GPtrArray *from, *to; /* of char *: paths; from NULL: `to` is made; to NULL: `from` is removed */
  const char *file;     /* replaced with `text` behind that */
  char *text;
  GpoNames names;                   /* as it is then */
  GPtrArray *old_names, *new_names; /* of open mailboxes that are renamed; a new one NULL: deleted */
  GpoMailboxFunc done;
  gpointer data;
};

/* A job that does nothing yet but read the names again. `done` may be NULL. */
GpoNameJob *gpo_name_job_new (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data);
/* Hands it over. */
void gpo_name_job_start (GpoNameJob *job);
/* Answers with an error, later. */
void gpo_names_refuse (GpoMailboxes *mailboxes, GpoMailboxError code, GpoMailboxFunc done, gpointer data,
                       const char *format, ...) G_GNUC_PRINTF (5, 6);

/* --- mailbox-create.c --- */

/* Whether a mailbox may be called so; else it was answered. */
gboolean gpo_name_is_free (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data);
/* Makes the levels above `name` that are no mailboxes yet. */
void gpo_name_job_add_levels_above (GpoNameJob *job, const char *name);

G_END_DECLS
