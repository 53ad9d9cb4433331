/* SPDX-License-Identifier: MIT */
/* imap-esearch.c: ESEARCH: RFC 4731: the answer to SEARCH RETURN (…), which says no more than was asked for.
 */
#include "roles/imap-private.h"

/* MODSEQ of ESEARCH is that of the letters that are told: RFC 7162 §3.1.10. */
static guint64
told_modseq (GpoImap *imap, GArray *found, guint returns, guint64 modseq)
{
  if (returns & (GPO_RETURN_ALL | GPO_RETURN_COUNT))
    return modseq;
  guint64 highest = 0;
  const guint ends[] = { 0, found->len - 1 };
  for (guint i = 0; i < 2; i++)
    if (returns & (i ? GPO_RETURN_MAX : GPO_RETURN_MIN))
      {
        guint32 number = g_array_index (found, guint32, ends[i]);
        if (gpo_imap_is_uid (imap->input))
          number = gpo_view_find (imap->view, number);
        highest = MAX (highest, gpo_view_message (imap->view, number)->modseq);
      }
  return highest;
}

void
gpo_imap_esearch (GpoImap *imap, GArray *found, const GpoSearchArgs *args, guint64 modseq)
{
  guint returns = args->returns;
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, "* ESEARCH (TAG ");
  g_string_append_printf (out, "\"%s\")", imap->tag);
  if (gpo_imap_is_uid (imap->input))
    g_string_append (out, " UID");
  if (returns & GPO_RETURN_MIN && found->len)
    g_string_append_printf (out, " MIN %u", g_array_index (found, guint32, 0));
  if (returns & GPO_RETURN_MAX && found->len)
    g_string_append_printf (out, " MAX %u", g_array_index (found, guint32, found->len - 1));
  if (returns & GPO_RETURN_COUNT)
    g_string_append_printf (out, " COUNT %u", found->len);
  if (returns & GPO_RETURN_ALL && found->len)
    {
      g_string_append (out, " ALL ");
      gpo_imap_numbers_append (out, (guint32 *) (gpointer) found->data, found->len);
    }
  if (args->modseq && found->len)
    g_string_append_printf (out, " MODSEQ %" G_GUINT64_FORMAT, told_modseq (imap, found, returns, modseq));
  gpo_imap_end (imap);
}
