/* SPDX-License-Identifier: MIT */
/* imap-store.c: STORE and UID STORE: RFC 3501 §6.4.6. UNCHANGEDSINCE is imap-condstore.c's. */
#include "roles/imap-private.h"

typedef struct
{
  GArray *slots;
  GpoStoreMode mode;
  gboolean silent;
  guint64 unchanged_since;
  guint32 flags;
  GpoImapSet failed;    /* numbers or UIDs */
  GArray *failed_slots; /* the same, in the order of slots */
  guint at, failed_at;
} Store;

static void
store_free (gpointer data)
{
  Store *store = data;
  g_array_unref (store->slots);
  gpo_imap_set_clear (&store->failed);
  g_clear_pointer (&store->failed_slots, g_array_unref);
  g_free (store);
}

static void
tell (GpoImap *imap, guint32 number, const GpoMessage *message, gboolean silent)
{
  GString *out = gpo_imap_begin (imap);
  gboolean uid = gpo_imap_is_uid (imap->input);
  imap->line_letter = message->letter;
  g_string_append_len (out, "* ", 2);
  gpo_imap_append_number (out, number);
  g_string_append_len (out, " FETCH (", 8);
  if (uid)
    {
      g_string_append_len (out, "UID ", 4);
      gpo_imap_append_number (out, message->uid);
    }
  if (imap->condstore)
    gpo_imap_condstore_append (out, uid ? " " : "", message);
  if (!silent)
    {
      if (uid || imap->condstore)
        g_string_append_c (out, ' ');
      gpo_imap_append_flags (imap, out, message);
    }
  g_string_append_c (out, ')');
  gpo_imap_end (imap);
}

static void
finish (GpoImap *imap)
{
  Store *store = imap->job;
  GArray *failed = store->failed.ranges;
  if (!failed || failed->len == 0)
    {
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_imap_condstore_modified (imap, (guint32 *) (gpointer) failed->data, failed->len);
}

/* One letter's answer. */
static void
step (GpoImap *imap)
{
  Store *store = imap->job;
  if (store->at == store->slots->len)
    {
      gpo_imap_stream_end (imap);
      finish (imap);
      return;
    }
  guint32 slot = g_array_index (store->slots, guint32, store->at++);
  const GpoMessage *message = gpo_mailbox_message (imap->view->mailbox, slot);
  guint32 number = gpo_view_number (imap->view, slot);
  if (store->failed_at < store->failed_slots->len
      && g_array_index (store->failed_slots, guint32, store->failed_at) == slot)
    store->failed_at++; /* [MODIFIED] names it: RFC 7162 §3.1.3 */
  else if (number && !(message->flags & GPO_FLAG_EXPUNGED))
    tell (imap, number, message, store->silent);
}

static void
stored (const guint32 *failed, guint n_failed, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  Store *store = imap->job;
  gboolean uid = gpo_imap_is_uid (imap->input);
  if (error)
    {
      gpo_imap_no (imap, error, FALSE);
      gpo_imap_settle (imap);
      return;
    }
  store->failed.ranges = g_array_new (FALSE, FALSE, sizeof (guint32));
  store->failed_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (store->failed_slots, failed, n_failed);
  for (guint i = 0; i < n_failed; i++)
    {
      guint32 number = uid ? gpo_mailbox_message (imap->view->mailbox, failed[i])->uid
                           : gpo_view_number (imap->view, failed[i]);
      g_array_append_val (store->failed.ranges, number);
    }
  if (imap->view->mailbox->n_keywords > imap->told_keywords)
    gpo_imap_tell_flags (imap);
  if (store->silent && !imap->condstore)
    finish (imap);
  else
    gpo_imap_stream (imap, step);
  gpo_imap_settle (imap);
}

/* (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / flag *(SP flag)) */
static gboolean
store_att (GpoImapParser *p, Store *store, GPtrArray *keywords)
{
  store->mode = gpo_imap_skip (p, '+')   ? GPO_STORE_ADD
                : gpo_imap_skip (p, '-') ? GPO_STORE_REMOVE
                                         : GPO_STORE_REPLACE;
  store->silent = gpo_imap_word (p, "FLAGS.SILENT");
  if (!store->silent && !gpo_imap_word (p, "FLAGS"))
    return gpo_imap_fail (p, "FLAGS, +FLAGS or -FLAGS, perhaps with .SILENT");
  return gpo_imap_space (p) && gpo_imap_flags (p, FALSE, &store->flags, keywords) && gpo_imap_at_end (p);
}

void
gpo_imap_store (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autoptr (GPtrArray) keywords = g_ptr_array_new_with_free_func (g_free);
  if (!gpo_imap_space (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  GArray *slots = gpo_imap_read_slots (imap);
  if (!slots)
    return;
  Store *store = g_new0 (Store, 1);
  store->slots = slots;
  gpo_imap_set_job (imap, store, store_free);
  if (!gpo_imap_space (p) || !gpo_imap_condstore_unchanged_since (imap, &store->unchanged_since)
      || !store_att (p, store, keywords))
    {
      gpo_imap_bad (imap);
      return;
    }
  if (imap->view->read_only)
    {
      gpo_imap_answer (imap, GPO_REFUSED, "NO [READ-ONLY] the mailbox was opened by EXAMINE");
      return;
    }
  if (!gpo_imap_flag_bits (imap, imap->view->mailbox, keywords, store->mode != GPO_STORE_REMOVE,
                           &store->flags))
    return;
  if (slots->len == 0)
    {
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_store (imap->view->mailbox, (guint32 *) (gpointer) slots->data, slots->len, store->mode,
                     store->flags, store->unchanged_since, imap->view, stored, imap);
}
