/* SPDX-License-Identifier: MIT */
/* imap-close.c: CLOSE: RFC 3501 §6.4.2: what is \Deleted goes without a word. Arrow 6 of the states. */
#include "roles/imap-private.h"

static void
closed (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
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
    if ((gpo_mailbox_message (view->mailbox, view->slots[i])->flags & (GPO_FLAG_DELETED | GPO_FLAG_EXPUNGED))
        == GPO_FLAG_DELETED)
      g_array_append_val (slots, view->slots[i]);
  if (slots->len == 0)
    {
      gpo_imap_deselect (imap);
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_expunge (view->mailbox, (guint32 *) (gpointer) slots->data, slots->len, view, closed, imap);
}
