/* SPDX-License-Identifier: MIT */
/* fuzz-pcap.c: any bytes as a capture: nothing crashes, and what comes of it is a trace. Behind a first byte of 's', 'i' or
 * 'p' it is the record of a conversation instead: pieces of either side, each behind a byte that says whose and how long. */
#include "fuzz-target.h"
#include "replay/observer.h"
#include "replay/pcap-import.h"
#include "trace/trace-write.h"
#include <stdio.h>

static void
write_all (GpoLog *log)
{
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    {
      g_string_truncate (line, 0);
      gpo_trace_write_event (line, log, n, gpo_log_get (log, n));
      g_assert_true (g_utf8_validate (line->str, (gssize) line->len, NULL));
    }
}

static void
converse (GpoLog *log, GpoProtocol protocol, const char *p, const char *end)
{
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  g_autoptr (GpoObserved) o = gpo_observed_new (observer, protocol, 0, 1);
  while (p < end)
    {
      guint8 head = (guint8) *p++;
      gsize n = MIN ((gsize) (head & 0x7f), (gsize) (end - p));
      if ((head & 0x7f) == 0x7f)
        gpo_observed_gap (o, head & 0x80, 9);
      else
        gpo_observed_receive (o, head & 0x80, p, n);
      p += n;
    }
  gpo_observed_end (o, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  const char *bytes = (const char *) data;
  if (size == 0)
    return 0;
  if (*bytes == 's' || *bytes == 'i' || *bytes == 'p')
    converse (log,
              *bytes == 's'   ? GPO_PROTOCOL_SMTP
              : *bytes == 'i' ? GPO_PROTOCOL_IMAP
                              : GPO_PROTOCOL_POP3,
              bytes + 1, bytes + size);
  else
    {
      g_autoptr (GError) error = NULL;
      GpoPcapCount count;
      FILE *file = fmemopen ((void *) data, size, "rb");
      g_autoptr (GpoPcap) pcap = gpo_pcap_open (file, "fuzz", &error);
      if (pcap && !gpo_pcap_import (pcap, log, 0, GPO_PROTOCOL_NONE, &count, &error))
        g_assert_nonnull (error);
    }
  write_all (log);
  return 0;
}
