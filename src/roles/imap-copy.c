/* SPDX-License-Identifier: MIT */
/* imap-copy.c: COPY and UID COPY: RFC 3501 §6.4.7. All letters or none; MOVE (imap-move.c) goes the same way.
 */
#include "roles/imap-private.h"

typedef struct
{
  GArray *slots;
  GpoMailbox *to;
  gboolean move;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;
  g_array_unref (copy->slots);
  g_clear_pointer (&copy->to, gpo_mailbox_unref);
  g_free (copy);
}

static void
copied (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error)
    gpo_imap_no (imap, error, TRUE);
  else if (n == 0)
    gpo_imap_answer (imap, GPO_OK, NULL);
  else
    {
      Copy *copy = imap->job;
      g_autofree char *code = gpo_imap_copyuid (imap, slots, copy->to, uids, n);
      if (copy->move)
        gpo_imap_moved (imap, code);
      else
        gpo_imap_answerf (imap, GPO_OK, "OK %s %s completed", code,
                          gpo_imap_server_machine.inputs[imap->input]);
    }
  gpo_imap_settle (imap);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    {
      g_clear_pointer (&mailbox, gpo_mailbox_unref);
      return;
    }
  if (error)
    gpo_imap_no (imap, error, TRUE);
  else
    {
      Copy *copy = imap->job;
      copy->to = mailbox;
      gpo_mail_wait (&imap->mail);
      gpo_mailbox_copy (imap->view->mailbox, (guint32 *) (gpointer) copy->slots->data, copy->slots->len,
                        mailbox, copy->move, imap->view, copied, imap);
    }
  gpo_imap_settle (imap);
}

void
gpo_imap_copy_letters (GpoImap *imap, gboolean move)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL;
  if (!gpo_imap_space (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  GArray *slots = gpo_imap_read_slots (imap);
  if (!slots)
    return;
  Copy *copy = g_new0 (Copy, 1);
  copy->slots = slots;
  copy->move = move;
  gpo_imap_set_job (imap, copy, copy_free);
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &name) || !gpo_imap_at_end (p))
    gpo_imap_bad (imap);
  else if (move && imap->view->read_only)
    gpo_imap_answer (imap, GPO_REFUSED, "NO [READ-ONLY] the mailbox was opened by EXAMINE");
  else if (slots->len == 0)
    gpo_imap_answer (imap, GPO_OK, NULL);
  else
    {
      gpo_mail_wait (&imap->mail);
      gpo_mailboxes_open (imap->mailboxes, name, opened, imap);
    }
}

void
gpo_imap_copy (GpoImap *imap)
{
  gpo_imap_copy_letters (imap, FALSE);
}
