/* SPDX-License-Identifier: MIT */
/* mailbox-date.c: the dates of letters, asked of their files when somebody wants to know: RFC 3501 §2.3.3.
 *
 * A mailbox that is new to the office may have a hundred thousand letters, and to ask for each file's date is
 * most of what opening it would cost. A date that was told once is in the list of UIDs, so that it stays. */
#include "store/mailbox-internal.h"
#include <sys/stat.h>

typedef struct
{
  guint32 slot;
  GpoFileRef ref;
  gint64 date;
} Asked;

typedef struct
{
  GpoReaderTask task;
  GpoFolder *folder;
  GArray *asked; /* of Asked */
  GpoMailboxFunc done;
  gpointer data;
} Dating;

static void
date_work (GpoReaderTask *task)
{
  Dating *dating = (Dating *) task;
  int fd = dating->folder->fd;
  g_autoptr (GString) name = g_string_new (NULL);
  for (guint i = 0; i < dating->asked->len; i++)
    {
      Asked *asked = &g_array_index (dating->asked, Asked, i);
      const GpoFileRef *ref = &asked->ref;
      struct stat st;
      if (fstatat (fd, gpo_file_name (name, ref->base, ref->in_new, ref->disk, ref->passed), &st, 0) == 0
          || (gpo_file_find (fd, ref, name) && fstatat (fd, name->str, &st, 0) == 0))
        asked->date = MAX (st.st_mtim.tv_sec, 0);
    }
}

static void
date_finished (GpoReaderTask *task)
{
  Dating *dating = (Dating *) task;
  GpoFolder *folder = dating->folder;
  GString *lines = g_string_new (NULL);
  for (guint i = 0; i < dating->asked->len; i++)
    {
      const Asked *asked = &g_array_index (dating->asked, Asked, i);
      GpoMessage *message = gpo_mailbox_message (&folder->mailbox, asked->slot);
      if (asked->date == GPO_DATE_UNKNOWN || message->date != GPO_DATE_UNKNOWN)
        continue;
      message->date = asked->date;
      folder->weight++;
      gpo_uidlist_append_date (lines, message->uid, message->date);
    }
  if (lines->len)
    gpo_folder_note (folder, lines);
  else
    g_string_free (lines, TRUE);
  dating->done (NULL, dating->data);
  g_array_unref (dating->asked);
  gpo_mailbox_unref (&folder->mailbox);
  g_free (dating);
}

void
gpo_folder_load_dates (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data)
{
  Dating *dating = g_new0 (Dating, 1);
  dating->folder = gpo_folder (gpo_mailbox_ref (mailbox));
  dating->task.work = date_work;
  dating->task.finished = date_finished;
  dating->asked = g_array_new (FALSE, FALSE, sizeof (Asked));
  dating->done = done;
  dating->data = data;
  for (guint i = 0; i < n; i++)
    {
      const GpoMessage *message = gpo_mailbox_message (mailbox, slots[i]);
      Asked asked = { slots[i], gpo_folder_ref (dating->folder, slots[i]), GPO_DATE_UNKNOWN };
      if (message->date == GPO_DATE_UNKNOWN && !(message->flags & GPO_FLAG_EXPUNGED))
        g_array_append_val (dating->asked, asked);
    }
  gpo_reader_start (dating->folder->owner, &dating->task);
}
