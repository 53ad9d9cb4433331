/* SPDX-License-Identifier: MIT */
/* imap-condstore.c: CONDSTORE: RFC 7162 §3.1: each letter has a mod-sequence that grows with every change of
 * its flags.
 *
 *     it is turned on by   ENABLE CONDSTORE, SELECT … (CONDSTORE), STATUS (HIGHESTMODSEQ), FETCH MODSEQ or
 * CHANGEDSINCE, STORE (UNCHANGEDSINCE n), SEARCH MODSEQ: RFC 7162 §3.1 from then on         every FETCH
 * response about flags has MODSEQ
 *
 * CHANGEDSINCE and MODSEQ as words of FETCH and SEARCH are read below src/protocol, by imap-condstore-args.c.
 */
#include "roles/imap-private.h"

gboolean
gpo_imap_condstore_enable (GpoImap *imap)
{
  gboolean news = !imap->condstore;
  imap->condstore = TRUE;
  if (news && imap->view) /* what the client may have passed over when it selected */
    gpo_imap_condstore_describe (imap, imap->view->mailbox);
  return news;
}

/* --- SELECT and STATUS: RFC 7162 §3.1.2, §3.1.7 and §3.1.8 --- */

/* [SP "(" "CONDSTORE" ")"] */
gboolean
gpo_imap_condstore_select_param (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  if (!gpo_imap_skip (p, ' '))
    return TRUE;
  if (!gpo_imap_skip (p, '(') || !gpo_imap_word (p, "CONDSTORE") || !gpo_imap_skip (p, ')'))
    return gpo_imap_fail (p, "(CONDSTORE) or the end of the line");
  imap->condstore = TRUE; /* the mailbox that is left now needs no word more */
  return TRUE;
}

void
gpo_imap_condstore_describe (GpoImap *imap, const GpoMailbox *mailbox)
{
  gpo_imap_untagged (imap, "OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] the latest change", mailbox->modseq);
}

guint64
gpo_imap_condstore_status (GpoImap *imap, const GpoMailbox *mailbox, guint items)
{
  if (items & GPO_STATUS_HIGHESTMODSEQ)
    gpo_imap_condstore_enable (imap);
  return mailbox->modseq;
}

/* --- STORE: RFC 7162 §3.1.3 --- */

/* [SP "(UNCHANGEDSINCE" SP number ")"] */
gboolean
gpo_imap_condstore_unchanged_since (GpoImap *imap, guint64 *unchanged_since)
{
  GpoImapParser *p = &imap->parser;
  *unchanged_since = G_MAXUINT64;
  if (!gpo_imap_skip (p, '('))
    return TRUE;
  if (!gpo_imap_word (p, "UNCHANGEDSINCE"))
    return gpo_imap_fail (p, "UNCHANGEDSINCE");
  gpo_imap_condstore_enable (imap);
  return gpo_imap_space (p) && gpo_imap_number64 (p, unchanged_since, "a mod-sequence")
         && gpo_imap_must (p, ')', "\")\"") && gpo_imap_space (p);
}

void
gpo_imap_condstore_modified (GpoImap *imap, const guint32 *failed, guint n)
{
  g_autoptr (GString) text = g_string_new ("OK [MODIFIED ");
  gpo_imap_numbers_append (text, failed, n);
  g_string_append (text, "] some letters had changed");
  gpo_imap_answer (imap, GPO_PARTIAL, text->str);
}

/* --- FETCH and SEARCH: RFC 7162 §3.1.4, §3.1.5 and §3.1.6 --- */

gboolean
gpo_imap_condstore_passes_over (const GpoFetchArgs *args, const GpoMessage *message)
{
  return args->changed_since && message->modseq <= args->changed_since;
}

void
gpo_imap_condstore_append (GString *out, const char *before, const GpoMessage *message)
{
  g_string_append (out, before);
  g_string_append_len (out, "MODSEQ (", 8);
  gpo_imap_append_number (out, message->modseq);
  g_string_append_c (out, ')');
}

void
gpo_imap_condstore_search (GString *out, guint64 modseq)
{
  g_string_append_printf (out, " (MODSEQ %" G_GUINT64_FORMAT ")", modseq);
}
