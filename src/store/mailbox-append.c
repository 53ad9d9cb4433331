/* SPDX-License-Identifier: MIT */
/* mailbox-append.c: APPEND: a letter comes in like one by SMTP (incoming.h), and gets its UID in the same
 * batch.
 *
 * The line in the list of UIDs is written before the file gets its name, and one sync makes both durable:
 * that of the journal (journal.h), once the office is busy. Killed in between, the line is of a letter that
 * is not there: its UID is used up. */
#include "store/mailbox-internal.h"
#include "letter/anatomy.h"
#include "store/incoming.h"
#include "store/maildir.h"
#include "store/view.h"
#include <string.h>

typedef struct
{
  GpoAppend append;
  GpoIncoming *incoming;
  guint64 size; /* in CRLF form */
  char last;    /* the last byte so far */
  guint32 flags, letter;
  gint64 date;
  char *base;
  guint32 uid; /* set by the job */
  guint64 modseq;
  GpoMailboxAppendFunc done;
  gpointer data;
} Append;

GpoAppend *
gpo_folder_append_begin (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data)
{
  Append *append = g_new0 (Append, 1);
  append->append.mailbox = gpo_mailbox_ref (mailbox);
  append->incoming = gpo_incoming_new (gpo_folder (mailbox)->owner->store, 0);
  gpo_incoming_set_drained (append->incoming, drained, data);
  return &append->append;
}

gboolean
gpo_folder_append_write (GpoAppend *base, const char *bytes, gsize n)
{
  Append *append = (Append *) base;
  if (n == 0)
    return TRUE;
  append->size += n + gpo_count_bare_lf (bytes, (GpoSpan){ 0, n });
  if (append->last == '\r' && *bytes == '\n')
    append->size--;
  append->last = bytes[n - 1];
  return gpo_incoming_write (append->incoming, bytes, n);
}

static void
append_free (Append *append)
{
  gpo_mailbox_unref (append->append.mailbox);
  g_free (append->base);
  g_free (append);
}

void
gpo_folder_append_abort (GpoAppend *base)
{
  Append *append = (Append *) base;
  gpo_incoming_abort (append->incoming);
  append_free (append);
}

/* On the committer's thread. */
static gboolean
naming (const char *name, GpoJob *job, GpoBatch *batch, gpointer data, GError **error)
{
  Append *append = data;
  GpoFolder *folder = gpo_folder (append->append.mailbox);
  g_autoptr (GString) line = g_string_new (NULL);
  append->uid = folder->list_uidnext++;
  append->modseq = ++folder->list_modseq;
  gpo_uidlist_append_letter (line, append->uid, append->modseq, append->date, (guint32) append->size,
                             append->flags, append->base);
  return gpo_folder_write (folder, GPO_LINES_PROMISED, job, batch, line, error);
}

static void
committed (const char *const *names, guint n, const GError *error, gpointer data)
{
  Append *append = data;
  GpoFolder *folder = gpo_folder (append->append.mailbox);
  folder->appending--;
  g_hash_table_remove (folder->coming, append->base);
  if (!error)
    {
      GpoMessage message = { .uid = append->uid,
                             .flags = append->flags,
                             .modseq = append->modseq,
                             .date = append->date,
                             .size = (guint32) append->size,
                             .letter = append->letter };
      GpoFileRow row = { .disk = append->flags, .planned = append->flags };
      guint32 slot = gpo_folder_add (folder, &message, append->base, &row);
      gpo_mailbox_tell_added (append->append.mailbox, slot, 1, NULL);
    }
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  append->done (error ? 0 : append->uid, own, append->data);
  gpo_folder_tidy (folder);
  append_free (append);
}

void
gpo_folder_append_commit (GpoAppend *base, guint32 flags, gint64 date, guint32 letter,
                          GpoMailboxAppendFunc done, gpointer data)
{
  Append *append = (Append *) base;
  GpoFolder *folder = gpo_folder (append->append.mailbox);
  char marks[GPO_MARKS_MAX];
  append->flags = flags & GPO_FLAGS_ALL;
  append->date = date;
  append->letter = letter ? letter : gpo_store_next_letter (folder->owner->store);
  append->done = done;
  append->data = data;
  append->base = gpo_maildir_unique (append->letter, append->size, folder->owner->host);
  g_hash_table_add (folder->coming, g_strdup (append->base));
  gpo_flags_to_marks (append->flags, FALSE, marks);
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR,
                       .maildir = folder->path,
                       .flags = marks,
                       .in_cur = TRUE,
                       .unique = append->base,
                       .date = date,
                       .host = folder->owner->host,
                       .naming = naming,
                       .naming_data = append };
  folder->appending++;
  gpo_incoming_set_letter (append->incoming, append->letter);
  gpo_incoming_commit (append->incoming, &target, 1, committed, append);
}
