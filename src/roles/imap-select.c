/* SPDX-License-Identifier: MIT */
/* imap-select.c: SELECT and EXAMINE, which is SELECT without the right to change anything: RFC 3501 §6.3.1.
 *
 * Arrow 5 of the states; a SELECT that fails is arrow 6, since the mailbox before is closed first. */
#include "roles/imap-private.h"

void
gpo_imap_deselect (GpoImap *imap)
{
  g_clear_pointer (&imap->view, gpo_view_free);
}

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
  gpo_imap_condstore_describe (imap, mailbox);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_mail_awake (&imap->mail))
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

void
gpo_imap_select (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL;
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &name) || !gpo_imap_condstore_select_param (imap)
      || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  gpo_imap_deselect (imap);
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_open (imap->mailboxes, name, opened, imap);
}
