/* SPDX-License-Identifier: MIT */
/* mailbox-change.c: one way for every change of a mailbox: STORE, EXPUNGE, and what local readers did.
 *
 *     the job     writes lines to the list of UIDs, which the batch makes durable
 *     done        the table, the views, whoever asked; then the files follow (mailbox-tidy.c)
 *
 * The next UID and modseq are the job's, taken when it writes: so they are in the order in which changes
 * become true. */
#include "store/mailbox-internal.h"
#include "store/view.h"
#include <string.h>

static void
added_clear (gpointer data)
{
  g_free (((GpoAdded *) data)->base);
}

GpoView *
gpo_folder_view (GpoFolder *folder, GpoView *view)
{
  return view && g_ptr_array_find (folder->mailbox.views, view, NULL) ? view : NULL;
}

/* --- lines --- */

/* Slots that follow each other and get the same are one line. */
void
gpo_folder_lines (GpoFolder *folder, GString *out, const GArray *slots, const GArray *flags, gboolean unlink,
                  guint64 modseq)
{
  for (guint i = 0, next; i < slots->len; i = next)
    {
      guint32 first = g_array_index (slots, guint32, i);
      for (next = i + 1; next < slots->len; next++)
        if (g_array_index (slots, guint32, next) != first + (next - i)
            || (flags && g_array_index (flags, guint32, next) != g_array_index (flags, guint32, i)))
          break;
      guint32 from = gpo_mailbox_message (&folder->mailbox, first)->uid;
      guint32 to = gpo_mailbox_message (&folder->mailbox, first + (next - 1 - i))->uid;
      if (flags)
        gpo_uidlist_append_flags (out, from, to, modseq, g_array_index (flags, guint32, i));
      else
        gpo_uidlist_append_gone (out, from, to, modseq, unlink);
    }
}

static void
add_letter_line (GpoChange *change, GString *out, GpoAdded *added)
{
  GpoFolder *folder = change->folder;
  g_autoptr (GString) name = g_string_new (NULL);
  if (added->measure
      && !gpo_folder_measure (
          folder->fd,
          gpo_file_name (name, added->base, added->row.in_new, added->row.disk, added->row.passed),
          &added->size, &added->date))
    {
      added->gone = TRUE;
      return;
    }
  added->uid = folder->list_uidnext++;
  gpo_uidlist_append_letter (out, added->uid, change->modseq, added->date, added->size, added->row.planned,
                             added->base);
}

static gboolean
change_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  GpoChange *change = (GpoChange *) job;
  GpoFolder *folder = change->folder;
  g_autoptr (GString) lines = g_string_new (NULL);
  if (change->added->len == 0 && change->slots->len == 0)
    return TRUE;
  change->modseq = ++folder->list_modseq;
  for (guint i = 0; i < change->added->len; i++)
    add_letter_line (change, lines, &g_array_index (change->added, GpoAdded, i));
  gpo_folder_lines (folder, lines, change->slots, change->flags, change->unlink, change->modseq);
  gboolean removes = change->slots->len && !change->flags;
  return lines->len == 0
         || gpo_folder_write (folder, removes ? GPO_LINES_REMOVE : GPO_LINES_PROMISED, job, batch, lines,
                              error);
}

/* --- into the table --- */

static void
take_added (GpoChange *change, const GError *error)
{
  GpoFolder *folder = change->folder;
  guint32 first = folder->mailbox.n_slots;
  for (guint i = 0; i < change->added->len; i++)
    {
      GpoAdded *added = &g_array_index (change->added, GpoAdded, i);
      GpoMessage message = { .uid = added->uid,
                             .flags = added->row.planned,
                             .modseq = change->modseq,
                             .date = added->date,
                             .size = added->size,
                             .letter = added->letter };
      g_hash_table_remove (folder->coming, added->base);
      if (!error && !added->gone)
        gpo_folder_add (folder, &message, added->base, &added->row);
    }
  if (folder->mailbox.n_slots > first)
    gpo_mailbox_tell_added (&folder->mailbox, first, folder->mailbox.n_slots - first,
                            gpo_folder_view (folder, change->source));
}

/* Returns the slots that did change. */
static GArray *
take_changed (GpoChange *change)
{
  GpoFolder *folder = change->folder;
  GArray *told = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < change->slots->len; i++)
    {
      guint32 slot = g_array_index (change->slots, guint32, i);
      gboolean is_gone = gpo_mailbox_message (&folder->mailbox, slot)->flags & GPO_FLAG_EXPUNGED;
      if (is_gone)
        continue;
      if (!change->flags)
        gpo_mailbox_set_expunged (&folder->mailbox, slot);
      else if (!gpo_mailbox_set_flags (&folder->mailbox, slot, g_array_index (change->flags, guint32, i),
                                       change->modseq))
        continue;
      g_array_append_val (told, slot);
    }
  folder->mailbox.modseq = MAX (folder->mailbox.modseq, change->modseq);
  return told;
}

static void
take_slots (GpoChange *change)
{
  GpoFolder *folder = change->folder;
  g_autoptr (GArray) told = take_changed (change);
  const guint32 *slots = (const guint32 *) (gpointer) told->data;
  for (guint i = 0; i < change->slots->len; i++)
    {
      guint32 slot = g_array_index (change->slots, guint32, i);
      if (change->flags || change->unlink)
        gpo_folder_untidy (folder, slot);
    }
  folder->unsettled |= change->flags || change->unlink;
  folder->weight += change->slots->len;
  GpoView *source = gpo_folder_view (folder, change->source);
  if (change->flags)
    gpo_mailbox_tell_flags (&folder->mailbox, slots, told->len, source);
  else
    gpo_mailbox_tell_expunged (&folder->mailbox, slots, told->len, source);
}

/* What was planned is not: as if nobody had asked. */
static void
give_up (GpoChange *change)
{
  for (guint i = 0; i < change->slots->len; i++)
    {
      guint32 slot = g_array_index (change->slots, guint32, i);
      GpoFileRow *row = gpo_folder_row (change->folder, slot);
      row->leaving = 0;
      if (row->pending == 0)
        row->planned = gpo_mailbox_message (&change->folder->mailbox, slot)->flags;
    }
}

static void
answer (GpoChange *change, const GError *error)
{
  g_autoptr (GError) own = gpo_mailbox_error_from (error);
  if (change->changed)
    change->changed (change, own);
  if (change->done)
    change->done (own, change->data);
  if (change->stored)
    change->stored (change->failed ? (const guint32 *) (gpointer) change->failed->data : NULL,
                    change->failed ? change->failed->len : 0, own, change->data);
}

static void
change_done (GpoJob *job, const GError *error)
{
  GpoChange *change = (GpoChange *) job;
  GpoFolder *folder = change->folder;
  folder->changes--;
  for (guint i = 0; i < change->slots->len; i++)
    gpo_folder_row (folder, g_array_index (change->slots, guint32, i))->pending--;
  take_added (change, error);
  if (error)
    give_up (change);
  else if (change->slots->len)
    take_slots (change);
  answer (change, error);
  gpo_folder_tidy (folder);
  g_array_unref (change->added);
  g_array_unref (change->slots);
  g_clear_pointer (&change->flags, g_array_unref);
  g_clear_pointer (&change->failed, g_array_unref);
  gpo_mailbox_unref (&folder->mailbox);
  g_free (change);
}

static const GpoJobClass change_class = { .write = change_write, .done = change_done };

GpoChange *
gpo_change_new (GpoFolder *folder)
{
  GpoChange *change = g_new0 (GpoChange, 1);
  change->job.klass = &change_class;
  change->folder = gpo_folder (gpo_mailbox_ref (&folder->mailbox));
  change->added = g_array_new (FALSE, TRUE, sizeof (GpoAdded));
  g_array_set_clear_func (change->added, added_clear);
  change->slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  return change;
}

void
gpo_change_start (GpoChange *change)
{
  GpoFolder *folder = change->folder;
  folder->changes++;
  change->job.durable = change->added->len || change->slots->len;
  for (guint i = 0; i < change->slots->len; i++)
    gpo_folder_row (folder, g_array_index (change->slots, guint32, i))->pending++;
  gpo_committer_add (gpo_store_committer (folder->owner->store), &change->job);
}

/* --- what sessions ask for --- */

static guint32
combine (guint32 old, GpoStoreMode mode, guint32 flags)
{
  switch (mode)
    {
    case GPO_STORE_ADD:
      return old | flags;
    case GPO_STORE_REMOVE:
      return old & ~flags;
    default:
      return flags;
    }
}

void
gpo_folder_store (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags,
                  guint64 unchanged_since, GpoView *source, GpoMailboxStoreFunc done, gpointer data)
{
  GpoFolder *folder = gpo_folder (mailbox);
  GpoChange *change = gpo_change_new (folder);
  change->flags = g_array_sized_new (FALSE, FALSE, sizeof (guint32), n);
  change->failed = g_array_new (FALSE, FALSE, sizeof (guint32));
  change->source = source;
  change->stored = done;
  change->data = data;
  for (guint i = 0; i < n; i++)
    {
      const GpoMessage *message = gpo_mailbox_message (mailbox, slots[i]);
      GpoFileRow *row = gpo_folder_row (folder, slots[i]);
      guint32 now = combine (row->planned, mode, flags) & GPO_FLAGS_ALL;
      if (message->flags & GPO_FLAG_EXPUNGED || row->leaving)
        continue;
      if (unchanged_since != G_MAXUINT64
          && (message->modseq > unchanged_since || row->planned != message->flags))
        g_array_append_val (change->failed, slots[i]);
      else if (now != row->planned)
        {
          row->planned = now;
          g_array_append_val (change->slots, slots[i]);
          g_array_append_val (change->flags, now);
        }
    }
  gpo_change_start (change);
}

void
gpo_folder_expunge (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source, GpoMailboxFunc done,
                    gpointer data)
{
  GpoFolder *folder = gpo_folder (mailbox);
  GpoChange *change = gpo_change_new (folder);
  change->unlink = TRUE;
  change->source = source;
  change->done = done;
  change->data = data;
  for (guint i = 0; i < n; i++)
    {
      GpoFileRow *row = gpo_folder_row (folder, slots[i]);
      if (row->leaving || gpo_mailbox_message (mailbox, slots[i])->flags & GPO_FLAG_EXPUNGED)
        continue;
      row->leaving = 1;
      g_array_append_val (change->slots, slots[i]);
    }
  gpo_change_start (change);
}

/* --- lines that nobody waits for --- */

typedef struct
{
  GpoJob job;
  GpoFolder *folder;
  GString *lines;
} Note;

static gboolean
note_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Note *note = (Note *) job;
  return gpo_folder_write (note->folder, GPO_LINES_LOOSE, NULL, NULL, note->lines, error);
}

static void
note_done (GpoJob *job, const GError *error)
{
  Note *note = (Note *) job;
  note->folder->changes--;
  if (error)
    g_debug ("%s", error->message);
  g_string_free (note->lines, TRUE);
  gpo_mailbox_unref (&note->folder->mailbox);
  g_free (note);
}

static const GpoJobClass note_class = { .write = note_write, .done = note_done };

void
gpo_folder_note (GpoFolder *folder, GString *lines)
{
  Note *note = g_new0 (Note, 1);
  note->job.klass = &note_class;
  note->folder = gpo_folder (gpo_mailbox_ref (&folder->mailbox));
  note->lines = lines;
  folder->changes++;
  gpo_committer_add (gpo_store_committer (folder->owner->store), &note->job);
}

gboolean
gpo_folder_add_keyword (GpoMailbox *mailbox, const char *name)
{
  if (!gpo_uidlist_keyword_is_safe (name, strlen (name)))
    return FALSE;
  GString *line = g_string_new (NULL);
  gpo_uidlist_append_keyword (line, mailbox->n_keywords, name);
  gpo_folder_note (gpo_folder (mailbox), line);
  return TRUE;
}

/* A session has seen what is in new/: it goes to cur/, as with any Maildir reader. */
void
gpo_folder_claimed (GpoMailbox *mailbox)
{
  GpoFolder *folder = gpo_folder (mailbox);
  GString *line = g_string_new (NULL);
  gpo_uidlist_append_next (line, mailbox->uidnext, mailbox->first_recent, mailbox->modseq);
  gpo_folder_note (folder, line);
  for (guint32 slot = mailbox->n_slots; slot-- > 0;)
    if (gpo_folder_row (folder, slot)->in_new)
      gpo_folder_untidy (folder, slot);
  gpo_folder_tidy (folder);
}
