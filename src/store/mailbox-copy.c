/* SPDX-License-Identifier: MIT */
/* mailbox-copy.c: COPY and MOVE: a letter's file gets a further name, or another one, in the other folder.
 *
 *     the target's list gets a line for each letter  →  link(2) or rename(2)  →  for MOVE, the source's list
 * says they are gone
 *
 * Killed in between, lines without files are used-up UIDs, and a letter that is renamed is in the target
 * alone. If one cannot be copied, all are taken back; one that somebody removed meanwhile is left out. */
#include "store/mailbox-internal.h"
#include "store/disk.h"
#include "store/maildir.h"
#include "store/view.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  guint32 slot;
  GpoFileRef from;
  char *found; /* the name it had */
  char *base;  /* in the target */
  GpoMessage message;
  gboolean ok;
} Item;

typedef struct
{
  GpoJob job;
  GpoFolder *from, *to;
  GArray *items;
  gboolean move;
  guint64 gone_modseq;
  GpoView *source;
  GpoMailboxCopyFunc done;
  gpointer data;
} Copy;

static void
item_clear (gpointer data)
{
  Item *item = data;
  g_free (item->found);
  g_free (item->base);
}

/* --- on the committer's thread --- */

static void
undo (Copy *copy)
{
  g_autoptr (GString) to = g_string_new (NULL);
  for (guint i = 0; i < copy->items->len; i++)
    {
      Item *item = &g_array_index (copy->items, Item, i);
      gpo_file_name (to, item->base, FALSE, item->message.flags, item->from.passed);
      if (item->ok && copy->move)
        (void) renameat (copy->to->fd, to->str, copy->from->fd, item->found);
      else if (item->ok)
        (void) unlinkat (copy->to->fd, to->str, 0);
      item->ok = FALSE;
    }
}

static gboolean
transfer (Copy *copy, Item *item, GError **error)
{
  g_autoptr (GString) from = g_string_new (NULL), to = g_string_new (NULL);
  gpo_file_name (to, item->base, FALSE, item->message.flags, item->from.passed);
  for (guint tries = 0; tries < 3; tries++)
    {
      if (!gpo_file_find (copy->from->fd, &item->from, from))
        return TRUE;
      int rc = copy->move ? renameat (copy->from->fd, from->str, copy->to->fd, to->str)
                          : linkat (copy->from->fd, from->str, copy->to->fd, to->str, 0);
      if (rc == 0)
        {
          item->ok = TRUE;
          item->found = g_strdup (from->str);
          return TRUE;
        }
      if (errno != ENOENT)
        return gpo_disk_error (error, copy->move ? "move" : "copy", from->str);
    }
  return TRUE;
}

static gboolean
write_target_lines (Copy *copy, GpoJob *job, GpoBatch *batch, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  guint64 modseq = ++copy->to->list_modseq;
  for (guint i = 0; i < copy->items->len; i++)
    {
      Item *item = &g_array_index (copy->items, Item, i);
      item->message.uid = copy->to->list_uidnext++;
      item->message.modseq = modseq;
      gpo_uidlist_append_letter (lines, item->message.uid, modseq, item->message.date, item->message.size,
                                 item->message.flags, item->base);
    }
  return gpo_folder_write (copy->to, GPO_LINES_REMOVE, job, batch, lines, error);
}

static gboolean
write_source_lines (Copy *copy, GpoJob *job, GpoBatch *batch, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < copy->items->len; i++)
    if (g_array_index (copy->items, Item, i).ok)
      g_array_append_val (slots, g_array_index (copy->items, Item, i).slot);
  gpo_folder_lines (copy->from, lines, slots, NULL, FALSE, copy->gone_modseq);
  return lines->len == 0 || gpo_folder_write (copy->from, GPO_LINES_REMOVE, job, batch, lines, error);
}

static gboolean
copy_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Copy *copy = (Copy *) job;
  if (copy->items->len == 0)
    return TRUE;
  if (copy->move)
    copy->gone_modseq = ++copy->from->list_modseq;
  return write_target_lines (copy, job, batch, error);
}

static gboolean
copy_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Copy *copy = (Copy *) job;
  g_autofree char *target = g_build_filename (copy->to->path, "cur", NULL);
  g_autofree char *source = g_build_filename (copy->from->path, "cur", NULL);
  if (copy->items->len == 0)
    return TRUE;
  gpo_batch_sync_folder (batch, job, target);
  if (copy->move)
    gpo_batch_sync_folder (batch, job, source);
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < copy->items->len; i++)
    ok = transfer (copy, &g_array_index (copy->items, Item, i), error);
  if (ok && copy->move)
    ok = write_source_lines (copy, job, batch, error);
  if (!ok)
    undo (copy);
  return ok;
}

static void
copy_settle (GpoJob *job, gboolean ok, gboolean durable)
{
  if (!ok)
    undo ((Copy *) job);
}

/* --- on the office's --- */

static void
take_target (Copy *copy)
{
  guint32 first = copy->to->mailbox.n_slots;
  for (guint i = 0; i < copy->items->len; i++)
    {
      Item *item = &g_array_index (copy->items, Item, i);
      GpoFileRow row
          = { .disk = item->message.flags, .planned = item->message.flags, .passed = item->from.passed };
      if (item->ok)
        gpo_folder_add (copy->to, &item->message, item->base, &row);
    }
  if (copy->to->mailbox.n_slots > first)
    gpo_mailbox_tell_added (&copy->to->mailbox, first, copy->to->mailbox.n_slots - first, NULL);
}

static void
take_source (Copy *copy, const GArray *slots)
{
  GpoMailbox *mailbox = &copy->from->mailbox;
  for (guint i = 0; i < slots->len; i++)
    gpo_mailbox_set_expunged (mailbox, g_array_index (slots, guint32, i));
  mailbox->modseq = MAX (mailbox->modseq, copy->gone_modseq);
  gpo_mailbox_tell_expunged (mailbox, (const guint32 *) (gpointer) slots->data, slots->len,
                             gpo_folder_view (copy->from, copy->source));
}

static void
let_go (Copy *copy)
{
  for (guint i = 0; i < copy->items->len; i++)
    {
      Item *item = &g_array_index (copy->items, Item, i);
      GpoFileRow *row = gpo_folder_row (copy->from, item->slot);
      row->pending--;
      if (copy->move && !item->ok)
        row->leaving = 0;
      g_hash_table_remove (copy->to->coming, item->base);
    }
  copy->from->changes--;
  copy->to->changes--;
}

static void
copy_done (GpoJob *job, const GError *error)
{
  Copy *copy = (Copy *) job;
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  let_go (copy);
  for (guint i = 0; i < copy->items->len; i++)
    {
      Item *item = &g_array_index (copy->items, Item, i);
      if (error || !item->ok)
        continue;
      g_array_append_val (slots, item->slot);
      g_array_append_val (uids, item->message.uid);
    }
  if (!error)
    take_target (copy);
  if (!error && copy->move)
    take_source (copy, slots);
  copy->done ((const guint32 *) (gpointer) slots->data, (const guint32 *) (gpointer) uids->data, slots->len,
              own, copy->data);
  gpo_folder_tidy (copy->from);
  gpo_folder_tidy (copy->to);
  g_array_unref (copy->items);
  gpo_mailbox_unref (&copy->from->mailbox);
  gpo_mailbox_unref (&copy->to->mailbox);
  g_free (copy);
}

static const GpoJobClass copy_class
    = { .write = copy_write, .publish = copy_publish, .settle = copy_settle, .done = copy_done };

/* The target's bits for the source's flags. */
static guint32
map_flags (GpoMailbox *from, GpoMailbox *to, guint32 flags)
{
  guint32 mapped = flags & GPO_FLAGS_SYSTEM;
  for (guint i = 0; i < from->n_keywords; i++)
    if (flags & GPO_FLAG_KEYWORD (i))
      mapped |= gpo_mailbox_keyword (to, from->keywords[i], TRUE);
  return mapped;
}

static void
add_item (Copy *copy, guint32 slot)
{
  const GpoMessage *message = gpo_mailbox_message (&copy->from->mailbox, slot);
  GpoFileRow *row = gpo_folder_row (copy->from, slot);
  if (message->flags & GPO_FLAG_EXPUNGED || row->leaving)
    return;
  Item item = { .slot = slot, .from = gpo_folder_ref (copy->from, slot), .message = *message };
  item.base = gpo_maildir_unique (message->letter, message->size, copy->from->owner->host);
  item.message.flags = map_flags (&copy->from->mailbox, &copy->to->mailbox, row->planned);
  item.message.file = NULL;
  row->pending++;
  row->leaving = (guint8) copy->move;
  g_hash_table_add (copy->to->coming, g_strdup (item.base));
  g_array_append_val (copy->items, item);
}

void
gpo_folder_copy (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move,
                 GpoView *source, GpoMailboxCopyFunc done, gpointer data)
{
  Copy *copy = g_new0 (Copy, 1);
  copy->job.klass = &copy_class;
  copy->job.durable = TRUE;
  copy->from = gpo_folder (gpo_mailbox_ref (mailbox));
  copy->to = gpo_folder (gpo_mailbox_ref (to));
  copy->items = g_array_new (FALSE, TRUE, sizeof (Item));
  g_array_set_clear_func (copy->items, item_clear);
  copy->move = move;
  copy->source = source;
  copy->done = done;
  copy->data = data;
  for (guint i = 0; i < n; i++)
    add_item (copy, slots[i]);
  copy->from->changes++;
  copy->to->changes++;
  gpo_committer_add (gpo_store_committer (copy->from->owner->store), &copy->job);
}
