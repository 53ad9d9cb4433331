/* SPDX-License-Identifier: MIT */
/* fuzz-utf7.c: modified UTF-7: what is read is written again as the very same bytes. */
#include "fuzz-target.h"
#include "protocol/utf7.h"
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *utf8 = gpo_utf7_decode ((const char *) data, size);
  if (!utf8)
    return 0;
  g_assert (g_utf8_validate (utf8, -1, NULL));
  g_autofree char *back = gpo_utf7_encode (utf8);
  g_assert (strlen (back) == size && memcmp (back, data, size) == 0);
  return 0;
}
