/* SPDX-License-Identifier: MIT */
/* imap-expunge.c: EXPUNGE: RFC 3501 §6.4.3. The EXPUNGE responses are imap-update.c's; UID EXPUNGE is
 * imap-uidplus.c's. */
#include "roles/imap-private.h"

static void
expunged (const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    gpo_imap_answer (imap, GPO_OK, NULL);
  gpo_imap_settle (imap);
}

/* Keeps the slots whose letters are \Deleted and still there. */
static void
keep_deleted (GpoMailbox *mailbox, GArray *slots)
{
  guint kept = 0;
  for (guint i = 0; i < slots->len; i++)
    {
      guint32 slot = g_array_index (slots, guint32, i);
      if ((gpo_mailbox_message (mailbox, slot)->flags & (GPO_FLAG_DELETED | GPO_FLAG_EXPUNGED))
          == GPO_FLAG_DELETED)
        g_array_index (slots, guint32, kept++) = slot;
    }
  g_array_set_size (slots, kept);
}

/* `slots` is taken over. */
void
gpo_imap_expunge_slots (GpoImap *imap, GArray *slots)
{
  GpoView *view = imap->view;
  g_autoptr (GArray) mine = slots;
  if (!gpo_imap_no_more (imap))
    return;
  if (view->read_only)
    {
      gpo_imap_answer (imap, GPO_REFUSED, "NO [READ-ONLY] the mailbox was opened by EXAMINE");
      return;
    }
  keep_deleted (view->mailbox, slots);
  if (slots->len == 0)
    {
      gpo_imap_answer (imap, GPO_OK, NULL);
      return;
    }
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_expunge (view->mailbox, (guint32 *) (gpointer) slots->data, slots->len, view, expunged, imap);
}

void
gpo_imap_expunge (GpoImap *imap)
{
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (slots, imap->view->slots, imap->view->n);
  gpo_imap_expunge_slots (imap, slots);
}
