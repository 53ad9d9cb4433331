/* SPDX-License-Identifier: MIT */
/* fuzz-imap-fetch.c: the arguments of FETCH: any bytes are read, or refused with what was expected and where. */
#include "fuzz-target.h"
#include "protocol/imap.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GpoImapParser parser = { .text = (const char *) data, .length = size };
  GpoFetchArgs args;
  gboolean ok = gpo_imap_fetch_args (&parser, FALSE, &args);
  g_assert (ok || (parser.expected && parser.where <= parser.length));
  gpo_imap_fetch_args_clear (&args);
  return 0;
}
