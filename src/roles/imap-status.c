/* SPDX-License-Identifier: MIT */
/* imap-status.c: STATUS: RFC 3501 §6.3.10, and DELETED of RFC 9051 §6.3.11. SIZE and HIGHESTMODSEQ are
 * imap-status-size.c's and imap-condstore.c's. */
#include "roles/imap-private.h"

static const char *const words[]
    = { "MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "SIZE", "HIGHESTMODSEQ", "DELETED" };

gboolean
gpo_imap_status_items (GpoImapParser *p, guint *items)
{
  static const char what[] = "MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN, SIZE, HIGHESTMODSEQ or DELETED";
  *items = 0;
  if (!gpo_imap_must (p, '(', "a list of status items in parentheses"))
    return FALSE;
  do
    {
      guint i = 0;
      while (i < G_N_ELEMENTS (words) && !gpo_imap_word (p, words[i]))
        i++;
      if (i == G_N_ELEMENTS (words))
        return gpo_imap_fail (p, what);
      *items |= 1u << i;
    }
  while (gpo_imap_skip (p, ' '));
  return gpo_imap_must (p, ')', "a space or \")\"");
}

/* How many letters no session had as \Recent yet. */
static guint32
count_recent (const GpoMailbox *mailbox)
{
  guint32 n = 0;
  for (guint32 slot = gpo_mailbox_find (mailbox, mailbox->first_recent); slot < mailbox->n_slots; slot++)
    n += !(gpo_mailbox_message (mailbox, slot)->flags & GPO_FLAG_EXPUNGED);
  return n;
}

void
gpo_imap_status_tell (GpoImap *imap, GpoMailbox *mailbox, guint items)
{
  guint64 values[] = { mailbox->n_messages,
                       count_recent (mailbox),
                       mailbox->uidnext,
                       mailbox->uidvalidity,
                       mailbox->n_unseen,
                       gpo_imap_status_size (mailbox),
                       gpo_imap_condstore_status (imap, mailbox, items),
                       mailbox->n_deleted };
  GString *out = gpo_imap_begin (imap);
  gboolean first = TRUE;
  g_string_append (out, "* STATUS ");
  gpo_imap_append_mailbox (out, mailbox->name);
  g_string_append (out, " (");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (items & 1u << i)
      {
        g_string_append_printf (out, "%s%s %" G_GUINT64_FORMAT, first ? "" : " ", words[i], values[i]);
        first = FALSE;
      }
  g_string_append_c (out, ')');
  gpo_imap_end (imap);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error)
    gpo_imap_no (imap, error, FALSE);
  else
    {
      gpo_imap_status_tell (imap, mailbox, GPOINTER_TO_UINT (imap->job));
      gpo_imap_answer (imap, GPO_OK, NULL);
    }
  gpo_imap_settle (imap);
}

void
gpo_imap_status (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  g_autofree char *name = NULL;
  guint items;
  if (!gpo_imap_space (p) || !gpo_imap_mailbox (p, &name) || !gpo_imap_space (p)
      || !gpo_imap_status_items (p, &items) || !gpo_imap_at_end (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  gpo_imap_set_job (imap, GUINT_TO_POINTER (items), NULL);
  gpo_mail_wait (&imap->mail);
  gpo_mailboxes_open (imap->mailboxes, name, opened, imap);
}
