/* SPDX-License-Identifier: MIT */
/* imap-select.c: SELECT, EXAMINE, CLOSE, UNSELECT, NOOP, CHECK: RFC 3501 §6.3.1, §6.4.1, RFC 3691, RFC 7162 §3.1.8.
 *
 * Arrows 5 and 6 of the states. */
#include "roles/imap-private.h"

void
gpo_imap_deselect (GpoImap *imap)
{
  g_clear_pointer (&imap->view, gpo_view_free);
}

/* --- SELECT and EXAMINE --- */

static guint32
first_unseen (GpoView *view)
{
  if (view->mailbox->n_unseen)
    for (guint32 number = 1; number <= view->n; number++)
      if (!(gpo_view_message (view, number)->flags & GPO_FLAG_SEEN))
        return number;
  return 0;
}

static void
describe (GpoImap *imap)
{
  GpoView *view = imap->view;
  GpoMailbox *mailbox = view->mailbox;
  gpo_imap_tell_flags (imap);
  gpo_imap_untagged (imap, "%u EXISTS", view->n);
  gpo_imap_untagged (imap, "%u RECENT", gpo_view_n_recent (view));
  guint32 unseen = first_unseen (view);
  if (unseen)
    gpo_imap_untagged (imap, "OK [UNSEEN %u] the first letter not seen", unseen);
  gpo_imap_untagged (imap, "OK [UIDVALIDITY %u] UIDs stay", mailbox->uidvalidity);
  gpo_imap_untagged (imap, "OK [UIDNEXT %u] the next UID", mailbox->uidnext);
  gpo_imap_untagged (imap, "OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] the latest change", mailbox->modseq);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_imap_awake (imap))
    return;
  gboolean read_only = imap->input == GPO_IMAP_IN_EXAMINE;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    {
      imap->view = gpo_view_new (mailbox, read_only);
      imap->view->changed = gpo_imap_view_changed;
      imap->view->changed_data = imap;
      describe (imap);
      gpo_imap_answer (imap, GPO_OK, NULL);
    }
  gpo_imap_settle (imap);
}

/* [SP "(" "CONDSTORE" ")"] */
static gboolean
select_params (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  if (!gpo_imap_skip (p, ' '))
    return TRUE;
  if (!gpo_imap_skip (p, '(') || !gpo_imap_word (p, "CONDSTORE") || !gpo_imap_skip (p, ')'))
    return gpo_imap_fail (p, "(CONDSTORE) or the end of the line");
  imap->condstore = TRUE;
  return TRUE;
}

void
gpo_imap_select (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &name) || !select_params (imap) || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  gpo_imap_deselect (imap);
  gpo_imap_wait (imap);
  gpo_mailboxes_open (imap->mailboxes, name, opened, imap);
}

/* --- CLOSE and UNSELECT --- */

static void
closed (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
    return;
  gpo_imap_deselect (imap);
  if (error)
    gpo_imap_answerf (imap, GPO_OK, "OK [EXPUNGEISSUED] closed, but not expunged: %s", error->message);
  else
    gpo_imap_answer (imap, GPO_OK, NULL);
  gpo_imap_settle (imap);
}

void
gpo_imap_close (GpoImap *imap)
{
  GpoView *view = imap->view;
  if (!gpo_imap_no_more (imap))
    return;
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < view->n && !view->read_only && view->mailbox->n_deleted; i++)
    if ((gpo_mailbox_message (view->mailbox, view->slots[i])->flags & (GPO_FLAG_DELETED | GPO_FLAG_EXPUNGED)) == GPO_FLAG_DELETED)
      g_array_append_val (slots, view->slots[i]);
  if (slots->len == 0)
    {
      gpo_imap_deselect (imap);
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_imap_wait (imap);
  gpo_mailbox_expunge (view->mailbox, (guint32 *) (gpointer) slots->data, slots->len, view, closed, imap);
}

void
gpo_imap_unselect (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  gpo_imap_deselect (imap);
  gpo_imap_answer (imap, GPO_OK, NULL);
}

/* --- NOOP and CHECK: what did local readers do? --- */

static void
looked (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    gpo_imap_answer (imap, GPO_OK, NULL);
  gpo_imap_settle (imap);
}

void
gpo_imap_noop (GpoImap *imap)
{
  if (!gpo_imap_no_more (imap))
    return;
  if (!imap->view)
    {
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_imap_wait (imap);
  gpo_mailbox_rescan (imap->view->mailbox, looked, imap);
}

void
gpo_imap_check (GpoImap *imap)
{
  gpo_imap_noop (imap);
}
