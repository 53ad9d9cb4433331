/* SPDX-License-Identifier: MIT */
/* letter-chain.c: from the lowest Received field up.
 *
 * Who calls it: the hops of the letter view, `glasspost show --letter N --as hops`. */
#include "replay/letter-chain.h"
#include <string.h>

static void
hop_free (gpointer data)
{
  GpoChainHop *hop = data;
  gpo_stamp_clear (&hop->stamp);
  g_free (hop);
}

/* Whether two names of hosts may be one: also an address beside a name. */
static gboolean
may_be_same (const char *by, const GpoStamp *stamp)
{
  return !by || !stamp->from || g_ascii_strcasecmp (by, stamp->from) == 0
         || (stamp->from_info && strstr (stamp->from_info, by)) || stamp->from[0] == '[';
}

GPtrArray *
gpo_letter_chain_new (const GpoLetterFacts *facts)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func (hop_free);
  const GpoChainHop *below = NULL, *dated = NULL;
  for (guint i = facts->fields->len; i > 0; i--)
    {
      const GpoFieldFact *field = facts->fields->pdata[i - 1];
      if (g_ascii_strcasecmp (field->name, "Received") != 0)
        continue;
      GpoChainHop *hop = g_new0 (GpoChainHop, 1);
      gpo_stamp_init (&hop->stamp, field->raw, strlen (field->raw));
      hop->field = field;
      hop->timed = hop->stamp.dated && dated;
      hop->delay = hop->timed ? hop->stamp.when - dated->stamp.when : 0;
      hop->broken = below && !may_be_same (below->stamp.by, &hop->stamp);
      g_ptr_array_add (chain, hop);
      below = hop;
      if (hop->stamp.dated)
        dated = hop;
    }
  return chain;
}
