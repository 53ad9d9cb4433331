/* SPDX-License-Identifier: MIT */
/* mailbox-name-job.c: changing names of mailboxes on disk, off the office's thread.
 *
 * These are rare: each is one job, with all its waiting. A folder is removed by renaming it to "..removed.N"
 * first, which no reader takes for a mailbox, and emptied after that. */
#include "store/mailbox-names-internal.h"
#include "store/disk.h"
#include <stdio.h>
#include <unistd.h>

static gboolean
name_step (GpoNameJob *job, const char *from, const char *to, GError **error)
{
  if (!from)
    return gpo_maildir_create (to, TRUE, error);
  g_autofree char *away = g_strdup_printf ("%s/" GPO_NAMES_REMOVED "%d.%u", job->owner->path, (int) getpid (),
                                           g_atomic_int_add (&job->owner->removed, 1));
  if (rename (from, to ? to : away) < 0)
    return gpo_disk_error (error, to ? "rename" : "remove", from);
  if (!gpo_disk_sync_folder (job->owner->path, error))
    return FALSE;
  if (!to)
    gpo_names_remove_tree (away);
  return TRUE;
}

static gboolean
name_write (GpoJob *base, GpoBatch *batch, GError **error)
{
  GpoNameJob *job = (GpoNameJob *) base;
  gboolean ok = TRUE;
  if (job->from->len)
    gpo_batch_leave_journal (batch);
  for (guint i = 0; ok && i < job->from->len; i++)
    ok = name_step (job, job->from->pdata[i], job->to->pdata[i], error);
  if (ok && job->file)
    {
      g_autofree char *path = g_build_filename (job->owner->path, job->file, NULL);
      ok = gpo_disk_replace (path, job->text, error);
    }
  return gpo_names_read (job->owner->path, &job->names, ok ? error : NULL) && ok;
}

/* What is open goes on under its new name. */
static void
rename_open (GpoMaildirs *owner, const char *old, const char *name)
{
  GpoFolder *folder = g_hash_table_lookup (owner->mailboxes.mailboxes, old);
  if (!folder)
    return;
  g_hash_table_remove (owner->mailboxes.mailboxes, old);
  if (!name)
    {
      gpo_mailbox_ref (&folder->mailbox);
      gpo_mailbox_tell_gone (&folder->mailbox);
      gpo_mailbox_unref (&folder->mailbox);
      char *key = folder->mailbox.name; /* under a name of its own, so that it is closed one day */
      folder->mailbox.name = g_strdup_printf ("%s//%p", key, (gpointer) folder);
      g_free (key);
      g_hash_table_insert (owner->mailboxes.mailboxes, folder->mailbox.name, folder);
      return;
    }
  g_free (folder->mailbox.name);
  folder->mailbox.name = g_strdup (name);
  char *path = gpo_maildirs_path (owner, name);
  if (path)
    {
      g_free (folder->path);
      folder->path = path;
    }
  g_hash_table_insert (owner->mailboxes.mailboxes, folder->mailbox.name, folder);
}

static void
name_done (GpoJob *base, const GError *error)
{
  GpoNameJob *job = (GpoNameJob *) base;
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  if (job->names.folders)
    gpo_names_take (job->owner, &job->names);
  for (guint i = 0; !error && i < job->old_names->len; i++)
    rename_open (job->owner, job->old_names->pdata[i], job->new_names->pdata[i]);
  if (job->done)
    job->done (own, job->data);
  g_ptr_array_unref (job->from);
  g_ptr_array_unref (job->to);
  g_ptr_array_unref (job->old_names);
  g_ptr_array_unref (job->new_names);
  g_free (job->text);
  g_free (job);
}

static const GpoJobClass name_class = { .write = name_write, .done = name_done };

GpoNameJob *
gpo_name_job_new (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  GpoNameJob *job = g_new0 (GpoNameJob, 1);
  job->job.klass = &name_class;
  job->owner = (GpoMaildirs *) mailboxes;
  job->from = g_ptr_array_new_with_free_func (g_free);
  job->to = g_ptr_array_new_with_free_func (g_free);
  job->old_names = g_ptr_array_new_with_free_func (g_free);
  job->new_names = g_ptr_array_new_with_free_func (g_free);
  job->done = done;
  job->data = data;
  return job;
}

void
gpo_name_job_start (GpoNameJob *job)
{
  gpo_committer_add (gpo_store_committer (job->owner->store), &job->job);
}

void
gpo_names_refuse (GpoMailboxes *mailboxes, GpoMailboxError code, GpoMailboxFunc done, gpointer data,
                  const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autoptr (GError) error = g_error_new_literal (GPO_MAILBOX_ERROR, code, text);
  gpo_maildirs_later ((GpoMaildirs *) mailboxes, error, done, data);
}

void
gpo_maildirs_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  gpo_name_job_start (gpo_name_job_new (mailboxes, done, data));
}
