/* SPDX-License-Identifier: MIT */
/* imap-uidplus.c: UIDPLUS: RFC 4315: UID EXPUNGE, and the UIDs that APPEND and COPY gave (APPENDUID,
 * COPYUID). */
#include "roles/imap-private.h"

void
gpo_imap_uid_expunge (GpoImap *imap)
{
  GArray *slots = NULL;
  if (!gpo_imap_space (&imap->parser))
    gpo_imap_bad (imap);
  else
    slots = gpo_imap_read_slots (imap);
  if (slots)
    gpo_imap_expunge_slots (imap, slots);
}

char *
gpo_imap_appenduid (GpoMailbox *mailbox, guint32 uid)
{
  return g_strdup_printf ("[APPENDUID %u %u]", mailbox->uidvalidity, uid);
}

char *
gpo_imap_copyuid (GpoImap *imap, const guint32 *slots, GpoMailbox *to, const guint32 *uids, guint n)
{
  GString *text = g_string_new (NULL);
  g_autofree guint32 *from = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    from[i] = gpo_mailbox_message (imap->view->mailbox, slots[i])->uid;
  g_string_append_printf (text, "[COPYUID %u ", to->uidvalidity);
  gpo_imap_numbers_append (text, from, n);
  g_string_append_c (text, ' ');
  gpo_imap_numbers_append (text, uids, n);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
