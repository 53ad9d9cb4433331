/* SPDX-License-Identifier: MIT */
/* mailbox-create.c: CREATE, DELETE and SUBSCRIBE on disk: RFC 3501 §6.3.3, §6.3.4 and §6.3.6. */
#include "store/mailbox-names-internal.h"
#include <string.h>

static void
add_making (GpoNameJob *job, const char *name)
{
  g_autofree char *folder = gpo_mailbox_to_folder (name);
  g_ptr_array_add (job->from, NULL);
  g_ptr_array_add (job->to, g_build_filename (job->owner->path, folder, NULL));
}

/* The levels above that are no mailboxes yet. */
void
gpo_name_job_add_levels_above (GpoNameJob *job, const char *name)
{
  for (const char *slash = strchr (name, '/'); slash; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *above = g_strndup (name, (gsize) (slash - name));
      if (!g_hash_table_contains (job->owner->folders, above))
        add_making (job, above);
    }
}

static char *
uses_text (GpoMaildirs *owner, const char *name, GpoSpecialUse use)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer other, other_use;
  g_hash_table_iter_init (&iter, owner->uses);
  while (g_hash_table_iter_next (&iter, &other, &other_use))
    if (strcmp (other, name) != 0 && g_hash_table_contains (owner->folders, other))
      g_string_append_printf (text, "%u %s\n", GPOINTER_TO_UINT (other_use), (char *) other);
  g_string_append_printf (text, "%u %s\n", use, name);
  return g_string_free (text, FALSE);
}

gboolean
gpo_name_is_free (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  const char *wrong = gpo_mailbox_name_wrong (name, strlen (name));
  g_autofree char *folder = wrong ? NULL : gpo_mailbox_to_folder (name);
  if (folder && strlen (folder) > 255)
    wrong = "as a folder's name it is over 255 bytes long";
  if (wrong)
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "%s", wrong);
  else if (g_hash_table_contains (((GpoMaildirs *) mailboxes)->folders, name))
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_EXISTS, done, data, "there is a mailbox \"%s\" already",
                      name);
  else
    return TRUE;
  return FALSE;
}

void
gpo_maildirs_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                     gpointer data)
{
  if (!gpo_name_is_free (mailboxes, name, done, data))
    return;
  GpoNameJob *job = gpo_name_job_new (mailboxes, done, data);
  gpo_name_job_add_levels_above (job, name);
  add_making (job, name);
  if (use)
    {
      job->file = "uses";
      job->text = uses_text (job->owner, name, use);
    }
  gpo_name_job_start (job);
}

/* --- DELETE --- */

void
gpo_maildirs_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  const GpoMailboxEntry *entry = gpo_mailboxes_find (mailboxes, name);
  if (strcmp (name, "INBOX") == 0)
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "%s cannot be deleted", name);
  else if (!entry || !entry->exists)
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_NONEXISTENT, done, data, "there is no mailbox \"%s\"",
                      name);
  else if (!entry->selectable)
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_CHILDREN, done, data, "there are mailboxes under \"%s\"",
                      name);
  else
    {
      GpoNameJob *job = gpo_name_job_new (mailboxes, done, data);
      g_ptr_array_add (job->from, gpo_maildirs_path (job->owner, name));
      g_ptr_array_add (job->to, NULL);
      g_ptr_array_add (job->old_names, g_strdup (name));
      g_ptr_array_add (job->new_names, NULL);
      gpo_name_job_start (job);
    }
}

/* --- SUBSCRIBE --- */

void
gpo_maildirs_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                        gpointer data)
{
  GpoMaildirs *owner = (GpoMaildirs *) mailboxes;
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer other;
  /* In the table at once, so that two in a row do not undo each other; the answer waits for the disk. */
  if (on)
    g_hash_table_add (owner->subscribed, g_strdup (name));
  else
    g_hash_table_remove (owner->subscribed, name);
  g_hash_table_iter_init (&iter, owner->subscribed);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    g_string_append_printf (text, "%s\n", (char *) other);
  GpoNameJob *job = gpo_name_job_new (mailboxes, done, data);
  job->file = "subscriptions";
  job->text = g_string_free (text, FALSE);
  gpo_name_job_start (job);
}
