/* SPDX-License-Identifier: MIT */
/* imap-copy.c: COPY and MOVE, by number and by UID: RFC 3501 §6.4.7, RFC 6851, COPYUID of RFC 4315 §3. */
#include "roles/imap-private.h"

typedef struct {
  GArray *slots;
  GpoMailbox *to;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;
  g_array_unref (copy->slots);
  g_clear_pointer (&copy->to, gpo_mailbox_unref);
  g_free (copy);
}

static gboolean
is_move (GpoImap *imap)
{
  return imap->input == GPO_IMAP_IN_MOVE || imap->input == GPO_IMAP_IN_UID_MOVE;
}

static char *
copyuid (GpoImap *imap, const guint32 *slots, const guint32 *uids, guint n)
{
  Copy *copy = imap->job;
  GString *text = g_string_new (NULL);
  g_autofree guint32 *from = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    from[i] = gpo_mailbox_message (imap->view->mailbox, slots[i])->uid;
  g_string_append_printf (text, "[COPYUID %u ", copy->to->uidvalidity);
  gpo_imap_numbers_append (text, from, n);
  g_string_append_c (text, ' ');
  gpo_imap_numbers_append (text, uids, n);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
copied (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
    return;
  const char *verb = gpo_imap_server_machine.inputs[imap->input];
  if (error)
    gpo_imap_no (imap, error, TRUE);
  else if (n == 0)
    gpo_imap_answer (imap, GPO_OK, NULL);
  else
    {
      g_autofree char *code = copyuid (imap, slots, uids, n);
      if (is_move (imap))
        gpo_imap_untagged (imap, "OK %s moved", code); /* before the EXPUNGEs: RFC 6851 §4.3 */
      if (is_move (imap))
        gpo_imap_answer (imap, GPO_OK, NULL);
      else
        gpo_imap_answerf (imap, GPO_OK, "OK %s %s completed", code, verb);
    }
  gpo_imap_settle (imap);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_imap_awake (imap))
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
      gpo_imap_wait (imap);
      gpo_mailbox_copy (imap->view->mailbox, (guint32 *) (gpointer) copy->slots->data, copy->slots->len, mailbox, is_move (imap),
                        imap->view, copied, imap);
    }
  gpo_imap_settle (imap);
}

void
gpo_imap_copy (GpoImap *imap)
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
  gpo_imap_set_job (imap, copy, copy_free);
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &name) || !gpo_imap_at_end (p))
    gpo_imap_bad (imap);
  else if (is_move (imap) && imap->view->read_only)
    gpo_imap_answer (imap, GPO_REFUSED, "NO [READ-ONLY] the mailbox was opened by EXAMINE");
  else if (slots->len == 0)
    gpo_imap_answer (imap, GPO_OK, NULL);
  else
    {
      gpo_imap_wait (imap);
      gpo_mailboxes_open (imap->mailboxes, name, opened, imap);
    }
}
