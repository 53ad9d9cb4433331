/* SPDX-License-Identifier: MIT */
/* fuzz-imap-args.c: the arguments of FETCH (first byte even) or SEARCH (odd): any bytes are read, or refused with what was expected and
 * where. */
#include "fuzz-target.h"
#include "protocol/imap.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  GpoImapParser parser = { .text = (const char *) data + 1, .length = size - 1 };
  gboolean ok;
  if (data[0] % 2 == 0)
    {
      GpoFetchArgs args;
      ok = gpo_imap_fetch_args (&parser, FALSE, &args);
      gpo_imap_fetch_args_clear (&args);
    }
  else
    {
      GpoSearchArgs args;
      ok = gpo_imap_search_args (&parser, &args) || args.bad_charset;
      gpo_imap_search_args_clear (&args);
    }
  g_assert (ok || (parser.expected && parser.where <= parser.length));
  return 0;
}
