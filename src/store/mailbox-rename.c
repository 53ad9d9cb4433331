/* SPDX-License-Identifier: MIT */
/* mailbox-rename.c: RENAME on disk: RFC 3501 §6.3.5. What is under the name goes along; of INBOX only the
 * letters move. */
#include "store/mailbox-names-internal.h"
#include <string.h>

static void
add_renames (GpoNameJob *job, const char *from, const char *to)
{
  GHashTableIter iter;
  gpointer name;
  gsize length = strlen (from);
  g_hash_table_iter_init (&iter, job->owner->folders);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const char *rest = (const char *) name + length;
      if (strncmp (name, from, length) != 0 || (*rest != '\0' && *rest != '/'))
        continue;
      g_autofree char *fresh = g_strconcat (to, rest, NULL);
      g_autofree char *folder = gpo_mailbox_to_folder (fresh);
      g_ptr_array_add (job->from, gpo_maildirs_path (job->owner, name));
      g_ptr_array_add (job->to, g_build_filename (job->owner->path, folder, NULL));
      g_ptr_array_add (job->old_names, g_strdup (name));
      g_ptr_array_add (job->new_names, g_steal_pointer (&fresh));
    }
}

/* INBOX stays, and its letters move (RFC 3501 §6.3.5): CREATE, open both, MOVE all. */
typedef struct
{
  GpoMailboxes *mailboxes;
  char *to;
  GpoMailbox *inbox;
  GpoMailboxFunc done;
  gpointer data;
} InboxRename;

static void
inbox_end (InboxRename *rename, const GError *error)
{
  rename->done (error, rename->data);
  g_clear_pointer (&rename->inbox, gpo_mailbox_unref);
  g_free (rename->to);
  g_free (rename);
}

static void
inbox_moved (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  inbox_end (data, error);
}

static void
inbox_target_open (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  InboxRename *rename = data;
  g_autoptr (GpoMailbox) to = mailbox;
  if (error)
    {
      inbox_end (rename, error);
      return;
    }
  g_autofree guint32 *slots = g_new (guint32, rename->inbox->n_slots + 1);
  for (guint32 i = 0; i < rename->inbox->n_slots; i++)
    slots[i] = i;
  gpo_mailbox_copy (rename->inbox, slots, rename->inbox->n_slots, to, TRUE, NULL, inbox_moved, rename);
}

static void
inbox_open (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  InboxRename *rename = data;
  rename->inbox = mailbox;
  if (error)
    inbox_end (rename, error);
  else
    gpo_mailboxes_open (rename->mailboxes, rename->to, inbox_target_open, rename);
}

static void
inbox_target_made (const GError *error, gpointer data)
{
  InboxRename *rename = data;
  if (error)
    inbox_end (rename, error);
  else
    gpo_mailboxes_open (rename->mailboxes, "INBOX", inbox_open, rename);
}

void
gpo_maildirs_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                     gpointer data)
{
  const GpoMailboxEntry *entry = gpo_mailboxes_find (mailboxes, from);
  gsize length = strlen (from);
  if (!entry || !entry->exists)
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_NONEXISTENT, done, data, "there is no mailbox \"%s\"",
                      from);
  else if (!gpo_name_is_free (mailboxes, to, done, data))
    return;
  else if (strcmp (from, "INBOX") == 0)
    {
      InboxRename *rename = g_new0 (InboxRename, 1);
      *rename = (InboxRename){ mailboxes, g_strdup (to), NULL, done, data };
      gpo_maildirs_create (mailboxes, to, GPO_USE_NONE, inbox_target_made, rename);
    }
  else if (strncmp (to, from, length) == 0 && to[length] == '/')
    gpo_names_refuse (mailboxes, GPO_MAILBOX_ERROR_NAME, done, data, "\"%s\" would be under itself", to);
  else
    {
      GpoNameJob *job = gpo_name_job_new (mailboxes, done, data);
      gpo_name_job_add_levels_above (job, to);
      add_renames (job, from, to);
      gpo_name_job_start (job);
    }
}
