/* SPDX-License-Identifier: MIT */
/* mailbox.c: the table of an open mailbox's letters, and who is told of its changes.
 *
 * Pure: the class does what touches a disk. What stays true here: slots are in the order of UIDs; the counts are those of
 * the letters that are there; a change is in the table before anybody hears of it. */
#include "store/mailbox.h"
#include "store/view.h"

G_DEFINE_QUARK (gpo-mailbox-error-quark, gpo_mailbox_error)

void
gpo_mailbox_init (GpoMailbox *mailbox, const GpoMailboxClass *class, GpoMailboxes *mailboxes, const char *name)
{
  mailbox->class = class;
  mailbox->mailboxes = mailboxes;
  mailbox->name = g_strdup (name);
  mailbox->references = 1;
  mailbox->uidnext = 1;
  mailbox->first_recent = 1;
  mailbox->modseq = 1;
  mailbox->chunks = g_ptr_array_new_with_free_func (g_free);
  mailbox->views = g_ptr_array_new ();
}

void
gpo_mailbox_finish (GpoMailbox *mailbox)
{
  g_assert (mailbox->views->len == 0);
  g_free (mailbox->name);
  g_ptr_array_unref (mailbox->chunks);
  g_ptr_array_unref (mailbox->views);
  for (guint i = 0; i < mailbox->n_keywords; i++)
    g_free (mailbox->keywords[i]);
}

GpoMailbox *
gpo_mailbox_ref (GpoMailbox *mailbox)
{
  mailbox->references++;
  return mailbox;
}

void
gpo_mailbox_unref (GpoMailbox *mailbox)
{
  g_assert (mailbox->references > 0);
  if (--mailbox->references == 0)
    mailbox->class->closed (mailbox);
}

guint32
gpo_mailbox_find (const GpoMailbox *mailbox, guint32 uid)
{
  guint32 low = 0, high = mailbox->n_slots;
  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;
      if (gpo_mailbox_message (mailbox, middle)->uid < uid)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* --- the table --- */

static void
count (GpoMailbox *mailbox, const GpoMessage *message, int by)
{
  mailbox->n_messages += by;
  if (!(message->flags & GPO_FLAG_SEEN))
    mailbox->n_unseen += by;
  if (message->flags & GPO_FLAG_DELETED)
    mailbox->n_deleted += by;
  mailbox->size += by * (gint64) message->size;
}

guint32
gpo_mailbox_add (GpoMailbox *mailbox, const GpoMessage *message)
{
  g_assert (message->uid >= mailbox->uidnext);
  if (mailbox->n_slots % GPO_SLOTS_PER_CHUNK == 0)
    g_ptr_array_add (mailbox->chunks, g_new0 (GpoMessage, GPO_SLOTS_PER_CHUNK));
  *gpo_mailbox_message (mailbox, mailbox->n_slots) = *message;
  mailbox->uidnext = message->uid + 1;
  mailbox->modseq = MAX (mailbox->modseq, message->modseq);
  if (!(message->flags & GPO_FLAG_EXPUNGED))
    count (mailbox, message, 1);
  return mailbox->n_slots++;
}

gboolean
gpo_mailbox_set_flags (GpoMailbox *mailbox, guint32 slot, guint32 flags, guint64 modseq)
{
  GpoMessage *message = gpo_mailbox_message (mailbox, slot);
  flags &= GPO_FLAGS_ALL;
  if (message->flags == flags || message->flags & GPO_FLAG_EXPUNGED)
    return FALSE;
  count (mailbox, message, -1);
  message->flags = flags;
  message->modseq = modseq;
  mailbox->modseq = MAX (mailbox->modseq, modseq);
  count (mailbox, message, 1);
  return TRUE;
}

void
gpo_mailbox_set_expunged (GpoMailbox *mailbox, guint32 slot)
{
  GpoMessage *message = gpo_mailbox_message (mailbox, slot);
  if (message->flags & GPO_FLAG_EXPUNGED)
    return;
  count (mailbox, message, -1);
  message->flags |= GPO_FLAG_EXPUNGED;
}

guint32
gpo_mailbox_keyword (GpoMailbox *mailbox, const char *name, gboolean add)
{
  for (guint i = 0; i < mailbox->n_keywords; i++)
    if (g_ascii_strcasecmp (mailbox->keywords[i], name) == 0)
      return GPO_FLAG_KEYWORD (i);
  if (!add || mailbox->n_keywords == GPO_KEYWORDS_MAX || !mailbox->class->add_keyword (mailbox, name))
    return 0;
  mailbox->keywords[mailbox->n_keywords] = g_strdup (name);
  return GPO_FLAG_KEYWORD (mailbox->n_keywords++);
}

/* --- telling --- */

static void
observe (GpoMailbox *mailbox, GpoMailboxChange change, const guint32 *slots, guint n, GpoView *source)
{
  GpoMailboxes *all = mailbox->mailboxes;
  if (all && all->observer)
    all->observer (mailbox, change, slots, n, source, all->observer_data);
}

/* A view that hears of a change may end its session, and so leave the list. */
#define EACH_VIEW(mailbox, view, call)                                                               \
  G_STMT_START                                                                                       \
  {                                                                                                  \
    g_autoptr (GPtrArray) views_ = g_ptr_array_copy ((mailbox)->views, NULL, NULL);                  \
    for (guint v_ = 0; v_ < views_->len; v_++)                                                       \
      {                                                                                              \
        GpoView *view = views_->pdata[v_];                                                           \
        if (g_ptr_array_find ((mailbox)->views, view, NULL))                                         \
          call;                                                                                      \
      }                                                                                              \
  }                                                                                                  \
  G_STMT_END

void
gpo_mailbox_tell_added (GpoMailbox *mailbox, guint32 first_slot, guint n, GpoView *source)
{
  g_autofree guint32 *slots = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    slots[i] = first_slot + i;
  observe (mailbox, GPO_CHANGE_ADDED, slots, n, source);
  EACH_VIEW (mailbox, view, gpo_view_note_added (view));
}

void
gpo_mailbox_tell_flags (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source)
{
  if (n == 0)
    return;
  observe (mailbox, GPO_CHANGE_FLAGS, slots, n, source);
  EACH_VIEW (mailbox, view, gpo_view_note_flags (view, slots, n, view == source));
}

void
gpo_mailbox_tell_expunged (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source)
{
  if (n == 0)
    return;
  observe (mailbox, GPO_CHANGE_EXPUNGED, slots, n, source);
  EACH_VIEW (mailbox, view, gpo_view_note_expunged (view, slots, n));
}

void
gpo_mailbox_tell_gone (GpoMailbox *mailbox)
{
  mailbox->gone = TRUE;
  EACH_VIEW (mailbox, view, gpo_view_note_gone (view));
}

/* --- to the class --- */

gboolean
gpo_mailbox_info (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out)
{
  return mailbox->class->info (mailbox, slot, out);
}

void
gpo_mailbox_load_info (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data)
{
  mailbox->class->load_info (mailbox, slots, n, done, data);
}

void
gpo_mailbox_load_dates (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data)
{
  mailbox->class->load_dates (mailbox, slots, n, done, data);
}

void
gpo_mailbox_read (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most, GpoMailboxReadFunc done,
                  gpointer data)
{
  g_assert (n > 0);
  mailbox->class->read (mailbox, slots, n, most, done, data);
}

void
gpo_mailbox_rescan (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data)
{
  mailbox->class->rescan (mailbox, done, data);
}

GpoAppend *
gpo_mailbox_append_begin (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data)
{
  return mailbox->class->append_begin (mailbox, drained, data);
}

gboolean
gpo_append_write (GpoAppend *append, const char *bytes, gsize n)
{
  return append->mailbox->class->append_write (append, bytes, n);
}

void
gpo_append_abort (GpoAppend *append)
{
  append->mailbox->class->append_abort (append);
}

void
gpo_append_commit (GpoAppend *append, guint32 flags, gint64 date, guint32 letter, GpoMailboxAppendFunc done,
                   gpointer data)
{
  append->mailbox->class->append_commit (append, flags, date, letter, done, data);
}

void
gpo_mailbox_store (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags,
                   guint64 unchanged_since, GpoView *source, GpoMailboxStoreFunc done, gpointer data)
{
  mailbox->class->store (mailbox, slots, n, mode, flags, unchanged_since, source, done, data);
}

void
gpo_mailbox_expunge (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source, GpoMailboxFunc done,
                     gpointer data)
{
  mailbox->class->expunge (mailbox, slots, n, source, done, data);
}

void
gpo_mailbox_copy (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move,
                  GpoView *source, GpoMailboxCopyFunc done, gpointer data)
{
  mailbox->class->copy (mailbox, slots, n, to, move, source, done, data);
}
