/* SPDX-License-Identifier: MIT */
/* fuzz-envelope.c: the envelope text that a queue keeps on disk: any bytes are read or refused, and
 * what was read is written and read again as the same text. */
#include "fuzz-target.h"
#include "letter/envelope.h"
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoEnvelope) first = gpo_envelope_from_text ((const char *) data, size, &error);
  if (!first)
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_autofree char *text = gpo_envelope_to_text (first);
  g_autoptr (GpoEnvelope) second = gpo_envelope_from_text (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autofree char *again = gpo_envelope_to_text (second);
  g_assert_cmpstr (text, ==, again);
  return 0;
}
