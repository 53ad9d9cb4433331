/* SPDX-License-Identifier: MIT */
/* fuzz-imap-search.c: the arguments of SEARCH: any bytes are read, or refused with what was expected and where. */
#include "fuzz-target.h"
#include "protocol/imap.h"

/* Each key has what its kind needs, and no more. */
static void
check (const GpoSearchKey *key)
{
  gboolean joins = key->kind == GPO_SEARCH_AND || key->kind == GPO_SEARCH_OR, negates = key->kind == GPO_SEARCH_NOT;
  g_assert ((key->first != NULL) == (joins || negates) && (key->second != NULL) == joins);
  g_assert ((key->set.ranges != NULL) == (key->kind == GPO_SEARCH_NUMBERS || key->kind == GPO_SEARCH_UIDS));
  if (key->kind == GPO_SEARCH_HEADER || key->kind == GPO_SEARCH_BODY || key->kind == GPO_SEARCH_TEXT)
    g_assert (key->text && g_utf8_validate (key->text, -1, NULL));
  if (key->first)
    check (key->first);
  if (key->second)
    check (key->second);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GpoImapParser parser = { .text = (const char *) data, .length = size };
  GpoSearchArgs args;
  gboolean ok = gpo_imap_search_args (&parser, &args) || args.bad_charset;
  if (args.key && ok)
    check (args.key);
  g_assert (ok || (parser.expected && parser.where <= parser.length));
  gpo_imap_search_args_clear (&args);
  return 0;
}
