/* SPDX-License-Identifier: MIT */
/* mailbox-maildir.c: all mailboxes of a person as the folders of a Maildir++: opening, closing, and the
 * threads that read.
 *
 * A mailbox stays open for a while after its last reader, so that the next SELECT is quick. Names, CREATE,
 * DELETE, RENAME and subscriptions are in mailbox-names.c. */
#include "store/mailbox-internal.h"
#include "store/mailbox-names.h"
#include "store/disk.h"
#include <string.h>

#define READERS 2
#define STAYS_OPEN (60 * G_TIME_SPAN_SECOND)

GError *
gpo_mailbox_error_from (const GError *error)
{
  if (!error || error->domain == GPO_MAILBOX_ERROR)
    return error ? g_error_copy (error) : NULL;
  GpoMailboxError code = GPO_MAILBOX_ERROR_IO;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    code = GPO_MAILBOX_ERROR_NO_SPACE;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    code = GPO_MAILBOX_ERROR_NONEXISTENT;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG))
    code = GPO_MAILBOX_ERROR_NAME;
  return g_error_new_literal (GPO_MAILBOX_ERROR, code, error->message);
}

/* --- later --- */

typedef struct
{
  GpoJob job;
  GError *error;
  GpoMailboxFunc done;
  gpointer data;
} Later;

static void
later_done (GpoJob *job, const GError *error)
{
  Later *later = (Later *) job;
  later->done (later->error, later->data);
  g_clear_error (&later->error);
  g_free (later);
}

static const GpoJobClass later_class = { .done = later_done };

void
gpo_maildirs_later (GpoMaildirs *owner, const GError *error, GpoMailboxFunc done, gpointer data)
{
  Later *later = g_new0 (Later, 1);
  later->job.klass = &later_class;
  later->error = error ? g_error_copy (error) : NULL;
  later->done = done;
  later->data = data;
  gpo_committer_post (gpo_store_committer (owner->store), &later->job);
}

/* --- readers --- */

static void
reader_done (GpoJob *job, const GError *error)
{
  ((GpoReaderTask *) job)->finished ((GpoReaderTask *) job);
}

static const GpoJobClass reader_class = { .done = reader_done };

static void
reader_work (gpointer data, gpointer unused)
{
  GpoReaderTask *task = data;
  task->work (task);
  gpo_committer_post (gpo_store_committer (task->owner->store), &task->job);
}

void
gpo_reader_start (GpoMaildirs *owner, GpoReaderTask *task)
{
  task->job.klass = &reader_class;
  task->job.announced = TRUE;
  task->owner = owner;
  gpo_committer_announce (gpo_store_committer (owner->store));
  g_thread_pool_push (owner->readers, task, NULL);
}

/* --- opening --- */

typedef struct
{
  GpoMailboxOpenFunc done;
  gpointer data;
} OpenWaiter;

typedef struct
{
  GpoReaderTask task;
  GpoFolder *folder;
  GArray *waiters; /* of OpenWaiter */
  GError *error;
} Opening;

static void
answer_opening (Opening *opening)
{
  GpoFolder *folder = opening->folder;
  g_autoptr (GError) error = gpo_mailbox_error_from (opening->error);
  for (guint i = 0; i < opening->waiters->len; i++)
    {
      OpenWaiter *waiter = &g_array_index (opening->waiters, OpenWaiter, i);
      waiter->done (error ? NULL : gpo_mailbox_ref (&folder->mailbox), error, waiter->data);
    }
}

static void
opening_work (GpoReaderTask *task)
{
  Opening *opening = (Opening *) task;
  gpo_folder_load (opening->folder, &opening->error);
}

static void
opening_finished (GpoReaderTask *task)
{
  Opening *opening = (Opening *) task;
  GpoFolder *folder = opening->folder;
  GpoMaildirs *owner = task->owner;
  g_ptr_array_remove (owner->openings, opening);
  folder->loading = FALSE;
  if (!opening->error)
    {
      g_hash_table_insert (owner->mailboxes.mailboxes, folder->mailbox.name, folder);
      gpo_folder_tidy (folder);
      gpo_folder_look (folder, !folder->watched, !folder->watched);
    }
  answer_opening (opening);
  if (opening->error)
    gpo_folder_free (folder);
  else
    gpo_mailbox_unref (&folder->mailbox);
  g_clear_error (&opening->error);
  g_array_unref (opening->waiters);
  g_free (opening);
}

static Opening *
find_opening (GpoMaildirs *owner, const char *name)
{
  for (guint i = 0; i < owner->openings->len; i++)
    if (strcmp (((Opening *) owner->openings->pdata[i])->folder->mailbox.name, name) == 0)
      return owner->openings->pdata[i];
  return NULL;
}

/* --- one that is open --- */

typedef struct
{
  GpoFolder *folder;
  GpoMailboxOpenFunc done;
  gpointer data;
} Reopening;

static void
reopened (const GError *error, gpointer data)
{
  Reopening *reopening = data;
  GpoMailbox *mailbox = &reopening->folder->mailbox;
  if (mailbox->gone)
    {
      g_autoptr (GError) gone = g_error_new (GPO_MAILBOX_ERROR, GPO_MAILBOX_ERROR_NONEXISTENT,
                                             "there is no mailbox \"%s\"", mailbox->name);
      reopening->done (NULL, gone, reopening->data);
    }
  else
    reopening->done (gpo_mailbox_ref (mailbox), NULL, reopening->data);
  gpo_mailbox_unref (mailbox);
  g_free (reopening);
}

static void
not_there (const GError *error, gpointer data)
{
  Reopening *reopening = data;
  reopening->done (NULL, error, reopening->data);
  g_free (reopening);
}

static void
maildirs_open (GpoMailboxes *mailboxes, const char *name, GpoMailboxOpenFunc done, gpointer data)
{
  GpoMaildirs *owner = (GpoMaildirs *) mailboxes;
  OpenWaiter waiter = { done, data };
  GpoFolder *folder = g_hash_table_lookup (mailboxes->mailboxes, name);
  Opening *opening = find_opening (owner, name);
  if (folder && !folder->mailbox.gone)
    {
      Reopening *reopening = g_new0 (Reopening, 1);
      *reopening = (Reopening){ gpo_folder (gpo_mailbox_ref (&folder->mailbox)), done, data };
      gpo_mailbox_rescan (&folder->mailbox, reopened, reopening);
      return;
    }
  if (opening)
    {
      g_array_append_val (opening->waiters, waiter);
      return;
    }
  g_autofree char *path = gpo_maildirs_path (owner, name);
  if (!path || !gpo_maildir_exists (path))
    {
      g_autoptr (GError) error = g_error_new (GPO_MAILBOX_ERROR, GPO_MAILBOX_ERROR_NONEXISTENT,
                                              "there is no mailbox \"%s\"", name);
      Reopening *failing = g_new0 (Reopening, 1);
      *failing = (Reopening){ NULL, done, data };
      gpo_maildirs_later (owner, error, not_there, failing);
      return;
    }
  opening = g_new0 (Opening, 1);
  opening->task.work = opening_work;
  opening->task.finished = opening_finished;
  opening->folder = gpo_folder_new (owner, name, path);
  opening->folder->loading = TRUE;
  opening->waiters = g_array_new (FALSE, FALSE, sizeof (OpenWaiter));
  g_array_append_val (opening->waiters, waiter);
  g_ptr_array_add (owner->openings, opening);
  gpo_reader_start (owner, &opening->task);
}

/* --- closing --- */

/* A folder's name is the key, so it leaves the table before it is freed. */
static gboolean
close_unused (gpointer data)
{
  GpoMaildirs *owner = data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GList) folders = g_hash_table_get_values (owner->mailboxes.mailboxes);
  for (GList *f = folders; f; f = f->next)
    {
      GpoFolder *folder = f->data;
      if (folder->mailbox.references || folder->mailbox.views->len || now - folder->unused_since < STAYS_OPEN)
        continue;
      g_hash_table_remove (owner->mailboxes.mailboxes, folder->mailbox.name);
      gpo_folder_free (folder);
    }
  return G_SOURCE_CONTINUE;
}

static void
maildirs_free (GpoMailboxes *mailboxes)
{
  GpoMaildirs *owner = (GpoMaildirs *) mailboxes;
  gpo_store_flush (owner->store);
  g_thread_pool_free (owner->readers, FALSE, TRUE);
  g_autoptr (GList) folders = g_hash_table_get_values (mailboxes->mailboxes);
  for (GList *f = folders; f; f = f->next)
    gpo_folder_free (f->data);
  g_source_destroy (owner->closing);
  g_source_unref (owner->closing);
  g_ptr_array_unref (owner->openings);
  g_hash_table_unref (owner->folders);
  g_hash_table_unref (owner->subscribed);
  g_hash_table_unref (owner->uses);
  gpo_mailboxes_finish (mailboxes);
  g_mutex_clear (&owner->validity_lock);
  g_free (owner->path);
  g_free (owner->host);
  g_free (owner);
}

static const GpoMailboxesClass maildirs_class = {
  .open = maildirs_open,
  .refresh = gpo_maildirs_refresh,
  .create = gpo_maildirs_create,
  .delete = gpo_maildirs_delete,
  .rename = gpo_maildirs_rename,
  .subscribe = gpo_maildirs_subscribe,
  .free = maildirs_free,
};

GpoMailboxes *
gpo_maildir_mailboxes_new (GpoStore *store, const char *path, const char *host, const char *person,
                           GError **error)
{
  GpoMaildirs *owner = g_new0 (GpoMaildirs, 1);
  gpo_mailboxes_init (&owner->mailboxes, &maildirs_class, person);
  owner->store = store;
  owner->context = gpo_store_context (store);
  owner->path = g_strdup (path);
  owner->host = g_strdup (host);
  owner->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  owner->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  owner->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  owner->openings = g_ptr_array_new ();
  owner->readers = g_thread_pool_new (reader_work, NULL, READERS, FALSE, NULL);
  g_mutex_init (&owner->validity_lock);
  owner->closing = g_timeout_source_new_seconds (30);
  g_source_set_callback (owner->closing, close_unused, owner, NULL);
  g_source_attach (owner->closing, owner->context);
  if (!gpo_maildirs_read_names (owner, error))
    {
      maildirs_free (&owner->mailboxes);
      return NULL;
    }
  return &owner->mailboxes;
}

void
gpo_maildir_mailboxes_delivered (GpoMailboxes *mailboxes, const char *path)
{
  GHashTableIter iter;
  gpointer folder;
  g_hash_table_iter_init (&iter, mailboxes->mailboxes);
  while (g_hash_table_iter_next (&iter, NULL, &folder))
    if (strcmp (((GpoFolder *) folder)->path, path) == 0)
      {
        if (((GpoFolder *) folder)->watched)
          gpo_watch_drain ();
        else
          gpo_folder_look (folder, TRUE, FALSE);
        return;
      }
}
