/* SPDX-License-Identifier: MIT */
/* imap-commands.c: the table of commands, and what many of them share. */
#include "roles/imap-private.h"

static const GpoImapCommand commands[] = {
  { GPO_IMAP_IN_CAPABILITY, gpo_imap_capability },
  { GPO_IMAP_IN_NOOP, gpo_imap_noop },
  { GPO_IMAP_IN_LOGOUT, gpo_imap_logout },
  { GPO_IMAP_IN_ID, gpo_imap_id },
  { GPO_IMAP_IN_STARTTLS, gpo_imap_starttls },
  { GPO_IMAP_IN_AUTHENTICATE, gpo_imap_authenticate },
  { GPO_IMAP_IN_LOGIN, gpo_imap_login },
  { GPO_IMAP_IN_ENABLE, gpo_imap_enable },
  { GPO_IMAP_IN_SELECT, gpo_imap_select },
  { GPO_IMAP_IN_EXAMINE, gpo_imap_select },
  { GPO_IMAP_IN_CREATE, gpo_imap_create },
  { GPO_IMAP_IN_DELETE, gpo_imap_delete },
  { GPO_IMAP_IN_RENAME, gpo_imap_rename },
  { GPO_IMAP_IN_SUBSCRIBE, gpo_imap_subscribe },
  { GPO_IMAP_IN_UNSUBSCRIBE, gpo_imap_subscribe },
  { GPO_IMAP_IN_LIST, gpo_imap_list },
  { GPO_IMAP_IN_LSUB, gpo_imap_lsub },
  { GPO_IMAP_IN_NAMESPACE, gpo_imap_namespace },
  { GPO_IMAP_IN_STATUS, gpo_imap_status },
  { GPO_IMAP_IN_APPEND, gpo_imap_append },
  { GPO_IMAP_IN_IDLE, gpo_imap_idle },
  { GPO_IMAP_IN_CHECK, gpo_imap_check },
  { GPO_IMAP_IN_CLOSE, gpo_imap_close },
  { GPO_IMAP_IN_UNSELECT, gpo_imap_unselect },
  { GPO_IMAP_IN_EXPUNGE, gpo_imap_expunge },
  { GPO_IMAP_IN_SEARCH, gpo_imap_search },
  { GPO_IMAP_IN_FETCH, gpo_imap_fetch },
  { GPO_IMAP_IN_STORE, gpo_imap_store },
  { GPO_IMAP_IN_COPY, gpo_imap_copy },
  { GPO_IMAP_IN_MOVE, gpo_imap_move },
  { GPO_IMAP_IN_UID_EXPUNGE, gpo_imap_uid_expunge },
  { GPO_IMAP_IN_UID_SEARCH, gpo_imap_search },
  { GPO_IMAP_IN_UID_FETCH, gpo_imap_fetch },
  { GPO_IMAP_IN_UID_STORE, gpo_imap_store },
  { GPO_IMAP_IN_UID_COPY, gpo_imap_copy },
  { GPO_IMAP_IN_UID_MOVE, gpo_imap_move },
};

const GpoImapCommand *
gpo_imap_command (GpoImapInput input)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].input == input)
      return &commands[i];
  return NULL;
}

gboolean
gpo_imap_is_uid (GpoImapInput input)
{
  return input >= GPO_IMAP_IN_UID_EXPUNGE && input <= GPO_IMAP_IN_UID_MOVE;
}

GArray *
gpo_imap_slots_of (GpoImap *imap, GpoImapSet *set, gboolean uid)
{
  GpoView *view = imap->view;
  guint32 last_uid = view->n ? gpo_view_message (view, view->n)->uid : 0;
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  gpo_imap_set_resolve (set, uid ? last_uid : view->n);
  for (guint i = 0; i < set->ranges->len; i += 2)
    {
      guint32 first = g_array_index (set->ranges, guint32, i), last = g_array_index (set->ranges, guint32, i + 1);
      if (uid)
        {
          first = gpo_view_find (view, first);
          last = last >= last_uid ? view->n : gpo_view_find (view, last + 1) - 1;
        }
      if (first >= 1 && first <= last && last <= view->n)
        g_array_append_vals (slots, view->slots + first - 1, last - first + 1);
    }
  return slots;
}

GArray *
gpo_imap_read_slots (GpoImap *imap)
{
  gboolean uid = gpo_imap_is_uid (imap->input);
  GpoImapSet set = { NULL };
  GArray *slots = NULL;
  gsize start = imap->parser.at;
  guint32 n = imap->view->n;
  if (!gpo_imap_sequence_set (&imap->parser, &set))
    gpo_imap_bad (imap);
  else
    {
      slots = gpo_imap_slots_of (imap, &set, uid);
      guint pairs = set.ranges->len;
      if (!uid && pairs > 0
          && (g_array_index (set.ranges, guint32, pairs - 1) > n || g_array_index (set.ranges, guint32, 0) == 0))
        {
          g_clear_pointer (&slots, g_array_unref);
          gpo_imap_answerf (imap, GPO_SYNTAX, "BAD expected sequence numbers up to %u at byte %" G_GSIZE_FORMAT
                            ": there are %u letters", n, start + 1, n);
        }
    }
  gpo_imap_set_clear (&set);
  return slots;
}

gboolean
gpo_imap_flag_bits (GpoImap *imap, GpoMailbox *mailbox, GPtrArray *keywords, gboolean add, guint32 *flags)
{
  for (guint i = 0; i < keywords->len; i++)
    {
      guint32 bit = gpo_mailbox_keyword (mailbox, keywords->pdata[i], add);
      if (!bit && add)
        {
          gpo_imap_answerf (imap, GPO_REFUSED, "NO [LIMIT] a mailbox has at most %d keywords: no room for %s",
                            GPO_KEYWORDS_MAX, (char *) keywords->pdata[i]);
          return FALSE;
        }
      *flags |= bit;
    }
  return TRUE;
}
