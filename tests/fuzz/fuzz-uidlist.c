/* SPDX-License-Identifier: MIT */
/* fuzz-uidlist.c: a mailbox's list of UIDs as it may be on disk: any bytes are read or refused; UIDs grow and stay below
 * uidnext; what was read is written and read again as the same. */
#include "fuzz-target.h"
#include "store/uidlist.h"
#include <string.h>

static GString *
write_again (const GpoUidlist *list)
{
  GString *out = g_string_new (NULL);
  gpo_uidlist_append_head (out, list->uidvalidity, list->edition);
  for (guint i = 0; i < list->n_keywords; i++)
    gpo_uidlist_append_keyword (out, i, list->keywords[i]);
  for (guint i = 0; i < list->entries->len; i++)
    {
      const GpoUidEntry *entry = &g_array_index (list->entries, GpoUidEntry, i);
      g_autofree char *base = g_strndup (entry->base, entry->base_length);
      gpo_uidlist_append_letter (out, entry->uid, entry->modseq, entry->date, entry->size, entry->flags, base);
      if (entry->flags & GPO_FLAG_EXPUNGED)
        gpo_uidlist_append_gone (out, entry->uid, entry->uid, entry->modseq, entry->unsettled);
    }
  gpo_uidlist_append_next (out, list->uidnext, list->first_recent, list->modseq);
  return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GpoUidlist list, again;
  guint32 last = 0;
  if (!gpo_uidlist_read (&list, (const char *) data, size))
    return 0;
  g_assert_cmpuint (list.whole, <=, size);
  for (guint i = 0; i < list.entries->len; i++)
    {
      const GpoUidEntry *entry = &g_array_index (list.entries, GpoUidEntry, i);
      g_assert_cmpuint (entry->uid, >, last);
      g_assert_null (memchr (entry->base, '/', entry->base_length));
      last = entry->uid;
    }
  g_assert_cmpuint (list.uidnext, >, last);
  g_autoptr (GString) text = write_again (&list);
  g_assert_true (gpo_uidlist_read (&again, text->str, text->len));
  g_assert_cmpuint (again.damaged, ==, 0);
  g_autoptr (GString) twice = write_again (&again);
  g_assert_cmpstr (text->str, ==, twice->str);
  gpo_uidlist_clear (&list);
  gpo_uidlist_clear (&again);
  return 0;
}
