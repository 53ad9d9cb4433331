/* SPDX-License-Identifier: MIT */
/* print-bounce.c: prints the sample report that its argument names, for check_dsn.py. Without an
 * argument: the names. */
#include "sample-bounces.h"
#include <stdio.h>

int
main (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    if (argc < 2)
      printf ("%s\n", samples[i].name);
    else if (strcmp (argv[1], samples[i].name) == 0)
      {
        g_autoptr (GpoEnvelope) envelope = NULL;
        g_autoptr (GBytes) report = sample_write (&samples[i], &envelope);
        gsize length;
        gconstpointer bytes = g_bytes_get_data (report, &length);
        return fwrite (bytes, 1, length, stdout) == length ? 0 : 1;
      }
  return argc < 2 ? 0 : 1;
}
